"""The graph: what a module means once every name is known. Blocks stay blocks.

A model or block is a `Body`: nodes in order, each applied to values and giving values. A value
is used by identity, never by name. The expressions in it are those of `nndsl.expression`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Union

from nndsl.distribution import Distribution as Distribution, Layout as Layout
from nndsl.expression import (
    Arithmetic as Arithmetic,
    Bound as Bound,
    Constant as Constant,
    ConstantUse as ConstantUse,
    Expression as Expression,
    ExternPart as ExternPart,
    Function as Function,
    Item as Item,
    LayerName as LayerName,
    LayerObject as LayerObject,
    Literal as Literal,
    Logic as Logic,
    Negation as Negation,
    Object as Object,
    Parameter as Parameter,
    ParameterUse as ParameterUse,
    Range as Range,
    Rest as Rest,
    Sequence as Sequence,
    Word as Word,
)
from nndsl.extern import Extern as Extern
from nndsl.layers.rule import LayerRule
from nndsl.record import Record
from nndsl.source import Source, Span

#: Nodes that a model may have once its blocks and loops are expanded.
MAX_NODES = 20_000


# ---- Values and nodes ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Value(Record):
    """A tensor. `name` is the source's name for it, if it has one; `poisoned` says that it
    comes from a line with a mistake, so that what follows from it is not told again.

    `is_list` says that it is a list of tensors, as it is at one point: with one more item it is
    another value of the same name.
    """

    span: Span
    name: str | None = None
    poisoned: bool = False
    is_list: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TensorArgument(Record):
    """A tensor of a layer's call given by name: `value=memory`, `initial_state=[h, c]`."""

    name: str
    values: tuple[Value, ...]
    is_list: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Input(Record):
    """An input; in a block, `dims` None means any shape, and `dtype` "" any dtype.

    A size is an expression, a name that stands for any size (`?T`), None for any (`?`), or
    `Rest` for any number of axes.
    """

    value: Value
    name: str
    dtype: str
    dims: tuple[Expression | str | None, ...] | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LayerNode(Record):
    """A Keras layer made and applied here."""

    span: Span
    name: LayerName
    layer: LayerRule
    arguments: tuple[Bound, ...]
    inputs: tuple[Value, ...]
    tensor_arguments: tuple[TensorArgument, ...]
    outputs: tuple[Value, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SharedLayer(Record):
    """`layer enc = LSTM(64)`: made once, applied anywhere."""

    span: Span
    name: str
    layer: LayerRule
    arguments: tuple[Bound, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SharedNode(Record):
    """A shared layer applied; `arguments` are those of its call that are no tensors."""

    span: Span
    shared: SharedLayer
    inputs: tuple[Value, ...]
    tensor_arguments: tuple[TensorArgument, ...]
    outputs: tuple[Value, ...]
    arguments: tuple[Bound, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BrokenLayer(Record):
    """What is understood of a layer whose arguments do not fit."""

    layer: LayerRule
    arguments: tuple[Bound, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SharedBlock(Record):
    """`layer tower = Tower(128)`: a block or nested model made once, applied anywhere."""

    span: Span
    name: str
    block: Block
    arguments: tuple[Bound, ...]


def called(node: LayerNode | SharedNode) -> tuple[LayerRule, tuple[Bound, ...]]:
    """Return the layer that a node applies, and its arguments.

    What is given where a shared layer is applied wins over what stands where it is made.
    """
    if isinstance(node, LayerNode):
        return node.layer, node.arguments
    here = {bound.parameter for bound in node.arguments}
    made = (bound for bound in node.shared.arguments if bound.parameter not in here)
    return node.shared.layer, (*made, *node.arguments)


#: What a `layer` line declares.
Shared = Union[SharedLayer, SharedBlock]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BlockNode(Record):
    """A block or nested model applied.

    `name` is that of the nested model, or the prefix of the names of the layers inside a block;
    where a shared one is applied, name and arguments are those of `shared`. `flags` are arguments
    of the call. `unused` are the outputs that nothing needs, each with the tensor inside the block.
    """

    span: Span
    name: str
    block: Block
    arguments: tuple[Bound, ...]
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    unused: tuple[tuple[Value, Value], ...] = ()
    shared: SharedBlock | None = None
    flags: tuple[Bound, ...] = ()

    @property
    def made_with(self) -> tuple[Bound, ...]:
        """The values of parameters, given here or where a shared block is made."""
        return self.arguments if self.shared is None else self.shared.arguments

    @property
    def is_whole(self) -> bool:
        """True for what is one layer of Keras: all in it stays, whatever is needed of it."""
        return self.shared is not None or self.block.is_model


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Operand(Record):
    """What an operation works on: a tensor, several as a list, or a number."""

    name: str
    values: tuple[Value, ...] = ()
    number: Expression | None = None
    is_list: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OperationNode(Record):
    """A function of `keras.ops` applied: `x -> ops.mean(axis=1)`.

    `symbol` is how it was written where it was no call: `+` for `x + 1`, `[]` for `x[:, 0]`.
    """

    span: Span
    operation: LayerRule
    operands: tuple[Operand, ...]
    arguments: tuple[Bound, ...]
    outputs: tuple[Value, ...]
    symbol: str = ""

    @property
    def inputs(self) -> tuple[Value, ...]:
        return tuple(value for operand in self.operands for value in operand.values)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ListNode(Record):
    """Tensors put into a list, at its end: `x as skips[]`. Without `before`, it is a new list."""

    span: Span
    before: Value | None
    items: tuple[Value, ...]
    outputs: tuple[Value, ...]

    @property
    def inputs(self) -> tuple[Value, ...]:
        return self.items if self.before is None else (self.before, *self.items)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ItemNode(Record):
    """A tensor taken out of a list, `skips[-1]`, or, with a `Range`, a part: `skips[1:]`."""

    span: Span
    taken_from: Value
    index: Expression
    outputs: tuple[Value, ...]

    @property
    def inputs(self) -> tuple[Value, ...]:
        return (self.taken_from,)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Region(Record):
    """The inside of a loop or choice: a body, and what comes into it from outside, in order."""

    body: Body
    given: tuple[Value, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LoopNode(Record):
    """`repeat 3 { ... }` or `for f in [64, 128] { ... }`.

    The first inputs of the region are carried: its outputs, as many, are what they are in the next
    round. `items` is a number of rounds where there are no `variables`. What is made inside is
    named under `name` and the number of the round: `stage2_conv`.
    """

    span: Span
    name: str
    variables: tuple[str, ...]
    items: Expression
    region: Region
    outputs: tuple[Value, ...]

    @property
    def inputs(self) -> tuple[Value, ...]:
        return self.region.given


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ChoiceNode(Record):
    """`if condition { ... } else { ... }`; both regions have as many outputs as the node."""

    span: Span
    condition: Expression
    chosen: Region
    otherwise: Region
    outputs: tuple[Value, ...]

    @property
    def inputs(self) -> tuple[Value, ...]:
        return tuple(dict.fromkeys((*self.chosen.given, *self.otherwise.given)))


GraphNode = Union[
    LayerNode, SharedNode, BlockNode, OperationNode, ListNode, ItemNode, LoopNode, ChoiceNode
]


def shared_in(nodes: Iterable[GraphNode]) -> set[Shared]:
    """Return the shared layers and blocks that nodes apply, also inside loops and choices."""
    applied: set[Shared] = set()
    for node in nodes:
        if isinstance(node, (SharedNode, BlockNode)) and node.shared is not None:
            applied.add(node.shared)
        for region in regions(node):
            applied |= shared_in(region.body.nodes)
    return applied


def regions(node: GraphNode) -> tuple[Region, ...]:
    """Return the regions inside a node."""
    if isinstance(node, LoopNode):
        return (node.region,)
    return (node.chosen, node.otherwise) if isinstance(node, ChoiceNode) else ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BodyOutput(Record):
    """An output; `dims` and `dtype` are what a block promises for it, as in `Input`."""

    name: str
    value: Value
    span: Span
    dims: tuple[Expression | str | None, ...] | None = None
    dtype: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Body(Record):
    inputs: tuple[Input, ...]
    shared: tuple[Shared, ...]
    nodes: tuple[GraphNode, ...]
    outputs: tuple[BodyOutput, ...]
    #: Nodes that no output depends on: checked, warned of, and left out of the code.
    dead: tuple[GraphNode, ...] = ()
    #: The number of the branch, for tensors at the end of a fork's branch.
    branch_of: dict[Value, int] = field(default_factory=dict)
    #: Layers that cannot be made: the arguments that are understood are checked all the same.
    broken: tuple[BrokenLayer, ...] = ()
    #: Constants of this body alone, in order; they are used like parameters.
    constants: tuple[Constant, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Block(Record):
    """A block; or a model, `is_model`, that is applied as a layer of another."""

    name: str
    parameters: tuple[Parameter, ...]
    body: Body
    span: Span
    #: Nodes in it once every block inside is expanded: counted before anything is expanded.
    size: int
    #: How deep the blocks inside are nested; 1 if there is none.
    depth: int = 1
    #: The block as the source has it, where this is the part of it that is needed.
    whole: Block | None = None
    is_model: bool = False
    #: What is shared with the body around it, where this is the inside of a loop of that body.
    borrowed: tuple[Shared, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Model(Record):
    name: str
    style: str | None
    parameters: tuple[Parameter, ...]
    body: Body
    span: Span


# ---- Training ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DataSource(Record):
    """`npz("f.npz", image="x")` or `csv(...)`: fields map inputs and outputs to keys, columns.

    Of the kind "extern", it is a `function` of the user's Python, and there is no path. In a
    `tfrecord`, `features` say how what is read is stored.
    """

    kind: str
    path: str
    fields: dict[str, tuple[str, ...]]
    span: Span
    function: ExternPart | None = None
    options: dict[str, Expression] = field(default_factory=dict)
    features: dict[str, Declared] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LastPart(Record):
    """`last(0.2)`: the end of the training data, in its own order."""

    span: Span
    fraction: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Declared(Record):
    """`real(0, 255)` or `one_hot(4)`: what the numbers of an input or of labels are like."""

    span: Span
    word: str
    arguments: dict[str, Expression]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Given(Record):
    """A setting as it was given. What the value is depends on the form of the setting:

    One, Part: an expression. PartPerOutput, NumberPerOutput: expressions by output, in a tuple
    each. Contents: declarations by output or input. Parts: objects. Names: words. Paths:
    expressions. Source: a `DataSource`, an expression or a `LastPart`. Options: a dictionary of
    these, with "" for what has no name.
    """

    span: Span
    value: Any


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Training(Record):
    """The settings of `train`, by name."""

    span: Span
    settings: dict[str, Given]
    #: Those of which a part could not be understood, and is left out.
    failed: frozenset[str] = frozenset()

    def get(self, name: str) -> Any:
        """Return what was given, or None."""
        given = self.settings.get(name)
        return given.value if given is not None else None

    @property
    def held_out(self) -> Any:
        """What is validated on: a `DataSource`, an expression or a `LastPart`; or None."""
        given = self.get("validation")
        return self.get("validation_data") if given is None else given


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Graph(Record):
    """A whole file: constants, blocks and models in the order of the text; the training."""

    source: Source
    constants: tuple[Constant, ...]
    blocks: tuple[Block, ...]
    models: tuple[Model, ...]
    training: Training | None
    trained: Model | None
    #: The names of the models that others apply: parts of those, not what is to be compiled.
    nested: frozenset[str] = frozenset()
    #: What the user's Python brings in, in this file and in those that it imports.
    externs: tuple[Extern, ...] = ()
