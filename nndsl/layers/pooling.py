"""Pooling."""

from __future__ import annotations

from nndsl.layers.arguments import (
    Bool,
    DataFormat,
    ExactDataFormat,
    OneTensor,
    OptionalSpatial1,
    OptionalSpatial2,
    OptionalSpatial3,
    OptionalTensor,
    PoolPadding,
    Spatial1,
    Spatial2,
    Spatial3,
)
from nndsl.layers.masks import STOPS
from nndsl.layers.rule import Output, layer
from nndsl.layers.windows import Window, pool, pool_globally, pool_to


@layer("pooling")
def MaxPooling1D(
    x: OneTensor,
    pool_size: Spatial1 = 2,
    strides: OptionalSpatial1 = None,
    padding: PoolPadding = "valid",
    data_format: DataFormat = None,
) -> Output:
    """Keep the largest value of each window of a sequence.

    Input `[steps, channels]`, output `[new_steps, channels]`; no weights. `strides` are the
    `pool_size` unless given.

    Steps left over at the end are dropped; `padding=same` keeps them.

    Example:
        input series: [100, 8]
        series -> MaxPooling1D(4)
    """
    window = Window(
        "MaxPooling1D", "pool_size", pool_size, strides or pool_size, padding, data_format
    )
    return pool(x, window)


@layer("pooling")
def MaxPooling2D(
    x: OneTensor,
    pool_size: Spatial2 = (2, 2),
    strides: OptionalSpatial2 = None,
    padding: PoolPadding = "valid",
    data_format: DataFormat = None,
) -> Output:
    """Keep the largest value of each window of an image.

    Input `[height, width, channels]`, output `[new_height, new_width, channels]`; no weights.
    `strides` are the `pool_size` unless given.

    Rows and columns left over at the end are dropped; `padding=same` keeps them.

    Example:
        input image: [28, 28, 32]
        image -> MaxPooling2D
    """
    window = Window(
        "MaxPooling2D", "pool_size", pool_size, strides or pool_size, padding, data_format
    )
    return pool(x, window)


@layer("pooling")
def MaxPooling3D(
    x: OneTensor,
    pool_size: Spatial3 = (2, 2, 2),
    strides: OptionalSpatial3 = None,
    padding: PoolPadding = "valid",
    data_format: DataFormat = None,
) -> Output:
    """Keep the largest value of each window of a volume.

    Input `[depth, height, width, channels]`, output `[new_depth, new_height, new_width, channels]`;
    no weights. `strides` are the `pool_size` unless given.

    What is left over at the end of an axis is dropped; `padding=same` keeps it.

    Example:
        input scan: [32, 32, 32, 16]
        scan -> MaxPooling3D
    """
    window = Window(
        "MaxPooling3D", "pool_size", pool_size, strides or pool_size, padding, data_format
    )
    return pool(x, window)


@layer("pooling")
def AveragePooling1D(
    x: OneTensor,
    pool_size: Spatial1,
    strides: OptionalSpatial1 = None,
    padding: PoolPadding = "valid",
    data_format: DataFormat = None,
) -> Output:
    """Keep the mean of each window of a sequence.

    Input `[steps, channels]`, output `[new_steps, channels]`; no weights. `strides` are the
    `pool_size` unless given.

    Steps left over at the end are dropped; `padding=same` keeps them.

    Example:
        input series: [100, 8]
        series -> AveragePooling1D(4)
    """
    window = Window(
        "AveragePooling1D", "pool_size", pool_size, strides or pool_size, padding, data_format
    )
    return pool(x, window)


@layer("pooling")
def AveragePooling2D(
    x: OneTensor,
    pool_size: Spatial2,
    strides: OptionalSpatial2 = None,
    padding: PoolPadding = "valid",
    data_format: DataFormat = None,
) -> Output:
    """Keep the mean of each window of an image.

    Input `[height, width, channels]`, output `[new_height, new_width, channels]`; no weights.
    `strides` are the `pool_size` unless given.

    Rows and columns left over at the end are dropped; `padding=same` keeps them.

    Example:
        input image: [28, 28, 32]
        image -> AveragePooling2D(2)
    """
    window = Window(
        "AveragePooling2D", "pool_size", pool_size, strides or pool_size, padding, data_format
    )
    return pool(x, window)


