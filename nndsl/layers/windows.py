"""Windows that move over the spatial axes: what convolutions and pooling layers share.

The arithmetic is that of `keras.src.ops.operation_utils.compute_conv_output_shape`,
`compute_pooling_output_shape` and `backend_utils.compute_conv_transpose_output_shape`.
"""

from __future__ import annotations

from dataclasses import dataclass

from nndsl.layers.checks import need_rank
from nndsl.layers.effort import times
from nndsl.layers.rule import Dim, LayerError, Output, Shape, Tensor, Weight, output, shape_text

_SPATIAL_NAMES = ("steps",), ("height", "width"), ("depth", "height", "width")


def channels_first(data_format: str | None) -> bool:
    return data_format == "channels_first"


def spatial_form(rank: int, data_format: str | None) -> str:
    """Return the input that is expected, such as `[height, width, channels]`."""
    names = _SPATIAL_NAMES[rank - 1]
    ordered = ("channels", *names) if channels_first(data_format) else (*names, "channels")
    return f"[{', '.join(ordered)}]"


def spatial_axes(x: Tensor, data_format: str | None) -> tuple[int, ...]:
    """Return the numbers of the spatial axes, the batch being 0."""
    return tuple(range(2, x.rank) if channels_first(data_format) else range(1, x.rank - 1))


def channel_axis(x: Tensor, data_format: str | None) -> int:
    return 1 if channels_first(data_format) else x.rank - 1


def with_sizes(x: Tensor, data_format: str | None, sizes: Shape, channels: Dim) -> Shape:
    """Return the input's shape with other spatial sizes and another number of channels."""
    if channels_first(data_format):
        return (x.shape[0], channels, *sizes)
    return (x.shape[0], *sizes, channels)


