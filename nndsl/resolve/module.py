"""Module -> Graph: constants, blocks and models, each with its names resolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Union

from nndsl import graph, layers
from nndsl.diagnostic import Diagnostic, Label, Reporter, did_you_mean
from nndsl.layers.inside import MADE_INSIDE
from nndsl.resolve import order
from nndsl.resolve.body import BodyResolver
from nndsl.resolve.expressions import resolve_expression, unknown_value
from nndsl.resolve.liveness import BlockParts
from nndsl.resolve.naming import (
    FUNCTIONS_OF_SYMBOLS,
    OPERATIONS_OF_MASKS,
    keras_name,
    operation_names,
)
from nndsl.resolve.scope import Scope
from nndsl.resolve.training import resolve_training
from nndsl.source import Span
from nndsl.syntax import tree
from nndsl.syntax.names import definitions, lines_inside

#: Blocks that may stand inside each other.
MAX_DEPTH = 64

Definition = Union[tree.Block, tree.Model]


def resolve(
    module: tree.Module, overrides: Mapping[str, tree.Expression] | None = None
) -> tuple[graph.Graph, list[Diagnostic]]:
    """Return the graph of a module and what is wrong with its names. Never raises.

    `overrides` gives constants other values (`--set`).
    """
    resolver = _ModuleResolver(module, overrides or {})
    return resolver.resolve(), resolver.reporter.findings


class _ModuleResolver:
    def __init__(self, module: tree.Module, overrides: Mapping[str, tree.Expression]) -> None:
        self.module = module
        self.overrides = overrides
        self.reporter = Reporter()
        self.scope = Scope(self.reporter)
        self.definitions: dict[str, Definition] = {}
        self.blocks: dict[str, graph.Block | None] = {}
        self.in_progress: list[str] = []
        self.used_blocks: set[str] = set()
        #: Nodes of all models and blocks together, each block expanded: all that will be walked.
        self.total = 0
        self.whole = True
        self._operations: set[str] | None = None
        self.parts = BlockParts()

    def resolve(self) -> graph.Graph:
        lines = self.module.definitions
        for line in reversed(lines):
            if isinstance(line, tree.Constant):
                self.scope.later_constants[line.name.text] = line.name.span
        for line in lines:
            self.collect(line)
        self.check_overrides()
        models = [
            self.model(line)
            for line in lines
            if isinstance(line, tree.Model) and self.definitions.get(line.name.text) is line
        ]
        for name, line in self.definitions.items():
            if isinstance(line, tree.Block):
                self.find_block(name, line.span, applied=False)
        training, trained = self.training(models)
        self.warn_of_unused()
        blocks = tuple(block for block in self.blocks.values() if block is not None)
        return graph.Graph(
            self.module.source,
            tuple(self.scope.constants.values()),
            blocks,
            tuple(models),
            training,
            trained,
        )

    # ---- Collecting

    def collect(self, line: tree.Line) -> None:
        if isinstance(line, tree.Constant):
            self.collect_constant(line)
        elif isinstance(line, (tree.Block, tree.Model)):
            self.collect_definition(line)
        elif isinstance(line, tree.Unsupported):
            self.reporter.not_supported(line.span, line.what)
            self.scope.poisoned.update(name.text for name in line.names)
            self.whole = False
        elif isinstance(line, tree.Broken):
            self.scope.poisoned.update(name.text for name in line.names)
            self.whole = False
        elif not isinstance(line, tree.Train):
            what = type(line).__name__.lower().replace("sharedlayer", "layer")
            self.reporter.error(
                "T005",
                line.span,
                f"this `{what}` line stands outside a model",
                "belongs inside",
                help="put it into the braces of a `model` or `block`",
            )
            self.scope.poisoned.update(name.text for name in definitions(line))
            self.whole = False

    def collect_constant(self, line: tree.Constant) -> None:
        name = line.name.text
        self.scope.later_constants.pop(name, None)
        first = self.scope.constants.get(name)
        if first is not None:
            self.duplicate(line.name, first.span)
            return
        override = self.overrides.get(name)
        value = resolve_expression(self.scope, override or line.value)
        if isinstance(value, graph.Word):
            unknown_value(self.scope, value)
            value = None
        if value is None:
            self.scope.poisoned.add(name)
        else:
            self.scope.constants[name] = graph.Constant(name, value, line.name.span)

    def collect_definition(self, line: Definition) -> None:
        name = line.name.text
        if name in self.definitions:
            self.duplicate(line.name, self.definitions[name].name.span)
        elif layers.find(name) is not None:
            self.reporter.error(
                "A208",
                line.name.span,
                f"`{name}` is a layer of Keras",
                "this name is taken",
                help="choose another name",
            )
        else:
            self.definitions[name] = line

    def duplicate(self, name: tree.Identifier, first: Span) -> None:
        self.reporter.error(
            "G703",
            name.span,
            f"the name `{name.text}` is used twice",
            "second definition",
            labels=(Label(first, "first definition"),),
            help="choose another name",
        )

    def check_overrides(self) -> None:
        for name, value in self.overrides.items():
            if name not in self.scope.constants and name not in self.scope.poisoned:
                self.reporter.error(
                    "G705",
                    value.span,
                    f"there is no constant `{name}` to set",
                    help=did_you_mean(self.reporter.guess(name, self.scope.constants)),
                )

    # ---- Blocks and models

    def is_block(self, name: str) -> bool:
        return isinstance(self.definitions.get(name), tree.Block)

    def is_model(self, name: str) -> bool:
        return isinstance(self.definitions.get(name), tree.Model)

    def names(self) -> list[str]:
        return list(self.definitions)

    def operations(self) -> set[str]:
        """Return what Keras may call the operations that are made anywhere in the file."""
        if self._operations is None:
            definitions = self.definitions.values()
            functions = {
                FUNCTIONS_OF_SYMBOLS[symbol]
                for definition in definitions
                for line in lines_inside(definition.body)
                if isinstance(line, tree.Flow)
                for source in line.sources
                for symbol in order.operators_of(source)
            }
            calls = [call for definition in definitions for call in order.calls(definition)]
            stages = (call.callee.text for call in calls)
            functions |= {name[4:] for name in stages if name.startswith("ops.")}
            if any(_makes_mask(call) for call in calls):
                applied = {call.callee.text for call in calls}
                functions.update(f for name in applied for f in OPERATIONS_OF_MASKS.get(name, ()))
            self._operations = {name for made in functions for name in operation_names(made)}
        return self._operations

    def made_inside(self, model: tree.Model) -> set[str]:
        """Return what Keras calls the layers that layers of a model make inside themselves."""
        found: set[str] = set()
        waiting: list[Definition] = [model]
        seen: set[str] = set()
        while waiting:
            for name in order.callees(waiting.pop()):
                found.update(map(keras_name, MADE_INSIDE.get(name, ())))
                if self.is_block(name) and name not in seen:
                    seen.add(name)
                    waiting.append(self.definitions[name])
        return found

    def find_block(self, name: str, span: Span, applied: bool = True) -> graph.Block | None:
        """Return a block, resolved when it is first asked for; None if it is in error."""
        if applied:
            self.used_blocks.add(name)
        line = self.definitions[name]
        assert isinstance(line, tree.Block)
        if name in self.in_progress:
            circle = [*self.in_progress[self.in_progress.index(name) :], name]
            self.reporter.error(
                "G704",
                span,
                f"the block `{name}` applies itself",
                "without end",
                labels=(Label(line.name.span, "defined here"),),
                received=" -> ".join(f"`{step}`" for step in circle),
                help="a block may apply only other blocks",
            )
            return None
        if name not in self.blocks:
            if len(self.in_progress) >= MAX_DEPTH:
                self.too_deep(span)
                return None
            self.in_progress.append(name)
            self.blocks[name] = self.block(line)
            self.in_progress.pop()
        return self.blocks[name]

    def block(self, line: tree.Block) -> graph.Block | None:
        scope = self.scope_with(line.parameters)
        resolver = BodyResolver(scope, self, line)
        body = resolver.resolve() if line.chain is None else resolver.resolve_chain(line.chain)
        self.warn_of_parameters(scope, resolver)
        size = _size(body)
        if size > graph.MAX_NODES:
            self.too_large(line.name.span, f"`{line.name.text}` expands to {size:,} layers")
            return None
        depth = 1 + _depth(body)
        if depth > MAX_DEPTH:
            self.too_deep(line.name.span)
            return None
        # A block that is applied counts where it is.
        if line.name.text not in self.used_blocks and not self.count(size, line.name.span):
            return None
        parameters = tuple(scope.parameters.values())
        return graph.Block(line.name.text, parameters, body, line.name.span, size, depth)

    def model(self, line: tree.Model) -> graph.Model:
        scope = self.scope_with(line.parameters)
        for parameter in line.parameters:
            if parameter.default is None:
                self.reporter.error(
                    "A207",
                    parameter.span,
                    f"the model's parameter `{parameter.name.text}` needs a default",
                    "no value",
                    help=f"write `{parameter.name.text} = ...`",
                )
        resolver = BodyResolver(scope, self, line)
        body = resolver.resolve()
        self.warn_of_parameters(scope, resolver)
        size = _size(body)
        fits = size <= graph.MAX_NODES
        if not fits:
            self.too_large(line.name.span, f"this model expands to {size:,} layers")
        if not fits or not self.count(size, line.name.span):
            body = graph.Body(body.inputs, (), (), ())  # nothing may walk it
        return graph.Model(
            line.name.text, line.style, tuple(scope.parameters.values()), body, line.name.span
        )

    def scope_with(self, parameters: Sequence[tree.Parameter]) -> Scope:
        scope = Scope(self.reporter, self.scope)
        defaults: list[tuple[tree.Parameter, graph.Expression | None]] = []
        for parameter in parameters:
            default = resolve_expression(scope, parameter.default) if parameter.default else None
            defaults.append((parameter, default))
        has_default = False
        for parameter, default in defaults:
            name = parameter.name.text
            has_default = has_default or parameter.default is not None
            if has_default and parameter.default is None:
                self.reporter.error(
                    "A207",
                    parameter.span,
                    f"the parameter `{name}` stands behind one with a default",
                    "no default",
                    help=f"write `{name} = ...`, or put it first",
                )
            first = scope.parameters.get(name) or scope.constants.get(name)
            if first is not None:
                self.duplicate(parameter.name, first.span)
            elif parameter.default is not None and default is None:
                scope.poisoned.add(name)
            else:
                scope.parameters[name] = graph.Parameter(name, default, parameter.name.span)
        return scope

    def count(self, size: int, span: Span) -> bool:
        """Count nodes that will be walked; report it, once, when they are too many in all."""
        before, self.total = self.total, self.total + size
        if before <= graph.MAX_NODES < self.total:
            self.too_large(span, "the models and blocks of this file are too large together")
        return self.total <= graph.MAX_NODES

    def too_deep(self, span: Span) -> None:
        self.reporter.error(
            "X952",
            span,
            f"blocks are nested more than {MAX_DEPTH} deep",
            "too deep",
            expected=f"at most {MAX_DEPTH} blocks, each inside the other",
        )

    def too_large(self, span: Span, title: str) -> None:
        self.reporter.error(
            "X952",
            span,
            title,
            "too large",
            expected=f"at most {graph.MAX_NODES:,} layers in a model",
        )

    # ---- Training

    def training(
        self, models: list[graph.Model]
    ) -> tuple[graph.Training | None, graph.Model | None]:
        sections = [line for line in self.module.definitions if isinstance(line, tree.Train)]
        if not sections:
            return None, None
        for extra in sections[1:]:
            self.reporter.error(
                "G703",
                extra.span,
                "a file has one training section",
                "second one",
                labels=(Label(sections[0].span, "first one"),),
            )
        section = sections[0]
        trained = self.trained_model(section, models)
        if trained is None:
            return None, None
        return resolve_training(self.scope, section, trained), trained

    def trained_model(self, section: tree.Train, models: list[graph.Model]) -> graph.Model | None:
        by_name = {model.name: model for model in models}
        if section.model is None:
            if len(models) > 1:
                names = ", ".join(f"`{name}`" for name in by_name)
                self.reporter.error(
                    "T803",
                    section.span,
                    "which model is trained?",
                    f"there are {len(models)}: {names}",
                    help=f"write `train {models[0].name} {{ ... }}`",
                )
            return models[0] if len(models) == 1 else None
        model = by_name.get(section.model.text)
        if model is None:
            self.reporter.error(
                "G705",
                section.model.span,
                f"unknown model `{section.model.text}`",
                help=did_you_mean(self.reporter.guess(section.model.text, by_name)),
            )
        return model

    # ---- Unused

    def warn_of_parameters(self, scope: Scope, resolver: BodyResolver) -> None:
        if not resolver.names.whole:
            return
        for name, parameter in scope.parameters.items():
            if name not in scope.used_parameters:
                self.reporter.warning(
                    "G701",
                    parameter.span,
                    f"the parameter `{name}` is never used",
                    "not used",
                    help="delete it, or use it in an argument",
                )

    def warn_of_unused(self) -> None:
        if not self.whole or any(d.severity == "error" for d in self.reporter.findings):
            return
        for name, constant in self.scope.constants.items():
            if name not in self.scope.used_constants:
                self.reporter.warning(
                    "G701", constant.span, f"the constant `{name}` is never used", "not used"
                )
        for name, line in self.definitions.items():
            if isinstance(line, tree.Block) and name not in self.used_blocks:
                self.reporter.warning(
                    "G701", line.name.span, f"the block `{name}` is never applied", "not used"
                )


def _size(body: graph.Body) -> int:
    """Count the nodes of a body with those of the blocks that it applies.

    A block counts even if it is empty, and so does what no output needs: both are walked.
    """
    size = 0
    for node in (*body.nodes, *body.dead):
        size += max(node.block.size, 1) if isinstance(node, graph.BlockNode) else 1
        # How often a loop goes round is known only to the walk, which counts again.
        size += sum(_size(region.body) for region in graph.regions(node))
    return size


def _depth(body: graph.Body) -> int:
    """Return how deep the blocks are nested that a body applies."""
    depth = 0
    for node in (*body.nodes, *body.dead):
        if isinstance(node, graph.BlockNode):
            depth = max(depth, node.block.depth)
        for region in graph.regions(node):
            depth = max(depth, _depth(region.body))
    return depth


def _makes_mask(call: tree.Apply | tree.Call) -> bool:
    names = (a.name.text for a in call.arguments or () if a.name is not None)
    return call.callee.text == "Masking" or "mask_zero" in names
