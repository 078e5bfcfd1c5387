"""Applies functions of `keras.ops`, and what symbols stand for, to tensors and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nndsl import graph
from nndsl.layers.errors import UnknownOutput
from nndsl.layers.rule import BadArgument, LayerError, Output, Tensor
from nndsl.shapes.evaluate import UNKNOWN, show
from nndsl.shapes.model import MaybeTensor
from nndsl.shapes.report import call_labels, report_layer_error
from nndsl.shapes.tensor_lists import is_empty, tensors_of

if TYPE_CHECKING:
    from nndsl.shapes.made import Place
    from nndsl.shapes.walk import Walk


def walk_operation(walk: Walk, node: graph.OperationNode, place: Place) -> None:
    rule = node.operation
    values = walk.argument_values(node.arguments, place.parameters)
    operands = _operand_values(walk, node, place)
    output = None
    if values is not None and operands is not None and not is_empty(walk, node, place):
        output = _run(walk, node, operands, values, place)
    elif values is not None:
        walk.check_values(node.arguments, rule, values, place)
    tensors: Sequence[MaybeTensor] = [None] * len(node.outputs)
    inputs = tensors_of(walk, node.inputs, place)
    if output is not None:
        tensors = walk.output_tensors(node, rule, output)
        walk.masked(node, rule, values or {}, inputs, tensors, place)
    numbers = {n: v for n, v in (operands or {}).items() if not isinstance(v, (Tensor, tuple))}
    known = None if values is None else {**numbers, **values}
    tensors = walk.use(node, rule, known, output, tensors, place, inputs)
    # Of whatever dtypes there are, Keras's function is right.
    unknown = output is None and node.symbol not in ("", "[]")
    if unknown or (output and operands and _must_promote(node, operands)):
        walk.promoting.add(node)
    for value, tensor in zip(node.outputs, tensors, strict=True):
        place.tensors[value] = tensor


def _operand_values(walk: Walk, node: graph.OperationNode, place: Place) -> dict[str, Any] | None:
    """Return the tensors and numbers that an operation works on; None if one is unknown."""
    result: dict[str, Any] = {}
    for operand in node.operands:
        found: Any
        if operand.number is not None:
            found = walk.evaluator.evaluate(operand.number, place.parameters)
        elif operand.is_list:
            found = tuple(tensors_of(walk, operand.values, place))
        else:
            found = place.tensors.get(operand.values[0])
        unknown = isinstance(found, tuple) and None in found
        if unknown or found is UNKNOWN or (found is None and operand.values):
            return None
        result[operand.name] = found
    return result


def _run(
    walk: Walk,
    node: graph.OperationNode,
    operands: dict[str, Any],
    values: dict[str, Any],
    place: Place,
) -> Output | None:
    rule = node.operation
    try:
        return rule.evaluated_by(walk.evaluator.evaluate).apply(operands, values)
    except UnknownOutput:
        return None
    except BadArgument as bad:
        walk.check_values(node.arguments, rule, values, place)
        wrong = next((o for o in node.operands if o.name == bad.parameter.name), None)
        if wrong is not None and wrong.number is not None:
            walk.reporter.error(
                "A209",
                wrong.number.span,
                "a tensor can be combined with a number here",
                "not a number",
                labels=call_labels(place.calls),
                received=show(operands[wrong.name]),
                help=(
                    "name what the layer gives first: `x -> Dense(3) as h`"
                    if isinstance(wrong.number, graph.LayerObject)
                    else None
                ),
            )
    except LayerError as error:
        report_layer_error(
            walk.reporter, error, node, node.arguments, place.tensors, place.calls, walk.uses
        )
    return None


def _must_promote(node: graph.OperationNode, operands: Mapping[str, Any]) -> bool:
    """True if a symbol between tensors of a backend would not do what Keras's function does.

    Inside a class, tensors are those of the backend: TensorFlow refuses to mix dtypes, and divides
    integers into float64.
    """
    tensors = [value for value in operands.values() if isinstance(value, Tensor)]
    numbers = [value for value in operands.values() if not isinstance(value, (Tensor, tuple))]
    if not node.symbol or node.symbol == "[]" or not tensors:
        return False
    dtype = tensors[0].dtype
    mixed = any(tensor.dtype != dtype for tensor in tensors)
    whole = "float" not in dtype
    other = any(isinstance(number, float) or abs(number) > 127 or number < 0 for number in numbers)
    return mixed or (whole and (other or node.symbol in ("/", "//", "%"))) or dtype == "bool"
