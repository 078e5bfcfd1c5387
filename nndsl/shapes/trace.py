"""Records the tree of what a walk meets: which use stands in which block and round."""

from __future__ import annotations

from nndsl import graph
from nndsl.shapes.model import Part, Step, Use


class Trace:
    """`steps` are those of the body that is walked now, `parts` those of the node."""

    def __init__(self) -> None:
        self.steps: list[Use | Step] = []
        self.parts: list[Part] = []

    def enter(self) -> list[Use | Step]:
        """Begin with a body; return what `leave` needs."""
        around, self.steps = self.steps, []
        return around

    def leave(self, around: list[Use | Step], part: Part) -> None:
        self.steps = around
        self.parts.append(part)

    def begin(self) -> list[Part]:
        """Begin with a node that has bodies; return what `end` needs."""
        around, self.parts = self.parts, []
        return around

    def end(
        self, around: list[Part], node: graph.BlockNode | graph.LoopNode | graph.ChoiceNode
    ) -> None:
        self.steps.append(Step(node, tuple(self.parts)))
        self.parts = around
