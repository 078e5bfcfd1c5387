"""Variable names for the tensors of a function: the source's names, `x` for what has none.

A variable is used again as soon as nothing needs its tensor any more, as people write it:
`x = layers.Dense(64)(x)`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from nndsl import graph
from nndsl.plan.code import Code, Names, name
from nndsl.plan.tensor_lists import one_of, written_in_place
from nndsl.resolve.liveness import inputs_of
from nndsl.source import Span

#: The last use of what stays in use.
_ALWAYS = 1 << 30


class Variables:
    """Assigns the variables of one function body, node after node."""

    def __init__(
        self,
        body: graph.Body,
        names: Names,
        *,
        inputs_stay: bool,
        functions: Collection[str] = (),
    ) -> None:
        self.body = body
        self.names = names
        #: The names of blocks' functions: a tensor of such a name is `x`, as in `x = stage(x)`.
        self.functions = functions
        self.variables: dict[graph.Value, Code] = {}
        self.last_use: dict[graph.Value, int] = {}
        self.holders: dict[str, graph.Value] = {}
        end = len(body.nodes)
        for index, node in enumerate(body.nodes):
            for value in inputs_of(node):
                self.last_use[value] = index
        for value in [output.value for output in body.outputs]:
            self.last_use[value] = end
        if inputs_stay:
            for input_ in body.inputs:
                self.last_use[input_.value] = end
        #: Items of lists that stand where they are used, instead of in a variable.
        self.in_place = written_in_place(body)
        for node in body.nodes:
            if isinstance(node, graph.ItemNode) and node.outputs[0] in self.in_place:
                kept = self.last_use[node.taken_from]
                self.last_use[node.taken_from] = max(kept, self.in_place[node.outputs[0]])
        self.branches = _spread_branches(body)
        #: Tensors that come out of a node beside others.
        self.siblings = {v for node in body.nodes if len(node.outputs) > 1 for v in node.outputs}
        self.own_names = {v.name for node in body.nodes for v in node.outputs if v.name}
        #: What values without a name are called as they go into a loop that gives one with a name.
        self.wanted: dict[graph.Value, str] = {}
        self._look_ahead()
        #: Variables that values have to end up in: those that a loop or choice gives.
        self.forced: dict[graph.Value, Code] = {}

    def name_of(self, value: graph.Value) -> str | None:
        text = value.name or self.wanted.get(value)
        return None if text in self.functions else text

    def _look_ahead(self) -> None:
        """Call what goes into a loop, and nowhere else, as what comes out of it.

        What comes out beside others, and goes into a list, is called as one of the list.
        """
        uses = Counter(value for node in self.body.nodes for value in inputs_of(node))
        uses.update(output.value for output in self.body.outputs)
        for node in self.body.nodes:
            if isinstance(node, graph.ListNode) and len(node.items) == 1:
                (item,) = node.items
                if item.name is None and uses[item] == 1 and item in self.siblings:
                    self.wanted[item] = one_of(node.outputs[0])
        for node in reversed(self.body.nodes):
            if isinstance(node, graph.LoopNode):
                for output, start in zip(node.outputs, node.region.given, strict=False):
                    name_ = self.name_of(output)
                    if name_ and start.name is None and uses[start] == 1:
                        self.wanted[start] = name_

    def inside(
        self, region: graph.Region, index: int, first: Sequence[Code], *, again: bool
    ) -> Variables:
        """Return the variables of the inside of a node; `first` are those of its first inputs.

        What is used behind the node keeps its variable, and so does all that comes from outside of
        a loop, which goes round `again`.
        """
        child = Variables(region.body, self.names, inputs_stay=False, functions=self.functions)
        for variable, holder in self.holders.items():
            if self.last_use.get(holder, -1) <= index and holder not in region.given:
                child.holders[variable] = graph.Value(self.body_span())  # free, for all to use
        outside = [*first, *(self.variables[value] for value in region.given[len(first) :])]
        rows = zip(region.body.inputs, region.given, outside, strict=True)
        for place, (input_, value, variable) in enumerate(rows):
            child.variables[input_.value] = variable
            child.holders[variable] = input_.value
            if place >= len(first) and (again or self.last_use.get(value, -1) > index):
                child.last_use[input_.value] = _ALWAYS
        return child

    def is_free_behind(self, value: graph.Value, index: int) -> bool:
        """True if a value is not used behind a node, and only once by it."""
        node = self.body.nodes[index]
        once = sum(other is value for region in graph.regions(node) for other in region.given)
        is_loop = isinstance(node, graph.LoopNode)
        return self.last_use.get(value, -1) <= index and (once == 1 or not is_loop)

    def hold(self, value: graph.Value, variable: Code) -> None:
        """Keep a value in a variable that is there already."""
        self.variables[value] = variable
        self.holders[variable] = value

    def leave(self, child: Variables) -> None:
        """Take the variables of an inside that is over as free."""
        for variable in child.holders:
            if variable not in self.holders:
                self.holders[variable] = graph.Value(child.body_span())

    def body_span(self) -> Span:
        return self.body.outputs[0].span

    def _fits(self, variable: Code, value: graph.Value, index: int) -> bool:
        """True if a variable holds nothing that is still needed."""
        return all(
            self.last_use.get(other, -1) <= index
            for other, held_in in self.variables.items()
            if held_in == variable and other is not value
        )

    def define_inputs(self) -> list[Code]:
        """Name the inputs; return their variables in order."""
        for input_ in self.body.inputs:
            self.variables[input_.value] = self.names.unique(input_.name)
            self.holders[self.variables[input_.value]] = input_.value
        return [self.variables[input_.value] for input_ in self.body.inputs]

    def define(self, index: int) -> list[Code]:
        """Name what the node at an index gives; return the variables in order."""
        return [self.define_value(value, index) for value in self.body.nodes[index].outputs]

    def define_value(self, value: graph.Value, index: int) -> Code:
        """Name one value that the node at an index gives; return the variable."""
        forced = self.forced.get(value)
        if forced is not None and self._fits(forced, value, index):
            variable = forced
        elif (text := self.name_of(value)) is not None:
            variable = self.names.unique(text)
        else:
            variable = self._anonymous(value, index)
        self.variables[value] = variable
        self.holders[variable] = value
        return variable

    def _anonymous(self, value: graph.Value, index: int) -> Code:
        for candidate in _candidates(self.branches.get(value)):
            if candidate in self.own_names:
                continue
            holder = self.holders.get(candidate)
            if holder is None and candidate in self.names.taken:
                continue
            if holder is None or self.last_use.get(holder, -1) <= index:
                self.names.taken.add(candidate)
                return name(candidate)
        raise AssertionError("candidates never end")

    def keep_to_the_end(self, nodes: Iterable[graph.GraphNode]) -> None:
        """Keep what some nodes use, as they stand in the `return` and not at their place."""
        for node in nodes:
            for value in inputs_of(node):
                self.last_use[value] = len(self.body.nodes)

    def __getitem__(self, value: graph.Value) -> Code:
        return self.variables[value]


def _candidates(branch: int | None) -> Iterable[str]:
    if branch is not None:
        yield f"branch_{branch}"
        bases = [f"branch_{branch}"]
    else:
        yield "x"
        yield "h"
        bases = ["x"]
    number = 1
    while True:
        number += 1
        yield f"{bases[0]}_{number}"


def _spread_branches(body: graph.Body) -> dict[graph.Value, int]:
    """Give the number of a branch to all the unnamed tensors along it."""
    uses: dict[graph.Value, int] = {}
    made_by: dict[graph.Value, graph.GraphNode] = {}
    for node in body.nodes:
        for value in inputs_of(node):
            uses[value] = uses.get(value, 0) + 1
        for value in node.outputs:
            made_by[value] = node
    numbers: dict[graph.Value, int] = {}
    for value, number in body.branch_of.items():
        current: graph.Value | None = value
        while current is not None and current not in numbers and current in made_by:
            numbers[current] = number
            inputs = inputs_of(made_by[current])
            before = inputs[0] if len(inputs) == 1 else None
            current = before if before is not None and uses[before] == 1 else None
    return numbers
