"""What functional Keras leaves out though it is written: what a loop carries for nothing.

Nothing may need it behind the last round, or before the first, where it is made anew before it is
used; or what a round puts into a list is never taken out. The loop is written once all the same.
Functional Keras then drops the layers that no output depends on; a class makes them, with weights
that nothing trains.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from nndsl import graph
from nndsl.diagnostic import Reporter
from nndsl.layers.rule import Tensor
from nndsl.shapes.model import MaybeTensor, Part, ShapedModel, Step, Use
from nndsl.shapes.report import call_labels
from nndsl.source import Span

Origins = set[object]

_KEPT = "a class has it"


@dataclass
class _Search:
    """Goes back from the outputs; `layer_blocks` are layers of Keras as a whole."""

    layer_blocks: Collection[graph.Block]
    dead: list[Use] = field(default_factory=list)
    in_loop: bool = False
    #: Those of the dead that stand in loops, by index.
    dead_in_loops: set[int] = field(default_factory=set)
    #: What loops carry, that may be dead: in the last round, and in front of the first.
    last: list[tuple[graph.LoopNode, graph.Value, Tensor]] = field(default_factory=list)
    first: list[tuple[graph.LoopNode, graph.Value, Tensor]] = field(default_factory=list)
    #: What the rounds make of each.
    made: dict[graph.Value, Origins] = field(default_factory=dict)

    def part(self, part: Part, wanted: Origins) -> None:
        """Go through a body from its end; `wanted` gets what makes what is wanted."""
        for step in reversed(part.steps):
            if isinstance(step, Use):
                self.use(step, wanted)
            elif isinstance(step.node, graph.BlockNode) and self.is_layer(step.node.block):
                self.layer(step, step.node.block, wanted)
            elif isinstance(step.node, graph.LoopNode) and step.parts:
                self.loop(step, step.node, wanted)
            else:
                for inner in step.parts:
                    self.part(inner, wanted)

    def is_layer(self, block: graph.Block) -> bool:
        return block.is_model or block in self.layer_blocks

    def use(self, use: Use, wanted: Origins) -> None:
        if None in use.outputs or not wanted.isdisjoint(_origins(use.outputs)):
            wanted.update(_origins(use.inputs))
        else:
            self.drop(use)

    def drop(self, use: Use) -> None:
        self.dead.append(use)
        if self.in_loop:
            self.dead_in_loops.add(use.index)

    def layer(self, step: Step, block: graph.Block, wanted: Origins) -> None:
        """Take a shared block or nested model as a whole; the latter is functional inside, too."""
        for inner in step.parts:
            outputs = set(_origins(inner.outputs))
            if wanted.isdisjoint(outputs):
                for use in _uses(inner):
                    self.drop(use)
                continue
            wanted.update(_origins(inner.inputs))
            if block.is_model:
                self.part(inner, outputs)

    def loop(self, step: Step, loop: graph.LoopNode, wanted: Origins) -> None:
        carried = [value for value in loop.outputs if not value.is_list]
        made = {use.index for use in _uses(step.parts[-1])}
        for value, tensor in zip(carried, step.parts[-1].outputs, strict=True):
            if tensor is not None and tensor.origin and tensor.origin[0] in made:
                self.last.append((loop, value, tensor))
        was_in_loop, self.in_loop = self.in_loop, True
        for inner in reversed(step.parts):
            self.part(inner, wanted)
            for value, tensor in zip(carried, inner.outputs, strict=True):
                self.made.setdefault(value, set()).update(_origins([tensor]))
        self.in_loop = was_in_loop
        for value, tensor in zip(carried, step.parts[0].inputs, strict=False):
            if tensor is not None and tensor.origin:
                self.first.append((loop, value, tensor))


def _origins(tensors: Collection[MaybeTensor]) -> Iterator[object]:
    return (tensor.origin for tensor in tensors if tensor is not None)


def _uses(part: Part) -> Iterator[Use]:
    for step in part.steps:
        if isinstance(step, Use):
            yield step
        else:
            for inner in step.parts:
                yield from _uses(inner)


def find_unneeded(
    walked: Part,
    outputs: Collection[MaybeTensor],
    layer_blocks: Collection[graph.Block],
    reporter: Reporter,
) -> frozenset[int]:
    """Return the uses that functional Keras leaves out; warn of what a loop carries for nothing."""
    search = _Search(layer_blocks)
    search.part(walked, set(_origins(outputs)))
    told = _warn_of_carried(search, reporter)
    _warn_of_the_rest(search, told, reporter)
    return frozenset(use.index for use in search.dead)


def _warn_of_carried(search: _Search, reporter: Reporter) -> set[object]:
    """Warn of what is carried out of the last round or into the first; return what was told."""
    dead = {use.index: use for use in search.dead}
    told = set[object]()
    for loop, value, tensor in search.last:
        if not tensor.origin or tensor.origin[0] not in dead:
            continue
        if told.isdisjoint((value, tensor.origin)):
            reporter.warning(
                "G701",
                loop.span,
                f"nothing needs `{value.name}` behind the last round",
                f"in functional style the last round is without the layers that make it; {_KEPT}",
                help=f"use `{value.name}` behind the loop, or make it at the beginning of a round",
            )
        told.update((value, tensor.origin), search.made[value])
    for _, value, tensor in search.first:
        made_before = dead.get(tensor.origin[0]) if tensor.origin else None
        if made_before is None or tensor.origin in told:
            continue
        told.update((tensor.origin,), search.made[value])
        reporter.warning(
            "G701",
            made_before.span,
            f"nothing needs the first `{value.name}`",
            f"the loop makes it anew; in functional style this is left out, {_KEPT}",
            help=f"begin with a tensor that is there: `x as {value.name}`",
        )
    return told


def _warn_of_the_rest(search: _Search, told: set[object], reporter: Reporter) -> None:
    """Warn of what other rounds make, each line once: of the last of several layers in a row."""
    behind = set(told)
    last: dict[Span, Use] = {}
    for use in sorted(search.dead, key=lambda use: use.index, reverse=True):
        if use.index in search.dead_in_loops and behind.isdisjoint(_origins(use.outputs)):
            last[use.span] = use
        behind.update(_origins(use.inputs))
    for span in sorted(last, key=lambda span: span.start):
        reporter.warning(
            "G701",
            span,
            f"nothing comes of `{last[span].name or last[span].rule.name}`",
            f"no output needs what this round makes; functional style leaves it out, {_KEPT}",
            labels=call_labels(last[span].calls),
            help="use what comes out of every round, or make it behind the loop",
        )


def as_functional(shaped: ShapedModel) -> ShapedModel:
    """Return a model as functional Keras has it, without what its outputs do not need."""
    unneeded = shaped.unneeded
    if not unneeded or shaped.walked is None:
        return shaped
    kept = {use.name for use in shaped.uses if use.live and use.index not in unneeded}
    gone = {use.name for use in shaped.uses if use.index in unneeded} - kept
    return replace(
        shaped,
        layers=tuple(layer for layer in shaped.layers if layer.name not in gone),
        uses=tuple(replace(u, live=False) if u.index in unneeded else u for u in shaped.uses),
        walked=_without(shaped.walked, unneeded),
        unneeded=frozenset(),
    )


def _without(part: Part, unneeded: frozenset[int]) -> Part:
    steps: list[Use | Step] = []
    for step in part.steps:
        if isinstance(step, Step):
            inner = tuple(_without(inner, unneeded) for inner in step.parts)
            steps.append(replace(step, parts=inner))
        elif step.index not in unneeded:
            steps.append(step)
    return replace(part, steps=tuple(steps))