@dataclass(frozen=True)
class Window:
    """A layer's window: one size, stride and dilation for each spatial axis."""

    layer: str
    size_argument: str
    size: tuple[int, ...]
    strides: tuple[int, ...]
    padding: str
    data_format: str | None
    dilation: tuple[int, ...] = (1, 1, 1)

    def need_rank(self, x: Tensor) -> None:
        need_rank(self.layer, x, spatial_form(len(self.size), self.data_format))

    def reach(self, index: int) -> int:
        """Return the size of the window with its gaps along the spatial axis of that index."""
        return (self.size[index] - 1) * self.dilation[index] + 1

    def output_shape(self, x: Tensor, channels: Dim) -> Shape:
        """Return the shape after moving the window over the input; refuse a window too large."""
        sizes = tuple(
            self._positions(x, axis, index)
            for index, axis in enumerate(spatial_axes(x, self.data_format))
        )
        return with_sizes(x, self.data_format, sizes, channels)

    def _positions(self, x: Tensor, axis: int, index: int) -> Dim:
        dim, stride, reach = x.shape[axis], self.strides[index], self.reach(index)
        covered = reach if self.padding == "valid" else 1
        if not isinstance(dim, int):
            return dim if stride == covered == 1 else None
        if dim < covered:
            self._refuse_channels_first(x)
            same = "`padding=same` lets the window overlap the edge"
            turned = self._turned(x, dim, reach)
            raise LayerError(
                "S102",
                f"{self.layer}: the window is larger than the input",
                expected=f"at least {reach} along axis {axis} for {self._size_text(index)}",
                received=f"{dim} in {shape_text(x.shape)}",
                help=turned or f"{same}, or a smaller `{self.size_argument}` fits",
                argument=self.size_argument,
                setting=None if turned else ("padding", "same"),
            )
        return (dim - covered) // stride + 1

    def _turned(self, x: Tensor, dim: int, reach: int) -> str | None:
        """Return what helps a series that stands in the features of a single step."""
        features = x.shape[-1]
        if len(self.size) > 1 or channels_first(self.data_format) or dim > 1:
            return None
        if not isinstance(features, int) or features < reach:
            return None
        return (
            f"`Permute([2, 1])` in front makes steps of the {features} features of this one; "
            "`padding=same` lets the window overlap the edge"
        )

    def _refuse_channels_first(self, x: Tensor) -> None:
        """Refuse an image that fails because its channels come first: `[3, 224, 224]`."""
        first, *rest = x.shape[1:]
        if channels_first(self.data_format) or x.rank < 4 or first not in (1, 3, 4):
            return
        # A small map late in a network, such as [3, 3, 64], is no image.
        if all(isinstance(size, int) and size > 8 for size in rest):
            raise LayerError(
                "S106",
                f"{self.layer}: the channels seem to come first",
                expected=spatial_form(len(self.size), self.data_format),
                received=shape_text(x.shape),
                help=f"`Permute({[*range(2, x.rank), 1]})` in front brings them last; "
                "`data_format=channels_first` takes them as they are",
                stage=f"Permute({[*range(2, x.rank), 1]})",
            )

    def _size_text(self, index: int) -> str:
        text = f"`{self.size_argument}={self.size[index]}`"
        if self.dilation[index] > 1:
            text += f" with `dilation_rate={self.dilation[index]}`"
        return text

    def places(self, shape: Shape) -> Shape:
        """Return the spatial sizes of a shape: how often the window is put down."""
        return shape[2:] if channels_first(self.data_format) else shape[1:-1]

    def transposed_shape(
        self, x: Tensor, channels: int, output_padding: tuple[int, ...] | None
    ) -> Shape:
        """Return the shape that a convolution with this window would make the input from."""
        sizes = tuple(
            self._spread(x.shape[axis], index, output_padding[index] if output_padding else None)
            for index, axis in enumerate(spatial_axes(x, self.data_format))
        )
        return with_sizes(x, self.data_format, sizes, channels)

    def _spread(self, dim: Dim, index: int, extra: int | None) -> Dim:
        stride, reach = self.strides[index], self.reach(index)
        if self.padding == "same" and extra is None:
            added, constant = stride, 0
        elif self.padding == "same":
            added, constant = stride, reach % 2 + (extra or 0) - stride
        else:
            added = stride
            constant = max(reach, stride) - stride if extra is None else reach + extra - stride
        if not isinstance(dim, int):
            return dim if added == 1 and constant == 0 else None
        return dim * added + constant

    def known_channels(self, x: Tensor) -> int:
        axis = channel_axis(x, self.data_format)
        channels = x.shape[axis]
        if isinstance(channels, int):
            return channels
        raise LayerError(
            "S110",
            f"{self.layer} needs to know the number of channels",
            expected=spatial_form(len(self.size), self.data_format) + " with known channels",
            received=shape_text(x.shape),
            help="give the input's channels a size instead of `?`",
        )

    def refuse_stride_with_dilation(self) -> None:
        if max(self.strides) > 1 and max(self.dilation) > 1:
            raise LayerError(
                "A205",
                f"{self.layer}: strides and dilation exclude each other",
                expected="`strides=1` or `dilation_rate=1`",
                received=f"strides={self.strides}, dilation_rate={self.dilation}",
                argument="dilation_rate",
            )


