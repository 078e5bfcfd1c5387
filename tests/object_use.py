"""Makes and uses Keras's objects: what `test_objects.py` compares with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

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
    use = _USES.get(made.kind)
    if use is None:
        return None
    return any(_works(use, made, attempt) for attempt in range(len(PAIRS)))


def _works(use: Callable[[Any, int], Iterator[Any]], made: KerasObject, attempt: int) -> bool:
    try:
        values = list(use(made_in_keras(made), attempt))
        return bool(values) and all(np.all(np.isfinite(np.asarray(v, "float64"))) for v in values)
    except Exception:
        return False


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


_USES: dict[str, Callable[[Any, int], Iterator[Any]]] = {
    "activations": _result,
    "initializers": _initializer,
    "regularizers": _on_weights,
    "constraints": _on_weights,
    "losses": _loss,
    "metrics": _metric,
    "optimizers": _optimizer,
    "schedules": _schedule,
}
