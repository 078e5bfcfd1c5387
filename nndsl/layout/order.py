"""In which order the vertices of a layer stand: few crossings, by barycentres and by exchanging."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Sequence
from itertools import product

from nndsl.layout.model import Drawn, Edge

_MAX_SWEEPS = 24
#: Sweeps that may bring nothing before it is given up.
_PATIENCE = 5
#: Wider layers are not improved by exchanging neighbours.
_MAX_EXCHANGED = 120


def put_in_order(drawn: Drawn) -> int:
    """Put the rows of a drawing in order; return the number of crossings."""
    best: list[list[int]] | None = None
    fewest = -1
    for start, turned in product((_from_above, _from_below), (False, True)):
        start(drawn, turned)
        found, rows = _improve(drawn)
        if best is None or found < fewest:
            best, fewest = rows, found
        if not fewest:
            break
    drawn.rows = best or []
    return max(fewest, 0)


def _improve(drawn: Drawn) -> tuple[int, list[list[int]]]:
    """Sweep down and up as long as that helps; return the fewest crossings, and the rows then."""
    places = _Places(drawn)
    fewest = places.crossings()
    best = [row[:] for row in drawn.rows]
    idle = 0
    for sweep in range(_MAX_SWEEPS):
        if not fewest or idle > _PATIENCE:
            break
        places.sweep(down=sweep % 2 == 0)
        places.exchange()
        found = places.crossings()
        idle += 1
        if found < fewest:
            fewest, best, idle = found, [row[:] for row in drawn.rows], 0
    return fewest, best


def _from_above(drawn: Drawn, turned: bool) -> None:
    starts = [v for row in drawn.rows for v in row]
    _visit(drawn, starts, drawn.down, lambda edge: edge.lower, turned)


def _from_below(drawn: Drawn, turned: bool) -> None:
    starts = [v for row in reversed(drawn.rows) for v in row]
    _visit(drawn, starts, drawn.up, lambda edge: edge.upper, turned)


def _visit(
    drawn: Drawn,
    starts: Sequence[int],
    edges: list[list[Edge]],
    end: Callable[[Edge], int],
    turned: bool,
) -> None:
    """Order the rows as a walk in depth comes by: what belongs together stands together.

    Boxes are visited before lines that only pass, which so come to stand on the right.
    """
    rows: list[list[int]] = [[] for _ in drawn.rows]
    seen = [False] * len(drawn.layer)
    for start in starts:
        stack = [start]
        while stack:
            vertex = stack.pop()
            if seen[vertex]:
                continue
            seen[vertex] = True
            rows[drawn.layer[vertex]].append(vertex)
            further = edges[vertex][::-1] if turned else edges[vertex]
            further = sorted(further, key=lambda e: (drawn.is_line(end(e)), e.start, e.end))
            stack += [end(edge) for edge in reversed(further)]
    drawn.rows = rows


class _Places:
    """Where vertices stand in their rows, with the places of ports as fractions of a place."""

    def __init__(self, drawn: Drawn) -> None:
        self.drawn = drawn
        self.place = [0.0] * len(drawn.layer)
        for row in drawn.rows:
            self.settle(row)
        self.start: dict[Edge, float] = {}
        self.end: dict[Edge, float] = {}
        for edges in drawn.down:
            for edge in edges:
                self.start[edge] = self.fraction(edge.upper, edge.start)
                self.end[edge] = self.fraction(edge.lower, edge.end)

    def fraction(self, vertex: int, offset: float) -> float:
        left, right = self.drawn.extent(vertex)
        return 0.9 * offset / (left + right) if offset else 0.0

    def settle(self, row: Sequence[int]) -> None:
        for place, vertex in enumerate(row):
            self.place[vertex] = float(place)

    def above(self, edge: Edge) -> float:
        return self.place[edge.upper] + self.start[edge]

    def below(self, edge: Edge) -> float:
        return self.place[edge.lower] + self.end[edge]

    def sweep(self, *, down: bool) -> None:
        """Put each row where its neighbours are on average, seen from above or from below."""
        rows = self.drawn.rows if down else list(reversed(self.drawn.rows))
        for row in rows[1:]:
            centre: dict[int, float] = {}
            for vertex in row:
                if down:
                    found = [self.above(e) - self.end[e] for e in self.drawn.up[vertex]]
                else:
                    found = [self.below(e) - self.start[e] for e in self.drawn.down[vertex]]
                centre[vertex] = sum(found) / len(found) if found else self.place[vertex]
            row.sort(key=lambda v: (centre[v], self.place[v]))
            self.settle(row)

    def exchange(self) -> None:
        """Exchange neighbours as long as that saves crossings."""
        for row in self.drawn.rows:
            if not 1 < len(row) <= _MAX_EXCHANGED:
                continue
            up = [sorted(map(self.above, self.drawn.up[v])) for v in row]
            down = [sorted(map(self.below, self.drawn.down[v])) for v in row]
            moved, rounds = True, 0
            while moved and rounds < len(row):
                moved, rounds = False, rounds + 1
                for i in range(len(row) - 1):
                    now = _inversions(up[i], up[i + 1]) + _inversions(down[i], down[i + 1])
                    if not now:
                        continue
                    then = _inversions(up[i + 1], up[i]) + _inversions(down[i + 1], down[i])
                    if then < now:
                        row[i : i + 2] = row[i + 1], row[i]
                        up[i : i + 2] = up[i + 1], up[i]
                        down[i : i + 2] = down[i + 1], down[i]
                        moved = True
            self.settle(row)

    def crossings(self) -> int:
        count = 0
        for row in self.drawn.rows[:-1]:
            edges = [edge for vertex in row for edge in self.drawn.down[vertex]]
            edges.sort(key=lambda e: (self.above(e), self.below(e)))
            seen: list[float] = []
            for edge in edges:
                end = self.below(edge)
                count += len(seen) - bisect_right(seen, end)
                insort(seen, end)
        return count


def _inversions(left: Sequence[float], right: Sequence[float]) -> int:
    """Return how many pairs cross if these sorted ends stand beside each other."""
    count = 0
    for end in left:
        for other in right:
            if other >= end:
                break
            count += 1
    return count
