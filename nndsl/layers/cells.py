"""Recurrent cells, which take one step, and RNN, which takes a cell's step along a sequence.

RNN asks a cell with no states (`states=()`) for what one step gives; an arrow asks without
`states`, or with some. So a cell needs no function beside the one that declares it.
"""

from __future__ import annotations

from dataclasses import replace

from nndsl.layers.arguments import (
    Activation,
    Bool,
    Cells,
    Constraint,
    Fraction,
    Initializer,
    LayerOrCells,
    OneTensor,
    OptionalInt,
    OptionalTensor,
    OptionalTensors,
    PositiveInt,
    Regularizer,
)
from nndsl.layers.checks import known_size
from nndsl.layers.effort import total
from nndsl.layers.masks import SEQUENCES
from nndsl.layers.recurrent import (
    check_sequence,
    check_states,
    check_step_mask,
    read_steps,
    take_step,
)
from nndsl.layers.rule import LayerError, LayerValue, Output, Shape, Tensor, layer
from nndsl.layers.tracing import steps_unrolled

#: What an RNN reads with.
CELLS = ("LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells")


@layer("recurrent")
def LSTMCell(
    x: OneTensor,
    states: OptionalTensors,
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
    kernel_constraint: Constraint = None,
    recurrent_constraint: Constraint = None,
    bias_constraint: Constraint = None,
    dropout: Fraction = 0.0,
    recurrent_dropout: Fraction = 0.0,
    seed: OptionalInt = None,
) -> Output:
    """One step of an LSTM, for an RNN: `RNN(LSTMCell(8))`.

    Input of a step `[features]`, output `[units]`, states `[units]` and `[units]`; weights: kernel
    `(features, 4 * units)`, recurrent kernel `(units, 4 * units)`, bias `(4 * units,)`.

    Example:
        input series: [?, 16]
        series -> RNN(LSTMCell(64))
    """
    _need_rnn("LSTMCell", states)
    return take_step("LSTMCell", x, units, 4, 2, (4 * units,) if use_bias else None)


@layer("recurrent")
def GRUCell(
    x: OneTensor,
    states: OptionalTensors,
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
    kernel_constraint: Constraint = None,
    recurrent_constraint: Constraint = None,
    bias_constraint: Constraint = None,
    dropout: Fraction = 0.0,
    recurrent_dropout: Fraction = 0.0,
    reset_after: Bool = True,
    seed: OptionalInt = None,
) -> Output:
    """One step of a GRU, for an RNN: `RNN(GRUCell(8))`.

    Input of a step `[features]`, output `[units]`, state `[units]`; weights: kernel
    `(features, 3 * units)`, recurrent kernel `(units, 3 * units)`, bias `(2, 3 * units)`, or
    `(3 * units,)` with `reset_after=false`.

    Example:
        input series: [?, 16]
        series -> RNN(GRUCell(64))
    """
    _need_rnn("GRUCell", states)
    bias = (2, 3 * units) if reset_after else (3 * units,)
    return take_step("GRUCell", x, units, 3, 1, bias if use_bias else None)


@layer("recurrent")
def SimpleRNNCell(
    x: OneTensor,
    states: OptionalTensors,
    units: PositiveInt,
    activation: Activation = "tanh",
    use_bias: Bool = True,
    kernel_initializer: Initializer = "glorot_uniform",
    recurrent_initializer: Initializer = "orthogonal",
    bias_initializer: Initializer = "zeros",
    kernel_regularizer: Regularizer = None,
    recurrent_regularizer: Regularizer = None,
    bias_regularizer: Regularizer = None,
    kernel_constraint: Constraint = None,
    recurrent_constraint: Constraint = None,
    bias_constraint: Constraint = None,
    dropout: Fraction = 0.0,
    recurrent_dropout: Fraction = 0.0,
    seed: OptionalInt = None,
) -> Output:
    """One step of a simple recurrent layer, for an RNN: `RNN(SimpleRNNCell(8))`.

    Input of a step `[features]`, output `[units]`, state `[units]`; weights: kernel
    `(features, units)`, recurrent kernel `(units, units)`, bias `(units,)`.

    Example:
        input series: [?, 16]
        series -> RNN(SimpleRNNCell(64))
    """
    _need_rnn("SimpleRNNCell", states)
    return take_step("SimpleRNNCell", x, units, 1, 1, (units,) if use_bias else None)


