"""What cannot be shared out: settings that do not work on several devices, and odd batches.

What is listed here was tried with Keras 3.15; `tests/test_distribution.py` asks Keras.
"""

from __future__ import annotations

from typing import Any

from nndsl import graph
from nndsl.diagnostic import Reporter
from nndsl.shapes.layouts import check_layouts
from nndsl.shapes.model import ShapedModel
from nndsl.training.distribution import STRATEGIES

_DEFAULT_BATCH = 32


def check_distribution(
    training: graph.Training, values: dict[str, Any], shaped: ShapedModel, reporter: Reporter
) -> None:
    """Report what does not go together with how the training is shared out."""
    distribution = training.get("distribute")
    if distribution is None or "distribute" not in values:
        return
    checker = _Checker(training, values, distribution, reporter)
    checker.backend()
    checker.loop()
    if distribution.kind == "mirrored":
        checker.mirrored()
    else:
        checker.on_jax()
    checker.batches()
    check_layouts(distribution.layouts, values["distribute"], shaped, reporter)


class _Checker:
    def __init__(
        self,
        training: graph.Training,
        values: dict[str, Any],
        distribution: graph.Distribution,
        reporter: Reporter,
    ) -> None:
        self.training = training
        self.values = values
        self.distribution = distribution
        self.reporter = reporter

    def refuse(self, span: Any, what: str, help_: str) -> None:
        self.reporter.error(
            "T810",
            span,
            f"{what} does not work with `distribute: {self.distribution.kind}`",
            "not on several devices",
            help=help_,
        )

    def backend(self) -> None:
        wanted = STRATEGIES[self.distribution.kind].backend
        given = self.values.get("backend", wanted)
        if given != wanted:
            self.reporter.error(
                "T810",
                self.training.settings["backend"].value.span,
                f"`distribute: {self.distribution.kind}` works with {wanted} only",
                "another backend",
                expected=f"`{wanted}`",
                received=f"`{given}`",
                help=_OTHER_WAYS[given],
            )

    def loop(self) -> None:
        """Report a loop that is written out: it would have to share out by itself."""
        if self.values.get("loop") == "custom":
            self.refuse(self.training.settings["loop"].span, "`loop: custom`", "leave it out")

    def mirrored(self) -> None:
        """Report what `MirroredStrategy` fails at."""
        settings = self.training.settings
        if self.values.get("jit_compile") is True:
            self.refuse(settings["jit_compile"].span, "`jit_compile`", "leave it out")
        if self.values.get("steps_per_execution", 1) not in (1, "auto"):
            span = settings["steps_per_execution"].span
            self.refuse(span, "`steps_per_execution`", "leave it out")
        for optimizer in self.optimizers():
            for bound in getattr(optimizer, "arguments", ()):
                if bound.parameter == "gradient_accumulation_steps":
                    self.refuse(bound.span, f"`{bound.parameter}`", "a larger `batch_size`")

    def on_jax(self) -> None:
        if "augment" in self.training.settings:
            span = self.training.settings["augment"].span
            self.refuse(span, "`augment`", "put the layers into the model")
        source = self.training.get("data")
        if getattr(source, "kind", "") == "batches":
            help_ = "a function of `extern data`, which returns arrays"
            self.refuse(source.span, "a source of batches", help_)
        for callback in self.training.get("callbacks") or ():
            if getattr(callback, "name", "") == "BackupAndRestore":
                help_ = "leave it out: the script's `--resume` goes on with a run"
                self.refuse(callback.span, "`BackupAndRestore`", help_)

    def optimizers(self) -> list[graph.Expression]:
        tuned = self.training.get("fine_tune") or {}
        found = [self.training.get("optimizer")]
        found += [tuned["optimizer"].value] if "optimizer" in tuned else []
        return [one for one in found if one is not None]

    def batches(self) -> None:
        """Report a batch that cannot be dealt out evenly."""
        options: dict[str, Any] = self.values["distribute"]
        parts = options.get("workers") or options.get("batch") or 1
        for setting in ("batch_size", "validation_batch_size"):
            default = _DEFAULT_BATCH if setting == "batch_size" else parts
            size = self.values.get(setting, default)
            if not isinstance(size, int) or size % parts == 0:
                continue
            given = self.training.settings.get(setting)
            self.reporter.error(
                "T810",
                given.value.span if given is not None else self.distribution.span,
                f"a batch of {size} cannot be dealt out evenly to {parts}",
                "batch too small" if size < parts else "uneven",
                expected=f"a multiple of {parts}",
                received=str(size),
                help=f"write `{setting}: {max(parts, size // parts * parts)}`",
            )


_OTHER_WAYS = {
    "tensorflow": "write `distribute: mirrored`, or `backend: jax`",
    "jax": "write `distribute: data_parallel`, or leave out `backend`",
    "torch": "Keras shares nothing out on torch: leave out `backend`",
}
