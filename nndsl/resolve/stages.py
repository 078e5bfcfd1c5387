"""What stands behind an arrow, applied: a layer, an activation, a fork, or what others see to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from nndsl import graph, layers, vocabulary
from nndsl.diagnostic import Label
from nndsl.extern import ExternRule
from nndsl.layers.argument_types import TensorType
from nndsl.layers.rule import LayerRule, Parameter
from nndsl.resolve.expressions import bind, slots_of
from nndsl.resolve.liveness import BlockParts
from nndsl.resolve.naming import keras_name
from nndsl.resolve.tensor_lists import is_item, layer_word, refuse_lists, tensor_words
from nndsl.resolve.tensors import resolve_operand
from nndsl.resolve.unknown import report_unknown_stage
from nndsl.source import Span
from nndsl.syntax import tree

if TYPE_CHECKING:
    from nndsl.resolve.body import BodyResolver

Values = tuple[graph.Value, ...]


class Blocks(Protocol):
    """Finds the blocks and models of the file; models are applied like blocks."""

    parts: BlockParts

    def find_block(self, name: str, span: Span) -> graph.Block | None: ...

    def is_block(self, name: str) -> bool: ...

    def operations(self, definition: tree.Block | tree.Model) -> set[str]: ...

    def blocks_in(self, definition: tree.Block | tree.Model) -> Iterator[str]: ...

    def made_inside(self, model: tree.Model) -> set[str]: ...

    def kinds_of_externs(self, definition: tree.Block | tree.Model) -> set[str]: ...

    def names(self) -> list[str]: ...


def resolve_stage(body: BodyResolver, values: Values, step: tree.Step) -> Values:
    """Apply a step to the incoming tensors; return the tensors that come out, named."""
    stage = step.stage
    if isinstance(stage, tree.Apply):
        return _resolve_apply(body, values, stage, step.names)
    if isinstance(stage, tree.Fork):
        result = _resolve_fork(body, values, stage)
    elif isinstance(stage, tree.Identity):
        result = values
    else:
        from nndsl.resolve.regions import resolve_loop_stage  # which most texts do without

        result = resolve_loop_stage(body, values, stage, step.names)
    body.name_values(result, step.names, stage.span)
    return result


def poison_of(span: Span) -> Values:
    return (graph.Value(span, poisoned=True),)


def _resolve_fork(body: BodyResolver, values: Values, fork: tree.Fork) -> Values:
    if len(fork.branches) == 1:
        body.reporter.error(
            "G709",
            fork.span,
            "a fork needs two branches or more",
            "only one",
            help="take the brackets away, or add a branch: `( Dense(8) | _ )`",
        )
    outs = [body.resolve_steps(values, branch) for branch in fork.branches]
    # The identity's tensor belongs to no branch; what stands beside it alone needs no number.
    made = [[value for value in out if value not in values] for out in outs]
    if sum(map(bool, made)) > 1:
        for number, new in enumerate(made, 1):
            for value in new:
                body.branch_of.setdefault(value, number)
    result = tuple(value for out in outs for value in out)
    body.forks[result] = fork
    return result


def unmerged(body: BodyResolver, values: Values, span: Span, where: str) -> None:
    """Report several tensors where one is needed; the branches, if a fork has made them."""
    if any(value.poisoned for value in values):
        return
    fork = body.forks.get(values)
    if fork is not None:
        unmerged_fork(body, fork, span, f"before {where}", "takes one tensor")
        return
    body.reporter.error(
        "G711",
        span,
        f"{len(values)} tensors arrive at {where}, which takes one",
        "takes one tensor",
        labels=tuple(Label(value.span, f"tensor {i}") for i, value in enumerate(values, 1)),
        help="merge them first, such as with `-> Concatenate` or `-> Add`",
    )


def unmerged_fork(body: BodyResolver, fork: tree.Fork, span: Span, where: str, label: str) -> None:
    """Report a fork whose branches are not merged."""
    branches = [branch[0].span.to(branch[-1].span) for branch in fork.branches]
    labels = tuple(Label(branch, f"branch {i}") for i, branch in enumerate(branches, 1))
    body.reporter.error(
        "G711",
        span,
        f"the {len(branches)} branches of this fork are not merged {where}".rstrip(),
        label,
        labels=labels[:8],
        help="merge them behind the fork: `( ... | ... ) -> Concatenate`, or `-> Add`",
    )


# ---- Apply ---------------------------------------------------------------------------------


def _resolve_apply(
    body: BodyResolver, values: Values, stage: tree.Apply, names: tuple[tree.Identifier, ...]
) -> Values:
    if len(values) == 1:
        body.names.tensors[tree.INCOMING] = values[0]
    result = _applied(body, values, stage, names)
    body.names.tensors.pop(tree.INCOMING, None)
    if result is None:
        body.names.whole = False
        result = poison_of(stage.span)
    body.name_values(result, names, stage.span)
    return result


def _applied(
    body: BodyResolver, values: Values, stage: tree.Apply, names: tuple[tree.Identifier, ...]
) -> Values | None:
    """Return what comes out of a stage; None if it cannot be applied (it was reported)."""
    result: Values | None
    name = stage.callee.text
    if name in body.names.shared:
        from nndsl.resolve.shared import apply_shared  # which many texts do without

        result = apply_shared(body, values, stage, body.names.shared[name], names)
    elif body.blocks.is_block(name):
        from nndsl.resolve.blocks import apply_block  # likewise

        result = apply_block(body, values, stage, names)
    elif (rule := layers.find(name)) is not None:
        result = apply_layer(body, values, stage, rule, names)
    elif name.startswith("ops."):
        from nndsl.resolve.operations import apply_operation  # which most texts do without

        result = apply_operation(body, values, stage, names)
    elif (extern := body.scope.extern(name)) is not None:
        from nndsl.resolve.externs import apply_extern  # likewise

        result = apply_extern(body, values, stage, extern, names)
    elif vocabulary.signature("activations", name) is not None:
        from nndsl.resolve.activations import apply_activation  # which needs what is here

        result = apply_activation(body, values, stage, names)
    else:
        report_unknown_stage(body, stage)
        result = None
    return result


def outputs_of_layer(span: Span, names: tuple[tree.Identifier, ...]) -> Values:
    """Return the tensors that come out of a layer: as many as there are names for them."""
    return tuple(graph.Value(span, word) for word in tensor_words(names)) or (graph.Value(span),)


def apply_layer(
    body: BodyResolver,
    values: Values,
    stage: tree.Apply,
    rule: LayerRule,
    names: tuple[tree.Identifier, ...],
) -> Values | None:
    """Apply a layer, Keras's or the user's; None if it cannot be (it was reported)."""
    bound = bind_layer(body, rule, stage)
    if bound is None:
        return None
    arguments, tensors = bound
    inputs = inputs_of_layer(body, values, rule, stage, tensors)
    if inputs is None or any(value.poisoned for value in inputs[0]):
        body.broken.append(graph.BrokenLayer(rule, arguments))
        return poison_of(stage.span)
    return make_layer(body, stage.span, rule, arguments, inputs[1], inputs[0], names)


def make_layer(
    body: BodyResolver,
    span: Span,
    rule: LayerRule,
    arguments: tuple[graph.Bound, ...],
    tensors: tuple[graph.TensorArgument, ...],
    inputs: Values,
    names: tuple[tree.Identifier, ...],
) -> Values:
    """Add a layer that is made and applied here; return what it gives."""
    word = layer_word(names)
    if word is not None:
        layer_name = graph.LayerName(body.name_of_layer(word), explicit=True)
    else:
        base = keras_name(rule.name)
        if body.in_block and rule.name == "Activation":
            base = _activation_word(arguments) or base
        layer_name = graph.LayerName(*body.layer_names.automatic(base))
    outputs = outputs_of_layer(span, names)
    node = graph.LayerNode(span, layer_name, rule, arguments, inputs, tensors, outputs)
    body.nodes.append(node)
    body.layer_values.update(outputs)
    return outputs


def _activation_word(arguments: tuple[graph.Bound, ...]) -> str | None:
    value = arguments[0].value if arguments else None
    return value.text if isinstance(value, graph.Word) else None


def inputs_of_layer(
    body: BodyResolver,
    values: Values,
    rule: LayerRule,
    stage: tree.Apply,
    tensors: tuple[graph.TensorArgument, ...],
) -> tuple[Values, tuple[graph.TensorArgument, ...]] | None:
    """Return the layer's first input, and the tensors that it gets by name.

    What comes over the arrow is the first; a layer of the user's gets all its tensors so, in order.
    """
    if isinstance(rule, ExternRule):
        from nndsl.resolve.externs import spread_tensors  # which most texts do without

        return spread_tensors(body, values, rule, stage.callee.span, tensors)
    if rule.takes_list or takes_one(body, values, stage, f"`{rule.name}`"):
        return values, tensors
    return None


def takes_one(body: BodyResolver, values: Values, stage: tree.Apply, what: str) -> bool:
    """Return whether one tensor arrives; report it if there are several, or a list."""
    if refuse_lists(body, values, stage.callee.span, what):
        return False
    if len(values) > 1:
        unmerged(body, values, stage.callee.span, what)
    return len(values) == 1


def bind_layer(
    body: BodyResolver, rule: LayerRule, stage: tree.Apply, *, tensors_follow: bool = False
) -> tuple[tuple[graph.Bound, ...], tuple[graph.TensorArgument, ...]] | None:
    """Bind a layer's arguments: those of its constructor, and the tensors given by name.

    `tensors_follow` says that the layer is not applied here, and gets its tensors later.
    """
    tensor_names = {parameter.name: parameter for parameter in rule.tensors[1:]}
    plain: list[tree.Argument] = []
    tensors: list[graph.TensorArgument] = []
    whole = True
    for argument in stage.arguments or ():
        name = argument.name.text if argument.name else None
        if name in tensor_names:
            several = takes_several(tensor_names[str(name)])
            tensor = tensor_argument(body, str(name), argument.value, several=several)
            whole = whole and tensor is not None
            if tensor is not None:
                tensors.append(tensor)
        elif name == "name":
            _named_by_argument(body, argument)
            whole = False
        else:
            plain.append(argument)
    arguments = bind(body.scope, rule.name, stage.callee.span, plain, slots_of(rule))
    given = {tensor.name for tensor in tensors}
    missing = [p.name for p in tensor_names.values() if p.required and p.name not in given]
    # A layer of the user's gets its tensors over the arrow as well.
    tensors_follow = tensors_follow or rule.is_extern
    if whole and arguments.whole and missing and not tensors_follow:
        body.reporter.error(
            "A207",
            stage.callee.span,
            f"`{rule.name}` needs the tensor `{missing[0]}` as well",
            "missing",
            help=f"give it by name: `{rule.name}(..., {missing[0]}=x)`",
        )
        whole = False
    if whole and arguments.whole:
        return arguments.arguments, tuple(tensors)
    body.broken.append(graph.BrokenLayer(rule, arguments.arguments))
    return None


def takes_several(parameter: Parameter) -> bool:
    """True for a tensor argument that is a list, such as `initial_state`."""
    return isinstance(parameter.type, TensorType) and parameter.type.several


def tensor_argument(
    body: BodyResolver, name: str, value: tree.Expression, *, several: bool
) -> graph.TensorArgument | None:
    """Return the tensor, or the list of them if there may be `several`, that an argument names."""
    given: Sequence[tree.Expression] = (value,)
    is_list = isinstance(value, tree.Sequence)
    if isinstance(value, tree.Sequence):
        given = value.items
    if is_list and not several:
        body.reporter.error("G706", value.span, f"`{name}` takes one tensor", "several")
        return None
    tensors = []
    for one in given:
        if isinstance(one, tree.Reference):
            tensors.append(body.tensor_named(one.name, one.span))
        elif isinstance(one, tree.Subscript) and is_item(body, one):
            found = resolve_operand(body, one)
            tensors.append(found if isinstance(found, graph.Value) else None)
        else:
            body.reporter.error(
                "G706", one.span, f"`{name}` takes a tensor", "not the name of a tensor"
            )
            return None
    values = tuple(tensor for tensor in tensors if isinstance(tensor, graph.Value))
    if len(values) < len(tensors) or any(value.poisoned for value in values):
        return None
    if (is_list or not several) and refuse_lists(body, values, value.span, f"`{name}`"):
        return None
    return graph.TensorArgument(name, values, is_list or values[0].is_list)


def _named_by_argument(body: BodyResolver, argument: tree.Argument) -> None:
    value = argument.value
    name = "hidden"
    if isinstance(value, tree.Literal) and isinstance(value.value, str):
        name = value.value if value.value.isidentifier() else name
    body.reporter.error(
        "A208",
        argument.span,
        "layers are named with `as`",
        "not by an argument",
        help=f"write `... as {name}` behind the layer",
    )
