"""How Python's loops and choices are written, in every style: headers, names, indentation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass

from nndsl import graph
from nndsl.plan.code import Code, Names, name
from nndsl.plan.expressions import Spelling
from nndsl.plan.variables import Variables
from nndsl.plan.writer import assignment


class LoopNames:
    """The variables of the loops of one function: each by one name, wherever it stands again."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.spelt: dict[str, Code] = {}
        #: What counts the rounds of the loops that are being written, the outermost first.
        self.counters: list[Code] = []

    def counter(self, beside: Collection[str]) -> Code:
        """Return the variable that counts the rounds of a loop: `i`, `j`, `k`.

        `beside` are the other variables that are known in the loop, or come to be inside of it.
        """
        for letter in "ijkmn":  # no `l`, which looks like a 1
            known = self.spelt.get(letter, letter)
            is_free = letter in self.spelt or letter not in self.names.taken
            if is_free and known == letter and known not in (*self.counters, *beside):
                return self.variable(letter)
        return self.names.unique("i")

    def variable(self, text: str) -> Code:
        if text not in self.spelt:
            self.spelt[text] = self.names.unique(text)
        return self.spelt[text]


class Loop:
    """One loop as it is written: its header, and how things are spelt inside."""

    def __init__(self, node: graph.LoopNode, outer: Spelling, names: LoopNames) -> None:
        variables = {text: names.variable(text) for text in node.variables}
        known = {**outer.parameters, **variables}
        first = _first_of_range(node.items) if len(variables) == 1 else None
        self.counts_itself = first is not None
        self.index = (
            variables[node.variables[0]]
            if self.counts_itself
            else names.counter({*known.values(), *_names_inside(node.region.body)})
        )
        number = self.index if first == 1 else f"{self.index} + 1"
        self.spelling = Spelling(
            outer.constants, known, outer.joined(f"{name('_' + node.name)[1:]}{{{number}}}")
        )
        self.items = outer.expression(node.items)
        self.variables = tuple(variables.values())

    def header(self, *, counted: bool) -> Code:
        """Return `for i in range(3)`; `counted` is false where nothing inside is named."""
        if not self.variables:
            counter = self.index if counted else Code("_")
            return Code(f"for {counter} in range({self.items})")
        targets = ", ".join(self.variables)
        if not counted or self.counts_itself:
            return Code(f"for {targets} in {self.items}")
        if len(self.variables) > 1:
            targets = f"({targets})"
        return Code(f"for {self.index}, {targets} in enumerate({self.items})")


def _names_inside(body: graph.Body) -> Iterator[str]:
    """Yield what loops and constants inside a body are called: they would hide a counter."""
    yield from (constant.name for constant in body.constants)
    for node in body.nodes:
        if isinstance(node, graph.LoopNode):
            yield from node.variables
        for region in graph.regions(node):
            yield from _names_inside(region.body)


def _first_of_range(items: graph.Expression) -> int | None:
    """Return 0 for `range(n)` and 1 for `range(1, n)`, which count the rounds; None for others."""
    if not isinstance(items, graph.Function) or items.name != "range":
        return None
    if len(items.arguments) == 1:
        return 0
    first = items.arguments[0]
    is_one = isinstance(first, graph.Literal) and type(first.value) is int and first.value == 1
    return 1 if is_one and len(items.arguments) == 2 else None


def makes_layers(body: graph.Body) -> bool:
    """True if a body makes layers, which need names of their own in each round."""
    if body.shared:
        return True
    for node in body.nodes:
        if isinstance(node, graph.LayerNode):
            return True
        if isinstance(node, graph.BlockNode) and node.shared is None:
            return True
        if any(makes_layers(region.body) for region in graph.regions(node)):
            return True
    return False


def indented(lines: Iterable[Code]) -> list[Code]:
    return [Code(f"    {line}") for line in lines]


