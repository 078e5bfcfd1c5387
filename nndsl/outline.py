"""A model as it is when all its blocks and loops are expanded, with its structure kept as a tree.

    view = outline(checked.shaped.models["ResNet50"])
    for unit in view.units:
        makers = [view.maker(tensor) for tensor in unit.inputs]

A `Unit` is one application of a layer or operation, or an input; a `Group` is a block, a loop or
one of its rounds, with what is inside. The outline is for models without errors; of others it
holds what is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Optional, Union

from nndsl import graph
from nndsl.diagnostic import Reporter
from nndsl.layers.effort import activation_bytes
from nndsl.layers.rule import LayerRule, Tensor, Weight
from nndsl.record import Record
from nndsl.shapes import LayerInfo, ShapedModel
from nndsl.shapes.arrows import Arrows
from nndsl.shapes.evaluate import UNKNOWN, Evaluator, show
from nndsl.shapes.model import MaybeTensor, Part, Step, Use, single
from nndsl.source import Span

INPUT = "InputLayer"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Unit(Record):
    """A layer or operation as it is applied once, or an input of the model.

    `name` is unique but for the further applications of a shared layer, which are `again`.
    """

    #: The number that its tensors know it by: that of the use, or one below 0 for an input.
    index: int
    name: str
    kind: str
    rule: LayerRule | None
    arguments: Mapping[str, Any]
    inputs: tuple[Tensor, ...]
    #: For each of the inputs the argument that it was given by, or "" for those on the arrow.
    roles: tuple[str, ...]
    outputs: tuple[Tensor, ...]
    #: None for inputs and operations.
    layer: LayerInfo | None
    is_shared: bool
    again: bool
    multiply_adds: int | None
    span: Span
    #: The applications of blocks that lead to it, the outermost first.
    calls: tuple[Span, ...]

    @property
    def is_input(self) -> bool:
        return self.rule is None

    @property
    def weights(self) -> tuple[Weight, ...]:
        """The weights that are made here; a shared layer makes them where it is applied first."""
        return self.layer.weights if self.layer and not self.again else ()

    @property
    def activation_bytes(self) -> int | None:
        """What its outputs take for one sample; None if a size is unknown."""
        return activation_bytes(self.outputs)

    def sizes(self) -> list[int | None]:
        """Return what each of its outputs takes for one sample."""
        return [activation_bytes([tensor]) for tensor in self.outputs]


#: `round` is one round of a loop, `loop` all of them.
GroupKind = Literal["model", "block", "loop", "round"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Group(Record):
    """A block, a loop or a round, and what is inside.

    A round that holds nothing but a block is that block. `alike` says of a loop that its rounds
    differ in nothing but the shapes.
    """

    kind: GroupKind
    #: What its layers are named under, without the `_` at the end.
    name: str
    title: str
    members: tuple[Member, ...]
    inputs: tuple[MaybeTensor, ...]
    input_names: tuple[str, ...]
    outputs: tuple[MaybeTensor, ...]
    span: Span
    alike: bool = False
    #: True for a block or nested model that a `layer` line has made.
    is_shared: bool = False

    def units(self) -> Iterator[Unit]:
        """Yield all units inside, in the order in which they are applied."""
        for member in self.members:
            if isinstance(member, Unit):
                yield member
            else:
                yield from member.units()


Member = Union[Unit, Group]
#: What a tensor knows of where it comes from.
Origin = Optional[tuple[int, int]]


class Outline(Arrows[Unit]):
    """The expanded model: `root` is the tree, `units` its leaves in the order of the walk."""

    def __init__(self, shaped: ShapedModel, root: Group) -> None:
        self.shaped = shaped
        self.root = root
        self.units = tuple(root.units())
        super().__init__(self.units)

    def groups(self) -> Iterator[Group]:
        """Yield all blocks, loops and rounds, each before those inside."""
        waiting: list[Member] = [self.root]
        while waiting:
            member = waiting.pop()
            if isinstance(member, Group):
                yield member
                waiting += reversed(member.members)


def outline(shaped: ShapedModel) -> Outline:
    """Return the outline of a model."""
    return Outline(shaped, _Expansion(shaped).model())


class _Expansion:
    """Turns what a walk met into units and groups."""

    def __init__(self, shaped: ShapedModel) -> None:
        self.shaped = shaped
        self.evaluator = Evaluator(Reporter())
        self.layers = {layer.name: layer for layer in shaped.layers}
        self.names = {*self.layers, *(input_.name for input_ in shaped.model.body.inputs)}
        self.applied: set[str] = set()
        #: The last number that was given out under each name of operations.
        self.numbers: dict[str, int] = {}

    def model(self) -> Group:
        model, walked = self.shaped.model, self.shaped.walked
        inputs = [
            _input(number, input_, single(self.shaped.tensors.get(input_.value)))
            for number, input_ in enumerate(model.body.inputs)
        ]
        members = [*inputs, *(self.members(walked) if walked else ())]
        outputs = tuple(self.shaped.outputs.values())
        return Group("model", "", model.name, tuple(members), (), (), outputs, model.span)

    def members(self, part: Part) -> Iterator[Member]:
        for step in part.steps:
            if isinstance(step, Use):
                yield self.unit(step, part)
            elif isinstance(step.node, graph.LoopNode):
                yield self.loop(step, step.node, part)
            elif isinstance(step.node, graph.BlockNode):
                yield self.block(step, step.node, part)
            else:  # what was chosen stands where the choice is
                for chosen in step.parts:
                    yield from self.members(chosen)

    # ---- Units

    def unit(self, use: Use, part: Part) -> Unit:
        layer = self.layers.get(use.name)
        again = use.name in self.applied
        if layer is not None:
            self.applied.add(use.name)
        return Unit(
            use.index,
            use.name or self.operation_name(use, part),
            use.rule.name,
            use.rule,
            use.values,
            use.inputs,
            _roles(use),
            tuple(tensor for tensor in use.outputs if tensor is not None),
            layer,
            isinstance(use.node, graph.SharedNode),
            again,
            use.multiply_adds,
            use.span,
            use.calls,
        )

    def operation_name(self, use: Use, part: Part) -> str:
        """Return a name for an operation, which has none in Keras: the tensor's, or a new one."""
        named = use.node.outputs[0].name
        base = part.prefix + (named or use.rule.name.rpartition(".")[2].rstrip("_"))
        number = self.numbers.get(base, 0)
        name = f"{base}_{number}" if number else base
        while name in self.names:
            number += 1
            name = f"{base}_{number}"
        self.names.add(name)
        self.numbers[base] = number
        return name

    # ---- Groups

    def block(self, step: Step, node: graph.BlockNode, part: Part) -> Group:
        values = {
            a.parameter: self.evaluator.evaluate(a.value, part.parameters) for a in node.made_with
        }
        positional = {a.parameter for a in node.made_with if a.positional}
        given = [
            show(value) if name in positional else f"{name}={show(value)}"
            for name, value in values.items()
            if value is not UNKNOWN
        ]
        title = node.block.name + (f"({', '.join(given)})" if given else "")
        if not step.parts:
            return _empty("block", title, node.span)
        group = self.group("block", step.parts[0], title, node.span)
        return replace(group, is_shared=node.shared is not None)

    def loop(self, step: Step, node: graph.LoopNode, part: Part) -> Group:
        rounds = [self.round(inner, node) for inner in step.parts]
        count = f"{len(rounds)} round{'' if len(rounds) == 1 else 's'}"
        word = f"for {', '.join(node.variables)}" if node.variables else "repeat"
        if not rounds:
            return _empty("loop", f"{word}: {count}", node.span)
        return replace(
            rounds[0],
            kind="loop",
            name=part.prefix + node.name,
            title=f"{word}: {count}",
            members=tuple(rounds),
            outputs=rounds[-1].outputs,
            span=node.span,
            alike=_are_alike(rounds),
        )

    def round(self, part: Part, node: graph.LoopNode) -> Group:
        values = ((name, part.parameters[name]) for name in node.variables)
        title = ", ".join(f"{name}={show(value)}" for name, value in values)
        group = self.group("round", part, title, node.span)
        only = group.members[0] if len(group.members) == 1 else None
        if isinstance(only, Group) and only.kind == "block":
            return replace(only, name=group.name)
        return group

    def group(self, kind: GroupKind, part: Part, title: str, span: Span) -> Group:
        return Group(
            kind,
            part.prefix.removesuffix("_").removesuffix("/"),
            title,
            tuple(self.members(part)),
            part.inputs,
            tuple(i.name for i in part.body.inputs if not i.value.is_list),
            part.outputs,
            span,
        )


