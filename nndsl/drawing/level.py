"""What is drawn in one block, or in the model itself: laid out for itself."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nndsl.drawing.figure import Label, Node, Wire
from nndsl.layout import Box, Layout, Line, Net, lay_out
from nndsl.outline import Origin


@dataclass(frozen=True, slots=True)
class Level:
    """What is drawn inside of a block: places count from its own top left."""

    nodes: tuple[Node, ...]
    wires: tuple[Wire, ...]
    labels: tuple[Label, ...]
    inputs: tuple[float, ...]
    outputs: tuple[float, ...]
    width: float
    height: float

    def moved(self, x: float, y: float) -> Level:
        return replace(
            self,
            nodes=tuple(node.moved(x, y) for node in self.nodes),
            wires=tuple(wire.moved(x, y) for wire in self.wires),
            labels=tuple(label.moved(x, y) for label in self.labels),
        )


@dataclass(frozen=True, slots=True)
class Item:
    """Something to be laid out: tensors that go in and come out, its box, and how it is drawn."""

    ins: tuple[Origin, ...]
    outs: tuple[Origin, ...]
    box: Box
    node: Node | None = None
    level: Level | None = None
    shapes: tuple[str, ...] = ()


def lay_level(
    items: Sequence[Item], ins: Sequence[Origin], outs: Sequence[Origin], numbers: dict[Origin, int]
) -> Level:
    """Lay out boxes between the tensors that come in and those that go out.

    `numbers` are those of the tensors in the whole picture; new ones get theirs.
    """
    port = Box(0.0, 0.0, 0.0)
    all_items = [
        *(Item((), (origin,), replace(port, first=True)) for origin in ins),
        *items,
        *(Item((origin,), (), replace(port, last=True)) for origin in outs),
    ]
    layout, nets, boxes = _laid_out(all_items)
    nodes, labels, wires = [], [], []
    rows = zip(all_items, boxes, layout.axes, layout.tops, strict=True)
    for item, box, axis, top in rows:
        if item.node is not None:
            left = axis - item.node.width / 2
            nodes.append(item.node.moved(left, top))
            labels += _shapes(item, box, axis, top + item.box.height)
    for line in layout.lines:
        origin, source = nets[line.net]
        net = numbers.setdefault(origin, len(numbers))
        wires.append(_wire(line, net, all_items[source], all_items[line.target[0]], layout))
    first, last = len(ins), len(all_items) - len(outs)
    return Level(
        tuple(nodes),
        tuple(wires),
        tuple(labels),
        layout.axes[:first],
        layout.axes[last:],
        layout.width,
        layout.height,
    )


def _laid_out(items: Sequence[Item]) -> tuple[Layout, list[tuple[Origin, int]], list[Box]]:
    """Return the layout, the tensor of each net with what makes it, and the boxes."""
    made = {
        origin: (number, port)
        for number, item in enumerate(items)
        for port, origin in enumerate(item.outs)
    }
    targets: dict[Origin, list[tuple[int, int]]] = {}
    for number, item in enumerate(items):
        for port, origin in enumerate(item.ins):
            if origin in made:
                targets.setdefault(origin, []).append((number, port))
    nets = [Net(made[origin], tuple(found)) for origin, found in targets.items()]
    boxes = [_main_in_the_middle(item, targets) for item in items]
    return lay_out(boxes, nets), [(origin, made[origin][0]) for origin in targets], boxes


def _shapes(item: Item, box: Box, axis: float, bottom: float) -> list[Label]:
    key = item.node.key if item.node else ""
    return [
        Label(axis + offset + 5.0, bottom + 10.0, text, key)
        for offset, text in zip(box.outputs, item.shapes, strict=False)
        if text
    ]


def _main_in_the_middle(item: Item, targets: Mapping[Origin, Sequence[tuple[int, int]]]) -> Box:
    """Return the box with the output in the middle that is used first, so that this goes straight
    on, if the others still find room."""
    box = item.box
    if len(item.outs) < 2 or item.level is not None or box.half is None:
        return box
    first = [min((t for t, _ in targets.get(o, ())), default=10**9) for o in item.outs]
    shift = box.outputs[first.index(min(first))]
    outputs = tuple(x - shift for x in box.outputs)
    if max(map(abs, outputs)) > box.half - 6.0:
        return box
    return replace(box, outputs=outputs, right=max(box.half, box.right - shift))


def _wire(line: Line, net: int, source: Item, target: Item, layout: Layout) -> Wire:
    node = target.node
    points = line.points
    ends = tuple(item.node.key if item.node else "" for item in (source, target))
    if node is None or node.form == "open":
        return Wire(net, points, False, *ends)
    if node.form == "round":  # down to the circle
        x, y = points[-1]
        radius = node.width / 2
        beside = min(abs(x - layout.axes[line.target[0]]), radius - 1.0)
        points = (*points[:-1], (x, round(y + radius - math.sqrt(radius**2 - beside**2), 2)))
    return Wire(net, points, True, *ends)
