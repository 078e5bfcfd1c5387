"""Convolutions."""

from __future__ import annotations

from nndsl.layers.arguments import (
    Activation,
    Bool,
    CausalPadding,
    Constraint,
    DataFormat,
    Initializer,
    OneTensor,
    OutputPadding1,
    OutputPadding2,
    OutputPadding3,
    Padding,
    PositiveInt,
    Regularizer,
    Spatial1,
    Spatial2,
    Spatial3,
)
from nndsl.layers.rule import Output, layer
from nndsl.layers.windows import (
    Window,
    convolve,
    convolve_depthwise,
    convolve_separable,
    convolve_transposed,
)


@layer("convolution")
def Conv1D(
    x: OneTensor,
    filters: PositiveInt,
    kernel_size: Spatial1,
    strides: Spatial1 = 1,
    padding: CausalPadding = "valid",
    data_format: DataFormat = None,
    dilation_rate: Spatial1 = 1,
    groups: PositiveInt = 1,
    activation: Activation = None,
    use_bias: Bool = True,
    kernel_initializer: Initializer = "glorot_uniform",
    bias_initializer: Initializer = "zeros",
    kernel_regularizer: Regularizer = None,
    bias_regularizer: Regularizer = None,
    activity_regularizer: Regularizer = None,
    kernel_constraint: Constraint = None,
    bias_constraint: Constraint = None,
) -> Output:
    """Slide `filters` kernels over a sequence and add up the products.

    Input `[steps, channels]`, output `[new_steps, filters]`; weights: kernel `(kernel_size,
    channels / groups, filters)`, bias `(filters,)`.

    `padding=valid`, the default, makes the sequence shorter by `kernel_size - 1`; `same` keeps its
    length, `causal` as well, and looks at earlier steps only.

    Example:
        input series: [100, 8]
        series -> Conv1D(32, 5, padding=causal)
    """
    window = Window(
        "Conv1D", "kernel_size", kernel_size, strides, padding, data_format, dilation_rate
    )
    return convolve(x, window, filters, groups, use_bias)


@layer("convolution")
def Conv2D(
    x: OneTensor,
    filters: PositiveInt,
    kernel_size: Spatial2,
    strides: Spatial2 = (1, 1),
    padding: Padding = "valid",
    data_format: DataFormat = None,
    dilation_rate: Spatial2 = (1, 1),
    groups: PositiveInt = 1,
    activation: Activation = None,
    use_bias: Bool = True,
    kernel_initializer: Initializer = "glorot_uniform",
    bias_initializer: Initializer = "zeros",
    kernel_regularizer: Regularizer = None,
    bias_regularizer: Regularizer = None,
    activity_regularizer: Regularizer = None,
    kernel_constraint: Constraint = None,
    bias_constraint: Constraint = None,
) -> Output:
    """Slide `filters` kernels over an image and add up the products.

    Input `[height, width, channels]`, output `[new_height, new_width, filters]`; weights: kernel
    `(*kernel_size, channels / groups, filters)`, bias `(filters,)`.

    `padding=valid`, the default, makes height and width smaller by `kernel_size - 1`;
    `padding=same` keeps them.

    Example:
        input image: [28, 28, 3]
        image -> Conv2D(32, 3, padding=same)
    """
    window = Window(
        "Conv2D", "kernel_size", kernel_size, strides, padding, data_format, dilation_rate
    )
    return convolve(x, window, filters, groups, use_bias)


