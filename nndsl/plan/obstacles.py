"""What keeps a body from being a chain of layers, which `keras.Sequential` holds."""

from __future__ import annotations

from typing import NamedTuple

from nndsl import graph
from nndsl.source import Span


class Obstacle(NamedTuple):
    """What keeps a model from being Sequential: a place, and why."""

    span: Span
    reason: str


def obstacle_to_sequential(body: graph.Body) -> Obstacle | None:
    """Return the first thing that makes a body more than a chain of layers, or None."""
    if len(body.inputs) > 1:
        return Obstacle(body.inputs[1].span, "a second input")
    if len(body.outputs) > 1:
        return Obstacle(body.outputs[1].span, "a second output")
    if not body.nodes:
        return Obstacle(body.outputs[0].span, "no layers between input and output")
    last = body.inputs[0].value
    applied: set[graph.Shared] = set()
    for node in body.nodes:
        obstacle = _obstacle_in(node, last, applied)
        if obstacle is not None:
            return obstacle
        last = node.outputs[0]
    if body.outputs[0].value is not last:
        return Obstacle(body.outputs[0].span, "an output from the middle of the chain")
    return None


def _obstacle_in(
    node: graph.GraphNode, last: graph.Value, applied: set[graph.Shared]
) -> Obstacle | None:
    if isinstance(node, graph.OperationNode) and not node.operation.is_extern:
        what = "arithmetic" if node.symbol else f"`{node.operation.name}`"
        return Obstacle(node.span, f"{what} is not a layer")
    if isinstance(node, (graph.ListNode, graph.ItemNode)):
        return Obstacle(node.span, "there is a list of tensors")
    if len(node.inputs) > 1:
        return Obstacle(node.span, "several tensors come together")
    if node.inputs[0] is not last:
        return Obstacle(node.span, "a second path begins, so there is a fork")
    if len(node.outputs) > 1:
        return Obstacle(node.span, "several tensors come out of one layer")
    if isinstance(node, graph.OperationNode):
        in_list = node.operation.takes_list
        return Obstacle(node.span, "a function takes a list of tensors") if in_list else None
    if isinstance(node, (graph.LoopNode, graph.ChoiceNode)):
        return _obstacle_inside(node)
    if not isinstance(node, graph.LayerNode) and node.shared is not None:
        if node.shared in applied:
            return Obstacle(node.span, "a layer is applied twice")
        applied.add(node.shared)
    if isinstance(node, graph.BlockNode):
        if node.flags:
            return Obstacle(node.span, "a model's call takes an argument")
        inner = obstacle_to_sequential(node.block.body)
        return inner and Obstacle(inner.span, f"{inner.reason} (in `{node.block.name}`)")
    if node.tensor_arguments:
        return Obstacle(node.span, "a layer takes a second tensor")
    layer, arguments = graph.called(node)
    if any(bound.parameter in {flag.name for flag in layer.flags} for bound in arguments):
        return Obstacle(node.span, "a layer's call takes an argument")
    if layer.takes_list:
        return Obstacle(node.span, "a merge layer takes several tensors")
    return None


def _obstacle_inside(node: graph.LoopNode | graph.ChoiceNode) -> Obstacle | None:
    """Return what keeps the inside of a loop or choice from being a list of layers."""
    for region in graph.regions(node):
        body = region.body
        if len(region.given) > 1:
            return Obstacle(node.span, "several tensors go into it")
        if isinstance(node, graph.ChoiceNode) and not body.nodes:
            continue  # the tensor goes through as it is
        if graph.shared_in(body.nodes):
            return Obstacle(node.span, "a layer is applied in every round")
        obstacle = obstacle_to_sequential(body)
        if obstacle is not None:
            return obstacle
    return None
