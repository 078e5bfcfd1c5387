"""What is said about a layer that Keras would refuse: both ends of the arrow, and the calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nndsl import graph
from nndsl.diagnostic import (
    MAX_CALLS,
    Label,
    Reporter,
    applied_here,
    did_you_mean,
    write_instead,
)
from nndsl.extern import ExternRule
from nndsl.layers.arguments import Unfit
from nndsl.layers.rule import BadArgument, LayerError, LayerRule, Tensor
from nndsl.shapes.evaluate import show
from nndsl.shapes.model import Known, Use
from nndsl.shapes.remedies import Written, remedy
from nndsl.source import Span


def report_bad_argument(
    reporter: Reporter,
    bad: BadArgument,
    rule: LayerRule,
    span: Span,
    arguments: Sequence[graph.Bound],
    calls: tuple[Span, ...],
) -> None:
    """Report a value that an argument of a layer does not accept."""
    bound = next((a for a in arguments if a.parameter == bad.parameter.name), None)
    report_unfit(
        reporter,
        bad.unfit,
        bound.value.span if bound else span,
        f"`{bad.parameter.name}` of `{rule.name}`",
        bad.value,
        call_labels(calls),
        _other_argument(rule, bad),
        in_quotes=bound is not None and is_quoted(bound.value),
    )


def is_quoted(value: graph.Expression) -> bool:
    return isinstance(value, graph.Literal) and isinstance(value.value, str)


def _other_argument(rule: LayerRule, bad: BadArgument) -> str | None:
    """Return a hint at the argument that a word was meant for: `Conv2D(32, 3, relu)`.

    A number where a list of one is taken gets its brackets: `Reshape(30)`.
    """
    value = bad.value
    if type(value) is int:
        try:
            bad.parameter.type.convert([value])
        except Unfit:
            return None
        return write_instead(f"[{value}]")
    if not isinstance(value, str):
        return None
    for parameter in rule.parameters:
        if value in parameter.type.words:
            return write_instead(f"{parameter.name}={value}")
    return None


def report_layer_error(
    reporter: Reporter,
    error: LayerError,
    node: graph.LayerNode | graph.SharedNode | graph.OperationNode,
    arguments: Sequence[graph.Bound],
    tensors: Mapping[graph.Value, Known],
    calls: tuple[Span, ...],
    uses: Sequence[Use] = (),
) -> None:
    """Report what a layer's function refuses: at the argument at fault, else at the layer.

    `uses` are those that were met before: one of them may be what has to be changed.
    """
    bound = next((a for a in arguments if a.parameter == error.argument), None)
    labels = [
        Label(value.span, f"gives {tensors[value]}")
        for value in node.inputs
        if tensors.get(value) is not None
    ]
    known = [tensors.get(value) for value in node.inputs]
    came = [tensor if isinstance(tensor, Tensor) else None for tensor in known]
    mended = remedy(error, Written(node.span, tuple(arguments)), came, uses)
    labels = [label for label in labels if label.span not in [m.span for m in mended.labels]]
    reporter.error(
        error.code,
        bound.span if bound else node.span,
        error.title,
        "this one" if bound else "does not fit",
        labels=(*labels[:4], *mended.labels, *declared_label(node), *call_labels(calls)),
        expected=error.expected,
        received=error.received,
        help=mended.help,
        fix=mended.fix,
    )


class ModelCall(Span):
    """The place where a nested model is applied; other calls are those of blocks."""

    __slots__ = ()


def call_label(call: Span) -> Label:
    if isinstance(call, ModelCall):
        return Label(call, "in the model applied here")
    return applied_here(call)


def declared_label(
    node: graph.LayerNode | graph.SharedNode | graph.OperationNode,
) -> tuple[Label, ...]:
    """Return where a layer or function of the user's own was declared."""
    if isinstance(node, graph.OperationNode):
        rule = node.operation
    else:
        rule = graph.called(node)[0]
    return (Label(rule.extern.span, "declared here"),) if isinstance(rule, ExternRule) else ()


def call_labels(calls: tuple[Span, ...]) -> tuple[Label, ...]:
    return tuple(call_label(call) for call in reversed(calls[-MAX_CALLS:]))


def report_unfit(
    reporter: Reporter,
    unfit: Unfit,
    span: Span,
    what: str,
    value: Any,
    labels: tuple[Label, ...] = (),
    hint: str | None = None,
    *,
    in_quotes: bool = False,
) -> None:
    """Report a value that its argument does not accept; `hint` for when no word is near."""
    is_word = isinstance(value, str)
    guess = reporter.guess(value, unfit.words) if is_word else None
    unknown_word = is_word and bool(unfit.words)
    code = "A203" if unfit.out_of_range else "A202" if unknown_word else "A209"
    reporter.error(
        code,
        span,
        f"unknown word `{value}` for {what}" if unknown_word else f"wrong value for {what}",
        "not accepted",
        labels=labels,
        expected=unfit.expected,
        received=f'"{value}"' if in_quotes else show(value),
        help=did_you_mean(guess) or hint,
    )
