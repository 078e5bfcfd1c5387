"""Operations that join, cut, repeat or pad."""

from __future__ import annotations

from collections.abc import Sequence

from nndsl.layers.arguments import (
    Int,
    IntOrInts,
    OneTensor,
    OptionalInt,
    OptionalNumber,
    PadMode,
    PadWidth,
    Tensors,
)
from nndsl.layers.checks import fits
from nndsl.layers.rule import Dim, LayerError, Output, Tensor, shape_text
from nndsl.operations.promotion import need_whole, no_booleans, promote
from nndsl.operations.rule import (
    axes_in,
    axis_given,
    batch_error,
    operation,
    replaced,
    result,
)

#: So many tensors are the parts of one at most: it is what a list holds, too.
MOST_PARTS = 20_000


@operation("joining")
def concatenate(xs: Tensors, axis: Int = 0) -> Output:
    """Join tensors along an axis; the batch is axis 0.

    Inputs `[..., n]` that are equal in all other axes, output `[..., sum of n]` for `axis=-1`.

    Example:
        input a: [64]
        input b: [100]
        a, b -> ops.concatenate(axis=-1)
    """
    name = "ops.concatenate"
    joined = axis_given(name, xs[0].rank, axis, xs[0])
    shape = list(xs[0].shape)
    for other in xs[1:]:
        _need_alike(name, xs[0], other, joined)
        a, b = shape[joined], other.shape[joined]
        shape[joined] = a + b if isinstance(a, int) and isinstance(b, int) else None
    return result(shape, promote(name, *xs))


@operation("joining")
def stack(x: Tensors, axis: Int = 0) -> Output:
    """Lay tensors of one shape beside each other along a new axis; the batch is axis 0.

    Inputs `[a, b]`, output `[n, a, b]` for `axis=1`, where n is their number.

    Example:
        input a: [64]
        input b: [64]
        a, b -> ops.stack(axis=1)
    """
    name = "ops.stack"
    place = axis_given(name, x[0].rank + 1, axis, x[0])
    for other in x[1:]:
        _need_alike(name, x[0], other, None)
    shape = list(x[0].shape)
    shape.insert(place, len(x))
    return result(shape, promote(name, *x))


def _need_alike(name: str, first: Tensor, other: Tensor, but_for: int | None) -> None:
    alike = other.rank == first.rank and all(
        axis == but_for or fits(a, b)
        for axis, (a, b) in enumerate(zip(first.shape, other.shape, strict=True))
    )
    if not alike:
        raise LayerError(
            "S103",
            f"`{name}`: the shapes do not match",
            expected=f"equal shapes but for axis {but_for}" if but_for else "equal shapes",
            received=f"{shape_text(first.shape)} and {shape_text(other.shape)}",
        )


@operation("joining")
def split(x: OneTensor, indices_or_sections: IntOrInts, axis: Int = 0) -> Output:
    """Cut a tensor into several along an axis: into so many equal parts, or at these places.

    Input `[..., n]`, several outputs: `x -> ops.split(3, axis=-1) as a, b, c`.

    Example:
        input x: [96]
        x -> ops.split(3, axis=-1) as a, b, c
    """
    place = axis_given("ops.split", x.rank, axis, x)
    parts = _cut(x.shape[place], indices_or_sections)
    return Output(tuple(Tensor(replaced(x.shape, place, part), x.dtype) for part in parts))


