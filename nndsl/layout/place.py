"""Where the axes of the vertices are: the method of Brandes and Koepf, with ports and a spine.

Vertices are aligned to a neighbour above, or below, in the middle; what is aligned has one axis,
but for the places of the ports. That is done four times, from each corner, and the middle of the
four results is taken; then `relax` brings nearer what came to stand far away. Edges of the spine
are always straight, and so are lines through several layers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from nndsl.layout.model import Drawn, Edge
from nndsl.layout.relax import relax

#: Room between boxes, between a box and a line, and between lines.
BOX_GAP, LINE_GAP, LINES_GAP = 26.0, 16.0, 12.0
#: Between layers with more edges all are taken to be of equal weight.
_MAX_WEIGHED = 400


def find_axes(drawn: Drawn) -> list[float]:
    """Return the axis of every vertex; the leftmost reaches to 0."""
    mark_spine(drawn)
    results = []
    for down in (True, False):
        for mirrored in (False, True):
            results.append(_Corner(drawn, down=down, mirrored=mirrored).axes())
    _bring_together(drawn, results)
    axes = []
    for four in zip(*results, strict=True):
        ranked = sorted(four)
        axes.append((ranked[1] + ranked[2]) / 2)
    relax(drawn, axes, partial(_room, drawn))
    start = min((axes[v] - drawn.extent(v)[0] for v in range(len(axes))), default=0.0)
    return [axis - start for axis in axes]


def _bring_together(drawn: Drawn, results: list[list[float]]) -> None:
    """Move the results so that their left, or right, sides fall together with the narrowest's."""
    bounds = []
    for axes in results:
        left = min((a - drawn.extent(v)[0] for v, a in enumerate(axes)), default=0.0)
        right = max((a + drawn.extent(v)[1] for v, a in enumerate(axes)), default=0.0)
        bounds.append((left, right))
    narrowest = min(bounds, key=lambda bound: bound[1] - bound[0])
    for number, (left, right) in enumerate(bounds):
        mirrored = number % 2 == 1
        shift = narrowest[1] - right if mirrored else narrowest[0] - left
        results[number] = [axis + shift for axis in results[number]]


# ---- The spine -----------------------------------------------------------------------------


def mark_spine(drawn: Drawn) -> None:
    """Mark the edges that are to be straight: where both ends prefer each other.

    Of two edges the one of the longer way is preferred, a residual block's inside to the line
    around it; of more, the only one that is no line. Lines go straight on.
    """
    depth, height = _ways(drawn)
    above = [_preferred(drawn, edges, depth, up=True) for edges in drawn.up]
    below = [_preferred(drawn, edges, height, up=False) for edges in drawn.down]
    for edges in drawn.down:
        for edge in edges:
            edge.spine = above[edge.lower] is edge and below[edge.upper] is edge


def _ways(drawn: Drawn) -> tuple[list[int], list[int]]:
    """Return how many boxes there are on the longest way to each vertex, and from it."""
    depth, height = [0] * len(drawn.layer), [0] * len(drawn.layer)
    for row in drawn.rows:
        for v in row:
            longest = max((depth[edge.upper] for edge in drawn.up[v]), default=0)
            depth[v] = longest + (0 if drawn.is_line(v) else 1)
    for row in reversed(drawn.rows):
        for v in row:
            longest = max((height[edge.lower] for edge in drawn.down[v]), default=0)
            height[v] = longest + (0 if drawn.is_line(v) else 1)
    return depth, height


def _preferred(drawn: Drawn, edges: Sequence[Edge], way: Sequence[int], *, up: bool) -> Edge | None:
    def end(edge: Edge) -> int:
        return edge.upper if up else edge.lower

    if len(edges) < 2:
        return edges[0] if edges else None
    at = edges[0].lower if up else edges[0].upper
    if drawn.is_line(at):
        return next((e for e in edges if drawn.is_line(end(e))), _longest(edges, end, way))
    if len(edges) == 2:
        return _longest(edges, end, way)
    boxes = [edge for edge in edges if not drawn.is_line(end(edge))]
    return boxes[0] if len(boxes) == 1 else None


def _longest(edges: Sequence[Edge], end: Callable[[Edge], int], way: Sequence[int]) -> Edge | None:
    first, second = sorted((way[end(e)] for e in edges), reverse=True)[:2]
    return None if first == second else max(edges, key=lambda e: way[end(e)])


# ---- One of the four results ---------------------------------------------------------------


