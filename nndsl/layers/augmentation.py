"""Layers that move, cut or mix images while training, so that a network sees more of them."""

from __future__ import annotations

from nndsl.layers.arguments import (
    Bool,
    DataFormat,
    ElasticFillMode,
    FillMode,
    FlipMode,
    Fraction,
    LooseUnitFactor,
    NonNegativeNumber,
    Number,
    OneTensor,
    OptionalInt,
    OptionalNumber,
    OptionalSignedFactor,
    Pair,
    PlainInterpolation,
    PositiveInt,
    SignedFactor,
    UnitFactor,
)
from nndsl.layers.checks import need_rank
from nndsl.layers.rule import LayerError, Output, Tensor, layer, output
from nndsl.layers.windows import spatial_form


@layer("preprocessing")
def AugMix(
    x: OneTensor,
    value_range: Pair = (0, 255),
    num_chains: PositiveInt = 3,
    chain_depth: PositiveInt = 3,
    factor: UnitFactor = 0.3,
    alpha: NonNegativeNumber = 1.0,
    all_ops: Bool = True,
    interpolation: PlainInterpolation = "bilinear",
    seed: OptionalInt = None,
    data_format: DataFormat = None,
) -> Output:
    """In training, mix several chains of random changes of each image.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("AugMix", x, data_format)


@layer("preprocessing")
def CutMix(
    x: OneTensor,
    factor: LooseUnitFactor = 1.0,
    seed: OptionalInt = None,
    data_format: DataFormat = None,
) -> Output:
    """In training, paste a random patch of another image of the batch.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("CutMix", x, data_format)


@layer("preprocessing")
def MixUp(
    x: OneTensor,
    alpha: NonNegativeNumber = 0.2,
    data_format: DataFormat = None,
    seed: OptionalInt = None,
) -> Output:
    """In training, blend each image with another one of the batch.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("MixUp", x, data_format)


@layer("preprocessing")
def RandAugment(
    x: OneTensor,
    value_range: Pair = (0, 255),
    num_ops: PositiveInt = 2,
    factor: UnitFactor = 0.5,
    interpolation: PlainInterpolation = "bilinear",
    seed: OptionalInt = None,
    data_format: DataFormat = None,
) -> Output:
    """In training, apply `num_ops` random changes to each image.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("RandAugment", x, data_format)


@layer("preprocessing")
def RandomElasticTransform(
    x: OneTensor,
    factor: LooseUnitFactor = 1.0,
    scale: LooseUnitFactor = 1.0,
    interpolation: PlainInterpolation = "bilinear",
    fill_mode: ElasticFillMode = "reflect",
    fill_value: Number = 0.0,
    value_range: Pair = (0, 255),
    seed: OptionalInt = None,
    data_format: DataFormat = None,
) -> Output:
    """In training, distort images as if they were of rubber.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("RandomElasticTransform", x, data_format)


@layer("preprocessing")
def RandomErasing(
    x: OneTensor,
    factor: LooseUnitFactor = 1.0,
    scale: LooseUnitFactor = (0.02, 0.33),
    fill_value: OptionalNumber = None,
    value_range: Pair = (0, 255),
    seed: OptionalInt = None,
    data_format: DataFormat = None,
) -> Output:
    """In training, blank a random rectangle.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("RandomErasing", x, data_format)


@layer("preprocessing")
def RandomFlip(
    x: OneTensor,
    mode: FlipMode = "horizontal_and_vertical",
    seed: OptionalInt = None,
    data_format: DataFormat = None,
) -> Output:
    """In training, mirror images at random.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("RandomFlip", x, data_format)


@layer("preprocessing")
def RandomPerspective(
    x: OneTensor,
    factor: LooseUnitFactor = 1.0,
    scale: Fraction = 1.0,
    interpolation: PlainInterpolation = "bilinear",
    fill_value: Number = 0.0,
    seed: OptionalInt = None,
    data_format: DataFormat = None,
) -> Output:
    """In training, tilt images.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("RandomPerspective", x, data_format)


@layer("preprocessing")
def RandomRotation(
    x: OneTensor,
    factor: SignedFactor,
    fill_mode: FillMode = "reflect",
    interpolation: PlainInterpolation = "bilinear",
    seed: OptionalInt = None,
    fill_value: Number = 0.0,
    data_format: DataFormat = None,
) -> Output:
    """In training, rotate images by up to `factor` of a full turn.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("RandomRotation", x, data_format)


@layer("preprocessing")
def RandomShear(
    x: OneTensor,
    x_factor: UnitFactor = 0.0,
    y_factor: UnitFactor = 0.0,
    interpolation: PlainInterpolation = "bilinear",
    fill_mode: FillMode = "reflect",
    fill_value: Number = 0.0,
    data_format: DataFormat = None,
    seed: OptionalInt = None,
) -> Output:
    """In training, shear images.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("RandomShear", x, data_format)


@layer("preprocessing")
def RandomTranslation(
    x: OneTensor,
    height_factor: SignedFactor,
    width_factor: SignedFactor,
    fill_mode: FillMode = "reflect",
    interpolation: PlainInterpolation = "bilinear",
    seed: OptionalInt = None,
    fill_value: Number = 0.0,
    data_format: DataFormat = None,
) -> Output:
    """In training, move images by up to a fraction of their size.

    Input `[height, width, channels]`, output the same; no weights.
    """
    return same_image("RandomTranslation", x, data_format)


@layer("preprocessing")
def RandomZoom(
    x: OneTensor,
    height_factor: SignedFactor,
    width_factor: OptionalSignedFactor = None,
    fill_mode: FillMode = "reflect",
    interpolation: PlainInterpolation = "bilinear",
    seed: OptionalInt = None,
    fill_value: Number = 0.0,
    data_format: DataFormat = None,
) -> Output:
    """In training, zoom into images or out of them.

    Input `[height, width, channels]`, output the same; no weights.
    """
    for name, factor in (("height_factor", height_factor), ("width_factor", width_factor)):
        if -1 in (factor if isinstance(factor, tuple) else (factor,)):
            raise LayerError(
                "A203",
                "RandomZoom cannot zoom by all of the image",
                expected="more than -1",
                received="-1",
                argument=name,
            )
    return same_image("RandomZoom", x, data_format)


def same_image(name: str, x: Tensor, data_format: str | None) -> Output:
    """Return the output of a layer that keeps the size of images."""
    need_rank(name, x, spatial_form(2, data_format))
    return output(x.shape)
