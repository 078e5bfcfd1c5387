"""`loop: custom`: the training loop written out, for one backend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nndsl import graph
from nndsl.plan.code import Code, literal
from nndsl.plan.expressions import Spelling
from nndsl.plan.model import CustomLoop, Data
from nndsl.plan.targets import ONE_HOT, loss_name
from nndsl.shapes import ShapedModel

#: What a loop is written with, by backend.
MODULES = {
    "jax": Code("import jax"),
    "tensorflow": Code("import tensorflow as tf"),
    "torch": Code("import torch"),
}
#: How a data set of `tf.data` is gone through, where Keras does not compute with TensorFlow.
_AS_NUMPY = ".as_numpy_iterator()"


@dataclass(frozen=True, slots=True)
class LoopPlanner:
    """Decides what stands in a loop that is written out."""

    training: graph.Training
    values: Mapping[str, Any]
    shaped: ShapedModel
    data: Data
    spelling: Spelling
    backend: str

    def plan(self) -> CustomLoop:
        streams, values = self.data.streams, self.values
        own = self.data.kind == "batches"  # of which little is known
        shuffles = not streams and values.get("shuffle", True)
        given = Code("batches(data, batch_size, order)" if shuffles else self._batches("data"))
        verbose = self.training.get("verbose")
        return CustomLoop(
            backend=Code(self.backend),
            compiled=self._compiled(),
            batches=given,
            first=None if self.data.kind == "batches" else self._batches("data"),
            order=(
                Code("np.random.default_rng([seed, epoch]).permutation(count)")
                if shuffles
                else None
            ),
            steps=self._steps(),
            held_out=self._held_out(),
            validates=self.training.held_out is not None,
            validated=self._validated(),
            verbose=self.spelling.expression(verbose) if verbose is not None else Code("1"),
            shows=literal(values.get("verbose") != 0),
            labels=self._labels(),
            classes=self._classes(),
            rows=self._rows(),
            weighted=own or self.data.weights is not None,
            scales=self._scales(),
            averages=self._averages(),
            augments=not streams and "augment" in self.training.settings,
        )

    def _steps(self) -> Code:
        """Return how many batches there are, if that is known."""
        if self.data.kind == "batches":
            return Code("None")
        return Code("len(data)" if self.data.streams else "math.ceil(count / batch_size)")

    def _batches(self, name: str, size: str = "batch_size") -> Code:
        """Return what is gone through for the batches of some data, in their order."""
        if not self.data.streams:
            return Code(f"batches({name}, {size})")
        if self.data.kind == "batches":  # of any library
            return Code(f"map(as_arrays, {name})")
        return Code(name if self.backend == "tensorflow" else f"{name}{_AS_NUMPY}")

    def _held_out(self) -> Code:
        size, steps = (self.training.get(f"validation_{of}") for of in ("batch_size", "steps"))
        number = self.spelling.expression(size) if size is not None else Code("batch_size")
        given = self._batches("held_out", number)
        if steps is None:
            return given
        return Code(f"itertools.islice({given}, {self.spelling.expression(steps)})")

    def _validated(self) -> Code | None:
        """Return whether an epoch is one to validate after; None if every one is."""
        given, value = self.training.get("validation_freq"), self.values.get("validation_freq", 1)
        if given is None or value == 1:
            return None
        if isinstance(value, (list, tuple)):
            return Code(f"epoch + 1 in {self.spelling.expression(given)}")
        return Code(f"(epoch + 1) % {self.spelling.operand(given, 2)} == 0")

    def _compiled(self) -> Code | None:
        """Return how what compiles a step is called; None if nothing does."""
        if self.values.get("run_eagerly") is True or self.backend == "torch":
            return None
        jit = self.values.get("jit_compile")
        if self.backend == "jax":
            return None if jit is False else Code("")
        return Code("(jit_compile=True)" if jit is True else "")

    def _labels(self) -> Code | None:
        """Return the classes of a batch of targets, where they are weighed."""
        if "class_weight" not in self.training.settings:
            return None
        loss = loss_name(self.training.get("loss")[next(iter(self.shaped.outputs))][0])
        if loss in ONE_HOT:
            return Code("keras.ops.argmax(y, axis=-1)")
        return Code('keras.ops.cast(keras.ops.ravel(y), "int32")')

    def _classes(self) -> Code:
        """Return how many classes there are, as far as it is known: the others weigh 1."""
        output = next(iter(self.shaped.outputs.values()))
        units = output.shape[-1] if output is not None else 2
        given = self.values.get("class_weight")
        listed = len(given) if isinstance(given, (list, tuple)) else 2
        return literal(max(units if isinstance(units, int) else 2, listed, 2))

    def _rows(self) -> Code:
        single = len(self.shaped.inputs) == 1 and self.data.kind != "batches"
        x = "x" if single else "keras.tree.flatten(x)[0]"
        return Code(f"tf.shape({x})[0]" if self.backend == "tensorflow" else f"len({x})")

    def _scales(self) -> bool:
        """True if the optimizer may scale the loss, so that float16 can hold the gradients."""
        by_itself = self.values.get("auto_scale_loss", True)
        if self.values.get("precision") == "mixed_float16" and by_itself:
            return True
        return any(
            not isinstance(part, graph.Object)
            or part.name == "LossScaleOptimizer"
            or any(bound.parameter == "loss_scale_factor" for bound in part.arguments)
            for part in self._optimizers()
        )

    def _averages(self) -> bool:
        """True if an optimizer may keep averages, which the weights are at the end."""
        return any(
            not isinstance(part, graph.Object)
            or any(bound.parameter == "use_ema" for bound in part.arguments)
            for part in self._optimizers()
        )

    def _optimizers(self) -> Iterator[object]:
        """Yield the optimizers of both phases, those inside of others too, but for bare words."""
        phase: dict[str, graph.Given] = self.training.get("fine_tune") or {}
        again = phase["optimizer"].value if "optimizer" in phase else None
        waiting = [self.training.get("optimizer"), again]
        while waiting:
            part = waiting.pop()
            if part is None or isinstance(part, (graph.Word, graph.Literal)):
                continue
            yield part
            if isinstance(part, graph.Object):
                inside = (bound.value for bound in part.arguments)
                waiting += [p for p in inside if getattr(p, "kind", "") == "optimizers"]
