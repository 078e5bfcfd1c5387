"""Layers that move, repeat, cut or pad values without computing with them."""

from __future__ import annotations

import math

from nndsl.layers.arguments import (
    DataFormat,
    Interpolation,
    Ints,
    Margins1,
    Margins2,
    Margins3,
    OneTensor,
    PositiveInt,
    Sizes,
    Spatial2,
    Spatial3,
)
from nndsl.layers.checks import axes_text, known_product, need_rank
from nndsl.layers.rule import (
    Dim,
    LayerError,
    Output,
    Tensor,
    kept_dtype,
    layer,
    output,
    shape_text,
)
from nndsl.layers.tracing import images_between_pixels
from nndsl.layers.windows import channel_axis, spatial_axes, spatial_form, with_sizes


@layer("reshaping")
def Flatten(x: OneTensor, data_format: DataFormat = None) -> Output:
    """Lay all axes beside the batch out in one.

    Input `[...]`, output `[the product of the sizes]`; no weights.

    A `Dense` behind it needs every size to be known.

    Example:
        input image: [7, 7, 64]
        image -> Flatten
    """
    unknown = [dim for dim in x.shape[1:] if not isinstance(dim, int)]
    size: Dim = known_product(x.shape[1:])
    if unknown:
        # A lone unknown axis beside axes of size 1 keeps its name.
        size = unknown[0] if size == len(unknown) == 1 else None
    return output((x.shape[0], size), dtype=kept_dtype(x))


@layer("reshaping")
def Reshape(x: OneTensor, target_shape: Sizes) -> Output:
    """Give the same values another shape; -1 stands for what is left over.

    Input `[...]`, output the target shape (without the batch); no weights.

    Example:
        input vector: [784]
        vector -> Reshape([28, 28, -1])
    """
    if target_shape.count(-1) > 1:
        raise LayerError(
            "A203",
            "Reshape can work out only one size by itself",
            expected="at most one -1",
            received=str(list(target_shape)),
            argument="target_shape",
        )
    unknown = [dim for dim in x.shape[1:] if not isinstance(dim, int)]
    size, target_size = known_product(x.shape[1:]), 1
    for dim in target_shape:
        target_size *= 1 if dim == -1 else dim
    rest: Dim
    if unknown:
        rest = unknown[0] if len(unknown) == 1 and size == target_size else None
    elif -1 in target_shape and target_size and size % target_size == 0:
        rest = size // target_size
    elif -1 not in target_shape and size == target_size:
        rest = None
    else:
        raise _reshape_error(x, target_shape, size, target_size)
    shape = tuple(rest if dim == -1 else dim for dim in target_shape)
    return output((x.shape[0], *shape), dtype=kept_dtype(x))


def _reshape_error(
    x: Tensor, target_shape: tuple[int, ...], size: int, target_size: int
) -> LayerError:
    return LayerError(
        "S104",
        "Reshape cannot keep the number of values",
        expected=f"a shape of {size} values, as in {shape_text(x.shape)}",
        received=f"{list(target_shape)}, "
        + (f"a multiple of {target_size}" if -1 in target_shape else f"{target_size} values"),
        help=_reshape_help(target_shape, size),
        argument="target_shape",
    )


def _reshape_help(target_shape: tuple[int, ...], size: int) -> str:
    """Return the wanted shape with one size worked out, the last one if that can be."""
    for place in reversed(range(len(target_shape))):
        shape = [*target_shape[:place], -1, *target_shape[place + 1 :]]
        others = abs(math.prod(shape))
        if -1 not in target_shape and others and size % others == 0:
            return f"`Reshape({shape})` makes that size {size // others}"
    return f"`Reshape([{size}])` puts all of them in a row, as `Flatten` does"


@layer("reshaping")
def Permute(x: OneTensor, dims: Ints) -> Output:
    """Put the axes into another order; they are counted from 1, the batch stays first.

    Input `[a, b, ...]`, output the same axes in the order of `dims`; no weights.

    Example:
        input image: [28, 32, 3]
        image -> Permute([3, 1, 2])
    """
    if sorted(dims) != list(range(1, len(dims) + 1)):
        raise LayerError(
            "A203",
            "Permute needs each axis once",
            expected="the numbers from 1 to the number of axes, in any order",
            received=str(list(dims)),
            argument="dims",
        )
    if x.rank != len(dims) + 1:
        raise LayerError(
            "S101",
            f"Permute orders {axes_text(len(dims))}, the input has {x.rank - 1}",
            expected=f"an order of {axes_text(x.rank - 1)}",
            received=f"{list(dims)} for {shape_text(x.shape)}",
            argument="dims",
        )
    shape = (x.shape[0], *(x.shape[dim] for dim in dims))
    return output(shape, dtype=kept_dtype(x))


@layer("reshaping")
def RepeatVector(x: OneTensor, n: PositiveInt) -> Output:
    """Repeat a vector `n` times, as the steps of a sequence.

    Input `[features]`, output `[n, features]`; no weights.

    Example:
        input vector: [64]
        vector -> RepeatVector(10)
    """
    need_rank(
        "RepeatVector",
        x,
        "[features]",
        "put `Flatten` in front, or let the recurrent layer before give only its last step",
    )
    return output((x.shape[0], n, x.shape[1]))


