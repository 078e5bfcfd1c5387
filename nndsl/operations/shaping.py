"""Operations that give the axes another order or another size."""

from __future__ import annotations

from collections.abc import Sequence

from nndsl.layers.arguments import (
    Int,
    IntOrInts,
    Ints,
    OneTensor,
    OptionalIntOrInts,
    OptionalInts,
)
from nndsl.layers.checks import known_product
from nndsl.layers.rule import LayerError, Output, Tensor, shape_text
from nndsl.operations.rule import axes_in, axis_in, operation, result


@operation("shaping")
def reshape(x: OneTensor, newshape: Ints) -> Output:
    """Give the same values another shape; the batch is counted, and is -1.

    Input `[...]`, output the new shape: `x -> ops.reshape([-1, 8, 16])` gives `[8, 16]`. The layer
    `Reshape` leaves the batch out.

    Example:
        input vector: [128]
        vector -> ops.reshape([-1, 8, 16])
    """
    if not newshape or newshape[0] != -1:
        raise LayerError(
            "S105",
            "the first size of `ops.reshape` is the batch, which is never fixed",
            expected="-1 first, then the sizes",
            received=str(list(newshape)),
            help="the layer `Reshape` takes the sizes without the batch",
            argument="newshape",
        )
    sizes = newshape[1:]
    if any(size < 0 for size in sizes):
        raise LayerError(
            "A203",
            "`ops.reshape` can work out only one size, and that is the batch here",
            expected="sizes of at least 0 behind the -1",
            received=str(list(newshape)),
            help="the layer `Reshape` can work out one of the other sizes",
            argument="newshape",
        )
    _need_whole_examples(x, sizes)
    return result((None, *sizes), x.dtype)


def _need_whole_examples(x: Tensor, sizes: Sequence[int]) -> None:
    """Refuse sizes that no number of examples can have."""
    known = known_product(x.shape[1:])
    whole = all(isinstance(dim, int) for dim in x.shape[1:])
    size = known_product(tuple(sizes))
    if whole and known != size and (not size or (known % size and size % known)):
        raise LayerError(
            "S104",
            "the new shape has not as many elements as the input",
            expected=f"{known} in all",
            received=f"{' x '.join(map(str, sizes)) or 1} = {size}",
            argument="newshape",
        )


@operation("shaping")
def transpose(x: OneTensor, axes: OptionalInts = None) -> Output:
    """Put the axes in another order; the batch is counted, and stays the first.

    Input `[a, b]`, output `[b, a]` for `axes=[0, 2, 1]`. The layer `Permute` leaves the batch out.

    Example:
        input x: [50, 8]
        x -> ops.transpose([0, 2, 1])
    """
    given = list(axes or ())
    rank = x.rank
    places = [axis % rank for axis in given if -rank <= axis < rank]
    whole = len(places) == len(given) and sorted(places) == list(range(rank))
    if axes is not None and not whole:
        raise LayerError(
            "A203",
            "`ops.transpose` takes each axis once",
            expected=f"the numbers 0 to {rank - 1} in some order",
            received=str(given),
            argument="axes",
        )
    if not places or places[0] != 0:
        raise LayerError(
            "S105",
            "`ops.transpose` would move the batch",
            expected="0, the batch, first",
            received=str(given) if given else "no `axes`, which turns all of them round",
            help="the layer `Permute` takes the axes without the batch",
            argument="axes" if given else None,
        )
    return result([x.shape[place] for place in places], x.dtype)


@operation("shaping")
def expand_dims(x: OneTensor, axis: IntOrInts) -> Output:
    """Add an axis of size 1; the batch is axis 0.

    Input `[a, b]`, output `[1, a, b]` for `axis=1`, `[a, b, 1]` for `axis=-1`.

    Example:
        input x: [50]
        x -> ops.expand_dims(-1)
    """
    given = (axis,) if isinstance(axis, int) else axis
    rank = x.rank + len(given)
    places = [axis_in("ops.expand_dims", rank, one, x) for one in given]
    if len(set(places)) < len(places):
        raise _given_twice("ops.expand_dims", given)
    left = iter(x.shape)
    return result([1 if place in places else next(left) for place in range(rank)], x.dtype)


def _given_twice(name: str, given: Sequence[int]) -> LayerError:
    return LayerError(
        "A203",
        f"`{name}`: an axis is given twice",
        expected="different axes",
        received=str(list(given)),
        argument="axis",
    )


@operation("shaping")
def squeeze(x: OneTensor, axis: OptionalIntOrInts = None) -> Output:
    """Take axes of size 1 away: those given, or all.

    Input `[a, 1, b]`, output `[a, b]`.

    Example:
        input x: [50, 1]
        x -> ops.squeeze(-1)
    """
    if axis is None:
        return result([x.shape[0], *(dim for dim in x.shape[1:] if dim != 1)], x.dtype)
    axes = axes_in("ops.squeeze", x, axis)
    for place in axes:
        if x.shape[place] != 1:
            raise LayerError(
                "S103",
                f"`ops.squeeze`: axis {place} has not size 1",
                expected="an axis of size 1",
                received=shape_text(x.shape),
                argument="axis",
            )
    return result([dim for place, dim in enumerate(x.shape) if place not in axes], x.dtype)


@operation("shaping")
def swapaxes(x: OneTensor, axis1: Int, axis2: Int) -> Output:
    """Exchange two axes; the batch is axis 0.

    Input `[a, b]`, output `[b, a]` for axes 1 and 2.

    Example:
        input x: [50, 8]
        x -> ops.swapaxes(1, 2)
    """
    a = axis_in("ops.swapaxes", x.rank, axis1, x, "axis1")
    b = axis_in("ops.swapaxes", x.rank, axis2, x, "axis2")
    shape = list(x.shape)
    shape[a], shape[b] = shape[b], shape[a]
    return result(shape, x.dtype)


@operation("shaping")
def moveaxis(x: OneTensor, source: IntOrInts, destination: IntOrInts) -> Output:
    """Move axes to other places; the batch is axis 0.

    Input `[a, b, c]`, output `[b, c, a]` for `source=1, destination=-1`.

    Example:
        input image: [28, 32, 3]
        image -> ops.moveaxis(-1, 1)
    """
    name = "ops.moveaxis"
    sources = (source,) if isinstance(source, int) else source
    places = (destination,) if isinstance(destination, int) else destination
    moved = [axis_in(name, x.rank, axis, x, "source") for axis in sources]
    to = [axis_in(name, x.rank, axis, x, "destination") for axis in places]
    if len(moved) != len(to) or len(set(moved)) < len(moved) or len(set(to)) < len(to):
        raise LayerError(
            "A205",
            f"`{name}` needs a place for each axis that moves",
            expected="as many different places as axes",
            received=f"{list(sources)} and {list(places)}",
            argument="destination",
        )
    rest = iter(axis for axis in range(x.rank) if axis not in moved)
    by_place = dict(zip(to, moved, strict=True))
    order = [by_place[place] if place in by_place else next(rest) for place in range(x.rank)]
    return result([x.shape[axis] for axis in order], x.dtype)
