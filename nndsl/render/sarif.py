"""Diagnostics -> SARIF 2.1.0, which code scanning and editors read.

The format is that of https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nndsl import __version__
from nndsl.codes import Page, page
from nndsl.diagnostic import Diagnostic, Fix, Label
from nndsl.source import Source, Span

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def render_sarif(diagnostics: Iterable[Diagnostic]) -> str:
    """Return the findings as a SARIF log of one run."""
    found = list(diagnostics)
    codes = sorted({diagnostic.code for diagnostic in found})
    run = {
        "tool": {
            "driver": {
                "name": "nndsl",
                "version": __version__,
                "rules": [_rule(page(code)) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, codes) for diagnostic in found],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2) + "\n"


def _rule(about: Page) -> dict[str, Any]:
    from nndsl.render.codes import page_markdown

    rule: dict[str, Any] = {
        "id": about.code,
        "name": "".join(part.capitalize() for part in about.name.split("-")),
        "shortDescription": {"text": about.summary},
        "help": {
            "text": "\n\n".join([about.summary, *about.paragraphs]),
            "markdown": page_markdown(about),
        },
    }
    if about.severity is not None:
        rule["defaultConfiguration"] = {"level": _LEVELS[about.severity]}
    return rule


def _result(found: Diagnostic, codes: list[str]) -> dict[str, Any]:
    lines = [found.title]
    lines += [f"{name}: {text}" for name, text in _notes(found) if text]
    result: dict[str, Any] = {
        "ruleId": found.code,
        "ruleIndex": codes.index(found.code),
        "level": _LEVELS[found.severity],
        "message": {"text": "\n".join(lines)},
        "locations": [{"physicalLocation": _physical(found.span)}],
    }
    if found.labels:
        result["relatedLocations"] = [_related(n, label) for n, label in enumerate(found.labels)]
    if found.fix is not None:
        result["fixes"] = [_fix(found.fix)]
    return result


def _notes(found: Diagnostic) -> tuple[tuple[str, str | None], ...]:
    return (
        ("expected", found.expected),
        ("received", found.received),
        ("help", found.help),
    )


def _related(number: int, label: Label) -> dict[str, Any]:
    return {
        "id": number,
        "physicalLocation": _physical(label.span),
        "message": {"text": label.text},
    }


def _physical(span: Span) -> dict[str, Any]:
    return {"artifactLocation": _artifact(span.source), "region": _region(span)}


def _artifact(source: Source) -> dict[str, str]:
    if os.path.isabs(source.shown):
        return {"uri": Path(source.shown).as_uri()}
    return {"uri": quote(source.shown.replace(os.sep, "/"))}


def _region(span: Span) -> dict[str, int]:
    line, column = span.source.line_column(span.start)
    end_line, end_column = span.source.line_column(span.end)
    return {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    changes: dict[Source, list[dict[str, Any]]] = {}
    for span, text in fix.edits:
        replacement = {"deletedRegion": _region(span), "insertedContent": {"text": text}}
        changes.setdefault(span.source, []).append(replacement)
    return {
        "description": {"text": fix.description},
        "artifactChanges": [
            {"artifactLocation": _artifact(source), "replacements": replacements}
            for source, replacements in changes.items()
        ],
    }