@layer("reshaping")
def UpSampling1D(x: OneTensor, size: PositiveInt = 2) -> Output:
    """Repeat each step of a sequence `size` times.

    Input `[steps, channels]`, output `[steps * size, channels]`; no weights.

    Example:
        input series: [25, 16]
        series -> UpSampling1D(4)
    """
    return _resized("UpSampling1D", x, None, factors=(size,))


@layer("reshaping", traced_axes=images_between_pixels)
def UpSampling2D(
    x: OneTensor,
    size: Spatial2 = (2, 2),
    data_format: DataFormat = None,
    interpolation: Interpolation = "nearest",
) -> Output:
    """Enlarge an image by whole factors.

    Input `[height, width, channels]`, output `[height * size, width * size, channels]`; no
    weights.

    Example:
        input image: [14, 14, 32]
        image -> UpSampling2D(2, interpolation=bilinear)
    """
    return _resized("UpSampling2D", x, data_format, factors=size)


@layer("reshaping")
def UpSampling3D(
    x: OneTensor, size: Spatial3 = (2, 2, 2), data_format: DataFormat = None
) -> Output:
    """Enlarge a volume by whole factors.

    Input `[depth, height, width, channels]`, output the same with each of the first three
    multiplied by `size`; no weights.

    Example:
        input scan: [8, 8, 8, 16]
        scan -> UpSampling3D
    """
    return _resized("UpSampling3D", x, data_format, factors=size)


@layer("reshaping")
def ZeroPadding1D(x: OneTensor, padding: Margins1 = 1, data_format: DataFormat = None) -> Output:
    """Add steps of zeros before and after a sequence.

    Input `[steps, channels]`, output `[steps + padding, channels]`; no weights.

    Example:
        input series: [100, 8]
        series -> ZeroPadding1D((4, 0))
    """
    return _resized("ZeroPadding1D", x, data_format, margins=padding)


@layer("reshaping")
def ZeroPadding2D(
    x: OneTensor, padding: Margins2 = (1, 1), data_format: DataFormat = None
) -> Output:
    """Add zeros around an image.

    Input `[height, width, channels]`, output `[height + padding, width + padding, channels]`; no
    weights.

    Example:
        input image: [28, 28, 3]
        image -> ZeroPadding2D(2)
    """
    return _resized("ZeroPadding2D", x, data_format, margins=padding)


@layer("reshaping")
def ZeroPadding3D(
    x: OneTensor, padding: Margins3 = ((1, 1), (1, 1), (1, 1)), data_format: DataFormat = None
) -> Output:
    """Add zeros around a volume.

    Input `[depth, height, width, channels]`, output the same with padding added to each of the
    first three; no weights.

    Example:
        input scan: [30, 30, 30, 1]
        scan -> ZeroPadding3D(1)
    """
    return _resized("ZeroPadding3D", x, data_format, margins=padding)


@layer("reshaping")
def Cropping1D(x: OneTensor, cropping: Margins1 = (1, 1)) -> Output:
    """Cut steps off both ends of a sequence.

    Input `[steps, channels]`, output `[steps - cropping, channels]`; no weights.

    Example:
        input series: [100, 8]
        series -> Cropping1D((10, 0))
    """
    return _resized("Cropping1D", x, None, margins=cropping, sign=-1)


@layer("reshaping")
def Cropping2D(
    x: OneTensor, cropping: Margins2 = ((0, 0), (0, 0)), data_format: DataFormat = None
) -> Output:
    """Cut the margins off an image.

    Input `[height, width, channels]`, output `[height - cropping, width - cropping, channels]`;
    no weights.

    Example:
        input image: [32, 32, 3]
        image -> Cropping2D(2)
    """
    return _resized("Cropping2D", x, data_format, margins=cropping, sign=-1)


@layer("reshaping")
def Cropping3D(
    x: OneTensor, cropping: Margins3 = ((1, 1), (1, 1), (1, 1)), data_format: DataFormat = None
) -> Output:
    """Cut the margins off a volume.

    Input `[depth, height, width, channels]`, output the same with cropping taken off each of the
    first three; no weights.

    Example:
        input scan: [32, 32, 32, 1]
        scan -> Cropping3D(4)
    """
    return _resized("Cropping3D", x, data_format, margins=cropping, sign=-1)


def _resized(
    name: str,
    x: Tensor,
    data_format: str | None,
    *,
    factors: tuple[int, ...] = (),
    margins: tuple[tuple[int, ...], ...] = (),
    sign: int = 1,
) -> Output:
    """Return the output of a layer that multiplies spatial sizes, or adds to them."""
    need_rank(name, x, spatial_form(len(factors or margins), data_format))
    sizes: list[Dim] = []
    for index, axis in enumerate(spatial_axes(x, data_format)):
        dim = x.shape[axis]
        factor = factors[index] if factors else 1
        added = sign * sum(margins[index]) if margins else 0
        if isinstance(dim, int):
            if dim + added <= 0 and sign < 0:
                raise _cropping_error(name, x, axis, -added)
            sizes.append(dim * factor + added)
        else:
            sizes.append(dim if (factor, added) == (1, 0) else None)
    return output(with_sizes(x, data_format, tuple(sizes), x.shape[channel_axis(x, data_format)]))


def _cropping_error(name: str, x: Tensor, axis: int, cut: int) -> LayerError:
    return LayerError(
        "S102",
        f"{name} would cut off the whole input",
        expected=f"more than {cut} along axis {axis}",
        received=f"{x.shape[axis]} in {shape_text(x.shape)}",
        argument="cropping",
    )
