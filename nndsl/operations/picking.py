"""Operations that take parts of a tensor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nndsl.layers.arguments import (
    Bool,
    Index,
    Int,
    IntOrInts,
    NumberDType,
    OneTensor,
    OptionalInt,
    PositiveInt,
)
from nndsl.layers.checks import fits
from nndsl.layers.rule import Dim, LayerError, Output, Tensor, shape_text
from nndsl.operations.promotion import need_numbers
from nndsl.operations.rule import axes_in, batch_error, operation, replaced, result


@operation("picking")
def get_item(x: OneTensor, key: Index) -> Output:
    """Cut out a part: `x[:, -1]`, `x[:, :, 0:3]`; the batch is the first axis and stays whole.

    Input `[a, b]`, output `[b]` for `x[:, -1]`, `[3, b]` for `x[:, 0:3]`.

    Example:
        input series: [50, 8]
        series[:, -1] -> Dense(10)
    """
    return result([x.shape[0], *_indexed(x, key)], x.dtype)


def _indexed(x: Tensor, key: Sequence[Any]) -> list[Dim]:
    """Return the sizes that are left behind the batch."""
    items = list(key)
    if items.count(Ellipsis) > 1:
        raise LayerError("A203", "`...` can stand only once in a slice", received="twice")
    count = sum(item is not None and item is not Ellipsis for item in items)
    if count > x.rank:
        raise LayerError(
            "S101",
            "the slice has more parts than the tensor has axes",
            expected=f"at most {x.rank}, the batch counted",
            received=str(count),
        )
    if Ellipsis in items:
        at = items.index(Ellipsis)
        items[at : at + 1] = [slice(None)] * (x.rank - count)
    if not items or items[0] != slice(None):
        raise LayerError(
            "S105",
            "the first part of a slice is the batch, which stays whole",
            expected="`:` first, such as `x[:, 0]`",
            received="another part",
            help="`x[:, -1]` is the last step of each example",
        )
    left = iter(x.shape[1:])
    sizes: list[Dim] = []
    for item in items[1:]:
        if item is None:
            sizes.append(1)
        elif isinstance(item, slice):
            sizes.append(_length(next(left), item))
        else:
            _need_inside(next(left), item, x)
    return [*sizes, *left]


def _length(size: Dim, part: slice) -> Dim:
    if part.step == 0:
        raise LayerError("A203", "a slice cannot go on in steps of 0", received="0")
    if isinstance(size, int):
        return len(range(*part.indices(size)))
    return size if part == slice(None) else None


def _need_inside(size: Dim, index: int, x: Tensor) -> None:
    if isinstance(size, int) and not -size <= index < size:
        raise LayerError(
            "A203",
            f"there is no element {index} along an axis of {size}",
            expected=f"0 to {size - 1}, or -{size} to -1",
            received=f"{index} for {shape_text(x.shape)}",
        )


@operation("picking")
def take(x: OneTensor, indices: IntOrInts, axis: OptionalInt = None) -> Output:
    """Take these elements of an axis.

    Input `[n, a]`, output `[k, a]` for k indices and `axis=1`; one index alone takes the axis away.

    Example:
        input x: [50, 8]
        x -> ops.take([0, 2, 4], axis=1)
    """
    place = axes_in("ops.take", x, axis)[0]
    if indices == ():
        raise LayerError(
            "A203",
            "`ops.take` takes one element or more",
            expected="an integer or a list of integers",
            received="an empty list",
            argument="indices",
        )
    given = (indices,) if isinstance(indices, int) else indices
    for index in given:
        _need_inside(x.shape[place], index, x)
    taken = () if isinstance(indices, int) else (len(indices),)
    return result(replaced(x.shape, place, *taken), x.dtype)


@operation("picking")
def take_along_axis(x: OneTensor, indices: OneTensor, axis: OptionalInt = None) -> Output:
    """Take elements along an axis by the places that another tensor gives for each example.

    Input `[n, a]` and indices `[k, a]` of integers, output `[k, a]` for `axis=1`.

    Example:
        input x: [50, 8]
        input places: int32[3, 8]
        x, places -> ops.take_along_axis(axis=1)
    """
    name = "ops.take_along_axis"
    place = axes_in(name, x, axis)[0]
    if "int" not in indices.dtype:
        raise LayerError(
            "D902", f"`{name}` takes integers as indices", expected="int32", received=indices.dtype
        )
    pairs = list(enumerate(zip(x.shape, indices.shape, strict=False)))
    alike = x.rank == indices.rank and all(
        axis == place or fits(a, b) or 1 in (a, b) for axis, (a, b) in pairs
    )
    if not alike:
        raise LayerError(
            "S103",
            f"`{name}`: the shapes do not match",
            expected=f"equal shapes but for axis {place}",
            received=f"{shape_text(x.shape)} and {shape_text(indices.shape)}",
        )
    shape = [b if axis == place else _joined(a, b) for axis, (a, b) in pairs]
    return result(shape, x.dtype)


def _joined(a: Dim, b: Dim) -> Dim:
    if a == b or b == 1:
        return a
    return b if a == 1 or not isinstance(a, int) else a


@operation("picking")
def tril(x: OneTensor, k: Int = 0) -> Output:
    """Put zeros above the diagonal of the last two axes.

    Input `[..., a, b]`, output the same.

    Example:
        input scores: [50, 50]
        scores -> ops.tril
    """
    return _triangle("tril", x, k)


@operation("picking")
def triu(x: OneTensor, k: Int = 0) -> Output:
    """Put zeros below the diagonal of the last two axes.

    Input `[..., a, b]`, output the same.

    Example:
        input scores: [50, 50]
        scores -> ops.triu
    """
    return _triangle("triu", x, k)


def _triangle(name: str, x: Tensor, k: int) -> Output:
    need_numbers(f"ops.{name}", x)
    if x.rank < 3:
        raise LayerError(
            "S101",
            f"`ops.{name}` takes two axes beside the batch",
            expected="[..., a, b]",
            received=shape_text(x.shape),
        )
    # Keras counts up to the far corner on one side only; beyond it TensorFlow fails.
    size, beyond = (x.shape[-1], k) if name == "tril" else (x.shape[-2], -k)
    if isinstance(size, int) and beyond > size:
        raise LayerError(
            "A203",
            f"`ops.{name}`: there is no such diagonal",
            expected=f"`k` of at {'most' if name == 'tril' else 'least'} "
            f"{size if name == 'tril' else -size}",
            received=f"{k} for {shape_text(x.shape)}",
            argument="k",
        )
    return result(x.shape, x.dtype)


@operation("picking")
def one_hot(
    x: OneTensor,
    num_classes: PositiveInt,
    axis: Int = -1,
    dtype: NumberDType = None,
    sparse: Bool = False,
) -> Output:
    """Give each number a vector with a 1 at its place and 0 elsewhere.

    Input `[...]` of integers, output `[..., num_classes]` of float32 or of `dtype`.

    Example:
        input tokens: int32[50]
        tokens -> ops.one_hot(100)
    """
    need_numbers("ops.one_hot", x)
    if axis == 0:
        raise batch_error("ops.one_hot", "axis 0", "axis")
    if axis != -1 and not 0 < axis < x.rank:
        raise LayerError(
            "A203",
            "`ops.one_hot`: there is no such axis",
            expected=f"-1, or 1 to {x.rank - 1}",
            received=str(axis),
            argument="axis",
        )
    shape = list(x.shape)
    shape.insert(axis if axis != -1 else x.rank, num_classes)
    return result(shape, dtype or "float32")
