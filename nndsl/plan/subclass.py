"""The subclass style: the model a `keras.Model`, every block a `layers.Layer`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeGuard

from nndsl import graph
from nndsl.layers.modes import BEHAVE_OTHERWISE_IN_TRAINING
from nndsl.plan.body import BodyWriter
from nndsl.plan.code import (
    Code,
    Names,
    call,
    dict_of,
    list_of,
    literal,
    name,
    snake_case,
)
from nndsl.plan.expressions import Spelling
from nndsl.plan.inputs import shape_code
from nndsl.plan.loops import Loop, LoopNames, choice, parameters_used
from nndsl.plan.model import Function, LayerClass
from nndsl.plan.tensor_lists import made_of_lists, starred
from nndsl.plan.variables import Variables
from nndsl.plan.writer import (
    ModuleNames,
    apply_block,
    assignment,
    build_function,
    in_groups,
    make_block,
    make_shared,
    parameter_names,
    signature_of,
)
from nndsl.resolve.layers_made import layers_made
from nndsl.resolve.liveness import inputs_of
from nndsl.shapes.model import ShapedModel
from nndsl.vocabulary import MODEL_ATTRIBUTES


class _ClassWriter:
    """Writes a body as the `__init__` and `call` of a class."""

    def __init__(
        self,
        module: ModuleNames,
        body: graph.Body,
        parameters: Sequence[graph.Parameter],
        spelt: dict[str, Code],
        prefix: str | None,
        borrowed: Mapping[graph.Shared, Code] | None = None,
    ) -> None:
        self.module = module
        self.body = body
        self.spelt = spelt
        self.parameters = parameters
        self.prefix = prefix
        self.attribute_names = Names(MODEL_ATTRIBUTES)
        self.config = tuple((spelt[p.name], self._attribute(p.name, "value")) for p in parameters)
        self.attributes: dict[object, Code] = {}
        #: What the body around has lent: its parameter, and the attribute.
        self.borrowed: list[tuple[Code, Code]] = []
        for shared, parameter in (borrowed or {}).items():
            self.attributes[shared] = Code(f"self.{self._attribute(shared.name, 'layer')}")
            self.borrowed.append((parameter, self.attributes[shared]))
        self.loops = LoopNames(Names({*module.names.taken, *spelt.values(), "inputs"}))

    def _attribute(self, wanted: str, kind: str) -> Code:
        if wanted in MODEL_ATTRIBUTES or wanted.startswith("_"):
            wanted = f"{wanted.lstrip('_')}_{kind}".lstrip("_")
            wanted = wanted if wanted[:1].isalpha() else f"{kind}_{wanted}"
        return self.attribute_names.unique(wanted)

    def attribute_lines(self) -> tuple[Code, ...]:
        """Return the lines of `__init__`: parameters, then layers in the order of the text."""
        spelling = Spelling(self.module.constants, self.spelt, self.prefix)
        lines = [assignment([Code(f"self.{attr}")], key) for key, attr in self.config]
        lines += [assignment([attribute], parameter) for parameter, attribute in self.borrowed]
        return (*lines, *self._made_lines(self.body, spelling))

    def _made_lines(self, body: graph.Body, spelling: Spelling) -> list[Code]:
        """Return the lines that make the layers of a body."""
        lines = []
        for constant in _needed_to_make(body):
            value = spelling.expression(constant.value)
            spelling = spelling.with_parameter(constant.name, self.loops.variable(constant.name))
            lines.append(assignment([spelling.parameters[constant.name]], value))
        for shared in body.shared:
            lines.append(
                self._attribute_line(
                    shared, shared.name, make_shared(self.module, shared, spelling)
                )
            )
        for node in body.nodes:
            if isinstance(node, graph.LoopNode):
                lines += self._made_in_loop(node, spelling)
            elif isinstance(node, graph.ChoiceNode):
                lines += self._made_in_choice(node, spelling)
            elif _is_made_here(node):
                lines.append(self._attribute_line(node, _name_of(node), self._made(node, spelling)))
        return lines

    def _made(self, node: graph.LayerNode | graph.BlockNode, spelling: Spelling) -> Code:
        if isinstance(node, graph.LayerNode):
            return spelling.layer(node.layer, node.arguments, node.name)
        return make_block(self.module, node, spelling, self.attributes)

    def _made_in_loop(self, node: graph.LoopNode, spelling: Spelling) -> list[Code]:
        """Return a list of layers for each layer inside."""
        loop = Loop(node, spelling, self.loops)
        lines = []
        for inner in node.region.body.nodes:
            if _is_made_here(inner):
                made = self._made(inner, loop.spelling)
                wanted = _name_of(inner) or node.name.rstrip("_")
                items = Code(f"[{made} {loop.header(counted=True)}]")
                lines.append(self._attribute_line(inner, wanted, items))
        return lines

    def _made_in_choice(self, node: graph.ChoiceNode, spelling: Spelling) -> list[Code]:
        chosen, otherwise = (
            self._made_lines(region.body, spelling) for region in (node.chosen, node.otherwise)
        )
        return choice(spelling.expression(node.condition), chosen, otherwise)

    def _attribute_line(self, made_for: object, wanted: str, made: Code) -> Code:
        attribute = Code(f"self.{self._attribute(wanted, 'layer')}")
        self.attributes[made_for] = attribute
        return assignment([attribute], made)

    # ---- call

    def call_spelling(self) -> Spelling:
        """Return how parameters are spelt outside of `__init__`."""
        attributes = (Code(f"self.{attribute}") for _, attribute in self.config)
        return Spelling(self.module.constants, dict(zip(self.spelt, attributes, strict=True)))

    def call_lines(self, inputs: dict[graph.Value, Code] | None) -> tuple[list[Code], list[Code]]:
        """Return the lines of `call`, and the expressions of the outputs.

        `inputs` are the expressions of the inputs; None for a block that gets a list of them.
        A tensor that is only returned is returned by its call, without a variable.
        """
        spelling = self.call_spelling()
        variables = Variables(
            self.body, Names({*self.module.names.taken, "inputs"}), inputs_stay=False
        )
        lines = []
        if inputs is None:
            lines.append(_taken_apart(self.body.inputs, variables.define_inputs()))
        else:
            variables.variables.update(inputs)
        uses = {value for node in self.body.nodes for value in inputs_of(node)}
        values = [output.value for output in self.body.outputs]
        # A shared layer is built by its first call: several calls keep their order.
        calls = [(node.shared, node) for node in self.body.nodes if _is_shared(node)]
        times = Counter(shared for shared, _ in calls)
        regions = [region for node in self.body.nodes for region in graph.regions(node)]
        times.update(made for region in regions for made in graph.shared_in(region.body.nodes))
        shared = {v for made, node in calls if times[made] > 1 for v in node.outputs}
        inside = {v for node in self.body.nodes if graph.regions(node) for v in node.outputs}
        listed = made_of_lists(self.body)
        stays = uses | shared | inside | listed
        inline = {v for v in values if v not in stays and values.count(v) == 1}
        variables.keep_to_the_end(
            node for node in self.body.nodes if not inline.isdisjoint(node.outputs)
        )
        writer = _CallWriter(self.module, self.body, spelling, variables, self.attributes)
        lines += [*writer.first_lines(), *writer.lines(inline)]
        results = [variables[value] for value in values]
        if len(results) > 1:
            results = [starred(v, code) for v, code in zip(values, results, strict=True)]
        return lines, results


def _taken_apart(inputs: Sequence[graph.Input], variables: Sequence[Code]) -> Code:
    """Return the line that gives the tensors in `inputs` their variables: `x, *skips = inputs`."""
    if len(inputs) == 1:
        return assignment(variables, Code("list(inputs)"))
    pairs = zip(inputs, variables, strict=True)
    return assignment([starred(input_.value, code) for input_, code in pairs], Code("inputs"))


def _needed_to_make(body: graph.Body) -> list[graph.Constant]:
    """Return the constants that a body's layers are made with: `call` computes its own."""
    computing = (graph.OperationNode, graph.ItemNode, graph.ListNode)
    makers = tuple(node for node in body.nodes if not isinstance(node, computing))
    used = set(parameters_used((body.shared, makers)))
    needed: list[graph.Constant] = []
    for constant in reversed(body.constants):
        if constant.name in used:
            used.update(parameters_used(constant.value))
            needed.insert(0, constant)
    return needed


