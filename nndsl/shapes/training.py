"""Checks of the training settings: their values, and that the data files are there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nndsl import graph
from nndsl.diagnostic import Diagnostic, Reporter, did_you_mean
from nndsl.imports import Files
from nndsl.layers.argument_types import ArgumentType, NumberType, Unfit
from nndsl.shapes.backends import check_backend
from nndsl.shapes.data import check_adapted, check_sources
from nndsl.shapes.evaluate import UNKNOWN, Evaluator, show
from nndsl.shapes.logs import check_monitors
from nndsl.shapes.model import ShapedGraph, ShapedModel
from nndsl.shapes.written import check_written
from nndsl.source import Span
from nndsl.training import SETTINGS
from nndsl.training.contents import CONTENTS
from nndsl.training.distribution import STRATEGIES
from nndsl.training.setting import (
    Contents,
    Form,
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
from nndsl.training.sources import SOURCES

#: Setting -> its value; of options, a dictionary, with "" for the one without a name.
Values = dict[str, Any]

_NUMBER = NumberType("a number")
_PART = NumberType("a fraction between 0 and 1, or a data source")


def check_training(
    shaped: ShapedGraph, files: Files | None = None
) -> tuple[Values, list[Diagnostic]]:
    """Return the values of the training settings, and what is wrong with them.

    `files` are those around the text; without them nothing is said of what is not there.
    """
    training, trained = shaped.graph.training, shaped.graph.trained
    if training is None or trained is None:
        return {}, []
    checker = _Checker(shaped.constants)
    reporter = checker.reporter
    for name, given in training.settings.items():
        checker.setting(name, SETTINGS[name].form, given)
    model = shaped.models[trained.name]
    check_names(training, model, reporter)
    check_weights(training, checker.values, files.exists if files else None, reporter)
    check_sources(training, checker.values, model, reporter, files)
    check_adapted(model, reporter)
    check_monitors(training, model, reporter)
    check_written(training, checker.values, reporter)
    check_backend(training, checker.values, model, reporter)
    quiet = Evaluator(Reporter(), shaped.constants)  # what is wrong with values was told
    if "augment" in training.settings:
        from nndsl.shapes.augmenting import check_augment  # which few texts need

        check_augment(training, model, quiet, reporter)
    if "loop" in training.settings:
        from nndsl.shapes.custom_loops import check_custom_loop  # which most texts do without

        check_custom_loop(training, checker.values, quiet, reporter)
    if "distribute" in training.settings:
        from nndsl.shapes.distribution import check_distribution  # which few texts need

        check_distribution(training, checker.values, model, reporter)
    return checker.values, reporter.findings


def check_made_up(shaped: ShapedGraph) -> list[Diagnostic]:
    """Report an output of unknown shape, for which no targets can be made up.

    The text has no other mistake: the shape is that of a layer of the user's own.
    """
    training, trained = shaped.graph.training, shaped.graph.trained
    reporter = Reporter()
    if training is None or training.get("data") is not None or trained is None:
        return []
    for output in trained.body.outputs:
        if shaped.models[trained.name].outputs[output.name] is None:
            reporter.error(
                "T803",
                output.span,
                f"the shape of `{output.name}` is not known, so no data can be made up for it",
                "of unknown shape",
                help=f"give `data`, or promise the shape: `output {output.name}: [10]`",
            )
    return reporter.findings


class _Checker:
    """Evaluates settings, and reports values that do not fit."""

    def __init__(self, constants: dict[graph.Constant, Any]) -> None:
        self.reporter = Reporter()
        self.evaluator = Evaluator(self.reporter, constants)
        self.values: Values = {}

    def setting(self, name: str, form: Form, given: graph.Given) -> None:
        value = self.value(name, form, given.value)
        if value is not UNKNOWN:
            self.values[name] = value

    def value(self, name: str, form: Form | None, value: Any) -> Any:
        """Return the value of what was given in a form; `UNKNOWN` if there is none."""
        if isinstance(form, One):
            return self.typed(name, value, form.type)
        if isinstance(form, Contents):
            return {key: self.declared(name, one) for key, one in value.items()}
        if isinstance(form, Options):
            found = {
                option: self.value(name, form.options[option] if option else form.first, g.value)
                for option, g in value.items()
                if not option or option in form.options
            }
            return {option: made for option, made in found.items() if made is not UNKNOWN}
        if isinstance(form, Paths):
            return self.paths(name, form, value)
        if isinstance(form, Sharing):
            return self.sharing(name, value)
        if isinstance(form, (Part, Parts)):
            for part in value if isinstance(value, tuple) else (value,):
                self.evaluator.evaluate(part, {})
        elif isinstance(form, PartPerOutput):
            for parts in value.values():
                for part in parts:
                    self.evaluator.evaluate(part, {})
        elif isinstance(form, NumberPerOutput):
            for number in value.values():
                if number is not None:
                    self.typed(name, number, _NUMBER)
        elif isinstance(value, graph.DataSource) and value.function is not None:
            self.evaluator.evaluate(value.function, {})
        elif isinstance(value, graph.LastPart):
            self.fraction(name, value.fraction)
        elif isinstance(value, graph.DataSource):
            return self.source_options(value)
        elif isinstance(form, Source):
            self.fraction(name, value)
        return UNKNOWN

    def source_options(self, source: graph.DataSource) -> Values:
        """Return the values of the options of a data source."""
        kind = SOURCES.get(source.kind)
        types = kind.options if kind is not None else {}
        found: Values = {
            name: self.typed(name, value, types[name]) for name, value in source.options.items()
        }
        if source.features:
            found["features"] = {
                name: self.feature(name, one) for name, one in source.features.items()
            }
        return {name: value for name, value in found.items() if value is not UNKNOWN}

    def feature(self, name: str, one: graph.Declared) -> Values:
        """Return the values of what is said of a feature of a record."""
        from nndsl.training.features import FEATURES  # which few texts need

        types = FEATURES[one.word].takes if one.word else {}
        found = {key: self.typed(name, value, types[key]) for key, value in one.arguments.items()}
        return {key: value for key, value in found.items() if value is not UNKNOWN}

    def sharing(self, name: str, given: graph.Distribution) -> Values:
        """Return the values of the options of a way to share training out, its name at ""."""
        types = STRATEGIES[given.kind].options
        found = {key: self.typed(name, one, types[key]) for key, one in given.options.items()}
        return {"": given.kind, **{k: value for k, value in found.items() if value is not UNKNOWN}}

    def declared(self, name: str, one: graph.Declared) -> dict[str, Any]:
        """Return what is declared of numbers: the values of the arguments by their names."""
        types = CONTENTS[one.word]
        values = {key: self.typed(name, value, types[key]) for key, value in one.arguments.items()}
        low, high = values.get("low"), values.get("high")
        both = isinstance(low, (int, float)) and isinstance(high, (int, float))
        if both and low > high:  # type: ignore[operator]
            self.wrong(name, one.span, "the smallest number, and then the largest", (low, high))
        return {key: found for key, found in values.items() if found is not UNKNOWN}

    def typed(self, name: str, value: graph.Expression, type_: ArgumentType) -> Any:
        """Return the value of an expression if it fits."""
        found = self.evaluator.evaluate(value, {})
        if found is UNKNOWN:
            return UNKNOWN
        try:
            return type_.convert(found)
        except Unfit as unfit:
            self.wrong(name, value.span, unfit.expected, found)
            return UNKNOWN

    def fraction(self, name: str, value: graph.Expression) -> None:
        number = self.typed(name, value, _PART)
        if number is not UNKNOWN and not 0 < number < 1:
            self.wrong(name, value.span, _PART.description, number)

    def wrong(self, name: str, span: Span, expected: str, received: Any) -> None:
        self.reporter.error(
            "T804",
            span,
            f"wrong value for `{name}`",
            "does not fit",
            expected=expected,
            received=show(received),
        )

    def paths(self, name: str, form: Paths, values: Sequence[graph.Expression]) -> tuple[str, ...]:
        found = []
        for value in values:
            path = self.evaluator.evaluate(value, {})
            if path is UNKNOWN:
                continue
            folder = "" in form.endings and "." not in path.rpartition("/")[2]
            if not folder and not path.endswith(tuple(e for e in form.endings if e)):
                self.ending(name, form, value.span, path)
            else:
                found.append(path)
        return tuple(found)

    def ending(self, name: str, form: Paths, span: Span, path: str) -> None:
        """Report a path that Keras, or its reader, does not take."""
        endings = [f"`{ending}`" for ending in form.endings if ending]
        folder, _, last = path.rpartition("/")
        stem = f"{folder}/{last.partition('.')[0]}" if folder else last.partition(".")[0]
        what = {
            "save": "a model is saved to",
            "history": "the history is written to",
            "plot": "the history is drawn in",
        }
        named = what.get(name, f"`{name}` takes")
        self.reporter.error(
            "T804",
            span,
            f"{named} a file that ends in {' or '.join(endings)}",
            "another ending",
            received=f'"{path}"',
            help=f'write `{name}: "{stem or name}{form.endings[0]}"`',
        )


def check_weights(
    training: graph.Training,
    values: Values,
    file_exists: Callable[[str], bool] | None,
    reporter: Reporter,
) -> None:
    """Report files of weights that are not there."""
    for path, given in zip(values.get("weights", ()), training.get("weights") or (), strict=False):
        if file_exists is not None and not file_exists(path):
            reporter.warning(
                "T805",
                given.span,
                f"there is no file `{path}`",
                "not found",
                help="paths are relative to the folder of this file",
            )


def check_names(training: graph.Training, shaped: ShapedModel, reporter: Reporter) -> None:
    """Report names in `freeze` that no layer or block of the model has."""
    tune = training.get("fine_tune") or {}
    inner = tune["freeze"].value if "freeze" in tune else ()
    nodes = shaped.model.body.nodes
    known = [layer.name for layer in shaped.layers]
    known += [node.name for node in nodes if isinstance(node, graph.BlockNode)]
    known += [node.name for node in nodes if isinstance(node, graph.LoopNode)]
    for word in (*(training.get("freeze") or ()), *inner):
        if word.text not in known:
            reporter.error(
                "G705",
                word.span,
                f"the model has no layer or block `{word.text}`",
                "not known",
                help=did_you_mean(reporter.guess(word.text, known)),
            )
