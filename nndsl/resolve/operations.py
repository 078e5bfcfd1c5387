"""Functions of `keras.ops` behind an arrow: what comes over it stands before the arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nndsl import graph, operations
from nndsl.diagnostic import did_you_mean
from nndsl.extern import ExternRule
from nndsl.layers.argument_types import OperandType
from nndsl.layers.rule import LayerRule, Parameter
from nndsl.operations.refused import refusal
from nndsl.resolve.expressions import bind, slots_of
from nndsl.resolve.externs import takes
from nndsl.resolve.tensor_lists import refuse_lists, tensor_words
from nndsl.resolve.tensors import resolve_operand
from nndsl.resolve.unknown import pytorch_stage
from nndsl.syntax import tree

if TYPE_CHECKING:
    from nndsl.resolve.body import BodyResolver

Values = tuple[graph.Value, ...]
PREFIX = "ops."


def apply_operation(
    body: BodyResolver, values: Values, stage: tree.Apply, names: tuple[tree.Identifier, ...]
) -> Values | None:
    """Apply an operation to the incoming tensors; None if it cannot be (it was reported)."""
    rule = operations.find(stage.callee.text)
    if rule is None:
        _unknown_operation(body, stage)
        return None
    return apply_rule(body, values, stage, rule, names)


def apply_rule(
    body: BodyResolver,
    values: Values,
    stage: tree.Apply,
    rule: LayerRule,
    names: tuple[tree.Identifier, ...],
) -> Values | None:
    """Apply an operation that is known, or a function of the user's own."""
    if isinstance(rule, ExternRule) and not takes(body, rule, values, stage.callee.span):
        return None
    incoming = _incoming(body, rule, values, stage)
    if incoming is None:
        return None
    plain, operands, whole = _split_arguments(body, rule, stage, incoming)
    bound = bind(body.scope, rule.name, stage.callee.span, plain, slots_of(rule))
    if not whole or not bound.whole:
        return None
    missing = [p.name for p in rule.tensors if p.required and p.name not in operands]
    if missing:
        body.reporter.error(
            "A207",
            stage.callee.span,
            f"`{rule.name}` needs `{missing[0]}` as well",
            "missing",
            help=f"write `a, b -> {rule.name}`, or `a -> {rule.name}(b)`",
        )
        return None
    ordered = tuple(operands[p.name] for p in rule.tensors if p.name in operands)
    if any(value.poisoned for operand in ordered for value in operand.values):
        return (graph.Value(stage.span, poisoned=True),)
    span = stage.span
    words = tensor_words(names) or (None,)
    outputs = tuple(graph.Value(span, word) for word in words)
    body.nodes.append(graph.OperationNode(span, rule, ordered, bound.arguments, outputs))
    return outputs


def _incoming(
    body: BodyResolver, rule: LayerRule, values: Values, stage: tree.Apply
) -> dict[str, graph.Operand] | None:
    """Return the operands that come over the arrow, by the names of the parameters they fill."""
    if rule.takes_list:
        first = rule.tensors[0].name
        return {first: graph.Operand(first, values, is_list=True)}
    if refuse_lists(body, values, stage.callee.span, f"`{rule.name}`"):
        return None
    if len(values) > len(rule.tensors):
        wanted = ", ".join(f"`{parameter.name}`" for parameter in rule.tensors)
        body.reporter.error(
            "S115",
            stage.callee.span,
            f"`{rule.name}` takes {len(rule.tensors)}, and gets {len(values)} tensors",
            expected=wanted,
            received=f"{len(values)} tensors",
            help="merge them first, such as with `-> Concatenate` or `-> ops.stack(axis=1)`",
        )
        return None
    pairs = zip(rule.tensors, values, strict=False)
    return {parameter.name: graph.Operand(parameter.name, (value,)) for parameter, value in pairs}


def _split_arguments(
    body: BodyResolver,
    rule: LayerRule,
    stage: tree.Apply,
    operands: dict[str, graph.Operand],
) -> tuple[list[tree.Argument], dict[str, graph.Operand], bool]:
    """Take the operands out of an argument list; what is left are arguments of the function."""
    waiting = [p for p in rule.tensors if p.name not in operands]
    by_name = {parameter.name: parameter for parameter in rule.tensors}
    plain: list[tree.Argument] = []
    whole = True
    for argument in stage.arguments or ():
        if argument.name is None and waiting and not plain:
            parameter = waiting.pop(0)
        elif argument.name is not None and argument.name.text in by_name:
            parameter = by_name[argument.name.text]
            if parameter in waiting:
                waiting.remove(parameter)
        else:
            plain.append(argument)
            continue
        whole = _add_operand(body, rule, parameter, argument, operands) and whole
    return plain, operands, whole


def _add_operand(
    body: BodyResolver,
    rule: LayerRule,
    parameter: Parameter,
    argument: tree.Argument,
    operands: dict[str, graph.Operand],
) -> bool:
    """Add a tensor or number that stands in the argument list; return False if it is neither."""
    if parameter.name in operands:
        body.reporter.error(
            "A211",
            argument.span,
            f"`{rule.name}` is given `{parameter.name}` twice",
            "second time",
            help="it comes over the arrow already",
        )
        return False
    value = argument.value
    numbers = isinstance(parameter.type, OperandType)
    if isinstance(value, tree.Reference) and not (numbers and _is_number(body, value)):
        tensor = body.tensor_named(value.name, value.span)
        if tensor is not None and refuse_lists(body, (tensor,), value.span, f"`{parameter.name}`"):
            return False
        if tensor is not None:
            operands[parameter.name] = graph.Operand(parameter.name, (tensor,))
        return tensor is not None
    is_tensor = isinstance(value, (tree.Arithmetic, tree.Negation, tree.Subscript))
    if not numbers and not is_tensor:
        body.reporter.error(
            "G706", value.span, f"`{parameter.name}` takes a tensor", "not the name of a tensor"
        )
        return False
    found = resolve_operand(body, value)
    if isinstance(found, graph.Value):
        operands[parameter.name] = graph.Operand(parameter.name, (found,))
    elif found is not None:
        operands[parameter.name] = graph.Operand(parameter.name, number=found)
    return found is not None


def _is_number(body: BodyResolver, reference: tree.Reference) -> bool:
    known = body.names.tensors.get(reference.name)
    return known is None and bool(body.scope.constant_or_parameter(reference.name, reference.span))


def _unknown_operation(body: BodyResolver, stage: tree.Apply) -> None:
    name, span = stage.callee.text, stage.callee.span
    short = name.rpartition(".")[2]
    reason = refusal(short)
    if reason is not None:
        body.reporter.error(
            "G707", span, f"`{name}` is no stage of a flow", "not here", help=reason
        )
        return
    known: Sequence[str] = list(operations.all_operations())
    guess = PREFIX + short if PREFIX + short in known else body.reporter.guess(name, known)
    help_ = did_you_mean(guess) if PREFIX + short == guess else pytorch_stage(stage)
    body.reporter.error(
        "G705",
        span,
        f"unknown operation `{name}`",
        "not in keras.ops",
        help=help_ or did_you_mean(guess),
    )
