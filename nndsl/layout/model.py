"""What is to be laid out, and what comes out: boxes, nets between their ports, and places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """Something with a place: it reaches `left` and `right` of its axis, and is `height` high.

    `inputs` are the places of its ports at the top, from the axis; None if they may be anywhere.
    `outputs` are those at the bottom. `label` is room below it that lines may cross only where they
    leave the box. A box that is `first` or `last` is in the first or last layer.
    """

    left: float
    right: float
    height: float
    inputs: tuple[float, ...] | None = None
    outputs: tuple[float, ...] = (0.0,)
    label: float = 0.0
    first: bool = False
    last: bool = False
    #: Half of the side that lines may come in at, if the box reaches further with its label.
    half: float | None = None


@dataclass(frozen=True, slots=True)
class Net:
    """A tensor: from a port of a box to ports of others, each box and port by number."""

    source: tuple[int, int]
    targets: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """What is drawn of a net: to one of its targets, from the source or from where it leaves
    a line that is there already. Goes down and sideways, never up."""

    net: int
    target: tuple[int, int]
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Axes and tops of the boxes, lines, and the size of it all."""

    axes: tuple[float, ...]
    tops: tuple[float, ...]
    layers: tuple[int, ...]
    lines: tuple[Line, ...]
    width: float
    height: float


class Drawn:
    """The nets cut into pieces from layer to layer: vertices in layers, and edges between them.

    The first vertices are the boxes, the others the places where a line passes through a layer. A
    net has one such line, from which its targets branch off.
    """

    def __init__(self, boxes: Sequence[Box], nets: Sequence[Net], layers: Sequence[int]) -> None:
        self.boxes = boxes
        self.nets = nets
        self.layer: list[int] = list(layers)
        #: The net of a vertex that is no box, else -1.
        self.net: list[int] = [-1] * len(boxes)
        self.rows: list[list[int]] = [[] for _ in range(max(layers, default=-1) + 1)]
        for vertex, layer in enumerate(layers):
            self.rows[layer].append(vertex)
        self.up: list[list[Edge]] = [[] for _ in boxes]
        self.down: list[list[Edge]] = [[] for _ in boxes]
        for number, net in enumerate(nets):
            self._add(number, net)

    def _add(self, number: int, net: Net) -> None:
        source, port = net.source
        at, layer = source, self.layer[source]
        out = self.boxes[source].outputs[port]
        targets = sorted(net.targets, key=lambda t: self.layer[t[0]])
        for target, entry in targets:
            while layer < self.layer[target] - 1:
                layer += 1
                vertex = len(self.layer)
                self.layer.append(layer)
                self.net.append(number)
                self.up.append([])
                self.down.append([])
                self.rows[layer].append(vertex)
                self._connect(Edge(at, vertex, out, 0.0, number, None))
                at, out = vertex, 0.0
            inputs = self.boxes[target].inputs
            offset = inputs[entry] if inputs is not None else 0.0
            self._connect(Edge(at, target, out, offset, number, (target, entry)))

    def _connect(self, edge: Edge) -> None:
        self.down[edge.upper].append(edge)
        self.up[edge.lower].append(edge)

    def is_line(self, vertex: int) -> bool:
        return self.net[vertex] >= 0

    def passes(self, edge: Edge, end: int) -> bool:
        """True if what an edge leads to is a line that only passes by what is beside it: one of a
        tensor that has other uses."""
        return self.net[end] >= 0 and len(self.nets[edge.net].targets) > 1

    def extent(self, vertex: int) -> tuple[float, float]:
        """Return how far a vertex reaches left and right of its axis."""
        if self.net[vertex] >= 0:
            return (0.0, 0.0)
        box = self.boxes[vertex]
        return (box.left, box.right)


class Edge:
    """A piece of a net between neighbouring layers; `start` and `end` are places of its ports."""

    __slots__ = ("end", "entry", "lower", "net", "spine", "start", "upper")

    def __init__(
        self,
        upper: int,
        lower: int,
        start: float,
        end: float,
        net: int,
        entry: tuple[int, int] | None,
    ) -> None:
        self.upper = upper
        self.lower = lower
        self.start = start
        self.end = end
        self.net = net
        #: The port of a box that it ends in.
        self.entry = entry
        #: True if it belongs to what is drawn as one straight line.
        self.spine = False
