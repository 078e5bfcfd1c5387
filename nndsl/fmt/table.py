"""Lists of rows as tables: numbers end at the same column, everything else begins at one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nndsl.fmt.pieces import Bracket, Pieces, Word

if TYPE_CHECKING:
    from nndsl.fmt.render import Renderer


def table_rows(renderer: Renderer, bracket: Bracket, column: int) -> list[str] | None:
    """Return the items of a list, each a row, as the lines of a table; None if it is none."""
    if bracket.opener.kind != "LSQB" or len(bracket.items) < 2:
        return None
    cells: list[list[str]] = []
    numeric: list[list[bool]] = []
    kinds = set()
    for item in bracket.items:
        row = item[0] if len(item) == 1 else None
        if not isinstance(row, Bracket) or row.spaced is False and len(item) > 1:
            return None
        texts = [renderer.flat(cell) for cell in row.items]
        if renderer.flat_piece(row) is None or len(texts) < 2:
            return None
        cells.append([text or "" for text in texts])
        numeric.append([is_number(cell) for cell in row.items])
        kinds.add((row.opener.kind, len(texts)))
    if len(kinds) != 1:
        return None
    rows = aligned(cells, [all(column) for column in zip(*numeric, strict=True)])
    opener, closer = ("(", ")") if next(iter(kinds))[0] == "LPAR" else ("[", "]")
    lines = [f"{opener}{row}{closer}" for row in rows]
    return lines if max(map(len, lines)) + 1 <= renderer.writer.width - column else None


def aligned(cells: list[list[str]], numeric: list[bool]) -> list[str]:
    """Return the rows with commas; columns that are `numeric` end below each other."""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    last = len(widths) - 1
    rows = []
    for row in cells:
        parts = []
        for index, text in enumerate(row):
            comma = "," if index < last else ""
            if numeric[index]:
                parts.append(text.rjust(widths[index]) + comma)
            elif comma:
                parts.append((text + comma).ljust(widths[index] + 1))
            else:
                parts.append(text)
        rows.append(" ".join(parts))
    return rows


def same_runs(keys: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield from where to where a key stands several times in a row; empty ones do not count."""
    start = 0
    for end in range(1, len(keys) + 1):
        if end == len(keys) or keys[end] != keys[start]:
            if keys[start] and end - start > 1:
                yield start, end
            start = end


def is_number(cell: Pieces) -> bool:
    """True for a number, with a sign or without."""
    kinds = [piece.token.kind for piece in cell if isinstance(piece, Word)]
    return len(kinds) == len(cell) and kinds in (["NUMBER"], ["MINUS", "NUMBER"])
