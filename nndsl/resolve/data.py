"""Data sources of a training section: where they lead, and which part goes where."""

from __future__ import annotations

from nndsl import graph
from nndsl.diagnostic import did_you_mean
from nndsl.resolve.expressions import resolve_expression
from nndsl.resolve.externs import own_part
from nndsl.resolve.keras_parts import text_of
from nndsl.resolve.scope import Scope
from nndsl.source import Span
from nndsl.syntax import tree

LATER_DATA = ("images", "text", "tfrecord", "synthetic", "python")
#: What makes a part of the training data the data to validate on.
_LAST = "last"


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
        own = own_part(self.scope, value, "data")
        if own is not None:
            part = own.made
            return part and graph.DataSource("extern", "", {}, part.span, part)
        if isinstance(value, tree.Call):
            if fraction and value.callee.text == _LAST:
                return self.last_part(value)
            return self.call(value)
        if fraction and not isinstance(value, tree.Reference):
            return resolve_expression(self.scope, value)
        if fraction and isinstance(value, tree.Reference):
            use = self.scope.constant_or_parameter(value.name, value.span)
            if use is not None or value.name in self.scope.poisoned:
                return use
            self.wrong(value.span, setting, "a fraction such as `0.2`, or a data source")
            return None
        expected = 'a data source such as `npz("data.npz")` or `csv("data.csv")`'
        text = text_of(self.scope, value)
        kind = "csv" if text and text.endswith(".csv") else "npz"
        hint = f'write `{kind}("{text}")`' if text else "leave `data` out for synthetic data"
        self.wrong(value.span, setting, expected, hint)
        return None

    def last_part(self, call: tree.Call) -> graph.LastPart | None:
        first = call.arguments[0] if len(call.arguments) == 1 else None
        if first is None or first.name is not None:
            self.wrong(call.span, "validation", "a fraction: `last(0.2)`")
            return None
        part = resolve_expression(self.scope, first.value)
        return graph.LastPart(call.span, part) if part is not None else None

    def call(self, call: tree.Call) -> graph.DataSource | None:
        kind = call.callee.text
        if kind in LATER_DATA or "." in kind:
            self.reporter.not_supported(call.span, f"the data source `{kind}`")
            return None
        if kind not in ("npz", "csv"):
            self.reporter.error(
                "G705",
                call.callee.span,
                f"unknown data source `{kind}`",
                "not known",
                expected="`npz(...)` or `csv(...)`",
                help=did_you_mean(self.reporter.guess(kind, ("npz", "csv", *LATER_DATA))),
            )
            return None
        path: str | None = None
        fields: dict[str, tuple[str, ...]] = {}
        for position, argument in enumerate(call.arguments):
            if argument.name is None and position == 0:
                path = self.path(argument.value)
            elif argument.name is None or argument.name.text not in [*self.inputs, *self.outputs]:
                self.unknown_field(argument, kind)
            else:
                texts = self.texts(argument.value, kind)
                if texts:
                    fields[argument.name.text] = texts
        if path is None:
            if not call.arguments:
                self.wrong(call.span, "data", f'a path: `{kind}("data/file.{kind}")`')
            return None
        return graph.DataSource(kind, path, fields, call.span)

    def path(self, value: tree.Expression) -> str | None:
        text = text_of(self.scope, value)
        if text:
            return text
        self.wrong(value.span, "data", 'a path in quotes, such as "data/digits.npz"')
        return None

    def unknown_field(self, argument: tree.Argument, kind: str) -> None:
        names = [*self.inputs, *self.outputs]
        found = argument.name.text if argument.name else argument.span.text
        self.reporter.error(
            "A201",
            argument.name.span if argument.name else argument.span,
            f"the model has no input or output `{found}`",
            "not an input or output",
            expected=", ".join(f"`{name}`" for name in names),
            help=did_you_mean(self.reporter.guess(found, names))
            or f"`{kind}` takes the names of inputs and outputs",
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
        self.reporter.error(
            "T804", span, f"wrong value for `{name}`", "does not fit", expected=expected, help=help_
        )
