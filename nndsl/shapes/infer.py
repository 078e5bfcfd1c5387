"""Graph -> ShapedGraph: walks every model in order, through its blocks, and applies the layers'
functions to shapes. A tensor in error is unknown (None) from there on, so that one mistake gives
one message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional

from nndsl import graph
from nndsl.diagnostic import Diagnostic, Label, Reporter, did_you_mean
from nndsl.layers.arguments import Unfit
from nndsl.layers.rule import (
    BadArgument,
    Dim,
    LayerError,
    LayerRule,
    Output,
    Tensor,
    Weight,
    shape_text,
)
from nndsl.shapes.evaluate import UNKNOWN, Evaluator, show
from nndsl.source import Span
from nndsl.suggest import nearest

MaybeTensor = Optional[Tensor]


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """A layer of a model as Keras will have it: `name` with the prefixes of the blocks."""

    name: str
    kind: str
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    weights: tuple[Weight, ...]
    trainable: int
    non_trainable: int
    span: Span
    #: The applications of blocks that lead to it, the outermost first.
    calls: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class ShapedModel:
    """A model with every shape found."""

    model: graph.Model
    inputs: dict[str, Tensor]
    outputs: dict[str, MaybeTensor]
    layers: tuple[LayerInfo, ...]
    #: The tensors of the model's own body; those inside blocks are in `layers`.
    tensors: dict[graph.Value, MaybeTensor]
    #: The default of each parameter.
    parameters: dict[str, Any]

    @property
    def trainable(self) -> int:
        return sum(layer.trainable for layer in self.layers)

    @property
    def non_trainable(self) -> int:
        return sum(layer.non_trainable for layer in self.layers)


@dataclass(frozen=True, slots=True)
class ShapedGraph:
    graph: graph.Graph
    models: dict[str, ShapedModel]
    #: Values of constants, of training settings: whatever stands outside the models.
    constants: dict[str, Any] = field(default_factory=dict)


def infer_shapes(
    source_graph: graph.Graph, *, size_of_unknown: int | None = None
) -> tuple[ShapedGraph, list[Diagnostic]]:
    """Return the graph with shapes, dtypes and parameter counts, and what does not fit.

    `size_of_unknown` stands for every `?` in the inputs, where concrete sizes are needed.
    """
    reporter = Reporter()
    evaluator = Evaluator(reporter)
    constants = {c.name: evaluator.constant(c) for c in source_graph.constants}
    applied: set[graph.Block] = set()
    models = {}
    for model in source_graph.models:
        walk = _ModelWalk(reporter, evaluator, model, applied, size_of_unknown)
        models[model.name] = walk.run()
    for block in source_graph.blocks:
        if block not in applied:
            _check_alone(reporter, evaluator, block)
    return ShapedGraph(source_graph, models, constants), reporter.findings


def _check_alone(reporter: Reporter, evaluator: Evaluator, block: graph.Block) -> None:
    """Check what can be checked of a block that nothing applies: arguments with known values."""
    walk = _Walk(reporter, evaluator, set())
    parameters = {
        p.name: evaluator.evaluate(p.default, {}) if p.default else UNKNOWN
        for p in block.parameters
    }
    tensors: dict[graph.Value, MaybeTensor] = {i.value: None for i in block.body.inputs}
    walk.walk_body(block.body, parameters, tensors, "", ())


class _Walk:
    """Walks bodies; collects the layers that are met."""

    def __init__(self, reporter: Reporter, evaluator: Evaluator, applied: set[graph.Block]) -> None:
        self.reporter = reporter
        self.evaluator = evaluator
        self.applied = applied
        self.layers: list[LayerInfo] = []
        #: Shared layers by the body they stand in, with the first shapes they were applied to.
        self.shared: dict[tuple[graph.SharedLayer, str], tuple[Tensor, ...]] = {}

    def walk_body(
        self,
        body: graph.Body,
        parameters: Mapping[str, Any],
        tensors: dict[graph.Value, MaybeTensor],
        prefix: str,
        calls: tuple[Span, ...],
    ) -> None:
        """Find the shapes of all that a body makes; `tensors` holds its inputs, and gets all."""
        for node in body.nodes:
            self.visit(node, _Place(parameters, tensors, prefix, calls))
        count = len(self.layers)
        for node in body.dead:
            self.visit(node, _Place(parameters, tensors, prefix, calls))
        del self.layers[count:]  # checked, but not part of the model
        for broken in body.broken:
            place = _Place(parameters, tensors, prefix, calls)
            values = self.argument_values(broken.arguments, parameters)
            if values is not None:
                self.check_values(broken.arguments, broken.layer, values, place)

    def visit(self, node: graph.GraphNode, place: _Place) -> None:
        if isinstance(node, graph.BlockNode):
            self.apply_block(node, place)
        elif isinstance(node, graph.ScalarNode):
            self.apply_scalar(node, place)
        else:
            self.apply_layer(node, place)

    # ---- Layers

    def apply_layer(self, node: graph.LayerNode | graph.SharedNode, place: _Place) -> None:
        made = node.shared if isinstance(node, graph.SharedNode) else node
        rule = made.layer
        values = self.argument_values(made.arguments, place.parameters)
        output = None
        inputs = [place.tensors.get(value) for value in node.inputs]
        named = [place.tensors.get(v) for t in node.tensor_arguments for v in t.values]
        if values is not None and None not in inputs and None not in named:
            output = self.apply_rule(node, made.arguments, rule, values, place)
        elif values is not None:
            self.check_values(made.arguments, rule, values, place)
        tensors: Sequence[MaybeTensor] = [None] * len(node.outputs)
        if output is not None and values is not None:
            tensors = self.output_tensors(node, rule, output, values)
            self.add_layer(node, rule, output, values, place)
        for value, tensor in zip(node.outputs, tensors, strict=True):
            place.tensors[value] = tensor

    def argument_values(
        self, arguments: Sequence[graph.Bound], parameters: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """Return the values of arguments by name, or None if one of them is unknown."""
        values = {a.parameter: self.evaluator.evaluate(a.value, parameters) for a in arguments}
        return None if any(value is UNKNOWN for value in values.values()) else values

    def apply_rule(
        self,
        node: graph.LayerNode | graph.SharedNode,
        arguments: Sequence[graph.Bound],
        rule: LayerRule,
        values: dict[str, Any],
        place: _Place,
    ) -> Output | None:
        inputs = tuple(place.tensors[value] for value in node.inputs)
        first = rule.tensors[0].name
        tensors: dict[str, Any] = {first: inputs if rule.takes_list else inputs[0]}
        for tensor in node.tensor_arguments:
            given = tuple(place.tensors[value] for value in tensor.values)
            tensors[tensor.name] = given if tensor.is_list else given[0]
        try:
            return rule.apply(tensors, values)
        except BadArgument as bad:
            self.report_bad_argument(bad, rule, node.span, arguments, place)
        except LayerError as error:
            self.report_layer_error(error, node, arguments, place)
        return None

    def check_values(
        self,
        arguments: Sequence[graph.Bound],
        rule: LayerRule,
        values: dict[str, Any],
        place: _Place,
    ) -> None:
        """Check the arguments of a layer whose input is unknown: types and words."""
        for bound in arguments:
            try:
                rule.by_name[bound.parameter].convert(values[bound.parameter])
            except BadArgument as bad:
                self.report_bad_argument(bad, rule, bound.span, arguments, place)

    def output_tensors(
        self,
        node: graph.LayerNode | graph.SharedNode,
        rule: LayerRule,
        output: Output,
        values: dict[str, Any],
    ) -> Sequence[MaybeTensor]:
        tensors = output.tensors
        if values.get("dtype"):
            dtype = str(values["dtype"]).removeprefix("mixed_")
            tensors = tuple(Tensor(t.shape, dtype) if "float" in t.dtype else t for t in tensors)
        if len(tensors) == len(node.outputs):
            return tensors
        names = ", ".join("abcdefgh"[: len(tensors)])
        self.reporter.error(
            "S114",
            node.span,
            f"`{rule.name}` gives {len(tensors)} tensor{'s' if len(tensors) > 1 else ''} here",
            f"{len(node.outputs)} {'names' if len(node.outputs) > 1 else 'is taken'}",
            expected=f"{len(tensors)} name{'s' if len(tensors) > 1 else ''}",
            received=str(len(node.outputs)),
            help=f"name each of them: `as {names}`",
        )
        return [None] * len(node.outputs)

    def add_layer(
        self,
        node: graph.LayerNode | graph.SharedNode,
        rule: LayerRule,
        output: Output,
        values: dict[str, Any],
        place: _Place,
    ) -> None:
        inputs = tuple(t for t in (place.tensors[value] for value in node.inputs) if t)
        if isinstance(node, graph.SharedNode):
            name = place.prefix + node.shared.name
            key = (node.shared, place.prefix)
            first = self.shared.setdefault(key, inputs)
            if first is not inputs:
                self.check_shared(node, rule, output, first, inputs)
                return
        else:
            name = place.prefix + node.name.text
        trainable, frozen = output.trainable, output.non_trainable
        if values.get("trainable") is False:
            trainable, frozen = 0, trainable + frozen
        tensors = tuple(t for t in self.output_tensors(node, rule, output, values) if t)
        self.layers.append(
            LayerInfo(
                name, rule.name, inputs, tensors, output.weights, trainable, frozen,
                node.span, place.calls,
            )  # fmt: skip
        )

    def check_shared(
        self,
        node: graph.SharedNode,
        rule: LayerRule,
        output: Output,
        first: tuple[Tensor, ...],
        inputs: tuple[Tensor, ...],
    ) -> None:
        """A layer's weights are made for its first input: other shapes must suit them."""
        values = {a.parameter: self.evaluator.evaluate(a.value, {}) for a in node.shared.arguments}
        names = rule.tensors[0].name
        try:
            before = rule.apply({names: first if rule.takes_list else first[0]}, values)
        except (LayerError, BadArgument):
            return
        if before.weights != output.weights:
            self.reporter.error(
                "S113",
                node.span,
                f"the shared layer `{node.shared.name}` gets another shape than before",
                ", ".join(shape_text(tensor.shape) for tensor in inputs),
                labels=(Label(node.shared.span, "its weights are shared"),),
                expected=", ".join(shape_text(tensor.shape) for tensor in first),
                received=", ".join(shape_text(tensor.shape) for tensor in inputs),
                help="declare a second layer, or bring the tensors to one shape first",
            )

    # ---- Blocks and arithmetic

    def apply_block(self, node: graph.BlockNode, place: _Place) -> None:
        block = node.block
        self.applied.add(block)
        given = {
            a.parameter: self.evaluator.evaluate(a.value, place.parameters) for a in node.arguments
        }
        parameters = {
            p.name: (
                given[p.name]
                if p.name in given
                else self.evaluator.evaluate(p.default, {}) if p.default else UNKNOWN
            )
            for p in block.parameters
        }
        inside: dict[graph.Value, MaybeTensor] = {
            input_.value: place.tensors.get(value)
            for input_, value in zip(block.body.inputs, node.inputs, strict=True)
        }
        prefix = f"{place.prefix}{node.name}_"
        self.walk_body(block.body, parameters, inside, prefix, (*place.calls, node.span))
        for value, output in zip(node.outputs, block.body.outputs, strict=False):
            place.tensors[value] = inside.get(output.value)

    def apply_scalar(self, node: graph.ScalarNode, place: _Place) -> None:
        tensor = place.tensors.get(node.tensor)
        number = self.evaluator.evaluate(node.number, place.parameters)
        if number is not UNKNOWN and (
            isinstance(number, bool) or not isinstance(number, (int, float))
        ):
            self.reporter.error(
                "A209",
                node.number.span,
                "a tensor can be combined with a number here",
                "not a number",
                received=show(number),
            )
            tensor = None
        if tensor is not None and ("float" not in tensor.dtype):
            becomes_float = isinstance(number, float) or node.operator == "/"
            tensor = Tensor(tensor.shape, "float32" if becomes_float else tensor.dtype)
        place.tensors[node.outputs[0]] = tensor

    # ---- Messages

    def report_bad_argument(
        self,
        bad: BadArgument,
        rule: LayerRule,
        span: Span,
        arguments: Sequence[graph.Bound],
        place: _Place,
    ) -> None:
        bound = next((a for a in arguments if a.parameter == bad.parameter.name), None)
        report_unfit(
            self.reporter,
            bad.unfit,
            bound.value.span if bound else span,
            f"`{bad.parameter.name}` of `{rule.name}`",
            bad.value,
            _call_labels(place.calls),
        )

    def report_layer_error(
        self,
        error: LayerError,
        node: graph.LayerNode | graph.SharedNode,
        arguments: Sequence[graph.Bound],
        place: _Place,
    ) -> None:
        bound = next((a for a in arguments if a.parameter == error.argument), None)
        labels = [
            Label(value.span, f"gives {place.tensors[value]}")
            for value in node.inputs
            if place.tensors.get(value) is not None
        ]
        self.reporter.error(
            error.code,
            bound.span if bound else node.span,
            error.title,
            "does not fit" if bound is None else "this one",
            labels=(*labels[:4], *_call_labels(place.calls)),
            expected=error.expected,
            received=error.received,
            help=error.help,
        )


