"""The functional style: blocks as functions, `x = layers.Dense(64)(x)`."""

from __future__ import annotations

from collections.abc import Sequence

from nndsl import graph
from nndsl.plan.code import Code, Names, call, dict_of, list_of, literal, snake_case
from nndsl.plan.expressions import Spelling
from nndsl.plan.inputs import input_call
from nndsl.plan.loops import (
    Loop,
    LoopNames,
    carry,
    choice,
    choose,
    enter,
    indented,
    leave,
    makes_layers,
)
from nndsl.plan.model import Function
from nndsl.plan.variables import Variables
from nndsl.plan.writer import (
    ModuleNames,
    apply_layer,
    apply_operation,
    assignment,
    block_arguments,
    parameter_names,
    signature_of,
)


class FunctionBody:
    """Writes the nodes of a body as lines of a function."""

    def __init__(
        self,
        module: ModuleNames,
        body: graph.Body,
        spelling: Spelling,
        variables: Variables,
    ) -> None:
        self.module = module
        self.body = body
        self.spelling = spelling
        self.variables = variables
        self.shared: dict[graph.SharedLayer, Code] = {}
        self.loops = LoopNames(variables.names)

    def shared_lines(self) -> list[Code]:
        """Return the lines that give the body's constants values and make its shared layers."""
        lines = []
        for constant in self.body.constants:
            value = self.spelling.expression(constant.value)
            self.spelling = self.spelling.with_parameter(
                constant.name, self.loops.variable(constant.name)
            )
            lines.append(assignment([self.spelling.parameters[constant.name]], value))
        for shared in self.body.shared:
            self.shared[shared] = self.variables.names.unique(shared.name)
            lines.append(assignment([self.shared[shared]], self.spelling.shared(shared)))
        return lines

    def lines(self, inline: graph.Value | None = None) -> list[Code]:
        """Return a line for each node; `inline` needs none: its call stands where it is used."""
        lines: list[Code] = []
        for index, node in enumerate(self.body.nodes):
            if isinstance(node, graph.LoopNode):
                lines += self.loop_lines(node, index)
                continue
            if isinstance(node, graph.ChoiceNode):
                lines += self.choice_lines(node, index)
                continue
            value = self.value(node)
            if inline is not None and node.outputs == (inline,):
                self.variables.variables[inline] = value
                continue
            lines.append(assignment(self.variables.define(index), value))
        return lines

    # ---- Loops and choices

    def loop_lines(self, node: graph.LoopNode, index: int) -> list[Code]:
        """Return a Python loop; what is carried keeps its variable."""
        first, carried = carry(self.variables, node, index)
        loop = Loop(node, self.spelling, self.loops)
        self.loops.depth += 1
        inside = self.inside(node.region, index, loop.spelling, carried, carried)
        self.loops.depth -= 1
        header = loop.header(counted=makes_layers(node.region.body))
        return [*first, Code(f"{header}:"), *indented(inside)]

    def choice_lines(self, node: graph.ChoiceNode, index: int) -> list[Code]:
        """Return `if` and `else`; both give the same variables values."""
        targets = choose(self.variables, node, index)
        chosen, otherwise = (
            self.inside(region, index, self.spelling, (), targets)
            for region in (node.chosen, node.otherwise)
        )
        return choice(self.spelling.expression(node.condition), chosen, otherwise)

    def inside(
        self,
        region: graph.Region,
        index: int,
        spelling: Spelling,
        first: Sequence[Code],
        targets: Sequence[Code],
    ) -> list[Code]:
        """Return the lines inside a loop or choice, which end with the targets' values."""
        variables = enter(self.variables, region, index, first, targets)
        writer = FunctionBody(self.module, region.body, spelling, variables)
        writer.shared = {**self.shared}
        writer.loops = self.loops
        lines = [*writer.shared_lines(), *writer.lines()]
        return lines + leave(self.variables, variables, targets)

    def value(self, node: graph.GraphNode) -> Code:
        """Return the right-hand side of a node's line."""
        variables = self.variables.variables
        if isinstance(node, graph.OperationNode):
            return apply_operation(node, variables, self.spelling, self.module.promoting)
        if isinstance(node, graph.SharedNode):
            return apply_layer(self.shared[node.shared], node, variables, self.spelling)
        if isinstance(node, graph.LayerNode):
            made = self.spelling.layer(node.layer, node.arguments, node.name)
            return apply_layer(made, node, variables, self.spelling)
        assert isinstance(node, graph.BlockNode)
        tensors = [(None, variables[value]) for value in node.inputs]
        given = block_arguments(node, self.module.parameters[node.block], self.spelling)
        name = self.spelling.name_in_body(node.name)
        return call(self.module.blocks[node.block], [*tensors, *given, ("name", name)])


def plan_function(module: ModuleNames, block: graph.Block) -> Function:
    """Return a block as a function of its tensors, its parameters and its name."""
    parameters = module.parameters[block]
    spelling = Spelling(module.constants, parameters, "{name}")
    names = Names({*module.names.taken, *parameters.values(), "name"})
    variables = Variables(block.body, names, inputs_stay=False)
    tensors = variables.define_inputs()
    signature = [*tensors, *signature_of(block.parameters, parameters, spelling), "*", "name"]
    writer = FunctionBody(module, block.body, spelling, variables)
    shared = writer.shared_lines()
    outputs = [output.value for output in block.body.outputs]
    last = block.body.nodes[-1].outputs if block.body.nodes else ()
    ends_plainly = bool(block.body.nodes) and not graph.regions(block.body.nodes[-1])
    single = tuple(outputs) == last and len(outputs) == 1
    inline = outputs[0] if single and ends_plainly else None
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
    writer = FunctionBody(module, model.body, spelling, variables)
    shared = writer.shared_lines()
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