def _is_shared(node: graph.GraphNode) -> TypeGuard[graph.SharedNode | graph.BlockNode]:
    return isinstance(node, (graph.SharedNode, graph.BlockNode)) and node.shared is not None


def _is_made_here(node: graph.GraphNode) -> TypeGuard[graph.LayerNode | graph.BlockNode]:
    """True for a layer or block that its own node makes."""
    return isinstance(node, (graph.LayerNode, graph.BlockNode)) and not _is_shared(node)


def _name_of(node: graph.LayerNode | graph.BlockNode) -> str:
    return node.name.text if isinstance(node, graph.LayerNode) else node.name


class _CallWriter(BodyWriter):
    """Writes the nodes of a body as lines of `call`, which apply what `__init__` has made."""

    def first_lines(self) -> list[Code]:
        """Know the body's constants: `call` has the parameters, not what came of them."""
        for constant in self.body.constants:
            value = self.spelling.expression(constant.value)
            self.spelling = self.spelling.with_parameter(constant.name, value)
        return []

    def layer(self, node: graph.LayerNode) -> Code:
        return self.made[node]

    def block(self, node: graph.BlockNode, variables: Mapping[graph.Value, Code]) -> Code:
        return apply_block(self.made[node], node, variables, self.spelling)

    def loop_header(self, node: graph.LoopNode, loop: Loop) -> tuple[Code, Mapping[object, Code]]:
        """Return a header that goes through the layers that `__init__` has made for a loop."""
        items = self._items(node)
        return self._header(loop, node, {self.made[n]: item for n, item in items.items()}), items

    def _items(self, node: graph.LoopNode) -> dict[object, Code]:
        """Return the variables of the layers in a loop; no tensor is called like them."""
        items: dict[object, Code] = {}
        for made in node.region.body.nodes:
            if _is_made_here(made):
                word = _name_of(made) or "layer"
                outside = {self.variables.name_of(value) for value in node.outputs}
                is_tensor = word in self.variables.own_names | outside
                items[made] = self.loops.variable(f"{word}_layer" if is_tensor else word)
        return items

    def _header(self, loop: Loop, node: graph.LoopNode, layers: Mapping[Code, Code]) -> Code:
        """Return a loop's header; variables stand in it only if `call` itself needs them."""
        computing = (graph.OperationNode, graph.ItemNode)
        applied = (n for n in node.region.body.nodes if isinstance(n, computing))
        used = set(parameters_used(tuple(applied))) & set(node.variables)
        pairs = dict(layers)
        if used:
            targets = ", ".join(loop.variables)
            single = len(loop.variables) == 1
            pairs[loop.items] = Code(targets if single else f"({targets})")
        if not pairs:
            return loop.header(counted=False)
        if len(pairs) == 1:
            ((sequence, target),) = pairs.items()
            return Code(f"for {target} in {sequence}")
        return Code(f"for {', '.join(pairs.values())} in zip({', '.join(pairs)}, strict=True)")


