"""How large a body becomes when all that it applies is expanded."""

from __future__ import annotations

from nndsl import graph


def size_of(body: graph.Body) -> int:
    """Count the nodes of a body with those of the blocks that it applies.

    A block counts even if it is empty, and so does what no output needs: both are walked.
    """
    size = 0
    for node in (*body.nodes, *body.dead):
        size += max(node.block.size, 1) if isinstance(node, graph.BlockNode) else 1
        # How often a loop goes round is known only to the walk, which counts again.
        size += sum(size_of(region.body) for region in graph.regions(node))
    return size


def depth_of(body: graph.Body) -> int:
    """Return how deep the blocks are nested that a body applies."""
    depth = 0
    for node in (*body.nodes, *body.dead):
        if isinstance(node, graph.BlockNode):
            depth = max(depth, node.block.depth)
        for region in graph.regions(node):
            depth = max(depth, depth_of(region.body))
    return depth
