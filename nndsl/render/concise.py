"""Diagnostics -> text: one line each."""

from __future__ import annotations

from collections.abc import Iterable

from nndsl.diagnostic import Diagnostic
from nndsl.render.terminal import visible


def render_concise(diagnostics: Iterable[Diagnostic]) -> str:
    """Return the findings as text, one line each."""
    lines = []
    for d in diagnostics:
        line, column = d.span.source.line_column(d.span.start)
        end = f"; {d.help}" if d.help else ""
        where = f"{visible(d.span.source.shown)}:{line}:{column}"
        lines.append(visible(f"{where}: {d.severity}[{d.code}] {d.title}{end}") + "\n")
    return "".join(lines)