class _Corner:
    """Aligns to neighbours above (`down`) or below, from the left or, `mirrored`, the right."""

    def __init__(self, drawn: Drawn, *, down: bool, mirrored: bool) -> None:
        self.drawn = drawn
        self.down = down
        self.sign = -1.0 if mirrored else 1.0
        self.rows = [row[::-1] if mirrored else row for row in drawn.rows]
        self.place = [0] * len(drawn.layer)
        for row in self.rows:
            for place, vertex in enumerate(row):
                self.place[vertex] = place
        #: The block of a vertex, and its axis relative to the block's.
        self.block = list(range(len(drawn.layer)))
        self.shift = [0.0] * len(drawn.layer)

    def axes(self) -> list[float]:
        self.align()
        found = self.compact()
        return [self.sign * axis for axis in found]

    def near(self, vertex: int) -> list[Edge]:
        return self.drawn.up[vertex] if self.down else self.drawn.down[vertex]

    def far(self, vertex: int) -> list[Edge]:
        return self.drawn.down[vertex] if self.down else self.drawn.up[vertex]

    def other(self, edge: Edge) -> int:
        return edge.upper if self.down else edge.lower

    # ---- Which vertices stand under each other

    def align(self) -> None:
        rows = self.rows if self.down else self.rows[::-1]
        for row in rows[1:]:
            weak = self.crossed(row)
            last = -1
            for vertex in row:
                for edge in self.middle(vertex):
                    other = self.other(edge)
                    place = self.place[other]
                    if edge in weak or place <= last or self.is_taken(other, edge):
                        continue
                    last = place
                    self.join(vertex, other, edge)
                    break

    def middle(self, vertex: int) -> list[Edge]:
        """Return the edges that a vertex may be aligned along, the best first."""
        edges = self.near(vertex)
        spine = [edge for edge in edges if edge.spine]
        if spine or len(edges) < 2:
            return spine or edges
        if not self.drawn.is_line(vertex):
            passing = self.drawn.passes
            edges = [edge for edge in edges if not passing(edge, self.other(edge))] or edges
        edges = sorted(edges, key=self.near_place)
        lower, upper = edges[(len(edges) - 1) // 2], edges[len(edges) // 2]
        return [lower] if lower is upper else [lower, upper]

    def near_place(self, edge: Edge) -> float:
        return self.place[self.other(edge)]

    def is_taken(self, vertex: int, edge: Edge) -> bool:
        """True if another vertex has a better claim to stand under this one."""
        return not edge.spine and any(e.spine for e in self.far(vertex))

    def join(self, vertex: int, other: int, edge: Edge) -> None:
        self.block[vertex] = self.block[other]
        offset = edge.start - edge.end if self.down else edge.end - edge.start
        self.shift[vertex] = self.shift[other] + self.sign * offset

    def crossed(self, row: Sequence[int]) -> set[Edge]:
        """Return the edges to a row that cross one which must be straight."""
        edges = [edge for vertex in row for edge in self.near(vertex)]
        strong = [(e, self.weight(e)) for e in edges if self.weight(e)]
        weak: set[Edge] = set()
        if len(edges) > _MAX_WEIGHED:
            return weak
        for edge in edges:
            weight = self.weight(edge)
            here, there = self.own_place(edge), self.near_place(edge)
            for other, weight_of_other in strong:
                if weight_of_other <= weight:
                    continue
                if (here - self.own_place(other)) * (there - self.near_place(other)) < 0:
                    weak.add(edge)
                    break
        return weak

    def own_place(self, edge: Edge) -> int:
        return self.place[edge.lower if self.down else edge.upper]

    def weight(self, edge: Edge) -> int:
        if edge.spine:
            return 2
        inner = self.drawn.is_line(edge.upper) and self.drawn.is_line(edge.lower)
        return 1 if inner else 0

    # ---- Where the blocks are

    def compact(self) -> list[float]:
        """Return the axes when every block stands as far left as it can, then back to the right
        as far as its neighbours on that side let it."""
        needs = self.needs()
        after: dict[int, list[tuple[int, float]]] = {}
        missing: dict[int, int] = {}
        for (left, right), room in needs.items():
            after.setdefault(left, []).append((right, room))
            missing[right] = missing.get(right, 0) + 1
        blocks = list(dict.fromkeys(self.block[v] for row in self.rows for v in row))
        at = dict.fromkeys(blocks, 0.0)
        ready = [block for block in blocks if not missing.get(block)]
        for block in ready:
            for right, room in after.get(block, ()):
                at[right] = max(at[right], at[block] + room)
                missing[right] -= 1
                if not missing[right]:
                    ready.append(right)
        for block in reversed(ready):
            if block in after:
                at[block] = max(at[block], min(at[right] - room for right, room in after[block]))
        return [at[self.block[v]] + self.shift[v] for v in range(len(self.block))]

    def needs(self) -> dict[tuple[int, int], float]:
        """Return the room that there must be between the axes of blocks beside each other."""
        needs: dict[tuple[int, int], float] = {}
        for row in self.rows:
            for left, right in zip(row, row[1:], strict=False):
                room = self.room(left, right) + self.shift[left] - self.shift[right]
                pair = (self.block[left], self.block[right])
                needs[pair] = max(needs.get(pair, room), room)
        return needs

    def room(self, left: int, right: int) -> float:
        pair = (left, right) if self.sign > 0 else (right, left)
        return _room(self.drawn, *pair)


def _room(drawn: Drawn, left: int, right: int) -> float:
    """Return the room that there must be between two axes in a row."""
    lines = drawn.is_line(left) + drawn.is_line(right)
    gap = (BOX_GAP, LINE_GAP, LINES_GAP)[lines]
    return drawn.extent(left)[1] + gap + drawn.extent(right)[0]
