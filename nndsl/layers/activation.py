"""Activations that are layers of their own."""

from __future__ import annotations

from nndsl.layers.arguments import (
    Activation as ActivationName,
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
from nndsl.layers.checks import axis_of, fits, known_size
from nndsl.layers.masks import KEEPS
from nndsl.layers.rule import LayerError, Output, Tensor, Weight, layer, output, shape_text


@layer("activation", masks=KEEPS)
def Activation(x: OneTensor, activation: ActivationName) -> Output:
    """Apply an activation function of `keras.activations` to every element.

    Input `[...]`, output the same; no weights.

    `-> gelu` makes the same layer.

    Example:
        input features: [64]
        features -> Activation(gelu)
    """
    return output(x.shape)


@layer("activation", masks=KEEPS)
def ReLU(
    x: OneTensor,
    max_value: OptionalNonNegativeNumber = None,
    negative_slope: NonNegativeNumber = 0.0,
    threshold: NonNegativeNumber = 0.0,
) -> Output:
    """Keep what is above `threshold`, up to `max_value`; below it, `negative_slope` of it.

    Input `[...]`, output the same; no weights.

    Example:
        input features: [64]
        features -> ReLU(max_value=6)
    """
    return output(x.shape)


@layer("activation", masks=KEEPS)
def LeakyReLU(x: OneTensor, negative_slope: NonNegativeNumber = 0.3) -> Output:
    """Keep what is positive and multiply what is negative by `negative_slope`.

    Input `[...]`, output the same; no weights.

    Example:
        input features: [64]
        features -> LeakyReLU(negative_slope=0.1)
    """
    return output(x.shape)


@layer("activation", pins_rank=True, masks=KEEPS)
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

    Example:
        input image: [28, 28, 32]
        image -> PReLU(shared_axes=[1, 2])
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


@layer("activation", masks=KEEPS)
def ELU(x: OneTensor, alpha: Number = 1.0) -> Output:
    """Keep what is positive and give `alpha * (exp(x) - 1)` for what is negative.

    Input `[...]`, output the same; no weights.

    Example:
        input features: [64]
        features -> ELU
    """
    return output(x.shape)


@layer("activation", masks=KEEPS)
def Softmax(x: OneTensor, mask: OptionalTensor, axis: IntOrInts = -1) -> Output:
    """Turn the numbers along `axis` into probabilities that sum to 1.

    Input `[...]`, output the same; no weights.

    Example:
        input scores: [10]
        scores -> Softmax
    """
    for one in (axis,) if isinstance(axis, int) else axis:
        axis_of("Softmax", x, one)
    if mask is not None:
        _check_mask(x, mask)
    elif x.masked and x.rank > 2:
        raise LayerError(
            "S103",
            "Softmax: the mask of the steps does not fit",
            expected="a tensor without a mask",
            received="the mask that comes from `mask_zero=true` or `Masking`",
            help="the activation `softmax` takes no notice of masks: write `-> softmax`",
        )
    return output(x.shape)


def _check_mask(x: Tensor, mask: Tensor) -> None:
    if mask.rank != x.rank or not all(
        a == 1 or fits(a, b) for a, b in zip(mask.shape, x.shape, strict=True)
    ):
        raise LayerError(
            "S103",
            "Softmax: the mask does not fit",
            expected=shape_text(x.shape),
            received=shape_text(mask.shape),
            argument="mask",
        )
