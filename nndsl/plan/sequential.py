"""The sequential style: a list of layers; a block is a function that returns a list."""

from __future__ import annotations

from nndsl import graph
from nndsl.plan.code import Code, Names, call, list_of, literal, snake_case
from nndsl.plan.expressions import Spelling
from nndsl.plan.inputs import input_call
from nndsl.plan.loops import Loop, LoopNames
from nndsl.plan.model import Function
from nndsl.plan.writer import (
    ModuleNames,
    block_arguments,
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
        assert not isinstance(node, (graph.OperationNode, graph.ListNode, graph.ItemNode))
        if isinstance(node, graph.LoopNode):
            items.append(_loop(module, node, spelling, loops))
        elif isinstance(node, graph.ChoiceNode):
            chosen, otherwise = (
                list_of(_items(module, region.body, spelling, loops))
                for region in (node.chosen, node.otherwise)
            )
            condition = spelling.expression(node.condition)
            items.append(Code(f"*({chosen} if {condition} else {otherwise})"))
        elif isinstance(node, graph.BlockNode):
            given = block_arguments(node, module.parameters[node.block], spelling)
            name = spelling.name_in_body(node.name)
            made = call(module.blocks[node.block], [*given, ("name", name)])
            items.append(Code(f"*{made}"))
        elif isinstance(node, graph.SharedNode):
            items.append(spelling.shared(node.shared))
        else:
            items.append(spelling.layer(node.layer, node.arguments, node.name))
    return items


def _loop(module: ModuleNames, node: graph.LoopNode, spelling: Spelling, loops: LoopNames) -> Code:
    """Return `*[layers.Dense(8, name=f"dense{i + 1}") for i in range(3)]`."""
    loop = Loop(node, spelling, loops)
    loops.depth += 1
    items = _items(module, node.region.body, loop.spelling, loops)
    loops.depth -= 1
    header = loop.header(counted=True)
    if len(items) == 1 and not items[0].startswith("*"):
        return Code(f"*[{items[0]} {header}]")
    layer = loops.variable("layer")
    inside = items[0][1:] if len(items) == 1 else list_of(items)
    return Code(f"*[{layer} {header} for {layer} in {inside}]")


def plan_layer_list(module: ModuleNames, block: graph.Block) -> Function:
    """Return a block as a function that gives the list of its layers."""
    parameters = module.parameters[block]
    spelling = Spelling(module.constants, parameters, "{name}")
    signature = [*signature_of(block.parameters, parameters, spelling), "*", "name"]
    loops = LoopNames(Names({*module.names.taken, *parameters.values(), "name"}))
    items = _items(module, block.body, spelling, loops)
    return Function(module.blocks[block], Code(", ".join(signature)), items=tuple(items))


def plan_sequential_model(
    module: ModuleNames, model: graph.Model
) -> tuple[Code, tuple[tuple[Code, ...], ...], Code]:
    """Return the signature, the groups of lines and the result of `build_model`."""
    parameters = parameter_names(model.parameters, module.names.taken)
    spelling = Spelling(module.constants, parameters)
    loops = LoopNames(Names({*module.names.taken, *parameters.values()}))
    items = [
        input_call(model.body.inputs[0], spelling),
        *_items(module, model.body, spelling, loops),
    ]
    # The trailing comma keeps one layer to a line, however short the list.
    listed = Code(list_of(items)[:-1] + ",]")
    result = call("keras.Sequential", [(None, listed), ("name", literal(snake_case(model.name)))])
    signature = Code(", ".join(signature_of(model.parameters, parameters, spelling, hints=True)))
    return signature, (), result
