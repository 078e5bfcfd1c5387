"""Weights that cost nothing, for when Keras is asked for shapes, dtypes and numbers only.

Half of the time of such a question goes into random numbers and into TensorFlow's variables, all
of which nobody looks at.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import tensorflow as tf
from keras.src.backend.tensorflow.core import Variable

_VALUES: dict[Any, tf.Tensor] = {}
_INITIALIZE = Variable._initialize_with_initializer


@contextmanager
def shared_weights() -> Iterator[None]:
    """Let weights that are made within this share their values, and hold no variable.

    An initializer runs, and may refuse, once for each of its configurations, shapes and dtypes.
    To assign such a weight is an error, which only a layer that does so when it is built makes.
    """
    Variable._initialize_with_initializer = _initialize
    try:
        yield
    finally:
        Variable._initialize_with_initializer = _INITIALIZE


def _initialize(variable: Any, initializer: Any) -> None:
    key = _key(variable, initializer)
    if key is None:
        _INITIALIZE(variable, initializer)
        return
    if key not in _VALUES:
        made = initializer(variable._shape, dtype=variable._dtype)
        _VALUES[key] = tf.convert_to_tensor(made, dtype=variable._dtype)
    variable._value = _VALUES[key]


def _key(variable: Any, initializer: Any) -> Any:
    """Return what the value depends on but for chance, or None if that cannot be told."""
    if not hasattr(initializer, "get_config"):
        return None
    config = dict(initializer.get_config())
    if isinstance(config.get("seed"), int):
        del config["seed"]
    return type(initializer), repr(config), tuple(variable._shape), variable._dtype
