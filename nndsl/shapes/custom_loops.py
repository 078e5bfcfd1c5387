"""What a training loop that is written out (`loop: custom`) leaves to Keras's `fit`."""

from __future__ import annotations

from typing import Any

from nndsl import graph
from nndsl.diagnostic import Reporter
from nndsl.shapes.evaluate import Evaluator

#: Settings that are those of `fit` alone: what is so, and why.
_OF_FIT = {
    "steps_per_epoch": "an epoch of a loop that is written out goes through all samples",
    "steps_per_execution": "a loop that is written out takes one batch at a time",
}
_HELP = "leave it out, or write `loop: fit`"


def check_custom_loop(
    training: graph.Training, values: dict[str, Any], quiet: Evaluator, reporter: Reporter
) -> None:
    """Report settings and callbacks that a loop of the script's own cannot heed."""
    if values.get("loop") != "custom":
        return
    backend = values.get("backend", "tensorflow")

    def refuse(setting: str, title: str) -> None:
        span = training.settings[setting].span
        reporter.error("T808", span, title, "does not go together", help=_HELP)

    for setting, title in _OF_FIT.items():
        if setting in training.settings and values.get(setting) != 1:
            refuse(setting, title)
    if backend == "torch" and values.get("jit_compile") is True:
        refuse("jit_compile", "a loop that is written out for torch is not compiled")
    for callback in training.get("callbacks") or ():
        if isinstance(callback, graph.Object):
            _check_callback(callback, backend, quiet, reporter)


def _check_callback(
    callback: graph.Object, backend: str, quiet: Evaluator, reporter: Reporter
) -> None:
    if callback.name == "BackupAndRestore":
        reporter.error(
            "T808",
            callback.span,
            "`BackupAndRestore` tells `fit` alone which epoch to go on with",
            "does not go with `loop: custom`",
            help="leave it out: `--resume` goes on with a run that was stopped",
        )
    for bound in callback.arguments:
        if backend != "jax" or bound.parameter != "save_freq":
            continue
        if isinstance(quiet.evaluate(bound.value, {}), int):
            reporter.error(
                "T808",
                bound.span,
                "jax keeps the weights in the loop until the epoch is over",
                "saves in the middle of an epoch",
                help="leave out `save_freq`, or write `loop: fit`",
            )