@layer("convolution")
def Conv3D(
    x: OneTensor,
    filters: PositiveInt,
    kernel_size: Spatial3,
    strides: Spatial3 = (1, 1, 1),
    padding: Padding = "valid",
    data_format: DataFormat = None,
    dilation_rate: Spatial3 = (1, 1, 1),
    groups: PositiveInt = 1,
    activation: Activation = None,
    use_bias: Bool = True,
    kernel_initializer: Initializer = "glorot_uniform",
    bias_initializer: Initializer = "zeros",
    kernel_regularizer: Regularizer = None,
    bias_regularizer: Regularizer = None,
    activity_regularizer: Regularizer = None,
    kernel_constraint: Constraint = None,
    bias_constraint: Constraint = None,
) -> Output:
    """Slide `filters` kernels over a volume and add up the products.

    Input `[depth, height, width, channels]`, output `[new_depth, new_height, new_width, filters]`;
    weights: kernel `(*kernel_size, channels / groups, filters)`, bias `(filters,)`.

    `padding=valid`, the default, makes every side smaller by `kernel_size - 1`; `padding=same`
    keeps them.

    Example:
        input scan: [32, 32, 32, 1]
        scan -> Conv3D(16, 3, strides=2, padding=same)
    """
    window = Window(
        "Conv3D", "kernel_size", kernel_size, strides, padding, data_format, dilation_rate
    )
    return convolve(x, window, filters, groups, use_bias)


@layer("convolution")
def Conv1DTranspose(
    x: OneTensor,
    filters: PositiveInt,
    kernel_size: Spatial1,
    strides: Spatial1 = 1,
    padding: Padding = "valid",
    output_padding: OutputPadding1 = None,
    data_format: DataFormat = None,
    dilation_rate: Spatial1 = 1,
    activation: Activation = None,
    use_bias: Bool = True,
    kernel_initializer: Initializer = "glorot_uniform",
    bias_initializer: Initializer = "zeros",
    kernel_regularizer: Regularizer = None,
    bias_regularizer: Regularizer = None,
    activity_regularizer: Regularizer = None,
    kernel_constraint: Constraint = None,
    bias_constraint: Constraint = None,
) -> Output:
    """Enlarge a sequence: the convolution that runs from output to input.

    Input `[steps, channels]`, output `[new_steps, filters]`, `strides` times as large with
    `padding=same`; weights: kernel `(kernel_size, filters, channels)`, bias `(filters,)`.

    With `padding=valid`, the default, the output is larger still where the kernel is larger than
    the strides.

    Example:
        input series: [25, 32]
        series -> Conv1DTranspose(16, 4, strides=2, padding=same)
    """
    window = Window(
        "Conv1DTranspose", "kernel_size", kernel_size, strides, padding, data_format, dilation_rate
    )
    return convolve_transposed(x, window, filters, output_padding, use_bias)


@layer("convolution")
def Conv2DTranspose(
    x: OneTensor,
    filters: PositiveInt,
    kernel_size: Spatial2,
    strides: Spatial2 = (1, 1),
    padding: Padding = "valid",
    output_padding: OutputPadding2 = None,
    data_format: DataFormat = None,
    dilation_rate: Spatial2 = (1, 1),
    activation: Activation = None,
    use_bias: Bool = True,
    kernel_initializer: Initializer = "glorot_uniform",
    bias_initializer: Initializer = "zeros",
    kernel_regularizer: Regularizer = None,
    bias_regularizer: Regularizer = None,
    activity_regularizer: Regularizer = None,
    kernel_constraint: Constraint = None,
    bias_constraint: Constraint = None,
) -> Output:
    """Enlarge an image: the convolution that runs from output to input.

    Input `[height, width, channels]`, output `[new_height, new_width, filters]`, `strides` times as
    large with `padding=same`; weights: kernel `(*kernel_size, filters, channels)`, bias
    `(filters,)`.

    With `padding=valid`, the default, the output is larger still where the kernel is larger than
    the strides.

    Example:
        input features: [7, 7, 64]
        features -> Conv2DTranspose(32, 3, strides=2, padding=same)
    """
    window = Window(
        "Conv2DTranspose", "kernel_size", kernel_size, strides, padding, data_format, dilation_rate
    )
    return convolve_transposed(x, window, filters, output_padding, use_bias)


