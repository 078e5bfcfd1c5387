"""Who is called how: every place in a text where a name is defined or used.

The names of a file are one scope, those of a block or model another one inside of it. A name that a
loop or choice gives again is the same name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from itertools import chain
from typing import Any, Literal

from nndsl.source import Span
from nndsl.syntax import tree
from nndsl.syntax.names import definitions, steps

Kind = Literal[
    "constant", "block", "model", "extern", "import", "parameter", "input", "tensor", "layer",
    "variable", "size",
]  # fmt: skip


@dataclass(slots=True, eq=False)
class Symbol:
    """What has a name of its own, and all places at which it stands in this text."""

    name: str
    kind: Kind
    #: The line that defines it.
    line: Any
    #: The block or model that it belongs to; None for those of the file.
    owner: tree.Block | tree.Model | None = None
    definitions: list[Span] = field(default_factory=list)
    uses: list[Span] = field(default_factory=list)

    @property
    def places(self) -> list[Span]:
        return sorted({*self.definitions, *self.uses}, key=lambda span: span.start)


class Index:
    """The symbols of a text."""

    def __init__(self) -> None:
        self.file: dict[str, Symbol] = {}
        #: The scope of each block and model, by the start of its header.
        self.bodies: dict[int, dict[str, Symbol]] = {}
        #: Names of arguments that stand for something in another file: callee, argument, place.
        self.outward: list[tuple[str, str, Span]] = []

    def symbols(self) -> Iterator[Symbol]:
        yield from self.file.values()
        for body in self.bodies.values():
            yield from body.values()

    def at(self, offset: int) -> tuple[Symbol, Span] | None:
        """Return the symbol at an offset, and the place where it is met."""
        best = None
        for symbol in self.symbols():
            for span in chain(symbol.definitions, symbol.uses):
                if span.start <= offset <= span.end:
                    if offset < span.end:
                        return symbol, span
                    best = symbol, span
        return best

    def outward_at(self, offset: int) -> tuple[str, str, Span] | None:
        found = (one for one in self.outward if one[2].start <= offset <= one[2].end)
        return next(found, None)

    def body_of(self, name: str) -> dict[str, Symbol]:
        """Return the scope of a block or model by its name."""
        symbol = self.file.get(name)
        line = symbol.line if symbol else None
        return (
            self.bodies.get(line.span.start, {})
            if isinstance(line, (tree.Block, tree.Model))
            else {}
        )


def index_names(module: tree.Module) -> Index:
    """Return all names of a text with their places."""
    index = Index()
    indexer = _Indexer(index)
    for line in module.definitions:
        indexer.define_in_file(line)
    for line in module.definitions:
        indexer.define_bodies(line)
    for line in module.definitions:
        indexer.line(line, None)
    return index


class _Indexer:
    def __init__(self, index: Index) -> None:
        self.index = index

    # ---- Definitions

    def define_in_file(self, line: Any) -> None:
        if isinstance(line, tree.Constant):
            self.define(self.index.file, line.name, "constant", line, None)
        elif isinstance(line, tree.Block):
            self.define(self.index.file, line.name, "block", line, None)
        elif isinstance(line, tree.Model):
            self.define(self.index.file, line.name, "model", line, None)
        elif isinstance(line, tree.Extern):
            self.define(self.index.file, line.name, "extern", line, None)
        elif isinstance(line, tree.Import):
            for name in line.names:
                self.define(self.index.file, name, "import", line, None)

    def define_bodies(self, line: Any) -> None:
        if not isinstance(line, (tree.Block, tree.Model)):
            return
        scope = self.index.bodies.setdefault(line.span.start, {})
        for parameter in line.parameters:
            self.define(scope, parameter.name, "parameter", parameter, line)
        chain = line.chain if isinstance(line, tree.Block) else None
        for step in steps(chain or ()):
            self.stage_variables(step, scope, line)
            for name in step.names:
                self.define(scope, name, "tensor", step, line)
        self.define_lines(line.body, scope, line)

    def define_lines(self, lines: Sequence[Any], scope: dict[str, Symbol], owner: Any) -> None:
        for line in lines:
            if isinstance(line, tree.Constant):
                self.define(scope, line.name, "constant", line, owner)
            elif isinstance(line, tree.Input):
                for name in line.names:
                    self.define(scope, name, "input", line, owner)
                self.sizes(line.type, scope, owner)
            elif isinstance(line, tree.SharedLayer):
                self.define(scope, line.name, "layer", line, owner)
            elif isinstance(line, tree.Output):
                for _, type_ in line.values:
                    self.sizes(type_, scope, owner)
            elif isinstance(line, tree.Flow):
                for name in line.names:
                    self.define(scope, name, "tensor", line, owner)
                for step in steps(line.steps):
                    self.stage_variables(step, scope, owner)
                    for name in step.names:
                        self.define(scope, name, "tensor", step, owner)
            elif isinstance(line, (tree.For, tree.If)):
                if isinstance(line, tree.For):
                    for name in line.names:
                        self.define(scope, name, "variable", line, owner)
                self.define_lines(line.body, scope, owner)
                if isinstance(line, tree.If):
                    self.define_lines(line.otherwise, scope, owner)
            elif isinstance(line, tree.Broken):
                for name in definitions(line):
                    self.define(scope, name, "tensor", line, owner)

    def stage_variables(self, step: tree.Step, scope: dict[str, Symbol], owner: Any) -> None:
        if isinstance(step.stage, tree.ForStage):
            for name in step.stage.names:
                self.define(scope, name, "variable", step.stage, owner)

    def sizes(self, type_: tree.TensorType | None, scope: dict[str, Symbol], owner: Any) -> None:
        for dimension in type_.dimensions if type_ else ():
            if dimension.unknown is not None:
                self.define(scope, dimension.unknown, "size", dimension, owner, prefix="?")

    def define(
        self,
        scope: dict[str, Symbol],
        name: tree.Identifier,
        kind: Kind,
        line: Any,
        owner: Any,
        prefix: str = "",
    ) -> None:
        start = name.span.start
        if not name.span.source.text.startswith(name.text, start):
            return  # what is half typed has no name yet
        symbol = scope.setdefault(prefix + name.text, Symbol(name.text, kind, line, owner))
        symbol.definitions.append(Span(start, start + len(name.text), name.span.source))

    # ---- Uses

    def line(self, line: Any, scope: dict[str, Symbol] | None) -> None:
        """Go through a line for the names that it uses."""
        if isinstance(line, (tree.Block, tree.Model)):
            inside = self.index.bodies.get(line.span.start, {})
            self.walk([p.default for p in line.parameters], inside)
            if isinstance(line, tree.Block) and line.chain:
                self.walk(line.chain, inside)
            for inner in line.body:
                self.line(inner, inside)
        elif isinstance(line, tree.Train):
            self.train(line)
        elif isinstance(line, (tree.For, tree.If)):
            self.walk([line.items if isinstance(line, tree.For) else line.condition], scope)
            for inner in (*line.body, *(line.otherwise if isinstance(line, tree.If) else ())):
                self.line(inner, scope)
        else:
            self.walk([line], scope)

    def walk(self, nodes: Iterable[Any], scope: dict[str, Symbol] | None) -> None:
        """Go through nodes of the tree and all that is in them."""
        stack = list(nodes)
        while stack:
            node = stack.pop()
            if isinstance(node, tree.Reference):
                self.use(node.name, node.span.start, node, scope)
            elif isinstance(node, (tree.Apply, tree.Call)):
                callee = node.callee
                self.use(callee.text, callee.span.start, callee, scope)
                for argument in node.arguments or ():
                    if argument.name is not None:
                        self.argument(callee.text, argument.name, scope)
                    stack.append(argument.value)
                continue
            if isinstance(node, (tuple, list)):
                stack += node
            elif isinstance(node, tree.Node) and not isinstance(node, tree.Identifier):
                stack += (getattr(node, f.name) for f in fields(node) if f.name != "span")

    def use(self, name: str, start: int, node: Any, scope: dict[str, Symbol] | None) -> None:
        if "." in name:
            return
        symbol = (scope or {}).get(name) or self.index.file.get(name)
        if symbol is not None:
            symbol.uses.append(Span(start, start + len(name), node.span.source))

    def argument(self, callee: str, name: tree.Identifier, scope: dict[str, Symbol] | None) -> None:
        """The name of an argument is that of a parameter or an input of what is called."""
        called = (scope or {}).get(callee) or self.index.file.get(callee)
        if called is not None and isinstance(called.line, tree.SharedLayer):
            callee = called.line.apply.callee.text
            called = self.index.file.get(callee)
        if called is None:
            return
        if called.kind == "import":
            self.index.outward.append((callee, name.text, name.span))
        found = self.index.body_of(callee).get(name.text)
        if found is not None and found.kind in ("parameter", "input"):
            found.uses.append(name.span)

    def train(self, line: tree.Train) -> None:
        if line.model is not None:
            self.use(line.model.text, line.model.span.start, line.model, None)
        models = [s for s in self.index.file.values() if s.kind == "model"]
        wanted = line.model.text if line.model else models[-1].name if models else ""
        body = self.index.body_of(wanted)
        for setting in line.settings:
            for argument in setting.values:
                if argument.name is not None and argument.name.text in body:
                    body[argument.name.text].uses.append(argument.name.span)
                scope = body if setting.name.text == "freeze" else None
                self.walk([argument.value], scope)
