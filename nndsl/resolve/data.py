"""Data sources of a training section: where they lead, and which part goes where."""

from __future__ import annotations

from nndsl import graph
from nndsl.diagnostic import did_you_mean
from nndsl.resolve.expressions import resolve_expression
from nndsl.resolve.externs import own_part
from nndsl.resolve.keras_parts import text_of
from nndsl.resolve.scope import Scope
from nndsl.resolve.setting_reports import unknown_argument, wrong_value
from nndsl.source import Span
from nndsl.syntax import tree
from nndsl.training.sources import DATASET_PREFIX, DATASETS, SOURCES, SourceKind

#: What a source is that is a function of the user's: one of arrays, or of batches.
_OWN = {"data": "extern", "batches": "batches"}
#: What makes a part of the training data the data to validate on.
_LAST = "last"
_PART = "a fraction such as `0.2` or `last(0.2)`, or a data source"
#: What people call functions of their own, and what comes in batches.
_FUNCTIONS = frozenset({"python", "function", "generator"})
_BATCHES = frozenset("DataLoader PyDataset Sequence Dataset dataset torch tf tensorflow".split())


def _hint(setting: str, value: tree.Expression, text: str | None) -> str | None:
    """Return what to write for something that is no data source."""
    name = value.name if isinstance(value, tree.Reference) else ""
    if name in DATASETS:
        return f"write `{DATASET_PREFIX}{name}`"
    if name == _LAST:
        return f"write `{_LAST}(0.2)`"
    if text:
        folder = "images" if "." not in text.rpartition("/")[2] else None
        kind = folder or ("csv" if text.endswith(".csv") else "npz")
        return f'write `{kind}("{text}")`'
    return "leave `data` out for synthetic data" if setting == "data" else None


def _may_stand_alone(name: str) -> bool:
    """True for a source that needs no arguments."""
    return name.startswith(DATASET_PREFIX) or (name in SOURCES and not SOURCES[name].reads)


