"""Which style a model is written in, and what keeps it from being written so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nndsl import graph
from nndsl.diagnostic import Diagnostic, Reporter
from nndsl.layers.tracing import is_traceable
from nndsl.plan.forms import Form, blocks_in_use, choose_forms
from nndsl.plan.obstacles import Obstacle, obstacle_to_sequential
from nndsl.shapes import ShapedModel
from nndsl.shapes.model import Use
from nndsl.shapes.report import call_labels


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
    else:
        _check_classes(reporter, shaped, style)
    return (None if reporter.findings else style), reporter.findings


def _check_classes(reporter: Reporter, shaped: ShapedModel, style: str) -> None:
    """Tell of the first thing that a class of this model cannot do."""
    classes = _class_bodies(shaped, style)
    if not classes:
        return
    untraceable = _untraceable_use(shaped, classes)
    if untraceable is not None:
        functional = ", or compile it with `--style functional`" if style == "subclass" else ""
        reporter.error(
            "S110",
            untraceable.span,
            f"`{untraceable.rule.name}` in a class needs to know the sizes of its input",
            "does not know them",
            expected="known sizes",
            received=str(untraceable.inputs[0]),
            help=f"give the input sizes instead of `?`{functional}",
            labels=call_labels(untraceable.calls),
        )
        return
    from nndsl.plan.lifting import rounds_through_lists  # which few ask for

    loop = next((loop for body in classes for loop in rounds_through_lists(body)), None)
    if loop is not None:
        what, other = f"`{shaped.model.name}`", "compile it with `--style functional`"
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


def _class_bodies(shaped: ShapedModel, style: str) -> Sequence[graph.Body]:
    """Return the bodies that become classes; what stands in them is not looked for."""
    body = shaped.model.body
    if style == "subclass":
        return [body]
    forms = choose_forms(shaped, blocks_in_use(body), style)
    return [block.body for block, form in forms.items() if form is Form.CLASS]


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
