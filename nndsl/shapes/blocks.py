"""Applies blocks and nested models: what they take is checked, and what is in them is walked.

What is shared has one set of weights, made where it is applied first. A nested model is walked
with the shapes that it declares, as Keras builds it, and then with those that really come in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nndsl import graph
from nndsl.diagnostic import Label
from nndsl.layers.rule import TRAINING, BadArgument, Tensor, shape_text
from nndsl.shapes.contracts import Contracts
from nndsl.shapes.evaluate import UNKNOWN
from nndsl.shapes.model import AppliedBlock, Known, MaybeTensor, single
from nndsl.shapes.report import ModelCall, Round, call_labels, report_unfit
from nndsl.source import Span

if TYPE_CHECKING:
    from nndsl.shapes.made import Place
    from nndsl.shapes.walk import Walk

Tensors = tuple[MaybeTensor, ...]


@dataclass(frozen=True, slots=True)
class Application:
    """Where something shared is applied, and to what; `calls` and rounds have led there."""

    span: Span
    inputs: Tensors
    calls: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Sharing:
    """A shared block applied, and its first application."""

    block: graph.SharedBlock
    now: Application
    first: Application

    @property
    def again(self) -> bool:
        return self.first is not self.now


@dataclass(frozen=True, slots=True)
class Inside:
    """What a body stands in: applications of shared blocks, the outermost first; a nested model.

    Layers in either are met again and again. `as_built` is False where a nested model that has
    been built is walked with the shapes that come in.
    """

    sharing: tuple[Sharing, ...] = ()
    in_model: bool = False
    as_built: bool = True

    @property
    def is_met_again(self) -> bool:
        return bool(self.sharing) or self.in_model

    def repetition(self) -> Sharing | None:
        """Return the outermost shared block that is not applied for the first time."""
        return next((sharing for sharing in self.sharing if sharing.again), None)


def walk_block(walk: Walk, node: graph.BlockNode, place: Place) -> None:
    """Walk what a block or nested model holds, and find what comes out of it."""
    block = node.block
    walk.applied.add(block.whole or block)
    incoming = tuple(single(place.tensors.get(value)) for value in node.inputs)
    calls = (*place.calls, ModelCall.like(node.span) if block.is_model else node.span)
    contracts = Contracts(walk.reporter, walk.evaluator, _parameters(walk, node, place), calls)
    _check_flags(walk, node, place)
    place.tensors.update(dict.fromkeys(node.outputs))
    for input_, tensor in zip(block.body.inputs, incoming, strict=True):
        if tensor is not None and not contracts.holds(input_, tensor, f"`{block.name}`"):
            return
    if any(tensor is not None and tensor.masked for tensor in incoming):
        walk.masked_blocks.add(block)
    if node.shared is not None or place.inside.sharing:
        walk.layer_blocks.add(block)
    name = _name_of(node, place)
    key = (node.shared or node, name)
    again = key in walk.first or not place.inside.as_built or bool(place.inside.repetition())
    calls_of_blocks = place.applications
    walk.blocks.append(AppliedBlock(block, name, incoming, node.span, calls_of_blocks, again))
    uses = len(walk.uses)
    if block.is_model:
        found = _walk_model(walk, node, place, contracts, incoming, name)
    else:
        found = _walk_inside(walk, node, place, contracts, incoming, name)
    if len(walk.uses) == uses and not again:
        walk.empty_blocks.add(block)
    for value, output in zip(node.outputs, block.body.outputs, strict=False):
        place.tensors[value] = found.get(output.value)
    for value, unused in node.unused:
        place.tensors[value] = found.get(unused)


def _parameters(walk: Walk, node: graph.BlockNode, place: Place) -> dict[str, Any]:
    given = {
        a.parameter: walk.evaluator.evaluate(a.value, place.parameters) for a in node.made_with
    }
    for parameter in node.block.parameters:
        if parameter.name not in given:
            default = parameter.default
            given[parameter.name] = (
                walk.evaluator.evaluate(default, {}) if default is not None else UNKNOWN
            )
    return given


def _check_flags(walk: Walk, node: graph.BlockNode, place: Place) -> None:
    """Check the arguments of a call: `training` is the only one there is."""
    if node.flags:
        walk.switched_blocks.add(node.block)
    for bound in node.flags:
        value = walk.evaluator.evaluate(bound.value, place.parameters)
        try:
            if value is not UNKNOWN:
                TRAINING.convert(value)
        except BadArgument as bad:
            what = f"`{bound.parameter}` of `{node.block.name}`"
            labels = call_labels(place.calls)
            report_unfit(walk.reporter, bad.unfit, bound.value.span, what, value, labels)


def _name_of(node: graph.BlockNode, place: Place) -> str:
    """Return what a block is called as a layer of Keras."""
    prefix = place.prefix if node.shared is None else place.shared.get(node.shared, place.prefix)
    name = node.name if node.shared is None else node.shared.name
    return f"{prefix}{name}" if name else prefix.rstrip("_")


def _walk_inside(
    walk: Walk,
    node: graph.BlockNode,
    place: Place,
    contracts: Contracts,
    incoming: Tensors,
    name: str,
) -> dict[graph.Value, Known]:
    """Walk a block; return the tensors inside, those that break a promise left out."""
    inside = place.inside
    if node.shared is not None:
        now = Application(node.span, incoming, place.calls)
        sharing = Sharing(node.shared, now, walk.first.setdefault((node.shared, name), now))
        inside = replace(inside, sharing=(*inside.sharing, sharing))
    return _walk_body(walk, node, contracts, incoming, f"{name}_" if name else "", inside)


def _walk_body(
    walk: Walk,
    node: graph.BlockNode,
    contracts: Contracts,
    incoming: Tensors,
    prefix: str,
    inside: Inside,
) -> dict[graph.Value, Known]:
    body = node.block.body
    tensors: dict[graph.Value, Known] = {
        input_.value: tensor for input_, tensor in zip(body.inputs, incoming, strict=True)
    }
    walk.walk_body(body, contracts.parameters, tensors, prefix, contracts.calls, inside=inside)
    for output in body.outputs:
        made = single(tensors.get(output.value))
        if made is not None and not contracts.holds(output, made, f"`{node.block.name}`"):
            tensors[output.value] = None
    return tensors


# ---- Nested models


def _walk_model(
    walk: Walk,
    node: graph.BlockNode,
    place: Place,
    contracts: Contracts,
    incoming: Tensors,
    name: str,
) -> Mapping[graph.Value, Known]:
    """Walk a nested model: as it is built, where it is applied first, and for what comes in."""
    inside = Inside(in_model=True, as_built=place.inside.as_built)
    key = (node.shared or node, name)
    if key not in walk.first:
        walk.first[key] = Application(node.span, incoming, place.calls)
        declared = tuple(
            _declared(input_, contracts, tensor)
            for input_, tensor in zip(node.block.body.inputs, incoming, strict=True)
        )
        if declared == incoming:
            return _walk_body(walk, node, contracts, incoming, f"{name}/", inside)
        layers, uses = walk.made.layers, len(walk.uses)
        before = len(layers)
        made = _walk_body(walk, node, contracts, declared, f"{name}/", inside)
        if any(made.get(output.value) is None for output in node.block.body.outputs):
            walk.broken_models.add(key)
            return {}
        # What is recorded of it is what really comes in, and what that costs.
        del walk.uses[uses:], walk.trace.parts[:]
        for index in range(before, len(layers)):
            layers[index] = replace(layers[index], multiply_adds=0, activation_bytes=0)
    if key in walk.broken_models or None in incoming:
        return {}
    fresh = Contracts(walk.reporter, walk.evaluator, contracts.parameters, contracts.calls)
    inside = replace(inside, as_built=False)
    return _walk_body(walk, node, fresh, incoming, f"{name}/", inside)


def _declared(input_: graph.Input, contracts: Contracts, tensor: MaybeTensor) -> MaybeTensor:
    """Return the tensor that a model is built for; a mask may come with it."""
    sizes = contracts.sizes(input_)
    if sizes is None or input_.value.poisoned:
        return None
    masked = tensor is not None and tensor.masked
    return Tensor((None, *sizes), input_.dtype, masked)


# ---- Sharing


def report_other_shape(walk: Walk, sharing: Sharing, layer: Span) -> None:
    """Report a shared block that is applied to what its weights do not suit."""
    what = "model" if sharing.block.block.is_model else "block"
    inside = Label(layer, "this layer in it is built already")
    refuse_other_shape(walk, sharing.block, what, sharing.now, sharing.first, inside)


def refuse_other_shape(
    walk: Walk,
    shared: graph.Shared,
    what: str,
    now: Application,
    first: Application,
    *labels: Label,
) -> None:
    """Report something shared that is applied to another shape than its weights were made for."""
    walk.reporter.error(
        "S113",
        now.span,
        f"the shared {what} `{shared.name}` gets another shape than before",
        shapes_text(now.inputs),
        labels=(
            *labels,
            *_before(now, first),
            Label(shared.span, "its weights are shared"),
            *call_labels(now.calls),
        ),
        expected=shapes_text(first.inputs),
        received=shapes_text(now.inputs),
        help=(
            "declare a second one, or bring the tensors to one shape first"
            if what != "layer"
            else "declare a second layer, or bring the tensors to one shape first"
        ),
    )


def _before(now: Application, first: Application) -> tuple[Label, ...]:
    """Return where something shared was applied before; in a loop, in which round as well."""
    rounds = [call.said for call in first.calls if isinstance(call, Round)]
    if first.span == now.span and not rounds:
        return ()
    return (Label(first.span, ", ".join(("applied here before", *rounds))),)


def shapes_text(tensors: Tensors) -> str:
    return ", ".join(shape_text(tensor.shape) for tensor in tensors if tensor is not None)
