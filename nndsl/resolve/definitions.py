"""The names that the lines of a file define: constants, blocks, models, what it brings in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Union

from nndsl import graph, layers
from nndsl.diagnostic import Label, Reporter, did_you_mean
from nndsl.resolve.expressions import resolve_expression, unknown_value
from nndsl.resolve.scope import Scope
from nndsl.source import Span
from nndsl.syntax import tree
from nndsl.syntax.names import definitions

Definition = Union[tree.Block, tree.Model]


class FileNames:
    """Collects the names of a file, line by line; each is defined once."""

    def __init__(
        self, module: tree.Module, overrides: Mapping[str, tree.Expression], reporter: Reporter
    ) -> None:
        self.module = module
        self.overrides = overrides
        self.reporter = reporter
        self.scope = Scope(reporter)
        self.definitions: dict[str, Definition] = {}
        #: Names that two definitions give: which of them is meant, nobody knows.
        self.twice: set[str] = set()
        #: The names that were imported, with what knows the names of the file that defines each.
        self.imported: dict[str, Any] = {}
        #: The extern lines of this file.
        self.externs: list[graph.Extern] = []
        #: False once something could not be understood: then "unused" is a guess.
        self.whole = True

    def file_of(self, line: tree.Import) -> FileNames | None:
        """Return the names of the file that an import leads to; None if it was not read."""
        raise NotImplementedError  # pragma: no cover

    def collect_all(self) -> None:
        """Collect the names that the lines of the file define."""
        for line in reversed(self.module.definitions):
            if isinstance(line, tree.Constant):
                self.scope.later_constants[line.name.text] = line.name.span
        for line in self.module.definitions:
            self.collect(line)

    def is_block(self, name: str) -> bool:
        """True for what stands behind an arrow like a block: a block, or a model."""
        return name in self.imported or name in self.definitions

    def names(self) -> list[str]:
        return [*self.definitions, *self.imported, *self.scope.externs]

    def collect(self, line: tree.Line) -> None:
        if isinstance(line, tree.Constant):
            self.collect_constant(line)
        elif isinstance(line, tree.Import):
            self.collect_import(line)
        elif isinstance(line, tree.Extern):
            self.collect_extern(line)
        elif isinstance(line, (tree.Block, tree.Model)):
            self.collect_definition(line)
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

    def collect_extern(self, line: tree.Extern) -> None:
        """Make a part of the user's Python known here."""
        from nndsl.resolve.externs import resolve_extern  # which most texts do without

        before = len(self.reporter.findings)
        scope = self.scope_with(line.parameters or ())
        made = resolve_extern(scope, line)
        whole = len(self.reporter.findings) == before
        if made is not None and whole and self.is_new(line.name):
            self.scope.externs[line.name.text] = made
            self.externs.append(made.extern)
        else:
            self.scope.poisoned.add(line.name.text)
            self.whole = False

    def collect_import(self, line: tree.Import) -> None:
        """Make the blocks, models and extern parts of another file known here."""
        other = self.file_of(line)
        for name in line.names:
            if other is None:
                self.scope.poisoned.add(name.text)
                self.whole = False
                continue
            if not self.is_new(name):
                continue
            if other.is_block(name.text):
                self.imported[name.text] = other
            elif name.text in other.scope.externs:
                self.scope.externs[name.text] = other.scope.externs[name.text]
            elif name.text in other.scope.poisoned:
                self.scope.poisoned.add(name.text)  # it was reported there
                self.whole = False
            else:
                self.report_not_exported(name, other, line.path)

    def report_not_exported(self, name: tree.Identifier, other: FileNames, path: str) -> None:
        blocks = other.names()
        known = ", ".join(f"`{block}`" for block in blocks)
        what = "block, model or extern part" if other.scope.externs else "block or model"
        self.reporter.error(
            "G705",
            name.span,
            f'"{path}" has no {what} `{name.text}`',
            "not there",
            help=did_you_mean(self.reporter.guess(name.text, blocks))
            or (f"it has {known}" if known else None),
        )
        self.scope.poisoned.add(name.text)
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
        if not self.is_new(line.name):
            self.twice.add(name)
            return
        if layers.find(name) is not None:
            self.reporter.error(
                "A208",
                line.name.span,
                f"`{name}` is a layer of Keras",
                "this name is taken",
                help="choose another name",
            )
        else:
            self.definitions[name] = line

    def is_new(self, name: tree.Identifier) -> bool:
        """Return whether nothing in the file is called so yet; report it if something is."""
        text = name.text
        if text in self.definitions:
            self.duplicate(name, self.definitions[text].name.span)
        elif text in self.scope.externs or text in self.imported:
            first = self.scope.externs.get(text)
            here = first is not None and first.extern.span.source is name.span.source
            self.duplicate(name, first.extern.span if first and here else name.span)
        else:
            return True
        return False

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
        models = [line for line in self.definitions.values() if isinstance(line, tree.Model)]
        known = [*self.scope.constants, *(p.name.text for m in models for p in m.parameters)]
        for name, value in self.overrides.items():
            if name not in known and name not in self.scope.poisoned:
                self.reporter.error(
                    "G705",
                    value.span,
                    f"there is no constant or parameter `{name}` to set",
                    help=did_you_mean(self.reporter.guess(name, known)),
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
