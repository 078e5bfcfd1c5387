"""How large things are: type, boxes, the legend."""

from __future__ import annotations

from collections.abc import Sequence

from nndsl.drawing import words

#: Sizes of type: titles in boxes, what stands under them, shapes on lines, the sign of a sum.
TITLE, DETAIL, SHAPE, HEADING, SYMBOL = 12.0, 10.0, 9.0, 17.0, 16.0
#: The strip with the title of an open block.
HEAD = 24.0
MARGIN = 24.0
#: How far the box behind a folded block looks out.
PILE = 4.0
_ROUND = 24.0


def box_size(
    form: str, title: str, detail: str, badge: str, inputs: int = 1
) -> tuple[float, float]:
    """Return width and height of a box with these words and so many lines that come in."""
    if form == "round":
        return _ROUND, _ROUND
    under = "  ·  ".join(text for text in (detail, badge) if text)
    wide = max(words.width(title, TITLE, bold=True), words.width(under, DETAIL))
    wide = max(wide + 22.0, 58.0, 8.0 * min(inputs, 100) + 24.0)
    return round(wide, 1), 38.0 if under else 24.0


def legend_rows(
    legend: Sequence[tuple[str, str]], width: float
) -> list[list[tuple[float, str, str]]]:
    """Return the rows of a legend: places of its entries, their families and titles."""
    rows: list[list[tuple[float, str, str]]] = []
    at = width
    for name, title in legend:
        length = _entry_width(title)
        if at + length > width or not rows:
            rows.append([])
            at = 0.0
        rows[-1].append((at, name, title))
        at += length
    return rows


def legend_width(legend: Sequence[tuple[str, str]]) -> float:
    """Return how wide a legend is in one row."""
    return sum(_entry_width(title) for _, title in legend)


def _entry_width(title: str) -> float:
    return words.width(title, DETAIL) + 30.0
