"""Expressions and arguments of the graph -> Python text, as a Keras author would write it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Union

from nndsl import graph, vocabulary
from nndsl.extern import ExternRule
from nndsl.layers.rule import BASE_PARAMETERS, BadArgument, LayerRule, Parameter
from nndsl.plan.code import Code, call, list_of, literal, name, number, tuple_of
from nndsl.training.settings import CALLBACK_PATHS

#: What a file has under a name of its own: a constant, or what the user's Python brings in.
Definition = Union[graph.Constant, graph.Extern]
#: Precedence of a level of arithmetic; a nested level of the same or a lower one is bracketed.
_PRECEDENCE = {"or": -3, "and": -2, "not": -1, "+": 1, "-": 1, "*": 2, "/": 2, "//": 2, "%": 2}
_MODULES = {"schedules": "keras.optimizers.schedules"}


class Spelling:
    """How names are spelt in one place: constants, parameters of a function, names of layers.

    `prefix` is what the names of the layers begin with, as the inside of an f-string: `{name}` in
    a block, `stage{i + 1}` in a loop.
    """

    def __init__(
        self,
        constants: Mapping[Definition, Code],
        parameters: Mapping[str, Code] | None = None,
        prefix: str | None = None,
    ) -> None:
        self.constants = constants
        self.parameters = parameters or {}
        self.prefix = prefix

    def with_parameter(self, text: str, code: Code) -> Spelling:
        """Return a spelling that knows one more name."""
        return Spelling(self.constants, {**self.parameters, text: code}, self.prefix)

    def expression(self, expression: graph.Expression) -> Code:
        """Return the Python text of an expression."""
        if isinstance(expression, graph.Literal):
            return number(expression.text) if expression.text else literal(expression.value)
        if isinstance(expression, graph.Word):
            return literal(expression.text)
        if isinstance(expression, graph.ConstantUse):
            return self.constants[expression.constant]
        if isinstance(expression, graph.ParameterUse):
            return self.parameters[expression.name]
        if isinstance(expression, graph.Sequence):
            items = [self.expression(item) for item in expression.items]
            return tuple_of(items) if expression.is_tuple else list_of(items)
        if isinstance(expression, graph.Object):
            return self.object(expression)
        if isinstance(expression, graph.LayerObject):
            return self.layer(expression.layer, expression.arguments, expression.name)
        if isinstance(expression, graph.ExternPart):
            return self._extern(expression)
        if isinstance(expression, graph.Range):
            return self._range(expression)
        if isinstance(expression, graph.Rest):
            return Code("...")
        if isinstance(expression, graph.Function):
            return call(expression.name, [(None, self.expression(a)) for a in expression.arguments])
        if isinstance(expression, graph.Item):
            return Code(
                f"{self.expression(expression.sequence)}[{self.expression(expression.index)}]"
            )
        if isinstance(expression, graph.Negation):
            return Code(f"-{self.operand(expression.operand, 3)}")
        if isinstance(expression, graph.Logic):
            return self._logic(expression)
        return self._arithmetic(expression)

    def _logic(self, expression: graph.Logic) -> Code:
        level = _PRECEDENCE[expression.operator]
        operands = [self.operand(operand, level) for operand in expression.operands]
        if len(operands) == 1:
            return Code(f"not {operands[0]}")
        return Code(f" {expression.operator} ".join(operands))

    def _range(self, part: graph.Range) -> Code:
        start, stop, step = (
            self.expression(end) if end is not None else Code("")
            for end in (part.start, part.stop, part.step)
        )
        return Code(f"{start}:{stop}:{step}" if step else f"{start}:{stop}")

    def operand(self, expression: graph.Expression, level: int) -> Code:
        """Return the text of an operand, bracketed if it binds less than its operator."""
        text = self.expression(expression)
        if isinstance(expression, (graph.Arithmetic, graph.Logic)) and _level(expression) <= level:
            return Code(f"({text})")
        if isinstance(expression, graph.ParameterUse) and not text.replace(".", "_").isidentifier():
            return Code(f"({text})")  # a constant of a body, written out where it is used
        return text

    def _arithmetic(self, expression: graph.Arithmetic) -> Code:
        level = _level(expression)
        text = self.operand(expression.operands[0], level)
        for position, operator in enumerate(expression.operators):
            if level == 0 and position:
                text = Code(f"({text})")  # Python would read a chain of comparisons differently
            right = self.operand(expression.operands[position + 1], level)
            text = Code(f"{text} {operator} {right}")
        return text

    def object(
        self,
        expression: graph.Object,
        paths_in: str = "",
        more: Sequence[tuple[str, Code]] = (),
    ) -> Code:
        """Return the constructor call of an object of Keras.

        Where `paths_in` names a folder's expression, the paths among its arguments begin there.
        `more` are arguments that the text does not have.
        """
        signature = vocabulary.signature(expression.kind, expression.name) or ()
        required = {key for key, default in signature if default is vocabulary.REQUIRED}
        first = signature[0][0] if signature else None
        arguments: list[tuple[str | None, Code]] = []
        positional = True
        for bound in expression.arguments:
            stays = bound.parameter in required or bound.parameter == first
            positional = positional and bound.positional and stays
            key = None if positional else bound.parameter
            value = self.expression(bound.value)
            if paths_in and bound.parameter in CALLBACK_PATHS:
                value = Code(f"{paths_in} / {value}")
            arguments.append((key, value))
        module = _MODULES.get(expression.kind, f"keras.{expression.kind}")
        return call(name(f"{module}.{expression.name}"), [*arguments, *more])

    def _extern(self, expression: graph.ExternPart) -> Code:
        """Return a part of the user's Python: a class is called, a function stands as it is."""
        rule = expression.part
        assert isinstance(rule, ExternRule)
        callee = self.callee(rule)
        if not rule.extern.is_called:
            return callee
        return call(callee, self.arguments(rule.parameters, expression.arguments))

    # ---- Layers

    def callee(self, rule: LayerRule) -> Code:
        """Return the name of a layer's class or of an operation: `layers.Dense`, `ops.mean`."""
        if isinstance(rule, ExternRule):
            return self.constants[rule.extern]
        return name(rule.name if "." in rule.name else f"layers.{rule.name}")

    def name_in_body(self, text: str) -> Code:
        """Return the name of a layer or block: "conv", or `f"{name}_conv"` in a block."""
        joined = self.joined(name("_" + text)[1:] if text else "")
        return Code(f'f"{joined}"') if "{" in joined else literal(joined)

    def joined(self, text: str) -> str:
        """Return the prefix and a name behind it."""
        return "_".join(part for part in (self.prefix, text) if part)

    def shared(self, shared: graph.SharedLayer) -> Code:
        """Return the constructor call of a shared layer."""
        layer_name = graph.LayerName(shared.name, explicit=True)
        return self.layer(shared.layer, shared.arguments, layer_name)

    def layer(
        self, rule: LayerRule, arguments: Sequence[graph.Bound], layer_name: graph.LayerName
    ) -> Code:
        """Return the constructor call of a layer: `layers.Dense(64, activation="relu")`.

        Arguments equal to Keras's default are left out, required ones and the first one stay
        positional if the source has them so, all others get their names.
        """
        made = self.arguments((*rule.parameters, *BASE_PARAMETERS), arguments)
        if layer_name.explicit or self.prefix is not None:
            made.append(("name", self.name_in_body(layer_name.text)))
        return call(self.callee(rule), made)

    def arguments(
        self,
        parameters: Sequence[Parameter],
        arguments: Sequence[graph.Bound],
        *,
        positional: bool = True,
    ) -> list[tuple[str | None, Code]]:
        """Return the arguments of a call, in the order in which the source has them."""
        own = {p.name: p for p in parameters}
        order = list(own)
        made: list[tuple[str | None, Code]] = []
        for bound in sorted(arguments, key=lambda a: not a.positional):
            parameter = own.get(bound.parameter)
            if parameter is None:
                continue  # an argument of the call, not of the constructor
            stays = parameter.required or order.index(parameter.name) == 0
            positional = positional and bound.positional and stays
            if not parameter.required and is_default(parameter, bound.value):
                positional = False
                continue
            made.append((None if positional else parameter.name, self.expression(bound.value)))
        return made

    def flags(
        self, rule: LayerRule, arguments: Sequence[graph.Bound]
    ) -> list[tuple[str | None, Code]]:
        """Return the arguments that go to the layer's call, such as `use_causal_mask=True`."""
        flags = {parameter.name for parameter in rule.flags}
        return [
            (bound.parameter, self.expression(bound.value))
            for bound in arguments
            if bound.parameter in flags
        ]


def is_default(parameter: Parameter, expression: graph.Expression) -> bool:
    """True if an argument says what Keras would take anyway."""
    try:
        value = _plain_value(expression)
        return bool(
            parameter.convert(value) == parameter.convert(parameter.default)
            and isinstance(value, bool) == isinstance(parameter.default, bool)
        )
    except (BadArgument, LookupError):
        return False


def _plain_value(expression: graph.Expression) -> Any:
    """Return the value of an expression that names nothing; raise LookupError for others."""
    if isinstance(expression, graph.Literal):
        return expression.value
    if isinstance(expression, graph.Word):
        return expression.text
    if isinstance(expression, graph.Sequence):
        return tuple(_plain_value(item) for item in expression.items)
    raise LookupError


def _level(expression: graph.Arithmetic | graph.Logic) -> int:
    if isinstance(expression, graph.Logic):
        return _PRECEDENCE[expression.operator]
    return _PRECEDENCE.get(expression.operators[0], 0)
