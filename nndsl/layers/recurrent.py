"""Recurrent layers."""

from __future__ import annotations

from dataclasses import replace

from nndsl.layers.arguments import (
    Activation,
    AutoBool,
    Bool,
    Constraint,
    Fraction,
    Initializer,
    OneTensor,
    OptionalInt,
    OptionalTensor,
    OptionalTensors,
    PositiveInt,
    Regularizer,
)
from nndsl.layers.checks import fits, known_size, need_rank
from nndsl.layers.effort import times
from nndsl.layers.masks import SEQUENCES
from nndsl.layers.rule import LayerError, Output, Shape, Tensor, Weight, layer, shape_text
from nndsl.layers.tracing import steps_unrolled


@layer("recurrent", masks=SEQUENCES, traced_axes=steps_unrolled)
def LSTM(
    x: OneTensor,
    initial_state: OptionalTensors,
    mask: OptionalTensor,
    units: PositiveInt,
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
    unroll: Bool = False,
    use_cudnn: AutoBool = "auto",
) -> Output:
    """Read a sequence with a long short-term memory.

    Input `[steps, features]`, output `[units]`, or `[steps, units]` with `return_sequences=true`;
    `return_state=true` gives the state `[units]` and the cell `[units]` as well; weights: kernel
    `(features, 4 * units)`, recurrent kernel `(units, 4 * units)`, bias `(4 * units,)`.

    Another recurrent layer behind it needs the whole sequence: `return_sequences=true`.

    Example:
        input series: [?, 16]
        series -> LSTM(64, return_sequences=true)
    """
    gates, states, bias = 4, 2, (4 * units,)
    check_sequence("LSTM", x, stateful)
    check_states("LSTM", initial_state, ((None, units),) * states)
    check_step_mask("LSTM", x, mask)
    step = take_step("LSTM", x, units, gates, states, bias if use_bias else None, "lstm_cell/")
    return read_steps(x, step, return_sequences, return_state)


@layer("recurrent", masks=SEQUENCES, traced_axes=steps_unrolled)
def GRU(
    x: OneTensor,
    initial_state: OptionalTensors,
    mask: OptionalTensor,
    units: PositiveInt,
    activation: Activation = "tanh",
    recurrent_activation: Activation = "sigmoid",
    use_bias: Bool = True,
    kernel_initializer: Initializer = "glorot_uniform",
    recurrent_initializer: Initializer = "orthogonal",
    bias_initializer: Initializer = "zeros",
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
    unroll: Bool = False,
    reset_after: Bool = True,
    use_cudnn: AutoBool = "auto",
) -> Output:
    """Read a sequence with gated recurrent units.

    Input `[steps, features]`, output `[units]`, or `[steps, units]` with `return_sequences=true`;
    `return_state=true` gives the state `[units]` as well; weights: kernel `(features, 3 * units)`,
    recurrent kernel `(units, 3 * units)`, bias `(2, 3 * units)`, or `(3 * units,)` with
    `reset_after=false`.

    Another recurrent layer behind it needs the whole sequence: `return_sequences=true`.

    Example:
        input series: [?, 16]
        series -> GRU(64)
    """
    gates, states, bias = 3, 1, (2, 3 * units) if reset_after else (3 * units,)
    check_sequence("GRU", x, stateful)
    check_states("GRU", initial_state, ((None, units),) * states)
    check_step_mask("GRU", x, mask)
    step = take_step("GRU", x, units, gates, states, bias if use_bias else None, "gru_cell/")
    return read_steps(x, step, return_sequences, return_state)


