"""Layers that Keras cannot trace where it does not know all sizes.

Keras asks most layers for the shape of their output. What stands in a class of the user's, or in
Pipeline, has nobody to ask: its call is traced, and code there that computes with a size fails if
the size is not known. Each layer of this kind says in its declaration which axes it computes with,
by one of the functions below; `tests/test_tracing.py` holds them against Keras.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Optional

from nndsl.layers.value import LayerValue

if TYPE_CHECKING:
    from nndsl.layers.rule import LayerRule, Shape

#: Gives the value of an argument by its name.
ValueOf = Callable[[str], Any]
#: Gives the axes, counted behind the batch, that a layer with these arguments has to know; None if
#: it needs none.
TracedAxes = Callable[[ValueOf], Optional[slice]]


def images(value: ValueOf) -> slice:
    return slice(1, None) if value("data_format") == "channels_first" else slice(0, -1)


def images_between_pixels(value: ValueOf) -> slice | None:
    return images(value) if value("interpolation") != "nearest" else None


def steps_unrolled(value: ValueOf) -> slice | None:
    return slice(0, 1) if value("unroll") else None


def last_one_hot(value: ValueOf) -> slice | None:
    return slice(-1, None) if value("output_mode") == "one_hot" else None


def is_traceable(rule: LayerRule, value: ValueOf, shape: Shape) -> bool:
    """True if Keras can trace a layer, with what it wraps, for an input of this shape."""
    axes = rule.traced_axes(value) if rule.traced_axes is not None else None
    if axes is not None and not all(isinstance(size, int) for size in shape[1:][axes]):
        return False
    wrapped = [value(name) for name in ("layer", "backward_layer") if name in rule.by_name]
    within = (shape[0], *shape[2:]) if rule.name == "TimeDistributed" else shape
    return all(
        is_traceable(layer.rule, layer.value, within)
        for layer in wrapped
        if isinstance(layer, LayerValue)
    )
