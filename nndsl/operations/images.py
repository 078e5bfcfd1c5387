"""Operations that move values between the channels and the pixels of an image."""

from __future__ import annotations

from nndsl.layers.arguments import (
    DataFormat,
    OneTensor,
    PositiveInt,
)
from nndsl.layers.checks import need_rank
from nndsl.layers.rule import Dim, LayerError, Output, Tensor
from nndsl.operations.rule import operation, result


@operation("images")
def depth_to_space(
    x: OneTensor, block_size: PositiveInt, data_format: DataFormat = "channels_last"
) -> Output:
    """Lay channels out as pixels: the image grows, the channels become fewer.

    Input `[height, width, channels]`, output `[height * n, width * n, channels / n**2]`.

    Example:
        input image: [14, 14, 12]
        image -> ops.depth_to_space(2)
    """
    height, width, channels = _image("ops.depth_to_space", x, block_size, data_format)
    if isinstance(channels, int) and channels % block_size**2:
        raise _not_divisible("ops.depth_to_space", "channels", channels, block_size**2)
    sizes = (_times(height, block_size), _times(width, block_size), _over(channels, block_size**2))
    return _of_image(x, sizes, data_format)


@operation("images")
def space_to_depth(
    x: OneTensor, block_size: PositiveInt, data_format: DataFormat = "channels_last"
) -> Output:
    """Lay pixels out as channels: the image shrinks, the channels become more.

    Input `[height, width, channels]`, output `[height / n, width / n, channels * n**2]`.

    Example:
        input image: [28, 28, 3]
        image -> ops.space_to_depth(2)
    """
    height, width, channels = _image("ops.space_to_depth", x, block_size, data_format)
    for what, size in (("height", height), ("width", width)):
        if isinstance(size, int) and size % block_size:
            raise _not_divisible("ops.space_to_depth", what, size, block_size)
    sizes = (_over(height, block_size), _over(width, block_size), _times(channels, block_size**2))
    return _of_image(x, sizes, data_format)


def _image(name: str, x: Tensor, block_size: int, data_format: str | None) -> tuple[Dim, Dim, Dim]:
    need_rank(f"`{name}`", x, "[height, width, channels]")
    if block_size == 1:
        raise LayerError(
            "A203",
            f"`{name}` with blocks of 1 does nothing",
            expected="a `block_size` of at least 2",
            received="1",
            argument="block_size",
        )
    if data_format == "channels_first":
        return x.shape[2], x.shape[3], x.shape[1]
    return x.shape[1], x.shape[2], x.shape[3]


def _of_image(x: Tensor, sizes: tuple[Dim, Dim, Dim], data_format: str | None) -> Output:
    height, width, channels = sizes
    if data_format == "channels_first":
        return result([x.shape[0], channels, height, width], x.dtype)
    return result([x.shape[0], height, width, channels], x.dtype)


def _times(size: Dim, factor: int) -> Dim:
    return size * factor if isinstance(size, int) else None


def _over(size: Dim, divisor: int) -> Dim:
    return size // divisor if isinstance(size, int) else None


def _not_divisible(name: str, what: str, size: int, divisor: int) -> LayerError:
    return LayerError(
        "S104",
        f"`{name}` cannot divide the {what}",
        expected=f"a multiple of {divisor}",
        received=str(size),
        argument="block_size",
    )
