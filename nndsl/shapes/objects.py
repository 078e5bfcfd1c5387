"""What is said about an object of Keras with a value that it does not accept: `L2("much")`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nndsl import graph
from nndsl.diagnostic import Reporter, write_instead
from nndsl.layers.object_types import ObjectType
from nndsl.layers.objects import mistakes
from nndsl.layers.rule import BadArgument
from nndsl.shapes.report import call_labels, is_quoted, report_unfit
from nndsl.source import Span
from nndsl.vocabulary import meaning


def check_object(
    reporter: Reporter,
    made: graph.Object,
    values: Mapping[str, Any],
    calls: tuple[Span, ...] = (),
) -> None:
    """Report the arguments of an object that Keras would refuse, each at its place."""
    bound = {argument.parameter: argument for argument in made.arguments}
    for mistake in mistakes(made.kind, made.name, values):
        if isinstance(mistake, BadArgument):
            parameter = mistake.parameter
            report_unfit(
                reporter,
                mistake.unfit,
                bound[parameter.name].value.span,
                f"`{parameter.name}` of `{made.name}`",
                mistake.value,
                call_labels(calls),
                _hint(mistake),
                in_quotes=is_quoted(bound[parameter.name].value),
            )
        else:
            at_fault = bound.get(mistake.argument or "")
            reporter.error(
                mistake.code,
                at_fault.span if at_fault else made.span,
                mistake.title,
                "this one" if at_fault else "does not fit",
                labels=call_labels(calls),
                expected=mistake.expected,
                received=mistake.received,
                help=mistake.help,
            )


def _hint(mistake: BadArgument) -> str | None:
    """Say how to write what is nearly right: `1.0` for 1, `Adam()` for adam."""
    value, type_ = mistake.value, mistake.parameter.type
    if "decimal point" in mistake.unfit.expected and type(value) is int:
        return write_instead(f"{value}.0")
    if isinstance(type_, ObjectType) and isinstance(value, str):
        name = meaning(type_.kind, value)
        return write_instead(f"{name}()") if name else None
    return None
