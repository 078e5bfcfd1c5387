"""Module -> Graph: constants, blocks and models, each with its names resolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from nndsl import graph
from nndsl.diagnostic import Diagnostic, Label, Reporter
from nndsl.imports import Imported
from nndsl.resolve.body import BodyResolver
from nndsl.resolve.definitions import Definition, FileNames
from nndsl.resolve.kept import Kept, KeptBlock, KeptFile
from nndsl.resolve.made_by_keras import (
    check_names_of_nested,
    layers_made_inside,
    names_applied,
    operations_in,
    with_those_applied,
)
from nndsl.resolve.size import depth_of, size_of
from nndsl.resolve.training import resolve_training, trained_model
from nndsl.resolve.unused import warn_of_parameters, warn_of_unused
from nndsl.source import Span
from nndsl.syntax import tree

#: Blocks that may stand inside each other.
MAX_DEPTH = 64


def resolve(
    module: tree.Module,
    overrides: Mapping[str, tree.Expression] | None = None,
    imported: Imported | None = None,
    kept: Kept | None = None,
) -> tuple[graph.Graph, list[Diagnostic]]:
    """Return the graph of a module and what is wrong with its names. Never raises.

    `overrides` gives constants other values, and parameters of models other defaults (`--set`);
    `imported` are the modules of its imports. `kept` has what was resolved of the version before;
    it belongs to one text, whose versions are resolved with the same overrides.
    """
    kept = kept or Kept()
    kept.begin()
    files = _Files(imported or Imported(), Reporter(), kept)
    resolver = ModuleResolver(module, overrides or {}, files)
    resolved = resolver.resolve()
    kept.end(resolved.blocks)
    return resolved, files.reporter.findings


class _Files:
    """What the resolvers of several files share."""

    def __init__(self, imported: Imported, reporter: Reporter, kept: Kept) -> None:
        self.imported = imported
        self.reporter = reporter
        self.kept = kept
        #: What the blocks that are being resolved apply, the innermost last.
        self.applied: list[list[tuple[str, Span]]] = [[]]
        #: The blocks and models that are being resolved, each applied by the one before.
        self.in_progress: list[Definition] = []
        #: Where each of them is applied.
        self.calls: list[Span] = []
        #: Blocks that are too large, and those that apply them, by the identity of their lines.
        self.refused: set[int] = set()
        self.resolvers: dict[str, ModuleResolver] = {}

    def resolver(self, module: tree.Module) -> ModuleResolver:
        """Return the resolver of an imported module; it is made once."""
        name = module.source.name
        if name not in self.resolvers:
            self.resolvers[name] = made = ModuleResolver(module, {}, self)
            made.collect_all()
        return self.resolvers[name]


class ModuleResolver(FileNames):
    """Resolves the definitions of one file."""

    def __init__(
        self, module: tree.Module, overrides: Mapping[str, tree.Expression], files: _Files
    ) -> None:
        super().__init__(module, overrides, files.reporter)
        self.files = files
        #: Blocks, and the models that others apply; models as they are by themselves.
        self.blocks: dict[str, graph.Block | None] = {}
        self.models: dict[str, graph.Model] = {}
        self.in_progress = files.in_progress
        self.calls = files.calls
        self.imported: dict[str, ModuleResolver] = {}
        self.used_blocks: set[str] = set()
        #: Nodes of all models and blocks together, each block expanded: all that will be walked.
        self.total = 0
        self._operations: set[str] | None = None
        self.parts = files.kept.parts

    def file_of(self, line: tree.Import) -> FileNames | None:
        module = self.files.imported.target(line)
        return self.files.resolver(module) if module is not None else None

    def resolve(self) -> graph.Graph:
        lines = self.module.definitions
        self.collect_all()
        self.check_overrides()
        self.take_what_is_kept()
        models = [
            self.find_model(line)
            for line in lines
            if isinstance(line, tree.Model) and self.definitions.get(line.name.text) is line
        ]
        for name, line in self.definitions.items():
            if isinstance(line, tree.Block):
                self.find_block(name, line.span, applied=False)
        training, trained = self.training(models)
        warn_of_unused(self)
        resolvers = (self, *self.files.resolvers.values())
        blocks = tuple(b for r in resolvers for b in r.blocks.values() if b is not None)
        return graph.Graph(
            self.module.source,
            tuple(c for resolver in resolvers for c in resolver.scope.constants.values()),
            blocks,
            tuple(models),
            training,
            trained,
            frozenset(self.nested()),
            tuple(extern for resolver in resolvers for extern in resolver.externs),
        )

    def take_what_is_kept(self) -> None:
        """Put what other lines than blocks defined before in the place of what is the same."""
        resolvers = (self, *self.files.resolvers.values())
        names = tuple((name, type(line)) for name, line in self.definitions.items())
        operations = frozenset(self.all_operations())
        key = (names, frozenset(self.twice), operations, tuple(self.files.resolvers))
        lines = (d for d in self.module.definitions if not isinstance(d, (tree.Block, tree.Model)))
        modules = (resolver.module for resolver in self.files.resolvers.values())
        self.files.kept.surround(key, (*lines, *modules))
        for number, resolver in enumerate(resolvers):
            scope = resolver.scope
            found = KeptFile(scope.constants, scope.externs, resolver.externs)
            kept = self.files.kept.file(number, found)
            scope.constants, scope.externs = kept.constants, kept.rules
            resolver.externs = kept.externs

    # ---- Blocks and models

    def nested(self) -> list[str]:
        """Return the names of the models that others apply."""
        return [name for name in self.models if name in self.used_blocks]

    def operations(self, definition: Definition) -> set[str]:
        """Return what Keras may call the operations beside those that a definition makes.

        A block may stand beside all that the file makes.
        """
        if isinstance(definition, tree.Block):
            return self.all_operations()
        stages = self.files.kept.stages
        applied = with_those_applied(definition, self.find_definition, stages)
        return operations_in(map(stages, applied))

    def blocks_in(self, definition: Definition) -> Iterator[str]:
        """Yield the names of the blocks and models that a definition applies by itself."""
        return filter(self.is_block, self.files.kept.stages(definition).callees)

    def all_operations(self) -> set[str]:
        """Return what Keras may call the operations that are made anywhere in the file."""
        if self._operations is None:
            self._operations = operations_in(map(self.files.kept.stages, self.all_definitions()))
        return self._operations

    def all_definitions(self) -> Iterator[Definition]:
        """Yield the definitions of this file and of all that are imported."""
        yield from self.definitions.values()
        for other in self.files.resolvers.values():
            if other is not self:
                yield from other.definitions.values()

    def definition_of(self, name: str) -> Definition:
        other = self.imported.get(name)
        return other.definition_of(name) if other else self.definitions[name]

    def made_inside(self, model: tree.Model) -> set[str]:
        """Return what Keras calls the layers that layers of a model make inside themselves."""
        return layers_made_inside(model, self.find_definition, self.files.kept.stages)

    def kinds_of_externs(self, definition: Definition) -> set[str]:
        """Return the kinds of the user's own parts in a definition and in the blocks it applies."""
        resolvers = (self, *self.files.resolvers.values())
        kinds = {extern.name: extern.kind for r in resolvers for extern in r.externs}
        if not kinds:
            return set()
        names = names_applied(definition, self.find_definition, self.files.kept.stages)
        return {kinds[name] for name in names if name in kinds}

    def home_of(self, name: str) -> tuple[ModuleResolver, Definition] | None:
        if name in self.imported:
            home: tuple[ModuleResolver, Definition] | None = self.imported[name].home_of(name)
            return home
        known = name in self.definitions and name not in self.twice
        return (self, self.definitions[name]) if known else None

    def find_definition(self, name: str) -> Definition | None:
        return self.definition_of(name) if self.is_block(name) else None

    def find_block(self, name: str, span: Span, applied: bool = True) -> graph.Block | None:
        """Return a block, resolved when it is first asked for; None if it is in error."""
        if applied:
            self.files.applied[-1].append((name, span))
        return self.found_block(name, span, applied)

    def found_block(self, name: str, span: Span, applied: bool) -> graph.Block | None:
        if applied:
            self.used_blocks.add(name)
        if name in self.imported:
            return self.imported[name].found_block(name, span, applied)
        line = self.definitions[name]
        if any(line is other for other in self.in_progress):
            self.report_circle(line, span)
            return None
        if id(line) in self.files.refused:
            self.files.refused.update(map(id, self.in_progress))
        if name not in self.blocks:
            if len(self.in_progress) >= MAX_DEPTH:
                self.too_deep(span)
                return None
            if isinstance(line, tree.Model):
                self.blocks[name] = self.as_block(self.find_model(line, span))
                return self.blocks[name]
            self.in_progress.append(line)
            self.calls.append(span)
            before = len(self.reporter.findings)
            self.blocks[name] = self.block(line)
            if applied:
                self.reporter.say_caller(before, span)
            self.calls.pop()
            self.in_progress.pop()
        return self.blocks[name] if name not in self.twice else None

    def report_circle(self, line: Definition, span: Span) -> None:
        name = line.name.text
        what = "block" if isinstance(line, tree.Block) else "model"
        start = next(i for i, other in enumerate(self.in_progress) if other is line)
        circle = [*(other.name.text for other in self.in_progress[start:]), name]
        links = zip(self.calls[start + 1 :], circle, circle[1:], strict=False)
        self.reporter.error(
            "G704",
            span,
            f"the {what} `{name}` applies itself",
            "without end" if len(circle) == 2 else f"`{circle[-2]}` applies `{name}`",
            labels=(
                Label(line.name.span, "defined here"),
                *(Label(call, f"`{one}` applies `{other}`") for call, one, other in links),
            ),
            received=" -> ".join(f"`{step}`" for step in circle),
            help=f"a {what} may apply only others",
        )

    def find_model(self, line: tree.Model, span: Span | None = None) -> graph.Model:
        """Return a model, resolved when it is first asked for, perhaps by another one."""
        name = line.name.text
        if name not in self.models:
            self.in_progress.append(line)
            self.calls.append(span or line.span)
            self.models[name] = self.model(line)
            self.calls.pop()
            self.in_progress.pop()
        return self.models[name]

    def as_block(self, model: graph.Model) -> graph.Block | None:
        """Return a model as it is applied by others; None if it is too large or too deep."""
        depth = 1 + depth_of(model.body)
        if depth > MAX_DEPTH:
            self.too_deep(model.span)
        if depth > MAX_DEPTH or not model.body.outputs:
            return None  # there are mistakes in it, which were reported
        check_names_of_nested(self.reporter, model)
        body, size = model.body, size_of(model.body)
        return graph.Block(
            model.name, model.parameters, body, model.span, size, depth, is_model=True
        )

    def block(self, line: tree.Block) -> graph.Block | None:
        block = self.kept_block(line) or self.new_block(line)
        # A block that is applied counts where it is.
        if block is None or line.name.text in self.used_blocks:
            return block
        return block if self.count(block.size, line.name.span) else None

    def kept_block(self, line: tree.Block) -> graph.Block | None:
        """Return a block as it was in the version before, if nothing has changed in it."""
        kept = self.files.kept.block(line, self)
        if kept is None or len(self.in_progress) + kept.block.depth > MAX_DEPTH:
            return None
        for name, span in kept.applied:
            self.found_block(name, span, True)
        self.scope.used_constants |= kept.constants
        self.scope.used_externs |= kept.externs
        self.files.kept.keep(kept)
        return kept.block

    def new_block(self, line: tree.Block) -> graph.Block | None:
        """Resolve a block; keep it, with what it uses, if nothing is to be said of it."""
        said = len(self.reporter.findings)
        scope = self.scope
        around = scope.used_constants, scope.used_externs
        scope.used_constants, scope.used_externs = set(), set()
        self.files.applied.append([])
        block = self.resolve_block(line)
        applied = self.files.applied.pop()
        used = scope.used_constants, scope.used_externs
        for all_used, used_here in zip(around, used, strict=True):
            all_used |= used_here
        scope.used_constants, scope.used_externs = around
        if block is not None and len(self.reporter.findings) == said:
            self.files.kept.keep(KeptBlock(line, block, applied, *used))
        return block

    def resolve_block(self, line: tree.Block) -> graph.Block | None:
        scope = self.scope_with(line.parameters)
        resolver = BodyResolver(scope, self, line)
        body = resolver.resolve() if line.chain is None else resolver.resolve_chain(line.chain)
        warn_of_parameters(self.reporter, scope, resolver.names)
        if id(line) in self.files.refused:
            return None  # one in it is too large
        size = size_of(body)
        if size > graph.MAX_NODES:
            self.too_large(line.name.span, f"`{line.name.text}` expands to {size:,} layers")
            self.files.refused.update(map(id, self.in_progress))
            return None
        depth = 1 + depth_of(body)
        if depth > MAX_DEPTH:
            self.too_deep(line.name.span)
            self.files.refused.update(map(id, self.in_progress))
            return None
        parameters = tuple(scope.parameters.values())
        return graph.Block(line.name.text, parameters, body, line.name.span, size, depth)

    def model(self, line: tree.Model) -> graph.Model:
        parameters = [
            replace(p, default=self.overrides.get(p.name.text, p.default)) for p in line.parameters
        ]
        scope = self.scope_with(parameters)
        for parameter in parameters:
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
        warn_of_parameters(self.reporter, scope, resolver.names)
        size = size_of(body)
        fits = size <= graph.MAX_NODES
        if not fits:
            self.too_large(line.name.span, f"this model expands to {size:,} layers")
        if not fits or not self.count(size, line.name.span):
            body = graph.Body(body.inputs, (), (), ())  # nothing may walk it
        return graph.Model(
            line.name.text, line.style, tuple(scope.parameters.values()), body, line.name.span
        )

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
        trained = trained_model(self.reporter, section, models, self.nested())
        if trained is None:
            return None, None
        return resolve_training(self.scope, section, trained), trained
