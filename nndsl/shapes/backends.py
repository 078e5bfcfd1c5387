"""What the backend of a training cannot do: Keras would say so only when the script runs.

What is listed here was tried with Keras 3.15 on jax and torch; `tests/test_backends.py` asks Keras.
"""

from __future__ import annotations

from typing import Any

from nndsl import graph
from nndsl.diagnostic import Reporter
from nndsl.resolve.layers_made import layers_made
from nndsl.shapes.model import ShapedModel
from nndsl.training.distribution import backend_of
from nndsl.training.sources import SOURCES

#: Layers that compute with TensorFlow, whatever Keras computes with.
TENSORFLOW_LAYERS = frozenset(
    {"HashedCrossing", "Hashing", "IntegerLookup", "StringLookup", "TextVectorization"}
)
#: Layers that Keras fails to train with, by backend.
FAILING_LAYERS = {"jax": frozenset({"RandomElasticTransform"})}
#: Arguments of layers that only TensorFlow understands, where they are true.
TENSORFLOW_ARGUMENTS = frozenset({"sparse", "ragged", "synchronized"})
#: Layers that `tf.data` can run whatever Keras computes with, beside those called `Random...`.
RUN_IN_DATA = frozenset("""
    AugMix AutoContrast CategoryEncoding CenterCrop ContrastLimitedAdaptiveHistogramEqualization
    CutMix Discretization Equalization MaxNumBoundingBoxes MelSpectrogram MixUp Normalization
    RandAugment Rescaling Resizing Solarization
    """.split())


def check_backend(
    training: graph.Training, values: dict[str, Any], shaped: ShapedModel, reporter: Reporter
) -> None:
    """Report layers and settings that do not work with the backend that is asked for."""
    backend = backend_of(values) or "tensorflow"
    if backend == "tensorflow":
        return
    fail = FAILING_LAYERS.get(backend, frozenset())
    for made in layers_made(shaped.model.body):
        if made.layer.name in TENSORFLOW_LAYERS | fail:
            reporter.error(
                "T809",
                made.span,
                f"`{made.layer.name}` does not work with `backend: {backend}`",
                "fails in training" if made.layer.name in fail else "computes with TensorFlow",
                help="prepare the data before the model, or leave out `backend`",
            )
            continue
        for bound in made.arguments:
            if bound.parameter in TENSORFLOW_ARGUMENTS and _is_true(bound.value):
                reporter.error(
                    "T809",
                    bound.span,
                    f"`{bound.parameter}` does not work with `backend: {backend}`",
                    "only with TensorFlow",
                    help=f"leave out `{bound.parameter}`, or `backend`",
                )
    _check_augment(training, backend, reporter)
    if values.get("steps_per_execution") == "auto":
        reporter.error(
            "T809",
            training.settings["steps_per_execution"].span,
            f"`steps_per_execution: auto` does not work with `backend: {backend}`",
            "only with TensorFlow",
            help="write a number" if backend == "jax" else "leave it out",
        )
    if backend == "torch":
        _check_torch(training, values, reporter)


def _check_augment(training: graph.Training, backend: str, reporter: Reporter) -> None:
    """Report layers that are to change what is read by TensorFlow, and compute otherwise."""
    data = training.get("data")
    kind = SOURCES.get(data.kind) if data is not None else None
    if kind is None or not kind.streams:
        return
    for made in training.get("augment") or ():
        name = made.layer.name
        if name not in RUN_IN_DATA and not name.startswith("Random"):
            reporter.error(
                "T809",
                made.span,
                f"`{name}` changes no samples of `{kind.name}` with `backend: {backend}`",
                "does not run in `tf.data`",
                help="put it into the model, or leave out `backend`",
            )


def _check_torch(training: graph.Training, values: dict[str, Any], reporter: Reporter) -> None:
    steps = values.get("steps_per_execution", 1)
    if steps not in (1, "auto"):  # which was told of
        reporter.error(
            "T809",
            training.settings["steps_per_execution"].span,
            "`steps_per_execution` does not work with `backend: torch`",
            "has to be 1",
            received=str(steps),
        )
    if any(not path.endswith(".onnx") for path in values.get("export", ())):
        reporter.error(
            "T809",
            training.settings["export"].span,
            "a SavedModel is not written with `backend: torch`",
            "only with TensorFlow and jax",
            help='a path that ends in `.onnx`, or `save: "model.keras"`',
        )


def _is_true(value: graph.Expression) -> bool:
    return isinstance(value, graph.Literal) and value.value is True
