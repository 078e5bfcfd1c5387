from __future__ import annotations

from nndsl import edits
from nndsl.lint.activations import activation_of, made_in
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import DENSE, View
from nndsl.vocabulary import KerasObject, meaning

#: The families of initializers that suit an activation, and which to write.
_SUITS = {
    "selu": (("Lecun",), "lecun_normal"),
    "tanh": (("Glorot", "Lecun"), "glorot_uniform"),
    "sigmoid": (("Glorot", "Lecun"), "glorot_uniform"),
    "softmax": (("Glorot", "Lecun"), "glorot_uniform"),
}
_FAMILIES = ("He", "Glorot", "Lecun")


@rule("info", needs=("selu", "he_normal", "he_uniform", "HeNormal", "HeUniform"), fixes=True)
def initializer_for_another_activation(view: View, report: Report) -> None:
    """Weights begin with a spread that is made for another activation.

    `selu` keeps the variance from layer to layer only with weights of variance 1/n, which
    `lecun_normal` gives; `he_normal` makes up for the half that `relu` takes away, and is twice as
    wide as what `tanh` and `sigmoid` need.

    Wrong:
        model M {
            input x: [20]
            x -> Dense(64, selu) -> Dense(64, selu) -> Dense(4) as y
            output y
        }

    Right:
        model M {
            input x: [20]
            x -> Dense(64, selu, kernel_initializer=lecun_normal)
              -> Dense(64, selu, kernel_initializer=lecun_normal) -> Dense(4) as y
            output y
        }

    Source: https://keras.io/api/layers/activations/#selu-function; He et al., "Delving Deep into
    Rectifiers", 2015, https://arxiv.org/abs/1502.01852
    """
    for use in view.uses:
        made = made_in(use)
        if made.kind not in DENSE:
            continue
        activation = activation_of(made)
        follower = view.only_after(use)
        if activation == "linear" and follower is not None and follower.rule.name == "Activation":
            activation = activation_of(made_in(follower))
        families, word = _SUITS.get(activation or "", ((), ""))
        value = made.value("kernel_initializer")
        name = value.name if isinstance(value, KerasObject) else str(value)
        name = meaning("initializers", name) or name
        if not families or not name.startswith(_FAMILIES) or name.startswith(families):
            continue
        report(
            made.span,
            f"`{activation}` with weights from `{name}`",
            "made for another activation",
            within=use,
            help=f"write `kernel_initializer={word}`",
            fix=edits.fix(
                f"write `kernel_initializer={word}`",
                edits.set_argument(made, "kernel_initializer", word),
                safe=False,
            ),
        )
