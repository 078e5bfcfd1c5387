"""Graph -> ShapedGraph: shapes, dtypes and parameter counts of every model.

A tensor in error is unknown from there on, so that one mistake gives one message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from nndsl import graph
from nndsl.diagnostic import Diagnostic, Label, Reporter
from nndsl.layers.rule import Dim, Tensor
from nndsl.shapes.contracts import Contract, Contracts, report_size
from nndsl.shapes.evaluate import UNKNOWN, Evaluator
from nndsl.shapes.last_rounds import find_unneeded
from nndsl.shapes.model import Known, MaybeTensor, ShapedGraph, ShapedModel, single
from nndsl.shapes.regions import TooLarge
from nndsl.shapes.walk import Walk
from nndsl.source import Span

#: Layers of blocks that nothing applies, all together, that are checked.
MAX_ALONE = 5_000


def infer_shapes(
    source_graph: graph.Graph, *, size_of_unknown: int | None = None
) -> tuple[ShapedGraph, list[Diagnostic]]:
    """Return the graph with shapes, dtypes and parameter counts, and what does not fit.

    `size_of_unknown` stands for every `?` in the inputs, where concrete sizes are needed.
    """
    reporter = Reporter()
    evaluator = Evaluator(reporter)
    constants = {c: evaluator.constant(c) for c in source_graph.constants}
    applied: set[graph.Block] = set()
    models = {}
    for model in source_graph.models:
        walk = _ModelWalk(reporter, evaluator, model, applied, size_of_unknown)
        models[model.name] = walk.run()
    alone = 0
    for block in source_graph.blocks:
        if any(finding.code == "X952" for finding in reporter.findings):
            break  # what is too large is so in every block around it
        if block not in applied and not block.is_model and alone + block.size <= MAX_ALONE:
            alone += block.size
            _check_alone(reporter, evaluator, block)
    return ShapedGraph(source_graph, models, constants), reporter.findings


def _check_alone(reporter: Reporter, evaluator: Evaluator, block: graph.Block) -> None:
    """Check what can be checked of a block that nothing applies: arguments with known values."""
    walk = Walk(reporter, evaluator, set())
    parameters = {
        p.name: evaluator.evaluate(p.default, {}) if p.default else UNKNOWN
        for p in block.parameters
    }
    contracts = Contracts(reporter, evaluator, parameters, ())
    tensors: dict[graph.Value, Known] = {
        input_.value: _promised(input_, contracts) for input_ in block.body.inputs
    }
    try:
        walk.count_ahead(block.body, parameters)
        walk.walk_body(block.body, parameters, tensors, "", ())
    except TooLarge as error:
        walk.too_large(
            error.loop or block.span, "this block is too large once its loops are expanded"
        )


def _promised(contract: Contract, contracts: Contracts) -> MaybeTensor:
    """Return the tensor that a contract says will come, if it says all of it."""
    sizes = contracts.sizes(contract) if contract.dims is not None else None
    parameters_known = all(
        contracts.evaluator.evaluate(dim, contracts.parameters) is not UNKNOWN
        for dim in contract.dims or ()
        if dim is not None and not isinstance(dim, (str, graph.Rest))
    )
    if sizes is None or Ellipsis in sizes or not parameters_known:
        return None
    return Tensor((None, *sizes), contract.dtype or "float32")


class _ModelWalk(Walk):
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
        tensors: dict[graph.Value, Known] = {}
        inputs: dict[str, Tensor] = {}
        for number, input_ in enumerate(body.inputs):
            tensor = self.input_tensor(input_, parameters)
            if tensor is not None:
                tensor = replace(tensor, origin=(-1 - number, 0))
            tensors[input_.value] = None if input_.value.poisoned else tensor
            inputs[input_.name] = tensor or Tensor((None,), input_.dtype)
        try:
            self.count_ahead(body, parameters)
            self.walk_body(body, parameters, tensors, "", ())
        except TooLarge as error:
            self.too_large(
                error.loop or self.model.span, "this model is too large once its loops are expanded"
            )
        self.check_names()
        outputs = {output.name: single(tensors.get(output.value)) for output in body.outputs}
        contracts = Contracts(self.reporter, self.evaluator, parameters, ())
        for output in body.outputs:
            made = outputs[output.name]
            if made is not None:
                contracts.holds(output, made, f"`{self.model.name}`")
            else:  # of what a layer of the user's gives, the promise is all that is known
                outputs[output.name] = _promised(output, contracts)
        walked = self.trace.parts[0] if self.trace.parts else None
        unneeded, left_out = frozenset[int](), Reporter()
        if walked is not None and all(t and t.origin for t in outputs.values()):
            unneeded = find_unneeded(walked, outputs.values(), self.layer_blocks, left_out)
        return ShapedModel(
            self.model,
            inputs,
            outputs,
            tuple(self.made.layers),
            tensors,
            parameters,
            self.applications,
            frozenset(self.promoting),
            self.block_dtypes(),
            frozenset(self.masked_blocks),
            tuple(self.uses),
            walked,
            self.steady_blocks(),
            frozenset(self.switched_blocks),
            unneeded,
            tuple(left_out.findings),
            self.in_rounds,
        )

    def block_dtypes(self) -> dict[graph.Block, tuple[str | None, ...]]:
        """Return the dtypes of what comes into the blocks, where all their applications agree."""
        found: dict[graph.Block, tuple[str | None, ...]] = {}
        for applied in self.blocks:
            dtypes = tuple(tensor.dtype if tensor else None for tensor in applied.inputs)
            before = found.setdefault(applied.block, dtypes)
            pairs = zip(before, dtypes, strict=True)
            found[applied.block] = tuple(a if a == b else None for a, b in pairs)
        return found

    def steady_blocks(self) -> frozenset[graph.Block]:
        """Return the blocks that are applied to one tensor of float32, always of one shape.

        What Keras has to build for that shape has layers.
        """
        shapes: dict[graph.Block, set[MaybeTensor]] = {}
        for applied in self.blocks:
            shapes.setdefault(applied.block, set()).update(applied.inputs)
        steady = {b for b, met in shapes.items() if len(met) == 1 and len(b.body.inputs) == 1}
        return frozenset(
            block
            for block in steady - self.empty_blocks
            if all(t is not None and t.dtype == "float32" for t in shapes[block])
        )

    def input_tensor(self, input_: graph.Input, parameters: Mapping[str, Any]) -> MaybeTensor:
        """Return the tensor of an input, or None if a size is wrong."""
        shape: list[Dim] = [None]
        for dim in input_.dims or ():
            if dim is None or isinstance(dim, str):
                shape.append(self.size_of_unknown or dim)
                continue
            size = self.evaluator.evaluate(dim, parameters)
            if isinstance(size, int) and not isinstance(size, bool) and size > 0:
                shape.append(size)
                continue
            if size is not UNKNOWN:
                report_size(self.reporter, input_.name, dim.span, size)
            return None
        return Tensor(tuple(shape), input_.dtype)

    def check_names(self) -> None:
        """Names inside blocks begin with the block's: together they must still be unique."""
        seen: dict[str, tuple[Span, ...]] = {}
        inputs = {input_.name: input_.span for input_ in self.model.body.inputs}
        for name, places in self.layer_names():
            first = seen.setdefault(name, places)
            nested = len(first) > 1 or len(places) > 1  # others were reported with their names
            if nested and (first is not places or name in inputs):
                self.reporter.error(
                    "G703",
                    places[0],
                    f"two layers would be called `{name}`",
                    "second one",
                    labels=(Label(inputs.get(name, first[0]), "first one"),),
                    help="give this one another name with `as`",
                )

    def layer_names(self) -> Iterator[tuple[str, tuple[Span, ...]]]:
        """Yield the names of layers, nested models and blocks that are layers, with their places.

        A place is a span, and those of the applications that lead there, the outermost first.
        """
        for layer in self.made.layers:
            yield layer.name, (*layer.calls, layer.span)
        for applied in self.blocks:
            is_layer = applied.block.is_model or applied.block in self.layer_blocks
            if is_layer and not applied.again:
                yield applied.name, (*applied.calls, applied.span)
