"""Brings what stands far from its neighbours nearer to them, where there is room.

The method of Brandes and Koepf moves what is aligned as one as far to a side as it can; what is
aligned to nothing so comes to stand anywhere between its neighbours in the row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from nndsl.layout.model import Drawn

#: How often all groups are looked at.
_SWEEPS = 4
_NOTHING = 0.5


def relax(drawn: Drawn, axes: list[float], room: Callable[[int, int], float]) -> None:
    """Move groups of what is joined by straight lines to the middle of what they lead to.

    `room` is what two neighbours in a row need between their axes. The order stays, and so do
    straight lines; lines that only pass stand where they are.
    """
    groups = _Groups(drawn, axes, room)
    for sweep in range(_SWEEPS):
        order = groups.members if sweep % 2 == 0 else groups.members[::-1]
        if not any([groups.move(members) for members in order]):
            return


class _Groups:
    def __init__(self, drawn: Drawn, axes: list[float], room: Callable[[int, int], float]) -> None:
        self.drawn = drawn
        self.axes = axes
        self.group = list(range(len(axes)))
        for edges in drawn.down:
            for edge in edges:
                if abs(axes[edge.upper] + edge.start - axes[edge.lower] - edge.end) < _NOTHING:
                    self.group[self.root(edge.upper)] = self.root(edge.lower)
        self.group = [self.root(vertex) for vertex in range(len(axes))]
        found: dict[int, list[int]] = {}
        for row in drawn.rows:
            for vertex in row:
                found.setdefault(self.group[vertex], []).append(vertex)
        self.members = [
            members for members in found.values() if not all(map(drawn.is_line, members))
        ]
        #: The neighbours in the row, and the room that is needed between.
        self.left: dict[int, tuple[int, float]] = {}
        self.right: dict[int, tuple[int, float]] = {}
        for row in drawn.rows:
            for first, second in pairwise(row):
                if self.group[first] != self.group[second]:
                    needed = room(first, second)
                    self.left[second], self.right[first] = (first, needed), (second, needed)

    def root(self, vertex: int) -> int:
        group = self.group
        while group[vertex] != vertex:
            group[vertex] = group[group[vertex]]
            vertex = group[vertex]
        return vertex

    def move(self, members: Sequence[int]) -> bool:
        """Move one group to the middle; return whether it was far from it."""
        wanted = sorted(self.pulls(members))
        if not wanted:
            return False
        middle = (wanted[(len(wanted) - 1) // 2] + wanted[len(wanted) // 2]) / 2
        free = (-self.free(members, self.left), self.free(members, self.right))
        shift = min(max(middle, free[0]), free[1])
        if abs(shift) < _NOTHING:
            return False
        for vertex in members:
            self.axes[vertex] += shift
        return True

    def pulls(self, members: Sequence[int]) -> list[float]:
        """Return how far to the right the other ends of the group's lines are."""
        found = []
        for vertex in members:
            for edge in (*self.drawn.up[vertex], *self.drawn.down[vertex]):
                is_upper = edge.upper == vertex
                other = edge.lower if is_upper else edge.upper
                if self.group[other] != self.group[vertex] and not self.drawn.passes(edge, other):
                    way = self.axes[edge.lower] + edge.end - self.axes[edge.upper] - edge.start
                    found.append(way if is_upper else -way)
        return found

    def free(self, members: Sequence[int], beside: dict[int, tuple[int, float]]) -> float:
        """Return how far a group can move to that side."""
        gaps = [
            abs(self.axes[beside[vertex][0]] - self.axes[vertex]) - beside[vertex][1]
            for vertex in members
            if vertex in beside
        ]
        return max(min(gaps), 0.0) if gaps else float("inf")
