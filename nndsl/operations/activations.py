"""Activations of `keras.ops`, which take their arguments in the flow."""

from __future__ import annotations

from nndsl.layers.arguments import Bool, Int, Number, OneTensor
from nndsl.layers.rule import LayerError, Output, Tensor
from nndsl.operations.elementwise import activation, kept
from nndsl.operations.promotion import need_floats
from nndsl.operations.rule import axis_in, operation, result

relu = kept(
    "relu", "Give the element, or 0 if it is negative.", not_on="bool", family="activations"
)
relu6 = kept(
    "relu6", "Give the element, but at least 0 and at most 6.", not_on="bool", family="activations"
)
sigmoid = activation("sigmoid", "Squeeze each element to between 0 and 1.")
log_sigmoid = activation("log_sigmoid", "Give the logarithm of the sigmoid.")
hard_sigmoid = activation("hard_sigmoid", "Approximate the sigmoid by straight lines.")
selu = activation("selu", "Apply the scaled exponential unit.")
silu = activation("silu", "Multiply each element by its sigmoid.")
swish = activation("swish", "Multiply each element by its sigmoid.")
hard_silu = activation("hard_silu", "Approximate the silu by straight lines.")
hard_swish = activation("hard_swish", "Approximate the silu by straight lines.")
hard_tanh = activation("hard_tanh", "Cut each element to between -1 and 1.")
tanh_shrink = activation("tanh_shrink", "Give the element less its tanh.")
softplus = activation("softplus", "Give `log(exp(x) + 1)`.")
softsign = activation("softsign", "Give `x / (abs(x) + 1)`.")
sparse_plus = activation("sparse_plus", "Give a softplus that is 0 below -1.")
sparse_sigmoid = activation("sparse_sigmoid", "Give a sigmoid that reaches 0 and 1.")


@operation("activations")
def leaky_relu(x: OneTensor, negative_slope: Number = 0.2) -> Output:
    """Give the element, or a fraction of it if it is negative.

    Input `[...]` of floats, output the same.

    Example:
        input x: [20]
        x -> ops.leaky_relu(0.1)
    """
    need_floats("ops.leaky_relu", x)
    return result(x.shape, x.dtype)


@operation("activations")
def elu(x: OneTensor, alpha: Number = 1.0) -> Output:
    """Give the element, or `alpha * (exp(x) - 1)` if it is negative.

    Input `[...]` of floats, output the same.

    Example:
        input x: [20]
        x -> ops.elu
    """
    need_floats("ops.elu", x)
    return result(x.shape, x.dtype)


@operation("activations")
def celu(x: OneTensor, alpha: Number = 1.0) -> Output:
    """Apply the continuously differentiable exponential unit.

    Input `[...]` of floats, output the same.

    Example:
        input x: [20]
        x -> ops.celu
    """
    need_floats("ops.celu", x)
    return result(x.shape, x.dtype)


@operation("activations")
def gelu(x: OneTensor, approximate: Bool = True) -> Output:
    """Multiply each element by the chance that a normal variable is smaller.

    Input `[...]` of floats, output the same.

    Example:
        input x: [20]
        x -> ops.gelu
    """
    need_floats("ops.gelu", x)
    return result(x.shape, x.dtype)


@operation("activations")
def soft_shrink(x: OneTensor, threshold: Number = 0.5) -> Output:
    """Bring each element nearer to 0 by a threshold.

    Input `[...]` of floats, output the same.

    Example:
        input x: [20]
        x -> ops.soft_shrink(0.1)
    """
    need_floats("ops.soft_shrink", x)
    return result(x.shape, x.dtype)


@operation("activations")
def hard_shrink(x: OneTensor, threshold: Number = 0.5) -> Output:
    """Make 0 of each element that is nearer to 0 than a threshold.

    Input `[...]` of floats, output the same.

    Example:
        input x: [20]
        x -> ops.hard_shrink(0.1)
    """
    need_floats("ops.hard_shrink", x)
    return result(x.shape, x.dtype)


@operation("activations")
def threshold(x: OneTensor, threshold: Number, default_value: Number) -> Output:
    """Give the element, or another number where it is not above a threshold.

    Input `[...]` of floats, output the same.

    Example:
        input x: [20]
        x -> ops.threshold(0.5, 0)
    """
    need_floats("ops.threshold", x)
    return result(x.shape, x.dtype)


@operation("activations")
def squareplus(x: OneTensor, b: Number = 4) -> Output:
    """Give `(x + sqrt(x**2 + b)) / 2`.

    Input `[...]` of floats, output the same.

    Example:
        input x: [20]
        x -> ops.squareplus
    """
    need_floats("ops.squareplus", x)
    return result(x.shape, x.dtype)


@operation("activations")
def softmax(x: OneTensor, axis: Int = -1) -> Output:
    """Make shares of the elements along an axis, which add up to 1.

    Input `[...]` of floats, output the same.

    Example:
        input scores: [10]
        scores -> ops.softmax
    """
    return _along("ops.softmax", x, axis)


@operation("activations")
def log_softmax(x: OneTensor, axis: Int = -1) -> Output:
    """Give the logarithm of the softmax along an axis.

    Input `[...]` of floats, output the same.

    Example:
        input scores: [10]
        scores -> ops.log_softmax
    """
    return _along("ops.log_softmax", x, axis)


@operation("activations")
def sparsemax(x: OneTensor, axis: Int = -1) -> Output:
    """Make shares of the elements along an axis, many of them 0.

    Input `[...]` of floats, output the same.

    Example:
        input scores: [10]
        scores -> ops.sparsemax
    """
    return _along("ops.sparsemax", x, axis)


def _along(name: str, x: Tensor, axis: int) -> Output:
    need_floats(name, x)
    axis_in(name, x.rank, axis, x)
    return result(x.shape, x.dtype)


@operation("activations")
def glu(x: OneTensor, axis: Int = -1) -> Output:
    """Halve an axis: one half times the sigmoid of the other.

    Input `[..., 2n]` of floats, output `[..., n]`.

    Example:
        input features: [64]
        features -> ops.glu
    """
    need_floats("ops.glu", x)
    place = axis_in("ops.glu", x.rank, axis, x)
    size = x.shape[place]
    if isinstance(size, int) and size % 2:
        raise LayerError(
            "S104",
            "`ops.glu` halves an axis, which must be even",
            expected="an even size",
            received=str(size),
        )
    shape = list(x.shape)
    shape[place] = size // 2 if isinstance(size, int) else None
    return result(shape, x.dtype)
