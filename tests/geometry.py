"""What is wrong with a drawing: boxes that overlap, lines through boxes, upon others, into air."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from nndsl.drawing.figure import Figure, Node, Wire
from nndsl.drawing.measures import PILE
from nndsl.layout import Point

Piece = tuple[Point, Point]
_SLACK = 0.6


def levels(figure: Figure) -> Iterator[tuple[Sequence[Node], Sequence[Wire]]]:
    """Yield the boxes and lines of the figure, and of each open block in it."""
    waiting = [(figure.nodes, figure.wires)]
    while waiting:
        nodes, wires = waiting.pop()
        yield nodes, wires
        waiting += [(node.nodes, node.wires) for node in nodes if node.form == "open"]


def pieces(wire: Wire) -> list[Piece]:
    return list(zip(wire.points, wire.points[1:], strict=False))


def neighbours(wires: Sequence[Wire]) -> Iterator[tuple[Wire, Wire]]:
    """Yield the pairs of lines that are at the same height somewhere. Lines go down."""
    ordered = sorted(wires, key=lambda wire: wire.points[0][1])
    for number, one in enumerate(ordered):
        for other in ordered[number + 1 :]:
            if other.points[0][1] > one.points[-1][1]:
                break
            yield one, other


def problems(figure: Figure) -> list[str]:
    found = []
    for nodes, wires in levels(figure):
        for a, b in combinations(nodes, 2):
            if _overlap(a, b):
                found.append(f"{a.name} overlaps {b.name}")
        for wire in wires:
            for node in nodes:
                if wire.points[-1][1] < node.y or wire.points[0][1] > node.y + node.height:
                    continue
                if any(_through(piece, node) for piece in pieces(wire)):
                    found.append(f"a line goes through {node.name}")
            if any(a[1] > b[1] + _SLACK for a, b in pieces(wire)):
                found.append("a line goes up")
            if any(
                abs(a[0] - b[0]) > _SLACK and abs(a[1] - b[1]) > _SLACK for a, b in pieces(wire)
            ):
                found.append("a line is askew")
        for one, other in neighbours(wires):
            if one.net != other.net:
                if any(_upon(p, q) for p in pieces(one) for q in pieces(other)):
                    found.append("a line lies upon another")
        by_key = {node.key: node for node in nodes}
        for wire in wires:
            for key, (x, y) in ((wire.source, wire.points[0]), (wire.target, wire.points[-1])):
                if key and not _touches(by_key[key], x, y):
                    found.append(f"a line ends beside {by_key[key].name}")
        for node in nodes:
            if not (node.x >= 0 and node.x + node.width <= figure.width):
                found.append(f"{node.name} is outside")
    return found


def crossings(figure: Figure) -> int:
    """Return how many places there are where lines of different tensors cross."""
    count = 0
    for _, wires in levels(figure):
        places = set()
        for one, other in neighbours(wires):
            if one.net != other.net:
                pairs = ((p, q) for p in pieces(one) for q in pieces(other))
                crossed = (_crossing(p, q) for p, q in pairs)
                nets = sorted((one.net, other.net))
                places.update((*nets, *place) for place in crossed if place)
        count += len(places)
    return count


def bends(figure: Figure) -> int:
    return sum(max(len(wire.points) - 2, 0) for _, wires in levels(figure) for wire in wires)


def _overlap(a: Node, b: Node) -> bool:
    beside = a.x + a.width <= b.x + _SLACK or b.x + b.width <= a.x + _SLACK
    apart = a.y + a.height <= b.y + _SLACK or b.y + b.height <= a.y + _SLACK
    return not (beside or apart)


def _touches(node: Node, x: float, y: float) -> bool:
    across = node.x - _SLACK < x < node.x + node.width + _SLACK
    bottom = node.y + node.height + (PILE if node.form == "folded" else 0.0)
    return across and node.y - _SLACK < y < bottom + _SLACK


def _through(piece: Piece, node: Node) -> bool:
    (x1, y1), (x2, y2) = piece
    left, right = min(x1, x2), max(x1, x2)
    top, bottom = min(y1, y2), max(y1, y2)
    inside = 0.5 * node.width if node.form == "round" else 1.0  # lines end on the circle
    across = left < node.x + node.width - 1.0 and right > node.x + 1.0
    return across and top < node.y + node.height - inside and bottom > node.y + inside


def _upon(p: Piece, q: Piece) -> bool:
    for axis in (0, 1):
        other = 1 - axis
        values = [point[axis] for point in (*p, *q)]
        if max(values) - min(values) < _SLACK:
            low = max(min(p[0][other], p[1][other]), min(q[0][other], q[1][other]))
            high = min(max(p[0][other], p[1][other]), max(q[0][other], q[1][other]))
            if high - low > _SLACK:
                return True
    return False


def _crossing(p: Piece, q: Piece) -> tuple[float, float] | None:
    for flat, steep in ((p, q), (q, p)):
        if abs(flat[0][1] - flat[1][1]) < _SLACK and abs(steep[0][0] - steep[1][0]) < _SLACK:
            x, y = steep[0][0], flat[0][1]
            across = min(flat[0][0], flat[1][0]) + _SLACK < x < max(flat[0][0], flat[1][0]) - _SLACK
            along = (
                min(steep[0][1], steep[1][1]) + _SLACK < y < max(steep[0][1], steep[1][1]) - _SLACK
            )
            if across and along:
                return (round(x, 1), round(y, 1))
    return None
