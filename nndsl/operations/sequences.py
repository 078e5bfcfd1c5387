"""Operations along an axis that stays: its order, running sums, differences."""

from __future__ import annotations

from nndsl.layers.arguments import (
    Bool,
    Int,
    IntOrInts,
    NumberDType,
    OneTensor,
    OptionalInt,
    OptionalIntOrInts,
)
from nndsl.layers.rule import LayerError, LayerRule, Output, Tensor, shape_text
from nndsl.operations.promotion import need_numbers, no_booleans
from nndsl.operations.rule import (
    axes_in,
    axis_in,
    batch_error,
    example_along,
    need_axes,
    operation,
    replaced,
    result,
)


@operation("sequences")
def sort(x: OneTensor, axis: Int = -1) -> Output:
    """Put the elements along an axis in order, the smallest first.

    Input `[...]`, output the same.

    Example:
        input x: [20]
        x -> ops.sort
    """
    return result(x.shape, _sorted("ops.sort", x, axis).dtype)


@operation("sequences")
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


@operation("sequences")
def top_k(x: OneTensor, k: Int, sorted: Bool = True) -> Output:
    """Give the largest elements of the last axis, and where they are.

    Input `[..., n]`, two outputs `[..., k]`: the values, and their places in int32.

    Example:
        input scores: [10]
        scores -> ops.top_k(3) as best, places
    """
    need_numbers("ops.top_k", x)
    if x.dtype == "bool":
        raise no_booleans("ops.top_k")
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


@operation("sequences")
def flip(x: OneTensor, axis: OptionalIntOrInts = None) -> Output:
    """Turn the order of the elements along an axis round.

    Input `[...]`, output the same.

    Example:
        input series: [50, 8]
        series -> ops.flip(axis=1)
    """
    axes_in("ops.flip", x, axis)
    return result(x.shape, x.dtype)


@operation("sequences")
def roll(x: OneTensor, shift: IntOrInts, axis: OptionalIntOrInts = None) -> Output:
    """Move the elements along an axis; those that leave at the end come in at the beginning.

    Input `[...]`, output the same.

    Example:
        input series: [50, 8]
        series -> ops.roll(1, axis=1)
    """
    axes = axes_in("ops.roll", x, axis)
    need_axes("ops.roll", axes)
    if isinstance(axis, int) != isinstance(shift, int) or (
        not isinstance(shift, int) and len(shift) != len(axes)
    ):
        raise LayerError(
            "A205",
            "`ops.roll` needs a shift for each axis, both as an integer or both in a list",
            expected="an integer" if isinstance(axis, int) else f"a list of {len(axes)}",
            received=str(shift if isinstance(shift, int) else list(shift)),
            argument="shift",
        )
    return result(x.shape, x.dtype)


@operation("sequences")
def diff(a: OneTensor, n: Int = 1, axis: Int = -1) -> Output:
    """Subtract each element from the next one along an axis.

    Input `[..., k]`, output `[..., k - 1]`.

    Example:
        input series: [50]
        series -> ops.diff
    """
    place = axis_in("ops.diff", a.rank, axis, a)
    need_numbers("ops.diff", a)
    if n < 0:
        raise LayerError(
            "A203",
            "`ops.diff` subtracts 0 times or more",
            expected="an integer of at least 0",
            received=str(n),
            argument="n",
        )
    size = a.shape[place]
    dim = max(size - n, 0) if isinstance(size, int) else None
    return result(replaced(a.shape, place, dim), a.dtype)


def _cumulative(name: str, summary: str) -> LayerRule:
    def function(x: OneTensor, axis: OptionalInt = None, dtype: NumberDType = None) -> Output:
        full = f"ops.{name}"
        need_numbers(full, x)
        axes_in(full, x, axis)
        summed = dtype or x.dtype
        return result(x.shape, "int32" if summed == "bool" else summed)

    function.__name__ = name
    function.__doc__ = f"{summary}\n\nInput `[...]`, output the same shape." + example_along(name)
    return operation("sequences")(function)


cumsum = _cumulative("cumsum", "Add up along an axis, step by step.")
cumprod = _cumulative("cumprod", "Multiply along an axis, step by step.")
