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
