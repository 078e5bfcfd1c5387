"""Counts what a walk would go through before it goes: loops in loops soon are too many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nndsl import graph
from nndsl.diagnostic import Reporter
from nndsl.shapes.evaluate import Evaluator
from nndsl.source import Span


class Ahead:
    """Counts the least that there is: rounds that are not known before are counted as none."""

    def __init__(self, constants: Mapping[graph.Constant, Any]) -> None:
        self.evaluator = Evaluator(Reporter(), constants)  # what is wrong is told by the walk
        self._blocks: dict[graph.Block, int] = {}

    def count(self, nodes: Iterable[graph.GraphNode], parameters: Mapping[str, Any]) -> int:
        return sum(self._node(node, parameters) for node in nodes)

    def largest_loop(
        self, nodes: Iterable[graph.GraphNode], parameters: Mapping[str, Any]
    ) -> Span | None:
        """Return the loop that most of it stands in."""
        node = max(nodes, key=lambda node: self._node(node, parameters), default=None)
        if isinstance(node, graph.BlockNode):
            return self.largest_loop(node.block.body.nodes, {})
        if isinstance(node, graph.ChoiceNode):
            inside = (*node.chosen.body.nodes, *node.otherwise.body.nodes)
            return self.largest_loop(inside, parameters)
        return node.span if isinstance(node, graph.LoopNode) else None

    def _node(self, node: graph.GraphNode, parameters: Mapping[str, Any]) -> int:
        if isinstance(node, graph.BlockNode):
            if node.block not in self._blocks:
                self._blocks[node.block] = self.count(node.block.body.nodes, {})
            return 1 + self._blocks[node.block]
        if isinstance(node, graph.LoopNode):
            rounds = self._rounds(node, parameters)
            known = {k: v for k, v in parameters.items() if k not in node.variables}
            return 1 + rounds * (1 + self.count(node.region.body.nodes, known)) if rounds else 1
        if isinstance(node, graph.ChoiceNode):
            regions = graph.regions(node)
            return 1 + min(self.count(region.body.nodes, parameters) for region in regions)
        return 1

    def _rounds(self, node: graph.LoopNode, parameters: Mapping[str, Any]) -> int:
        items = self.evaluator.evaluate(node.items, parameters)
        if node.variables:
            return len(items) if isinstance(items, (list, tuple)) else 0
        # A loop that is too long by itself is told as such.
        return items if type(items) is int and 0 < items <= graph.MAX_NODES else 0
