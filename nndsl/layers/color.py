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
from nndsl.layers.augmentation import colored_image, same_image
from nndsl.layers.rule import Output, kept_dtype, layer, output
from nndsl.layers.tracing import images


@layer("preprocessing")
def AutoContrast(
    x: OneTensor,
    value_range: Pair = (0, 255),
) -> Output:
    """Stretch the values of each image over the whole range.

    Input `[height, width, channels]`, output the same; no weights.

    It acts outside of training too. The values of an image lie within `value_range`: from 0
    to 255 unless given.

    Example:
        input image: [224, 224, 3]
        image -> AutoContrast
    """
    return same_image("AutoContrast", x, None)


@layer("preprocessing", traced_axes=images)
def ContrastLimitedAdaptiveHistogramEqualization(
    x: OneTensor,
    value_range: Pair = (0, 255),
    clip_limit: Number = 4.0,
    tile_grid_size: Spatial2 = (8, 8),
    data_format: DataFormat = None,
) -> Output:
    """Even out the contrast of each image, tile by tile.

    Input `[height, width, channels]`, output the same; no weights.

    It acts outside of training too. The values of an image lie within `value_range`: from 0
    to 255 unless given.

    Example:
        input image: [224, 224, 3]
        image -> ContrastLimitedAdaptiveHistogramEqualization
    """
    return same_image("ContrastLimitedAdaptiveHistogramEqualization", x, data_format)


@layer("preprocessing")
def Equalization(
    x: OneTensor,
    value_range: Pair = (0, 255),
    bins: PositiveInt = 256,
    data_format: DataFormat = None,
) -> Output:
    """In training, even out the histogram of each channel.

    Input `[height, width, channels]`, output the same; no weights.

    The values of an image lie within `value_range`: from 0 to 255 unless given. Keras 3.15 builds
    no sequential or functional model with this layer, only subclassed ones.

    Example:
        input image: [224, 224, 3]
        image -> Equalization
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

    0.2 means up to a fifth of the range of values, either way. The values of an image lie within
    `value_range`: from 0 to 255 unless given.

    Example:
        input image: [224, 224, 3]
        image -> RandomBrightness(0.2)
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

    0 leaves an image alone, 1 makes it grey; a single number means from 0 up to it. The values of
    an image lie within `value_range`: from 0 to 255 unless given.

    Example:
        input image: [224, 224, 3]
        image -> RandomColorDegeneration(0.5)
    """
    return colored_image("RandomColorDegeneration", x, data_format)


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

    The values of an image lie within `value_range`: from 0 to 255 unless given.

    Example:
        input image: [224, 224, 3]
        image -> RandomColorJitter(brightness_factor=0.2, hue_factor=0.1)
    """
    if saturation_factor is not None or hue_factor is not None:
        return colored_image("RandomColorJitter", x, data_format)
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

    0.2 means a contrast of 0.8 to 1.2 times what it was. The values of an image lie within
    `value_range`: from 0 to 255 unless given.

    Example:
        input image: [224, 224, 3]
        image -> RandomContrast(0.2)
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

    `factor` is how strong the blur may be. The values of an image lie within `value_range`: from 0
    to 255 unless given.

    Example:
        input image: [224, 224, 3]
        image -> RandomGaussianBlur
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

    `factor` is how likely an image turns grey.

    Example:
        input image: [224, 224, 3]
        image -> RandomGrayscale(0.3)
    """
    colored_image("RandomGrayscale", x, data_format, or_grey=True)
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

    0 leaves an image alone; a single number means from 0 up to it. The values of an image lie
    within `value_range`: from 0 to 255 unless given.

    Example:
        input image: [224, 224, 3]
        image -> RandomHue(0.1)
    """
    return colored_image("RandomHue", x, data_format)


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

    `factor` is how likely an image is inverted at most. The values of an image lie within
    `value_range`: from 0 to 255 unless given.

    Example:
        input image: [224, 224, 3]
        image -> RandomInvert(0.5)
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

    `factor` is the number of bits that are kept, from 1 to 8. The values of an image lie within
    `value_range`: from 0 to 255 unless given.

    Example:
        input image: [224, 224, 3]
        image -> RandomPosterization((4, 8))
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

    0.5 leaves an image alone, 0 makes it grey, and a single number means from 0 up to it: give a
    pair around 0.5. The values of an image lie within `value_range`: from 0 to 255 unless given.

    Example:
        input image: [224, 224, 3]
        image -> RandomSaturation((0.4, 0.6))
    """
    return colored_image("RandomSaturation", x, data_format)


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

    0.5 leaves an image alone, 0 blurs it, and a single number means from 0 up to it: give a pair
    around 0.5. The values of an image lie within `value_range`: from 0 to 255 unless given.

    Example:
        input image: [224, 224, 3]
        image -> RandomSharpness((0.4, 0.6))
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

    The values of an image lie within `value_range`: from 0 to 255 unless given. The threshold is at
    most `threshold_factor` of the range.

    Example:
        input image: [224, 224, 3]
        image -> Solarization(threshold_factor=0.5)
    """
    return same_image("Solarization", x, None)
