"""Variable names for the tensors of a function: the source's names, `x` for what has none.

A variable is used again as soon as nothing needs its tensor any more, as people write it:
`x = layers.Dense(64)(x)`.
"""

from __future__ import annotations

from collections.abc import Iterable

from nndsl import graph
from nndsl.plan.code import Code, Names, name
from nndsl.resolve.liveness import inputs_of


class Variables:
    """Assigns the variables of one function body, node after node."""

    def __init__(self, body: graph.Body, names: Names, *, inputs_stay: bool) -> None:
        self.body = body
        self.names = names
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
        self.branches = _spread_branches(body)
        self.own_names = {v.name for node in body.nodes for v in node.outputs if v.name}

    def define_inputs(self) -> list[Code]:
        """Name the inputs; return their variables in order."""
        for input_ in self.body.inputs:
            self.variables[input_.value] = self.names.unique(input_.name)
            self.holders[self.variables[input_.value]] = input_.value
        return [self.variables[input_.value] for input_ in self.body.inputs]

    def define(self, index: int) -> list[Code]:
        """Name what the node at an index gives; return the variables in order."""
        return [self._define(value, index) for value in self.body.nodes[index].outputs]

    def _define(self, value: graph.Value, index: int) -> Code:
        if value.name is not None:
            variable = self.names.unique(value.name)
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
