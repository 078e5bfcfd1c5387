from __future__ import annotations

from nndsl import edits
from nndsl.diagnostic import Label
from nndsl.lint.activations import made_in
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View

#: What is not made where a flag is off.
_NEEDS = {
    "bias_initializer": "use_bias",
    "bias_regularizer": "use_bias",
    "bias_constraint": "use_bias",
    "unit_forget_bias": "use_bias",
    "gamma_initializer": "scale",
    "gamma_regularizer": "scale",
    "gamma_constraint": "scale",
    "beta_initializer": "center",
    "beta_regularizer": "center",
    "beta_constraint": "center",
}


@rule("warning", needs=("Embedding", *sorted(_NEEDS)), fixes=True)
def ignored_argument(view: View, report: Report) -> None:
    """An argument has no effect, because of another, or in any case.

    Without a bias, `bias_initializer` is of no use, and without `scale`, neither is
    `gamma_initializer`. `input_length` of `Embedding` is left over from Keras 2.

    Wrong:
        model M {
            input x: [20]
            x -> Dense(4, use_bias=false, bias_regularizer=l2) as y
            output y
        }

    Right:
        model M {
            input x: [20]
            x -> Dense(4, use_bias=false) as y
            output y
        }

    Source: https://keras.io/api/layers/core_layers/dense/ and
    https://keras.io/api/layers/core_layers/embedding/
    """
    for use in view.uses:
        made = made_in(use)
        for bound in made.arguments:
            flag = made.argument(_NEEDS.get(bound.parameter, ""))
            off = flag is not None and made.values.get(flag.parameter) is False
            old = (made.kind, bound.parameter) == ("Embedding", "input_length")
            if not (off or old):
                continue
            report(
                bound.span,
                f"`{bound.parameter}` of `{made.kind}` has no effect",
                "not used",
                within=use,
                labels=(Label(flag.span, "there is none"),) if flag is not None and off else (),
                help="leave it out",
                fix=edits.fix("leave it out", edits.drop_argument(made.span, bound)),
            )
