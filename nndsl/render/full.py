"""Diagnostics -> text for a person: the lines of the source with carets under the place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nndsl.diagnostic import Diagnostic
from nndsl.render.terminal import BOLD, FRAME, Painter, expanded, visible, width_of
from nndsl.source import Source, Span

_COLOURS = {"error": "31;1", "warning": "33;1", "info": "36;1"}
MAX_LINE = 200


def render_full(diagnostics: Iterable[Diagnostic], *, colour: bool = False) -> str:
    """Return the findings as text, each with the lines that it is about."""
    painter = Painter(colour)
    return "\n".join(_render_one(diagnostic, painter) for diagnostic in diagnostics)


def _render_one(diagnostic: Diagnostic, paint: Painter) -> str:
    colour = _COLOURS[diagnostic.severity]
    source = diagnostic.span.source
    line, column = source.line_column(diagnostic.span.start)
    head = paint(f"{diagnostic.severity}[{diagnostic.code}]", colour)
    out = [f"{head}{paint(': ' + visible(diagnostic.title), BOLD)}"]
    marks = [(diagnostic.span, diagnostic.label, "^", colour)]
    marks += [(label.span, label.text, "-", FRAME) for label in diagnostic.labels]
    here = [mark for mark in marks if mark[0].source is source]
    width = len(str(max(span.line for span, *_ in here)))
    arrow = paint("-->", FRAME)
    out.append(f"{' ' * width}{arrow} {visible(source.shown)}:{line}:{column}")
    out += _excerpt(source, here, width, paint)
    for span, text, *_ in marks:
        if span.source is not source:
            place = f"{visible(span.source.shown)}:{span.line}"
            out.append(f"{' ' * width} {paint('=', FRAME)} {place}: {visible(text)}")
    notes = (
        ("expected", diagnostic.expected),
        ("received", diagnostic.received),
        ("help", diagnostic.help),
    )
    for title, note in notes:
        if note:
            out.append(f"{' ' * width} {paint('=', FRAME)} {paint(title, BOLD)}: {visible(note)}")
    return "\n".join(out) + "\n"


_Mark = tuple[Span, str, str, str]


def _excerpt(source: Source, marks: Sequence[_Mark], width: int, paint: Painter) -> list[str]:
    """Return the source lines of the marks in order, each with its marks underneath."""
    bar = paint("|", FRAME)
    out = [f"{' ' * width} {bar}"]
    by_line: dict[int, list[_Mark]] = {}
    for mark in marks:
        by_line.setdefault(mark[0].line, []).append(mark)
    previous = 0
    for line in sorted(by_line):
        if previous and line > previous + 1:
            out.append(f"{' ' * width} {paint('...', FRAME)}")
        previous = line
        text = source.line_text(line)
        shown = text[:MAX_LINE] + ("..." if len(text) > MAX_LINE else "")
        out.append(f"{paint(str(line).rjust(width), FRAME)} {bar} {expanded(shown)}".rstrip())
        for span, label, sign, colour in sorted(by_line[line], key=lambda m: -m[0].start):
            start = source.line_column(span.start)[1] - 1
            if start > MAX_LINE:
                continue
            stop = min(start + max(span.end - span.start, 1), max(len(text), start + 1), MAX_LINE)
            indent = width_of(text[:start])
            carets = sign * max(width_of(text[start:stop]), 1)
            under = paint(f"{carets} {visible(label)}".rstrip(), colour)
            out.append(f"{' ' * width} {bar} {' ' * indent}{under}")
    out.append(f"{' ' * width} {bar}")
    return out
