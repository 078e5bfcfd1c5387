"""Source texts and places in them. Imports nothing of nndsl."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple


class Source:
    """One text with a name: a file, standard input, or a string of the Python API."""

    __slots__ = ("_line_starts", "name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._line_starts: list[int] | None = None

    def _lines(self) -> list[int]:
        if self._line_starts is None:
            starts = [0]
            position = self.text.find("\n")
            while position >= 0:
                starts.append(position + 1)
                position = self.text.find("\n", position + 1)
            self._line_starts = starts
        return self._line_starts

    def line_column(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of an offset, both counted from one."""
        starts = self._lines()
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def line_text(self, line: int) -> str:
        """Return a line (counted from one) without its end."""
        starts = self._lines()
        end = starts[line] - 1 if line < len(starts) else len(self.text)
        return self.text[starts[line - 1] : end].rstrip("\r")


class Span(NamedTuple):
    """A place in a text: offsets in characters, the end not included."""

    start: int
    end: int
    source: Source

    def to(self, other: Span) -> Span:
        """Return the span that reaches from the start of this one to the end of the other."""
        return Span(self.start, other.end, self.source)

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    @property
    def line(self) -> int:
        return self.source.line_column(self.start)[0]
