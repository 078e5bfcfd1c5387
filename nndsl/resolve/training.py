"""The training section -> Training: every setting read by its form."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from nndsl import graph
from nndsl.diagnostic import Reporter, did_you_mean
from nndsl.layers.argument_types import LayerType
from nndsl.resolve.data import DataReader
from nndsl.resolve.expressions import resolve_expression
from nndsl.resolve.keras_parts import PartReader
from nndsl.resolve.naming import LayerNames, keras_name
from nndsl.resolve.outputs import by_output
from nndsl.resolve.scope import Scope
from nndsl.resolve.setting_reports import unknown_argument, wrong_value
from nndsl.source import Span
from nndsl.syntax import tree
from nndsl.training import SETTINGS
from nndsl.training.setting import (
    Column,
    Contents,
    Form,
    Names,
    NumberPerOutput,
    One,
    Options,
    Part,
    PartPerOutput,
    Parts,
    Paths,
    Sharing,
    Source,
)
from nndsl.training.settings import SHORT_CALLBACKS


def resolve_training(scope: Scope, section: tree.Train, model: graph.Model) -> graph.Training:
    """Return the settings of a training section of a model."""
    return _Training(scope, section, model).resolve()


class _Training:
    def __init__(self, scope: Scope, section: tree.Train, model: graph.Model) -> None:
        self.scope = scope
        self.reporter = scope.reporter
        self.section = section
        self.model = model
        self.outputs = [output.name for output in model.body.outputs]
        self.parts = PartReader(scope)
        self.data = DataReader(scope, model)
        self.settings: dict[str, graph.Given] = {}
        #: Settings of which a part could not be understood.
        self.failed: set[str] = set()

    def resolve(self) -> graph.Training:
        seen: set[str] = set()
        for setting in self.section.settings:
            name = setting.name.text
            if name in seen:
                self.reporter.error(
                    "G703", setting.name.span, f"`{name}` is set twice", "second time"
                )
            elif name in SETTINGS:
                seen.add(name)
                self.read_setting(setting)
            else:
                self.unknown(setting.name)
        self.check_losses()
        return graph.Training(self.section.span, self.settings, frozenset(self.failed))

    def read_setting(self, setting: tree.Setting) -> None:
        before = len(self.reporter.findings)
        name = setting.name.text
        value = self.read(SETTINGS[name].form, setting, setting.values)
        if value is not None:
            self.settings[name] = graph.Given(setting.name.span, value)
        if len(self.reporter.findings) > before:
            self.failed.add(name)

    def check_losses(self) -> None:
        """Report outputs without a loss: Keras stops at them when training begins."""
        if not self.section.whole or "loss" in self.failed:
            return
        given = self.settings.get("loss")
        if given is None:
            self.reporter.error(
                "T803",
                self.section.span,
                "a training section needs a `loss`",
                "no loss",
                help="such as `loss: sparse_categorical_crossentropy`",
            )
            return
        missing = [name for name in self.outputs if name not in given.value]
        if given.value and missing:
            self.reporter.error(
                "T803",
                given.span,
                f"the output `{missing[0]}` has no loss",
                "every output needs one",
                expected=", ".join(f"`{name}`" for name in self.outputs),
                received=", ".join(f"`{name}`" for name in given.value),
                help=f"add `{missing[0]}=...`; with `loss_weights: {missing[0]}=0, ...`"
                " it does not count",
            )

    def unknown(self, name: tree.Identifier) -> None:
        from nndsl.vocabulary import older  # only for a message

        self.reporter.error(
            "T801",
            name.span,
            f"unknown setting `{name.text}`",
            "not a setting of `train`",
            help=older.setting(name.text) or did_you_mean(self.reporter.guess(name.text, SETTINGS)),
        )

    # ---- Values by their form

    def read(self, form: Form, setting: tree.Setting, values: tuple[tree.Argument, ...]) -> Any:
        """Return what was given, or None if it could not be understood (it was reported)."""
        if isinstance(form, PartPerOutput):
            return self.part_per_output(form, setting)
        if isinstance(form, NumberPerOutput):
            given = by_output(self.reporter, self.outputs, setting)
            return {name: self.one(None, setting, value) for name, value in given.items()}
        if isinstance(form, Contents):
            return self.contents(form, setting)
        if isinstance(form, Options):
            return self.options(form, setting, values)
        if isinstance(form, Parts) and form.kind == "layers":
            return self.layers(setting, values)
        if isinstance(form, Parts):
            return self.callbacks(setting, values)
        if isinstance(form, (Names, Paths)) and (not isinstance(form, Paths) or form.several):
            items = [self.item(form, setting, value) for value in self.unnamed(setting, values)]
            return tuple(item for item in items if item is not None) or None
        first, *rest = values
        if rest or first.name is not None:
            self.wrong(setting.span, setting.name.text, _expected(form))
            return None
        if isinstance(form, Paths):
            item = self.item(form, setting, first.value)
            return (item,) if item is not None else None
        return self.single(form, setting, first.value)

    def single(self, form: Form, setting: tree.Setting, value: tree.Expression) -> Any:
        if isinstance(form, Part):
            return self.parts.part(value, form.kind)
        if isinstance(form, Column):
            return self.item(form, setting, value)
        if isinstance(form, Sharing):
            from nndsl.resolve.distribution import resolve_distribution  # which few texts need

            return resolve_distribution(self.scope, value)
        if isinstance(form, Source):
            return self.data.source(value, setting.name.text, fraction=form.fraction)
        assert isinstance(form, One)
        return self.one(form, setting, value)

    def one(
        self, form: One | None, setting: tree.Setting, value: tree.Expression
    ) -> graph.Expression | None:
        wanted = form.type if form is not None else None
        found = resolve_expression(self.scope, value, wanted)
        if isinstance(found, graph.Word) and not (wanted and wanted.words):
            self.wrong(value.span, setting.name.text, wanted.description if wanted else "a number")
            return None
        return found

    def unnamed(
        self, setting: tree.Setting, values: tuple[tree.Argument, ...]
    ) -> list[tree.Expression]:
        """Return values that take no names, those in a list among them."""
        found: list[tree.Expression] = []
        for value in values:
            if value.name is not None:
                self.wrong(value.span, setting.name.text, "values without names")
            elif isinstance(value.value, tree.Sequence):
                found += value.value.items
            else:
                found.append(value.value)
        return found

    def item(
        self, form: Names | Paths | Column, setting: tree.Setting, value: tree.Expression
    ) -> Any:
        name = setting.name.text
        if isinstance(form, (Names, Column)):
            if isinstance(value, tree.Reference):
                return graph.Word(value.span, value.name)
            if isinstance(value, tree.Literal) and isinstance(value.value, str):
                return graph.Word(value.span, value.value)
            self.wrong(value.span, name, _expected(form))
            return None
        found = resolve_expression(self.scope, value)
        plain = found.constant.value if isinstance(found, graph.ConstantUse) else found
        if isinstance(plain, graph.Literal) and isinstance(plain.value, str):
            return found
        if found is not None:
            self.wrong(value.span, name, _expected(form))
        return None

    def options(
        self, form: Options, setting: tree.Setting, values: tuple[tree.Argument, ...]
    ) -> dict[str, graph.Given] | None:
        result: dict[str, graph.Given] = {}
        for position, value in enumerate(values):
            name = value.name.text if value.name else ""
            inner = form.options.get(name) if name else form.first
            place = value.name.span if value.name else value.span
            if inner is None or (not name and position):
                self.unknown_option(form, setting, value)
            elif name in result:
                self.reporter.error("A211", value.span, f"`{name}` is given twice", "second time")
            else:
                unnamed = (tree.Argument(value.span, None, value.value),)
                found = self.read(inner, setting, unnamed)
                if found is not None:
                    result[name] = graph.Given(place, found)
        return result or None

    def unknown_option(self, form: Options, setting: tree.Setting, value: tree.Argument) -> None:
        name = setting.name.text
        if value.name is None:
            expected = ", ".join(f"`{option}=...`" for option in form.options)
            self.wrong(value.span, name, expected)
            return
        unknown_argument(self.reporter, value, name, form.options)

    def contents(self, form: Contents, setting: tree.Setting) -> dict[str, graph.Declared] | None:
        from nndsl.resolve.contents import resolve_contents  # which most texts do without

        names = [input_.name for input_ in self.model.body.inputs]
        given = by_output(self.reporter, names if form.of_inputs else self.outputs, setting)
        return resolve_contents(self.scope, setting, given)

    def part_per_output(
        self, form: PartPerOutput, setting: tree.Setting
    ) -> dict[str, tuple[graph.Expression, ...]] | None:
        result: dict[str, tuple[graph.Expression, ...]] = {}
        for name, value in by_output(self.reporter, self.outputs, setting, many=form.many).items():
            is_list = form.many and isinstance(value, tree.Sequence)
            items = value.items if is_list and isinstance(value, tree.Sequence) else (value,)
            found = [self.parts.part(item, form.kind) for item in items]
            parts = tuple(part for part in found if part is not None)
            if parts or form.many:
                result[name] = parts
        return result or None

    def layers(
        self, setting: tree.Setting, values: tuple[tree.Argument, ...]
    ) -> tuple[graph.LayerObject, ...] | None:
        """Return layers that stand in no model: Keras names them."""
        scope = self.scope.inside()
        scope.layer_names = LayerNames((), (), (), in_block=False)
        found = []
        for value in self.unnamed(setting, values):
            made = resolve_expression(scope, value, LayerType("a layer"))
            if isinstance(made, graph.LayerObject):
                found.append(made)
            elif made is not None:
                self.wrong(value.span, setting.name.text, "layers, such as `RandomFlip()`")
        return tuple(found) or None

    def callbacks(
        self, setting: tree.Setting, values: tuple[tree.Argument, ...]
    ) -> tuple[graph.Expression, ...] | None:
        found: list[graph.Expression | None] = []
        for value in self.unnamed(setting, values):
            short = SHORT_CALLBACKS.get(value.name) if isinstance(value, tree.Reference) else None
            if short is not None and isinstance(value, tree.Reference):
                found.append(_short_callback(value, short, keras_name(self.model.name)))
            else:
                found.append(self.parts.part(value, "callbacks"))
        return tuple(part for part in found if part is not None) or None

    def wrong(self, span: Span, name: str, expected: str, help_: str | None = None) -> None:
        wrong_value(self.reporter, span, name, expected, help_)


def _short_callback(word: tree.Reference, arguments: dict[str, Any], model: str) -> graph.Object:
    """Return a callback that is named alone, with arguments that suit most trainings."""
    bound = []
    for name, value in arguments.items():
        text = value.format(name=model) if isinstance(value, str) else value
        bound.append(graph.Bound(name, graph.Literal(word.span, text), word.span, positional=False))
    return graph.Object(word.span, "callbacks", word.name, tuple(bound))


_EXAMPLES = {
    "optimizers": "one optimizer, such as `adam` or `Adam(1e-3)`",
}


def _expected(form: Form) -> str:
    """Return in words what a form takes."""
    if isinstance(form, One):
        return form.type.description
    if isinstance(form, Part):
        return _EXAMPLES[form.kind]
    if isinstance(form, Source):
        source = 'a data source such as `npz("data.npz")` or `csv("data.csv")`'
        return "a fraction such as `0.2`, or a data source" if form.fraction else source
    if isinstance(form, Paths):
        ending = form.endings[0]
        several = ", or several" if form.several else ""
        return f'a path in quotes, such as "model{ending}"{several}'
    if isinstance(form, Column):
        return "the name of an array or column"
    if isinstance(form, Sharing):
        return "one way to share training out, such as `mirrored`"
    return "names of layers or blocks"


def trained_model(
    reporter: Reporter, section: tree.Train, models: list[graph.Model], nested: Collection[str]
) -> graph.Model | None:
    """Return the model that a section trains; report it if that is not clear.

    Models that others apply, the `nested` ones, count only if they are named.
    """
    by_name = {model.name: model for model in models}
    if section.model is None:
        outer = [model for model in models if model.name not in nested] or models
        if len(outer) > 1:
            names = ", ".join(f"`{model.name}`" for model in outer)
            reporter.error(
                "T803",
                section.span,
                "which model is trained?",
                f"there are {len(outer)}: {names}",
                help=f"write `train {outer[0].name} {{ ... }}`",
            )
        return outer[0] if len(outer) == 1 else None
    model = by_name.get(section.model.text)
    if model is None:
        reporter.error(
            "G705",
            section.model.span,
            f"unknown model `{section.model.text}`",
            help=did_you_mean(reporter.guess(section.model.text, by_name)),
        )
    return model
