"""What is said about the values of training settings."""

from __future__ import annotations

from nndsl.diagnostic import Reporter
from nndsl.source import Span


def wrong_value(
    reporter: Reporter, span: Span, name: str, expected: str, help_: str | None = None
) -> None:
    """Report the value of a setting that is of another kind."""
    reporter.error(
        "T804", span, f"wrong value for `{name}`", "does not fit", expected=expected, help=help_
    )
