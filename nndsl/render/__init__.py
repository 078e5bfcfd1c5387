"""Diagnostics -> text: a file for each of the formats.

All say the same: `full` to a person, `concise` one line each, `json` and `sarif` to programs,
`github` to the annotations of a pull request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nndsl.diagnostic import Diagnostic

FORMATS = ("full", "concise", "json", "sarif", "github")

__all__ = ["FORMATS", "render", "render_concise", "render_format"]


def render_format(
    diagnostics: Iterable[Diagnostic], output_format: str, *, colour: bool = False
) -> str:
    """Return the findings in a format; a check imports only the one that it needs."""
    if output_format == "full":
        return render(diagnostics, colour=colour)
    found: Callable[[Iterable[Diagnostic]], str]
    if output_format == "concise":
        return render_concise(diagnostics)
    if output_format == "json":
        from nndsl.render.json_format import render_json as found
    elif output_format == "sarif":
        from nndsl.render.sarif import render_sarif as found
    else:
        from nndsl.render.github import render_github as found
    return found(diagnostics)


def render(diagnostics: Iterable[Diagnostic], *, colour: bool = False) -> str:
    """Return the findings as text, each with the lines that it is about."""
    from nndsl.render.full import render_full

    return render_full(diagnostics, colour=colour)


def render_concise(diagnostics: Iterable[Diagnostic]) -> str:
    """Return the findings as text, one line each."""
    from nndsl.render.concise import render_concise as found

    return found(diagnostics)
