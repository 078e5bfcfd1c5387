"""Lines: down out of a box, sideways in the channel between two layers, down into the next box.

A channel has tracks for what goes sideways. Nets whose tracks would meet are put in an order in
which they cross least, and in which no two lie upon each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nndsl.layout.model import Drawn, Edge

#: Room for one track, below the last of them (for the tip of an arrow), and without any.
TRACK, TIP, PLAIN = 9.0, 13.0, 20.0
#: A line goes straight down so far before it turns, so that it does not run along its own box.
STEM = 7.0
#: Ports of a box are at least so far from each other, and from its corners.
PITCH, CORNER = 10.0, 12.0
#: What counts as straight.
_NOTHING = 0.5
_OVERLAP = 1000
#: Of more bundles in a channel it is not asked which of two should be above the other.
_MAX_PRICED = 200


@dataclass(slots=True)
class Bundle:
    """The pieces of a net in a channel that leave the layer above at one place."""

    net: int
    start: float
    edges: list[Edge] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    track: int = 0

    @property
    def low(self) -> float:
        return min(self.start, *self.ends)

    @property
    def high(self) -> float:
        return max(self.start, *self.ends)

    @property
    def is_straight(self) -> bool:
        return self.high - self.low < _NOTHING


def ports(drawn: Drawn, axes: Sequence[float]) -> dict[Edge, float]:
    """Return where each edge ends: at its port, or, if that is free, as straight as can be."""
    ends: dict[Edge, float] = {}
    for vertex, edges in enumerate(drawn.up):
        box = drawn.boxes[vertex] if vertex < len(drawn.boxes) else None
        if box is None or box.inputs is not None:
            ends.update((edge, axes[vertex] + edge.end) for edge in edges)
        elif edges:
            half = box.half if box.half is not None else min(box.left, box.right)
            half -= min(CORNER, 0.6 * half)
            left, right = axes[vertex] - half, axes[vertex] + half
            edges = sorted(edges, key=lambda e: axes[e.upper] + e.start)
            wanted = [axes[e.upper] + e.start for e in edges]
            ends.update(zip(edges, _spread(wanted, left, right, axes[vertex]), strict=True))
    return ends


def _spread(wanted: Sequence[float], left: float, right: float, axis: float) -> list[float]:
    """Return places for ports, near to where they are wanted, in that order and apart."""
    if len(wanted) == 1:
        is_near = left <= wanted[0] <= right and abs(wanted[0] - axis) < (right - left) / 4
        return [wanted[0] if is_near else axis]
    pitch = min(PITCH, max(right - left, 1.0) / (len(wanted) - 1))
    near = [min(max(x, left), right) for x in wanted]
    fixed = next((i for i, x in enumerate(wanted) if abs(x - axis) < _NOTHING), None)
    if fixed is not None:  # what comes straight down stays so, if the others find room beside it
        found = [*near[: fixed + 1], *_apart(near[fixed:], pitch)[1:]]
        turned = [-x for x in reversed(found[: fixed + 1])]
        found[: fixed + 1] = [-x for x in reversed(_apart(turned, pitch))]
        if found[0] >= left - pitch and found[-1] <= right + pitch:
            return found
    found = _apart(near, pitch)
    found[-1] = min(found[-1], right)
    return [-x for x in reversed(_apart([-x for x in reversed(found)], pitch))]


def _apart(places: Sequence[float], pitch: float) -> list[float]:
    """Return the places, each moved to the right until it is apart from the one before it."""
    found = list(places[:1])
    for place in places[1:]:
        found.append(max(place, found[-1] + pitch))
    return found


def channel(
    drawn: Drawn, row: Sequence[int], axes: Sequence[float], ends: dict[Edge, float]
) -> tuple[list[Bundle], int]:
    """Return the bundles below a layer, each with its track, and how many tracks there are."""
    bundles: dict[tuple[int, int], Bundle] = {}
    for vertex in row:
        for edge in drawn.down[vertex]:
            key = (vertex, edge.net)
            if key not in bundles:
                bundles[key] = Bundle(edge.net, axes[vertex] + edge.start)
            bundles[key].edges.append(edge)
            bundles[key].ends.append(ends[edge])
    sideways = [bundle for bundle in bundles.values() if not bundle.is_straight]
    return list(bundles.values()), _assign_tracks(sideways)


def _assign_tracks(bundles: list[Bundle]) -> int:
    """Give each bundle a track, those that must be above others first."""
    if len(bundles) > _MAX_PRICED:
        return _nest(bundles)
    above: list[set[int]] = [set() for _ in bundles]
    weights: dict[tuple[int, int], int] = {}
    for i, first in enumerate(bundles):
        for j in range(i + 1, len(bundles)):
            second = bundles[j]
            if first.low > second.high + TRACK or second.low > first.high + TRACK:
                continue
            over, under = _price(first, second), _price(second, first)
            if over < under or (over == under and first.start > second.start):
                above[j].add(i)
                weights[i, j] = under - over
            else:
                above[i].add(j)
                weights[j, i] = over - under
    tracks = 0
    below: list[list[int]] = [[] for _ in bundles]
    for i, higher in enumerate(above):
        for j in higher:
            below[j].append(i)
    missing = [len(higher) for higher in above]
    left = set(range(len(bundles)))
    done: list[Bundle] = []
    while left:
        free = [i for i in sorted(left) if not missing[i]]
        if not free:  # a circle: begin where that costs least
            free = [min(left, key=lambda i: (sum(weights[j, i] for j in above[i] & left), i))]
        for i in free:
            bundle = bundles[i]
            bundle.track = 1 + max((o.track for o in done if _meet(bundle, o)), default=0)
            tracks = max(tracks, bundle.track)
            done.append(bundle)
            left.discard(i)
            for j in below[i]:
                missing[j] -= 1
    return tracks


def _nest(bundles: Sequence[Bundle]) -> int:
    """Give each of many bundles a track of its own: what starts further on, as it goes, is above
    the others."""
    goes_right = [bundle.high > bundle.start for bundle in bundles]
    pairs = zip(goes_right, bundles, strict=True)
    nested = sorted(pairs, key=lambda pair: -pair[1].start if pair[0] else pair[1].start)
    for track, (_, bundle) in enumerate(nested, 1):
        bundle.track = track
    return len(bundles)


def _meet(first: Bundle, second: Bundle) -> bool:
    return first.low <= second.high + TRACK and second.low <= first.high + TRACK


def _price(over: Bundle, under: Bundle) -> int:
    """Return how often two bundles cross if the first has the higher track."""
    count = 0
    for end in over.ends:
        if under.low - _NOTHING < end < under.high + _NOTHING:
            count += 1
    if over.low - _NOTHING < under.start < over.high + _NOTHING:
        count += 1
    if any(abs(end - under.start) < _NOTHING for end in over.ends):
        count += _OVERLAP  # the one would come down upon the other
    return count
