"""The lines of a model or a block -> a Body: inputs, nodes, outputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nndsl import graph
from nndsl.diagnostic import Label, name_each
from nndsl.resolve import order, stages, tensor_lists
from nndsl.resolve.expressions import resolve_number
from nndsl.resolve.liveness import split_dead
from nndsl.resolve.naming import OPERATIONS_OF_MASKS, LayerNames, family, operation_names
from nndsl.resolve.scope import BodyNames, Scope
from nndsl.resolve.stages import Blocks
from nndsl.resolve.tensors import resolve_source
from nndsl.resolve.types import resolve_dims, resolve_dtype
from nndsl.resolve.unknown import report_not_a_tensor
from nndsl.source import Span
from nndsl.syntax import tree
from nndsl.syntax.names import misplaced, steps


class BodyResolver:
    """Resolves one body; `blocks` finds the blocks that it applies."""

    is_region = False

    def __init__(
        self,
        scope: Scope,
        blocks: Blocks,
        definition: tree.Block | tree.Model,
    ) -> None:
        in_block = isinstance(definition, tree.Block)
        lines = definition.body
        self.start(scope, blocks, lines, definition.span, in_block=in_block)
        self.owner = "block" if in_block else "model"
        scope.poisoned.update(name.text for name in misplaced(lines))
        self.names = BodyNames(scope)
        given = order.defined_names(lines)
        if isinstance(definition, tree.Block) and definition.chain is not None:
            given |= {name.text for step in steps(definition.chain) for name in step.names}
        self.later = order.Later(lines)
        inside = set() if isinstance(definition, tree.Block) else blocks.made_inside(definition)
        # Which layers stand in a choice is known only later: then Keras's counting is of no use.
        explicit = in_block or any(isinstance(line, tree.If) for line in lines)
        # What a layer of the user's makes inside itself, and what Keras then counts, nobody knows.
        externs = blocks.kinds_of_externs(definition)
        self.layer_names = LayerNames(
            given,
            blocks.operations(definition),
            inside,
            blocks.blocks_in(definition),
            in_block=explicit or bool(externs),
            calls_python="function" in externs,
        )
        scope.layer_names = self.layer_names
        scope.kind_of = self.kind_of

    def start(
        self,
        scope: Scope,
        blocks: Blocks,
        lines: Sequence[tree.Line],
        header: Span,
        *,
        in_block: bool,
    ) -> None:
        """Begin with nothing resolved."""
        self.scope = scope
        self.reporter = scope.reporter
        self.blocks = blocks
        self.lines = lines
        self.header = header
        self.in_block = in_block
        later = [line.name for line in lines if isinstance(line, tree.Constant)]
        if later:
            places = {name.text: name.span for name in later}
            scope.later_constants = {**scope.later_constants, **places}
        self.constants: list[graph.Constant] = []
        #: Names that are known only inside a loop or choice, and where they stand.
        self.inner_names: dict[str, Span] = {}
        self.inputs: list[graph.Input] = []
        self.shared: list[graph.Shared] = []
        self.nodes: list[graph.GraphNode] = []
        self.broken: list[graph.BrokenLayer] = []
        #: Tensors whose name is also that of an operation of Keras: a layer's, or an input's.
        self.layer_values: set[graph.Value] = set()
        self.outputs: list[graph.BodyOutput] = []
        #: Shared layers that are applied, and tensors at the end of a fork's branch.
        self.used_shared: set[str] = set()
        self.branch_of: dict[graph.Value, int] = {}
        #: The forks, by what comes out of them.
        self.forks: dict[tuple[graph.Value, ...], tree.Fork] = {}
        self.has_output = False
        self.no_input = False
        self.line = 0

    def root(self) -> BodyResolver:
        """Return the model or block that this is the body of, or stands in."""
        return self

    def kind_of(self, name: str) -> str:
        """Return what a name is that stands for layers which are made already, or of several."""
        if name in self.names.shared:
            return "shared layer"
        return "block" if self.blocks.is_block(name) else ""

    def name_of_layer(self, name: str) -> str:
        """Return what a layer is called that makes a tensor of this name, if it is a new one."""
        return self.layer_names.unique(name) if name in self.names.places else name

    def resolve(self) -> graph.Body:
        """Resolve all lines in order."""
        if not any(isinstance(line, (tree.Input, tree.Broken)) for line in self.lines):
            self.report_no_input()
        for index, line in enumerate(self.lines):
            self.line = index
            self.resolve_line(line)
        return self.finish()

    def resolve_chain(self, chain: tuple[tree.Step, ...]) -> graph.Body:
        """Resolve the chain of a point-free block: one input, what comes out is the output."""
        span = self.header
        value = graph.Value(span, "x")
        self.inputs.append(graph.Input(value, "x", "", None, span))
        values = self.resolve_steps((value,), chain)
        self.has_output = True
        if len(values) == 1:
            self.outputs.append(graph.BodyOutput("out", values[0], span))
        else:
            stages.unmerged(self, values, chain[-1].span, "the end of the block")
            self.names.whole = False
        return self.finish()

    def resolve_line(self, line: tree.Line) -> None:
        if isinstance(line, tree.Flow):
            self.resolve_flow(line)
        elif isinstance(line, tree.Input):
            self.resolve_input(line)
        elif isinstance(line, tree.SharedLayer):
            self.resolve_shared(line)
        elif isinstance(line, tree.Output):
            self.resolve_output(line)
        elif isinstance(line, tree.Broken):
            self.names.whole = False
            for name in line.names:
                self.names.poison(name)
        elif isinstance(line, tree.Constant):
            self.resolve_constant(line)
        elif isinstance(line, (tree.For, tree.If)):
            from nndsl.resolve.regions import resolve_for, resolve_if  # which most texts lack

            if isinstance(line, tree.For):
                resolve_for(self, line)
            else:
                resolve_if(self, line)
        else:
            what = type(line).__name__.lower()
            self.reporter.error(
                "T005",
                line.span,
                f"`{what}` cannot stand inside a {self.owner}",
                "belongs outside",
                help="move it out, to a line of its own at the top level",
            )
            self.names.whole = False

    # ---- Lines

    def resolve_constant(self, line: tree.Constant) -> None:
        """Resolve a constant of this body, which may use its parameters."""
        self.scope.later_constants.pop(line.name.text, None)
        value = resolve_number(self.scope, line.value)
        if value is None:
            self.scope.poisoned.add(line.name.text)
            self.names.whole = False
        elif self.names.claim(line.name):
            self.constants.append(graph.Constant(line.name.text, value, line.name.span))
            self.scope.locals[line.name.text] = line.name.span

    def resolve_input(self, line: tree.Input) -> None:
        dims = resolve_dims(self.scope, line.type, rest=self.in_block)
        dtype = self._dtype(line.type)
        whole = dims is not None or self.in_block
        for name in line.names:
            value = graph.Value(name.span, name.text, poisoned=not whole)
            self.names.define(name, value)
            self.layer_values.add(value)
            span = line.span if len(line.names) == 1 else name.span
            self.inputs.append(graph.Input(value, name.text, dtype, dims, span))
        if line.type is None and not self.in_block:
            name = line.names[0]
            self.reporter.error(
                "A207",
                name.span,
                f"the input `{name.text}` has no shape",
                "a model's input needs one",
                help=f"write its sizes without the batch: `input {name.text}: [28, 28, 1]`",
            )

    def _dtype(self, type_: tree.TensorType | None) -> str:
        return resolve_dtype(self.reporter, type_, "" if self.in_block else "float32")

    def resolve_shared(self, line: tree.SharedLayer) -> None:
        from nndsl.resolve.shared import make_shared  # which many texts do without

        shared = make_shared(self, line)
        if self.names.claim(line.name):
            self.names.shared[line.name.text] = shared
        if shared is not None:
            self.shared.append(shared)
        else:
            self.names.whole = False

    def resolve_output(self, line: tree.Output) -> None:
        self.has_output = True
        for expression, type_ in line.values:
            if not isinstance(expression, tree.Reference):
                self.reporter.error(
                    "G706",
                    expression.span,
                    "an output is the name of a tensor",
                    "not a name",
                    help="give the tensor a name with `as` first, and output that name",
                )
                continue
            value = self.tensor_named(expression.name, expression.span)
            if any(output.name == expression.name for output in self.outputs):
                self.reporter.error(
                    "G703", expression.span, f"`{expression.name}` is an output already", "again"
                )
            elif value is not None and not tensor_lists.refuse_lists(
                self, (value,), expression.span, "an output", "one tensor"
            ):
                self.outputs.append(self.output_of(expression, value, type_))

    def output_of(
        self, expression: tree.Reference, value: graph.Value, type_: tree.TensorType | None
    ) -> graph.BodyOutput:
        dims = resolve_dims(self.scope, type_, rest=self.in_block)
        dtype = self._dtype(type_) if type_ is not None and type_.dtype is not None else ""
        return graph.BodyOutput(expression.name, value, expression.span, dims, dtype)

    def resolve_flow(self, line: tree.Flow) -> None:
        sources = [resolve_source(self, source, line.names) for source in line.sources]
        values = tuple(value for value in sources if value is not None)
        if len(values) < len(sources):
            # One message is enough: what follows from it is passed over.
            values = (graph.Value(line.span, poisoned=True),)
        if line.steps:
            values = self.resolve_steps(values, line.steps)
            self.check_merged(values, line.steps[-1])
        else:
            self.name_values(values, line.names, line.span)

    def check_merged(self, values: tuple[graph.Value, ...], last: tree.Step) -> None:
        """Report a fork at the end of a flow, behind which nothing merges its branches."""
        fork = self.forks.get(values)
        if fork is None or last.names or len(values) < 2 or any(v.poisoned for v in values):
            return
        stages.unmerged_fork(self, fork, fork.span, "", "the flow ends here")
        self.names.whole = False

    def resolve_steps(
        self, values: tuple[graph.Value, ...], steps: Sequence[tree.Step]
    ) -> tuple[graph.Value, ...]:
        for step in steps:
            values = stages.resolve_stage(self, values, step)
        return values

    def report_no_input(self) -> None:
        """Report a body without an input, once: that its tensors are unknown follows from it."""
        self.no_input = True
        self.names.whole = False
        example = "input x" if self.in_block else "input x: [28, 28, 1]"
        self.reporter.error(
            "G702",
            self.header,
            f"this {self.owner} has no input",
            "nothing comes in",
            help=f"add the line `{example}`",
        )

    # ---- Names

    def name_values(
        self, values: tuple[graph.Value, ...], names: tuple[tree.Identifier, ...], span: Span
    ) -> None:
        """Give names to values that have been made already."""
        if not names:
            return
        if any(value.poisoned for value in values):
            for name in names:
                tensor_lists.poison(self, name)
            return
        fork = self.forks.get(values)
        if fork is not None and len(names) == 1 < len(values):
            at = names[0].span
            stages.unmerged_fork(self, fork, at, f"before `as {names[0].text}`", "one name")
            tensor_lists.poison(self, names[0])
            return
        if len(names) != len(values):
            self.reporter.error(
                "S114",
                names[0].span.to(names[-1].span),
                f"{_count(len(names), 'name')} for {_count(len(values), 'tensor')}",
                "does not add up",
                labels=(Label(span, "comes from here"),),
                expected=_count(len(values), "name"),
                received=str(len(names)),
                help=name_each(len(values)) if len(values) > 1 else None,
            )
            for name in names:
                tensor_lists.poison(self, name)
            return
        for name, value in zip(names, values, strict=True):
            if tensor_lists.refuse_lists(self, (value,), name.span, "`as`", "tensors"):
                tensor_lists.poison(self, name)
            elif isinstance(name, tree.ListName):
                tensor_lists.put(self, name, value)
            else:
                self.names.define(name, value)

    def tensor_named(self, name: str, span: Span) -> graph.Value | None:
        """Return the tensor of that name; report it if there is none."""
        value = self.names.tensors.get(name)
        if value is not None:
            return value
        if name in self.scope.poisoned:
            return graph.Value(span, poisoned=True)
        if not self.no_input and not self.later.report(self, name, span):
            report_not_a_tensor(self, name, span)
        self.names.whole = False
        self.names.tensors[name] = graph.Value(span, name, poisoned=True)
        return None

    def _missing_output(self, names: list[str]) -> str:
        last = self.lines[-1] if self.lines else None
        if isinstance(last, tree.Flow) and last.steps and not last.steps[-1].names:
            return "add `as y` to the end of its last line, then the line `output y`"
        return f"say what comes out: `output {names[-1]}`" if names else "add `output NAME`"

    def check_operation_names(self) -> None:
        """Report names that Keras will give to the operations in this model."""
        made = {
            name: node
            for node in _operation_nodes(self.nodes)
            for name in operation_names(node.operation.name.partition(".")[2])
        }
        for name, value in self.names.tensors.items():
            node = made.get(family(name))
            if value not in self.layer_values or family(name) not in self.layer_names.operations:
                continue
            if node is not None or family(name) in _OF_MASKS:
                here = () if node is None else (Label(node.span, f"Keras calls this `{name}`"),)
                self.reporter.error(
                    "A208",
                    self.names.places[name],
                    f"`{name}` is what Keras will call an operation in this model",
                    "two operations of one name",
                    labels=here,
                    help=f"choose another name, such as `{name}_layer`",
                )

    # ---- The end

    def finish(self) -> graph.Body:
        if not self.has_output and self.names.whole:
            last = [name for name, value in self.names.tensors.items() if not value.poisoned]
            self.reporter.error(
                "G702",
                self.header,
                f"this {self.owner} has no output",
                "nothing comes out",
                help=self._missing_output(last),
            )
        if not self.in_block:
            self.check_operation_names()
        live, dead = split_dead(self)
        applied = graph.shared_in(live)
        if dead or any(_names_others(layer) for layer in self.shared if layer not in applied):
            live = tuple(_named(node) for node in live)
        shared = tuple(layer for layer in self.shared if layer in applied)
        return graph.Body(
            tuple(self.inputs),
            shared,
            live,
            tuple(self.outputs),
            dead,
            dict(self.branch_of),
            tuple(self.broken),
            tuple(self.constants),
        )


_OF_MASKS = {name for names in OPERATIONS_OF_MASKS.values() for name in names}


def _names_others(shared: graph.Shared) -> bool:
    """True for a layer around others, which were counted when it was read."""
    if not isinstance(shared, graph.SharedLayer) or shared.layer.is_extern:
        return False
    return shared.layer.wraps


def _named(node: graph.GraphNode) -> graph.GraphNode:
    """Fix the name of a layer: Keras counts only layers that are made, which dead ones are not."""
    if isinstance(node, graph.LayerNode) and not node.name.explicit:
        return replace(node, name=graph.LayerName(node.name.text, explicit=True))
    return node


def _count(number: int, noun: str) -> str:
    return f"one {noun}" if number == 1 else f"{number} {noun}s"


def _operation_nodes(nodes: Sequence[graph.GraphNode]) -> Iterator[graph.OperationNode]:
    """Yield the nodes of operations, those in blocks, loops and choices included.

    What a nested model holds stands in that model, as far as Keras is concerned.
    """
    for node in nodes:
        if isinstance(node, graph.OperationNode):
            yield node
        elif isinstance(node, graph.BlockNode) and not node.block.is_model:
            yield from _operation_nodes(node.block.body.nodes)
        for region in graph.regions(node):
            yield from _operation_nodes(region.body.nodes)
