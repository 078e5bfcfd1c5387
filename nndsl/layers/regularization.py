"""Layers that only act in training: dropout and noise."""

from __future__ import annotations

from nndsl.layers.arguments import (
    DataFormat,
    Fraction,
    NoiseShape,
    NonNegativeNumber,
    OneTensor,
    OptionalInt,
)
from nndsl.layers.checks import need_rank
from nndsl.layers.masks import KEEPS
from nndsl.layers.rule import Output, layer, output


@layer("regularization", masks=KEEPS)
def Dropout(
    x: OneTensor, rate: Fraction, noise_shape: NoiseShape = None, seed: OptionalInt = None
) -> Output:
    """In training, set a fraction `rate` of the elements to 0 and scale up the others.

    Input `[...]`, output the same; no weights.

    `rate` is the part that is dropped, not the part that is kept. Outside of training nothing
    changes.

    Example:
        input features: [64]
        features -> Dropout(0.5)
    """
    return output(x.shape)


@layer("regularization", base=("dtype",), masks=KEEPS)
def SpatialDropout1D(x: OneTensor, rate: Fraction, seed: OptionalInt = None) -> Output:
    """In training, drop whole channels of a sequence.

    Input `[steps, channels]`, output the same; no weights.

    Outside of training nothing changes.

    Example:
        input series: [100, 8]
        series -> SpatialDropout1D(0.2)
    """
    need_rank("SpatialDropout1D", x, "[steps, channels]")
    return output(x.shape)


@layer("regularization", base=("dtype",), masks=KEEPS)
def SpatialDropout2D(
    x: OneTensor, rate: Fraction, data_format: DataFormat = None, seed: OptionalInt = None
) -> Output:
    """In training, drop whole channels of an image.

    Input `[height, width, channels]`, output the same; no weights.

    Outside of training nothing changes.

    Example:
        input image: [28, 28, 32]
        image -> SpatialDropout2D(0.2)
    """
    need_rank("SpatialDropout2D", x, "[height, width, channels]")
    return output(x.shape)


@layer("regularization", base=("dtype",), masks=KEEPS)
def SpatialDropout3D(
    x: OneTensor, rate: Fraction, data_format: DataFormat = None, seed: OptionalInt = None
) -> Output:
    """In training, drop whole channels of a volume.

    Input `[depth, height, width, channels]`, output the same; no weights.

    Outside of training nothing changes.

    Example:
        input scan: [32, 32, 32, 8]
        scan -> SpatialDropout3D(0.2)
    """
    need_rank("SpatialDropout3D", x, "[depth, height, width, channels]")
    return output(x.shape)


@layer("regularization", masks=KEEPS)
def AlphaDropout(
    x: OneTensor, rate: Fraction, noise_shape: NoiseShape = None, seed: OptionalInt = None
) -> Output:
    """Dropout that keeps mean and variance, for networks of `selu` layers.

    Input `[...]`, output the same; no weights.

    Outside of training nothing changes.

    Example:
        input features: [64]
        features -> AlphaDropout(0.1)
    """
    return output(x.shape)


@layer("regularization", masks=KEEPS)
def GaussianDropout(x: OneTensor, rate: Fraction, seed: OptionalInt = None) -> Output:
    """In training, multiply by Gaussian noise of mean 1 and variance `rate / (1 - rate)`.

    Input `[...]`, output the same; no weights.

    Outside of training nothing changes.

    Example:
        input features: [64]
        features -> GaussianDropout(0.2)
    """
    return output(x.shape)


@layer("regularization", masks=KEEPS)
def GaussianNoise(x: OneTensor, stddev: Fraction, seed: OptionalInt = None) -> Output:
    """In training, add Gaussian noise of mean 0.

    Input `[...]`, output the same; no weights.

    Outside of training nothing changes.

    Example:
        input features: [64]
        features -> GaussianNoise(0.1)
    """
    return output(x.shape)


@layer("regularization", masks=KEEPS)
def ActivityRegularization(
    x: OneTensor, l1: NonNegativeNumber = 0.0, l2: NonNegativeNumber = 0.0
) -> Output:
    """Add a penalty on the size of the input to the loss.

    Input `[...]`, output the same; no weights.

    Example:
        input features: [64]
        features -> ActivityRegularization(l2=1e-4)
    """
    return output(x.shape)