def _input(number: int, input_: graph.Input, tensor: MaybeTensor) -> Unit:
    return Unit(
        -1 - number,
        input_.name,
        INPUT,
        None,
        {},
        (),
        (),
        (tensor,) if tensor else (),
        None,
        False,
        False,
        None,
        input_.span,
        (),
    )


def _empty(kind: GroupKind, title: str, span: Span) -> Group:
    return Group(kind, "", title, (), (), (), (), span)


def _roles(use: Use) -> tuple[str, ...]:
    node = use.node
    if isinstance(node, graph.OperationNode):
        return ("",) * len(use.inputs)
    named = [tensor.name for tensor in node.tensor_arguments for _ in tensor.values]
    from_list = any(v.is_list for tensor in node.tensor_arguments for v in tensor.values)
    first = len(node.inputs) if from_list else len(use.inputs) - len(named)
    named += named[-1:] * (len(use.inputs) - first - len(named))
    return (*("",) * first, *named)


def _are_alike(rounds: Sequence[Group]) -> bool:
    """True if rounds differ in nothing but the shapes: not in layers, arguments or arrows."""
    if len(rounds) < 2:
        return True
    first = _pattern(rounds[0])
    return all(_pattern(other) == first for other in rounds[1:])


def _pattern(group: Group) -> list[Any]:
    """Return what a group consists of, with tensors numbered in the order in which they appear."""
    numbers: dict[Origin, int] = {}
    found: list[Any] = [_numbered(group.inputs, numbers)]
    for unit in group.units():
        inputs = _numbered(unit.inputs, numbers)
        arguments = [f"{name}={show(value)}" for name, value in unit.arguments.items()]
        found.append((unit.kind, arguments, inputs, _numbered(unit.outputs, numbers), unit.again))
    found.append(_numbered(group.outputs, numbers))
    return found


def _numbered(tensors: Sequence[MaybeTensor], numbers: dict[Origin, int]) -> list[int]:
    return [
        numbers.setdefault(tensor.origin if tensor else None, len(numbers)) for tensor in tensors
    ]
