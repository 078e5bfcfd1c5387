from __future__ import annotations

from nndsl import edits
from nndsl.diagnostic import Label
from nndsl.lint.activations import activation_of, made_in
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View


@rule("info", needs=("selu",), fixes=True)
def dropout_with_selu(view: View, report: Report) -> None:
    """`selu` keeps mean and variance from layer to layer, and a plain dropout breaks that.

    `AlphaDropout` drops values to what `selu` goes to, and keeps both.

    Wrong:
        model M {
            input x: [20]
            x -> Dense(64, selu, kernel_initializer=lecun_normal) -> Dropout(0.1) -> Dense(4) as y
            output y
        }

    Right:
        model M {
            input x: [20]
            x -> Dense(64, selu, kernel_initializer=lecun_normal) -> AlphaDropout(0.1)
              -> Dense(4) as y
            output y
        }

    Source: Klambauer et al., "Self-Normalizing Neural Networks", 2017,
    https://arxiv.org/abs/1706.02515
    """
    for use in view.of("Dropout"):
        first = view.before(use)
        if first is None or activation_of(made_in(first)) != "selu":
            continue
        text = use.span.text
        plain = text.startswith("Dropout") and "noise_shape" not in text
        change = edits.replaced(use.span, "Alpha" + text) if plain else None
        report(
            use.span,
            "a plain dropout behind `selu`",
            "changes mean and variance",
            within=use,
            labels=(Label(first.span, "keeps them"),),
            help="write `AlphaDropout`",
            fix=edits.fix("write `AlphaDropout`", change, safe=False),
        )
