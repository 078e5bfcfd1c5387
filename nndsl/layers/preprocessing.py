"""Layers that prepare data."""

from __future__ import annotations

from dataclasses import replace

from nndsl.layers.arguments import (
    Bool,
    DataFormat,
    Interpolation,
    Number,
    NumberOrNumbers,
    OneTensor,
    OptionalInt,
    OptionalIntOrInts,
    OptionalNumberOrNumbers,
    PositiveInt,
    ResizeFillMode,
)
from nndsl.layers.checks import axis_of, known_size, need_rank
from nndsl.layers.masks import KEEPS
from nndsl.layers.rule import LayerError, Output, Tensor, Weight, layer, output
from nndsl.layers.tracing import images
from nndsl.layers.windows import channel_axis, spatial_axes, spatial_form, with_sizes


@layer("preprocessing", masks=KEEPS)
def Rescaling(x: OneTensor, scale: NumberOrNumbers, offset: NumberOrNumbers = 0.0) -> Output:
    """Give `x * scale + offset`: `Rescaling(1/255)` brings pixels to the range from 0 to 1.

    Input `[...]`, output the same; no weights.

    Example:
        input image: [28, 28, 1]
        image -> Rescaling(1/255)
    """
    for argument, numbers in (("scale", scale), ("offset", offset)):
        last = x.shape[-1]
        if isinstance(numbers, tuple) and isinstance(last, int) and len(numbers) not in (1, last):
            raise LayerError(
                "A203",
                f"Rescaling: `{argument}` has another length than the last axis",
                expected=f"{last} numbers, or one" if last > 1 else "one number",
                received=str(len(numbers)),
                argument=argument,
            )
    return output(x.shape)


@layer("preprocessing", masks=KEEPS)
def Normalization(
    x: OneTensor,
    axis: OptionalIntOrInts = -1,
    mean: OptionalNumberOrNumbers = None,
    variance: OptionalNumberOrNumbers = None,
    invert: Bool = False,
) -> Output:
    """Shift and scale each feature to mean 0 and variance 1, learned from data by `adapt`.

    Input `[..., features]`, output the same; weights, unless `mean` and `variance` are given: mean
    and variance of the size of `axis`, and a count, none of them trainable.

    `adapt` is called in Python before training; with `mean` and `variance` it is not needed.

    Example:
        input features: [3]
        features -> Normalization(mean=[1, 20, 300], variance=[1, 4, 900])
    """
    if (mean is None) != (variance is None):
        raise LayerError(
            "A205",
            "Normalization takes `mean` and `variance` together",
            expected="both or neither",
            received="only `mean`" if variance is None else "only `variance`",
            argument="mean" if variance is None else "variance",
        )
    given = (axis,) if isinstance(axis, int) else axis or ()
    axes = sorted(axis_of("Normalization", x, one) for one in given)
    if len(set(axes)) < len(axes):
        raise LayerError(
            "A203",
            "Normalization: an axis is there twice",
            expected="each axis once",
            received=str(given),
            argument="axis",
        )
    shape = tuple(known_size("Normalization", x, one) for one in axes)
    if mean is not None and variance is not None:
        _check_moments(mean, variance, shape)
        return Output((Tensor(x.shape),), built_for=shape)
    return output(
        x.shape,
        Weight("mean", shape, trainable=False),
        Weight("variance", shape, trainable=False),
        # Keras's `int`: on TensorFlow that has 64 bits.
        Weight("count", (), trainable=False, dtype="int64"),
    )


@layer("preprocessing")
def Resizing(
    x: OneTensor,
    height: PositiveInt,
    width: PositiveInt,
    interpolation: Interpolation = "bilinear",
    crop_to_aspect_ratio: Bool = False,
    pad_to_aspect_ratio: Bool = False,
    fill_mode: ResizeFillMode = "constant",
    fill_value: Number = 0.0,
    antialias: Bool = False,
    data_format: DataFormat = None,
) -> Output:
    """Bring images to one size.

    Input `[?, ?, channels]`, output `[height, width, channels]`; no weights.

    Example:
        input image: [?, ?, 3]
        image -> Resizing(224, 224)
    """
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise LayerError(
            "A205",
            "Resizing can crop or pad to keep the aspect ratio, not both",
            expected="one of them",
            received="both",
            argument="pad_to_aspect_ratio",
        )
    return _sized("Resizing", x, height, width, data_format)


@layer("preprocessing")
def CenterCrop(
    x: OneTensor, height: PositiveInt, width: PositiveInt, data_format: DataFormat = None
) -> Output:
    """Cut out the middle of images; smaller images are enlarged.

    Input `[?, ?, channels]`, output `[height, width, channels]`; no weights.

    Example:
        input image: [256, 256, 3]
        image -> CenterCrop(224, 224)
    """
    made = _sized("CenterCrop", x, height, width, data_format)
    if all(isinstance(x.shape[axis], int) for axis in spatial_axes(x, data_format)):
        return made
    channels = x.shape[channel_axis(x, data_format)]
    return replace(made, when_traced=with_sizes(x, data_format, (None, None), channels))


@layer("preprocessing", traced_axes=images)
def RandomCrop(
    x: OneTensor,
    height: PositiveInt,
    width: PositiveInt,
    seed: OptionalInt = None,
    data_format: DataFormat = None,
) -> Output:
    """In training cut out a random part of images; else they stay as they are.

    Input `[?, ?, channels]`, output `[height, width, channels]` in training; no weights.

    `CenterCrop` of the same size behind it takes the middle where nothing is trained.

    Example:
        input image: [256, 256, 3]
        image -> RandomCrop(224, 224)
    """
    return _sized("RandomCrop", x, height, width, data_format)


def _sized(name: str, x: Tensor, height: int, width: int, data_format: str | None) -> Output:
    need_rank(name, x, spatial_form(2, data_format))
    channels = x.shape[channel_axis(x, data_format)]
    return output(with_sizes(x, data_format, (height, width), channels))


def _check_moments(
    mean: float | tuple[float, ...], variance: float | tuple[float, ...], shape: tuple[int, ...]
) -> None:
    """Refuse given moments that are not a number or a list as long as the (last) axis kept."""
    lengths = [len(m) if isinstance(m, tuple) else None for m in (mean, variance)]
    size = shape[-1] if shape else 1
    if lengths[0] != lengths[1] or lengths[0] not in (None, 1, size) or (lengths[0] and not shape):
        raise LayerError(
            "A205",
            "Normalization: `mean` and `variance` do not fit the axis",
            expected=f"two numbers, or two lists of {size}",
            received=" and ".join("a number" if n is None else f"a list of {n}" for n in lengths),
            argument="mean",
        )
