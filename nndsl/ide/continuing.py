"""What a new line begins with: a chain goes on below its arrows."""

from __future__ import annotations

from nndsl.ide.analysis import Analysis
from nndsl.source import Span


def continue_chain(analysis: Analysis, offset: int) -> tuple[tuple[Span, str], ...]:
    """Return the edits of a line that was just begun behind one that ends in an arrow or a bar.

    The arrow goes with it, as in the layout: it stands in front of the stage that follows.
    """
    text = analysis.source.text
    start = text.rfind("\n", 0, offset) + 1
    if start == 0 or text[start:offset].strip():
        return ()
    before = text.rfind("\n", 0, start - 1) + 1
    line = text[before : start - 1].rstrip()
    for mark in ("->", "|"):
        if line.endswith(mark) and "#" not in line:
            break
    else:
        return ()
    source = analysis.source
    cut = before + len(line) - len(mark)
    while cut > before and text[cut - 1] == " ":
        cut -= 1
    column = _column(line, mark)
    end = start
    while end < len(text) and text[end] in " \t":
        end += 1
    return (
        (Span(cut, start - 1, source), ""),
        (Span(start, end, source), " " * column + mark + " "),
    )


def _column(line: str, mark: str) -> int:
    """Return where the marks of a chain stand: below the first of the line."""
    indent = len(line) - len(line.lstrip())
    if mark == "|":
        bar, bracket = line.find("|"), line.rfind("(")
        return bar if 0 <= bar < len(line) - 1 else bracket if bracket >= 0 else indent
    first = line.find("->")
    return first if first < len(line) - 2 or not line[:first].strip() else first