@layer("pooling")
def AveragePooling3D(
    x: OneTensor,
    pool_size: Spatial3,
    strides: OptionalSpatial3 = None,
    padding: PoolPadding = "valid",
    data_format: DataFormat = None,
) -> Output:
    """Keep the mean of each window of a volume.

    Input `[depth, height, width, channels]`, output `[new_depth, new_height, new_width, channels]`;
    no weights. `strides` are the `pool_size` unless given.

    What is left over at the end of an axis is dropped; `padding=same` keeps it.

    Example:
        input scan: [32, 32, 32, 16]
        scan -> AveragePooling3D(2)
    """
    window = Window(
        "AveragePooling3D", "pool_size", pool_size, strides or pool_size, padding, data_format
    )
    return pool(x, window)


@layer("pooling")
def GlobalMaxPooling1D(
    x: OneTensor,
    data_format: DataFormat = None,
    keepdims: Bool = False,
) -> Output:
    """Keep the largest value of each channel of a sequence.

    Input `[steps, channels]`, output `[channels]`, or `[1, channels]` with `keepdims=true`; no
    weights.

    Example:
        input series: [?, 64]
        series -> GlobalMaxPooling1D
    """
    return pool_globally("GlobalMaxPooling1D", x, 1, data_format, keepdims)


@layer("pooling")
def GlobalMaxPooling2D(
    x: OneTensor,
    data_format: DataFormat = None,
    keepdims: Bool = False,
) -> Output:
    """Keep the largest value of each channel of an image.

    Input `[height, width, channels]`, output `[channels]`, or `[1, 1, channels]` with
    `keepdims=true`; no weights.

    Example:
        input features: [7, 7, 64]
        features -> GlobalMaxPooling2D
    """
    return pool_globally("GlobalMaxPooling2D", x, 2, data_format, keepdims)


@layer("pooling")
def GlobalMaxPooling3D(
    x: OneTensor,
    data_format: DataFormat = None,
    keepdims: Bool = False,
) -> Output:
    """Keep the largest value of each channel of a volume.

    Input `[depth, height, width, channels]`, output `[channels]`, or `[1, 1, 1, channels]` with
    `keepdims=true`; no weights.

    Example:
        input features: [8, 8, 8, 32]
        features -> GlobalMaxPooling3D
    """
    return pool_globally("GlobalMaxPooling3D", x, 3, data_format, keepdims)


@layer("pooling", masks=STOPS)
def GlobalAveragePooling1D(
    x: OneTensor,
    mask: OptionalTensor,
    data_format: DataFormat = None,
    keepdims: Bool = False,
) -> Output:
    """Keep the mean of each channel of a sequence.

    Input `[steps, channels]`, output `[channels]`, or `[1, channels]` with `keepdims=true`; no
    weights.

    Example:
        input series: [?, 64]
        series -> GlobalAveragePooling1D
    """
    return pool_globally("GlobalAveragePooling1D", x, 1, data_format, keepdims)


@layer("pooling")
def GlobalAveragePooling2D(
    x: OneTensor,
    data_format: DataFormat = None,
    keepdims: Bool = False,
) -> Output:
    """Keep the mean of each channel of an image.

    Input `[height, width, channels]`, output `[channels]`, or `[1, 1, channels]` with
    `keepdims=true`; no weights.

    Example:
        input features: [7, 7, 64]
        features -> GlobalAveragePooling2D
    """
    return pool_globally("GlobalAveragePooling2D", x, 2, data_format, keepdims)


@layer("pooling")
def GlobalAveragePooling3D(
    x: OneTensor,
    data_format: DataFormat = None,
    keepdims: Bool = False,
) -> Output:
    """Keep the mean of each channel of a volume.

    Input `[depth, height, width, channels]`, output `[channels]`, or `[1, 1, 1, channels]` with
    `keepdims=true`; no weights.

    Example:
        input features: [8, 8, 8, 32]
        features -> GlobalAveragePooling3D
    """
    return pool_globally("GlobalAveragePooling3D", x, 3, data_format, keepdims)


