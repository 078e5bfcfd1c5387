"""Layers that change images at random while training, so that a network sees more of them."""

from __future__ import annotations

from nndsl.layers.arguments import (BitsFactor, Bool, DataFormat, ElasticFillMode, FillMode, FlipMode, Fraction, NonNegativeNumber, Number, OddSizes, OneTensor, OptionalInt, OptionalNumber, OptionalSignedFactor, OptionalUnitFactor, Pair, PlainInterpolation, PositiveInt, SignedFactor, Spatial2, UnitFactor)
from nndsl.layers.checks import need_rank
from nndsl.layers.rule import Output, Tensor, layer, output
from nndsl.layers.windows import spatial_form


@layer("preprocessing")
def AutoContrast(x: OneTensor, value_range: Pair = (0, 255),) -> Output:
    """Stretch the values of each image over the whole range.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("AutoContrast", x, None)


@layer("preprocessing")
def AugMix(x: OneTensor, value_range: Pair = (0, 255), num_chains: PositiveInt = 3, chain_depth: PositiveInt = 3, factor: UnitFactor = 0.3, alpha: NonNegativeNumber = 1.0, all_ops: Bool = True, interpolation: PlainInterpolation = "bilinear", seed: OptionalInt = None, data_format: DataFormat = None,) -> Output:
    """In training, mix several chains of random changes of each image.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("AugMix", x, data_format)


@layer("preprocessing")
def ContrastLimitedAdaptiveHistogramEqualization(x: OneTensor, value_range: Pair = (0, 255), clip_limit: Number = 4.0, tile_grid_size: Spatial2 = (8, 8), data_format: DataFormat = None,) -> Output:
    """Even out the contrast of each image, tile by tile.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("ContrastLimitedAdaptiveHistogramEqualization", x, data_format)


@layer("preprocessing")
def CutMix(x: OneTensor, factor: UnitFactor = 1.0, seed: OptionalInt = None, data_format: DataFormat = None,) -> Output:
    """In training, paste a random patch of another image of the batch.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("CutMix", x, data_format)


@layer("preprocessing")
def Equalization(x: OneTensor, value_range: Pair = (0, 255), bins: PositiveInt = 256, data_format: DataFormat = None,) -> Output:
    """Even out the histogram of each channel.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("Equalization", x, data_format)


@layer("preprocessing")
def MixUp(x: OneTensor, alpha: NonNegativeNumber = 0.2, data_format: DataFormat = None, seed: OptionalInt = None,) -> Output:
    """In training, blend each image with another one of the batch.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("MixUp", x, data_format)


@layer("preprocessing")
def RandAugment(x: OneTensor, value_range: Pair = (0, 255), num_ops: PositiveInt = 2, factor: UnitFactor = 0.5, interpolation: PlainInterpolation = "bilinear", seed: OptionalInt = None, data_format: DataFormat = None,) -> Output:
    """In training, apply `num_ops` random changes to each image.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("RandAugment", x, data_format)


@layer("preprocessing")
def RandomBrightness(x: OneTensor, factor: SignedFactor, value_range: Pair = (0, 255), seed: OptionalInt = None,) -> Output:
    """In training, make images brighter or darker.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("RandomBrightness", x, None)


@layer("preprocessing")
def RandomColorDegeneration(x: OneTensor, factor: SignedFactor, value_range: Pair = (0, 255), data_format: DataFormat = None, seed: OptionalInt = None,) -> Output:
    """In training, take colour from images.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("RandomColorDegeneration", x, data_format)


@layer("preprocessing")
def RandomColorJitter(x: OneTensor, value_range: Pair = (0, 255), brightness_factor: OptionalSignedFactor = None, contrast_factor: OptionalUnitFactor = None, saturation_factor: OptionalUnitFactor = None, hue_factor: OptionalUnitFactor = None, seed: OptionalInt = None, data_format: DataFormat = None,) -> Output:
    """In training, change brightness, contrast, saturation and hue.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("RandomColorJitter", x, data_format)


@layer("preprocessing")
def RandomContrast(x: OneTensor, factor: UnitFactor, value_range: Pair = (0, 255), seed: OptionalInt = None,) -> Output:
    """In training, change the contrast.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("RandomContrast", x, None)


@layer("preprocessing")
def RandomElasticTransform(x: OneTensor, factor: UnitFactor = 1.0, scale: UnitFactor = 1.0, interpolation: PlainInterpolation = "bilinear", fill_mode: ElasticFillMode = "reflect", fill_value: Number = 0.0, value_range: Pair = (0, 255), seed: OptionalInt = None, data_format: DataFormat = None,) -> Output:
    """In training, distort images as if they were of rubber.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("RandomElasticTransform", x, data_format)


