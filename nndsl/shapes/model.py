"""What inference finds out: every layer of a model with its shapes and parameter counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Optional, Union

from nndsl import graph
from nndsl.diagnostic import Diagnostic
from nndsl.expression import Constant
from nndsl.layers.effort import total
from nndsl.layers.rule import LayerRule, Tensor, Weight
from nndsl.record import Record
from nndsl.source import Span

#: None for a tensor in error: nothing is said of what follows from it.
MaybeTensor = Optional[Tensor]


class TensorList:
    """The tensors of a list, in order; what is put in makes another list.

    One that is longer shares what it holds with the one before: a list of many rounds is not copied
    in each of them.
    """

    __slots__ = ("_length", "_shared")

    def __init__(self, tensors: Iterable[MaybeTensor] = ()) -> None:
        self._shared = list(tensors)
        self._length = len(self._shared)

    def with_last(self, tensor: MaybeTensor) -> TensorList:
        made = TensorList()
        unshared = len(self._shared) > self._length  # it has gone on in another way
        made._shared = self._shared[: self._length] if unshared else self._shared
        made._shared.append(tensor)
        made._length = self._length + 1
        return made

    def __len__(self) -> int:
        return self._length

    def item(self, index: int) -> MaybeTensor:
        return self._shared[index if index >= 0 else index + self._length]

    def tensors(self) -> list[MaybeTensor]:
        return self._shared[: self._length]

    def __str__(self) -> str:
        first = self._shared[: min(4, self._length)]
        shown = ", ".join("?" if tensor is None else str(tensor) for tensor in first)
        return f"{shown}, ..." if len(self) > 4 else shown or "an empty list"


#: What a value is found to be.
Known = Union[Tensor, TensorList, None]


def single(found: Known) -> MaybeTensor:
    """Return a tensor that is known not to be a list."""
    return None if isinstance(found, TensorList) else found


def singles(
    found: Mapping[graph.Value, Known], values: Iterable[graph.Value]
) -> tuple[MaybeTensor, ...]:
    """Return what some values are, but for lists."""
    return tuple(single(found.get(value)) for value in values if not value.is_list)


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """A layer of a model as Keras will have it: `name` with the prefixes of the blocks.

    Of a layer of the user's own, and of one behind it where it gives an unknown shape, the counts
    are None, and in `weights` is one that is not `known`.
    """

    name: str
    kind: str
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    weights: tuple[Weight, ...]
    trainable: int | None
    non_trainable: int | None
    span: Span
    #: The applications of blocks that lead to it, the outermost first.
    calls: tuple[Span, ...] = ()
    #: What one sample costs in this layer, and the bytes of what it gives, over all places that a
    #: shared layer is applied at; None where a size is unknown, or the cost is not estimated.
    multiply_adds: int | None = None
    activation_bytes: int | None = None


UsedNode = Union[graph.LayerNode, graph.SharedNode, graph.OperationNode]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Use(Record):
    """One application of a layer or operation, with blocks, loops and choices expanded.

    A node in a block that is applied twice is used twice. What made a tensor is found by its
    `origin`, so that one can go from use to use whatever lies between them in the text.
    """

    index: int
    node: UsedNode
    rule: LayerRule
    #: The name of the layer with the prefixes of its blocks; "" for an operation.
    name: str
    #: The arguments that are given, and the numbers that an operation works on.
    values: dict[str, Any]
    #: The tensors that come in, those that are given by name behind those of the arrow.
    inputs: tuple[Tensor, ...]
    outputs: tuple[MaybeTensor, ...]
    weights: tuple[Weight, ...]
    #: The applications of blocks that lead here, the outermost first.
    calls: tuple[Span, ...]
    #: False if no output of the model depends on it.
    live: bool
    #: What one sample costs here; None where it is not estimated, or a size is unknown.
    multiply_adds: int | None = None
    #: What was found out about it already, by whom: many rules ask the same.
    known: dict[str, Any] = field(default_factory=dict)

    @property
    def span(self) -> Span:
        return self.node.span

    @property
    def arguments(self) -> tuple[graph.Bound, ...]:
        if isinstance(self.node, graph.OperationNode):
            return self.node.arguments
        return graph.called(self.node)[1]

    def argument(self, name: str) -> graph.Bound | None:
        """Return an argument as it is written, or None if it is not given."""
        return next((a for a in self.arguments if a.parameter == name), None)

    def value(self, name: str) -> Any:
        """Return the value of an argument as its layer sees it; None if it has no such argument."""
        parameter = self.rule.by_name.get(name)
        if parameter is None:
            return None
        return parameter.convert(self.values.get(name, parameter.default))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Step(Record):
    """A block, loop or choice as it was met once, and the bodies that were walked for it.

    They are that of the block, one for each round of a loop, the part of a choice that is chosen.
    """

    node: graph.BlockNode | graph.LoopNode | graph.ChoiceNode
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Part(Record):
    """A body as it was walked: with values for its parameters, under a prefix of names.

    Lists of tensors are not among its inputs and outputs: which tensors it takes out of them, their
    `origin` tells.
    """

    body: graph.Body
    prefix: str
    parameters: Mapping[str, Any]
    inputs: tuple[MaybeTensor, ...]
    steps: tuple[Use | Step, ...]
    outputs: tuple[MaybeTensor, ...]


@dataclass(frozen=True, slots=True)
class AppliedBlock:
    """A block or nested model applied: its name as a layer of Keras, and what comes in.

    `again` says that it has been met before, and is no layer of its own here.
    """

    block: graph.Block
    name: str
    inputs: tuple[MaybeTensor, ...]
    span: Span
    calls: tuple[Span, ...]
    again: bool


@dataclass(frozen=True, slots=True)
class ShapedModel:
    """A model with every shape found."""

    model: graph.Model
    inputs: dict[str, Tensor]
    outputs: dict[str, MaybeTensor]
    layers: tuple[LayerInfo, ...]
    #: The tensors of the model's own body; those inside blocks are in `layers`.
    tensors: dict[graph.Value, Known]
    #: The default of each parameter.
    parameters: dict[str, Any]
    #: How many times a layer or operation is applied, in blocks too.
    applications: int
    #: Operations written with a symbol that only Keras's function does rightly for their dtypes.
    promoting: frozenset[graph.OperationNode] = frozenset()
    #: The dtype of each input of a block, None where its applications differ.
    block_dtypes: dict[graph.Block, tuple[str | None, ...]] = field(default_factory=dict)
    #: The blocks that a mask comes into.
    masked_blocks: frozenset[graph.Block] = frozenset()
    #: Every layer and operation where it is applied, in the order of the walk.
    uses: tuple[Use, ...] = ()
    #: The live ones as a tree; None for a model that is too large.
    walked: Part | None = None
    #: The blocks that are applied to one tensor of float32, of the same shape everywhere.
    steady_blocks: frozenset[graph.Block] = frozenset()
    #: The blocks and nested models that are called with `training`.
    switched_blocks: frozenset[graph.Block] = frozenset()
    #: The uses, by index, that functional Keras leaves out: see `last_rounds.py`.
    unneeded: frozenset[int] = frozenset()
    #: What is said of these, if the text is right otherwise.
    left_out: tuple[Diagnostic, ...] = ()
    #: The dtype of what comes into rounds of loops, None where it differs, and if it is masked.
    in_rounds: dict[graph.Value, tuple[str | None, bool]] = field(default_factory=dict)

    @property
    def trainable(self) -> int | None:
        """The number of parameters that are trained; None if one layer's are not known."""
        return total(layer.trainable for layer in self.layers)

    @property
    def non_trainable(self) -> int | None:
        return total(layer.non_trainable for layer in self.layers)

    @property
    def multiply_adds(self) -> int:
        """The multiply-adds of one sample, over the layers whose cost is known."""
        return sum(layer.multiply_adds or 0 for layer in self.layers)


@dataclass(frozen=True, slots=True)
class ShapedGraph:
    graph: graph.Graph
    models: dict[str, ShapedModel]
    #: Values of constants, of training settings: whatever stands outside the models.
    constants: dict[Constant, Any] = field(default_factory=dict)
