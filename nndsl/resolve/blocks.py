"""Blocks and nested models behind an arrow: their parameters, and the tensors that go in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from nndsl import graph
from nndsl.diagnostic import Label
from nndsl.layers.rule import TRAINING
from nndsl.resolve.argument_reports import repeated_argument
from nndsl.resolve.expressions import Slot, bind
from nndsl.resolve.naming import keras_name
from nndsl.resolve.shared import gets_tensors, refuse_argument
from nndsl.resolve.stages import poison_of, takes_one, tensor_argument
from nndsl.resolve.tensor_lists import layer_word, refuse_lists, tensor_words
from nndsl.source import Span
from nndsl.syntax import tree

if TYPE_CHECKING:
    from nndsl.resolve.body import BodyResolver

Values = tuple[graph.Value, ...]
_TRAINING = Slot(TRAINING.name, False, TRAINING.type, by_name_only=True)


class _Given(NamedTuple):
    """An argument list taken apart: values of parameters, and tensors by the names of inputs."""

    plain: list[tree.Argument]
    tensors: dict[str, graph.Value | None]


def apply_block(
    body: BodyResolver, values: Values, stage: tree.Apply, names: tuple[tree.Identifier, ...]
) -> Values | None:
    """Apply a block or model of the file to the incoming tensors; None if it cannot be."""
    block = body.blocks.find_block(stage.callee.text, stage.callee.span)
    if block is None:
        return None
    given = _take_apart(body, block, stage)
    arguments, flags, whole = _bind(body, block, stage.callee.span, given.plain)
    if not whole or None in given.tensors.values():
        return None
    if any(value.poisoned for value in values):
        return poison_of(stage.span)
    inputs = _inputs_of(body, block, values, given.tensors, stage)
    if inputs is None:
        return None
    if not inputs:
        return poison_of(stage.span)  # its inputs are missing, or could not be read
    outputs = _outputs(stage.span, block, names)
    name = _name_of(body, block, names)
    if block.is_model:
        body.layer_values.update(outputs[:1])  # the name is that of a layer of Keras
    body.nodes.append(
        graph.BlockNode(stage.span, name, block, arguments, inputs, outputs, flags=flags)
    )
    return outputs


def apply_shared_block(
    body: BodyResolver,
    values: Values,
    stage: tree.Apply,
    shared: graph.SharedBlock,
    names: tuple[tree.Identifier, ...],
) -> Values | None:
    """Apply a block or model that a `layer` line has made."""
    block = shared.block
    given = _take_apart(body, block, stage)
    for argument in given.plain:
        if argument.name is None or argument.name.text != _TRAINING.name:
            constructor = [parameter.name for parameter in block.parameters]
            call = [*(input_.name for input_ in block.body.inputs[1:]), _TRAINING.name]
            refuse_argument(body, shared, argument, constructor, call)
            return None
    flags = bind(body.scope, shared.name, stage.callee.span, given.plain, [_TRAINING])
    if not flags.whole or None in given.tensors.values():
        return None
    if any(value.poisoned for value in values):
        return poison_of(stage.span)
    inputs = _inputs_of(body, block, values, given.tensors, stage)
    if inputs is None:
        return None
    outputs = _outputs(stage.span, block, names)
    body.nodes.append(
        graph.BlockNode(
            stage.span,
            shared.name,
            block,
            (),
            inputs,
            outputs,
            shared=shared,
            flags=flags.arguments,
        )
    )
    return outputs


def make_shared_block(body: BodyResolver, line: tree.SharedLayer) -> graph.SharedBlock | None:
    """Return the block or model that a `layer` line makes."""
    callee = line.apply.callee
    block = body.blocks.find_block(callee.text, callee.span)
    if block is None:
        return None
    parameters = {parameter.name for parameter in block.parameters}
    if gets_tensors(body, line, [i.name for i in block.body.inputs if i.name not in parameters]):
        return None
    slots = [Slot(p.name, p.default is None) for p in block.parameters]
    given = line.apply.arguments or ()
    bound = bind(body.scope, block.name, callee.span, given, slots, block.span)
    if not bound.whole or not block.body.inputs:
        return None
    name = _without_underscore(body, line.name.text, keras_name(block.name))
    return graph.SharedBlock(line.span, name, block, bound.arguments)


def _take_apart(body: BodyResolver, block: graph.Block, stage: tree.Apply) -> _Given:
    """Take the tensors out of an argument list: they are called as inputs of the block."""
    # The input of a point-free block is called by nobody, perhaps like a parameter.
    inputs = {i.name for i in block.body.inputs} - {p.name for p in block.parameters}
    given = _Given([], {})
    for argument in stage.arguments or ():
        name = argument.name.text if argument.name else ""
        if name not in inputs:
            given.plain.append(argument)
        elif name in given.tensors:
            repeated_argument(body.scope, block.name, argument, name)
            given.tensors[name] = None
        else:
            tensor = tensor_argument(body, name, argument.value, several=False)
            given.tensors[name] = tensor.values[0] if tensor is not None else None
    return given


def _bind(
    body: BodyResolver, block: graph.Block, span: Span, arguments: Sequence[tree.Argument]
) -> tuple[tuple[graph.Bound, ...], tuple[graph.Bound, ...], bool]:
    """Return the values of parameters, and the arguments that a nested model's call takes."""
    slots = [Slot(p.name, p.default is None) for p in block.parameters]
    takes_training = block.is_model and all(slot.name != _TRAINING.name for slot in slots)
    slots += [_TRAINING] * takes_training
    # Its inputs are taken out before; here they are for the hint at a name that is misspelt.
    slots += [Slot(i.name, False, by_name_only=True) for i in block.body.inputs[1:]]
    bound = bind(body.scope, block.name, span, arguments, slots, block.span)
    flags = tuple(b for b in bound.arguments if takes_training and b.parameter == _TRAINING.name)
    values = tuple(b for b in bound.arguments if b not in flags)
    return values, flags, bound.whole


