"""Activations that are layers of their own."""

from __future__ import annotations

from nndsl.layers.arguments import Activation as ActivationName
from nndsl.layers.arguments import (
    Constraint,
    Initializer,
    IntOrInts,
    NonNegativeNumber,
    Number,
    OneTensor,
    OptionalIntOrInts,
    OptionalNonNegativeNumber,
    OptionalTensor,
    Regularizer,
)
from nndsl.layers.checks import axis_of, known_size
from nndsl.layers.rule import LayerError, Output, Weight, layer, output, shape_text


@layer("activation")
def Activation(x: OneTensor, activation: ActivationName) -> Output:
    """Apply an activation function of `keras.activations` to every element.

    Input `[...]`, output the same; no weights.
    """
    return output(x.shape)


@layer("activation")
def ReLU(
    x: OneTensor,
    max_value: OptionalNonNegativeNumber = None,
    negative_slope: NonNegativeNumber = 0.0,
    threshold: NonNegativeNumber = 0.0,
) -> Output:
    """Keep what is above `threshold`, up to `max_value`; below it, `negative_slope` of it.

    Input `[...]`, output the same; no weights.
    """
    return output(x.shape)


@layer("activation")
def LeakyReLU(x: OneTensor, negative_slope: NonNegativeNumber = 0.3) -> Output:
    """Keep what is positive and multiply what is negative by `negative_slope`.

    Input `[...]`, output the same; no weights.
    """
    return output(x.shape)


@layer("activation", pins_rank=True)
def PReLU(
    x: OneTensor,
    alpha_initializer: Initializer = "Zeros",
    alpha_regularizer: Regularizer = None,
    alpha_constraint: Constraint = None,
    shared_axes: OptionalIntOrInts = None,
) -> Output:
    """Keep what is positive and multiply what is negative by a learned slope.

    Input `[...]`, output the same; weights: alpha, of the input's shape without the batch, with 1
    for each of the `shared_axes` (counted from 1).
    """
    shared = (shared_axes,) if isinstance(shared_axes, int) else shared_axes or ()
    for axis in shared:
        if not 1 <= axis < x.rank:
            raise LayerError(
                "A203",
                f"PReLU: the input has no axis {axis} to share a slope along",
                expected=f"axes from 1 to {x.rank - 1}",
                received=f"{axis} for {shape_text(x.shape)}",
                argument="shared_axes",
            )
    alpha = [1 if i in shared else known_size("PReLU", x, i) for i in range(1, x.rank)]
    return output(x.shape, Weight("alpha", tuple(alpha)))


@layer("activation")
def ELU(x: OneTensor, alpha: Number = 1.0) -> Output:
    """Keep what is positive and give `alpha * (exp(x) - 1)` for what is negative.

    Input `[...]`, output the same; no weights.
    """
    return output(x.shape)


@layer("activation")
def Softmax(x: OneTensor, mask: OptionalTensor, axis: IntOrInts = -1) -> Output:
    """Turn the numbers along `axis` into probabilities that sum to 1.

    Input `[...]`, output the same; no weights.
    """
    for one in (axis,) if isinstance(axis, int) else axis:
        axis_of("Softmax", x, one)
    return output(x.shape)
