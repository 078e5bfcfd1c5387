"""Which line defines which name: for names that are used too early, and for cycles."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nndsl.diagnostic import Label
from nndsl.source import Span
from nndsl.syntax import tree
from nndsl.syntax.names import definitions, lines_inside, steps

if TYPE_CHECKING:
    from nndsl.resolve.body import BodyResolver


def defined_names(lines: Sequence[tree.Line]) -> set[str]:
    """Return every name that the lines of a body define."""
    return {name.text for line in lines for name in definitions(line)}


def _uses(line: tree.Line) -> Iterator[str]:
    if isinstance(line, tree.Flow):
        for source in line.sources:
            yield from references(source)
        for step in steps(line.steps):
            if isinstance(step.stage, tree.Apply):
                for argument in step.stage.arguments or ():
                    yield from references(argument.value)


def references(expression: tree.Expression) -> Iterator[str]:
    """Yield the names in an expression."""
    if isinstance(expression, tree.Reference):
        yield expression.name
    elif isinstance(expression, (tree.Arithmetic, tree.Logic)):
        for operand in expression.operands:
            yield from references(operand)
    elif isinstance(expression, tree.Sequence):
        for item in expression.items:
            yield from references(item)
    elif isinstance(expression, tree.Negation):
        yield from references(expression.operand)
    elif isinstance(expression, tree.Subscript):
        yield from references(expression.value)
        for part in expression.parts:
            if not isinstance(part, (tree.Range, tree.Rest)):
                yield from references(part)
    elif isinstance(expression, tree.Call):
        for argument in expression.arguments:
            yield from references(argument.value)


def calls(definition: tree.Block | tree.Model) -> Iterator[tree.Apply | tree.Call]:
    """Yield all that a body applies or makes, that inside arguments included."""
    lines = list(lines_inside(definition.body))
    chains = [line.steps for line in lines if isinstance(line, tree.Flow)]
    if isinstance(definition, tree.Block) and definition.chain is not None:
        chains.append(definition.chain)
    stages = [step.stage for chain in chains for step in steps(chain)]
    shared = [line.apply for line in lines if isinstance(line, tree.SharedLayer)]
    for stage in (*stages, *shared):
        if isinstance(stage, tree.Apply):
            yield stage
            for argument in stage.arguments or ():
                yield from _called(argument.value)


def _called(expression: tree.Expression) -> Iterator[tree.Call]:
    if isinstance(expression, tree.Call):
        yield expression
        for argument in expression.arguments:
            yield from _called(argument.value)
    elif isinstance(expression, tree.Sequence):
        for item in expression.items:
            yield from _called(item)


def operators_of(expression: tree.Expression) -> Iterator[str]:
    """Yield the symbols in an expression that stand for functions of `keras.ops`."""
    if isinstance(expression, tree.Arithmetic):
        yield from expression.operators
        for operand in expression.operands:
            yield from operators_of(operand)
    elif isinstance(expression, tree.Logic):
        for operand in expression.operands:
            yield from operators_of(operand)
    elif isinstance(expression, tree.Negation):
        yield "negative"
        yield from operators_of(expression.operand)
    elif isinstance(expression, tree.Subscript):
        yield "[]"
        yield from operators_of(expression.value)


class Later:
    """Knows the names that later lines define."""

    def __init__(self, lines: Sequence[tree.Line]) -> None:
        self.lines = lines
        self._defined: dict[str, tuple[int, Span]] | None = None

    def _places(self) -> dict[str, tuple[int, Span]]:
        if self._defined is None:
            self._defined = {
                name.text: (index, name.span)
                for index, line in reversed(list(enumerate(self.lines)))
                for name in definitions(line)
            }
        return self._defined

    def report(self, body: BodyResolver, name: str, span: Span) -> bool:
        """Report a name that this line or a later one defines; return False if none does."""
        place = self._places().get(name)
        if place is None or place[0] < body.line:
            return False
        many = len(body.reporter.findings) > 50  # then the first ones are what has to be mended
        path = None if many else self._path(place[0], body.line)
        if path is None:
            body.reporter.error(
                "G708",
                span,
                f"`{name}` is used before it is defined",
                "used here",
                labels=(Label(place[1], "defined here"),),
                help=f"move line {place[1].line} above this one",
            )
        else:
            circle = " -> ".join(f"`{step}`" for step in [name, *path, name])
            body.reporter.error(
                "G704",
                span,
                f"`{name}` depends on itself",
                "needs what it helps to make",
                labels=(Label(place[1], "defined here"),) if place[0] != body.line else (),
                received=circle,
                help="start the flow from an input, or from a tensor of a line above",
            )
        return True

    def _path(self, start: int, goal: int) -> list[str] | None:
        """Return the names through which the line `start` depends on the line `goal`."""
        if start == goal:
            return []
        places = self._places()
        #: How each line was reached: from which one, through which name.
        reached: dict[int, tuple[int, str]] = {start: (-1, "")}
        waiting = deque([start])
        while waiting:
            line = waiting.popleft()
            for name in _uses(self.lines[line]):
                index = places.get(name, (-1,))[0]
                if index >= 0 and index not in reached or index == goal:
                    reached[index] = (line, name)
                    waiting.append(index)
                if index == goal:
                    return _names_to(goal, reached)
        return None


def _names_to(line: int, reached: dict[int, tuple[int, str]]) -> list[str]:
    names = []
    while reached[line][0] >= 0:
        line, name = reached[line]
        names.append(name)
    return names[::-1]
