"""Reads the versions of one text, of each only what changed: what an editor sends, key by key.

A text is cut where definitions begin at the margin. There, no line goes on and no bracket is open,
so each piece reads as it does in the whole; one in which a bracket stays open is read together with
those behind it. A piece that stands in the next version as well is not read again: it is moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nndsl.source import Part, Source
from nndsl.syntax.parser import MAX_CHARACTERS, MAX_PROBLEMS, Piece, Read, joined, read, read_piece

_TOP = "model|train|import|extern|sequential|functional|subclass"
#: Where a definition begins; a word before `=` is the name of an argument.
_BEGINNING = re.compile(rf"^(?:(?P<top>{_TOP})|block|const)\b(?![ \t]*=)", re.MULTILINE)
#: What is said once in a whole text cannot be found piece by piece.
_ONCE = "X952"


class Reader:
    """Keeps what was read of the last version of a text."""

    def __init__(self) -> None:
        self._pieces: dict[str, list[Piece]] = {}

    def read(self, source: Source) -> Read:
        """Return what `syntax.parser.read` returns, with the nodes of all that has not changed.

        What was read before is moved: its places are those in the new version from here on.
        """
        if len(source.text) > MAX_CHARACTERS:
            return read(source)
        before, self._pieces = self._pieces, {}
        pieces = list(self._read(source, before))
        problems = [found for piece in pieces for part in piece.problems for found in part]
        if len(problems) > MAX_PROBLEMS or any(found.code == _ONCE for found in problems):
            return read(source)
        return joined(source, pieces)

    def _read(self, source: Source, before: dict[str, list[Piece]]) -> Iterator[Piece]:
        text = source.text
        found = [(match.start(), match["top"] is not None) for match in _BEGINNING.finditer(text)]
        cuts = [cut for cut in found if cut[0]] + [(len(text), True)]
        last = len(cuts) - 1
        start = index = 0
        while index <= last:
            piece = _read_again(before, text[start : cuts[index][0]], start, source)
            end = index + 1
            while piece.is_open and index < last:
                # The next definition closes it; or that is a block, which stands in it then, as
                # everything does up to what can only stand outside.
                piece = _read_again(before, text[start : cuts[end][0]], start, source)
                index = end
                end = next((k + 1 for k in range(end, last) if cuts[k][1]), last)
            self._pieces.setdefault(piece.source.text, []).append(piece)
            yield piece
            start = cuts[index][0]
            index += 1


def _read_again(before: dict[str, list[Piece]], text: str, start: int, whole: Source) -> Piece:
    """Return what was read of a piece of the last version, moved; else read it."""
    same = before.get(text)
    if not same:
        return read_piece(Part(text, start, whole))
    piece = same.pop(0)
    assert isinstance(piece.source, Part)
    piece.source.move(start, whole)
    return piece
