"""The layers that a body makes, wherever in it they stand."""

from __future__ import annotations

from collections.abc import Iterator

from nndsl import graph


def layers_made(
    body: graph.Body, seen: set[graph.Block] | None = None
) -> Iterator[graph.LayerNode | graph.SharedLayer]:
    """Yield every layer where it is made, those of blocks and loops included, each once."""
    seen = set() if seen is None else seen
    yield from (shared for shared in body.shared if isinstance(shared, graph.SharedLayer))
    blocks = [shared.block for shared in body.shared if isinstance(shared, graph.SharedBlock)]
    for node in body.nodes:
        if isinstance(node, graph.LayerNode):
            yield node
        elif isinstance(node, graph.BlockNode):
            blocks.append(node.block)
        for region in graph.regions(node):
            yield from layers_made(region.body, seen)
    for block in blocks:
        if block not in seen:
            seen.add(block)
            yield from layers_made(block.body, seen)
