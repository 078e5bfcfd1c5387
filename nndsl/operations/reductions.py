"""Operations that make one number of the elements along an axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nndsl.layers.arguments import (
    Any_,
    Bool,
    Int,
    OneTensor,
    OptionalInt,
    OptionalIntOrInts,
    OptionalNumber,
    TensorDType,
)
from nndsl.layers.rule import Dim, LayerError, LayerRule, Output, Shape, Tensor, shape_text
from nndsl.operations.promotion import as_float, need_floats, need_numbers
from nndsl.operations.rule import axes_in, axis_in, batch_error, operation, result


def _example(name: str) -> str:
    """Return the part of a docstring that shows an operation along an axis."""
    return f"\n\nExample:\n    input series: [50, 8]\n    series -> ops.{name.rstrip('_')}(axis=1)"


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
        "`keepdims=true`. The batch is axis 0, so the first axis of an input is 1." + _example(name)
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
        return result(_without(x.shape, axes_in(full, x, axis), keepdims), x.dtype)

    function.__name__ = name
    function.__doc__ = (
        f"{summary}\n\nInput `[...]`, output without the axis, of the same dtype." + _example(name)
    )
    return operation("reductions")(function)


max_ = _extreme("max", "Give the largest element along an axis.")
min_ = _extreme("min", "Give the smallest element along an axis.")


@operation("reductions")
def prod(
    x: OneTensor, axis: OptionalIntOrInts = None, keepdims: Bool = False, dtype: TensorDType = None
) -> Output:
    """Multiply along an axis.

    Input `[...]`, output without the axis.

    Example:
        input x: [50, 8]
        x -> ops.prod(axis=1)
    """
    need_numbers("ops.prod", x)
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
    if len(axes) > 2 or not _is_order(ord, len(axes)):
        raise LayerError(
            "A203",
            "`ops.norm` has no such norm",
            expected="a number, or `none` for the Euclidean norm, along one axis or two",
            received=f"{ord!r} along {len(axes)} axes",
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
    function.__doc__ = f"{summary}\n\nInput `[...]`, output without the axis, of int32." + _example(
        name
    )
    return operation("reductions")(function)


argmax = _place("argmax", "Say where along an axis the largest element is.")
argmin = _place("argmin", "Say where along an axis the smallest element is.")


def _cumulative(name: str, summary: str) -> LayerRule:
    def function(x: OneTensor, axis: OptionalInt = None, dtype: TensorDType = None) -> Output:
        full = f"ops.{name}"
        need_numbers(full, x)
        axes_in(full, x, axis)
        summed = dtype or x.dtype
        return result(x.shape, "int32" if summed == "bool" else summed)

    function.__name__ = name
    function.__doc__ = f"{summary}\n\nInput `[...]`, output the same shape." + _example(name)
    return operation("reductions")(function)


cumsum = _cumulative("cumsum", "Add up along an axis, step by step.")
cumprod = _cumulative("cumprod", "Multiply along an axis, step by step.")


@operation("reductions")
def sort(x: OneTensor, axis: Int = -1) -> Output:
    """Put the elements along an axis in order, the smallest first.

    Input `[...]`, output the same.

    Example:
        input x: [20]
        x -> ops.sort
    """
    return result(x.shape, _sorted("ops.sort", x, axis).dtype)


@operation("reductions")
def argsort(x: OneTensor, axis: Int = -1) -> Output:
    """Say where the elements along an axis would come from if they were put in order.

    Input `[...]`, output the same shape of int32.

    Example:
        input x: [20]
        x -> ops.argsort
    """
    return result(_sorted("ops.argsort", x, axis).shape, "int32")


def _sorted(name: str, x: Tensor, axis: int) -> Tensor:
    need_numbers(name, x)
    axis_in(name, x.rank, axis, x)
    return x


@operation("reductions")
def top_k(x: OneTensor, k: Int, sorted: Bool = True) -> Output:
    """Give the largest elements of the last axis, and where they are.

    Input `[..., n]`, two outputs `[..., k]`: the values, and their places in int32.

    Example:
        input scores: [10]
        scores -> ops.top_k(3) as best, places
    """
    need_numbers("ops.top_k", x)
    size = x.shape[-1]
    if x.rank < 2:
        raise batch_error("ops.top_k", shape_text(x.shape))
    if k < 0 or (isinstance(size, int) and k > size):
        raise LayerError(
            "A203",
            "`ops.top_k` takes no more elements than there are",
            expected=f"0 to {size}" if isinstance(size, int) else "0 or more",
            received=str(k),
            argument="k",
        )
    shape = (*x.shape[:-1], k)
    return Output((Tensor(shape, x.dtype), Tensor(shape, "int32")))