@dataclass(slots=True)
class _Place:
    """Where a node is met: values of parameters, tensors so far, prefix of names, calls."""

    parameters: Mapping[str, Any]
    tensors: dict[graph.Value, MaybeTensor]
    prefix: str
    calls: tuple[Span, ...]


def _call_labels(calls: tuple[Span, ...]) -> tuple[Label, ...]:
    return tuple(Label(span, "in the block applied here") for span in reversed(calls[-3:]))


def report_unfit(
    reporter: Reporter,
    unfit: Unfit,
    span: Span,
    what: str,
    value: Any,
    labels: tuple[Label, ...] = (),
) -> None:
    """Report a value that its argument does not accept."""
    is_word = isinstance(value, str)
    guess = nearest(value, unfit.words) if is_word else None
    unknown_word = is_word and bool(unfit.words)
    reporter.error(
        "A202" if unknown_word else "A209",
        span,
        f"unknown word `{value}` for {what}" if unknown_word else f"wrong value for {what}",
        "not accepted",
        labels=labels,
        expected=unfit.expected,
        received=show(value),
        help=did_you_mean(guess),
    )


class _ModelWalk(_Walk):
    """Walks one model from its inputs to its outputs."""

    def __init__(
        self,
        reporter: Reporter,
        evaluator: Evaluator,
        model: graph.Model,
        applied: set[graph.Block],
        size_of_unknown: int | None,
    ) -> None:
        super().__init__(reporter, evaluator, applied)
        self.model = model
        self.size_of_unknown = size_of_unknown

    def run(self) -> ShapedModel:
        body = self.model.body
        parameters = {
            p.name: self.evaluator.evaluate(p.default, {}) if p.default else UNKNOWN
            for p in self.model.parameters
        }
        tensors: dict[graph.Value, MaybeTensor] = {}
        inputs: dict[str, Tensor] = {}
        for input_ in body.inputs:
            tensor = self.input_tensor(input_, parameters)
            tensors[input_.value] = None if input_.value.poisoned else tensor
            inputs[input_.name] = tensor
        self.walk_body(body, parameters, tensors, "", ())
        self.check_names()
        outputs = {output.name: tensors.get(output.value) for output in body.outputs}
        return ShapedModel(self.model, inputs, outputs, tuple(self.layers), tensors, parameters)

    def input_tensor(self, input_: graph.Input, parameters: Mapping[str, Any]) -> Tensor:
        shape: list[Dim] = [None]
        for dim in input_.dims or ():
            if dim is None or isinstance(dim, str):
                shape.append(self.size_of_unknown or dim)
                continue
            size = self.evaluator.evaluate(dim, parameters)
            if size is UNKNOWN:
                shape.append(None)
            elif isinstance(size, bool) or not isinstance(size, int) or size < 1:
                self.reporter.error(
                    "A209",
                    dim.span,
                    f"wrong size in the shape of `{input_.name}`",
                    "not a size",
                    expected="a positive integer, or `?`",
                    received=show(size),
                    help=(
                        "the batch is not part of the shape: leave it out"
                        if size in (None, -1)
                        else None
                    ),
                )
                shape.append(None)
            else:
                shape.append(size)
        return Tensor(tuple(shape), input_.dtype)

    def check_names(self) -> None:
        """Names inside blocks begin with the block's: together they must still be unique."""
        seen: dict[str, LayerInfo] = {}
        inputs = {input_.name: input_.span for input_ in self.model.body.inputs}
        for layer in self.layers:
            first = seen.setdefault(layer.name, layer)
            if first is not layer or layer.name in inputs:
                where = first.calls[0] if first.calls else first.span
                if layer.name in inputs:
                    where = inputs[layer.name]
                self.reporter.error(
                    "G703",
                    layer.calls[0] if layer.calls else layer.span,
                    f"two layers would be called `{layer.name}`",
                    "second one",
                    labels=(Label(where, "first one"),),
                    help="give this one another name with `as`",
                )
