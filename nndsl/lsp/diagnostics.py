"""Findings -> the diagnostics of the protocol, and edits -> workspace edits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from lsprotocol import types
from pygls import uris

from nndsl.codes import name_of
from nndsl.diagnostic import Diagnostic
from nndsl.lsp.documents import Document, Documents
from nndsl.lsp.positions import Positions
from nndsl.source import Source, Span

_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}


def to_protocol(
    documents: Documents, document: Document, findings: Iterable[Diagnostic]
) -> list[types.Diagnostic]:
    """Return the findings about a text. What is found in an imported file stands at its import."""
    return [_diagnostic(documents, document, finding) for finding in findings]


def _diagnostic(documents: Documents, document: Document, found: Diagnostic) -> types.Diagnostic:
    related = [
        types.DiagnosticRelatedInformation(_location(documents, document, label.span), label.text)
        for label in found.labels
    ]
    span = found.span
    message = _message(found)
    if span.source is not document.source:
        related.insert(
            0, types.DiagnosticRelatedInformation(_location(documents, document, span), found.title)
        )
        message = f"in {span.source.name}: {message}"
        span = next(
            (label.span for label in found.labels if label.span.source is document.source),
            _import_of(document, span.source),
        )
    fix = found.fix
    return types.Diagnostic(
        range=_visible(document, span),
        message=message,
        severity=_SEVERITIES[found.severity],
        code=found.code,
        source="nndsl",
        related_information=related or None,
        tags=(
            [types.DiagnosticTag.Unnecessary] if name_of(found.code).startswith("unused") else None
        ),
        data={"name": name_of(found.code), "fix": fix.description if fix else None},
    )


def _message(found: Diagnostic) -> str:
    lines = [found.title]
    if found.label:
        lines.append(found.label)
    if found.expected is not None:
        lines.append(f"expected: {found.expected}")
    if found.received is not None:
        lines.append(f"received: {found.received}")
    if found.help is not None:
        lines.append(f"help: {found.help}")
    return "\n".join(lines)


def _visible(document: Document, span: Span) -> types.Range:
    """Return the range of a finding; one that covers only the end of a line could not be seen."""
    text = document.source.text
    start, end = span.start, span.end
    if not text[start:end].strip() and start > 0:
        start = max(0, start - 1)
        end = max(end, start + 1)
    return document.positions.range(start, end)


def _import_of(document: Document, source: Source) -> Span:
    """Return the place of the import that leads to another source; else the first character."""
    name = Path(source.name).name
    place = document.source.text.find(name)
    if place < 0:
        return Span(0, min(1, len(document.source.text)), document.source)
    return Span(place, place + len(name), document.source)


def _location(documents: Documents, document: Document, span: Span) -> types.Location:
    if span.source is document.source:
        return types.Location(document.uri, document.positions.span(span))
    return location(documents, document, span)


def location(documents: Documents, document: Document, span: Span) -> types.Location:
    """Return a place in another text."""
    uri = uri_of(document, span.source)
    positions = Positions(span.source, documents.encoding)
    return types.Location(uri, positions.span(span))


def uri_of(document: Document, source: Source) -> str:
    """Return the address of a source that a text imports."""
    if source is document.source:
        return document.uri
    if source.name.startswith("std/"):
        from nndsl.resources import standard_path

        return uris.from_fs_path(str(standard_path(source.name.removeprefix("std/")))) or ""
    path = (Path(document.path).parent / source.name).resolve()
    return uris.from_fs_path(str(path)) or ""


def text_edits(positions: Positions, edits: Sequence[tuple[Span, str]]) -> list[types.TextEdit]:
    """Return edits of one text."""
    return [types.TextEdit(positions.span(span), text) for span, text in edits]
