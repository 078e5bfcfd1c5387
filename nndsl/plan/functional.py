"""The functional style: blocks as functions, `x = layers.Dense(64)(x)`."""

from __future__ import annotations

from collections.abc import Mapping

from nndsl import graph
from nndsl.plan.body import BodyWriter
from nndsl.plan.code import Code, Names, call, dict_of, list_of, literal, snake_case
from nndsl.plan.expressions import Spelling
from nndsl.plan.inputs import input_call
from nndsl.plan.loops import Loop, makes_layers
from nndsl.plan.model import Function
from nndsl.plan.variables import Variables
from nndsl.plan.writer import (
    ModuleNames,
    apply_block,
    assignment,
    block_arguments,
    build_function,
    in_groups,
    make_block,
    make_shared,
    parameter_names,
    signature_of,
)


class FunctionBody(BodyWriter):
    """Writes the nodes of a body as lines of a function, which makes the layers as it goes."""

    def first_lines(self) -> list[Code]:
        """Give the body's constants values, and make its shared layers."""
        lines = []
        for constant in self.body.constants:
            value = self.spelling.expression(constant.value)
            self.spelling = self.spelling.with_parameter(
                constant.name, self.loops.variable(constant.name)
            )
            lines.append(assignment([self.spelling.parameters[constant.name]], value))
        made: dict[object, Code] = {}
        for shared in self.body.shared:
            made[shared] = self.variables.names.unique(shared.name)
            lines.append(
                assignment([made[shared]], make_shared(self.module, shared, self.spelling))
            )
        self.made = {**self.made, **made}
        return lines

    def layer(self, node: graph.LayerNode) -> Code:
        return self.spelling.layer(node.layer, node.arguments, node.name)

    def block(self, node: graph.BlockNode, variables: Mapping[graph.Value, Code]) -> Code:
        if self.module.forms[node.block].makes_layer:
            made = make_block(self.module, node, self.spelling)
            return apply_block(made, node, variables, self.spelling)
        tensors = [(None, variables[value]) for value in node.inputs]
        given = block_arguments(node, self.module.parameters[node.block], self.spelling)
        name = self.spelling.name_in_body(node.name)
        return call(self.module.blocks[node.block], [*tensors, *given, ("name", name)])

    def loop_header(self, node: graph.LoopNode, loop: Loop) -> tuple[Code, Mapping[object, Code]]:
        return loop.header(counted=makes_layers(node.region.body)), {}


def plan_function(module: ModuleNames, block: graph.Block) -> Function:
    """Return a block as a function of its tensors, its parameters and its name."""
    parameters = module.parameters[block]
    spelling = Spelling(module.constants, parameters, "{name}")
    names = Names({*module.names.taken, *parameters.values(), "name"})
    variables = Variables(block.body, names, inputs_stay=False, functions=module.blocks.values())
    tensors = variables.define_inputs()
    signature = [*tensors, *signature_of(block.parameters, parameters, spelling), "*", "name"]
    writer = FunctionBody(module, block.body, spelling, variables, {})
    shared = writer.first_lines()
    outputs = [output.value for output in block.body.outputs]
    last = block.body.nodes[-1].outputs if block.body.nodes else ()
    ends_plainly = bool(block.body.nodes) and not graph.regions(block.body.nodes[-1])
    single = tuple(outputs) == last and len(outputs) == 1
    inline = outputs if single and ends_plainly else ()
    lines = writer.lines(inline)
    result = Code(", ".join(variables[value] for value in outputs))
    return Function(module.blocks[block], Code(", ".join(signature)), tuple(shared + lines), result)


def plan_functional_model(module: ModuleNames, model: graph.Model) -> Function:
    """Return `build_model`."""
    parameters = parameter_names(model.parameters, module.names.taken)
    spelling = Spelling(module.constants, parameters)
    named = ("name", literal(snake_case(model.name)))
    keyed = not outputs_are_layer_names(model.body)
    names = Names({*module.names.taken, *parameters.values()})
    lines, result = _model_lines(module, model.body, names, spelling, named, keyed=keyed)
    return build_function(
        Code("build_model"), model.parameters, parameters, spelling, lines, result
    )


def plan_functional_builder(module: ModuleNames, block: graph.Block) -> Function:
    """Return a nested model as a function that builds it."""
    parameters = module.parameters[block]
    spelling = Spelling(module.constants, parameters, "")
    names = Names({*module.names.taken, *parameters.values(), "name"})
    named = ("name", Code("name"))
    lines, result = _model_lines(module, block.body, names, spelling, named, keyed=False)
    return build_function(
        module.blocks[block], block.parameters, parameters, spelling, lines, result, block.name
    )


def _model_lines(
    module: ModuleNames,
    body: graph.Body,
    names: Names,
    spelling: Spelling,
    named: tuple[str, Code],
    *,
    keyed: bool,
) -> tuple[tuple[Code, ...], Code]:
    """Return the lines that make a model's tensors, and the model; its outputs may have keys."""
    variables = Variables(body, names, inputs_stay=True, functions=module.blocks.values())
    tensors = variables.define_inputs()
    inputs = [
        assignment([variable], input_call(input_, spelling))
        for variable, input_ in zip(tensors, body.inputs, strict=True)
    ]
    writer = FunctionBody(module, body, spelling, variables, {})
    groups = (inputs, writer.first_lines(), writer.lines())
    outputs = [(output.name, variables[output.value]) for output in body.outputs]
    if len(outputs) == 1:
        given = outputs[0][1]
    else:
        given = dict_of(outputs) if keyed else list_of([variable for _, variable in outputs])
    result = call(
        "keras.Model",
        [
            ("inputs", tensors[0] if len(tensors) == 1 else list_of(tensors)),
            ("outputs", given),
            named,
        ],
    )
    return in_groups(groups), result


def outputs_are_layer_names(body: graph.Body) -> bool:
    """True if Keras will call every output as the source does: by the layer that makes it."""
    made_by = {value: node for node in body.nodes for value in node.outputs}
    for output in body.outputs:
        node = made_by.get(output.value)
        if not isinstance(node, graph.LayerNode) or len(node.outputs) > 1:
            return False
        if not node.name.explicit or node.name.text != output.name:
            return False
    return True
