"""Walks the nodes of a body in order, through the blocks, and applies the layers' functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nndsl import graph
from nndsl.diagnostic import Label, Reporter
from nndsl.layers.effort import activation_bytes, total
from nndsl.layers.masks import outgoing
from nndsl.layers.rule import (
    BadArgument,
    LayerError,
    LayerRule,
    Output,
    Tensor,
    shape_text,
)
from nndsl.resolve.liveness import inputs_of
from nndsl.shapes.contracts import Contracts
from nndsl.shapes.evaluate import UNKNOWN, Evaluator
from nndsl.shapes.model import Known, LayerInfo, MaybeTensor, Part, Use, UsedNode, single, singles
from nndsl.shapes.operations import walk_operation
from nndsl.shapes.regions import TooLarge, walk_choice, walk_loop
from nndsl.shapes.report import call_labels, report_bad_argument, report_layer_error
from nndsl.shapes.tensor_lists import MAX_TAKEN, is_empty, tensors_of, walk_item, walk_list
from nndsl.shapes.trace import Trace
from nndsl.source import Span

#: The largest size of an axis.
MAX_SIZE = 2**48
#: Nodes and rounds of loops that a walk goes through, in blocks too.
MAX_WALKED = 4 * graph.MAX_NODES


@dataclass(slots=True)
class Place:
    """Where a node is met: values of parameters, tensors so far, prefix of names, calls."""

    parameters: Mapping[str, Any]
    tensors: dict[graph.Value, Known]
    prefix: str
    calls: tuple[Span, ...]
    #: The prefix of the names of shared layers: that of the body which declares them.
    shared: Mapping[graph.SharedLayer, str]


class Walk:
    """Walks bodies; collects the layers that are met."""

    def __init__(self, reporter: Reporter, evaluator: Evaluator, applied: set[graph.Block]) -> None:
        self.reporter = reporter
        self.evaluator = evaluator
        evaluator.calls = ()
        self.applied = applied
        self.layers: list[LayerInfo] = []
        #: Shared layers by the body they stand in, with what they were first applied to and gave,
        #: and their place in `layers`.
        self.shared: dict[tuple[graph.SharedLayer, str], tuple[tuple[Tensor, ...], Output, int]] = (
            {}
        )
        #: True among nodes that no output depends on.
        self.in_dead = False
        #: Operations whose tensors have to be brought to one dtype, somewhere that they are met.
        self.promoting: set[graph.OperationNode] = set()
        #: Nodes that were met: what Keras has to walk through.
        self.applications = 0
        #: Tensors that came out of whole lists.
        self.taken = 0
        #: The blocks that a mask comes into.
        self.masked_blocks: set[graph.Block] = set()
        #: The blocks that are applied, with the dtypes of what comes in.
        self.blocks: list[tuple[graph.Block, tuple[str, ...]]] = []
        #: Every application of a layer or operation.
        self.uses: list[Use] = []
        self.trace = Trace()

    def walk_body(
        self,
        body: graph.Body,
        parameters: Mapping[str, Any],
        tensors: dict[graph.Value, Known],
        prefix: str,
        calls: tuple[Span, ...],
        shared: Mapping[graph.SharedLayer, str] | None = None,
    ) -> None:
        """Find the shapes of all that a body makes; `tensors` holds its inputs, and gets all.

        `shared` are the layers that are declared around it, where it is a loop or choice.
        """
        shared = {**(shared or {}), **dict.fromkeys(body.shared, prefix)}
        for constant in body.constants:
            value = self.evaluator.evaluate(constant.value, parameters)
            parameters = {**parameters, constant.name: value}
        place = Place(parameters, tensors, prefix, calls, shared)
        inputs = singles(tensors, (input_.value for input_ in body.inputs))
        around = self.trace.enter()
        for node in body.nodes:
            self.visit(node, place)
        outputs = singles(tensors, (output.value for output in body.outputs))
        part = Part(body, prefix, parameters, inputs, tuple(self.trace.steps), outputs)
        layers, blocks = len(self.layers), len(self.blocks)
        was_dead, self.in_dead = self.in_dead, True
        for node in body.dead:
            self.visit(node, place)
        self.in_dead = was_dead
        del self.layers[layers:], self.blocks[blocks:]  # checked, but not part of the model
        self.trace.leave(around, part)
        self.evaluator.calls = calls
        for broken in body.broken:
            values = self.argument_values(broken.arguments, parameters)
            if values is not None:
                self.check_values(broken.arguments, broken.layer, values, place)

    def visit(self, node: graph.GraphNode, place: Place) -> None:
        self.count_application()
        self.evaluator.calls = place.calls
        if isinstance(node, graph.OperationNode):
            walk_operation(self, node, place)
        elif isinstance(node, graph.ListNode):
            walk_list(self, node, place)
        elif isinstance(node, graph.ItemNode):
            walk_item(self, node, place)
        elif isinstance(node, (graph.LayerNode, graph.SharedNode)):
            self.apply_layer(node, place)
        else:
            around = self.trace.begin()
            if isinstance(node, graph.BlockNode):
                self.apply_block(node, place)
            elif isinstance(node, graph.LoopNode):
                walk_loop(self, node, place)
            else:
                walk_choice(self, node, place)
            self.trace.end(around, node)

    def count_application(self) -> None:
        """Count what is walked; stop when it is more than a model may have."""
        self.applications += 1
        if self.applications > MAX_WALKED:
            raise TooLarge

    def count_taken(self, count: int) -> None:
        """Count the tensors that come out of lists; stop when there are too many."""
        self.taken += count
        if self.taken > MAX_TAKEN:
            raise TooLarge

    def too_large(self, span: Span, what: str) -> None:
        self.reporter.error(
            "X952",
            span,
            what,
            "too much to expand",
            expected=f"at most {graph.MAX_NODES:,} layers and rounds of loops in a model",
        )

    # ---- Layers

    def apply_layer(self, node: graph.LayerNode | graph.SharedNode, place: Place) -> None:
        made = node.shared if isinstance(node, graph.SharedNode) else node
        rule = made.layer
        values = self.argument_values(made.arguments, place.parameters)
        output = None
        inputs = tensors_of(self, node.inputs, place)
        named = [tensor for t in node.tensor_arguments for tensor in self.given(t, place)]
        arrived = tuple(tensor for tensor in inputs if tensor is not None)
        whole = len(arrived) == len(inputs) and None not in named
        if values is not None and whole and not is_empty(self, node, place):
            output = self.apply_rule(node, made.arguments, rule, values, arrived, place)
        elif values is not None:
            self.check_values(made.arguments, rule, values, place)
        tensors: Sequence[MaybeTensor] = [None] * len(node.outputs)
        if output is not None and values is not None:
            tensors = self.output_tensors(node, rule, output)
            tensors = self.masked(node, rule, values, arrived, tensors, place)
            tensors = self.use(node, rule, values, output, tensors, place)
            self.add_layer(node, rule, output, arrived, tensors, place)
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
        inputs: tuple[Tensor, ...],
        place: Place,
    ) -> Output | None:
        first = rule.tensors[0].name
        tensors: dict[str, Any] = {first: inputs if rule.takes_list else inputs[0]}
        for tensor in node.tensor_arguments:
            given = self.given(tensor, place)
            tensors[tensor.name] = given if tensor.is_list else given[0]
        try:
            return rule.apply(tensors, values)
        except BadArgument as bad:
            self.check_values(arguments, rule, values, place)  # there may be several
            if bad.parameter.name in values:
                report_bad_argument(self.reporter, bad, rule, node.span, arguments, place.calls)
        except LayerError as error:
            report_layer_error(self.reporter, error, node, arguments, place.tensors, place.calls)
        return None

    def given(self, argument: graph.TensorArgument, place: Place) -> tuple[MaybeTensor, ...]:
        """Return the tensors of a layer's call that are given by name."""
        return tuple(tensors_of(self, argument.values, place))

    def check_values(
        self,
        arguments: Sequence[graph.Bound],
        rule: LayerRule,
        values: dict[str, Any],
        place: Place,
    ) -> None:
        """Check the arguments of a layer whose input is unknown: types and words."""
        for bound in arguments:
            try:
                rule.by_name[bound.parameter].convert(values[bound.parameter])
            except BadArgument as bad:
                report_bad_argument(self.reporter, bad, rule, bound.span, arguments, place.calls)
            self.check_inside(bound.value, place)

    def check_inside(self, expression: graph.Expression, place: Place) -> None:
        """Check the arguments of layers that stand inside an argument."""
        if isinstance(expression, graph.Sequence):
            for item in expression.items:
                self.check_inside(item, place)
        elif isinstance(expression, graph.LayerObject):
            values = self.argument_values(expression.arguments, place.parameters)
            if values is not None:
                self.check_values(expression.arguments, expression.layer, values, place)

    def output_tensors(
        self,
        node: graph.LayerNode | graph.SharedNode | graph.OperationNode,
        rule: LayerRule,
        output: Output,
    ) -> Sequence[MaybeTensor]:
        tensors = output.tensors
        if any(isinstance(d, int) and d > MAX_SIZE for t in tensors for d in t.shape):
            self.reporter.error(
                "X952",
                node.span,
                f"`{rule.name}` makes a tensor that no computer holds",
                "too large",
                expected=f"sizes of at most {MAX_SIZE:,}",
            )
            return [None] * len(node.outputs)
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

    def masked(
        self,
        node: graph.LayerNode | graph.SharedNode | graph.OperationNode,
        rule: LayerRule,
        values: Mapping[str, Any],
        inputs: Sequence[MaybeTensor],
        tensors: Sequence[MaybeTensor],
        place: Place,
    ) -> Sequence[MaybeTensor]:
        """Return what comes out, with the masks that it carries; warn of one that is lost."""
        carried = [tensor is not None and tensor.masked for tensor in inputs]
        masks, lost = outgoing(rule.masks, carried or [False], values, len(tensors))
        if lost:
            self.reporter.warning(
                "R609",
                node.span,
                f"the mask is lost: `{rule.name}` takes no notice of masks",
                "steps that are only filled up count like others from here on",
                labels=call_labels(place.calls),
                help="put it behind a layer that ends the sequence, such as `LSTM(64)` or "
                "`GlobalAveragePooling1D`, or make no mask",
            )
        if not any(masks):
            return tensors
        pairs = zip(tensors, masks, strict=True)
        return [replace(t, masked=m) if t is not None and m else t for t, m in pairs]

    def use(
        self,
        node: UsedNode,
        rule: LayerRule,
        values: dict[str, Any],
        output: Output,
        tensors: Sequence[MaybeTensor],
        place: Place,
    ) -> Sequence[MaybeTensor]:
        """Record an application; return what it gives, with where that comes from."""
        index = len(self.uses)
        made = tuple(
            t if t is None else Tensor(t.shape, t.dtype, t.masked, (index, number))
            for number, t in enumerate(tensors)
        )
        came = tensors_of(self, inputs_of(node), place)
        name = ""
        if isinstance(node, graph.SharedNode):
            name = place.shared.get(node.shared, place.prefix) + node.shared.name
        elif isinstance(node, graph.LayerNode):
            name = place.prefix + node.name.text
        inputs = tuple(tensor for tensor in came if tensor is not None)
        use = Use(
            index,
            node,
            rule,
            name,
            values,
            inputs,
            made,
            output.weights,
            place.calls,
            not self.in_dead,
            output.multiply_adds,
        )
        self.uses.append(use)
        self.trace.steps.append(use)
        return made

    def add_layer(
        self,
        node: graph.LayerNode | graph.SharedNode,
        rule: LayerRule,
        output: Output,
        inputs: tuple[Tensor, ...],
        tensors: Sequence[MaybeTensor],
        place: Place,
    ) -> None:
        if isinstance(node, graph.SharedNode):
            prefix = place.shared.get(node.shared, place.prefix)
            name = prefix + node.shared.name
            first = self.shared.setdefault(
                (node.shared, prefix), (inputs, output, len(self.layers))
            )
            if first[1] is not output:
                self.check_shared(node, output, inputs, *first[:2])
                if not self.in_dead:
                    self.add_effort(first[2], output)
                return
        else:
            name = place.prefix + node.name.text
        self.layers.append(
            LayerInfo(
                name,
                rule.name,
                inputs,
                tuple(tensor for tensor in tensors if tensor),
                output.weights,
                output.trainable,
                output.non_trainable,
                node.span,
                place.calls,
                output.multiply_adds,
                activation_bytes(output.tensors),
            )
        )

    def add_effort(self, index: int, output: Output) -> None:
        """Count what a further application of a shared layer costs."""
        before = self.layers[index]
        self.layers[index] = replace(
            before,
            multiply_adds=total((before.multiply_adds, output.multiply_adds)),
            activation_bytes=total((before.activation_bytes, activation_bytes(output.tensors))),
        )

    def check_shared(
        self,
        node: graph.SharedNode,
        output: Output,
        inputs: tuple[Tensor, ...],
        first_inputs: tuple[Tensor, ...],
        first_output: Output,
    ) -> None:
        """A layer's weights are made for its first input: other shapes must suit them."""
        ranks = [tensor.rank for tensor in inputs], [tensor.rank for tensor in first_inputs]
        other_rank = node.shared.layer.pins_rank and ranks[0] != ranks[1]
        other_sizes = first_output.built_for != output.built_for
        if other_rank or other_sizes or first_output.weights != output.weights:
            self.reporter.error(
                "S113",
                node.span,
                f"the shared layer `{node.shared.name}` gets another shape than before",
                ", ".join(shape_text(tensor.shape) for tensor in inputs),
                labels=(Label(node.shared.span, "its weights are shared"),),
                expected=", ".join(shape_text(tensor.shape) for tensor in first_inputs),
                received=", ".join(shape_text(tensor.shape) for tensor in inputs),
                help="declare a second layer, or bring the tensors to one shape first",
            )

    # ---- Blocks

    def apply_block(self, node: graph.BlockNode, place: Place) -> None:
        block = node.block
        self.applied.add(block.whole or block)
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
            input_.value: single(place.tensors.get(value))
            for input_, value in zip(block.body.inputs, node.inputs, strict=True)
        }
        calls = (*place.calls, node.span)
        contracts = Contracts(self.reporter, self.evaluator, parameters, calls)
        for input_ in block.body.inputs:
            tensor = inside[input_.value]
            if tensor is not None and not contracts.holds(input_, tensor, f"`{block.name}`"):
                place.tensors.update(dict.fromkeys(node.outputs))
                return
        if any(tensor is not None and tensor.masked for tensor in inside.values()):
            self.masked_blocks.add(block)
        self.blocks.append((block, tuple(t.dtype if t else "" for t in inside.values())))
        prefix = f"{place.prefix}{node.name}_" if node.name else place.prefix
        found: dict[graph.Value, Known] = {**inside}
        self.walk_body(block.body, parameters, found, prefix, calls)
        for value, output in zip(node.outputs, block.body.outputs, strict=False):
            made = single(found.get(output.value))
            kept = made is None or contracts.holds(output, made, f"`{block.name}`")
            place.tensors[value] = made if kept else None
        for value, unused in node.unused:
            place.tensors[value] = found.get(unused)