@layer("preprocessing")
def RandomErasing(x: OneTensor, factor: UnitFactor = 1.0, scale: UnitFactor = (0.02, 0.33), fill_value: OptionalNumber = None, value_range: Pair = (0, 255), seed: OptionalInt = None, data_format: DataFormat = None,) -> Output:
    """In training, blank a random rectangle.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("RandomErasing", x, data_format)


@layer("preprocessing")
def RandomFlip(x: OneTensor, mode: FlipMode = "horizontal_and_vertical", seed: OptionalInt = None, data_format: DataFormat = None,) -> Output:
    """In training, mirror images at random.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("RandomFlip", x, data_format)


@layer("preprocessing")
def RandomGaussianBlur(x: OneTensor, factor: UnitFactor = 1.0, kernel_size: OddSizes = 3, sigma: UnitFactor = 1.0, value_range: Pair = (0, 255), data_format: DataFormat = None, seed: OptionalInt = None,) -> Output:
    """In training, blur images.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("RandomGaussianBlur", x, data_format)


@layer("preprocessing")
def RandomGrayscale(x: OneTensor, factor: Fraction = 0.5, data_format: DataFormat = None, seed: OptionalInt = None,) -> Output:
    """In training, turn some images grey; the channels stay.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("RandomGrayscale", x, data_format)


@layer("preprocessing")
def RandomHue(x: OneTensor, factor: UnitFactor, value_range: Pair = (0, 255), data_format: DataFormat = None, seed: OptionalInt = None,) -> Output:
    """In training, shift the colours.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("RandomHue", x, data_format)


@layer("preprocessing")
def RandomInvert(x: OneTensor, factor: UnitFactor = 1.0, value_range: Pair = (0, 255), seed: OptionalInt = None, data_format: DataFormat = None,) -> Output:
    """In training, invert the colours.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("RandomInvert", x, data_format)


@layer("preprocessing")
def RandomPerspective(x: OneTensor, factor: UnitFactor = 1.0, scale: Fraction = 1.0, interpolation: PlainInterpolation = "bilinear", fill_value: Number = 0.0, seed: OptionalInt = None, data_format: DataFormat = None,) -> Output:
    """In training, tilt images.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("RandomPerspective", x, data_format)


@layer("preprocessing")
def RandomPosterization(x: OneTensor, factor: BitsFactor, value_range: Pair = (0, 255), data_format: DataFormat = None, seed: OptionalInt = None,) -> Output:
    """In training, keep fewer bits of each value.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("RandomPosterization", x, data_format)


@layer("preprocessing")
def RandomRotation(x: OneTensor, factor: SignedFactor, fill_mode: FillMode = "reflect", interpolation: PlainInterpolation = "bilinear", seed: OptionalInt = None, fill_value: Number = 0.0, data_format: DataFormat = None,) -> Output:
    """In training, rotate images by up to `factor` of a full turn.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("RandomRotation", x, data_format)


@layer("preprocessing")
def RandomSaturation(x: OneTensor, factor: UnitFactor, value_range: Pair = (0, 255), data_format: DataFormat = None, seed: OptionalInt = None,) -> Output:
    """In training, change the saturation.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("RandomSaturation", x, data_format)


@layer("preprocessing")
def RandomSharpness(x: OneTensor, factor: UnitFactor, value_range: Pair = (0, 255), data_format: DataFormat = None, seed: OptionalInt = None,) -> Output:
    """In training, sharpen or soften images.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("RandomSharpness", x, data_format)


@layer("preprocessing")
def RandomShear(x: OneTensor, x_factor: UnitFactor = 0.0, y_factor: UnitFactor = 0.0, interpolation: PlainInterpolation = "bilinear", fill_mode: FillMode = "reflect", fill_value: Number = 0.0, data_format: DataFormat = None, seed: OptionalInt = None,) -> Output:
    """In training, shear images.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("RandomShear", x, data_format)


@layer("preprocessing")
def RandomTranslation(x: OneTensor, height_factor: SignedFactor, width_factor: SignedFactor, fill_mode: FillMode = "reflect", interpolation: PlainInterpolation = "bilinear", seed: OptionalInt = None, fill_value: Number = 0.0, data_format: DataFormat = None,) -> Output:
    """In training, move images by up to a fraction of their size.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("RandomTranslation", x, data_format)


@layer("preprocessing")
def RandomZoom(x: OneTensor, height_factor: SignedFactor, width_factor: OptionalSignedFactor = None, fill_mode: FillMode = "reflect", interpolation: PlainInterpolation = "bilinear", seed: OptionalInt = None, fill_value: Number = 0.0, data_format: DataFormat = None,) -> Output:
    """In training, zoom into images or out of them.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("RandomZoom", x, data_format)


@layer("preprocessing")
def Solarization(x: OneTensor, addition_factor: UnitFactor = 0.0, threshold_factor: UnitFactor = 0.0, value_range: Pair = (0, 255), seed: OptionalInt = None,) -> Output:
    """In training, invert the values above a threshold.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return _image("Solarization", x, None)


def _image(name: str, x: Tensor, data_format: str | None) -> Output:
    need_rank(name, x, spatial_form(2, data_format))
    return output(x.shape)
