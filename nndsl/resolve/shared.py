"""Shared layers: what a `layer` line makes, and what is given where it is applied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nndsl import graph, layers
from nndsl.diagnostic import Label
from nndsl.resolve.argument_reports import unknown_argument
from nndsl.resolve.expressions import Slot, bind
from nndsl.resolve.stages import (
    bind_layer,
    inputs_of_layer,
    outputs_of_layer,
    poison_of,
    takes_several,
    tensor_argument,
)
from nndsl.resolve.unknown import report_unknown_stage
from nndsl.syntax import tree

if TYPE_CHECKING:
    from nndsl.resolve.body import BodyResolver

Values = tuple[graph.Value, ...]


def make_shared(body: BodyResolver, line: tree.SharedLayer) -> graph.Shared | None:
    """Return the layer, block or nested model that a `layer` line makes."""
    apply = line.apply
    if body.blocks.is_block(apply.callee.text):
        from nndsl.resolve.blocks import make_shared_block

        return make_shared_block(body, line)
    own = body.scope.extern(apply.callee.text)
    if own is not None and own.extern.kind != "layer":
        from nndsl.resolve.externs import report_kind  # only for a message

        report_kind(body.scope, own, apply.callee.span, "not a layer")
        return None
    rule = own or layers.find(apply.callee.text)
    if rule is None:
        report_unknown_stage(body, apply, layers_only=True)
        return None
    if gets_tensors(body, line, [parameter.name for parameter in rule.tensors[1:]]):
        return None
    bound = bind_layer(body, rule, apply, tensors_follow=True)
    return graph.SharedLayer(line.span, line.name.text, rule, bound[0]) if bound else None


def gets_tensors(body: BodyResolver, line: tree.SharedLayer, names: Sequence[str]) -> bool:
    """Report a tensor, one of the names, where something shared is made; return whether it is."""
    for argument in line.apply.arguments or ():
        if argument.name is not None and argument.name.text in names:
            name = argument.name.text
            body.reporter.error(
                "G706",
                argument.span,
                "a shared layer gets its tensors where it is applied",
                f"`{name}` is one",
                help=f"write `x -> {line.name.text}({name}=...)`",
            )
            return True
    return False


def apply_shared(
    body: BodyResolver,
    values: Values,
    stage: tree.Apply,
    shared: graph.Shared | None,
    names: tuple[tree.Identifier, ...],
) -> Values | None:
    """Apply what a `layer` line has made; None if that cannot be (it was reported)."""
    body.used_shared.add(stage.callee.text)
    if shared is None or any(value.poisoned for value in values):
        return poison_of(stage.span)
    if isinstance(shared, graph.SharedBlock):
        from nndsl.resolve.blocks import apply_shared_block

        return apply_shared_block(body, values, stage, shared, names)
    rule = shared.layer
    plain, tensors = _take_apart(body, shared, stage)
    slots = [Slot(flag.name, flag.required, flag.type, by_name_only=True) for flag in rule.flags]
    if tensors is None or not all(_may_stand(body, shared, argument) for argument in plain):
        return None
    flags = bind(body.scope, shared.name, stage.callee.span, plain, slots)
    inputs = inputs_of_layer(body, values, rule, stage, tuple(tensors))
    if not flags.whole or inputs is None or _lacks_tensor(body, shared, inputs[1], stage):
        return None
    outputs = outputs_of_layer(stage.span, names)
    body.nodes.append(graph.SharedNode(stage.span, shared, *inputs, outputs, flags.arguments))
    return outputs


def _take_apart(
    body: BodyResolver, shared: graph.SharedLayer, stage: tree.Apply
) -> tuple[list[tree.Argument], list[graph.TensorArgument] | None]:
    """Take the tensors out of an argument list; None for them if one cannot be found."""
    named = {parameter.name: parameter for parameter in shared.layer.tensors[1:]}
    plain: list[tree.Argument] = []
    tensors: list[graph.TensorArgument] = []
    whole = True
    for argument in stage.arguments or ():
        name = argument.name.text if argument.name else ""
        if name not in named:
            plain.append(argument)
            continue
        several = takes_several(named[name])
        tensor = tensor_argument(body, name, argument.value, several=several)
        whole = whole and tensor is not None
        if tensor is not None:
            tensors.append(tensor)
    return plain, tensors if whole else None


def _may_stand(body: BodyResolver, shared: graph.SharedLayer, argument: tree.Argument) -> bool:
    """Return whether an argument belongs to the call of a layer; report it if it does not."""
    rule = shared.layer
    flags = [flag.name for flag in rule.flags]
    if argument.name is not None and argument.name.text in flags:
        return True
    constructor = [name for name in rule.by_name if name not in flags]
    call = [*(parameter.name for parameter in rule.tensors[1:]), *flags]
    refuse_argument(body, shared, argument, constructor, call)
    return False


def refuse_argument(
    body: BodyResolver,
    shared: graph.Shared,
    argument: tree.Argument,
    constructor: Sequence[str],
    call: Sequence[str],
) -> None:
    """Report an argument where something shared is applied: it belongs where that was made."""
    name = argument.name
    if name is not None and name.text not in constructor:
        unknown_argument(body.scope, shared.name, name, list(call))
        return
    line = shared.span.line
    here = f"; here stand only `{'`, `'.join(call)}`, by name" if call else ""
    what = f"`{name.text}` belongs" if name is not None else "what it is made of belongs"
    body.reporter.error(
        "A210",
        argument.span,
        f"`{shared.name}` has its arguments already",
        "not here",
        labels=(Label(shared.span, "made here"),),
        help=f"{what} into line {line}{here}" if name or call else f"write `-> {shared.name}`",
    )


def _lacks_tensor(
    body: BodyResolver,
    shared: graph.SharedLayer,
    tensors: Sequence[graph.TensorArgument],
    stage: tree.Apply,
) -> bool:
    """Report a tensor of the call that a layer cannot do without."""
    given = {tensor.name for tensor in tensors}
    missing = [p.name for p in shared.layer.tensors[1:] if p.required and p.name not in given]
    if missing:
        body.reporter.error(
            "A207",
            stage.callee.span,
            f"`{shared.name}` needs the tensor `{missing[0]}` as well",
            "missing",
            help=f"give it by name: `{shared.name}({missing[0]}=x)`",
        )
    return bool(missing)