@layer("convolution")
def Conv3DTranspose(
    x: OneTensor,
    filters: PositiveInt,
    kernel_size: Spatial3,
    strides: Spatial3 = (1, 1, 1),
    padding: Padding = "valid",
    data_format: DataFormat = None,
    output_padding: OutputPadding3 = None,
    dilation_rate: Spatial3 = (1, 1, 1),
    activation: Activation = None,
    use_bias: Bool = True,
    kernel_initializer: Initializer = "glorot_uniform",
    bias_initializer: Initializer = "zeros",
    kernel_regularizer: Regularizer = None,
    bias_regularizer: Regularizer = None,
    activity_regularizer: Regularizer = None,
    kernel_constraint: Constraint = None,
    bias_constraint: Constraint = None,
) -> Output:
    """Enlarge a volume: the convolution that runs from output to input.

    Input `[depth, height, width, channels]`, output `[new_depth, new_height, new_width, filters]`,
    `strides` times as large with `padding=same`; weights: kernel `(*kernel_size, filters,
    channels)`, bias `(filters,)`.

    With `padding=valid`, the default, the output is larger still where the kernel is larger than
    the strides.

    Example:
        input features: [8, 8, 8, 32]
        features -> Conv3DTranspose(16, 3, strides=2, padding=same)
    """
    window = Window(
        "Conv3DTranspose", "kernel_size", kernel_size, strides, padding, data_format, dilation_rate
    )
    return convolve_transposed(x, window, filters, output_padding, use_bias)


@layer("convolution")
def DepthwiseConv1D(
    x: OneTensor,
    kernel_size: Spatial1,
    strides: Spatial1 = 1,
    padding: Padding = "valid",
    depth_multiplier: PositiveInt = 1,
    data_format: DataFormat = None,
    dilation_rate: Spatial1 = 1,
    activation: Activation = None,
    use_bias: Bool = True,
    depthwise_initializer: Initializer = "glorot_uniform",
    bias_initializer: Initializer = "zeros",
    depthwise_regularizer: Regularizer = None,
    bias_regularizer: Regularizer = None,
    activity_regularizer: Regularizer = None,
    depthwise_constraint: Constraint = None,
    bias_constraint: Constraint = None,
) -> Output:
    """Slide `depth_multiplier` kernels over each channel of a sequence by itself.

    Input `[steps, channels]`, output `[new_steps, channels * depth_multiplier]`; weights: kernel
    `(kernel_size, channels, depth_multiplier)`, bias `(channels * depth_multiplier,)`.

    Channels are not mixed; `SeparableConv1D` does that as well.

    Example:
        input series: [100, 8]
        series -> DepthwiseConv1D(5, padding=same)
    """
    window = Window(
        "DepthwiseConv1D", "kernel_size", kernel_size, strides, padding, data_format, dilation_rate
    )
    return convolve_depthwise(x, window, depth_multiplier, use_bias)


@layer("convolution")
def DepthwiseConv2D(
    x: OneTensor,
    kernel_size: Spatial2,
    strides: Spatial2 = (1, 1),
    padding: Padding = "valid",
    depth_multiplier: PositiveInt = 1,
    data_format: DataFormat = None,
    dilation_rate: Spatial2 = (1, 1),
    activation: Activation = None,
    use_bias: Bool = True,
    depthwise_initializer: Initializer = "glorot_uniform",
    bias_initializer: Initializer = "zeros",
    depthwise_regularizer: Regularizer = None,
    bias_regularizer: Regularizer = None,
    activity_regularizer: Regularizer = None,
    depthwise_constraint: Constraint = None,
    bias_constraint: Constraint = None,
) -> Output:
    """Slide `depth_multiplier` kernels over each channel of an image by itself.

    Input `[height, width, channels]`, output `[new_height, new_width, channels *
    depth_multiplier]`; weights: kernel `(*kernel_size, channels, depth_multiplier)`, bias
    `(channels * depth_multiplier,)`.

    Channels are not mixed; `SeparableConv2D` does that as well.

    Example:
        input image: [28, 28, 16]
        image -> DepthwiseConv2D(3, padding=same)
    """
    window = Window(
        "DepthwiseConv2D", "kernel_size", kernel_size, strides, padding, data_format, dilation_rate
    )
    return convolve_depthwise(x, window, depth_multiplier, use_bias)