@layer("pooling")
def AdaptiveAveragePooling1D(
    x: OneTensor,
    output_size: Spatial1,
    data_format: ExactDataFormat = None,
) -> Output:
    """Keep the mean of each of `output_size` equal parts of a sequence.

    Input `[steps, channels]`, output `[output_size, channels]`; no weights.

    Example:
        input series: [100, 8]
        series -> AdaptiveAveragePooling1D(10)
    """
    return pool_to("AdaptiveAveragePooling1D", x, output_size, data_format)


@layer("pooling")
def AdaptiveAveragePooling2D(
    x: OneTensor,
    output_size: Spatial2,
    data_format: ExactDataFormat = None,
) -> Output:
    """Keep the mean of each of `output_size` equal parts of an image.

    Input `[height, width, channels]`, output `[*output_size, channels]`; no weights.

    Example:
        input image: [30, 40, 16]
        image -> AdaptiveAveragePooling2D(7)
    """
    return pool_to("AdaptiveAveragePooling2D", x, output_size, data_format)


@layer("pooling")
def AdaptiveAveragePooling3D(
    x: OneTensor,
    output_size: Spatial3,
    data_format: ExactDataFormat = None,
) -> Output:
    """Keep the mean of each of `output_size` equal parts of a volume.

    Input `[depth, height, width, channels]`, output `[*output_size, channels]`; no weights.

    Example:
        input scan: [32, 32, 20, 8]
        scan -> AdaptiveAveragePooling3D((8, 8, 5))
    """
    return pool_to("AdaptiveAveragePooling3D", x, output_size, data_format)


@layer("pooling")
def AdaptiveMaxPooling1D(
    x: OneTensor,
    output_size: Spatial1,
    data_format: ExactDataFormat = None,
) -> Output:
    """Keep the largest value of each of `output_size` equal parts of a sequence.

    Input `[steps, channels]`, output `[output_size, channels]`; no weights.

    Example:
        input series: [100, 8]
        series -> AdaptiveMaxPooling1D(10)
    """
    return pool_to("AdaptiveMaxPooling1D", x, output_size, data_format)


@layer("pooling")
def AdaptiveMaxPooling2D(
    x: OneTensor,
    output_size: Spatial2,
    data_format: ExactDataFormat = None,
) -> Output:
    """Keep the largest value of each of `output_size` equal parts of an image.

    Input `[height, width, channels]`, output `[*output_size, channels]`; no weights.

    Example:
        input image: [30, 40, 16]
        image -> AdaptiveMaxPooling2D(7)
    """
    return pool_to("AdaptiveMaxPooling2D", x, output_size, data_format)


@layer("pooling")
def AdaptiveMaxPooling3D(
    x: OneTensor,
    output_size: Spatial3,
    data_format: ExactDataFormat = None,
) -> Output:
    """Keep the largest value of each of `output_size` equal parts of a volume.

    Input `[depth, height, width, channels]`, output `[*output_size, channels]`; no weights.

    Example:
        input scan: [32, 32, 20, 8]
        scan -> AdaptiveMaxPooling3D((8, 8, 5))
    """
    return pool_to("AdaptiveMaxPooling3D", x, output_size, data_format)


MaxPool1D = MaxPooling1D
AvgPool1D = AveragePooling1D
GlobalMaxPool1D = GlobalMaxPooling1D
GlobalAvgPool1D = GlobalAveragePooling1D
MaxPool2D = MaxPooling2D
AvgPool2D = AveragePooling2D
GlobalMaxPool2D = GlobalMaxPooling2D
GlobalAvgPool2D = GlobalAveragePooling2D
MaxPool3D = MaxPooling3D
AvgPool3D = AveragePooling3D
GlobalMaxPool3D = GlobalMaxPooling3D
GlobalAvgPool3D = GlobalAveragePooling3D
