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
    what, value, place = f"`{bad.parameter.name}` of `{rule.name}`", bad.value, span
    if bound is not None:
        place = bound.value.span
    if bound is not None and rule.name == "ops.get_item":
        what = "a part of a tensor"
        place, value = _wrong_part(bad, bound.value)
    report_unfit(
        reporter,
        bad.unfit,
        place,
        what,
        value,
        call_labels(calls),
        _other_argument(rule, bad) or _whole_number(bound, bad.value),
        in_quotes=bound is not None and is_quoted(bound.value),
    )


def _wrong_part(bad: BadArgument, key: graph.Expression) -> tuple[Span, Any]:
    """Return the place and the value of the first in brackets, `x[:, a]`, that is no part."""
    if isinstance(key, graph.Sequence) and isinstance(bad.value, tuple):
        for item, value in zip(key.items, bad.value, strict=True):
            try:
                bad.parameter.type.convert((value,))
            except Unfit:
                return item.span, value
    return key.span, bad.value


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
    plain = {"true": True, "false": False, "none": None}.get(value.lower(), value)
    if plain != value:
        try:
            bad.parameter.type.convert(plain)
        except Unfit:
            return None
        return write_instead(value.lower())  # not in quotes
    for parameter in rule.parameters:
        if value in parameter.type.words:
            return write_instead(f"{parameter.name}={value}")
    return None


def _whole_number(bound: graph.Bound | None, value: Any) -> str | None:
    """Return a hint for a division that comes out even, and yet gives no integer."""
    if bound is None or not isinstance(bound.value, graph.Arithmetic) or type(value) is not float:
        return None
    if not value.is_integer() or not {"/"} <= {*bound.value.operators} <= {"/", "*"}:
        return None
    return f"`//` gives whole numbers: `{bound.value.span.text.replace('/', '//')}`"


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
    places = [(value, made_at(value, calls)) for value in node.inputs if tensors.get(value)]
    labels = [
        Label(place, f"gives {tensors[value]}")
        for value, place in places
        if not _holds(place, node.span)
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


def _holds(outer: Span, inner: Span) -> bool:
    """True for a place that another is a part of: the header of a block, for what comes in."""
    return outer.source is inner.source and outer.start <= inner.start and inner.end <= outer.end


#: Calls and rounds that are told.
MAX_LABELS = 2 * MAX_CALLS


class ModelCall(Span):
    """The place where a nested model is applied; other calls are those of blocks."""

    __slots__ = ()


class Round(Span):
    """The items of a loop that is gone through, with what is to be said of one of its rounds.

    `made` is where the tensors that come into the round were made.
    """

    said: str
    made: Mapping[graph.Value, Span]


def make_round(
    items: Span, number: int, values: Mapping[str, Any], made: Mapping[graph.Value, Span]
) -> Round:
    """Return a round of a loop, counted from 1, with the values of the loop's variables."""
    found = Round.like(items)
    shown = ", ".join(f"`{name}` is {show(value)}" for name, value in values.items())
    found.said = f"in round {number}" + (f", where {shown}" if shown else "")
    found.made = made
    return found


def applications(calls: tuple[Span, ...]) -> tuple[Span, ...]:
    """Return the calls that are applications of blocks and models, without rounds of loops."""
    return tuple(call for call in calls if not isinstance(call, Round))


def made_at(value: graph.Value, calls: tuple[Span, ...]) -> Span:
    """Return where a tensor was made: that of a loop in the round before, or outside."""
    if calls and isinstance(calls[-1], Round):
        return calls[-1].made.get(value, value.span)
    return value.span


def call_label(call: Span) -> Label:
    if isinstance(call, Round):
        return Label(call, call.said)
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
    """Return what is said of the calls and rounds that lead to a place, the innermost first.

    Of many, the outermost is told, and those that are nearest.
    """
    told = list(calls)
    while len(applications(tuple(told))) > MAX_CALLS or len(told) > MAX_LABELS:
        del told[1]
    return tuple(call_label(call) for call in reversed(told))


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
        help=did_you_mean(guess)
        or hint
        or (write_instead(unfit.instead) if unfit.instead else None),
    )