@layer("convolution")
def SeparableConv1D(
    x: OneTensor,
    filters: PositiveInt,
    kernel_size: Spatial1,
    strides: Spatial1 = 1,
    padding: Padding = "valid",
    data_format: DataFormat = None,
    dilation_rate: Spatial1 = 1,
    depth_multiplier: PositiveInt = 1,
    activation: Activation = None,
    use_bias: Bool = True,
    depthwise_initializer: Initializer = "glorot_uniform",
    pointwise_initializer: Initializer = "glorot_uniform",
    bias_initializer: Initializer = "zeros",
    depthwise_regularizer: Regularizer = None,
    pointwise_regularizer: Regularizer = None,
    bias_regularizer: Regularizer = None,
    activity_regularizer: Regularizer = None,
    depthwise_constraint: Constraint = None,
    pointwise_constraint: Constraint = None,
    bias_constraint: Constraint = None,
) -> Output:
    """Convolve each channel of a sequence by itself, then mix the channels.

    Input `[steps, channels]`, output `[new_steps, filters]`; weights: depthwise kernel
    `(kernel_size, channels, depth_multiplier)`, pointwise kernel `(1, channels * depth_multiplier,
    filters)`, bias `(filters,)`.

    Example:
        input series: [100, 8]
        series -> SeparableConv1D(32, 5, padding=same)
    """
    window = Window(
        "SeparableConv1D", "kernel_size", kernel_size, strides, padding, data_format, dilation_rate
    )
    return convolve_separable(x, window, filters, depth_multiplier, use_bias)


@layer("convolution")
def SeparableConv2D(
    x: OneTensor,
    filters: PositiveInt,
    kernel_size: Spatial2,
    strides: Spatial2 = (1, 1),
    padding: Padding = "valid",
    data_format: DataFormat = None,
    dilation_rate: Spatial2 = (1, 1),
    depth_multiplier: PositiveInt = 1,
    activation: Activation = None,
    use_bias: Bool = True,
    depthwise_initializer: Initializer = "glorot_uniform",
    pointwise_initializer: Initializer = "glorot_uniform",
    bias_initializer: Initializer = "zeros",
    depthwise_regularizer: Regularizer = None,
    pointwise_regularizer: Regularizer = None,
    bias_regularizer: Regularizer = None,
    activity_regularizer: Regularizer = None,
    depthwise_constraint: Constraint = None,
    pointwise_constraint: Constraint = None,
    bias_constraint: Constraint = None,
) -> Output:
    """Convolve each channel of an image by itself, then mix the channels.

    Input `[height, width, channels]`, output `[new_height, new_width, filters]`; weights: depthwise
    kernel `(*kernel_size, channels, depth_multiplier)`, pointwise kernel `(1, 1, channels *
    depth_multiplier, filters)`, bias `(filters,)`.

    Example:
        input image: [28, 28, 16]
        image -> SeparableConv2D(32, 3, padding=same)
    """
    window = Window(
        "SeparableConv2D", "kernel_size", kernel_size, strides, padding, data_format, dilation_rate
    )
    return convolve_separable(x, window, filters, depth_multiplier, use_bias)


Convolution1D = Conv1D
Convolution2D = Conv2D
Convolution3D = Conv3D
Convolution1DTranspose = Conv1DTranspose
Convolution2DTranspose = Conv2DTranspose
Convolution3DTranspose = Conv3DTranspose
SeparableConvolution1D = SeparableConv1D
SeparableConvolution2D = SeparableConv2D
