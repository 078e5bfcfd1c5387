"""The layers that a walk meets: each once, as Keras makes it, however often it is applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from weakref import proxy

from nndsl import graph
from nndsl.layers.effort import total
from nndsl.layers.rule import UNKNOWN_WEIGHTS, LayerRule, Output, Tensor
from nndsl.shapes.blocks import Application, Inside, refuse_other_shape, report_other_shape
from nndsl.shapes.model import Known, LayerInfo, MaybeTensor
from nndsl.shapes.report import applications
from nndsl.source import Span

if TYPE_CHECKING:
    from nndsl.shapes.walk import Walk


@dataclass(slots=True)
class Place:
    """Where a node is met: values of parameters, tensors so far, prefix of names, calls."""

    parameters: Mapping[str, Any]
    tensors: dict[graph.Value, Known]
    prefix: str
    calls: tuple[Span, ...]
    #: The prefix of the names of shared layers: that of the body which declares them.
    shared: Mapping[graph.Shared, str]
    inside: Inside
    #: Those of the calls that are applications of blocks.
    applications: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        self.applications = applications(self.calls)

    def key_of(self, node: graph.LayerNode | graph.SharedNode) -> tuple[object, str]:
        """Return what tells a layer from those that the same line makes elsewhere."""
        if isinstance(node, graph.SharedNode):
            return node.shared, self.shared.get(node.shared, self.prefix)
        return node, self.prefix

    def name_of(self, node: graph.LayerNode | graph.SharedNode) -> str:
        """Return what Keras will call a layer."""
        _, prefix = self.key_of(node)
        own = node.shared.name if isinstance(node, graph.SharedNode) else node.name.text
        return f"{prefix}{own}"

    def is_met_again(self, node: graph.LayerNode | graph.SharedNode) -> bool:
        """True if one layer is met wherever the walk comes to a node, or its like."""
        return isinstance(node, graph.SharedNode) or self.inside.is_met_again


@dataclass(frozen=True, slots=True)
class _First:
    """Where and to what a layer was first applied, what it gave, and its place in the list."""

    at: Application
    inputs: tuple[Tensor, ...]
    output: Output
    index: int


class MadeLayers:
    """Collects layers; one that is met again is checked wherever it is applied."""

    def __init__(self, walk: Walk) -> None:
        #: No circle of objects, so that all that a walk has met is let go with it.
        self.walk: Walk = proxy(walk)
        self.layers: list[LayerInfo] = []
        #: Layers that are met again, by the body they stand in.
        self.first: dict[tuple[object, str], _First] = {}
        #: Those that were applied to unknown tensors alone, with their place in `layers`.
        self.untold: dict[tuple[object, str], int] = {}

    def state(self) -> tuple[int, dict[tuple[object, str], _First], dict[tuple[object, str], int]]:
        """Return what `go_back` needs to forget all that comes later."""
        return len(self.layers), dict(self.first), dict(self.untold)

    def go_back(
        self, state: tuple[int, dict[tuple[object, str], _First], dict[tuple[object, str], int]]
    ) -> None:
        """Forget the layers that were added since: they are not part of the model."""
        count, self.first, self.untold = state
        del self.layers[count:]

    def add(
        self,
        node: graph.LayerNode | graph.SharedNode,
        rule: LayerRule,
        output: Output,
        inputs: tuple[Tensor, ...],
        tensors: Sequence[MaybeTensor],
        place: Place,
    ) -> bool:
        """Add a layer to those of the model; return False if its weights do not suit its input."""
        at = len(self.layers)
        if place.is_met_again(node):
            key = place.key_of(node)
            at = self.untold.pop(key, at)
            now = Application(node.span, inputs, place.calls)
            new = _First(now, inputs, output, at)
            first = self.first.setdefault(key, new)
            if first is not new:
                if not self.walk.in_dead:
                    self.add_effort(first.index, output)
                suits = not place.inside.as_built or self.suits(first, output, inputs, rule)
                if not suits:
                    self.report_other_shape(node, now, first.at, place)
                return suits
        self.layers[at : at + 1] = [
            LayerInfo(
                place.name_of(node),
                rule.name,
                inputs,
                tuple(tensor for tensor in tensors if tensor),
                output.weights,
                output.trainable,
                output.non_trainable,
                node.span,
                place.applications,
                output.multiply_adds,
                output.activation_bytes,
            )
        ]
        return True

    def add_unknown(
        self,
        node: graph.LayerNode | graph.SharedNode,
        rule: LayerRule,
        inputs: tuple[Tensor, ...],
        place: Place,
    ) -> None:
        """Add a layer that gives nobody knows what, or gets it."""
        if place.is_met_again(node):
            key = place.key_of(node)
            if key in self.first or key in self.untold:
                return
            self.untold[key] = len(self.layers)
        name, weights = place.name_of(node), UNKNOWN_WEIGHTS
        calls = place.applications
        self.layers.append(
            LayerInfo(name, rule.name, inputs, (), weights, None, None, node.span, calls)
        )

    def add_effort(self, index: int, output: Output) -> None:
        """Count what a further application of a shared layer costs."""
        before = self.layers[index]
        self.layers[index] = replace(
            before,
            multiply_adds=total((before.multiply_adds, output.multiply_adds)),
            activation_bytes=total((before.activation_bytes, output.activation_bytes)),
        )

    def suits(
        self,
        first: _First,
        output: Output,
        inputs: tuple[Tensor, ...],
        rule: LayerRule,
    ) -> bool:
        """True if the weights that a layer has made for its first input suit another."""
        ranks = [tensor.rank for tensor in inputs], [tensor.rank for tensor in first.inputs]
        other_rank = rule.pins_rank and ranks[0] != ranks[1]
        other_sizes = first.output.built_for != output.built_for
        return not other_rank and not other_sizes and first.output.weights == output.weights

    def report_other_shape(
        self,
        node: graph.LayerNode | graph.SharedNode,
        now: Application,
        first: Application,
        place: Place,
    ) -> None:
        repetition = place.inside.repetition()
        if repetition is not None:
            report_other_shape(self.walk, repetition, node.span)
            return
        assert isinstance(node, graph.SharedNode)
        refuse_other_shape(self.walk, node.shared, "layer", now, first)
