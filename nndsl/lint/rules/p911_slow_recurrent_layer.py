from __future__ import annotations

from nndsl.layers.rule import LayerValue
from nndsl.lint.activations import made_in
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View

#: What the fast kernel takes, by the layer.
_LSTM = {
    "activation": "tanh",
    "recurrent_activation": "sigmoid",
    "recurrent_dropout": 0,
    "unroll": False,
    "use_bias": True,
}
#: Activations that what is remembered can grow by.
_UNBOUNDED = ("relu", "elu", "selu", "leaky_relu", "gelu", "silu", "swish", "softplus", "linear")
_WANTED = {"LSTM": _LSTM, "GRU": {**_LSTM, "reset_after": True}}


@rule("info", needs=("LSTM", "GRU"))
def slow_recurrent_layer(view: View, report: Report) -> None:
    """An argument keeps a recurrent layer from the fast kernel of cuDNN.

    On a GPU, `LSTM` and `GRU` run by one kernel if they are as they are by default: `tanh` and
    `sigmoid`, no `recurrent_dropout`, not unrolled, with a bias. Otherwise they run step by step,
    and take several times as long.

    `relu` and other activations without a bound do more harm: what is remembered can grow from step
    to step, and the loss becomes NaN.

    Wrong:
        model M {
            input x: [20, 8]
            x -> LSTM(32, activation=relu) -> Dense(1) as y
            output y
        }

    Right:
        model M {
            input x: [20, 8]
            x -> LSTM(32) -> Dense(1) as y
            output y
        }

    Source: https://keras.io/api/layers/recurrent_layers/lstm/, "The requirements to use the cuDNN
    implementation are"
    """
    for use in view.uses:
        made = made_in(use)
        values, kind = made.values, made.kind
        inner = values.get("layer")
        if kind == "Bidirectional" and isinstance(inner, LayerValue):
            values, kind = dict(inner.values), inner.rule.name
        for name, wanted in _WANTED.get(kind, {}).items():
            if name not in values or values[name] == wanted:
                continue
            bound = made.argument(name)
            grows = name == "activation" and values[name] in _UNBOUNDED
            report(
                bound.span if bound is not None else made.span,
                (
                    f"`{values[name]}` lets what `{kind}` remembers grow from step to step"
                    if grows
                    else f"`{name}` keeps `{kind}` from the fast kernel"
                ),
                "has no bound, and runs step by step" if grows else "runs step by step",
                within=use,
                expected=f"{name}={str(wanted).lower()}",
                help=f"leave `{name}` out, if the model does not need it",
            )
