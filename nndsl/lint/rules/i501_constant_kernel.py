from __future__ import annotations

from nndsl import edits
from nndsl.lint.activations import LINEAR, activation_of, made_in
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import DENSE, View
from nndsl.shapes.model import Use
from nndsl.vocabulary import KerasObject

#: What gives 0 at 0, with a gradient of 0.
_DEAD_AT_ZERO = frozenset({"relu", "relu6"})
_RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN"})
_CONSTANT = {"zeros": 0.0, "Zeros": 0.0, "ones": 1.0, "Ones": 1.0}


@rule(
    "warning",
    needs=("zeros", "Zeros", "ones", "Ones", "constant", "Constant", "kernel_initializer"),
    fixes=True,
)
def constant_kernel(view: View, report: Report) -> None:
    """All weights of a layer begin with the same value.

    Its units begin alike, and only what random weights behind them send back can make them differ;
    where those are constant as well, a layer of 64 units remains a layer of one. A `relu` over
    weights of 0 is worse off: it gives 0, its gradient there is 0, so the layer never changes, and
    the model learns nothing from what comes in. Random weights break the symmetry.

    A recurrent layer has random weights for its state, so it is not told of.

    The last layer may begin with 0, as its units have different errors; so may the last layer of a
    residual branch, whose sum begins as the identity; and so may what is a bias, a `gamma` or a
    `beta`.

    Wrong:
        model M {
            input x: [20]
            x -> Dense(64, relu, kernel_initializer=zeros) -> Dense(4, softmax) as y
            output y
        }

    Right:
        model M {
            input x: [20]
            x -> Dense(64, relu, kernel_initializer=he_normal) -> Dense(4, softmax) as y
            output y
        }

    Source: https://keras.io/api/layers/initializers/; Nikanjam et al. (NeuraLint), 2021; Goodfellow
    et al., "Deep Learning", section 8.4
    """
    for use in view.uses:
        made = made_in(use)
        if made.kind not in DENSE or made.only_scales:
            continue
        for argument in ("kernel_initializer", "depthwise_initializer", "pointwise_initializer"):
            bound = made.argument(argument)
            value = _constant(made.values.get(argument))
            if bound is None or value is None or _may_be(view, use, value):
                continue
            behind = view.only_after(use)
            activation = made.value("activation")
            if behind is not None and activation in (None, LINEAR):
                activation = activation_of(made_in(behind))
            word = "he_normal" if activation == "relu" else "glorot_uniform"
            unbiased = made.argument("bias_initializer") is None
            dead = value == 0 and unbiased and activation in _DEAD_AT_ZERO
            report(
                bound.value.span,
                f"all weights of this layer begin as {value:g}",
                f"gives 0 for ever behind `{activation}`" if dead else "the same for every unit",
                within=use,
                expected="random weights, so that units become different",
                help=f"write `{word}`, or leave `{argument}` out",
                fix=edits.fix(f"write `{word}`", edits.replaced(bound.value.span, word)),
            )


def _constant(value: object) -> float | None:
    """Return the constant that an initializer gives; None if it gives others."""
    if isinstance(value, str):
        return 0.0 if value == "constant" else _CONSTANT.get(value)
    if isinstance(value, KerasObject):
        if value.name == "Constant":
            number = dict(value.arguments).get("value", 0.0)
            return float(number) if isinstance(number, (int, float)) else None
        return _CONSTANT.get(value.name)
    return None


def _may_be(view: View, use: Use, value: float) -> bool:
    """True for weights that may begin alike: at the end of a model, or of a residual branch.

    One unit has none to be unlike; and what is not trained was meant to be constant.
    """
    tensor = use.outputs[0]
    if tensor is None or tensor.shape[-1] == 1 or use.value("trainable") is False:
        return True
    if view.is_output(use):
        return True
    ahead = [use]
    for _ in range(8):
        ahead = [taker for one in ahead for taker in view.after(one)]
        if any(taker.rule.name in ("Add", "ops.add", "Multiply", "LayerScale") for taker in ahead):
            return value == 0
        if any(made_in(taker).kind in DENSE | _RECURRENT for taker in ahead):
            return False
        if any(view.is_output(taker) for taker in ahead):
            return True
    return False
