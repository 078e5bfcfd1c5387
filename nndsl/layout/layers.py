"""Which layer a box is in: the longest way from the top, and inputs near to their use."""

from __future__ import annotations

from collections.abc import Sequence

from nndsl.layout.model import Box, Net


def assign_layers(boxes: Sequence[Box], nets: Sequence[Net]) -> list[int]:
    """Return a layer for each box, so that every net goes down."""
    into: list[set[int]] = [set() for _ in boxes]
    out: list[set[int]] = [set() for _ in boxes]
    for net in nets:
        for target, _ in net.targets:
            into[target].add(net.source[0])
            out[net.source[0]].add(target)
    order = _downward(into, out)
    layers = [0] * len(boxes)
    for box in order:
        if into[box]:
            layers[box] = 1 + max(layers[above] for above in into[box])
    pulled = layers[:]
    _pull_down(boxes, order, into, out, pulled)
    if _height(boxes, pulled) <= 1.1 * _height(boxes, layers):
        layers = pulled
    inner = max((layers[i] for i, box in enumerate(boxes) if not box.last), default=-1)
    for i, lowest in enumerate(boxes):
        if lowest.last:
            layers[i] = inner + 1
    return layers


def _height(boxes: Sequence[Box], layers: Sequence[int]) -> float:
    """Return how high the boxes are together, layer by layer."""
    highest: dict[int, float] = {}
    for box, layer in zip(boxes, layers, strict=True):
        highest[layer] = max(highest.get(layer, 0.0), box.height)
    return sum(highest.values())


def _downward(into: Sequence[set[int]], out: Sequence[set[int]]) -> list[int]:
    """Return the boxes in an order in which nets go forward. The nets have no cycles."""
    missing = [len(above) for above in into]
    ready = [box for box, count in enumerate(missing) if not count]
    for box in ready:
        for below in sorted(out[box]):
            missing[below] -= 1
            if not missing[below]:
                ready.append(below)
    return ready


def _pull_down(
    boxes: Sequence[Box],
    order: Sequence[int],
    into: Sequence[set[int]],
    out: Sequence[set[int]],
    layers: list[int],
) -> None:
    """Move boxes down where that makes lines shorter: inputs that are used late, with what follows
    them, and boxes with more lines below than above."""
    follows = [False] * len(boxes)
    for box in order:
        if not boxes[box].first:
            follows[box] = all(follows[above] and len(out[above]) == 1 for above in into[box])
    for box in reversed(order):
        if boxes[box].first or not out[box]:
            continue
        held = 0 if follows[box] else len(into[box])
        if len(out[box]) > held:
            layers[box] = min(layers[below] for below in out[box]) - 1
