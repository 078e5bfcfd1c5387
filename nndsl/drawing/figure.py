"""The picture as data: boxes in boxes, wires and a legend, every place counted from the top left.

`Choice` says which blocks are drawn open. Everything in a figure is in the order of the outline,
so that the same text gives the same figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from nndsl.layout import Point
from nndsl.source import Span


@dataclass(frozen=True, slots=True)
class Choice:
    """What is drawn: blocks open that are nested up to `depth`, and those named in `expand`.

    None is as deep as it stays easy to survey. `flat` draws no blocks at all, and every round of
    a loop.
    """

    depth: int | None = None
    expand: tuple[str, ...] = ()
    flat: bool = False


@dataclass(frozen=True, slots=True)
class Wire:
    """A line of a tensor: `tip` says that it ends in an arrow; `net` is the same for all lines of
    the tensor. `source` and `target` are keys of boxes, "" for a port of the block around."""

    net: int
    points: tuple[Point, ...]
    tip: bool
    source: str = ""
    target: str = ""

    def moved(self, x: float, y: float) -> Wire:
        points = tuple((round(a + x, 2), round(b + y, 2)) for a, b in self.points)
        return replace(self, points=points)


@dataclass(frozen=True, slots=True)
class Label:
    """The shape of a tensor, right of where its line leaves the box with the key `source`."""

    x: float
    y: float
    text: str
    source: str

    def moved(self, x: float, y: float) -> Label:
        return replace(self, x=round(self.x + x, 2), y=round(self.y + y, 2))


@dataclass(frozen=True, slots=True)
class Node:
    """A box: a layer (`title` and `detail`), a folded block, or an open one with what is inside.

    `form` is "box", "pill" (inputs and outputs), "round" (a sum), "folded" or "open". `facts` is
    what is said about it when it is pointed at.
    """

    key: str
    name: str
    form: str
    family: str
    title: str
    detail: str
    badge: str
    x: float
    y: float
    width: float
    height: float
    facts: tuple[str, ...]
    span: Span | None
    #: Boxes of one shared layer have the same.
    shared: str = ""
    nodes: tuple[Node, ...] = ()
    wires: tuple[Wire, ...] = ()
    labels: tuple[Label, ...] = ()
    #: Of a comparison: "added", "removed", "changed" or "same".
    change: str = ""
    #: The applications of blocks that lead to a layer, the outermost first.
    calls: tuple[Span, ...] = ()
    #: An open block as it is when folded, in a picture in which that can be done: it stands at the
    #: same place, within the open one.
    closed: Node | None = None
    #: True if such a block is folded at first.
    is_closed: bool = False

    def moved(self, x: float, y: float) -> Node:
        """Return the box elsewhere, with all that is inside."""
        return replace(
            self,
            x=round(self.x + x, 2),
            y=round(self.y + y, 2),
            nodes=tuple(inner.moved(x, y) for inner in self.nodes),
            wires=tuple(wire.moved(x, y) for wire in self.wires),
            labels=tuple(label.moved(x, y) for label in self.labels),
            closed=self.closed.moved(x, y) if self.closed else None,
        )


@dataclass(frozen=True, slots=True)
class Figure:
    title: str
    subtitle: str
    nodes: tuple[Node, ...]
    wires: tuple[Wire, ...]
    labels: tuple[Label, ...]
    #: Colours that appear, with what they mean.
    legend: tuple[tuple[str, str], ...]
    width: float
    height: float
    #: What goes from box to box: the keys of both, and the shape.
    arrows: tuple[tuple[str, str, str], ...]

    def boxes(self) -> Iterator[Node]:
        """Yield all boxes, each before those inside."""
        waiting = list(reversed(self.nodes))
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.nodes)
