"""Expressions -> values. Nothing of the user's text is ever run: this is all there is."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from nndsl import graph
from nndsl.diagnostic import Reporter
from nndsl.layers.rule import LayerValue
from nndsl.source import Span
from nndsl.vocabulary import KerasObject

MAX_INTEGER = 2**53
MAX_ITEMS = 20_000
#: Items of a list and of the lists in it.
MAX_LISTED = 500_000


class Unknown:
    """The value of an expression that cannot be evaluated; it was reported where it stands."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


class Evaluator:
    """Evaluates expressions; each constant once."""

    def __init__(
        self, reporter: Reporter, known: Mapping[graph.Constant, Any] | None = None
    ) -> None:
        self.reporter = reporter
        self._constants: dict[graph.Constant, Any] = dict(known or {})
        #: How much lists hold, by their identity, while they are kept.
        self._lengths: dict[int, int] = {}
        self._kept: list[Any] = []
        #: The applications of blocks that lead to what is evaluated now.
        self.calls: tuple[Span, ...] = ()

    @property
    def known(self) -> Mapping[graph.Constant, Any]:
        """The values of the constants that have been evaluated."""
        return self._constants

    def evaluate(self, expression: graph.Expression, parameters: Mapping[str, Any]) -> Any:
        """Return the value of an expression: a number, string, boolean, None, list, tuple or
        `KerasObject`; `UNKNOWN` if it has none."""
        if isinstance(expression, graph.Literal):
            return expression.value
        if isinstance(expression, graph.Word):
            return expression.text
        if isinstance(expression, graph.ParameterUse):
            return parameters.get(expression.name, UNKNOWN)
        if isinstance(expression, graph.ConstantUse):
            return self.constant(expression.constant)
        if isinstance(expression, graph.Arithmetic):
            return self._arithmetic(expression, parameters)
        if isinstance(expression, graph.Sequence):
            items = [self.evaluate(item, parameters) for item in expression.items]
            if UNKNOWN in items:
                return UNKNOWN
            return self._sequence(expression, items)
        if isinstance(expression, graph.Object):
            return self._object(expression, parameters)
        if isinstance(expression, graph.LayerObject):
            values = self._arguments(expression.arguments, parameters)
            rule = expression.layer.evaluated_by(self.evaluate)
            return UNKNOWN if values is None else LayerValue(rule, values)
        if isinstance(expression, graph.ExternPart):
            self._arguments(expression.arguments, parameters)  # for what is wrong in them
            return UNKNOWN
        if isinstance(expression, graph.Range):
            return self._range(expression, parameters)
        if isinstance(expression, graph.Rest):
            return Ellipsis
        if isinstance(expression, graph.Function):
            return self._function(expression, parameters)
        if isinstance(expression, graph.Item):
            return self._item(expression, parameters)
        if isinstance(expression, graph.Negation):
            value = self.evaluate(expression.operand, parameters)
            return self._apply(expression.span, "-", 0, value)
        return self._logic(expression, parameters)

    def _arithmetic(self, expression: graph.Arithmetic, parameters: Mapping[str, Any]) -> Any:
        result = self.evaluate(expression.operands[0], parameters)
        for symbol, operand in zip(expression.operators, expression.operands[1:], strict=True):
            right = self.evaluate(operand, parameters)
            result = self._apply(expression.span, symbol, result, right)
        return result

    def _logic(self, expression: graph.Logic, parameters: Mapping[str, Any]) -> Any:
        """Return `a and b`, `a or b` or `not a`: what decides it already leaves the rest alone."""
        value: Any = UNKNOWN
        for operand in expression.operands:
            value = self.evaluate(operand, parameters)
            if value is UNKNOWN:
                return UNKNOWN
            if not isinstance(value, bool):
                what = f"`{expression.operator}` takes what is true or false"
                return self._refuse(operand.span, what, show(value))
            if value is (expression.operator == "or"):
                break
        return not value if expression.operator == "not" else value

    def _sequence(self, expression: graph.Sequence, items: list[Any]) -> Any:
        """Return a list or tuple; those that hold each other can be far longer than their text."""
        length = len(items) + sum(self._lengths.get(id(item), 0) for item in items)
        if length > MAX_LISTED:
            most = f"a list holds at most {MAX_LISTED:,} in all"
            return self._refuse(expression.span, most, f"{length:,}")
        made = tuple(items) if expression.is_tuple else items
        self._lengths[id(made)] = length
        self._kept.append(made)
        return made

    def _range(self, part: graph.Range, parameters: Mapping[str, Any]) -> Any:
        ends = [
            None if end is None else self.evaluate(end, parameters)
            for end in (part.start, part.stop, part.step)
        ]
        return UNKNOWN if any(end is UNKNOWN for end in ends) else slice(*ends)

    def _function(self, call: graph.Function, parameters: Mapping[str, Any]) -> Any:
        values = [self.evaluate(argument, parameters) for argument in call.arguments]
        if any(value is UNKNOWN for value in values):
            return UNKNOWN
        if call.name == "len":
            if len(values) == 1 and isinstance(values[0], (list, tuple)):
                return len(values[0])
            return self._refuse(call.span, "`len` counts a list", _shown(values))
        if call.name in ("max", "min"):
            return self._extreme(call, values)
        if not 1 <= len(values) <= 3 or not all(type(value) is int for value in values):
            return self._refuse(call.span, "`range` takes one to three integers", _shown(values))
        if len(values) == 3 and values[2] == 0:
            return self._refuse(call.span, "`range` cannot go on in steps of 0", "0")
        numbers = range(*values)
        if len(numbers) > MAX_ITEMS:
            return self._refuse(
                call.span, f"a list holds at most {MAX_ITEMS:,}", f"{len(numbers):,}"
            )
        return list(numbers)

    def _extreme(self, call: graph.Function, values: list[Any]) -> Any:
        """Return the largest or smallest of some numbers, or of those of a list."""
        is_list = len(values) == 1 and isinstance(values[0], (list, tuple))
        numbers = values[0] if is_list else values
        plain = all(type(number) in (int, float) for number in numbers)
        if not plain or len(numbers) < (1 if is_list else 2):
            what = f"`{call.name}` takes numbers, or a list of them"
            return self._refuse(call.span, what, _shown(values))
        return max(numbers) if call.name == "max" else min(numbers)

    def _item(self, item: graph.Item, parameters: Mapping[str, Any]) -> Any:
        sequence = self.evaluate(item.sequence, parameters)
        index = self.evaluate(item.index, parameters)
        if sequence is UNKNOWN or index is UNKNOWN:
            return UNKNOWN
        if not isinstance(sequence, (list, tuple)):
            return self._refuse(item.sequence.span, "only a list has items", show(sequence))
        if isinstance(index, slice):
            return sequence[index]
        if type(index) is not int or not -len(sequence) <= index < len(sequence):
            count = f"a list of {len(sequence)}"
            return self._refuse(item.index.span, f"there is no such item in {count}", show(index))
        return sequence[index]

    def constant(self, constant: graph.Constant) -> Any:
        if constant not in self._constants:
            self._constants[constant] = self.evaluate(constant.value, {})
        return self._constants[constant]

    def _object(self, expression: graph.Object, parameters: Mapping[str, Any]) -> Any:
        """Return the object. One that has a mistake is still known to be of its class."""
        from nndsl.shapes.objects import check_object  # which a text without objects does without

        values = {a.parameter: self.evaluate(a.value, parameters) for a in expression.arguments}
        known = {name: value for name, value in values.items() if value is not UNKNOWN}
        check_object(self.reporter, expression, known, self.calls)
        if len(known) < len(values):
            return UNKNOWN
        return KerasObject(expression.kind, expression.name, tuple(values.items()))

    def _arguments(
        self, arguments: tuple[graph.Bound, ...], parameters: Mapping[str, Any]
    ) -> tuple[tuple[str, Any], ...] | None:
        values = tuple((a.parameter, self.evaluate(a.value, parameters)) for a in arguments)
        return None if any(value is UNKNOWN for _, value in values) else values

    def _apply(self, span: Span, symbol: str, left: Any, right: Any) -> Any:
        if left is UNKNOWN or right is UNKNOWN:
            return UNKNOWN
        if symbol in ("==", "!="):
            return _OPERATORS[symbol](left, right)
        if isinstance(left, (list, tuple)):
            return self._join_lists(span, symbol, left, right)
        for value in (left, right):
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                return self._refuse(span, f"`{symbol}` works on numbers", show(value))
        if symbol in ("/", "//", "%") and right == 0:
            return self._refuse(span, "this divides by zero", f"{show(left)} {symbol} 0")
        try:
            result = _OPERATORS[symbol](left, right)
        except OverflowError:
            return self._refuse(span, "this number is out of range", f"{left} {symbol} {right}")
        if isinstance(result, int) and abs(result) > MAX_INTEGER:
            return self._refuse(span, "this number is out of range", "more than 2**53")
        if isinstance(result, float) and not math.isfinite(result):
            return self._refuse(span, "this number is out of range", str(result))
        return result

    def _join_lists(self, span: Span, symbol: str, left: Any, right: Any) -> Any:
        """Return `[1] + [2]` or `[1] * 3`."""
        if symbol == "+" and isinstance(right, type(left)):
            length = len(left) + len(right)
        elif symbol == "*" and type(right) is int:
            length = len(left) * max(right, 0)
        else:
            return self._refuse(span, f"`{symbol}` does not join these", show(right))
        if length > MAX_ITEMS:
            return self._refuse(span, f"a list holds at most {MAX_ITEMS:,}", f"{length:,}")
        return left + right if symbol == "+" else left * right

    def _refuse(self, span: Span, title: str, received: str) -> Unknown:
        from nndsl.shapes.report import call_labels  # which needs what is here

        labels = call_labels(self.calls)
        what = "cannot be computed"
        self.reporter.error("A213", span, title, what, labels=labels, received=received)
        return UNKNOWN


def show(value: Any) -> str:
    """Return a value as it is written in a `.nn` file."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"' if not value.isidentifier() else value
    if isinstance(value, list):
        return "[" + ", ".join(show(item) for item in value) + "]"
    if isinstance(value, tuple):
        return "(" + ", ".join(show(item) for item in value) + ")"
    if isinstance(value, slice):
        return ":".join("" if end is None else show(end) for end in (value.start, value.stop))
    if value is Ellipsis:
        return "..."
    if isinstance(value, KerasObject):
        return f"{value.name}({_show_arguments(value.arguments)})"
    if isinstance(value, LayerValue):
        return f"{value.rule.name}({_show_arguments(value.values)})"
    return str(value)


def _shown(values: list[Any]) -> str:
    return ", ".join(show(value) for value in values) or "nothing"


def _show_arguments(arguments: tuple[tuple[str, Any], ...]) -> str:
    return ", ".join(f"{name}={show(item)}" for name, item in arguments)
