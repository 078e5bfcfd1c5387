"""Diagnostics -> JSON: a list of findings for a program to read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from nndsl.codes import name_of
from nndsl.diagnostic import Diagnostic, Fix
from nndsl.source import Span


def render_json(diagnostics: Iterable[Diagnostic]) -> str:
    """Return the findings as JSON. Lines and columns are counted from 1, in characters."""
    return json.dumps([_data(diagnostic) for diagnostic in diagnostics], indent=2) + "\n"


def _data(found: Diagnostic) -> dict[str, Any]:
    return {
        "code": found.code,
        "name": name_of(found.code),
        "severity": found.severity,
        "title": found.title,
        "label": found.label,
        **_place(found.span),
        "related": [{"text": label.text, **_place(label.span)} for label in found.labels],
        "expected": found.expected,
        "received": found.received,
        "help": found.help,
        "fix": _fix(found.fix) if found.fix else None,
    }


def _place(span: Span) -> dict[str, Any]:
    return {"file": span.source.shown, "start": _point(span, span.start), **_end(span)}


def _end(span: Span) -> dict[str, Any]:
    return {"end": _point(span, span.end)}


def _point(span: Span, offset: int) -> dict[str, int]:
    line, column = span.source.line_column(offset)
    return {"line": line, "column": column, "offset": offset}


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "text": fix.description,
        "safe": fix.safe,
        "edits": [{"replacement": text, **_place(span)} for span, text in fix.edits],
    }
