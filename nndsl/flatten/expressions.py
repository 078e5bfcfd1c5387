"""Expressions of blocks and loops, written with the names that are known in the model itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar, Union, get_args

from nndsl import graph
from nndsl.shapes.evaluate import UNKNOWN, Evaluator

#: A float with more digits than this stays the arithmetic that it comes from.
_MOST_DIGITS = 10
_EXPRESSIONS: tuple[type, ...] = get_args(graph.Expression)
_COMPUTED = (graph.Arithmetic, graph.Negation, graph.Logic, graph.Item, graph.Function)

#: What a name stands for: a parameter or constant of the model, or a constant of the file.
Name = object
Part = TypeVar("Part")
Dims = Union[tuple[Union[graph.Expression, str, None], ...], None]


class Expressions:
    """Puts in what names stand for, and takes note of what the structure hangs on.

    `fixed` are the parameters of the model, and the constants, that the structure hangs on: they
    are written out. All others stay names.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        own: Mapping[str, graph.Expression],
        fixed: frozenset[Name],
    ) -> None:
        self.evaluator = evaluator
        #: What the parameters and constants of the model stand for.
        self.own = own
        self.fixed = fixed
        #: What the structure was found to hang on.
        self.deciding: set[Name] = set()

    def written(
        self,
        expression: graph.Expression,
        names: Mapping[str, graph.Expression],
        prefix: str = "",
    ) -> graph.Expression:
        """Return an expression of a body, where `names` and the prefix of layers are known."""
        if isinstance(expression, graph.ParameterUse):
            if expression.name in names:
                return names[expression.name]
            if expression.name in self.fixed:
                return self.folded(self.written(self.own[expression.name], {}))
            return expression
        if isinstance(expression, graph.ConstantUse):
            if expression.constant in self.fixed:
                return self.folded(self.written(expression.constant.value, {}))
            return expression
        made = _rebuilt(expression, lambda part: self.written(part, names, prefix))
        if isinstance(made, graph.LayerObject) and prefix:
            return replace(made, name=graph.LayerName(prefix + made.name.text, explicit=True))
        return made if made is expression else self.folded(made)

    def folded(self, expression: graph.Expression) -> graph.Expression:
        """Return the value of arithmetic in which no name is left; an item of a list."""
        if isinstance(expression, graph.Item) and isinstance(expression.sequence, graph.Sequence):
            index = self.evaluator.evaluate(expression.index, {})
            return expression.sequence.items[index] if isinstance(index, int) else expression
        if not isinstance(expression, _COMPUTED) or next(names_in(expression), None) is not None:
            return expression
        value = self.evaluator.evaluate(expression, {})
        if isinstance(value, float) and len(repr(value)) > _MOST_DIGITS:
            return expression
        made = _literal(expression, value)
        return expression if made is None else made

    def sizes(self, dims: Dims) -> Dims:
        """Return the sizes of an input."""
        return _changed(dims, lambda size: self.written(size, {}))  # type: ignore[no-any-return]

    # ---- What decides the structure

    def value(self, expression: graph.Expression, names: Mapping[str, graph.Expression]) -> Any:
        """Return the value of an expression that decides the structure."""
        written = self.written(expression, names)
        self._note(written)
        return self.evaluator.evaluate(written, self._values(written))

    def items(
        self, loop: graph.LoopNode, names: Mapping[str, graph.Expression]
    ) -> list[dict[str, graph.Expression]]:
        """Return what a loop's variables stand for in each of its rounds."""
        if not loop.variables:
            return [{}] * int(self.value(loop.items, names))
        count = len(loop.variables)
        rounds = []
        for item in self._elements(self.written(loop.items, names)):
            values = [item] if count == 1 else self._elements(item)
            rounds.append(dict(zip(loop.variables, values, strict=True)))
        return rounds

    def _elements(self, expression: graph.Expression) -> list[graph.Expression]:
        """Return the items of a list, as expressions if it is written as such."""
        if isinstance(expression, graph.Sequence):
            return list(expression.items)
        listed = self._named(expression)
        if isinstance(listed, graph.Sequence):
            self._note(expression, deeply=False)
            return list(listed.items)
        items = [_literal(expression, value) for value in self.value(expression, {})]
        return [expression if item is None else item for item in items]

    def _named(self, expression: graph.Expression) -> graph.Expression | None:
        if isinstance(expression, graph.ConstantUse):
            return expression.constant.value
        if isinstance(expression, graph.ParameterUse):
            return self.own[expression.name]
        return None

    def _note(self, expression: graph.Expression, *, deeply: bool = True) -> None:
        for name in names_in(expression):
            if name not in self.deciding:
                self.deciding.add(name)
                meaning = name.value if isinstance(name, graph.Constant) else self.own[str(name)]
                if deeply:
                    self._note(meaning)

    def _values(self, expression: graph.Expression) -> dict[str, Any]:
        """Return the values of the model's own names that an expression uses."""
        values = {}
        for name in names_in(expression):
            if isinstance(name, str):
                meaning = self.own[name]
                values[name] = self.evaluator.evaluate(meaning, self._values(meaning))
        return values


def names_in(part: object) -> Iterator[Name]:
    """Yield the parameters, by name, and the constants that a part of an expression uses."""
    if isinstance(part, graph.ParameterUse):
        yield part.name
    elif isinstance(part, graph.ConstantUse):
        yield part.constant
    elif isinstance(part, tuple):
        for item in part:
            yield from names_in(item)
    elif isinstance(part, (*_EXPRESSIONS, graph.Bound)):
        for field in fields(part):  # type: ignore[arg-type]
            yield from names_in(getattr(part, field.name))


def _rebuilt(part: Part, change: Callable[[graph.Expression], graph.Expression]) -> Part:
    """Return a record with the expressions in it changed; the record itself if none is."""
    found = {}
    for field in fields(part):  # type: ignore[arg-type]
        old = getattr(part, field.name)
        made = _changed(old, change)
        if made is not old:
            found[field.name] = made
    return replace(part, **found) if found else part  # type: ignore[type-var]


def _changed(old: Any, change: Callable[[graph.Expression], graph.Expression]) -> Any:
    if isinstance(old, _EXPRESSIONS):
        return change(old)  # type: ignore[arg-type]
    if isinstance(old, graph.Bound):
        return _rebuilt(old, change)
    if isinstance(old, tuple):
        items = tuple(_changed(item, change) for item in old)
        return old if all(a is b for a, b in zip(old, items, strict=True)) else items
    return old


def _literal(place: graph.Expression, value: Any) -> graph.Expression | None:
    """Return an expression for a value, None for one that cannot be written as such."""
    if value is UNKNOWN:
        return None
    if value is None or isinstance(value, (bool, int, float, str)):
        return graph.Literal(place.span, value)
    if isinstance(value, (list, tuple)):
        items = [_literal(place, item) for item in value]
        known = tuple(item for item in items if item is not None)
        if len(known) == len(items):
            return graph.Sequence(place.span, known, isinstance(value, tuple))
    return None
