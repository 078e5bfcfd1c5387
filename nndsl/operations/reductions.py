"""Operations that make one number of the elements along an axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nndsl.layers.arguments import (
    Any_,
    Bool,
    NumberDType,
    OneTensor,
    OptionalInt,
    OptionalIntOrInts,
    OptionalNumber,
)
from nndsl.layers.checks import axes_text
from nndsl.layers.rule import Dim, LayerError, LayerRule, Output, Shape
from nndsl.operations.promotion import as_float, need_floats, need_numbers, need_whole, no_booleans
from nndsl.operations.rule import axes_in, example_along, need_axes, operation, result


def _without(shape: Shape, axes: Sequence[int], keepdims: bool) -> list[Dim]:
    kept: list[Dim] = []
    for axis, size in enumerate(shape):
        if axis not in axes:
            kept.append(size)
        elif keepdims:
            kept.append(1)
    return kept


def _reduction(name: str, summary: str, dtype: Callable[[str], str]) -> LayerRule:
    def function(x: OneTensor, axis: OptionalIntOrInts = None, keepdims: Bool = False) -> Output:
        full = f"ops.{name}"
        need_numbers(full, x)
        axes = axes_in(full, x, axis)
        return result(_without(x.shape, axes, keepdims), dtype(x.dtype))

    function.__name__ = name.rstrip("_")
    function.__doc__ = (
        f"{summary}\n\nInput `[...]`, output without the axis, or with size 1 there if "
        "`keepdims=true`. The batch is axis 0, so the first axis of an input is 1."
        + example_along(name)
    )
    return operation("reductions")(function)


def _same(dtype: str) -> str:
    return dtype


def _summed(dtype: str) -> str:
    if dtype in ("bool", "int8", "int16"):
        return "int32"
    return "uint32" if dtype in ("uint8", "uint16", "uint64") else dtype


def _multiplied(dtype: str) -> str:
    return dtype if dtype == "uint64" else _summed(dtype)


def _bool(dtype: str) -> str:
    return "bool"


mean = _reduction("mean", "Give the mean along an axis.", as_float)
var = _reduction("var", "Give the variance along an axis.", as_float)
std = _reduction("std", "Give the standard deviation along an axis.", as_float)
median = _reduction("median", "Give the median along an axis.", as_float)
sum_ = _reduction("sum", "Add up along an axis.", _summed)
all_ = _reduction("all", "Ask whether all elements along an axis are true.", _bool)
any_ = _reduction("any", "Ask whether one element along an axis is true.", _bool)
amax = _reduction("amax", "Give the largest element along an axis.", _same)
amin = _reduction("amin", "Give the smallest element along an axis.", _same)


def _extreme(name: str, summary: str) -> LayerRule:
    def function(
        x: OneTensor,
        axis: OptionalIntOrInts = None,
        keepdims: Bool = False,
        initial: OptionalNumber = None,
    ) -> Output:
        full = f"ops.{name}"
        need_numbers(full, x)
        need_whole(full, x, initial=initial)
        return result(_without(x.shape, axes_in(full, x, axis), keepdims), x.dtype)

    function.__name__ = name
    function.__doc__ = (
        f"{summary}\n\nInput `[...]`, output without the axis, of the same dtype."
        + example_along(name)
    )
    return operation("reductions")(function)


max_ = _extreme("max", "Give the largest element along an axis.")
min_ = _extreme("min", "Give the smallest element along an axis.")


@operation("reductions")
def prod(
    x: OneTensor, axis: OptionalIntOrInts = None, keepdims: Bool = False, dtype: NumberDType = None
) -> Output:
    """Multiply along an axis.

    Input `[...]`, output without the axis.

    Example:
        input x: [50, 8]
        x -> ops.prod(axis=1)
    """
    need_numbers("ops.prod", x)
    if dtype is not None and x.dtype == "bool":
        raise no_booleans("ops.prod")
    axes = axes_in("ops.prod", x, axis)
    return result(_without(x.shape, axes, keepdims), dtype or _multiplied(x.dtype))


@operation("reductions")
def logsumexp(x: OneTensor, axis: OptionalIntOrInts = None, keepdims: Bool = False) -> Output:
    """Give `log(sum(exp(x)))` along an axis, without overflow.

    Input `[...]` of floats, output without the axis, of float32.

    Example:
        input scores: [50, 10]
        scores -> ops.logsumexp(axis=-1)
    """
    need_floats("ops.logsumexp", x)
    axes = axes_in("ops.logsumexp", x, axis)
    return result(_without(x.shape, axes, keepdims), "float32")


@operation("reductions")
def norm(
    x: OneTensor, ord: Any_ = None, axis: OptionalIntOrInts = None, keepdims: Bool = False
) -> Output:
    """Give the length of the vectors along an axis.

    Input `[...]` of floats, output without the axis.

    Example:
        input vectors: [50, 8]
        vectors -> ops.norm(axis=-1)
    """
    need_floats("ops.norm", x)
    axes = axes_in("ops.norm", x, axis)
    need_axes("ops.norm", axes)
    if len(axes) > 2 or not _is_order(ord, len(axes)):
        given = f'"{ord}"' if isinstance(ord, str) else str(ord).lower()
        given = "a list" if isinstance(ord, (list, tuple)) else given
        raise LayerError(
            "A203",
            "`ops.norm` has no such norm",
            expected="a number, or `none` for the Euclidean norm, along one axis or two",
            received=f"{given} along {axes_text(len(axes))}",
            argument="ord" if ord is not None else "axis",
        )
    return result(_without(x.shape, axes, keepdims), x.dtype)


def _is_order(order: Any, axes: int) -> bool:
    if order is None:
        return True
    if isinstance(order, bool) or isinstance(order, float) and axes == 2:
        return False
    if isinstance(order, str):
        return order in ("fro", "nuc") and axes == 2
    return isinstance(order, (int, float)) and (axes == 1 or order in (-2, -1, 1, 2))


@operation("reductions")
def count_nonzero(x: OneTensor, axis: OptionalIntOrInts = None) -> Output:
    """Count the elements along an axis that are not 0.

    Input `[...]`, output without the axis, of int32.

    Example:
        input tokens: int32[50]
        tokens -> ops.count_nonzero(axis=1)
    """
    return result(_without(x.shape, axes_in("ops.count_nonzero", x, axis), False), "int32")


def _place(name: str, summary: str) -> LayerRule:
    def function(x: OneTensor, axis: OptionalInt = None, keepdims: Bool = False) -> Output:
        full = f"ops.{name}"
        need_numbers(full, x)
        return result(_without(x.shape, axes_in(full, x, axis), keepdims), "int32")

    function.__name__ = name
    function.__doc__ = (
        f"{summary}\n\nInput `[...]`, output without the axis, of int32." + example_along(name)
    )
    return operation("reductions")(function)


argmax = _place("argmax", "Say where along an axis the largest element is.")
argmin = _place("argmin", "Say where along an axis the smallest element is.")
