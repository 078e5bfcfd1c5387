"""What Keras says about a case, and what we say, in one form.

Keras is asked by a symbolic call on `keras.KerasTensor`s, which computes nothing; `runs` asks it to
compute, for where its symbolic answer is not to be trusted.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from oracle import forget
from parity_cases import Case, T
from weights import shared_weights

from nndsl.layers import all_layers
from nndsl.layers.rule import BadArgument, LayerError, LayerValue, Output, Tensor
from nndsl.vocabulary import KerasObject

#: Shapes with dtypes, then the numbers of trainable and of other parameters.
Answer = tuple[list[tuple[tuple[Any, ...], str]], int, int]


def in_keras(value: Any) -> Any:
    """Return an argument as Keras takes it: its objects and layers made."""
    if isinstance(value, KerasObject):
        module = getattr(keras, value.kind)
        return getattr(module, value.name)(**{k: in_keras(v) for k, v in value.arguments})
    if isinstance(value, LayerValue):
        made = {k: in_keras(v) for k, v in value.values}
        return getattr(keras.layers, value.rule.name)(**made)
    if isinstance(value, (list, tuple)):
        return type(value)(in_keras(item) for item in value)
    return value


def symbolic(tensor: T) -> Any:
    return keras.KerasTensor((None, *tensor.shape), dtype=tensor.dtype)


def keras_answer(asked: Case, reason: list[str] | None = None) -> Answer | None:
    """Return what Keras says, or None if it refuses; the reason goes into the list."""
    try:
        with shared_weights():
            made, result = called(asked, symbolic)
        tensors = [(tuple(t.shape), t.dtype) for t in keras.tree.flatten(result)]
    except Exception as error:
        forget()  # else Keras goes on trying to make the weights of the layer that failed
        if reason is not None:
            reason.append(f"{type(error).__name__}: {str(error)[:300]}")
        return None
    trainable = count(w for w in made.weights if w.trainable)  # as a model shows it
    return (tensors, trainable, count(made.weights) - trainable)


def after_one_another(asked: Case) -> list[tuple[tuple[Any, ...], str]] | None:
    """Return what the layers of a Pipeline say if each is called by itself, or None."""
    x = symbolic(next(iter(asked.tensors.values())))
    try:
        with shared_weights():
            for layer in in_keras(asked.values["layers"]):
                x = layer(x)
        return [(tuple(t.shape), t.dtype) for t in keras.tree.flatten(x)]
    except Exception:
        forget()
        return None


def called(asked: Case, make: Callable[[T], Any]) -> tuple[Any, Any]:
    """Return Keras's layer and what it gives when called on the tensors that `make` makes."""
    flags = {p.name for p in all_layers()[asked.layer].flags}
    values = {name: in_keras(value) for name, value in asked.values.items()}
    inputs = {
        name: [make(t) for t in tensor] if isinstance(tensor, list) else make(tensor)
        for name, tensor in asked.tensors.items()
    }
    first = inputs.pop(next(iter(inputs)))
    made = getattr(keras.layers, asked.layer)(
        **{name: value for name, value in values.items() if name not in flags}
    )
    given_flags = {name: value for name, value in values.items() if name in flags}
    return made, made(first, **inputs, **given_flags)


def count(weights: Any) -> int:
    return sum(math.prod(weight.shape) for weight in weights)


def runs(asked: Case, unknown: int = 3) -> list[tuple[tuple[int, ...], str]] | None:
    """Return the shapes and dtypes that come out for a batch of two, or None if it fails."""
    try:
        result = called(asked, lambda tensor: ones(tensor, unknown))[1]
        return [
            (tuple(t.shape), keras.backend.standardize_dtype(t.dtype))
            for t in keras.tree.flatten(result)
        ]
    except Exception:
        return None


def computed(asked: Case) -> list[Any] | None:
    """Return the numbers that come out for a batch of two ones, or None if it fails.

    The generators of random numbers start anew, so that the same layer gives the same twice.
    """
    keras.utils.set_random_seed(0)
    try:
        result = called(asked, ones)[1]
        return [keras.ops.convert_to_numpy(t) for t in keras.tree.flatten(result)]
    except Exception:
        return None


def ones(tensor: T, unknown: int = 3) -> Any:
    shape = (2, *(unknown if dim is None else dim for dim in tensor.shape))
    if tensor.dtype == "string":
        return tf.constant(np.full(shape, "a", object))
    return tf.ones(shape, tensor.dtype)


def our_output(asked: Case) -> Output | None:
    """Return what our layer function gives, or None if it refuses."""
    try:
        return _applied(asked)
    except (BadArgument, LayerError):
        return None


def our_refusal(asked: Case) -> BadArgument | LayerError | None:
    """Return what our layer function raises, or None if it accepts."""
    try:
        _applied(asked)
    except (BadArgument, LayerError) as error:
        return error
    return None


def _applied(asked: Case) -> Output:
    tensors = {
        name: (
            tuple(Tensor((None, *t.shape), t.dtype) for t in given_)
            if isinstance(given_, list)
            else Tensor((None, *given_.shape), given_.dtype)
        )
        for name, given_ in asked.tensors.items()
    }
    return all_layers()[asked.layer].apply(tensors, asked.values)


def our_answer(asked: Case) -> Answer | None:
    made = our_output(asked)
    if made is None:
        return None
    tensors = [
        (tuple(dim if isinstance(dim, int) else None for dim in t.shape), t.dtype)
        for t in made.tensors
    ]
    return (tensors, made.trainable, made.non_trainable)
