"""The nodes of a body as lines of Python: what functions and the `call` of classes do alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence

from nndsl import graph
from nndsl.plan.code import Code
from nndsl.plan.expressions import Spelling
from nndsl.plan.loops import Loop, LoopNames, carry, choice, choose, enter, indented, leave
from nndsl.plan.sparse import WHY_WITHOUT_MARK, without_mark
from nndsl.plan.tensor_lists import item_code, list_lines, starred
from nndsl.plan.variables import Variables
from nndsl.plan.writer import ModuleNames, apply_block, apply_layer, apply_operation, assignment


class BodyWriter(ABC):
    """Writes the nodes of a body as lines.

    The styles differ in what stands for a layer: the call that makes it, or where `__init__` has
    put it. `made` says where layers are that have been made before: in variables or attributes.
    """

    def __init__(
        self,
        module: ModuleNames,
        body: graph.Body,
        spelling: Spelling,
        variables: Variables,
        made: Mapping[object, Code],
        loops: LoopNames | None = None,
    ) -> None:
        self.module = module
        self.body = body
        self.spelling = spelling
        self.variables = variables
        self.made = made
        self.loops = loops or LoopNames(variables.names)

    # ---- What the styles say

    @abstractmethod
    def layer(self, node: graph.LayerNode) -> Code:
        """Return what stands for a layer."""

    @abstractmethod
    def block(self, node: graph.BlockNode, variables: Mapping[graph.Value, Code]) -> Code:
        """Return the application of a block to tensors."""

    @abstractmethod
    def loop_header(self, node: graph.LoopNode, loop: Loop) -> tuple[Code, Mapping[object, Code]]:
        """Return the header of a loop, and where the layers are that it goes through."""

    @abstractmethod
    def first_lines(self) -> list[Code]:
        """Return the lines in front of those of the nodes, and know what they define."""

    # ---- Lines

    def lines(self, inline: Collection[graph.Value] = ()) -> list[Code]:
        """Return a line for each node; `inline` needs none: its call stands where it is used."""
        lines: list[Code] = []
        in_place = {*inline, *self.variables.in_place}
        explained = False
        for index, node in enumerate(self.body.nodes):
            if not explained and self.module.sparse.harmful(node):
                lines.append(WHY_WITHOUT_MARK)
                explained = True
            if isinstance(node, graph.LoopNode):
                lines += self.loop_lines(node, index)
            elif isinstance(node, graph.ChoiceNode):
                lines += self.choice_lines(node, index)
            elif isinstance(node, graph.ListNode):
                lines += list_lines(node, self.variables, index)
            elif len(node.outputs) == 1 and node.outputs[0] in in_place:
                self.variables.variables[node.outputs[0]] = self.applied(node)
            else:
                value = self.applied(node)
                targets = self.variables.define(index)
                if len(targets) > 1:
                    pairs = zip(node.outputs, targets, strict=True)
                    targets = [starred(output, target) for output, target in pairs]
                lines.append(assignment(targets, value))
        return lines

    def applied(self, node: graph.GraphNode) -> Code:
        """Return the right-hand side of a node's line."""
        variables = self.variables.variables
        if harmful := self.module.sparse.harmful(node):
            variables = {**variables, **{v: without_mark(variables[v]) for v in harmful}}
        if isinstance(node, graph.OperationNode):
            return apply_operation(node, variables, self.spelling, self.module.promoting)
        if isinstance(node, graph.ItemNode):
            return item_code(node, variables, self.spelling)
        if isinstance(node, graph.SharedNode):
            return apply_layer(self.made[node.shared], node, variables, self.spelling)
        if isinstance(node, graph.LayerNode):
            return apply_layer(self.layer(node), node, variables, self.spelling)
        assert isinstance(node, graph.BlockNode)
        if node.shared is not None:
            return apply_block(self.made[node.shared], node, variables, self.spelling)
        return self.block(node, variables)

    def loop_lines(self, node: graph.LoopNode, index: int) -> list[Code]:
        """Return a Python loop; what is carried keeps its variable."""
        first, carried = carry(self.variables, node, index)
        loop = Loop(node, self.spelling, self.loops)
        header, items = self.loop_header(node, loop)
        self.loops.counters.append(loop.index)
        inside = self.inside(node.region, index, loop.spelling, carried, carried, items)
        self.loops.counters.pop()
        return [*first, Code(f"{header}:"), *indented(inside)] if inside else first

    def choice_lines(self, node: graph.ChoiceNode, index: int) -> list[Code]:
        """Return `if` and `else`; both give the same variables values."""
        targets = choose(self.variables, node, index)
        chosen, otherwise = (
            self.inside(region, index, self.spelling, (), targets, {})
            for region in (node.chosen, node.otherwise)
        )
        return choice(self.spelling.expression(node.condition), chosen, otherwise)

    def inside(
        self,
        region: graph.Region,
        index: int,
        spelling: Spelling,
        first: Sequence[Code],
        targets: Sequence[Code],
        items: Mapping[object, Code],
    ) -> list[Code]:
        """Return the lines inside a loop or choice, which end with the targets' values."""
        variables = enter(self.variables, region, index, first, targets)
        made = {**self.made, **items}
        writer = type(self)(self.module, region.body, spelling, variables, made, self.loops)
        lines = [*writer.first_lines(), *writer.lines()]
        return lines + leave(self.variables, variables, targets)
