"""Layers that prepare data."""

from __future__ import annotations

from nndsl.layers.arguments import (
    Any_,
    Bool,
    NumberOrNumbers,
    OneTensor,
    OptionalIntOrInts,
)
from nndsl.layers.checks import axis_of, known_size
from nndsl.layers.rule import LayerError, Output, Weight, layer, output


@layer("preprocessing")
def Rescaling(x: OneTensor, scale: NumberOrNumbers, offset: NumberOrNumbers = 0.0) -> Output:
    """Give `x * scale + offset`: `Rescaling(1/255)` brings pixels to the range from 0 to 1.

    Input `[...]`, output the same; no weights.
    """
    return output(x.shape)


@layer("preprocessing")
def Normalization(
    x: OneTensor,
    axis: OptionalIntOrInts = -1,
    mean: Any_ = None,
    variance: Any_ = None,
    invert: Bool = False,
) -> Output:
    """Shift and scale each feature to mean 0 and variance 1, learned from data by `adapt`.

    Input `[..., features]`, output the same; weights, unless `mean` and `variance` are given: mean
    and variance of the size of `axis`, and a count, none of them trainable.
    """
    if (mean is None) != (variance is None):
        raise LayerError(
            "A205",
            "Normalization takes `mean` and `variance` together",
            expected="both or neither",
            received="only `mean`" if variance is None else "only `variance`",
            argument="mean" if variance is None else "variance",
        )
    given = (axis,) if isinstance(axis, int) else axis or ()
    axes = sorted(axis_of("Normalization", x, one) for one in given)
    shape = tuple(known_size("Normalization", x, one) for one in axes)
    if mean is not None:
        return output(x.shape)
    return output(
        x.shape,
        Weight("mean", shape, trainable=False),
        Weight("variance", shape, trainable=False),
        Weight("count", (), trainable=False),
    )
