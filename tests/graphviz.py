"""Graphviz's `dot` as a yardstick: how often its lines cross, and how often they bend."""

from __future__ import annotations

import json
import math
import os
import subprocess
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

Point = tuple[float, float]


class Drawn(NamedTuple):
    crossings: int
    bends: int
    #: Of the processor, for the whole process.
    seconds: float


def drawn_by_dot(text: str) -> Drawn:
    """Return what `dot` makes of a graph: crossings of its curves, bends of its straight lines."""
    start = _seconds()
    curved = _edges(text)
    seconds = _seconds() - start
    lines = [(source, _sampled(points)) for source, points in curved]
    straight = _edges(text.replace("{\n", "{\n    splines=polyline\n", 1))
    return Drawn(_crossings(lines), sum(_corners(points[::3]) for _, points in straight), seconds)


def _seconds() -> float:
    """Return what the processes that were started have taken of the processor until now."""
    times = os.times()
    return times.children_user + times.children_system


def _edges(text: str) -> list[tuple[int, list[Point]]]:
    """Return the number of the source of each edge, and its control points, three for a piece."""
    done = subprocess.run(
        ["dot", "-Tjson0"],
        input=text,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=True,
    )
    found = []
    for edge in json.loads(done.stdout).get("edges", []):
        words = [word.split(",") for word in edge["pos"].split() if word[0] not in "es"]
        found.append((edge["tail"], [(float(x), float(y)) for x, y in words]))
    return found


def _sampled(points: Sequence[Point]) -> list[Point]:
    """Return points on the curve, ten for each of its pieces."""
    found = [points[0]]
    for i in range(0, len(points) - 1, 3):
        piece = points[i : i + 4]
        for step in range(1, 11):
            t = step / 10
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            pairs = list(zip(weights, piece, strict=True))
            found.append((sum(w * p[0] for w, p in pairs), sum(w * p[1] for w, p in pairs)))
    return found


def _crossings(lines: Sequence[tuple[int, Sequence[Point]]]) -> int:
    """Return how often lines of different sources cross; two lines once at a place."""
    count = 0
    ordered = sorted(lines, key=lambda line: -max(y for _, y in line[1]))
    for number, (source, one) in enumerate(ordered):
        low = min(y for _, y in one)
        for other_source, other in ordered[number + 1 :]:
            if max(y for _, y in other) < low:
                break
            if source != other_source:
                count += sum(_meet(p, q) for p in pairwise(one) for q in pairwise(other))
    return count


def _meet(p: tuple[Point, Point], q: tuple[Point, Point]) -> bool:
    def side(a: Point, b: Point, c: Point) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    lows, highs = zip(*((min(a[1], b[1]), max(a[1], b[1])) for a, b in (p, q)), strict=True)
    if max(lows) > min(highs):
        return False
    return side(*p, q[0]) * side(*p, q[1]) < 0 and side(*q, p[0]) * side(*q, p[1]) < 0


def _corners(points: Sequence[Point]) -> int:
    """Return how often a line of straight pieces changes its direction."""
    ways = [
        math.atan2(y2 - y1, x2 - x1)
        for (x1, y1), (x2, y2) in pairwise(points)
        if math.dist((x1, y1), (x2, y2)) > 0.5
    ]
    return sum(abs(math.remainder(a - b, math.tau)) > 0.03 for a, b in pairwise(ways))
