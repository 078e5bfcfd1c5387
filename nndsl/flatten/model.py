"""Expands a model: every application of a layer becomes a node of the model's own body."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from nndsl import graph
from nndsl.diagnostic import Diagnostic, Reporter
from nndsl.flatten.expressions import Expressions, names_in
from nndsl.resolve.liveness import inputs_of
from nndsl.shapes import ShapedGraph
from nndsl.shapes.evaluate import Evaluator

#: Layers and operations that are written out, each on a line of its own.
MAX_FLAT = 5_000

Values = tuple[graph.Value, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """What is known inside a body."""

    #: What parameters and constants of blocks, and variables of loops, stand for.
    names: Mapping[str, graph.Expression]
    #: What the names of layers begin with: `stage2_`.
    prefix: str
    #: The layers that shared ones become; of a shared block what is known inside.
    shared: Mapping[graph.Shared, graph.SharedLayer | Scope]
    #: The new tensors in the place of those of the body.
    values: dict[graph.Value, graph.Value]
    #: What tensors are called whose node gives them to a body around this one.
    called: Mapping[graph.Value, str | None] = field(default_factory=dict)
    #: True where tensors keep the names that the source gives them: outside of blocks and loops.
    is_outermost: bool = True
    #: True in a shared block: its layers are those of all its applications.
    is_shared: bool = False
    #: Arguments of the call of a nested model or shared block, for the layers in it.
    flags: tuple[graph.Bound, ...] = ()

    def name_of(self, value: graph.Value) -> str | None:
        return self.called.get(value, value.name if self.is_outermost else None)


def flatten(whole: ShapedGraph, name: str) -> tuple[graph.Graph | None, list[Diagnostic]]:
    """Return a graph that holds one of the models alone, with all in it expanded.

    The model must be free of errors. Layers, and what they are called, stay the same; those of a
    nested model have its name in front, as if it were a block. Constants
    and parameters stay too, but for those that the number of rounds or a choice hangs on: they
    are written out as values, as another value would be another model.
    """
    shaped = whole.models[name]
    reporter = Reporter()
    if shaped.applications > MAX_FLAT:
        reporter.error(
            "X952",
            shaped.model.span,
            f"`{name}` is too large to be written without blocks and loops",
            "too much to expand",
            expected=f"at most {MAX_FLAT:,} layers, operations and rounds of loops",
            received=f"{shaped.applications:,}",
            help="compile it without `--flat`",
        )
        return None, reporter.findings
    source = whole.graph
    model = _flat_model(shaped.model, Evaluator(reporter, whole.constants))
    trained = model if source.trained is shaped.model else None
    return replace(source, blocks=(), models=(model,), trained=trained), []


def _flat_model(model: graph.Model, evaluator: Evaluator) -> graph.Model:
    own = {p.name: p.default for p in model.parameters if p.default is not None}
    own.update((constant.name, constant.value) for constant in model.body.constants)
    fixed: frozenset[object] = frozenset()
    while True:
        expressions = Expressions(evaluator, own, fixed)
        body = _Expansion(expressions).model_body(model.body)
        if expressions.deciding <= fixed:
            break
        fixed |= expressions.deciding
    constants = _used_constants(body, expressions)
    used = {*_names_of_body(body), *(n for c in constants for n in names_in(c.value))}
    parameters = tuple(p for p in model.parameters if p.name in used)
    return replace(model, parameters=parameters, body=replace(body, constants=constants))


def _used_constants(body: graph.Body, expressions: Expressions) -> tuple[graph.Constant, ...]:
    """Return those of a model's own constants that are still used, in their order."""
    used = _names_of_body(body)
    kept = []
    for constant in reversed(body.constants):
        if constant.name in used:
            value = expressions.written(constant.value, {})
            used.update(names_in(value))
            kept.append(replace(constant, value=value))
    return tuple(reversed(kept))


