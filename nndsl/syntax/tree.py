"""The syntax tree: what was written, and where. Frozen; equality ignores the places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Union

from nndsl.record import ComparedRecord
from nndsl.source import Source, Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Node(ComparedRecord):
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Identifier(Node):
    """A name as written; dotted where the grammar allows it (`ops.mean`)."""

    text: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ListName(Identifier):
    """`skips[]` behind `as`: the tensor becomes the last item of a list."""


#: The name of the tensor that comes over the arrow, in the arguments of a stage.
INCOMING = "_"
#: Stands for an expression that cannot be used; it has been reported, and is known to all scopes.
UNREADABLE = ""


# ---- Expressions ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Literal(Node):
    """A number, string, boolean or none; `text` is a number's own spelling, such as `1e-3`."""

    value: int | float | str | bool | None
    text: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Reference(Node):
    """A name in an expression: a tensor, constant, parameter, or a bare word."""

    name: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Argument(Node):
    name: Identifier | None
    value: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Call(Node):
    """An object with arguments inside an argument list: `L2(1e-4)`."""

    callee: Identifier
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sequence(Node):
    items: tuple[Expression, ...]
    is_tuple: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Arithmetic(Node):
    """Operands of one precedence level, applied from left to right: one more than operators."""

    operators: tuple[str, ...]
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Negation(Node):
    operand: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Logic(Node):
    """`a and b`, `a or b`, or `not a`, which has one operand."""

    operator: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Range(Node):
    """A part of a slice that keeps an axis: `0:3`, `::2`, `:`."""

    start: Expression | None
    stop: Expression | None
    step: Expression | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Rest(Node):
    """`...` in a slice: all axes that are not named."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Subscript(Node):
    """A slice of a tensor: `x[:, -1]`."""

    value: Expression
    parts: tuple[Expression | Range | Rest, ...]


Expression = Union[Literal, Reference, Call, Sequence, Arithmetic, Negation, Logic, Subscript]


# ---- Flows ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Apply(Node):
    """A layer, block, shared layer or activation, applied; `arguments` None without brackets."""

    callee: Identifier
    arguments: tuple[Argument, ...] | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Identity(Node):
    """`_`: the incoming tensors, unchanged."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Fork(Node):
    branches: tuple[tuple[Step, ...], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Repeat(Node):
    """`repeat n { chain }`."""

    count: Expression
    chain: tuple[Step, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ForStage(Node):
    """`for a, b in list { chain }` in a chain."""

    names: tuple[Identifier, ...]
    items: Expression
    chain: tuple[Step, ...]


Stage = Union[Apply, Identity, Fork, Repeat, ForStage]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Step(Node):
    """A stage of a chain, and the names that `as` gives to what comes out of it."""

    stage: Stage
    names: tuple[Identifier, ...]


# ---- Lines ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Constant(Node):
    name: Identifier
    value: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Import(Node):
    """`import A, B from "blocks.nn"`."""

    names: tuple[Identifier, ...]
    path: str
    path_span: Span = field(compare=False)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Dimension(Node):
    """A size in a type: an expression, or `?` (None), or `?T` (its name), or `..`."""

    value: Expression | None
    unknown: Identifier | None = None
    is_rest: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TensorType(Node):
    dtype: Identifier | None
    dimensions: tuple[Dimension, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Input(Node):
    """`input left, right: [16]`: inputs of one type."""

    names: tuple[Identifier, ...]
    type: TensorType | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ExternTensor(Node):
    name: Identifier
    type: TensorType | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ExternTensors(Node):
    """The tensors that a user's layer or function takes: one by one, or all in a list."""

    tensors: tuple[ExternTensor, ...]
    is_list: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Extern(Node):
    """`extern layer Gate(units) from "mylib.layers" (x: [.., ?F]) -> [.., units]`.

    `parameters`, `tensors` and `outputs` are None where nothing is said of them.
    """

    kind: Identifier
    name: Identifier
    parameters: tuple[Parameter, ...] | None
    module: str
    module_span: Span = field(compare=False)
    tensors: ExternTensors | None
    outputs: tuple[TensorType, ...] | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SharedLayer(Node):
    name: Identifier
    apply: Apply


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Flow(Node):
    """Sources, the steps they go through, and names for the sources when there are no steps."""

    sources: tuple[Expression, ...]
    steps: tuple[Step, ...]
    names: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Output(Node):
    """Each value with the shape that is promised for it, if there is one."""

    values: tuple[tuple[Expression, TensorType | None], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Parameter(Node):
    name: Identifier
    default: Expression | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Block(Node):
    """A block: `chain` of a point-free one, else `body`. The span is that of its header."""

    name: Identifier
    parameters: tuple[Parameter, ...]
    chain: tuple[Step, ...] | None = None
    body: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Model(Node):
    name: Identifier
    style: str | None
    parameters: tuple[Parameter, ...]
    body: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class For(Node):
    """`for a, b in list { lines }`. The span is that of its header."""

    names: tuple[Identifier, ...]
    items: Expression
    body: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class If(Node):
    """`if condition { lines } else { lines }`; `else if` is an `If` alone in `otherwise`."""

    condition: Expression
    body: tuple[Line, ...] = ()
    otherwise: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Else(Node):
    """`else { lines }` on its way into the `If` before it."""

    condition: Expression | None
    body: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Setting(Node):
    name: Identifier
    values: tuple[Argument, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Train(Node):
    model: Identifier | None
    settings: tuple[Setting, ...] = ()
    #: False when a line of it could not be read.
    whole: bool = True


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Broken(Node):
    """A line that could not be read, and the names that it seems to define."""

    names: tuple[Identifier, ...]


Line = Union[
    Import,
    Extern,
    Constant,
    Input,
    SharedLayer,
    Flow,
    Output,
    Block,
    Model,
    For,
    If,
    Else,
    Train,
    Broken,
]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Module(ComparedRecord):
    """A file: its definitions in order, and its comments (kept for the formatter)."""

    source: Source = field(compare=False)
    definitions: tuple[Line, ...] = ()
    comments: tuple[Span, ...] = field(default=(), compare=False)
