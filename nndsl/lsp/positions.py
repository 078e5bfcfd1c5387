"""Offsets in a text <-> lines and columns as a client counts them: in utf-8, utf-16 or utf-32."""

from __future__ import annotations

from lsprotocol import types

from nndsl.source import Source, Span


class Positions:
    """Translates between a source and a client."""

    def __init__(self, source: Source, encoding: str) -> None:
        self.source = source
        self.encoding = encoding
        self.lines = source.text.split("\n")
        self.starts = [0]
        for line in self.lines[:-1]:
            self.starts.append(self.starts[-1] + len(line) + 1)

    def position(self, offset: int) -> types.Position:
        number, column = self.source.line_column(max(0, min(offset, len(self.source.text))))
        return types.Position(number - 1, self._units(self.lines[number - 1][: column - 1]))

    def range(self, start: int, end: int) -> types.Range:
        return types.Range(self.position(start), self.position(end))

    def span(self, span: Span) -> types.Range:
        return self.range(span.start, span.end)

    def length(self, start: int, end: int) -> int:
        return self._units(self.source.text[start:end])

    def offset(self, position: types.Position) -> int:
        """Return the offset of a position; what lies beyond a line or the text is its end."""
        number: int = position.line
        column: int = position.character
        if number >= len(self.lines):
            return len(self.source.text)
        return self.starts[number] + self._characters(self.lines[number], column)

    def _units(self, text: str) -> int:
        if self.encoding == "utf-8":
            return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
        if self.encoding == "utf-16" and not text.isascii():
            return len(text) + sum(character > "\uffff" for character in text)
        return len(text)

    def _characters(self, line: str, units: int) -> int:
        """Return how many characters of a line make up so many units."""
        if line.isascii() or self.encoding == "utf-32":
            return min(units, len(line))
        for index, character in enumerate(line):
            if units <= 0:
                return index
            units -= self._units(character)
        return len(line)