def _names_of_body(body: graph.Body) -> set[object]:
    parts: list[object] = [tuple(shared.arguments for shared in body.shared)]
    parts += [input_.dims for input_ in body.inputs]
    parts += [output.dims for output in body.outputs]
    for node in body.nodes:
        if isinstance(node, (graph.LayerNode, graph.SharedNode, graph.OperationNode)):
            parts.append(node.arguments)
        if isinstance(node, graph.OperationNode):
            parts += [operand.number for operand in node.operands]
    return {name for part in parts for name in names_in(part)}


class _Expansion:
    """Walks a model as the shapes are found, and makes the nodes anew."""

    def __init__(self, expressions: Expressions) -> None:
        self.expressions = expressions
        self.nodes: list[graph.GraphNode] = []
        self.shared: list[graph.SharedLayer] = []
        #: What the layers of shared blocks have become, by their prefix.
        self.met: dict[tuple[object, str], graph.SharedLayer] = {}
        self.branch_of: dict[graph.Value, int] = {}
        #: What lists of tensors hold.
        self.lists: dict[graph.Value, Values] = {}

    def model_body(self, body: graph.Body) -> graph.Body:
        """Return the body of a model with everything in it expanded."""
        inputs = tuple(
            replace(input_, dims=self.expressions.sizes(input_.dims)) for input_ in body.inputs
        )
        scope = Scope({}, "", {}, {input_.value: input_.value for input_ in body.inputs})
        self.expand(body, scope)
        outputs = tuple(
            replace(
                output,
                value=scope.values[output.value],
                dims=output.dims and self.expressions.sizes(output.dims),
            )
            for output in body.outputs
        )
        nodes = _live(self.nodes, {output.value for output in outputs})
        shared, nodes = _applied_again(self.shared, nodes)
        return graph.Body(
            inputs, shared, nodes, outputs, branch_of=self.branch_of, constants=body.constants
        )

    # ---- Bodies

    def expand(self, body: graph.Body, scope: Scope) -> None:
        """Add the nodes of a body; its values come to be known in the scope."""
        shared = dict(scope.shared)
        for made in body.shared:
            if isinstance(made, graph.SharedLayer):
                shared[made] = self.new_shared(made, scope)
            else:
                shared[made] = self.inside_of(made, scope)
        scope = replace(scope, shared=shared)
        for node in body.nodes:
            if isinstance(node, graph.BlockNode):
                self.block(node, scope)
            elif isinstance(node, graph.LoopNode):
                self.loop(node, scope)
            elif isinstance(node, graph.ChoiceNode):
                self.choice(node, scope)
            elif isinstance(node, graph.ListNode):
                self.put(node, scope)
            elif isinstance(node, graph.ItemNode):
                self.take(node, scope)
            else:
                self.application(node, scope)
            for value in node.outputs:
                if value in body.branch_of:
                    self.branch_of[scope.values[value]] = body.branch_of[value]

    def new_shared(
        self, made: graph.SharedLayer | graph.LayerNode, scope: Scope
    ) -> graph.SharedLayer:
        """Return what is shared: a shared layer, or any in a shared block, which is met again."""
        key = (made, scope.prefix)
        if key not in self.met or not scope.is_shared:
            name = scope.prefix + (made.name if isinstance(made.name, str) else made.name.text)
            arguments = self.arguments(made.arguments, scope)
            self.met[key] = graph.SharedLayer(made.span, name, made.layer, arguments)
            self.shared.append(self.met[key])
        return self.met[key]

    def inside_of(self, made: graph.SharedBlock | graph.BlockNode, scope: Scope) -> Scope:
        """Return what is known inside a block."""
        names = {a.parameter: a.value for a in self.arguments(made.arguments, scope)}
        for parameter in made.block.parameters:
            if parameter.name not in names and parameter.default is not None:
                names[parameter.name] = self.expressions.written(parameter.default, {})
        prefix = f"{scope.prefix}{made.name}_" if made.name else scope.prefix
        shared = scope.is_shared or isinstance(made, graph.SharedBlock)
        return replace(scope, names=names, prefix=prefix, is_outermost=False, is_shared=shared)

    def block(self, node: graph.BlockNode, scope: Scope) -> None:
        inner = self.inside_of(node, scope) if node.shared is None else scope.shared[node.shared]
        assert isinstance(inner, Scope)
        flags = self.arguments(node.flags, scope) or scope.flags
        inner = replace(inner, flags=flags)
        self.inside(node.block.body, node.inputs, node.outputs, scope, inner)

    def loop(self, node: graph.LoopNode, scope: Scope) -> None:
        """Add the nodes of all rounds; what comes out of one goes into the next."""
        region = node.region
        count = len(node.outputs)
        carried = [scope.values[value] for value in region.given[:count]]
        others = [scope.values[value] for value in region.given[count:]]
        rounds = self.expressions.items(node, scope.names)
        for number, names in enumerate(rounds, 1):
            is_last = number == len(rounds)
            inner = replace(
                scope,
                names={**scope.names, **names},
                prefix=f"{scope.prefix}{node.name}{number}_",
                values=_pairs(region.body, [*carried, *others]),
                called=_called(region.body, node.outputs, scope) if is_last else {},
                is_outermost=False,
            )
            self.expand_with_constants(region.body, inner)
            carried = [inner.values[output.value] for output in region.body.outputs]
        scope.values.update(zip(node.outputs, carried, strict=True))

    def choice(self, node: graph.ChoiceNode, scope: Scope) -> None:
        region = node.chosen
        if not self.expressions.value(node.condition, scope.names):
            region = node.otherwise
        self.inside(region.body, region.given, node.outputs, scope, scope)

    def inside(
        self, body: graph.Body, given: Values, results: Values, outside: Scope, inner: Scope
    ) -> None:
        """Add the nodes of a body that stands in a node, and know what the node gives."""
        inner = replace(
            inner,
            values=_pairs(body, [outside.values[value] for value in given]),
            called=_called(body, results, outside),
        )
        self.expand_with_constants(body, inner)
        made = [inner.values[output.value] for output in body.outputs]
        outside.values.update(zip(results, made, strict=True))

    def expand_with_constants(self, body: graph.Body, scope: Scope) -> None:
        """Add the nodes of a body in which its constants are written out."""
        names = dict(scope.names)
        for constant in body.constants:
            names[constant.name] = self.expressions.written(constant.value, names)
        self.expand(body, replace(scope, names=names))

    # ---- Lists of tensors

    def put(self, node: graph.ListNode, scope: Scope) -> None:
        before = self.lists[scope.values[node.before]] if node.before is not None else ()
        self.new_list(node.outputs, (*before, *self.tensors(node.items, scope)), scope)

    def take(self, node: graph.ItemNode, scope: Scope) -> None:
        held = self.lists[scope.values[node.taken_from]]
        index = self.expressions.value(node.index, scope.names)
        if isinstance(index, slice):
            self.new_list(node.outputs, held[index], scope)
        else:
            scope.values[node.outputs[0]] = held[index]

    def new_list(self, outputs: Values, held: Values, scope: Scope) -> None:
        (output,) = outputs
        scope.values[output] = made = graph.Value(output.span, is_list=True)
        self.lists[made] = held

    def tensors(self, values: Values, scope: Scope) -> Values:
        """Return the new tensors in the place of some values, those of lists one by one."""
        found: list[graph.Value] = []
        for value in values:
            made = scope.values[value]
            found += self.lists[made] if made.is_list else (made,)
        return tuple(found)

    # ---- Layers and operations

    def application(
        self, node: graph.LayerNode | graph.SharedNode | graph.OperationNode, scope: Scope
    ) -> None:
        outputs = tuple(graph.Value(value.span, scope.name_of(value)) for value in node.outputs)
        scope.values.update(zip(node.outputs, outputs, strict=True))
        made: graph.GraphNode
        if isinstance(node, graph.OperationNode):
            made = replace(
                node,
                operands=tuple(self.operand(operand, scope) for operand in node.operands),
                arguments=self.arguments(node.arguments, scope),
                outputs=outputs,
            )
        else:
            tensors = tuple(
                replace(argument, values=self.tensors(argument.values, scope))
                for argument in node.tensor_arguments
            )
            inputs = self.tensors(node.inputs, scope)
            rule, given = graph.called(node)
            flags = {flag.name for flag in rule.flags} - {bound.parameter for bound in given}
            switched = tuple(bound for bound in scope.flags if bound.parameter in flags)
            if isinstance(node, graph.LayerNode) and not scope.is_shared:
                explicit = node.name.explicit or bool(scope.prefix)
                name = graph.LayerName(scope.prefix + node.name.text, explicit)
                given = (*self.arguments(given, scope), *switched)
                made = graph.LayerNode(node.span, name, rule, given, inputs, tensors, outputs)
            else:
                shared, here = self.shared_of(node, scope)
                made = graph.SharedNode(
                    node.span, shared, inputs, tensors, outputs, (*here, *switched)
                )
        self.nodes.append(made)

    def shared_of(
        self, node: graph.LayerNode | graph.SharedNode, scope: Scope
    ) -> tuple[graph.SharedLayer, tuple[graph.Bound, ...]]:
        """Return the shared layer that is applied, and the arguments that are given to it here."""
        if isinstance(node, graph.LayerNode):
            return self.new_shared(node, scope), ()
        shared = scope.shared[node.shared]
        assert isinstance(shared, graph.SharedLayer)
        return shared, self.arguments(node.arguments, scope)

    def operand(self, operand: graph.Operand, scope: Scope) -> graph.Operand:
        number = operand.number
        if number is not None:
            number = self.expressions.written(number, scope.names, scope.prefix)
        return replace(operand, values=self.tensors(operand.values, scope), number=number)

    def arguments(self, arguments: Sequence[graph.Bound], scope: Scope) -> tuple[graph.Bound, ...]:
        """Return arguments as they are written outside of all bodies."""
        return tuple(
            replace(bound, value=self.expressions.written(bound.value, scope.names, scope.prefix))
            for bound in arguments
        )


