"""Text -> the same text in one layout, with its comments; what it means stays what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nndsl.diagnostic import Diagnostic
from nndsl.fmt.comments import Comments
from nndsl.fmt.text import Entry, Text
from nndsl.source import Source, Span
from nndsl.syntax.parser import read

__all__ = ["Formatted", "format_edits", "format_source"]

Edits = tuple[tuple[Span, str], ...]


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text in its layout; None, and why, if it cannot be read."""

    text: str | None
    problems: tuple[Diagnostic, ...] = ()


def format_source(source: Source) -> Formatted:
    """Return a text in the one layout. A text with syntax errors is left alone."""
    entries, problems = _entries(source)
    if entries is None:
        return Formatted(None, tuple(problems))
    newline = _newline(source)
    parts = []
    for entry in entries:
        parts.append(newline * entry.blank + _entry_text(entry, newline) + newline)
    return Formatted("".join(parts))


def format_edits(source: Source, start: int = 0, end: int | None = None) -> Edits | None:
    """Return what to replace so that what stands on the lines of two offsets is in the layout.

    Each edit is as small as a statement or the space between two. None: there are syntax errors.
    """
    entries, _ = _entries(source)
    if entries is None:
        return None
    last = source.text.find("\n", len(source.text) if end is None else end)
    last = len(source.text) if last < 0 else last
    start = source.text.rfind("\n", 0, start) + 1
    newline = _newline(source)
    edits: list[tuple[Span, str]] = []

    def replace(begin: int, stop: int, text: str) -> None:
        if source.text[begin:stop] != text:
            edits.append((Span(begin, stop, source), text))

    position, inside = 0, start <= 0
    chosen = _touched(source, entries, start, last)
    for index, entry in enumerate(entries):
        touched = index in chosen
        if touched:
            text = _entry_text(entry, newline)
            indent = len(text) - len(text.lstrip(" "))
            gap = newline * (1 + entry.blank) if index else ""
            line_start = source.text.rfind("\n", 0, entry.start) + 1
            if inside or line_start < position:
                replace(position, entry.start, gap + " " * indent)
            else:
                replace(line_start, entry.start, " " * indent)
            replace(entry.start, entry.end, text[indent:])
        position, inside = entry.end, touched
    if (inside or not entries) and last >= len(source.text):
        replace(position, len(source.text), newline if entries else "")
    return tuple(edits)


def _touched(source: Source, entries: list[Entry], start: int, end: int) -> set[int]:
    """Return which entries lie between two offsets, or share a line with such a one."""
    chosen: set[int] = set()
    group: list[int] = []
    for index, entry in enumerate(entries):
        if index and "\n" in source.text[entries[index - 1].end : entry.start]:
            group = []
        group.append(index)
        if entry.end >= start and entry.start <= end or group[0] in chosen:
            chosen.update(group)
    return chosen


def _entries(source: Source) -> tuple[list[Entry] | None, Sequence[Diagnostic]]:
    found = read(source)
    if found.problems:
        return None, found.problems
    text = Text(source, Comments(source, found.tokens, found.comments))
    return text.make(found.lines), ()


def _entry_text(entry: Entry, newline: str) -> str:
    lines = (f"{line.code}  {line.comment}" if line.comment else line.code for line in entry.lines)
    return newline.join(lines)


def _newline(source: Source) -> str:
    """Return how lines end: as the first one does."""
    first = source.text.find("\n")
    return "\r\n" if first > 0 and source.text[first - 1] == "\r" else "\n"
