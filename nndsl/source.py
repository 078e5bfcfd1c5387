"""Source texts and places in them. Imports nothing of nndsl."""

from __future__ import annotations

from bisect import bisect_right
from typing import TypeVar

S = TypeVar("S", bound="Span")


class Source:
    """One text with a name: a file, standard input, or a string of the Python API.

    An imported file is named as seen from the text that is checked; `shown` is its path as a
    reader sees it, from where that text's own path leads.
    """

    __slots__ = ("_line_starts", "name", "shown", "text")

    #: Where it begins in the whole text, which it is itself.
    start: int = 0

    def __init__(self, name: str, text: str, shown: str | None = None) -> None:
        self.name = name
        self.text = text
        self.shown = name if shown is None else shown
        self._line_starts: list[int] | None = None

    @property
    def whole(self) -> Source:
        return self

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


class Part(Source):
    """A stretch of a text that is read for itself: a source with a place in another one.

    What was read of it holds as long as its own text stays the same. Where it begins, and in which
    version of the whole text, is known here alone: so what is written in front of it moves all
    places in it at once, and nothing else has to be made anew.
    """

    __slots__ = ("_whole", "start")

    def __init__(self, text: str, start: int, whole: Source) -> None:
        super().__init__(whole.name, text)
        self.move(start, whole)

    def move(self, start: int, whole: Source) -> None:
        """Say where the part begins in another version of the whole text."""
        self.start = start
        self._whole = whole

    @property
    def whole(self) -> Source:
        return self._whole


class Span:
    """A place in a text: offsets in characters, the end not included.

    It is made with offsets in a source or in a part of one; what is read from it are those in the
    whole text.
    """

    __slots__ = ("_end", "_of", "_start")

    def __init__(self, start: int, end: int, of: Source) -> None:
        self._start = start
        self._end = end
        self._of = of

    @classmethod
    def like(cls: type[S], other: Span) -> S:
        """Return the place of another span, as one of this class."""
        return cls(other._start, other._end, other._of)

    @property
    def start(self) -> int:
        return self._start + self._of.start

    @property
    def end(self) -> int:
        return self._end + self._of.start

    @property
    def source(self) -> Source:
        return self._of.whole

    def to(self, other: Span) -> Span:
        """Return the span that reaches from the start of this one to the end of the other."""
        return Span(self._start, other.end - self._of.start, self._of)

    @property
    def text(self) -> str:
        return self._of.text[self._start : self._end]

    @property
    def line(self) -> int:
        return self.source.line_column(self.start)[0]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Span):
            return NotImplemented
        if self._of is other._of:
            return self._start == other._start and self._end == other._end
        here = self.start, self.end, self.source
        return here == (other.start, other.end, other.source)

    def __hash__(self) -> int:
        return hash((self.start, self.end))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.start}, {self.end}, {self.source.name!r})"