@layer("recurrent")
def StackedRNNCells(x: OneTensor, states: OptionalTensors, cells: Cells) -> Output:
    """Several cells as one, each reading what the one before gives, for an RNN.

    Input of a step `[features]`, output that of the last cell, states those of all; weights: those
    of the cells.

    Example:
        input series: [?, 16]
        series -> RNN(StackedRNNCells([LSTMCell(64), LSTMCell(32)]))
    """
    _need_rnn("StackedRNNCells", states)
    if not cells:
        raise LayerError(
            "A203",
            "StackedRNNCells needs a cell",
            expected="a list of cells, such as `[LSTMCell(8), LSTMCell(8)]`",
            received="none",
            argument="cells",
        )
    made: list[Output] = []
    for cell in cells:
        _need_cell("StackedRNNCells", cell, "cells")
        made.append(cell.apply(x, (), argument="cells"))
        x = made[-1].tensors[0]
    held = tuple(state for step in made for state in step.tensors[1:])
    weights = tuple(
        weight.within(str(number)) for number, step in enumerate(made) for weight in step.weights
    )
    return Output((x, *held), weights, total(step.multiply_adds for step in made))


@layer("recurrent", masks=SEQUENCES, traced_axes=steps_unrolled)
def RNN(
    x: OneTensor,
    initial_state: OptionalTensors,
    mask: OptionalTensor,
    cell: LayerOrCells,
    return_sequences: Bool = False,
    return_state: Bool = False,
    go_backwards: Bool = False,
    stateful: Bool = False,
    unroll: Bool = False,
    zero_output_for_mask: Bool = False,
) -> Output:
    """Read a sequence with a cell, or with several stacked: `RNN([LSTMCell(8), GRUCell(4)])`.

    Input `[steps, features]`, output that of the cell, with `return_sequences=true` the steps
    first; `return_state=true` gives the states of the cell as well; weights: those of the cell.

    Example:
        input series: [?, 16]
        series -> RNN([LSTMCell(64), GRUCell(32)], return_sequences=true)
    """
    check_sequence("RNN", x, stateful)
    one = cell if isinstance(cell, LayerValue) else _stacked(cell)
    _need_cell("RNN", one, "cell")
    known_size("RNN", x)
    step = one.apply(Tensor((None, x.shape[-1]), x.dtype), (), argument="cell")
    if one.rule is StackedRNNCells and (return_state or initial_state is not None):
        raise LayerError(
            "S108",
            "RNN: the states of stacked cells come as lists of lists, which have no names here",
            expected="no `return_state` and no `initial_state`",
            received="`return_state=true`" if return_state else "`initial_state`",
            help="use an RNN for each cell: `-> RNN(LSTMCell(8), return_sequences=true)`",
            argument="return_state" if return_state else "initial_state",
        )
    states: tuple[Shape, ...] = tuple(state.shape for state in step.tensors[1:])
    check_states("RNN", initial_state, states)
    check_step_mask("RNN", x, mask)
    if (x.masked or mask is not None) and one.rule is StackedRNNCells:
        _need_several(dict(one.values)["cells"])
    owned = tuple(weight.within("cell") for weight in step.weights)
    return read_steps(x, replace(step, weights=owned), return_sequences, return_state)


def _need_several(cells: tuple[LayerValue, ...]) -> None:
    """Refuse one cell in a list: Keras mixes up its states where a mask stops them."""
    if len(cells) == 1:
        raise LayerError(
            "A209",
            "RNN: one cell in a list fails in Keras where the steps have a mask",
            expected="the cell itself, or several",
            received=f"`[{cells[0].rule.name}]`",
            help=f"leave out the brackets: `RNN({cells[0].rule.name}(...))`",
            argument="cell",
        )


def _stacked(cells: tuple[LayerValue, ...]) -> LayerValue:
    return LayerValue(StackedRNNCells, (("cells", cells),))


def _need_cell(name: str, value: LayerValue, argument: str) -> None:
    if value.rule.name not in CELLS:
        sibling = f"{value.rule.name}Cell"
        raise LayerError(
            "A209",
            f"{name} takes cells, and `{value.rule.name}` is none",
            expected=", ".join(f"`{cell}`" for cell in CELLS[:-1]) + f" or `{CELLS[-1]}`",
            received=f"`{value.rule.name}`",
            help=f"did you mean `{sibling}`?" if sibling in CELLS else None,
            argument=argument,
        )


def _need_rnn(name: str, states: tuple[Tensor, ...] | None) -> None:
    """Refuse a cell that an arrow applies."""
    if states != ():
        inner = "..." if name == "StackedRNNCells" else "units"
        raise LayerError(
            "S101",
            f"{name} takes one step only: it is an argument of RNN",
            expected=f"`RNN({name}({inner}))`",
            received=f"`{name}` behind an arrow",
            help=(
                f"`{name.removesuffix('Cell')}` reads a whole sequence"
                if name.endswith("Cell")
                else "`RNN([LSTMCell(8), LSTMCell(8)])` reads a sequence with several cells"
            ),
        )
