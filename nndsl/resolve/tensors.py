"""Sources of a flow: names of tensors, and arithmetic on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Union

from nndsl import graph, layers
from nndsl.resolve.expressions import resolve_expression
from nndsl.resolve.naming import OPERATION_NAMES, keras_name
from nndsl.resolve.order import references
from nndsl.source import Span
from nndsl.syntax import tree

if TYPE_CHECKING:
    from nndsl.resolve.body import BodyResolver

_MERGE_LAYERS = {"+": "Add", "-": "Subtract", "*": "Multiply"}
Operand = Union[graph.Value, graph.Expression]


def resolve_source(
    body: BodyResolver, source: tree.Expression, names: tuple[tree.Identifier, ...] = ()
) -> graph.Value | None:
    """Return the tensor that a source stands for, or None if there is none (it was reported).

    `names` are those that follow without a stage between: `a + b as total` names the layer that
    does the last step of the arithmetic.
    """
    if isinstance(source, tree.Reference):
        return body.tensor_named(source.name, source.span)
    if isinstance(source, (tree.Arithmetic, tree.Negation)):
        name = names[0].text if len(names) == 1 else None
        operand = _resolve_operand(body, source, name)
        if operand is None or isinstance(operand, graph.Value):
            return operand
        body.reporter.error(
            "G706", source.span, "this is a number, not a tensor", "no tensor in it"
        )
        return None
    if isinstance(source, tree.Unsupported):
        body.reporter.not_supported(source.span, source.what)
        return None
    what = source.callee.text if isinstance(source, tree.Call) else None
    body.reporter.error(
        "G706",
        source.span,
        "a flow begins with tensors",
        "not a tensor",
        help=f"put a tensor in front: `x -> {what}(...)`" if what else None,
    )
    return None


def _resolve_operand(
    body: BodyResolver, expression: tree.Expression, name: str | None = None
) -> Operand | None:
    if isinstance(expression, tree.Reference):
        known = body.names.tensors.get(expression.name)
        if known is not None:
            return known
        return body.scope.constant_or_parameter(
            expression.name, expression.span
        ) or body.tensor_named(expression.name, expression.span)
    has_tensor = any(used in body.names.tensors for used in references(expression))
    if isinstance(expression, tree.Negation) and has_tensor:
        operand = _resolve_operand(body, expression.operand)
        minus_one = graph.Literal(expression.span, -1, "-1")
        return operand and _combine(body, expression.span, "*", operand, minus_one, name)
    if isinstance(expression, tree.Arithmetic) and has_tensor:
        return _fold(body, expression, name)
    return resolve_expression(body.scope, expression)


def _fold(body: BodyResolver, expression: tree.Arithmetic, name: str | None) -> Operand | None:
    """Apply the operators from left to right; equal ones on tensors become one merge layer."""
    operands = [_resolve_operand(body, operand) for operand in expression.operands]
    if any(operand is None for operand in operands):
        return None
    result = operands[0]
    index = 0
    count = len(expression.operators)
    while index < count and result is not None:
        operator = expression.operators[index]
        run = [result, operands[index + 1]]
        index += 1
        while (
            operator in ("+", "*")
            and index < count
            and expression.operators[index] == operator
            and all(isinstance(operand, graph.Value) for operand in run[:2])
            and isinstance(operands[index + 1], graph.Value)
        ):
            run.append(operands[index + 1])
            index += 1
        last_name = name if index == count else None
        if len(run) > 2:
            values = [operand for operand in run if isinstance(operand, graph.Value)]
            result = _merge(body, expression.span, operator, values, last_name)
        else:
            result = _combine(body, expression.span, operator, run[0], run[1], last_name)
    return result


def _combine(
    body: BodyResolver,
    span: Span,
    operator: str,
    left: Operand | None,
    right: Operand | None,
    name: str | None,
) -> Operand | None:
    if left is None or right is None:
        return None
    if isinstance(left, graph.Value) and isinstance(right, graph.Value):
        if operator not in _MERGE_LAYERS:
            _no_operator(body, span, operator, "between tensors")
            return None
        return _merge(body, span, operator, [left, right], name)
    if isinstance(left, graph.Value):
        return _scalar(body, span, operator, left, right, tensor_first=True, name=name)
    if isinstance(right, graph.Value):
        return _scalar(body, span, operator, right, left, tensor_first=False, name=name)
    return graph.Arithmetic(span, (operator,), (left, right))


def _scalar(
    body: BodyResolver,
    span: Span,
    operator: str,
    tensor: graph.Value,
    number: Operand,
    *,
    tensor_first: bool,
    name: str | None,
) -> graph.Value | None:
    assert not isinstance(number, graph.Value)
    if operator not in OPERATION_NAMES:
        _no_operator(body, span, operator, "on a tensor")
        return None
    if tensor.poisoned:
        return tensor
    output = graph.Value(span, name)
    body.nodes.append(graph.ScalarNode(span, operator, tensor, number, tensor_first, (output,)))
    return output


def _no_operator(body: BodyResolver, span: Span, operator: str, where: str) -> None:
    if operator == ">":
        body.reporter.error(
            "T001", span, "unexpected `>`", "an arrow?", help="write the arrow as `->`"
        )
    else:
        body.reporter.not_supported(span, f"`{operator}` {where}")


def _merge(
    body: BodyResolver, span: Span, operator: str, values: list[graph.Value], name: str | None
) -> graph.Value:
    if any(value.poisoned for value in values):
        return graph.Value(span, name, poisoned=True)
    layer = layers.find(_MERGE_LAYERS[operator])
    assert layer is not None
    if name:
        layer_name = graph.LayerName(name, explicit=True)
    else:
        layer_name = graph.LayerName(*body.layer_names.automatic(keras_name(layer.name)))
    output = graph.Value(span, name)
    body.layer_values.add(output)
    body.nodes.append(graph.LayerNode(span, layer_name, layer, (), tuple(values), (), (output,)))
    return output
