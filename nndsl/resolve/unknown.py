"""What is said of a name behind an arrow that cannot be applied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nndsl import layers, vocabulary
from nndsl.diagnostic import Label, did_you_mean
from nndsl.layers.refused import refusal
from nndsl.syntax import tree

if TYPE_CHECKING:
    from nndsl.resolve.body import BodyResolver


def is_stage(body: BodyResolver, name: str) -> bool:
    """True if the name can stand behind an arrow."""
    return (
        body.blocks.is_block(name)
        or layers.find(name) is not None
        or vocabulary.signature("activations", name) is not None
    )


def report_unknown_stage(body: BodyResolver, stage: tree.Apply, layers_only: bool = False) -> None:
    name, span = stage.callee.text, stage.callee.span
    reporter = body.reporter
    reason = refusal(name)
    if reason is not None:
        reporter.error(
            "G707", span, f"`{name}` is no layer of this language", "not here", help=reason
        )
    elif name in body.scope.poisoned or body.later.report(body, name, span):
        return
    elif name in body.names.tensors and body.names.tensors[name].poisoned:
        return  # it is unknown itself, and was reported
    elif name in body.names.tensors:
        reporter.error(
            "G707",
            span,
            f"`{name}` is a tensor, not a layer",
            "what stands behind an arrow is applied",
            labels=(Label(body.names.places[name], "defined here"),),
            help=f"to name a tensor, write `as {name}`; to start from it, begin a line with it",
        )
    elif body.blocks.is_model(name):
        reporter.not_supported(span, "a model inside a model")
    elif body.scope.constant_or_parameter(name, span):
        reporter.error("G707", span, f"`{name}` is a number, not a layer", "cannot be applied")
    else:
        last = name.rpartition(".")[2]
        candidates = list(layers.all_layers())
        if not layers_only:
            candidates += [*body.names.shared, *body.blocks.names()]
            candidates += vocabulary.names("activations")
        guess = last if last != name and last in candidates else reporter.guess(last, candidates)
        guess = guess or _operation_named(last)
        reporter.error(
            "G705",
            span,
            f"unknown layer `{name}`",
            "not a layer, block or activation",
            help=did_you_mean(guess),
        )


def _operation_named(name: str) -> str | None:
    """Return the operation that is meant by its bare name: `ops.mean` for `mean`."""
    from nndsl import operations  # only for a message

    rule = operations.find(f"ops.{name}")
    return rule.name if rule is not None else None
