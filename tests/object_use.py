"""Makes and uses Keras's objects: what `test_objects.py` compares with."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import keras
import numpy as np
import requests

from nndsl.vocabulary import KerasObject

_RANDOM = np.random.default_rng(0)
_PROBABILITIES = _RANDOM.dirichlet(np.ones(3), 4).astype("float32")
_ONE_HOT = np.eye(3, dtype="float32")[[0, 1, 2, 1]]
#: Targets and predictions, one of which suits each loss and metric.
PAIRS = (
    (_ONE_HOT, _PROBABILITIES),
    (np.array([0, 1, 2, 1]), _PROBABILITIES),
    (np.array([0.0, 1, 1, 0]), np.array([0.1, 0.8, 0.6, 0.4])),
    (np.array([[1.0, 2], [2, 3]]), np.ones((2, 5, 4), "float32") / 4),
    (_ONE_HOT[None], _PROBABILITIES[None]),
)


def made_in_keras(value: Any) -> Any:
    """Return an argument as Keras takes it, its objects made."""
    if isinstance(value, KerasObject):
        part = part_of(value)
        return part(**{name: made_in_keras(item) for name, item in value.arguments})
    if isinstance(value, (list, tuple)):
        return type(value)(made_in_keras(item) for item in value)
    return value


def part_of(made: KerasObject) -> Any:
    """Return the class; for an activation what is called with its arguments, and with a tensor."""
    module = keras.optimizers.schedules if made.kind == "schedules" else getattr(keras, made.kind)
    part = getattr(module, made.name)
    if made.kind != "activations":
        return part
    return lambda **arguments: part(np.ones((2, 4), "float32"), **arguments)


def keras_refusal(made: KerasObject) -> str | None:
    """Return why Keras does not make an object, or None."""
    try:
        made_in_keras(made)
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]}"
    return None


def works(made: KerasObject) -> bool | None:
    """Say if an object does its work with finite numbers; None where it is not tried."""
    if not _may_use(made):
        return None
    return any(values is not None for values in outcomes(made))


def same(made: KerasObject, other: KerasObject) -> bool:
    """True if both do their work wherever one does, with the same numbers."""
    if not _may_use(made) or not _may_use(other):
        return False
    pairs = list(zip(outcomes(made), outcomes(other), strict=True))
    return any(mine is not None for mine, _ in pairs) and all(
        map(_equal, *zip(*pairs, strict=True))
    )


def _equal(mine: list[Any] | None, its: list[Any] | None) -> bool:
    if mine is None or its is None:
        return mine is its
    try:
        return len(mine) == len(its) and all(map(np.allclose, mine, its))
    except ValueError:  # of shapes that do not meet
        return False


def outcomes(made: KerasObject) -> list[list[Any] | None]:
    """Return the numbers that come of each attempt to use an object; None where it fails."""
    return [_outcome(made, attempt) for attempt in range(len(PAIRS))]


def _outcome(made: KerasObject, attempt: int) -> list[Any] | None:
    keras.utils.set_random_seed(0)
    try:
        found = [np.asarray(v, "float64") for v in _USES[made.kind](made_in_keras(made), attempt)]
    except Exception:
        return None
    fine = bool(found) and all(v.size and np.all(np.isfinite(v)) for v in found)
    return found if fine else None


def _may_use(made: KerasObject) -> bool:
    """False for what would close a file of this process, or needs a package that is not here."""
    if made.name == "TensorBoard":
        return False
    return not isinstance(dict(made.arguments).get("filename"), int)


def _result(made: Any, attempt: int) -> Iterator[Any]:
    if attempt == 0:
        yield made


def _initializer(made: Any, attempt: int) -> Iterator[Any]:
    yield made(((3, 4), (3, 3, 5), (4,))[attempt % 3], dtype="float32")


def _on_weights(made: Any, attempt: int) -> Iterator[Any]:
    if attempt == 0:
        yield made(keras.ops.ones((3, 4)) * 2)


def _loss(made: Any, attempt: int) -> Iterator[Any]:
    yield made(*PAIRS[attempt])


def _metric(made: Any, attempt: int) -> Iterator[Any]:
    if attempt == 0 and type(made) in (keras.metrics.Mean, keras.metrics.Sum):
        made.update_state([1.0, 2.0])
    else:
        made.update_state(*PAIRS[attempt])
    yield made.result()


def _optimizer(made: Any, attempt: int) -> Iterator[Any]:
    if attempt == 0:
        weights = keras.Variable(np.ones((3, 4), "float32"), name="kernel")
        made.build([weights])
        for _ in range(3 * (getattr(made, "gradient_accumulation_steps", None) or 1)):
            made.apply([keras.ops.ones((3, 4)) * 0.1], [weights])
        yield weights.numpy()


def _schedule(made: Any, attempt: int) -> Iterator[Any]:
    if attempt == 0:
        for step in (0, 1, 7, 100):
            yield made(keras.ops.convert_to_tensor(step, "int32"))


@contextlib.contextmanager
def _inside(folder: str) -> Iterator[None]:
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _callback(made: Any, attempt: int) -> Iterator[Any]:
    """Let a callback see a training in which the loss grows, in a folder of its own."""
    if attempt:
        return
    sent: list[float] = []

    def post(url: str, data: Any = None, json: Any = None, headers: Any = None) -> None:
        try:
            request = requests.Request("POST", url, headers, data=data, json=json).prepare()
        except requests.exceptions.RequestException as error:
            raise ValueError from error  # Keras only warns of it
        body: Any = request.body or ""
        sent.extend(body if isinstance(body, bytes) else body.encode())

    said = io.StringIO()
    with (
        tempfile.TemporaryDirectory() as folder,
        _inside(folder),
        contextlib.redirect_stdout(said),
        mock.patch("requests.post", post),
    ):
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        model.compile(keras.optimizers.SGD(0.1, use_ema=True), "mse")
        model.optimizer.build(model.trainable_variables)
        made.set_params({"epochs": 6, "steps": 2, "verbose": 0})
        made.set_model(model)
        _train(made)
        files = sum(len(names) for _, _, names in os.walk(folder))
        yield [float(model.optimizer.learning_rate), model.stop_training, files]
    yield [len(said.getvalue()), *sent]


def _train(made: Any) -> None:
    made.on_train_begin()
    for epoch in range(6):
        logs = {"loss": 1.0 + epoch, "val_loss": 1.0 + epoch}
        made.on_epoch_begin(epoch)
        for batch in range(2):
            made.on_train_batch_begin(batch)
            made.on_train_batch_end(batch, logs)
        made.on_test_begin()
        made.on_test_end(logs)
        made.on_epoch_end(epoch, logs)
    made.on_train_end(logs)


_USES: dict[str, Callable[[Any, int], Iterator[Any]]] = {
    "activations": _result,
    "initializers": _initializer,
    "regularizers": _on_weights,
    "constraints": _on_weights,
    "losses": _loss,
    "metrics": _metric,
    "optimizers": _optimizer,
    "schedules": _schedule,
    "callbacks": _callback,
}