def _pairs(body: graph.Body, given: Sequence[graph.Value]) -> dict[graph.Value, graph.Value]:
    return {i.value: value for i, value in zip(body.inputs, given, strict=True)}


def _called(body: graph.Body, results: Values, outside: Scope) -> dict[graph.Value, str | None]:
    """Return what the outputs of a body are called: what the results of the node around it are."""
    pairs = zip(body.outputs, results, strict=True)
    return {output.value: outside.name_of(result) for output, result in pairs}


def _live(
    nodes: Sequence[graph.GraphNode], needed: set[graph.Value]
) -> tuple[graph.GraphNode, ...]:
    """Return the nodes that lead to an output: a choice may have left some without a use."""
    kept = []
    for node in reversed(nodes):
        if not needed.isdisjoint(node.outputs):
            kept.append(node)
            needed.update(inputs_of(node))
    return tuple(reversed(kept))


def _applied_again(
    shared: Sequence[graph.SharedLayer], nodes: Sequence[graph.GraphNode]
) -> tuple[tuple[graph.SharedLayer, ...], tuple[graph.GraphNode, ...]]:
    """Return the layers that are applied more than once; others are made where they are applied."""
    times = Counter(node.shared for node in nodes if isinstance(node, graph.SharedNode))
    kept = tuple(layer for layer in shared if times[layer] > 1)
    return kept, tuple(
        _made_here(node) if isinstance(node, graph.SharedNode) and times[node.shared] == 1 else node
        for node in nodes
    )


def _made_here(node: graph.SharedNode) -> graph.LayerNode:
    shared = node.shared
    return graph.LayerNode(
        node.span,
        graph.LayerName(shared.name, explicit=True),
        *graph.called(node),
        node.inputs,
        node.tensor_arguments,
        node.outputs,
    )
