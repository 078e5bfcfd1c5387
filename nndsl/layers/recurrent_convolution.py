"""Recurrent layers whose steps are images."""

from __future__ import annotations

from nndsl.layers.arguments import (
    Activation,
    Bool,
    Constraint,
    DataFormat,
    Fraction,
    Initializer,
    OneTensor,
    OptionalInt,
    OptionalTensor,
    OptionalTensors,
    Padding,
    PositiveInt,
    Regularizer,
    Spatial1,
    Spatial2,
    Spatial3,
)
from nndsl.layers.checks import fits, need_rank
from nndsl.layers.effort import times
from nndsl.layers.masks import SEQUENCES
from nndsl.layers.recurrent import check_states, need_stateless, read_steps
from nndsl.layers.rule import LayerError, Output, Shape, Tensor, Weight, layer, shape_text
from nndsl.layers.windows import Window, spatial_axes, spatial_form


@layer("recurrent", masks=SEQUENCES)
def ConvLSTM1D(
    x: OneTensor,
    initial_state: OptionalTensors,
    mask: OptionalTensor,
    filters: PositiveInt,
    kernel_size: Spatial1,
    strides: Spatial1 = 1,
    padding: Padding = "valid",
    data_format: DataFormat = None,
    dilation_rate: Spatial1 = 1,
    activation: Activation = "tanh",
    recurrent_activation: Activation = "sigmoid",
    use_bias: Bool = True,
    kernel_initializer: Initializer = "glorot_uniform",
    recurrent_initializer: Initializer = "orthogonal",
    bias_initializer: Initializer = "zeros",
    unit_forget_bias: Bool = True,
    kernel_regularizer: Regularizer = None,
    recurrent_regularizer: Regularizer = None,
    bias_regularizer: Regularizer = None,
    activity_regularizer: Regularizer = None,
    kernel_constraint: Constraint = None,
    recurrent_constraint: Constraint = None,
    bias_constraint: Constraint = None,
    dropout: Fraction = 0.0,
    recurrent_dropout: Fraction = 0.0,
    seed: OptionalInt = None,
    return_sequences: Bool = False,
    return_state: Bool = False,
    go_backwards: Bool = False,
    stateful: Bool = False,
) -> Output:
    """Read a sequence of rows with an LSTM whose products are convolutions.

    Input `[steps, width, channels]`, output `[new_width, filters]`, with `return_sequences=true`
    the steps first; `return_state=true` gives two states of the first shape as well; weights:
    kernel `(kernel_size, channels, 4 * filters)`, recurrent kernel `(kernel_size, filters, 4 *
    filters)`, bias `(4 * filters,)`.

    Example:
        input rows: [10, 64, 3]
        rows -> ConvLSTM1D(16, 3, padding=same)
    """
    window = Window(
        "ConvLSTM1D", "kernel_size", kernel_size, strides, padding, data_format, dilation_rate
    )
    need_stateless("ConvLSTM1D", stateful)
    return _read(x, initial_state, mask, window, filters, use_bias, return_sequences, return_state)


@layer("recurrent", masks=SEQUENCES)
def ConvLSTM2D(
    x: OneTensor,
    initial_state: OptionalTensors,
    mask: OptionalTensor,
    filters: PositiveInt,
    kernel_size: Spatial2,
    strides: Spatial2 = 1,
    padding: Padding = "valid",
    data_format: DataFormat = None,
    dilation_rate: Spatial2 = 1,
    activation: Activation = "tanh",
    recurrent_activation: Activation = "sigmoid",
    use_bias: Bool = True,
    kernel_initializer: Initializer = "glorot_uniform",
    recurrent_initializer: Initializer = "orthogonal",
    bias_initializer: Initializer = "zeros",
    unit_forget_bias: Bool = True,
    kernel_regularizer: Regularizer = None,
    recurrent_regularizer: Regularizer = None,
    bias_regularizer: Regularizer = None,
    activity_regularizer: Regularizer = None,
    kernel_constraint: Constraint = None,
    recurrent_constraint: Constraint = None,
    bias_constraint: Constraint = None,
    dropout: Fraction = 0.0,
    recurrent_dropout: Fraction = 0.0,
    seed: OptionalInt = None,
    return_sequences: Bool = False,
    return_state: Bool = False,
    go_backwards: Bool = False,
    stateful: Bool = False,
) -> Output:
    """Read a sequence of images with an LSTM whose products are convolutions.

    Input `[steps, height, width, channels]`, output `[new_height, new_width, filters]`, with
    `return_sequences=true` the steps first; `return_state=true` gives two states of the first
    shape as well; weights: kernel `(*kernel_size, channels, 4 * filters)`, recurrent kernel
    `(*kernel_size, filters, 4 * filters)`, bias `(4 * filters,)`.

    Example:
        input film: [10, 64, 64, 3]
        film -> ConvLSTM2D(16, 3, padding=same, return_sequences=true)
    """
    window = Window(
        "ConvLSTM2D", "kernel_size", kernel_size, strides, padding, data_format, dilation_rate
    )
    need_stateless("ConvLSTM2D", stateful)
    return _read(x, initial_state, mask, window, filters, use_bias, return_sequences, return_state)


