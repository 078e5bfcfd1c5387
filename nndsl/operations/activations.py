"""Activations of `keras.ops`, which take their arguments in the flow."""

from __future__ import annotations

from collections.abc import Callable

from nndsl.layers.arguments import Bool, Int, Number, OneTensor
from nndsl.layers.rule import LayerError, LayerRule, Output, Tensor
from nndsl.operations.elementwise import activation, kept
from nndsl.operations.promotion import need_floats
from nndsl.operations.rule import axis_in, operation, replaced, result

Function = Callable[..., Output]

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
    return _on_floats("ops.leaky_relu", x)


@operation("activations")
def gelu(x: OneTensor, approximate: Bool = True) -> Output:
    """Multiply each element by the chance that a normal variable is smaller.

    Input `[...]` of floats, output the same.

    Example:
        input x: [20]
        x -> ops.gelu
    """
    return _on_floats("ops.gelu", x)


@operation("activations")
def threshold(x: OneTensor, threshold: Number, default_value: Number) -> Output:
    """Give the element, or another number where it is not above a threshold.

    Input `[...]` of floats, output the same.

    Example:
        input x: [20]
        x -> ops.threshold(0.5, 0)
    """
    return _on_floats("ops.threshold", x)


@operation("activations")
def squareplus(x: OneTensor, b: Number = 4) -> Output:
    """Give `(x + sqrt(x**2 + b)) / 2`.

    Input `[...]` of floats, output the same.

    Example:
        input x: [20]
        x -> ops.squareplus
    """
    return _on_floats("ops.squareplus", x)


def _on_floats(name: str, x: Tensor) -> Output:
    need_floats(name, x)
    return result(x.shape, x.dtype)


def _documented(name: str, summary: str, example: str, function: Function) -> LayerRule:
    function.__name__ = name
    function.__doc__ = (
        f"{summary}\n\nInput `[...]` of floats, output the same.\n\n"
        f"Example:\n    input x: [20]\n    x -> ops.{name}{example}"
    )
    return operation("activations")(function)


def _exponential(name: str, summary: str) -> LayerRule:
    def function(x: OneTensor, alpha: Number = 1.0) -> Output:
        return _on_floats(f"ops.{name}", x)

    return _documented(name, summary, "", function)


def _shrink(name: str, summary: str) -> LayerRule:
    def function(x: OneTensor, threshold: Number = 0.5) -> Output:
        return _on_floats(f"ops.{name}", x)

    return _documented(name, summary, "(0.1)", function)


def _shares(name: str, summary: str) -> LayerRule:
    def function(x: OneTensor, axis: Int = -1) -> Output:
        axis_in(f"ops.{name}", x.rank, axis, x)
        return _on_floats(f"ops.{name}", x)

    return _documented(name, summary, "", function)


elu = _exponential("elu", "Give the element, or `alpha * (exp(x) - 1)` if it is negative.")
celu = _exponential("celu", "Apply the continuously differentiable exponential unit.")
soft_shrink = _shrink("soft_shrink", "Bring each element nearer to 0 by a threshold.")
hard_shrink = _shrink("hard_shrink", "Make 0 of each element that is nearer to 0 than a threshold.")
softmax = _shares("softmax", "Make shares of the elements along an axis, which add up to 1.")
log_softmax = _shares("log_softmax", "Give the logarithm of the softmax along an axis.")
sparsemax = _shares("sparsemax", "Make shares of the elements along an axis, many of them 0.")


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
    half = size // 2 if isinstance(size, int) else None
    return result(replaced(x.shape, place, half), x.dtype)
