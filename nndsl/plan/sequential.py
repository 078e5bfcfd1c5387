"""The sequential style: a list of layers; a block is a function that returns a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nndsl import graph
from nndsl.plan.code import Code, Names, call, dict_of, list_of, literal, snake_case
from nndsl.plan.expressions import Spelling
from nndsl.plan.inputs import input_call
from nndsl.plan.loops import Loop, LoopNames
from nndsl.plan.model import Function
from nndsl.plan.writer import (
    ModuleNames,
    build_function,
    make_block,
    parameter_names,
    signature_of,
)


def _items(
    module: ModuleNames, body: graph.Body, spelling: Spelling, loops: LoopNames
) -> list[Code]:
    """Return the layers of a body, each an item of a list; what gives several has a star."""
    items = []
    for constant in body.constants:
        # A list has no place to give names to values: they stand where they are used.
        value = spelling.expression(constant.value)
        spelling = spelling.with_parameter(constant.name, value)
    for node in body.nodes:
        assert not isinstance(node, (graph.ListNode, graph.ItemNode))
        if isinstance(node, graph.OperationNode):
            items.append(_function(node, spelling))
        elif isinstance(node, graph.LoopNode):
            if not node.region.body.nodes:
                continue  # `repeat 3 { _ }`
            items.append(_loop(module, node, spelling, loops))
        elif isinstance(node, graph.ChoiceNode):
            chosen, otherwise = (
                list_of(_items(module, region.body, spelling, loops))
                for region in (node.chosen, node.otherwise)
            )
            condition = spelling.expression(node.condition)
            items.append(Code(f"*({chosen} if {condition} else {otherwise})"))
        elif isinstance(node, graph.BlockNode):
            made = make_block(module, node.shared or node, spelling)
            items.append(made if module.forms[node.block].makes_layer else Code(f"*{made}"))
        elif isinstance(node, graph.SharedNode):
            items.append(spelling.shared(node.shared))
        else:
            items.append(spelling.layer(node.layer, node.arguments, node.name))
    return items


def _function(node: graph.OperationNode, spelling: Spelling) -> Code:
    """Return a function of the user's own within a layer, which is all that a list can hold."""
    assert node.operation.is_extern
    given: list[tuple[str | None, Code]] = [(None, spelling.callee(node.operation))]
    if node.arguments:
        arguments = [(a.parameter, spelling.expression(a.value)) for a in node.arguments]
        given.append(("arguments", dict_of(arguments)))
    return call("layers.Lambda", given)


def _loop(module: ModuleNames, node: graph.LoopNode, spelling: Spelling, loops: LoopNames) -> Code:
    """Return `*[layers.Dense(8, name=f"dense{i + 1}") for i in range(3)]`."""
    loop = Loop(node, spelling, loops)
    loops.counters.append(loop.index)
    items = _items(module, node.region.body, loop.spelling, loops)
    loops.counters.pop()
    header = loop.header(counted=True)
    if len(items) == 1 and not items[0].startswith("*"):
        return Code(f"*[{items[0]} {header}]")
    layer = loops.variable("layer")
    inside = items[0][1:] if len(items) == 1 else list_of(items)
    return Code(f"*[{layer} {header} for {layer} in {inside}]")


def plan_layer_list(module: ModuleNames, block: graph.Block) -> Function:
    """Return a block as a function that gives the list of its layers."""
    signature, items = _items_of_block(module, block)
    return Function(module.blocks[block], signature, (), _listed(items))


def plan_sequential_block(module: ModuleNames, block: graph.Block) -> Function:
    """Return a block as a function that builds one layer: a Sequential."""
    signature, items = _items_of_block(module, block)
    result = call("keras.Sequential", [(None, _listed(items)), ("name", Code("name"))])
    return Function(module.blocks[block], signature, (), result)


def _items_of_block(module: ModuleNames, block: graph.Block) -> tuple[Code, list[Code]]:
    """Return the signature of a block's function, and the layers of the block."""
    parameters = module.parameters[block]
    spelling = Spelling(module.constants, parameters, "{name}")
    signature = [*signature_of(block.parameters, parameters, spelling), "*", "name"]
    loops = LoopNames(Names({*module.names.taken, *parameters.values(), "name"}))
    return Code(", ".join(signature)), _items(module, block.body, spelling, loops)


def plan_sequential_model(module: ModuleNames, model: graph.Model) -> Function:
    """Return `build_model`."""
    parameters = parameter_names(model.parameters, module.names.taken)
    spelling = Spelling(module.constants, parameters)
    named = literal(snake_case(model.name))
    result = _sequential(module, model.body, parameters, spelling, named)
    return build_function(Code("build_model"), model.parameters, parameters, spelling, (), result)


def plan_sequential_builder(module: ModuleNames, block: graph.Block) -> Function:
    """Return a nested model as a function that builds it."""
    parameters = module.parameters[block]
    spelling = Spelling(module.constants, parameters, "")
    result = _sequential(module, block.body, parameters, spelling, Code("name"))
    return build_function(
        module.blocks[block], block.parameters, parameters, spelling, (), result, block.name
    )


def _sequential(
    module: ModuleNames,
    body: graph.Body,
    parameters: Mapping[str, Code],
    spelling: Spelling,
    named: Code,
) -> Code:
    loops = LoopNames(Names({*module.names.taken, *parameters.values(), "name"}))
    items = [input_call(body.inputs[0], spelling), *_items(module, body, spelling, loops)]
    return call("keras.Sequential", [(None, _listed(items)), ("name", named)])


def _listed(items: Sequence[Code]) -> Code:
    """Return a list; its trailing comma keeps one layer to a line, however short the list."""
    return Code(f"[{', '.join(items)},]") if items else Code("[]")
