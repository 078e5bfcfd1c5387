"""Sources of a flow: names of tensors, arithmetic on them, and slices of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Union

from nndsl import graph, layers
from nndsl.resolve.expressions import resolve_expression, resolve_part
from nndsl.resolve.naming import FUNCTIONS_OF_SYMBOLS, keras_name
from nndsl.resolve.order import references
from nndsl.resolve.tensor_lists import item, layer_word, refuse_lists
from nndsl.source import Span
from nndsl.syntax import tree

if TYPE_CHECKING:
    from nndsl.resolve.body import BodyResolver

_MERGE_LAYERS = {"+": "Add", "-": "Subtract", "*": "Multiply"}
#: A comparison with the number first is written with the tensor first, as Python reads it so.
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
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
    if isinstance(source, tree.Subscript):
        return _slice(body, source, layer_word(names) if len(names) == 1 else None)
    if isinstance(source, (tree.Arithmetic, tree.Negation)):
        name = layer_word(names) if len(names) == 1 else None
        operand = resolve_operand(body, source, name)
        if operand is None or isinstance(operand, graph.Value):
            return operand
        body.reporter.error(
            "G706", source.span, "this is a number, not a tensor", "no tensor in it"
        )
        return None
    if isinstance(source, tree.Logic):
        _refuse_logic(body, source)
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


def resolve_operand(
    body: BodyResolver, expression: tree.Expression, name: str | None = None
) -> Operand | None:
    if isinstance(expression, tree.Reference):
        known = body.names.tensors.get(expression.name)
        if known is not None:
            return known
        return body.scope.constant_or_parameter(
            expression.name, expression.span
        ) or body.tensor_named(expression.name, expression.span)
    if isinstance(expression, tree.Subscript):
        if any(used in body.names.tensors for used in references(expression.value)):
            return _slice(body, expression, name)
        return resolve_expression(body.scope, expression)
    # A name that is nothing yet is a tensor: that is what arithmetic in a flow is on.
    has_tensor = any(
        used in body.names.tensors or not body.scope.knows(used) for used in references(expression)
    )
    if isinstance(expression, tree.Logic) and has_tensor:
        _refuse_logic(body, expression)
        return None
    if isinstance(expression, tree.Negation) and has_tensor:
        operand = resolve_operand(body, expression.operand)
        if not isinstance(operand, graph.Value):
            return operand and graph.Negation(expression.span, operand)
        if refuse_lists(body, (operand,), expression.operand.span, "arithmetic", "one tensor"):
            return None
        given = graph.Operand("x", (operand,))
        return _operation(body, expression.span, "negative", (given,), "-", name)
    if isinstance(expression, tree.Arithmetic) and has_tensor:
        return _fold(body, expression, name)
    return resolve_expression(body.scope, expression)


def _refuse_logic(body: BodyResolver, expression: tree.Logic) -> None:
    operator = expression.operator
    left = "a" if operator == "not" else "a, b"
    body.reporter.error(
        "G706",
        expression.span,
        f"`{operator}` is for constants and parameters, not for tensors",
        "a condition",
        help=f"on tensors, write `{left} -> ops.logical_{operator}`",
    )


def _fold(body: BodyResolver, expression: tree.Arithmetic, name: str | None) -> Operand | None:
    """Apply the operators from left to right; equal ones on tensors become one merge layer."""
    operands = [resolve_operand(body, operand) for operand in expression.operands]
    if any(operand is None for operand in operands):
        return None
    values = [operand for operand in operands if isinstance(operand, graph.Value)]
    if refuse_lists(body, values, expression.span, "arithmetic", "single tensors"):
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
            merged = [operand for operand in run if isinstance(operand, graph.Value)]
            result = _merge(body, expression.span, operator, merged, last_name)
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
    both = isinstance(left, graph.Value) and isinstance(right, graph.Value)
    if both and operator in _MERGE_LAYERS:
        assert isinstance(left, graph.Value) and isinstance(right, graph.Value)
        return _merge(body, span, operator, [left, right], name)
    if isinstance(left, graph.Value) or isinstance(right, graph.Value):
        if operator in _MIRRORED and not isinstance(left, graph.Value):
            left, right, operator = right, left, _MIRRORED[operator]
        operands = (_operand("x1", left), _operand("x2", right))
        function = FUNCTIONS_OF_SYMBOLS[operator]
        return _operation(body, span, function, operands, operator, name)
    return graph.Arithmetic(span, (operator,), (left, right))


def _operand(parameter: str, operand: Operand) -> graph.Operand:
    if isinstance(operand, graph.Value):
        return graph.Operand(parameter, (operand,))
    return graph.Operand(parameter, number=operand)


def _operation(
    body: BodyResolver,
    span: Span,
    function: str,
    operands: tuple[graph.Operand, ...],
    symbol: str,
    name: str | None,
    arguments: tuple[graph.Bound, ...] = (),
) -> graph.Value:
    """Add what a symbol does to tensors; return what comes out."""
    from nndsl import operations  # which most texts do without

    values = [value for operand in operands for value in operand.values]
    if any(value.poisoned for value in values):
        return graph.Value(span, name, poisoned=True)
    rule = operations.find(f"ops.{function}")
    assert rule is not None, function
    output = graph.Value(span, name)
    body.nodes.append(graph.OperationNode(span, rule, operands, arguments, (output,), symbol))
    return output


def _slice(body: BodyResolver, source: tree.Subscript, name: str | None) -> graph.Value | None:
    """Cut a part out of a tensor: `x[:, -1]`."""
    tensor = resolve_operand(body, source.value)
    if tensor is not None and not isinstance(tensor, graph.Value):
        body.reporter.error(
            "G706", source.value.span, "only tensors have parts", "a number, not a tensor"
        )
        return None
    if tensor is not None and tensor.is_list:
        return item(body, source, tensor, name)
    parts = [resolve_part(body.scope, part) for part in source.parts]
    if tensor is None or None in parts:
        return None
    items = tuple(part for part in parts if part is not None)
    key = graph.Sequence(source.span, items, is_tuple=True)
    bound = graph.Bound("key", key, source.span, True)
    given = graph.Operand("x", (tensor,))
    return _operation(body, source.span, "get_item", (given,), "[]", name, (bound,))


def _merge(
    body: BodyResolver, span: Span, operator: str, values: list[graph.Value], name: str | None
) -> graph.Value:
    if any(value.poisoned for value in values):
        return graph.Value(span, name, poisoned=True)
    layer = layers.find(_MERGE_LAYERS[operator])
    assert layer is not None
    if name:
        layer_name = graph.LayerName(body.name_of_layer(name), explicit=True)
    else:
        layer_name = graph.LayerName(*body.layer_names.automatic(keras_name(layer.name)))
    output = graph.Value(span, name)
    body.layer_values.add(output)
    body.nodes.append(graph.LayerNode(span, layer_name, layer, (), tuple(values), (), (output,)))
    return output