class DataReader:
    """Reads the data sources of a model's training."""

    def __init__(self, scope: Scope, model: graph.Model) -> None:
        self.scope = scope
        self.reporter = scope.reporter
        self.outputs = [output.name for output in model.body.outputs]
        self.inputs = [input_.name for input_ in model.body.inputs]

    def source(
        self, value: tree.Expression, setting: str, *, fraction: bool
    ) -> graph.DataSource | graph.Expression | graph.LastPart | None:
        """Return a data source; where a `fraction` is allowed, that or `last(fraction)`."""
        own = own_part(self.scope, value, "data", "batches")
        if own is not None:
            part = own.made
            return part and graph.DataSource(_OWN[own.kind], "", {}, part.span, part)
        if isinstance(value, tree.Call):
            if fraction and value.callee.text == _LAST:
                return self.last_part(value)
            return self.call(value)
        if isinstance(value, tree.Reference) and _may_stand_alone(value.name):
            return self.call(tree.Call(value.span, tree.Identifier(value.span, value.name), ()))
        if fraction and not isinstance(value, tree.Reference):
            return resolve_expression(self.scope, value)
        if fraction and isinstance(value, tree.Reference):
            use = self.scope.constant_or_parameter(value.name, value.span)
            if use is not None or value.name in self.scope.poisoned:
                return use
            self.wrong(value.span, setting, _PART, _hint(setting, value, None))
            return None
        expected = 'a data source such as `npz("data.npz")` or `csv("data.csv")`'
        text = text_of(self.scope, value)
        self.wrong(value.span, setting, expected, _hint(setting, value, text))
        return None

    def last_part(self, call: tree.Call) -> graph.LastPart | None:
        first = call.arguments[0] if len(call.arguments) == 1 else None
        if first is None or first.name is not None:
            self.wrong(call.span, "validation", "a fraction: `last(0.2)`")
            return None
        part = resolve_expression(self.scope, first.value)
        return graph.LastPart(call.span, part) if part is not None else None

    def call(self, call: tree.Call) -> graph.DataSource | None:
        name = call.callee.text
        kind = SOURCES.get(name)
        if name.startswith(DATASET_PREFIX):
            return self.dataset(call)
        if kind is None:
            self.unknown_kind(call)
            return None
        path = "" if not kind.reads else None
        fields: dict[str, tuple[str, ...]] = {}
        options: dict[str, graph.Expression] = {}
        features: dict[str, graph.Declared] = {}
        for position, argument in enumerate(call.arguments):
            named = argument.name.text if argument.name else ""
            if not named and position == 0 and kind.reads:
                path = self.path(argument.value, kind)
            elif kind.fields and named in [*self.inputs, *self.outputs]:
                texts = self.texts(argument.value, name)
                if texts:
                    fields[named] = texts
            elif kind.features and named in [*self.inputs, *self.outputs]:
                from nndsl.resolve.features import resolve_feature  # which few texts need

                found = resolve_feature(self.scope, named, argument.value)
                if found is not None:
                    feature, features[named] = found
                    fields[named] = (feature or named,)
            elif named in kind.options:
                value = resolve_expression(self.scope, argument.value, kind.options[named])
                if value is not None:
                    options[named] = value
            else:
                self.unknown_argument(argument, kind)
        if path is None:
            if not call.arguments:
                what = f"data/file.{name}" if kind.reads == "file" else "data/folder"
                self.wrong(call.span, "data", f'a path: `{name}("{what}")`')
            return None
        return graph.DataSource(name, path, fields, call.span, None, options, features)

    def dataset(self, call: tree.Call) -> graph.DataSource | None:
        """Return a data set of `keras.datasets`."""
        name = call.callee.text.removeprefix(DATASET_PREFIX)
        if name not in DATASETS:
            known = ", ".join(f"`{DATASET_PREFIX}{one}`" for one in DATASETS)
            self.reporter.error(
                "G705",
                call.callee.span,
                f"keras.datasets has no `{name}`",
                "not known",
                expected=known,
                help=did_you_mean(self.reporter.guess(name, DATASETS)),
            )
            return None
        for argument in call.arguments:
            self.wrong(argument.span, "data", f"`{DATASET_PREFIX}{name}` without arguments")
        return graph.DataSource("datasets", name, {}, call.span)

    def unknown_kind(self, call: tree.Call) -> None:
        name = call.callee.text
        hint = None
        if name in DATASETS:
            hint = f"write `{DATASET_PREFIX}{name}`"
        elif name.partition(".")[0] in _FUNCTIONS | _BATCHES:
            hint = self.own_function(call)
        known = ", ".join(f"`{kind}`" for kind in SOURCES)
        self.reporter.error(
            "G705",
            call.callee.span,
            f"unknown data source `{name}`",
            "not known",
            expected=f"{known}, or a data set such as `datasets.mnist`",
            help=hint or did_you_mean(self.reporter.guess(name, SOURCES)),
        )

    def own_function(self, call: tree.Call) -> str:
        """Return how to declare a function that gives the data: `python("module:function")`."""
        first = call.arguments[0].value if call.arguments else None
        module, _, function = (text_of(self.scope, first) or "" if first else "").partition(":")
        if not all(part.isidentifier() for part in [*module.split("."), function]):
            module, function = "module", "load"
        kind, more = "data", "; `extern batches` for what comes in batches"
        if call.callee.text.partition(".")[0] in _BATCHES:
            kind, more = "batches", ", a function that returns it"
        line = f'extern {kind} {function} from "{module}"'
        return f"write `{line}` above, and `data: {function}`{more}"

    def path(self, value: tree.Expression, kind: SourceKind) -> str | None:
        text = text_of(self.scope, value)
        if text:
            return text
        example = "data/photos" if kind.reads == "folder" else f"data/digits.{kind.name}"
        self.wrong(value.span, "data", f'a path in quotes, such as "{example}"')
        return None

    def unknown_argument(self, argument: tree.Argument, kind: SourceKind) -> None:
        if not kind.fields and not kind.features:
            unknown_argument(self.reporter, argument, kind.name, kind.options)
            return
        names = [*self.inputs, *self.outputs]
        found = argument.name.text if argument.name else argument.span.text
        self.reporter.error(
            "A201",
            argument.name.span if argument.name else argument.span,
            f"the model has no input or output `{found}`",
            "not an input or output",
            expected=", ".join(f"`{name}`" for name in names),
            help=did_you_mean(self.reporter.guess(found, names))
            or f"`{kind.name}` takes the names of inputs and outputs",
        )

    def texts(self, value: tree.Expression, kind: str) -> tuple[str, ...]:
        """Return names of columns or arrays: words or strings, or a list of them."""
        items = value.items if isinstance(value, tree.Sequence) else (value,)
        texts: list[str] = []
        for item in items:
            if isinstance(item, tree.Reference):
                texts.append(item.name)
            elif isinstance(item, tree.Literal) and isinstance(item.value, str):
                texts.append(item.value)
            else:
                what = "column" if kind == "csv" else "array"
                self.wrong(item.span, "data", f"the name of a {what}, or a list of names")
        if kind == "npz" and len(texts) > 1:
            self.wrong(value.span, "data", "the name of one array")
            return ()
        return tuple(texts)

    def wrong(self, span: Span, name: str, expected: str, help_: str | None = None) -> None:
        wrong_value(self.reporter, span, name, expected, help_)