def plan_block_class(
    module: ModuleNames, block: graph.Block, shaped: ShapedModel, package: Code
) -> LayerClass:
    """Return a block as a Layer, a nested model as a Model; several inputs come as a list."""
    spelt = module.parameters[block]
    prefix = "" if block.is_model else "{self.name}"
    borrowed = module.borrowed[block]
    writer = _ClassWriter(module, block.body, block.parameters, spelt, prefix, borrowed)
    attributes = writer.attribute_lines()
    inputs = block.body.inputs
    single = len(inputs) == 1 and not inputs[0].value.is_list
    if block.is_model:
        dtypes: Sequence[str | None] = [input_.dtype for input_ in inputs]
        build_inputs = _model_build_inputs(inputs, writer.call_spelling())
    else:
        dtypes = shaped.block_dtypes.get(block) or ["float32"] * len(inputs)
        build_inputs = _block_build_inputs([d or "float32" for d in dtypes], single=single)
    lines, results = writer.call_lines({inputs[0].value: Code("inputs")} if single else None)
    return LayerClass(
        module.blocks[block],
        Code("keras.Model" if block.is_model else "layers.Layer"),
        package,
        _signature(module, block.parameters, spelt, borrowed.values()),
        attributes,
        build_inputs,
        tuple(lines),
        Code(", ".join(results)),
        writer.config,
        passes_masks=block in shaped.masked_blocks,
        takes_training=block in shaped.switched_blocks,
        autocast=not _has_other_floats(dtypes),
    )


