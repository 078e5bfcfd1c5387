"""How operations on every element by itself are declared."""

from __future__ import annotations

from nndsl.layers.arguments import OneTensor
from nndsl.layers.rule import LayerError, LayerRule, Output, Tensor
from nndsl.operations.promotion import as_float, need_floats, need_numbers
from nndsl.operations.rule import operation, result


def kept(
    name: str,
    summary: str,
    *,
    floats: bool = False,
    not_on: str = "",
    family: str = "maths",
) -> LayerRule:
    """Return an operation that keeps shape and dtype, on floats alone or not on some dtypes."""

    def function(x: OneTensor) -> Output:
        full = f"ops.{name}"
        need_numbers(full, x)
        if floats:
            need_floats(full, x)
        if any(x.dtype.startswith(start) for start in not_on.split()):
            raise no_sign(full, x)
        return result(x.shape, x.dtype)

    return _named(name, summary, "of the same dtype", function, family)


def activation(name: str, summary: str) -> LayerRule:
    """Return an activation: it works on floats, and keeps shape and dtype."""
    return kept(name, summary, floats=True, family="activations")


def floated(name: str, summary: str) -> LayerRule:
    """Return an operation that keeps the shape and gives floats."""

    def function(x: OneTensor) -> Output:
        need_numbers(f"ops.{name}", x)
        return result(x.shape, as_float(x.dtype))

    return _named(name, summary, "of floats", function)


def asked(name: str, summary: str) -> LayerRule:
    """Return an operation that answers yes or no for each element."""

    def function(x: OneTensor) -> Output:
        need_numbers(f"ops.{name}", x)
        return result(x.shape, "bool")

    return _named(name, summary, "of booleans", function)


def _named(
    name: str, summary: str, dtype: str, function: object, family: str = "maths"
) -> LayerRule:
    function.__name__ = name  # type: ignore[attr-defined]
    function.__doc__ = (
        f"{summary}\n\nInput `[...]`, output the same shape, {dtype}.\n\n"
        f"Example:\n    input x: [20]\n    x -> ops.{name}"
    )
    return operation(family)(function)  # type: ignore[arg-type]


def no_sign(name: str, x: Tensor) -> LayerError:
    return LayerError(
        "D902",
        f"`{name}` does not work on {x.dtype}",
        expected="a tensor of floats or signed integers",
        received=x.dtype,
        help='put `ops.cast("float32")` in front',
    )
