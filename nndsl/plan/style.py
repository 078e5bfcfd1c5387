"""Which style a model is written in, and what keeps it from being a chain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from nndsl import graph
from nndsl.diagnostic import Diagnostic, Reporter
from nndsl.layers.tracing import is_traceable
from nndsl.shapes import ShapedModel
from nndsl.shapes.model import Use
from nndsl.shapes.report import call_labels
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


def _shared_bodies(body: graph.Body) -> Iterator[graph.Body]:
    """Yield the bodies of shared blocks, which are classes in every style."""
    for node in body.nodes:
        if isinstance(node, graph.BlockNode):
            if node.shared is not None and not node.block.is_model:
                yield node.block.body
            else:
                yield from _shared_bodies(node.block.body)
        for region in graph.regions(node):
            yield from _shared_bodies(region.body)


def _untraceable_use(shaped: ShapedModel, classes: Iterable[graph.Body]) -> Use | None:
    """Return the first layer in a class that Keras fails to trace, for want of sizes."""
    inside = set[graph.GraphNode]()

    def visit(body: graph.Body) -> None:
        for node in body.nodes:
            inside.add(node)
            if isinstance(node, graph.BlockNode):
                visit(node.block.body)
            for region in graph.regions(node):
                visit(region.body)

    for body in classes:
        visit(body)
    for use in shaped.uses:
        if use.node in inside and use.inputs:
            if not is_traceable(use.rule, use.value, use.inputs[0].shape):
                return use
    return None


def choose_style(shaped: ShapedModel, wanted: str) -> tuple[str | None, list[Diagnostic]]:
    """Return the style to write a model in; None if it cannot be written in the style wanted.

    The option wins over the model's own style word. Without either, a chain is Sequential and
    everything else is functional.
    """
    reporter = Reporter()
    model = shaped.model
    style = wanted if wanted != "auto" else model.style or "auto"
    obstacle = obstacle_to_sequential(model.body)
    if obstacle is None and not shaped.layers:
        obstacle = Obstacle(model.body.outputs[0].span, "no layers between input and output")
    if style == "auto":
        style = "functional" if obstacle else "sequential"
    if style == "sequential" and obstacle is not None:
        reporter.error(
            "G710",
            obstacle.span,
            f"`{model.name}` cannot be Sequential: it is not a chain",
            obstacle.reason,
            help="compile it with `--style functional`, or leave the style to nndsl",
        )
        return None, reporter.findings
    classes = [model.body] if style == "subclass" else list(_shared_bodies(model.body))
    if not classes:
        return style, []
    untraceable = _untraceable_use(shaped, classes)
    if untraceable is not None:
        name, received = untraceable.rule.name, untraceable.inputs[0]
        functional = ", or compile it with `--style functional`" if style == "subclass" else ""
        reporter.error(
            "S110",
            untraceable.span,
            f"`{name}` in a class needs to know the sizes of its input",
            "does not know them",
            expected="known sizes",
            received=str(received),
            help=f"give the input sizes instead of `?`{functional}",
            labels=call_labels(untraceable.calls),
        )
        return None, reporter.findings
    from nndsl.plan.lifting import rounds_through_lists  # which few ask for

    for loop in (loop for body in classes for loop in rounds_through_lists(body)):
        what, other = f"`{model.name}`", "compile it with `--style functional`"
        if style != "subclass":
            what, other = "a shared block", "apply the block anew instead of sharing it"
        reporter.error(
            "G710",
            loop.span,
            f"{what} cannot be a class: two lists of tensors go through this loop",
            "holds more than layers",
            help=f"{other}; or put into the lists, and take out of them, on lines of this loop "
            "itself",
        )
        return None, reporter.findings
    return style, []