def parameters_used(part: object) -> Iterator[str]:
    """Yield the names of parameters that the expressions in a part of the graph use."""
    if isinstance(part, graph.ParameterUse):
        yield part.name
    elif isinstance(part, (tuple, list)):
        for item in part:
            yield from parameters_used(item)
    elif isinstance(part, graph.Block):
        return  # its parameters are its own
    elif isinstance(part, graph.LoopNode):
        yield from parameters_used(part.items)
        yield from (n for n in parameters_used(part.region) if n not in part.variables)
    elif isinstance(part, graph.Body):
        own = {constant.name for constant in part.constants}
        inside = (part.constants, part.shared, part.nodes)
        yield from (name for name in parameters_used(inside) if name not in own)
    elif is_dataclass(part):
        for field in fields(part):
            if field.name not in ("span", "layer", "operation", "dead", "broken", "branch_of"):
                yield from parameters_used(getattr(part, field.name))


def carry(variables: Variables, node: graph.LoopNode, index: int) -> tuple[list[Code], list[Code]]:
    """Return the lines in front of a loop, and the variables of what it carries."""
    lines, carried = [], []
    for output, start in zip(node.outputs, node.region.given, strict=False):
        variable = variables.variables[start]
        alike = output.name == start.name or output.name == variable
        alike = alike or variables.name_of(start) == variables.name_of(output)
        if not (alike and variables.is_free_behind(start, index)):
            before, variable = variable, variables.define_value(output, index)
            if variable != before:
                lines.append(assignment([variable], before))
        variables.hold(output, variable)
        carried.append(variable)
    return lines, carried


def choose(variables: Variables, node: graph.ChoiceNode, index: int) -> list[Code]:
    """Return the variables of what a choice gives: those that are there, if they are given anew."""
    targets = []
    for output in node.outputs:
        before = [
            v for v in node.inputs if variables.variables[v] == output.name or _same_list(v, output)
        ]
        if len(before) == 1 and variables.is_free_behind(before[0], index):
            variables.hold(output, variables.variables[before[0]])
        else:
            variables.define_value(output, index)
        targets.append(variables.variables[output])
    return targets


def _same_list(before: graph.Value, after: graph.Value) -> bool:
    return after.is_list and before.is_list and before.name == after.name


def enter(
    variables: Variables,
    region: graph.Region,
    index: int,
    first: Sequence[Code],
    targets: Sequence[Code],
) -> Variables:
    """Return the variables inside a loop or choice; its results go into the targets."""
    inside = variables.inside(region, index, first, again=bool(first))
    for output, target in zip(region.body.outputs, targets, strict=True):
        inside.forced.setdefault(output.value, target)
    return inside


def leave(outside: Variables, inside: Variables, targets: Sequence[Code]) -> list[Code]:
    """Return the line that gives the targets what has not gone into them, all at once."""
    outside.leave(inside)
    results = [inside[output.value] for output in inside.body.outputs]
    pairs = [(a, b) for a, b in zip(targets, results, strict=True) if a != b]
    if not pairs:
        return []
    left, right = zip(*pairs, strict=True)
    return [Code(f"{', '.join(left)} = {', '.join(right)}")]


def choice(condition: Code, chosen: list[Code], otherwise: list[Code]) -> list[Code]:
    """Return `if` and `else`; a part without lines is left out."""
    if not chosen and not otherwise:
        return []
    if not chosen:
        return [Code(f"if not ({condition}):"), *indented(otherwise)]
    lines = [Code(f"if {condition}:"), *indented(chosen)]
    if not otherwise:
        return lines
    if otherwise[0].startswith("if ") and all(_belongs_to_if(line) for line in otherwise[1:]):
        return [*lines, Code(f"el{otherwise[0]}"), *otherwise[1:]]
    return [*lines, Code("else:"), *indented(otherwise)]


def _belongs_to_if(line: Code) -> bool:
    return line.startswith((" ", "elif ", "else:"))