def _cut(size: Dim, cuts: int | Sequence[int]) -> list[Dim]:
    if isinstance(cuts, int):
        if cuts < 1 or (isinstance(size, int) and size % cuts):
            raise LayerError(
                "S104",
                "`ops.split` cuts into equal parts",
                expected=f"a number that divides {size}" if isinstance(size, int) else "1 or more",
                received=str(cuts),
                argument="indices_or_sections",
            )
        _few_enough("ops.split", cuts)
        return [size // cuts if isinstance(size, int) else None] * cuts
    if not cuts:
        raise LayerError(
            "A203",
            "`ops.split` needs a place to cut at",
            expected="a number of parts, or a list of places",
            received="an empty list",
            argument="indices_or_sections",
        )
    places = [0, *cuts]
    ordered = all(a <= b for a, b in zip(places, places[1:], strict=False))
    if not ordered or (isinstance(size, int) and places[-1] > size):
        raise LayerError(
            "A203",
            "`ops.split` cuts at growing places within the axis",
            expected=f"places from 0 to {size}" if isinstance(size, int) else "growing places",
            received=str(list(cuts)),
            argument="indices_or_sections",
        )
    last: Dim = size - places[-1] if isinstance(size, int) else None
    return [*(b - a for a, b in zip(places, places[1:], strict=False)), last]


def _few_enough(name: str, count: int) -> None:
    """Refuse to list more tensors than anyone can name."""
    if count > MOST_PARTS:
        raise LayerError(
            "X952",
            f"`{name}` cuts a tensor into too many",
            expected=f"at most {MOST_PARTS:,}",
            received=f"{count:,}",
        )


@operation("joining")
def unstack(x: OneTensor, num: OptionalInt = None, axis: Int = 0) -> Output:
    """Cut a tensor into slices along an axis, which goes.

    Input `[n, a]`, n outputs `[a]` for `axis=1`: `x -> ops.unstack(axis=1) as a, b, c`.

    Example:
        input x: [3, 64]
        x -> ops.unstack(axis=1) as a, b, c
    """
    place = axis_given("ops.unstack", x.rank, axis, x)
    size = x.shape[place]
    count = size if num is None else num
    if not isinstance(count, int) or count < 1 or (isinstance(size, int) and count != size):
        raise LayerError(
            "S110" if num is None else "A203",
            "`ops.unstack` needs to know how many slices there are",
            expected=f"`num={size}`" if isinstance(size, int) else "a known size, or `num`",
            received=shape_text(x.shape) if num is None else str(num),
            argument="num",
        )
    _few_enough("ops.unstack", count)
    return Output((Tensor(replaced(x.shape, place), x.dtype),) * count)


@operation("joining")
def repeat(x: OneTensor, repeats: IntOrInts, axis: OptionalInt = None) -> Output:
    """Repeat each element of an axis so many times.

    Input `[n]`, output `[n * repeats]` for `axis=1`.

    Example:
        input x: [20]
        x -> ops.repeat(2, axis=1)
    """
    place = axes_in("ops.repeat", x, axis)[0]
    counts = (repeats,) if isinstance(repeats, int) else repeats
    size = x.shape[place]
    if not counts or min(counts) < 0:
        raise LayerError(
            "A203",
            "`ops.repeat` repeats 0 times or more",
            expected="an integer of at least 0, or a list of them",
            received=str(list(counts)),
            argument="repeats",
        )
    if len(counts) > 1 and isinstance(size, int) and size != len(counts):
        raise LayerError(
            "S104",
            "`ops.repeat` needs a number for each element of the axis, or one for all",
            expected=f"{size} numbers",
            received=str(len(counts)),
            argument="repeats",
        )
    dim: Dim = None
    if isinstance(size, int):
        dim = size * counts[0] if len(counts) == 1 else sum(counts)
    return result(replaced(x.shape, place, dim), x.dtype)


@operation("joining")
def tile(x: OneTensor, repeats: IntOrInts) -> Output:
    """Lay copies of a tensor beside each other, so many along each axis, the batch being 1.

    Input `[a, b]`, output `[2 * a, 3 * b]` for `repeats=[1, 2, 3]`.

    Example:
        input x: [20]
        x -> ops.tile([1, 3])
    """
    given = (repeats,) if isinstance(repeats, int) else repeats
    counts = (1,) * (x.rank - len(given)) + tuple(given)
    if len(counts) > x.rank or counts[0] != 1:
        raise batch_error("ops.tile", f"{list(given)} for {x.rank} axes with the batch", "repeats")
    if min(counts) < 0:
        raise LayerError(
            "A203",
            "`ops.tile` repeats 0 times or more",
            expected="integers of at least 0",
            received=str(list(given)),
            argument="repeats",
        )
    pairs = zip(x.shape, counts, strict=True)
    return result(
        [dim * n if isinstance(dim, int) else (dim if n == 1 else None) for dim, n in pairs],
        x.dtype,
    )


@operation("joining")
def pad(
    x: OneTensor,
    pad_width: PadWidth,
    mode: PadMode = "constant",
    constant_values: OptionalNumber = None,
) -> Output:
    """Add elements before and after each axis, none at the batch.

    Input `[a]`, output `[a + 3]` for `pad_width=[(0, 0), (1, 2)]`.

    Example:
        input x: [20]
        x -> ops.pad([(0, 0), (1, 2)])
    """
    if isinstance(pad_width, int) or len(pad_width) != x.rank or pad_width[0] != (0, 0):
        raise LayerError(
            "S105",
            "`ops.pad` would pad the batch, or has not a pair for every axis",
            expected=f"{x.rank} pairs, `(0, 0)` for the batch first",
            received=str(pad_width),
            argument="pad_width",
        )
    if constant_values is not None and mode != "constant":
        raise LayerError(
            "A205",
            "`ops.pad` takes `constant_values` with `mode=constant`",
            expected="`mode=constant`",
            received=f"`mode={mode}`",
            argument="constant_values",
        )
    if constant_values is not None:
        if x.dtype == "bool":
            raise no_booleans("ops.pad")
        need_whole("ops.pad", x, constant_values=constant_values)
    _need_room(x, pad_width, mode)
    pairs = zip(x.shape, pad_width, strict=True)
    return result([d + sum(p) if isinstance(d, int) else _padded(d, p) for d, p in pairs], x.dtype)


def _padded(size: Dim, pair: tuple[int, int]) -> Dim:
    return size if pair == (0, 0) else None


def _need_room(x: Tensor, widths: Sequence[tuple[int, int]], mode: str) -> None:
    """Mirrored elements must be there: fewer than the axis has, or no more if its end counts."""
    if mode not in ("reflect", "symmetric"):
        return
    if x.rank > 5:
        raise LayerError(
            "S101",
            f"`ops.pad` with `mode={mode}` takes tensors of up to four axes beside the batch",
            expected="[a, b, c, d], or fewer axes",
            received=shape_text(x.shape),
            argument="mode",
        )
    for size, pair in zip(x.shape, widths, strict=True):
        most = size - (mode == "reflect") if isinstance(size, int) else None
        if most is not None and max(pair) > most:
            raise LayerError(
                "S102",
                f"`ops.pad` with `mode={mode}` adds no more than there is",
                expected=f"at most {most} for an axis of {size}",
                received=str(max(pair)),
                argument="pad_width",
            )
