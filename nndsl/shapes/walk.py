"""Walks the nodes of a body in order, through the blocks, and applies the layers' functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from nndsl import graph
from nndsl.diagnostic import Reporter, has_errors, name_each
from nndsl.layers.errors import UnknownOutput
from nndsl.layers.masks import BEGIN, outgoing
from nndsl.layers.rule import (
    UNKNOWN_WEIGHTS,
    BadArgument,
    LayerError,
    LayerRule,
    Output,
    Tensor,
)
from nndsl.shapes.ahead import Ahead
from nndsl.shapes.blocks import Application, Inside, walk_block
from nndsl.shapes.evaluate import UNKNOWN, Evaluator
from nndsl.shapes.made import MadeLayers, Place
from nndsl.shapes.model import (
    AppliedBlock,
    Known,
    MaybeTensor,
    Part,
    Use,
    UsedNode,
    singles,
)
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


class Walk:
    """Walks bodies; collects the layers that are met."""

    def __init__(self, reporter: Reporter, evaluator: Evaluator, applied: set[graph.Block]) -> None:
        self.reporter = reporter
        self.evaluator = evaluator
        evaluator.calls = ()
        self.applied = applied
        self.made = MadeLayers(self)
        #: Shared blocks and nested models by their names: their first application; and those with
        #: a mistake in them.
        self.first: dict[tuple[object, str], Application] = {}
        self.broken_models: set[tuple[object, str]] = set()
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
        #: The blocks in which nothing stands somewhere: loops of no rounds, choices not taken.
        self.empty_blocks: set[graph.Block] = set()
        #: The dtype of what comes into rounds of loops, None where it differs, and if it is masked.
        self.in_rounds: dict[graph.Value, tuple[str | None, bool]] = {}
        #: The blocks that are called with `training`.
        self.switched_blocks: set[graph.Block] = set()
        self.blocks: list[AppliedBlock] = []
        #: The blocks that are layers of Keras somewhere: shared ones, and those inside them.
        self.layer_blocks: set[graph.Block] = set()
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
        shared: Mapping[graph.Shared, str] | None = None,
        inside: Inside | None = None,
    ) -> None:
        """Find the shapes of all that a body makes; `tensors` holds its inputs, and gets all.

        `shared` are the layers that are declared around it, where it is a loop or choice.
        """
        shared = shared or {}
        if body.shared:
            shared = {**shared, **dict.fromkeys(body.shared, prefix)}
        self.evaluator.calls = calls
        for constant in body.constants:
            value = self.evaluator.evaluate(constant.value, parameters)
            parameters = {**parameters, constant.name: value}
        place = Place(parameters, tensors, prefix, calls, shared, inside or Inside())
        inputs = singles(tensors, (input_.value for input_ in body.inputs))
        around = self.trace.enter()
        for node in body.nodes:
            self.visit(node, place)
        outputs = singles(tensors, (output.value for output in body.outputs))
        part = Part(body, prefix, parameters, inputs, tuple(self.trace.steps), outputs)
        self.walk_dead(body.dead, place)
        self.trace.leave(around, part)
        self.evaluator.calls = calls
        for broken in body.broken:
            values = self.argument_values(broken.arguments, parameters)
            if values is not None:
                self.check_values(broken.arguments, broken.layer, values, place)

    def walk_dead(self, nodes: Sequence[graph.GraphNode], place: Place) -> None:
        """Check the nodes that no output depends on, which are not part of the model."""
        if not nodes:
            return
        blocks, first = len(self.blocks), dict(self.first)
        made = self.made.state()
        was_dead, self.in_dead = self.in_dead, True
        for node in nodes:
            self.visit(node, place)
        self.in_dead = was_dead
        del self.blocks[blocks:]
        self.first = first
        self.made.go_back(made)

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
                walk_block(self, node, place)
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

    def count_ahead(self, body: graph.Body, parameters: Mapping[str, Any]) -> None:
        """Stop before the walk where loops alone are more than a model may have."""
        ahead = Ahead(self.evaluator.known)
        if ahead.count(body.nodes, parameters) > MAX_WALKED:
            raise TooLarge(ahead.largest_loop(body.nodes, parameters))

    def count_taken(self, count: int) -> None:
        """Count the tensors that come out of lists; stop when there are too many."""
        self.taken += count
        if self.taken > MAX_TAKEN:
            raise TooLarge

    def too_large(self, span: Span, what: str, calls: tuple[Span, ...] = ()) -> None:
        self.reporter.error(
            "X952",
            span,
            what,
            "too much to expand",
            labels=call_labels(calls),
            expected=f"at most {graph.MAX_NODES:,} layers and rounds of loops in a model",
        )

    # ---- Layers

    def apply_layer(self, node: graph.LayerNode | graph.SharedNode, place: Place) -> None:
        rule, arguments = graph.called(node)
        values = self.argument_values(arguments, place.parameters)
        output = None
        inputs = tensors_of(self, node.inputs, place)
        named = [tensor for t in node.tensor_arguments for tensor in self.given(t, place)]
        arrived = tuple(tensor for tensor in inputs if tensor is not None)
        whole = len(arrived) == len(inputs) and None not in named
        if values is not None and whole and (inputs or not is_empty(self, node, place)):
            output = self.apply_rule(node, arguments, rule, values, arrived, place)
        elif values is not None:
            self.check_values(arguments, rule, values, place)
        tensors: Sequence[MaybeTensor] = [None] * len(node.outputs)
        if output is not None and values is not None:
            tensors = self.output_tensors(node, rule, output)
            tensors = self.masked(node, rule, values, arrived, tensors, place)
        tensors = self.use(node, rule, values, output, tensors, place, (*inputs, *named))
        if output is None or values is None:
            self.made.add_unknown(node, rule, arrived, place)
        elif not self.made.add(node, rule, output, arrived, tensors, place):
            tensors = [None] * len(node.outputs)
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
            return rule.evaluated_by(self.evaluator.evaluate).apply(tensors, values)
        except UnknownOutput:
            self.check_values(arguments, rule, values, place)
        except BadArgument as bad:
            self.check_values(arguments, rule, values, place)  # there may be several
            if bad.parameter.name in values:
                report_bad_argument(self.reporter, bad, rule, node.span, arguments, place.calls)
        except LayerError as error:
            report_layer_error(
                self.reporter, error, node, arguments, place.tensors, place.calls, self.uses
            )
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
        if output.largest_size > MAX_SIZE:
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
        self.reporter.error(
            "S114",
            node.span,
            f"`{rule.name}` gives {len(tensors)} tensor{'s' if len(tensors) > 1 else ''} here",
            f"{len(node.outputs)} {'names' if len(node.outputs) > 1 else 'is taken'}",
            expected=f"{len(tensors)} name{'s' if len(tensors) > 1 else ''}",
            received=str(len(node.outputs)),
            help=name_each(len(tensors)),
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
        if rule.masks not in BEGIN and True not in carried:
            return tensors
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
        values: dict[str, Any] | None,
        output: Output | None,
        tensors: Sequence[MaybeTensor],
        place: Place,
        came: Sequence[MaybeTensor],
    ) -> Sequence[MaybeTensor]:
        """Record an application; return what it gives, with where that comes from.

        `came` are all tensors that come in. There is no `output` where nothing is known of what
        comes out: of a layer of the user's, or behind a mistake, where nothing is recorded.
        """
        if values is None or (output is None and has_errors(self.reporter.findings)):
            return tensors
        index = len(self.uses)
        made = tuple(
            t if t is None else Tensor(t.shape, t.dtype, t.masked, (index, number))
            for number, t in enumerate(tensors)
        )
        name = "" if isinstance(node, graph.OperationNode) else place.name_of(node)
        inputs = tuple(tensor for tensor in came if tensor is not None)
        use = Use(
            index,
            node,
            rule,
            name,
            values,
            inputs,
            made,
            output.weights if output is not None else UNKNOWN_WEIGHTS,
            place.applications,
            not self.in_dead,
            output.multiply_adds if output is not None else None,
        )
        self.uses.append(use)
        self.trace.steps.append(use)
        return made
