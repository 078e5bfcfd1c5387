"""Diagnostics -> workflow commands, which GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterable

from nndsl.codes import name_of
from nndsl.diagnostic import Diagnostic

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def render_github(diagnostics: Iterable[Diagnostic]) -> str:
    """Return a command for each finding."""
    return "".join(_command(diagnostic) + "\n" for diagnostic in diagnostics)


def _command(found: Diagnostic) -> str:
    source, span = found.span.source, found.span
    line, column = source.line_column(span.start)
    end_line, end_column = source.line_column(span.end)
    place = {"file": source.shown, "line": line, "endLine": end_line}
    if line == end_line:  # columns of a place over several lines are refused
        place |= {"col": column, "endColumn": end_column}
    place["title"] = f"{found.code} {name_of(found.code)}"
    shown = ",".join(f"{name}={_property(str(value))}" for name, value in place.items())
    return f"::{_COMMANDS[found.severity]} {shown}::{_text(_message(found))}"


def _message(found: Diagnostic) -> str:
    parts = [found.title]
    for title in ("expected", "received", "help"):
        text = getattr(found, title)
        if text:
            parts.append(f"{title}: {text}")
    return "\n".join(parts)


def _text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _text(text).replace(":", "%3A").replace(",", "%2C")
