"""Layers that change the colours of images, most of them at random while training."""

from __future__ import annotations

from nndsl.layers.arguments import (
    BitsFactor,
    DataFormat,
    Fraction,
    LooseSignedFactor,
    LooseUnitFactor,
    Number,
    OddSizes,
    OneTensor,
    OptionalInt,
    OptionalSignedFactor,
    OptionalUnitFactor,
    Pair,
    PositiveInt,
    Spatial2,
    UnitFactor,
)
from nndsl.layers.augmentation import same_image
from nndsl.layers.checks import fits
from nndsl.layers.rule import LayerError, Output, kept_dtype, layer, output, shape_text
from nndsl.layers.windows import channel_axis, spatial_form


@layer("preprocessing")
def AutoContrast(
    x: OneTensor,
    value_range: Pair = (0, 255),
) -> Output:
    """Stretch the values of each image over the whole range.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("AutoContrast", x, None)


@layer("preprocessing")
def ContrastLimitedAdaptiveHistogramEqualization(
    x: OneTensor,
    value_range: Pair = (0, 255),
    clip_limit: Number = 4.0,
    tile_grid_size: Spatial2 = (8, 8),
    data_format: DataFormat = None,
) -> Output:
    """Even out the contrast of each image, tile by tile.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("ContrastLimitedAdaptiveHistogramEqualization", x, data_format)


@layer("preprocessing")
def Equalization(
    x: OneTensor,
    value_range: Pair = (0, 255),
    bins: PositiveInt = 256,
    data_format: DataFormat = None,
) -> Output:
    """Even out the histogram of each channel.

    Input `[height, width, channels]`, output the same; no weights.
    """
    same_image("Equalization", x, data_format)
    return output(x.shape, dtype=kept_dtype(x))


@layer("preprocessing")
def RandomBrightness(
    x: OneTensor,
    factor: LooseSignedFactor,
    value_range: Pair = (0, 255),
    seed: OptionalInt = None,
) -> Output:
    """In training, make images brighter or darker.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("RandomBrightness", x, None)


@layer("preprocessing")
def RandomColorDegeneration(
    x: OneTensor,
    factor: LooseSignedFactor,
    value_range: Pair = (0, 255),
    data_format: DataFormat = None,
    seed: OptionalInt = None,
) -> Output:
    """In training, take colour from images.

    Input `[height, width, channels]`, output the same; no weights.
    """
    made = same_image("RandomColorDegeneration", x, data_format)
    if not fits(x.shape[channel_axis(x, data_format)], 3):
        raise LayerError(
            "S103",
            "RandomColorDegeneration takes images of three channels",
            expected=spatial_form(2, data_format).replace("channels", "3"),
            received=shape_text(x.shape),
        )
    return made


@layer("preprocessing")
def RandomColorJitter(
    x: OneTensor,
    value_range: Pair = (0, 255),
    brightness_factor: OptionalSignedFactor = None,
    contrast_factor: OptionalUnitFactor = None,
    saturation_factor: OptionalUnitFactor = None,
    hue_factor: OptionalUnitFactor = None,
    seed: OptionalInt = None,
    data_format: DataFormat = None,
) -> Output:
    """In training, change brightness, contrast, saturation and hue.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("RandomColorJitter", x, data_format)


@layer("preprocessing")
def RandomContrast(
    x: OneTensor,
    factor: LooseUnitFactor,
    value_range: Pair = (0, 255),
    seed: OptionalInt = None,
) -> Output:
    """In training, change the contrast.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("RandomContrast", x, None)


@layer("preprocessing")
def RandomGaussianBlur(
    x: OneTensor,
    factor: LooseUnitFactor = 1.0,
    kernel_size: OddSizes = 3,
    sigma: LooseUnitFactor = 1.0,
    value_range: Pair = (0, 255),
    data_format: DataFormat = None,
    seed: OptionalInt = None,
) -> Output:
    """In training, blur images.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("RandomGaussianBlur", x, data_format)


@layer("preprocessing")
def RandomGrayscale(
    x: OneTensor,
    factor: Fraction = 0.5,
    data_format: DataFormat = None,
    seed: OptionalInt = None,
) -> Output:
    """In training, turn some images grey; the channels stay.

    Input `[height, width, channels]`, output the same; no weights.
    """
    same_image("RandomGrayscale", x, data_format)
    return output(x.shape, dtype=kept_dtype(x))


@layer("preprocessing")
def RandomHue(
    x: OneTensor,
    factor: LooseUnitFactor,
    value_range: Pair = (0, 255),
    data_format: DataFormat = None,
    seed: OptionalInt = None,
) -> Output:
    """In training, shift the colours.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("RandomHue", x, data_format)


@layer("preprocessing")
def RandomInvert(
    x: OneTensor,
    factor: LooseUnitFactor = 1.0,
    value_range: Pair = (0, 255),
    seed: OptionalInt = None,
    data_format: DataFormat = None,
) -> Output:
    """In training, invert the colours.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("RandomInvert", x, data_format)


@layer("preprocessing")
def RandomPosterization(
    x: OneTensor,
    factor: BitsFactor,
    value_range: Pair = (0, 255),
    data_format: DataFormat = None,
    seed: OptionalInt = None,
) -> Output:
    """In training, keep fewer bits of each value.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("RandomPosterization", x, data_format)


@layer("preprocessing")
def RandomSaturation(
    x: OneTensor,
    factor: LooseSignedFactor,
    value_range: Pair = (0, 255),
    data_format: DataFormat = None,
    seed: OptionalInt = None,
) -> Output:
    """In training, change the saturation.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("RandomSaturation", x, data_format)


@layer("preprocessing")
def RandomSharpness(
    x: OneTensor,
    factor: LooseUnitFactor,
    value_range: Pair = (0, 255),
    data_format: DataFormat = None,
    seed: OptionalInt = None,
) -> Output:
    """In training, sharpen or soften images.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("RandomSharpness", x, data_format)


@layer("preprocessing")
def Solarization(
    x: OneTensor,
    addition_factor: UnitFactor = 0.0,
    threshold_factor: UnitFactor = 0.0,
    value_range: Pair = (0, 255),
    seed: OptionalInt = None,
) -> Output:
    """In training, invert the values above a threshold.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("Solarization", x, None)
