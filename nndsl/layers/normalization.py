"""Normalization."""

from __future__ import annotations

from nndsl.layers.arguments import (
    Any_,
    Bool,
    Constraint,
    Initializer,
    Int,
    IntOrInts,
    Number,
    OneTensor,
    OptionalTensor,
    Regularizer,
)
from nndsl.layers.checks import axis_of, fits, known_size
from nndsl.layers.masks import KEEPS
from nndsl.layers.rule import LayerError, Output, Tensor, Weight, layer, output, shape_text


@layer("normalization", pins_rank=True, masks=KEEPS)
def BatchNormalization(
    x: OneTensor,
    mask: OptionalTensor,
    axis: Int = -1,
    momentum: Number = 0.99,
    epsilon: Number = 0.001,
    center: Bool = True,
    scale: Bool = True,
    beta_initializer: Initializer = "zeros",
    gamma_initializer: Initializer = "ones",
    moving_mean_initializer: Initializer = "zeros",
    moving_variance_initializer: Initializer = "ones",
    beta_regularizer: Regularizer = None,
    gamma_regularizer: Regularizer = None,
    beta_constraint: Constraint = None,
    gamma_constraint: Constraint = None,
    renorm: Bool = False,
    renorm_clipping: Any_ = None,
    renorm_momentum: Number = 0.99,
    synchronized: Bool = False,
) -> Output:
    """Bring each channel to mean 0 and variance 1 over the batch, then scale and shift it.

    Input `[..., channels]`, output the same; weights: gamma and beta `(channels,)`, not trainable
    moving mean and moving variance `(channels,)`, with `renorm` three more.

    The bias of a layer in front has no effect: leave it out with `use_bias=false`. With
    `trainable=false` the moving mean and variance are used in training too.

    Example:
        input image: [28, 28, 32]
        image -> BatchNormalization
    """
    shape = (known_size("BatchNormalization", x, axis_of("BatchNormalization", x, axis)),)
    if mask is not None:
        _check_mask(x, mask)
    moving = ["moving_mean", "moving_variance"]
    if renorm:
        moving += ["moving_stddev", "renorm_mean", "renorm_stddev"]
    return output(
        x.shape,
        *_gamma_and_beta(shape, scale, center),
        *(Weight(name, shape, trainable=False) for name in moving),
    )


@layer("normalization", masks=KEEPS)
def LayerNormalization(
    x: OneTensor,
    axis: IntOrInts = -1,
    epsilon: Number = 0.001,
    center: Bool = True,
    scale: Bool = True,
    beta_initializer: Initializer = "zeros",
    gamma_initializer: Initializer = "ones",
    beta_regularizer: Regularizer = None,
    gamma_regularizer: Regularizer = None,
    beta_constraint: Constraint = None,
    gamma_constraint: Constraint = None,
) -> Output:
    """Bring each example to mean 0 and variance 1 along `axis`, then scale and shift it.

    Input `[..., features]`, output the same; weights: gamma and beta `(features,)`.

    Example:
        input tokens: [50, 64]
        tokens -> LayerNormalization(epsilon=1e-6)
    """
    axes = _axes("LayerNormalization", x, axis)
    if not (center or scale):
        return output(x.shape)
    shape = _sizes("LayerNormalization", x, axes)
    return output(x.shape, *_gamma_and_beta(shape, scale, center))


@layer("normalization", pins_rank=True, masks=KEEPS)
def GroupNormalization(
    x: OneTensor,
    groups: Int = 32,
    axis: Int = -1,
    epsilon: Number = 0.001,
    center: Bool = True,
    scale: Bool = True,
    beta_initializer: Initializer = "zeros",
    gamma_initializer: Initializer = "ones",
    beta_regularizer: Regularizer = None,
    gamma_regularizer: Regularizer = None,
    beta_constraint: Constraint = None,
    gamma_constraint: Constraint = None,
) -> Output:
    """Bring each group of channels of each example to mean 0 and variance 1, then scale and shift.

    Input `[..., channels]`, output the same; weights: gamma and beta `(channels,)`. `groups=-1`
    makes each channel a group of its own.

    The number of groups, 32 unless given, must divide the channels.

    Example:
        input image: [28, 28, 32]
        image -> GroupNormalization(8)
    """
    if groups < 1 and groups != -1:
        raise LayerError(
            "A203",
            "GroupNormalization needs at least one group",
            expected="a positive integer, or -1 for a group for each channel",
            received=str(groups),
            argument="groups",
        )
    channels = known_size("GroupNormalization", x, axis_of("GroupNormalization", x, axis))
    if groups != -1 and channels % groups:
        raise LayerError(
            "A205",
            f"GroupNormalization: {groups} groups do not divide {channels} channels",
            expected=f"a divisor of {channels}",
            received=str(groups),
            argument="groups",
        )
    return output(x.shape, *_gamma_and_beta((channels,), scale, center))


@layer("normalization")
def RMSNormalization(x: OneTensor, axis: IntOrInts = -1, epsilon: Number = 1e-06) -> Output:
    """Divide each example by its root mean square along `axis`, then scale it.

    Input `[..., features]`, output the same; weights: scale `(features,)`.

    Example:
        input tokens: [50, 64]
        tokens -> RMSNormalization
    """
    # Keras lays out the scale by them as they are written: `[3, -1]` becomes `[-1, 3]`.
    axes = _axes("RMSNormalization", x, axis)
    if list(axes) != list(range(x.rank - len(axes), x.rank)):
        raise LayerError(
            "A203",
            "RMSNormalization: the scale fits the last axes only",
            expected="-1, or the last axes together, all counted from one end",
            received=f"{axis if isinstance(axis, int) else list(axis)} for {shape_text(x.shape)}",
            help="`Permute` in front brings the axis to the end; `UnitNormalization` takes any",
            argument="axis",
        )
    return output(x.shape, Weight("scale", _sizes("RMSNormalization", x, axes)))


@layer("normalization", masks=KEEPS)
def UnitNormalization(x: OneTensor, axis: IntOrInts = -1) -> Output:
    """Scale each example to length 1 along `axis`.

    Input `[...]`, output the same; no weights.

    Example:
        input vector: [64]
        vector -> UnitNormalization
    """
    _axes("UnitNormalization", x, axis)
    return output(x.shape)


def _axes(name: str, x: Tensor, axis: int | tuple[int, ...]) -> tuple[int, ...]:
    """Return the axes in the order in which Keras lays out the weights."""
    given = (axis,) if isinstance(axis, int) else tuple(sorted(axis))
    axes = tuple(axis_of(name, x, one) for one in given)
    if len(set(axes)) < len(axes):
        raise LayerError(
            "A203",
            f"{name}: an axis is given twice",
            expected="each axis once",
            received=str(list(given)),
            argument="axis",
        )
    return axes


def _check_mask(x: Tensor, mask: Tensor) -> None:
    if mask.rank != x.rank - 1 or not all(map(fits, mask.shape, x.shape[:-1])):
        raise LayerError(
            "S103",
            "BatchNormalization: the mask does not fit",
            expected=shape_text(x.shape[:-1]),
            received=shape_text(mask.shape),
            argument="mask",
        )


def _sizes(name: str, x: Tensor, axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(known_size(name, x, axis) for axis in axes)


def _gamma_and_beta(shape: tuple[int, ...], scale: bool, center: bool) -> tuple[Weight, ...]:
    gamma = (Weight("gamma", shape),) if scale else ()
    beta = (Weight("beta", shape),) if center else ()
    return (*gamma, *beta)
