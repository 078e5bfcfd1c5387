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
from nndsl.operations.rule import axes_in, axis_in, different, operation, result


@operation("shaping")
def reshape(x: OneTensor, newshape: Ints) -> Output:
    """Give the values of each example another shape; the batch is counted, and is -1.

    Input `[...]`, output the new shape: `x -> ops.reshape([-1, 8, 16])` gives `[8, 16]`. The layer
    `Reshape` leaves the batch out.

    The sizes make as many elements as an example has. With fewer, as where windows of an image
    become examples of their own, Keras would count other examples than the rest of the model.

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
    _need_same_examples(x, sizes)
    return result((None, *sizes), x.dtype)


def _need_same_examples(x: Tensor, sizes: Sequence[int]) -> None:
    """Refuse sizes with which there are more examples or fewer, or parts of examples."""
    known = known_product(x.shape[1:])
    size = known_product(tuple(sizes))
    whole = all(isinstance(dim, int) for dim in x.shape[1:])
    if size == known if whole else not known or (size and size % known == 0):
        return
    mixes = whole and size and known and (known % size == 0 or size % known == 0)
    raise LayerError(
        "S105" if mixes else "S104",
        (
            "`ops.reshape` would make other examples of those of a batch"
            if mixes
            else "the new shape has not as many elements as the input"
        ),
        expected=f"{known} elements for each example" if whole else f"a multiple of {known}",
        received=f"{' x '.join(map(str, sizes)) or 1} = {size}",
        help=_help(known, sizes),
        argument="newshape",
    )


def _help(known: int, sizes: Sequence[int]) -> str:
    """Return how `Reshape` keeps the last of the sizes, if it fits."""
    last = sizes[-1] if sizes else 0
    if not last or known % last:
        return "the layer `Reshape` takes the sizes without the batch"
    return f"the layer `Reshape` works out a size that is left open: `Reshape((-1, {last}))`"


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
    name = "ops.expand_dims"
    places = different(name, given, [axis_in(name, rank, one, x) for one in given])
    left = iter(x.shape)
    return result([1 if place in places else next(left) for place in range(rank)], x.dtype)


@operation("shaping")
def squeeze(x: OneTensor, axis: OptionalIntOrInts = None) -> Output:
    """Take the given axes of size 1 away; the batch is axis 0.

    Input `[a, 1, b]`, output `[a, b]` for `axis=2`.

    Without an axis Keras takes all that have size 1, and with them a batch of one example.

    Example:
        input x: [50, 1]
        x -> ops.squeeze(-1)
    """
    if axis is None or axis == ():
        ones = [place for place, dim in enumerate(x.shape) if dim == 1]
        raise LayerError(
            "S105",
            "without an axis, `ops.squeeze` takes the batch away where it is one example",
            expected="axes of size 1, counted from the batch, which is 0",
            received="no `axis`" if axis is None else "an empty list",
            help=f"write `ops.squeeze({ones[0] if len(ones) == 1 else ones})`" if ones else None,
            argument="axis" if axis is not None else None,
        )
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