def _inputs_of(
    body: BodyResolver,
    block: graph.Block,
    values: Values,
    by_name: Mapping[str, graph.Value | None],
    stage: tree.Apply,
) -> Values | None:
    """Return a tensor for each input: by its name, else the next that comes over the arrow."""
    inputs, what = block.body.inputs, f"`{stage.callee.text}`"
    if len(inputs) == 1 and not by_name and not takes_one(body, values, stage, what):
        return None
    if refuse_lists(body, values, stage.callee.span, what, _tensors(len(inputs))):
        return None
    if len(by_name) == len(inputs) and len(values) == 1 and values[0] in by_name.values():
        values = ()  # it goes in as `_`
    count = len(values) + len(by_name)
    if inputs and count != len(inputs):
        waiting = [input_.name for input_ in inputs if input_.name not in by_name]
        missing = waiting[len(values) :]
        body.reporter.error(
            "S115",
            stage.callee.span,
            f"`{stage.callee.text}` takes {_tensors(len(inputs))}, and gets {count}",
            labels=(Label(block.span, "its inputs are declared here"),),
            expected=", ".join(f"`{input_.name}`" for input_ in inputs),
            received=_tensors(count),
            help=(
                f"give `{missing[0]}` by name: `{stage.callee.text}({missing[0]}=...)`"
                if missing
                else None
            ),
        )
        return None
    coming = iter(values)
    filled = (by_name.get(input_.name) or next(coming) for input_ in inputs)
    return tuple(filled)


def _tensors(count: int) -> str:
    return f"{count} tensor{'s' if count > 1 else ''}"


def _outputs(span: Span, block: graph.Block, names: tuple[tree.Identifier, ...]) -> Values:
    count = max(len(block.body.outputs), 1)
    if len(names) == count:
        return tuple(graph.Value(span, word) for word in tensor_words(names))
    return tuple(graph.Value(span) for _ in range(count))


def _without_underscore(body: BodyResolver, name: str, otherwise: str) -> str:
    """Return a name that Keras takes for a scope: with no underscore in front."""
    if not name.startswith("_"):
        return name
    return body.layer_names.unique(name.lstrip("_") or otherwise)


def _name_of(body: BodyResolver, block: graph.Block, names: tuple[tree.Identifier, ...]) -> str:
    """Return the name of a nested model, or the prefix of a block's layers."""
    word = layer_word(names)
    if word is not None:
        return _without_underscore(body, body.name_of_layer(word), "block")
    name = keras_name(block.name).lstrip("_") or "block"
    if block.is_model:
        return body.layer_names.explicit(name)
    return body.layer_names.unique(name)
