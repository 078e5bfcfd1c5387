"""What is said about the values of training settings."""

from __future__ import annotations

from collections.abc import Collection

from nndsl.diagnostic import Reporter, did_you_mean
from nndsl.source import Span
from nndsl.syntax import tree


def wrong_value(
    reporter: Reporter, span: Span, name: str, expected: str, help_: str | None = None
) -> None:
    """Report the value of a setting that is of another kind."""
    reporter.error(
        "T804", span, f"wrong value for `{name}`", "does not fit", expected=expected, help=help_
    )


def unknown_argument(
    reporter: Reporter, argument: tree.Argument, owner: str, names: Collection[str]
) -> None:
    """Report an argument that what it is given to does not have."""
    found = argument.name or argument
    reporter.error(
        "A201",
        found.span,
        f"unknown argument `{found.span.text}`",
        f"`{owner}` has no such argument",
        expected=", ".join(f"`{name}`" for name in names) or None,
        help=did_you_mean(reporter.guess(found.span.text, names)),
    )
