"""The training section as rules see it: settings evaluated, losses and metrics by one name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nndsl import graph, vocabulary
from nndsl.diagnostic import Reporter
from nndsl.lint.facts import Facts
from nndsl.record import Record
from nndsl.shapes.evaluate import UNKNOWN, Evaluator
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
    arguments: Mapping[str, Any]
    expression: graph.Expression

    @property
    def span(self) -> Span:
        return self.expression.span

    @property
    def from_logits(self) -> bool:
        return self.arguments.get("from_logits") is True


class Trained:
    """The training of a model."""

    def __init__(self, shaped: ShapedGraph, model: ShapedModel) -> None:
        assert shaped.graph.training is not None
        self.settings = shaped.graph.training
        self.model = model
        self._evaluator = Evaluator(Reporter(), shaped.constants)

    def value(self, expression: graph.Expression | None) -> Any:
        """Return the value of a setting; None if it is not given or not known."""
        if expression is None:
            return None
        value = self._evaluator.evaluate(expression, {})
        return None if value is UNKNOWN else value

    def place(self, setting: str) -> Span:
        """Return where a setting stands; the section if it is not given."""
        given = self.settings.settings.get(setting)
        return given.span if given is not None else self.settings.span

    @cached_property
    def losses(self) -> dict[str, Part]:
        """The loss of each output."""
        given: dict[str, tuple[graph.Expression, ...]] = self.settings.get("loss") or {}
        parts = {name: self._part(e, "losses") for name, (e, *_) in given.items()}
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
    def labels(self) -> dict[str, Facts]:
        """What is known of the labels of each output."""
        return {}

    @cached_property
    def inputs(self) -> dict[str, Facts]:
        """What is known of the values of each input."""
        return {}

    def _part(self, expression: graph.Expression, kind: str) -> Part | None:
        value = self.value(expression)
        if isinstance(value, KerasObject):
            return Part(folded(kind, value.name), dict(value.arguments), expression)
        if isinstance(value, str):
            return Part(folded(kind, vocabulary.meaning(kind, value) or value), {}, expression)
        return None


def folded(kind: str, name: str) -> str:
    """Return the one name of a loss or metric: `mean_squared_error` for `MeanSquaredError`."""
    plain = name.replace("_", "").lower()
    words = (word for word in vocabulary.identifiers(kind) if word == word.lower())
    return next((word for word in words if word.replace("_", "") == plain), plain)
