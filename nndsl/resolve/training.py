"""The training section -> Training: settings, each by its name, losses by output."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nndsl import graph, vocabulary
from nndsl.diagnostic import Reporter, did_you_mean
from nndsl.resolve.expressions import resolve_expression, resolve_object
from nndsl.resolve.scope import Scope
from nndsl.source import Span
from nndsl.syntax import tree

#: Settings of the language that this version does not compile.
LATER = (
    "augment", "backend", "cache", "callbacks", "class_weight", "distribute", "freeze",
    "initial_epoch", "jit_compile", "labels", "loop", "precision", "prefetch", "run_eagerly",
    "sample_weight", "shuffle", "steps_per_execution", "test_data", "validation_data",
    "weighted_metrics", "weights",
)  # fmt: skip
_ONE_OF = {"optimizers": "optimizer", "losses": "loss", "metrics": "metric"}
LATER_DATA = ("images", "text", "tfrecord", "synthetic", "python")


def resolve_training(scope: Scope, section: tree.Train, model: graph.Model) -> graph.Training:
    """Return the settings of a training section of a model."""
    return _Training(scope, section, model).resolve()


class _Training:
    def __init__(self, scope: Scope, section: tree.Train, model: graph.Model) -> None:
        self.scope = scope
        self.reporter = scope.reporter
        self.section = section
        self.outputs = [output.name for output in model.body.outputs]
        self.inputs = [input_.name for input_ in model.body.inputs]
        self.strings = [i for i in model.body.inputs if i.dtype == "string"]
        self.settings: dict[str, Any] = {}
        self.spans: dict[str, Span] = {}
        self.loss_failed = False

    def resolve(self) -> graph.Training:
        for input_ in self.strings:
            self.reporter.not_supported(input_.span, "training on strings")
        readers: dict[str, Callable[[tree.Setting], Any]] = {
            "optimizer": self.optimizer,
            "loss": self.loss,
            "metrics": self.metrics,
            "loss_weights": self.loss_weights,
            "epochs": self.single,
            "batch_size": self.single,
            "validation": self.validation,
            "data": self.data,
            "evaluate": self.literal(bool, "`true` or `false`"),
            "predict": self.literal(int, "a number of rows"),
            "save": self.literal(str, 'a path in quotes, such as "model.keras"'),
            "seed": self.literal(int, "an integer"),
        }
        for setting in self.section.settings:
            name = setting.name.text
            if name in self.spans:
                self.reporter.error(
                    "G703", setting.name.span, f"`{name}` is set twice", "second time"
                )
            elif name in readers:
                self.spans[name] = setting.name.span
                value = readers[name](setting)
                if value is not None:
                    self.settings[name] = value
            else:
                self.unknown(setting.name, list(readers))
        if "loss" not in self.spans and self.section.whole:
            self.reporter.error(
                "T803",
                self.section.span,
                "a training section needs a `loss`",
                "no loss",
                help="such as `loss: sparse_categorical_crossentropy`",
            )
        self.check_losses()
        return graph.Training(span=self.section.span, spans=self.spans, **self.settings)

    def check_losses(self) -> None:
        """Report outputs without a loss: Keras stops at them when training begins."""
        losses = self.settings.get("loss", {})
        missing = [name for name in self.outputs if name not in losses]
        if losses and missing and self.section.whole and not self.loss_failed:
            self.reporter.error(
                "T803",
                self.spans["loss"],
                f"the output `{missing[0]}` has no loss",
                "every output needs one",
                expected=", ".join(f"`{name}`" for name in self.outputs),
                received=", ".join(f"`{name}`" for name in losses),
                help=f"add `{missing[0]}=...`; with `loss_weights: {missing[0]}=0, ...`"
                " it does not count",
            )

    def unknown(self, name: tree.Identifier, known: list[str]) -> None:
        if name.text in LATER:
            self.reporter.not_supported(name.span, f"the setting `{name.text}`")
            return
        self.reporter.error(
            "T801",
            name.span,
            f"unknown setting `{name.text}`",
            "not a setting of `train`",
            help=did_you_mean(self.reporter.guess(name.text, [*known, *LATER])),
        )

    # ---- Values

    def wrong(self, span: Span, name: str, expected: str, help_: str | None = None) -> None:
        self.reporter.error(
            "T804", span, f"wrong value for `{name}`", "does not fit", expected=expected, help=help_
        )

    def only_value(self, setting: tree.Setting, expected: str) -> tree.Expression | None:
        """Return the one value of a setting that takes one."""
        first, *rest = setting.values
        if rest or first.name is not None:
            self.wrong(setting.span, setting.name.text, expected)
            return None
        return first.value

    def single(self, setting: tree.Setting) -> graph.Expression | None:
        value = self.only_value(setting, "one number")
        return resolve_expression(self.scope, value) if value else None

    def literal(self, kind: type, expected: str) -> Callable[[tree.Setting], Any]:
        def read(setting: tree.Setting) -> Any:
            value = self.only_value(setting, expected)
            if value is None:
                return None
            found = resolve_expression(self.scope, value)
            if isinstance(found, graph.ConstantUse):
                found = found.constant.value
            if not isinstance(found, graph.Literal) or type(found.value) is not kind:
                self.wrong(value.span, setting.name.text, expected)
                return None
            return found.value

        return read

    def text_of(self, value: tree.Expression) -> str | None:
        """Return a string, given as it is or by the name of a constant."""
        if isinstance(value, tree.Reference) and value.name in self.scope.constants:
            self.scope.used_constants.add(value.name)
            found = self.scope.constants[value.name].value
            if isinstance(found, graph.Literal) and isinstance(found.value, str):
                return found.value
        if isinstance(value, tree.Literal) and isinstance(value.value, str):
            return value.value
        return None

    # ---- Optimizer, losses, metrics

    def optimizer(self, setting: tree.Setting) -> graph.Expression | None:
        value = self.only_value(setting, "one optimizer, such as `adam` or `Adam(1e-3)`")
        return self.part(value, "optimizers") if value else None

    def part(self, value: tree.Expression, kind: str) -> graph.Expression | None:
        """Return an optimizer, loss or metric: by identifier, or as an object."""
        if isinstance(value, tree.Call):
            name = tree.Reference(value.callee.span, value.callee.text)
            if vocabulary.signature(kind, name.name) is None:
                self.unknown_part(name, kind)
                return None
            return resolve_object(self.scope, value, kind)
        text = self.text_of(value)
        if text is not None:
            value = tree.Reference(value.span, text)
        if isinstance(value, tree.Reference):
            if vocabulary.signature(kind, value.name) is not None:
                return resolve_object(
                    self.scope,
                    tree.Call(value.span, tree.Identifier(value.span, value.name), ()),
                    kind,
                )
            if vocabulary.knows(kind, value.name):
                return graph.Word(value.span, value.name)
            self.unknown_part(value, kind)
            return None
        self.wrong(value.span, _ONE_OF[kind], f"the name of something in keras.{kind}")
        return None

    def unknown_part(self, value: tree.Reference, kind: str) -> None:
        from nndsl.vocabulary import pytorch  # only for a message

        one = _ONE_OF[kind]
        last = value.name.rpartition(".")[2]
        known = vocabulary.meaning(kind, value.name)
        if last != value.name and vocabulary.knows(kind, last):
            hint: str | None = f"write `{last}`"
        elif known is not None and vocabulary.signature(kind, known) is not None:
            self.reporter.error(
                "A202",
                value.span,
                f"`{value.name}` is a word, which takes no arguments",
                "the class does",
                help=f"with arguments it is written `{known}(...)`",
            )
            return
        else:
            hint = vocabulary.refusal(value.name) or did_you_mean(pytorch.part(value.name))
        candidates = _spellings(kind)
        if value.name[:1].isupper():
            candidates.reverse()
        self.reporter.error(
            "A202",
            value.span,
            f"unknown {one} `{value.name}`",
            f"not in keras.{kind}",
            help=hint or did_you_mean(self.reporter.guess(value.name, candidates)),
        )

    def loss(self, setting: tree.Setting) -> dict[str, graph.Expression] | None:
        before = len(self.reporter.findings)
        values = self.by_output(setting)
        parts = {name: self.part(value, "losses") for name, value in values.items()}
        self.loss_failed = len(self.reporter.findings) > before
        return {name: part for name, part in parts.items() if part is not None} or None

    def metrics(self, setting: tree.Setting) -> dict[str, tuple[graph.Expression, ...]]:
        result: dict[str, tuple[graph.Expression, ...]] = {}
        for name, value in self.by_output(setting, many=True).items():
            items = value.items if isinstance(value, tree.Sequence) else (value,)
            parts = [self.part(item, "metrics") for item in items]
            result[name] = tuple(part for part in parts if part is not None)
        return result

    def loss_weights(self, setting: tree.Setting) -> dict[str, graph.Expression]:
        parts = {
            name: resolve_expression(self.scope, value)
            for name, value in self.by_output(setting).items()
        }
        return {name: part for name, part in parts.items() if part is not None}

    def by_output(self, setting: tree.Setting, many: bool = False) -> dict[str, tree.Expression]:
        """Return the values of a setting by output, whether given by name or in order."""
        values = setting.values
        named = [value for value in values if value.name is not None]
        if not self.outputs:
            return {}
        if named:
            return self.by_name(setting, values)
        items: Sequence[tree.Expression] = [value.value for value in values]
        count = len(self.outputs)
        if count == 1 and many and len(items) > 1:
            return {self.outputs[0]: tree.Sequence(setting.span, tuple(items), is_tuple=False)}
        if len(items) == 1 and isinstance(items[0], tree.Sequence) and not (many and count == 1):
            items = items[0].items
        if len(items) != count:
            names = ", ".join(f"{name}=..." for name in self.outputs)
            self.wrong(
                setting.span,
                setting.name.text,
                f"one for each of the {count} outputs" if count > 1 else "one",
                f"give them by output: `{setting.name.text}: {names}`",
            )
            return {}
        return dict(zip(self.outputs, items, strict=True))

    def by_name(
        self, setting: tree.Setting, values: Sequence[tree.Argument]
    ) -> dict[str, tree.Expression]:
        result: dict[str, tree.Expression] = {}
        for value in values:
            if value.name is None:
                self.wrong(value.span, setting.name.text, "every value by the name of an output")
            elif value.name.text not in self.outputs:
                self.reporter.error(
                    "T802",
                    value.name.span,
                    f"the model has no output `{value.name.text}`",
                    "not an output",
                    expected=", ".join(f"`{name}`" for name in self.outputs),
                    help=did_you_mean(self.reporter.guess(value.name.text, self.outputs)),
                )
            elif value.name.text in result:
                self.reporter.error(
                    "A211", value.span, f"`{value.name.text}` is given twice", "second time"
                )
            else:
                result[value.name.text] = value.value
        return result

    # ---- Data

    def validation(self, setting: tree.Setting) -> graph.Expression | graph.DataSource | None:
        value = self.only_value(setting, "a fraction such as `0.2`, or a data source")
        if isinstance(value, tree.Call):
            return self.data_source(value)
        return resolve_expression(self.scope, value) if value else None

    def data(self, setting: tree.Setting) -> graph.DataSource | None:
        expected = 'a data source such as `npz("data.npz")` or `csv("data.csv")`'
        value = self.only_value(setting, expected)
        if isinstance(value, tree.Call):
            return self.data_source(value)
        if value is not None:
            text = self.text_of(value)
            kind = "csv" if text and text.endswith(".csv") else "npz"
            hint = f'write `{kind}("{text}")`' if text else "leave `data` out for synthetic data"
            self.wrong(value.span, "data", expected, hint)
        return None

    def data_source(self, call: tree.Call) -> graph.DataSource | None:
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
        text = self.text_of(value)
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


def trained_model(
    reporter: Reporter, section: tree.Train, models: list[graph.Model]
) -> graph.Model | None:
    """Return the model that a section trains; report it if that is not clear."""
    by_name = {model.name: model for model in models}
    if section.model is None:
        if len(models) > 1:
            names = ", ".join(f"`{name}`" for name in by_name)
            reporter.error(
                "T803",
                section.span,
                "which model is trained?",
                f"there are {len(models)}: {names}",
                help=f"write `train {models[0].name} {{ ... }}`",
            )
        return models[0] if len(models) == 1 else None
    model = by_name.get(section.model.text)
    if model is None:
        reporter.error(
            "G705",
            section.model.span,
            f"unknown model `{section.model.text}`",
            help=did_you_mean(reporter.guess(section.model.text, by_name)),
        )
    return model


def _spellings(kind: str) -> list[str]:
    """Return the names of a kind, those first that people write: `mean_squared_error`."""
    words = list(vocabulary.identifiers(kind))
    run_together = {word.replace("_", "") for word in words if "_" in word}
    words.sort(key=lambda word: (word != word.lower(), word in run_together))
    return [*words, *vocabulary.names(kind)]