def convolve(x: Tensor, window: Window, filters: int, groups: int, use_bias: bool) -> Output:
    """Return the output of Conv1D, Conv2D and Conv3D."""
    window.refuse_stride_with_dilation()
    _need_multiple(window.layer, "filters", filters, groups)
    window.need_rank(x)
    channels = window.known_channels(x)
    _need_multiple(window.layer, "input channels", channels, groups)
    kernel = Weight("kernel", (*window.size, channels // groups, filters))
    shape = window.output_shape(x, filters)
    cost = times(kernel.size, *window.places(shape))
    return output(shape, kernel, *_bias(filters, use_bias), multiply_adds=cost)


def convolve_transposed(
    x: Tensor,
    window: Window,
    filters: int,
    output_padding: tuple[int, ...] | None,
    use_bias: bool,
) -> Output:
    """Return the output of Conv1DTranspose, Conv2DTranspose and Conv3DTranspose."""
    window.refuse_stride_with_dilation()
    for index, extra in enumerate(output_padding or ()):
        if extra >= window.strides[index]:
            raise LayerError(
                "A205",
                f"{window.layer}: the output padding must be smaller than the stride",
                expected=f"less than {window.strides[index]}",
                received=str(extra),
                argument="output_padding",
            )
        if window.padding == "same" and extra == 0 and window.reach(index) % 2 == 0:
            # Keras builds this, but TensorFlow refuses to run it: no input of a convolution with
            # an even kernel has that output.
            raise LayerError(
                "A205",
                f"{window.layer}: an even kernel with `padding=same` needs output padding",
                expected="`output_padding` of at least 1, or left out",
                received="0",
                argument="output_padding",
            )
    window.need_rank(x)
    kernel = Weight("kernel", (*window.size, filters, window.known_channels(x)))
    shape = window.transposed_shape(x, filters, output_padding)
    cost = times(kernel.size, *window.places(x.shape))
    return output(shape, kernel, *_bias(filters, use_bias), multiply_adds=cost)


def convolve_depthwise(x: Tensor, window: Window, multiplier: int, use_bias: bool) -> Output:
    """Return the output of DepthwiseConv1D and DepthwiseConv2D."""
    window.need_rank(x)
    channels = window.known_channels(x)
    kernel = Weight("kernel", (*window.size, channels, multiplier))
    made = channels * multiplier
    shape = window.output_shape(x, made)
    cost = times(kernel.size, *window.places(shape))
    return output(shape, kernel, *_bias(made, use_bias), multiply_adds=cost)


def convolve_separable(
    x: Tensor, window: Window, filters: int, multiplier: int, use_bias: bool
) -> Output:
    """Return the output of SeparableConv1D and SeparableConv2D."""
    window.need_rank(x)
    channels = window.known_channels(x)
    ones = (1,) * len(window.size)
    depthwise = Weight("depthwise_kernel", (*window.size, channels, multiplier))
    pointwise = Weight("pointwise_kernel", (*ones, channels * multiplier, filters))
    shape = window.output_shape(x, filters)
    cost = times(depthwise.size + pointwise.size, *window.places(shape))
    return output(shape, depthwise, pointwise, *_bias(filters, use_bias), multiply_adds=cost)


def pool(x: Tensor, window: Window) -> Output:
    """Return the output of MaxPooling and AveragePooling of any rank."""
    window.need_rank(x)
    return output(window.output_shape(x, x.shape[channel_axis(x, window.data_format)]))


def pool_globally(
    layer: str, x: Tensor, rank: int, data_format: str | None, keepdims: bool
) -> Output:
    """Return the output of GlobalMaxPooling and GlobalAveragePooling of any rank."""
    need_rank(layer, x, spatial_form(rank, data_format))
    channels = x.shape[channel_axis(x, data_format)]
    return output(with_sizes(x, data_format, (1,) * rank if keepdims else (), channels))


def pool_to(layer: str, x: Tensor, output_size: tuple[int, ...], data_format: str | None) -> Output:
    """Return the output of AdaptiveMaxPooling and AdaptiveAveragePooling of any rank."""
    need_rank(layer, x, spatial_form(len(output_size), data_format))
    for axis, made in zip(spatial_axes(x, data_format), output_size, strict=True):
        _check_adaptive(layer, x, axis, made)
    channels = x.shape[channel_axis(x, data_format)]
    return output(with_sizes(x, data_format, output_size, channels))


def _check_adaptive(layer: str, x: Tensor, axis: int, made: int) -> None:
    """Refuse what Keras builds, and TensorFlow fails on in training and inside other layers.

    Keras moves windows of two sizes, of which the larger has to fit into the input; their sizes
    come from the input's, which TensorFlow therefore has to know.
    """
    size = x.shape[axis]
    family = layer.removeprefix("Adaptive")
    if not isinstance(size, int):
        raise LayerError(
            "S110",
            f"{layer} needs to know the size of axis {axis}",
            expected="a known size, which the windows depend on",
            received=shape_text(x.shape),
            help=f"give the input a size instead of `?`; `Global{family}` takes any",
        )
    if size == 1 or made == 1:
        raise LayerError(
            "S102",
            f"{layer}: the larger of its windows does not fit into the input",
            expected=f"at least 2 along axis {axis}, before and after",
            received=f"{size} brought to {made}",
            help=f"`Global{family}(keepdims=true)` brings all sizes to 1",
        )


def _need_multiple(layer: str, what: str, count: int, groups: int) -> None:
    if count % groups:
        raise LayerError(
            "A205",
            f"{layer}: {groups} groups do not divide {count} {what}",
            expected=f"a divisor of {count}",
            received=str(groups),
            argument="groups",
        )


def _bias(size: int, use_bias: bool) -> tuple[Weight, ...]:
    return (Weight("bias", (size,)),) if use_bias else ()