@layer("recurrent", masks=SEQUENCES)
def ConvLSTM3D(
    x: OneTensor,
    initial_state: OptionalTensors,
    mask: OptionalTensor,
    filters: PositiveInt,
    kernel_size: Spatial3,
    strides: Spatial3 = 1,
    padding: Padding = "valid",
    data_format: DataFormat = None,
    dilation_rate: Spatial3 = 1,
    activation: Activation = "tanh",
    recurrent_activation: Activation = "sigmoid",
    use_bias: Bool = True,
    kernel_initializer: Initializer = "glorot_uniform",
    recurrent_initializer: Initializer = "orthogonal",
    bias_initializer: Initializer = "zeros",
    unit_forget_bias: Bool = True,
    kernel_regularizer: Regularizer = None,
    recurrent_regularizer: Regularizer = None,
    bias_regularizer: Regularizer = None,
    activity_regularizer: Regularizer = None,
    kernel_constraint: Constraint = None,
    recurrent_constraint: Constraint = None,
    bias_constraint: Constraint = None,
    dropout: Fraction = 0.0,
    recurrent_dropout: Fraction = 0.0,
    seed: OptionalInt = None,
    return_sequences: Bool = False,
    return_state: Bool = False,
    go_backwards: Bool = False,
    stateful: Bool = False,
) -> Output:
    """Read a sequence of volumes with an LSTM whose products are convolutions.

    Input `[steps, depth, height, width, channels]`, output `[new_depth, new_height, new_width,
    filters]`, with `return_sequences=true` the steps first; `return_state=true` gives two states
    of the first shape as well; weights: kernel `(*kernel_size, channels, 4 * filters)`, recurrent
    kernel `(*kernel_size, filters, 4 * filters)`, bias `(4 * filters,)`.

    Example:
        input scans: [10, 16, 16, 16, 1]
        scans -> ConvLSTM3D(8, 3, padding=same)
    """
    window = Window(
        "ConvLSTM3D", "kernel_size", kernel_size, strides, padding, data_format, dilation_rate
    )
    need_stateless("ConvLSTM3D", stateful)
    return _read(x, initial_state, mask, window, filters, use_bias, return_sequences, return_state)


def _read(
    x: Tensor,
    initial_state: tuple[Tensor, ...] | None,
    mask: Tensor | None,
    window: Window,
    filters: int,
    use_bias: bool,
    return_sequences: bool,
    return_state: bool,
) -> Output:
    window.refuse_stride_with_dilation()
    row = spatial_form(len(window.size), window.data_format).replace("steps", "width")
    form = f"[steps, {row[1:-1]}]"
    need_rank(window.layer, x, form)
    step = Tensor((None, *x.shape[2:]))
    if not all(isinstance(step.shape[i], int) for i in spatial_axes(step, window.data_format)):
        raise LayerError(
            "S110",
            f"{window.layer} needs to know all sizes but the number of steps",
            expected=form,
            received=shape_text(x.shape),
            help="give the input sizes instead of `?`",
        )
    channels = window.known_channels(step)
    state = window.output_shape(step, filters)
    _check_mask(window.layer, x, mask, state)
    check_states(window.layer, initial_state, (state, state))
    kernel = Weight("kernel", (*window.size, channels, 4 * filters))
    recurrent_kernel = Weight("recurrent_kernel", (*window.size, filters, 4 * filters))
    bias = (Weight("bias", (4 * filters,)),) if use_bias else ()
    places = [state[axis] for axis in spatial_axes(Tensor(state), window.data_format)]
    cost = times(kernel.size + recurrent_kernel.size, *places)
    weights = (kernel, recurrent_kernel, *bias)
    owned = tuple(weight.within("cell", "conv_lstm_cell") for weight in weights)
    made = Output((Tensor(state),) * 3, owned, cost, built_for=step.shape[1:])  # by its cell
    return read_steps(x, made, return_sequences, return_state)


def _check_mask(name: str, x: Tensor, mask: Tensor | None, state: Shape) -> None:
    """Refuse a mask that Keras cannot spread over the state, which it fails on when run.

    A mask that comes with a tensor is taken to have all its axes but the last, those of the images
    too, as `Masking` and `Embedding` make it. Behind TimeDistributed it may have others.
    """
    shape = mask.shape if mask is not None else x.shape[:-1] if x.masked else x.shape[:2]
    inner = zip(shape[2:], state[1:], strict=False)
    if (
        2 <= len(shape) <= x.rank
        and fits(shape[1], x.shape[1])
        and all(fits(size, 1) or fits(size, places) for size, places in inner)
    ):
        return
    raise LayerError(
        "S103",
        f"{name}: the mask does not fit",
        expected=shape_text(x.shape[:2] if mask is not None else (*x.shape[:2], *state[1:-1])),
        received=shape_text(shape) + ("" if mask is not None else ", which comes with the tensor"),
        help=(
            "`padding=same` without strides keeps the sizes that the mask has"
            if mask is None
            else None
        ),
        argument=None if mask is None else "mask",
    )
