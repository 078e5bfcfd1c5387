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
    assignment,
    block_arguments,
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
            lines.append(assignment([made[shared]], self.spelling.shared(shared)))
        self.made = {**self.made, **made}
        return lines

    def layer(self, node: graph.LayerNode) -> Code:
        return self.spelling.layer(node.layer, node.arguments, node.name)

    def block(self, node: graph.BlockNode) -> Code:
        tensors = [(None, self.variables[value]) for value in node.inputs]
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
    variables = Variables(block.body, names, inputs_stay=False)
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


def plan_functional_model(
    module: ModuleNames, model: graph.Model
) -> tuple[Code, tuple[tuple[Code, ...], ...], Code]:
    """Return the signature, the groups of lines and the result of `build_model`."""
    parameters = parameter_names(model.parameters, module.names.taken)
    spelling = Spelling(module.constants, parameters)
    names = Names({*module.names.taken, *parameters.values()})
    variables = Variables(model.body, names, inputs_stay=True)
    tensors = variables.define_inputs()
    inputs = [
        assignment([variable], input_call(input_, spelling))
        for variable, input_ in zip(tensors, model.body.inputs, strict=True)
    ]
    writer = FunctionBody(module, model.body, spelling, variables, {})
    shared = writer.first_lines()
    lines = writer.lines()
    outputs = [(output.name, variables[output.value]) for output in model.body.outputs]
    if len(outputs) == 1:
        given = outputs[0][1]
    elif outputs_are_layer_names(model.body):
        given = list_of([variable for _, variable in outputs])
    else:
        given = dict_of(outputs)
    result = call(
        "keras.Model",
        [
            ("inputs", tensors[0] if len(tensors) == 1 else list_of(tensors)),
            ("outputs", given),
            ("name", literal(snake_case(model.name))),
        ],
    )
    signature = Code(", ".join(signature_of(model.parameters, parameters, spelling, hints=True)))
    groups = (tuple(inputs), tuple(shared), tuple(lines))
    return signature, tuple(group for group in groups if group), result


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
