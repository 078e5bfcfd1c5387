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
from nndsl.layers.checks import fits, need_rank
from nndsl.layers.rule import LayerError, Output, Tensor, layer, output, shape_text
from nndsl.layers.tracing import images
from nndsl.layers.windows import channel_axis, spatial_form


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

    The values of an image lie within `value_range`: from 0 to 255 unless given.

    Example:
        input image: [224, 224, 3]
        image -> AugMix
    """
    return colored_image("AugMix", x, data_format, or_grey=True)


@layer("preprocessing", traced_axes=images)
def CutMix(
    x: OneTensor,
    factor: LooseUnitFactor = 1.0,
    seed: OptionalInt = None,
    data_format: DataFormat = None,
) -> Output:
    """In training, paste a random patch of another image of the batch.

    Input `[height, width, channels]`, output the same; no weights.

    Only images pass through a model: the labels stay as they are, and no longer fit. It belongs
    into the pipeline of the data.

    Example:
        input image: [224, 224, 3]
        image -> CutMix
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

    Only images pass through a model: the labels stay as they are, and no longer fit. It belongs
    into the pipeline of the data.

    Example:
        input image: [224, 224, 3]
        image -> MixUp
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

    The values of an image lie within `value_range`: from 0 to 255 unless given.

    Example:
        input image: [224, 224, 3]
        image -> RandAugment(num_ops=3)
    """
    return colored_image("RandAugment", x, data_format, or_grey=True)


@layer("preprocessing", traced_axes=images)
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

    `factor` is how likely an image is changed at most, `scale` how strongly. The values of an image
    lie within `value_range`: from 0 to 255 unless given.

    Example:
        input image: [224, 224, 3]
        image -> RandomElasticTransform(0.5)
    """
    return same_image("RandomElasticTransform", x, data_format)


@layer("preprocessing", traced_axes=images)
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

    `factor` is how likely an image is changed at most, `scale` how large the rectangle is. The
    values of an image lie within `value_range`: from 0 to 255 unless given.

    Example:
        input image: [224, 224, 3]
        image -> RandomErasing(0.5)
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

    Unless told otherwise it turns images upside down as well; `RandomFlip(horizontal)` does not.

    Example:
        input image: [224, 224, 3]
        image -> RandomFlip(horizontal)
    """
    return same_image("RandomFlip", x, data_format)


@layer("preprocessing", traced_axes=images)
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

    `factor` is how likely an image is changed at most, `scale` how strongly.

    Example:
        input image: [224, 224, 3]
        image -> RandomPerspective(0.5)
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

    0.1 means up to 36 degrees either way. What comes in from outside is filled as `fill_mode` says.

    Example:
        input image: [224, 224, 3]
        image -> RandomRotation(0.1)
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

    0.2 means up to a fifth of the image, along x and y as the two factors say.

    Example:
        input image: [224, 224, 3]
        image -> RandomShear(x_factor=(0.0, 0.2))
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

    What comes in from outside is filled as `fill_mode` says.

    Example:
        input image: [224, 224, 3]
        image -> RandomTranslation(0.1, 0.1)
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

    A positive factor zooms out, a negative one in; a single number means both. Without
    `width_factor` the proportions stay.

    Example:
        input image: [224, 224, 3]
        image -> RandomZoom(0.2)
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


def colored_image(
    name: str, x: Tensor, data_format: str | None, *, or_grey: bool = False
) -> Output:
    """Return the output of a layer that works on colours: it fails on others, if not at once."""
    made = same_image(name, x, data_format)
    channels = x.shape[channel_axis(x, data_format)]
    if not fits(channels, 3) and not (or_grey and channels == 1):
        raise LayerError(
            "S103",
            f"{name} takes images of three channels" + (", or of one" if or_grey else ""),
            expected=spatial_form(2, data_format).replace("channels", "3"),
            received=shape_text(x.shape),
        )
    return made


def same_image(name: str, x: Tensor, data_format: str | None) -> Output:
    """Return the output of a layer that keeps the size of images."""
    need_rank(name, x, spatial_form(2, data_format))
    return output(x.shape)