def _signature(
    module: ModuleNames,
    parameters: Sequence[graph.Parameter],
    spelt: dict[str, Code],
    borrowed: Iterable[Code] = (),
) -> Code:
    spelling = Spelling(module.constants, spelt)
    own = signature_of(parameters, spelt, spelling)
    return Code(", ".join(["self", *own, *borrowed, "**kwargs"]))


#: Dense and EinsumDense take `training` for weights of 8 bits alone, which no text asks for.
_MIND_TRAINING = BEHAVE_OTHERWISE_IN_TRAINING - {"Dense", "EinsumDense"}


def _minds_training(body: graph.Body) -> bool:
    """True if layers inside behave otherwise in training; what an extern one does is not known.

    `fit` trains a model whose `call` takes no `training` as if it were asked for predictions.
    """
    return any(
        made.layer.is_extern or made.layer.name in _MIND_TRAINING for made in layers_made(body)
    )


def plan_subclass_model(
    module: ModuleNames, model: graph.Model, package: Code
) -> tuple[LayerClass, Function]:
    """Return the model's class, and `build_model`."""
    spelt = parameter_names(model.parameters, module.names.taken)
    writer = _ClassWriter(module, model.body, model.parameters, spelt, None)
    attributes = writer.attribute_lines()
    inputs = model.body.inputs
    if len(inputs) == 1:
        codes = {inputs[0].value: Code("inputs")}
    else:
        codes = {i.value: Code(f"inputs[{literal(i.name)}]") for i in inputs}
    call_lines, results = writer.call_lines(codes)
    output_names = [output.name for output in model.body.outputs]
    result = results[0]
    if len(results) > 1:
        result = dict_of(zip(output_names, results, strict=True))
    layer_class = LayerClass(
        module.model_class,
        Code("keras.Model"),
        package,
        _signature(module, model.parameters, spelt),
        attributes,
        _build_inputs(inputs),
        tuple(call_lines),
        result,
        writer.config,
        takes_training=_minds_training(model.body),
        autocast=not _has_other_floats([input_.dtype for input_ in inputs]),
    )
    spelling = Spelling(module.constants, spelt)
    given: list[tuple[str | None, Code]] = [(key, key) for key in spelt.values()]
    made = call(module.model_class, [*given, ("name", literal(snake_case(model.name)))])
    shapes = [(i.name, shape_code(i, spelling, batch=True)) for i in inputs]
    shape = shapes[0][1] if len(shapes) == 1 else dict_of(shapes)
    lines = in_groups([[assignment([Code("model")], made), Code(f"model.build({shape})")]])
    built = build_function(
        Code("build_model"), model.parameters, spelt, spelling, lines, name("model")
    )
    return layer_class, built


def _has_other_floats(dtypes: Sequence[str | None]) -> bool:
    """True for floats other than float32; None, where applications differ, may be such."""
    return any(d is None or ("float" in d and d != "float32") for d in dtypes)


def _symbolic(shape: str, dtype: str) -> Code:
    """Return a symbolic tensor."""
    arguments: list[tuple[str | None, Code]] = [(None, Code(shape))]
    if dtype != "float32":
        arguments.append(("dtype", literal(dtype)))
    return call("keras.KerasTensor", arguments)


def _block_build_inputs(dtypes: Sequence[str], *, single: bool) -> Code:
    """Return symbolic tensors for a block's inputs, made from `input_shape`."""
    if single:
        return _symbolic("input_shape", dtypes[0])
    if all(dtype == "float32" for dtype in dtypes):
        return Code("[keras.KerasTensor(shape) for shape in input_shape]")
    return list_of([_symbolic(f"input_shape[{i}]", dtype) for i, dtype in enumerate(dtypes)])


def _model_build_inputs(inputs: Sequence[graph.Input], spelling: Spelling) -> Code:
    """Return symbolic tensors of the shapes that a nested model declares."""
    made = [_symbolic(shape_code(i, spelling, batch=True), i.dtype) for i in inputs]
    return made[0] if len(made) == 1 else list_of(made)


def _build_inputs(inputs: Sequence[graph.Input]) -> Code:
    """Return symbolic tensors for a model's inputs, made from `input_shape`."""
    if len(inputs) == 1:
        return _symbolic("input_shape", inputs[0].dtype)
    if all(input_.dtype == "float32" for input_ in inputs):
        return Code("{key: keras.KerasTensor(shape) for key, shape in input_shape.items()}")
    return dict_of((i.name, _symbolic(f"input_shape[{literal(i.name)}]", i.dtype)) for i in inputs)
