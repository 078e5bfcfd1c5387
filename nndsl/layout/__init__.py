"""A layered drawing of a graph without cycles: from sizes and nets to places and lines.

This room knows nothing of networks. Layers (`layers`), the order in them (`order`), the axes
(`place`) and the lines (`route`) are found one after the other, each the same for the same input.
"""

from __future__ import annotations

from collections.abc import Sequence

from nndsl.layout.layers import assign_layers
from nndsl.layout.model import Box, Drawn, Edge, Layout, Line, Net, Point
from nndsl.layout.order import put_in_order
from nndsl.layout.place import find_axes
from nndsl.layout.route import PLAIN, STEM, TIP, TRACK, Bundle, channel, ports

__all__ = ["Box", "Layout", "Line", "Net", "Point", "lay_out"]


def lay_out(boxes: Sequence[Box], nets: Sequence[Net]) -> Layout:
    """Return where the boxes stand, and the lines between them."""
    layers = assign_layers(boxes, nets)
    drawn = Drawn(boxes, nets, layers)
    put_in_order(drawn)
    axes = find_axes(drawn)
    ends = ports(drawn, axes)
    channels = [channel(drawn, row, axes, ends) for row in drawn.rows]
    rows = _heights(drawn, channels)
    tops = [rows[layer][0] for layer in layers]
    for number, box in enumerate(boxes):
        top, height = rows[layers[number]]
        tops[number] = top + (height - box.height) / 2
    lines = _Lines(drawn, nets, axes, tops, rows, channels).lines()
    width = max((axes[v] + drawn.extent(v)[1] for v in range(len(axes))), default=0.0)
    height = rows[-1][0] + rows[-1][1] if rows else 0.0
    return Layout(
        tuple(axes[: len(boxes)]), tuple(tops), tuple(layers), tuple(lines), width, height
    )


def _heights(
    drawn: Drawn, channels: Sequence[tuple[list[Bundle], int]]
) -> list[tuple[float, float]]:
    """Return top and height of each layer."""
    rows, at = [], 0.0
    boxes = drawn.boxes
    for row, (bundles, tracks) in zip(drawn.rows, channels, strict=True):
        height = max((boxes[v].height for v in row if v < len(boxes)), default=0.0)
        rows.append((at, height))
        room = _room_below(drawn, row, tracks)
        if bundles:
            at += height + room + (tracks * TRACK + TIP if tracks else max(PLAIN - room, TIP))
        else:
            at += height + room
    return rows


def _room_below(drawn: Drawn, row: Sequence[int], tracks: int) -> float:
    """Return how far lines go straight down from a layer before the first may turn aside."""
    boxes = drawn.boxes
    label = max((boxes[v].label for v in row if v < len(boxes)), default=0.0)
    return max(label, STEM) if tracks else label


class _Lines:
    """Puts the pieces of nets together."""

    def __init__(
        self,
        drawn: Drawn,
        nets: Sequence[Net],
        axes: Sequence[float],
        tops: Sequence[float],
        rows: Sequence[tuple[float, float]],
        channels: Sequence[tuple[list[Bundle], int]],
    ) -> None:
        self.drawn = drawn
        self.nets = nets
        self.axes = axes
        self.tops = tops
        self.rows = rows
        self.bundles: dict[Edge, tuple[Bundle, float]] = {}
        for bundles, _ in channels:
            for bundle in bundles:
                for edge, end in zip(bundle.edges, bundle.ends, strict=True):
                    self.bundles[edge] = (bundle, end)
        self.channel_tops = [
            top + height + _room_below(drawn, row, tracks)
            for (top, height), row, (_, tracks) in zip(rows, drawn.rows, channels, strict=True)
        ]

    def lines(self) -> list[Line]:
        return [line for number, net in enumerate(self.nets) for line in self.of(number, net)]

    def of(self, number: int, net: Net) -> list[Line]:
        """Return the lines of a net: to its furthest target first, the others branch off it."""
        at = net.source[0]
        box = self.drawn.boxes[at]
        x = self.axes[at] + box.outputs[net.source[1]]
        trunk: list[Point] = [(x, self.tops[at] + box.height)]
        found: list[Line] = []
        while True:
            edges = [edge for edge in self.drawn.down[at] if edge.net == number]
            further = None
            for edge in edges:
                points = [*trunk, *self.bend(edge)]
                if edge.entry is None:
                    further = edge
                    continue
                lower = edge.lower
                points.append((self.bundles[edge][1], self.tops[lower]))
                found.append(Line(number, edge.entry, _tidy(points)))
            if further is None:
                return found[::-1]
            trunk = [*trunk, *self.bend(further)]
            at = further.lower
            layer = self.drawn.layer[at]
            trunk.append((self.axes[at], self.rows[layer][0]))

    def bend(self, edge: Edge) -> list[Point]:
        """Return the corners of an edge in its channel."""
        bundle, end = self.bundles[edge]
        if abs(end - bundle.start) < 0.5:
            return []
        track = self.channel_tops[self.drawn.layer[edge.upper]] + (bundle.track - 0.5) * TRACK
        return [(bundle.start, track), (end, track)]


def _tidy(points: Sequence[Point]) -> tuple[Point, ...]:
    """Leave out points on the way between others."""
    found: list[Point] = []
    for x, y in points:
        x, y = round(x, 2), round(y, 2)
        if len(found) > 1 and abs(found[-1][0] - x) < 0.5 and abs(found[-2][0] - x) < 0.5:
            found.pop()
            x = found[-1][0]
        elif len(found) > 1 and found[-1][1] == y and found[-2][1] == y:
            found.pop()
        if found and (x, y) == found[-1]:
            continue
        found.append((x, y))
    return tuple(found)
