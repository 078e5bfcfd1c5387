"""The training section as rules see it: settings evaluated, losses and metrics by one name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nndsl import graph, vocabulary
from nndsl.data import DataFile
from nndsl.diagnostic import Label, Reporter
from nndsl.imports import Files
from nndsl.lint.data_facts import (
    declared_facts,
    facts_of,
    facts_of_classes,
    facts_of_feature,
    parts_of,
    read_source,
)
from nndsl.lint.facts import Facts
from nndsl.record import Record
from nndsl.shapes.evaluate import UNKNOWN, Evaluator
from nndsl.shapes.features import Stored, stored_features
from nndsl.shapes.model import ShapedGraph, ShapedModel
from nndsl.source import Span
from nndsl.vocabulary import KerasObject

#: Losses that take probabilities, or logits with `from_logits=true`.
CATEGORICAL = frozenset({"categorical_crossentropy", "categorical_focal_crossentropy"})
SPARSE = frozenset({"sparse_categorical_crossentropy"})
BINARY = frozenset({"binary_crossentropy", "binary_focal_crossentropy"})
CROSSENTROPIES = CATEGORICAL | SPARSE | BINARY
#: Losses of numbers.
REGRESSION = frozenset(
    "mean_squared_error mean_absolute_error mean_absolute_percentage_error huber log_cosh"
    " mean_squared_logarithmic_error".split()
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Part(Record):
    """A loss, metric or optimizer: by its word or class, `name` is the same."""

    name: str
    kind: str
    arguments: Mapping[str, Any]
    expression: graph.Expression

    @property
    def span(self) -> Span:
        return self.expression.span

    @property
    def from_logits(self) -> bool:
        return self.arguments.get("from_logits") is True

    @property
    def class_name(self) -> str:
        """The class of this name: `MeanSquaredError` for `mse`."""
        plain = self.name.replace("_", "")
        classes = vocabulary.names(self.kind)
        return next((name for name in classes if name.lower() == plain), self.name)

    def argument(self, name: str) -> graph.Bound | None:
        """Return an argument as it is written; None where it is not."""
        given = self.expression.arguments if isinstance(self.expression, graph.Object) else ()
        return next((bound for bound in given if bound.parameter == name), None)

    @property
    def is_class(self) -> bool:
        """True for a class of Keras, with or without arguments: `Accuracy`, not `accuracy`."""
        return isinstance(self.expression, graph.Object)

    def labels(self, text: str) -> tuple[Label, ...]:
        """Return a label for a message about an output: what its loss does."""
        return (Label(self.span, text),)


class Trained:
    """The training of a model."""

    def __init__(
        self,
        shaped: ShapedGraph,
        model: ShapedModel,
        values: Mapping[str, Any],
        files: Files | None = None,
    ) -> None:
        assert shaped.graph.training is not None
        self.settings = shaped.graph.training
        self.model = model
        self._values = values
        self._files = files
        self._evaluator = Evaluator(Reporter(), shaped.constants)

    def value(self, expression: graph.Expression | None) -> Any:
        """Return the value of a setting; None if it is not given or not known."""
        if expression is None:
            return None
        value = self._evaluator.evaluate(expression, {})
        return None if value is UNKNOWN else value

    def number(self, setting: str) -> int | float | None:
        """Return the value of a setting that is a number; None if it is not given."""
        value = self._values.get(setting)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return value if is_number else None

    def word(self, setting: str) -> str | None:
        """Return the value of a setting that is a word; None if it is not given."""
        value = self._values.get(setting)
        return value if isinstance(value, str) else None

    def items(self, setting: str) -> int | None:
        """Return how many values a setting holds that is a list; None if it is none."""
        value = self._values.get(setting)
        return len(value) if isinstance(value, (list, tuple)) else None

    def place(self, setting: str) -> Span:
        """Return where a setting stands; the section if it is not given."""
        given = self.settings.settings.get(setting)
        return given.span if given is not None else self.settings.span

    # ---- Parts of Keras

    @cached_property
    def losses(self) -> dict[str, Part]:
        """The loss of each output."""
        given = (self.settings.get("loss") or {}).items()
        parts = {name: self._part(e[0], "losses") for name, e in given if e}
        return {name: part for name, part in parts.items() if part is not None}

    @cached_property
    def metrics(self) -> dict[str, tuple[Part, ...]]:
        """The metrics of each output that has some."""
        every = {
            name: [self._part(e, "metrics") for e in expressions]
            for name, expressions in (self.settings.get("metrics") or {}).items()
        }
        return {name: tuple(p for p in parts if p is not None) for name, parts in every.items()}

    @cached_property
    def optimizer(self) -> Part | None:
        given = self.settings.get("optimizer")
        return self._part(given, "optimizers") if given is not None else None

    @cached_property
    def callbacks(self) -> tuple[Part, ...]:
        parts = [self._part(e, "callbacks") for e in self.settings.get("callbacks") or ()]
        return tuple(part for part in parts if part is not None)

    # ---- Data

    @cached_property
    def labels(self) -> dict[str, Facts]:
        """What is known of the labels of each output: declared, or in the data file."""
        return self._facts("labels", [output.name for output in self.model.model.body.outputs])

    @cached_property
    def inputs(self) -> dict[str, Facts]:
        """What is known of the values of each input: declared, or in the data file."""
        return self._facts("inputs", [input_.name for input_ in self.model.model.body.inputs])

    @property
    def source(self) -> graph.DataSource | None:
        """The data source, if it is a file."""
        given = self.settings.get("data")
        unclear = "data" in self.settings.failed and getattr(given, "kind", "") == "tfrecord"
        return given if isinstance(given, graph.DataSource) and not unclear else None

    @cached_property
    def file(self) -> DataFile | None:
        """What is in the data file; None if it is not there."""
        return read_source(self.source, self._files) if self.source is not None else None

    @cached_property
    def parts(self) -> dict[str, tuple[str, ...]]:
        """The arrays or columns that each input and output takes of the data file."""
        if self.source is None or self.file is None:
            return {}
        if self.features:
            return {name: (stored.feature,) for name, stored in self.features.items()}
        body = self.model.model.body
        inputs = [input_.name for input_ in body.inputs]
        weight = self.settings.get("sample_weight")
        others = [weight.text] if weight is not None else []
        outputs = [output.name for output in body.outputs]
        return parts_of(self.source, self.file, inputs, outputs, others)

    @cached_property
    def features(self) -> dict[str, Stored]:
        """How the records hold each input and output, if the data are records."""
        if self.source is None or self.source.kind != "tfrecord":
            return {}
        return stored_features(self.settings, self.model, self._values)

    @property
    def compression(self) -> str:
        """How records are said to be compressed; "" where they are not."""
        return str((self._values.get("data") or {}).get("compression", ""))

    @property
    def samples(self) -> int | None:
        """How many samples the data file has, where that is known."""
        arrays = self.file.arrays if self.file is not None else {}
        found = [arrays[k].samples for keys in self.parts.values() for k in keys if k in arrays]
        known = [count for count in found if count is not None]
        return min(known) if known else None

    @property
    def held_out_part(self) -> float | None:
        """The part of the data that is held out; None where nothing is, or other data are."""
        given = self.settings.get("validation")
        if isinstance(given, graph.LastPart):
            given = given.fraction
        value = None if given is None or isinstance(given, graph.DataSource) else self.value(given)
        return float(value) if isinstance(value, (int, float)) and 0 < value < 1 else None

    @property
    def held_out(self) -> int | None:
        """How many samples that part comes to, where it is known how many there are."""
        part, count = self.held_out_part, self.samples
        return None if part is None or count is None else int(count * part)

    @property
    def shares(self) -> int:
        """Among how many devices, or groups of them, every batch is dealt out, as far as known."""
        given = self._values.get("distribute") or {}
        return next((given[of] for of in ("workers", "batch") if isinstance(given.get(of), int)), 1)

    @cached_property
    def others(self) -> tuple[tuple[graph.DataSource, DataFile], ...]:
        """The files to validate and test on, which are read as the first one is."""
        given = (self.settings.get(name) for name in ("validation", "validation_data", "test_data"))
        sources = [one for one in given if isinstance(one, graph.DataSource)]
        files = [(source, read_source(source, self._files)) for source in sources]
        return tuple((source, file) for source, file in files if file is not None)

    def _facts(self, setting: str, names: list[str]) -> dict[str, Facts]:
        values = self._values.get(setting) or {}
        declared = declared_facts(self.settings.get(setting), values)
        classes = (self._values.get("data") or {}).get("classes") if setting == "labels" else None
        file = self.file
        if self.features:
            told = {name: facts_of_feature(self.features[name]) for name in names}
            return {**told, **declared}
        if self.source is not None and file is not None:
            for name in names:
                arrays = [file.arrays[key] for key in self.parts[name] if key in file.arrays]
                if classes and any(set(array.kinds) - set(classes) for array in arrays):
                    continue  # D905 names a text that is none of them: how many there are is open
                if classes and arrays:
                    found: Facts | None = facts_of_classes(self.source, arrays, len(classes))
                else:
                    found = facts_of(self.source, arrays, is_label=setting == "labels")
                if found is not None:
                    declared.setdefault(name, found)
        return declared

    def _part(self, expression: graph.Expression, kind: str) -> Part | None:
        value = self.value(expression)
        if isinstance(value, KerasObject):
            return Part(folded(kind, value.name), kind, dict(value.arguments), expression)
        if isinstance(value, str):
            return Part(
                folded(kind, vocabulary.meaning(kind, value) or value), kind, {}, expression
            )
        return None


def folded(kind: str, name: str) -> str:
    """Return the one name of a loss or metric: `mean_squared_error` for `MeanSquaredError`."""
    plain = name.replace("_", "").lower()
    words = (word for word in vocabulary.identifiers(kind) if word == word.lower())
    return next((word for word in words if word.replace("_", "") == plain), plain)
