"""Checks of the training settings: their values, and that the data files are there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nndsl import graph
from nndsl.diagnostic import Diagnostic, Reporter
from nndsl.shapes.evaluate import UNKNOWN, Evaluator, show
from nndsl.shapes.model import ShapedGraph


def check_training(
    shaped: ShapedGraph, file_exists: Callable[[str], bool] | None = None
) -> list[Diagnostic]:
    """Return what is wrong with the values of the training settings.

    `file_exists` tells whether a path of the text leads to a file; without it nothing is said.
    """
    training = shaped.graph.training
    if training is None:
        return []
    checker = _Checker(shaped.constants)
    checker.number(training.epochs, "epochs", "a positive integer", _is_count)
    checker.number(training.batch_size, "batch_size", "a positive integer", _is_count)
    checker.parts(training)
    for weight in training.loss_weights.values():
        checker.number(weight, "loss_weights", "a number", lambda number: True)
    if not isinstance(training.validation, graph.DataSource):
        checker.number(
            training.validation,
            "validation",
            "a fraction between 0 and 1, or a data source",
            lambda number: 0 < number < 1,
        )
    reporter = checker.reporter
    check_validation(training, reporter)
    check_literals(training, reporter)
    for source in (training.data, training.validation):
        if isinstance(source, graph.DataSource) and file_exists and not file_exists(source.path):
            reporter.warning(
                "T805",
                source.span,
                f"there is no file `{source.path}`",
                "not found",
                help="paths are relative to the folder of this file",
            )
    return reporter.findings


class _Checker:
    """Checks the numbers of the settings."""

    def __init__(self, constants: dict[graph.Constant, Any]) -> None:
        self.reporter = Reporter()
        self.evaluator = Evaluator(self.reporter, constants)

    def parts(self, training: graph.Training) -> None:
        """Report what Keras refuses of the optimizer, the losses and the metrics."""
        made = [*training.loss.values(), *(m for many in training.metrics.values() for m in many)]
        for part in (training.optimizer, *made):
            if part is not None:
                self.evaluator.evaluate(part, {})

    def number(
        self,
        value: graph.Expression | None,
        name: str,
        expected: str,
        fits: Callable[[Any], bool],
    ) -> None:
        """Report the value of a setting that is no number, or not one that fits."""
        if value is None:
            return
        number = self.evaluator.evaluate(value, {})
        if number is UNKNOWN:
            return
        is_number = isinstance(number, (int, float)) and not isinstance(number, bool)
        if not is_number or not fits(number):
            self.reporter.error(
                "T804",
                value.span,
                f"wrong value for `{name}`",
                "does not fit",
                expected=expected,
                received=show(number),
            )


def check_literals(training: graph.Training, reporter: Reporter) -> None:
    """Report a seed that numpy does not take, and a path that Keras does not save to."""
    if training.seed >= 2**32:
        reporter.error(
            "T804", training.spans["seed"], "wrong value for `seed`", expected="0 to 2**32 - 1"
        )
    if training.save is not None and not training.save.endswith(".keras"):
        stem = training.save.rpartition(".")[0] or training.save
        reporter.error(
            "T804",
            training.spans["save"],
            "a model is saved to a file that ends in `.keras`",
            received=f'"{training.save}"',
            help=f'write `save: "{stem}.keras"`',
        )


def check_validation(training: graph.Training, reporter: Reporter) -> None:
    """Report a second data source that the script could not read as it reads the first."""
    data, second = training.data, training.validation
    if not isinstance(second, graph.DataSource):
        return
    kind = data.kind if data else "npz"
    fields = data.fields if data else {}
    if second.kind != kind or (second.fields and second.fields != fields):
        reporter.error(
            "T804",
            second.span,
            "the data for validation is read like the data for training",
            "another form",
            expected=f"`{kind}(...)` with the same names" if data else "`npz(...)` without names",
            help=f'write `validation: {kind}("{second.path}")`',
        )


def _is_count(number: Any) -> bool:
    return isinstance(number, int) and number > 0