@layer("recurrent", masks=SEQUENCES, traced_axes=steps_unrolled)
def SimpleRNN(
    x: OneTensor,
    initial_state: OptionalTensors,
    mask: OptionalTensor,
    units: PositiveInt,
    activation: Activation = "tanh",
    use_bias: Bool = True,
    kernel_initializer: Initializer = "glorot_uniform",
    recurrent_initializer: Initializer = "orthogonal",
    bias_initializer: Initializer = "zeros",
    kernel_regularizer: Regularizer = None,
    recurrent_regularizer: Regularizer = None,
    bias_regularizer: Regularizer = None,
    activity_regularizer: Regularizer = None,
    kernel_constraint: Constraint = None,
    recurrent_constraint: Constraint = None,
    bias_constraint: Constraint = None,
    dropout: Fraction = 0.0,
    recurrent_dropout: Fraction = 0.0,
    return_sequences: Bool = False,
    return_state: Bool = False,
    go_backwards: Bool = False,
    stateful: Bool = False,
    unroll: Bool = False,
    seed: OptionalInt = None,
) -> Output:
    """Read a sequence, feeding each step's output into the next step.

    Input `[steps, features]`, output `[units]`, or `[steps, units]` with `return_sequences=true`;
    `return_state=true` gives the state `[units]` as well; weights: kernel `(features, units)`,
    recurrent kernel `(units, units)`, bias `(units,)`.

    Another recurrent layer behind it needs the whole sequence: `return_sequences=true`.

    Example:
        input series: [?, 16]
        series -> SimpleRNN(64)
    """
    gates, states, bias = 1, 1, (units,)
    check_sequence("SimpleRNN", x, stateful)
    check_states("SimpleRNN", initial_state, ((None, units),) * states)
    check_step_mask("SimpleRNN", x, mask)
    step = take_step(
        "SimpleRNN", x, units, gates, states, bias if use_bias else None, "simple_rnn_cell/"
    )
    return read_steps(x, step, return_sequences, return_state)


def take_step(
    name: str,
    x: Tensor,
    units: int,
    gates: int,
    states: int,
    bias: tuple[int, ...] | None,
    inside: str = "",
) -> Output:
    """Return what one step of a cell gives: its output, its states, and its weights."""
    kernel = Weight("kernel", (known_size(name, x), gates * units))
    recurrent_kernel = Weight("recurrent_kernel", (units, gates * units))
    owned = (kernel, recurrent_kernel, *(() if bias is None else (Weight("bias", bias),)))
    weights = tuple(replace(weight, path=inside + weight.name) for weight in owned)
    tensors = (Tensor((None, units)),) * (1 + states)
    return Output(tensors, weights, kernel.size + recurrent_kernel.size)


def read_steps(x: Tensor, step: Output, return_sequences: bool, return_state: bool) -> Output:
    """Return what a layer gives that takes the same step along the whole sequence."""
    last, *states = (Tensor(tensor.shape) for tensor in step.tensors)
    shape: Shape = (None, x.shape[1], *last.shape[1:]) if return_sequences else last.shape
    tensors = (Tensor(shape), *(states if return_state else ()))
    cost = times(x.shape[1], step.multiply_adds)
    return Output(tensors, step.weights, cost, step.built_for)


def check_sequence(name: str, x: Tensor, stateful: bool) -> None:
    """Refuse what no recurrent layer can read."""
    last = x.shape[-1]
    if x.rank == 2:
        help_ = (
            "a recurrent layer in front gives its whole sequence with `return_sequences=true`; "
            "`Reshape([-1, 1])` makes steps of single numbers"
        )
    else:
        size = last if isinstance(last, int) else 1
        help_ = f"put `Reshape([-1, {size}])` in front to have a single axis of steps"
    need_rank(name, x, "[steps, features]", help_)
    need_stateless(name, stateful)


def need_stateless(name: str, stateful: bool) -> None:
    if stateful:
        raise LayerError(
            "S109",
            f"{name}: `stateful` needs a fixed batch size, which inputs here do not have",
            expected="`stateful=false`",
            received="`stateful=true`",
            help="give the state on by hand: `return_state=true` and `initial_state=[...]`",
            argument="stateful",
        )


def check_step_mask(name: str, x: Tensor, mask: Tensor | None) -> None:
    """Refuse a mask that says something else than which steps count."""
    if mask is None or x.rank < 2:  # the second is refused for itself
        return
    if (
        mask.rank in (2, 3)
        and fits(mask.shape[1], x.shape[1])
        and all(fits(size, 1) for size in mask.shape[2:])
    ):
        return
    raise LayerError(
        "S103",
        f"{name}: the mask does not fit",
        expected=shape_text((None, x.shape[1])),
        received=shape_text(mask.shape),
        argument="mask",
    )


def check_states(name: str, states: tuple[Tensor, ...] | None, expected: tuple[Shape, ...]) -> None:
    """Refuse an initial state that Keras would fail on at the first call."""
    if states is None:
        return
    fit = len(states) == len(expected) and all(
        state.rank == len(shape) and all(map(fits, state.shape, shape))
        for state, shape in zip(states, expected, strict=True)
    )
    if not fit:
        raise LayerError(
            "S108",
            f"{name}: the initial state does not fit",
            expected=", ".join(shape_text(shape) for shape in expected),
            received=", ".join(shape_text(state.shape) for state in states),
            argument="initial_state",
        )
