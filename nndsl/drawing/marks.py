"""A figure -> what a pen does: rectangles, circles, paths and words, in the order they are drawn.

All writers of pictures put these down; what a mark looks like is said by its `kind`, which is
a row of classes of the style sheet.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Union

from nndsl.drawing.figure import Figure, Label, Node, Wire
from nndsl.drawing.measures import HEAD, MARGIN, PILE, legend_rows
from nndsl.layout import Point

_CORNER = 7.0
#: How long the tip of an arrow is, and half as wide.
_TIP, _TIP_HALF = 6.2, 3.4


@dataclass(frozen=True, slots=True)
class Rectangle:
    kind: str
    x: float
    y: float
    width: float
    height: float
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class Circle:
    kind: str
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Path:
    """Commands of SVG with their points: M, L, Q (a point to bend to, an end) and Z."""

    kind: str
    commands: tuple[tuple[str, tuple[Point, ...]], ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Text from its left end on the baseline; the kinds `m` and `e` are from its middle and end."""

    kind: str
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Begin:
    """From here on the marks belong to a box, down to its `End`."""

    node: Node


@dataclass(frozen=True, slots=True)
class End:
    pass


Mark = Union[Rectangle, Circle, Path, Words, Begin, End]


def marks(figure: Figure) -> Iterator[Mark]:
    """Yield the marks of a figure: heading, boxes and lines, legend."""
    yield Words("h", MARGIN, MARGIN + 12, figure.title)
    yield Words("d", MARGIN, MARGIN + 28, figure.subtitle)
    yield from _layer(figure.nodes, figure.wires, figure.labels)
    rows = legend_rows(figure.legend, figure.width - 2 * MARGIN)
    top = figure.height - MARGIN + 6.0 - 18.0 * len(rows)
    for line, row in enumerate(rows):
        y = top + 18.0 * line
        for x, name, title in row:
            x += MARGIN
            yield Rectangle(f"n f-{name}", x, y, 12.0, 12.0, 3.0)
            if name == "shared":
                yield Rectangle(f"z f-{name}", x + 2.5, y + 2.5, 7.0, 7.0, 1.5)
            yield Words("d", x + 17.0, y + 9.6, title)


def _layer(nodes: Sequence[Node], wires: Sequence[Wire], labels: Sequence[Label]) -> Iterator[Mark]:
    for wire in wires:
        yield from _wire(wire)
    for label in labels:
        yield Words("s", label.x, label.y, label.text)
    for node in nodes:
        yield from box(node)


def _wire(wire: Wire) -> Iterator[Path]:
    points = wire.points
    if wire.tip:
        (x, y), above = points[-1], points[-2]
        corners = (("L", ((x, y),)), ("L", ((x + _TIP_HALF, y - _TIP),)), ("Z", ()))
        yield Path(f"a t{wire.net}", (("M", ((x - _TIP_HALF, y - _TIP),)), *corners))
        points = (*points[:-1], (x, max(y - 5.0, above[1])))
    yield Path(f"w t{wire.net}", curve(points))


def curve(points: Sequence[Point]) -> tuple[tuple[str, tuple[Point, ...]], ...]:
    """Return the commands of a line with rounded corners."""
    path: list[tuple[str, tuple[Point, ...]]] = [("M", (points[0],))]
    for before, at, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_CORNER, math.dist(before, at) / 2, math.dist(at, after) / 2)
        start, end = _toward(at, before, radius), _toward(at, after, radius)
        path += [("L", (start,)), ("Q", (at, end))]
    return (*path, ("L", (points[-1],)))


def _toward(at: Point, other: Point, length: float) -> Point:
    distance = math.dist(at, other) or 1.0
    share = length / distance
    return (at[0] + (other[0] - at[0]) * share, at[1] + (other[1] - at[1]) * share)


def box(node: Node) -> Iterator[Mark]:
    """Yield the marks of a box, and of what is inside."""
    yield Begin(node)
    if node.form == "open":
        yield from _open(node)
        yield from _layer(node.nodes, node.wires, node.labels)
    elif node.form == "round":
        radius = node.width / 2
        x, y = node.x + radius, node.y + radius
        yield Circle(f"n f-{node.family}", x, y, radius)
        yield Words("p m", x, y + 5.2, node.title)
    else:
        yield from _closed(node)
    yield End()


def _open(node: Node) -> Iterator[Mark]:
    x, y, right = node.x, node.y, node.x + node.width
    yield Rectangle("open", x, y, node.width, node.height, 8.0)
    head = (
        ("M", ((x, y + HEAD),)),
        ("L", ((x, y + 8),)),
        ("Q", ((x, y), (x + 8, y))),
        ("L", ((right - 8, y),)),
        ("Q", ((right, y), (right, y + 8))),
        ("L", ((right, y + HEAD),)),
        ("Z", ()),
    )
    yield Path("head", head)
    if node.shared:  # a second frame
        yield Rectangle("z f-shared", x + 3, y + 3, node.width - 6, node.height - 6, 6.0)
    yield Words("b", x + 10, y + 16, node.title)
    if node.badge:
        yield Words("b e", right - 10, y + 16, node.badge)


def _closed(node: Node) -> Iterator[Mark]:
    x, y, wide, high = node.x, node.y, node.width, node.height
    kind = f"n f-{node.family}"
    if node.form == "folded":  # a pile
        yield Rectangle(kind, x + PILE, y + PILE, wide, high, 5.0)
    yield Rectangle(kind, x, y, wide, high, high / 2 if node.form == "pill" else 5.0)
    if node.shared:  # a second frame
        yield Rectangle(f"z f-{node.family}", x + 3, y + 3, wide - 6, high - 6, 3.0)
    under = "  ·  ".join(text for text in (node.detail, node.badge) if text)
    yield Words("b m", x + wide / 2, y + (16.2 if under else high / 2 + 4.2), node.title)
    if under:
        yield Words("d m", x + wide / 2, y + 29.6, under)
