"""What the backend of a training cannot do: Keras would say so only when the script runs.

What is listed here was tried with Keras 3.15 on jax and torch; `tests/test_backends.py` asks Keras.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nndsl import graph
from nndsl.diagnostic import Reporter
from nndsl.shapes.model import ShapedModel

#: Layers that compute with TensorFlow, whatever Keras computes with.
TENSORFLOW_LAYERS = frozenset(
    {"HashedCrossing", "Hashing", "IntegerLookup", "StringLookup", "TextVectorization"}
)
#: Arguments of layers that only TensorFlow understands, where they are true.
TENSORFLOW_ARGUMENTS = frozenset({"sparse", "ragged", "synchronized"})


def check_backend(
    training: graph.Training, values: dict[str, Any], shaped: ShapedModel, reporter: Reporter
) -> None:
    """Report layers and settings that do not work with the backend that is asked for."""
    backend = values.get("backend", "tensorflow")
    if backend == "tensorflow":
        return
    for made in _layers_made(shaped.model.body, set()):
        if made.layer.name in TENSORFLOW_LAYERS:
            reporter.error(
                "T809",
                made.span,
                f"`{made.layer.name}` does not work with `backend: {backend}`",
                "computes with TensorFlow",
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
    if backend == "torch":
        _check_torch(training, values, reporter)


def _check_torch(training: graph.Training, values: dict[str, Any], reporter: Reporter) -> None:
    steps = values.get("steps_per_execution", 1)
    if steps not in (1, "auto"):
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


def _layers_made(
    body: graph.Body, seen: set[graph.Block]
) -> Iterator[graph.LayerNode | graph.SharedLayer]:
    """Yield every layer where it is made, those of blocks and loops included, each once."""
    yield from (shared for shared in body.shared if isinstance(shared, graph.SharedLayer))
    blocks = [shared.block for shared in body.shared if isinstance(shared, graph.SharedBlock)]
    for node in body.nodes:
        if isinstance(node, graph.LayerNode):
            yield node
        elif isinstance(node, graph.BlockNode):
            blocks.append(node.block)
        for region in graph.regions(node):
            yield from _layers_made(region.body, seen)
    for block in blocks:
        if block not in seen:
            seen.add(block)
            yield from _layers_made(block.body, seen)


def _is_true(value: graph.Expression) -> bool:
    return isinstance(value, graph.Literal) and value.value is True
