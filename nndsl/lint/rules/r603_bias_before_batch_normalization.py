from __future__ import annotations

from nndsl import edits
from nndsl.diagnostic import Label
from nndsl.lint.activations import LINEAR, activation_of, made_in
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import DENSE, View


@rule("info", needs=("BatchNormalization",), fixes=True)
def bias_before_batch_normalization(view: View, report: Report) -> None:
    """A bias in front of a batch normalization is taken away by it.

    The normalization subtracts the mean, the bias with it, and adds a `beta` of its own. With
    `use_bias=false` the layer has fewer parameters and does the same.

    Wrong:
        model M {
            input x: [20]
            x -> Dense(64) -> BatchNormalization -> relu -> Dense(4, softmax) as y
            output y
        }

    Right:
        model M {
            input x: [20]
            x -> Dense(64, use_bias=false) -> BatchNormalization -> relu -> Dense(4, softmax) as y
            output y
        }

    Source: Ioffe and Szegedy, "Batch Normalization", 2015, section 3.2,
    https://arxiv.org/abs/1502.03167
    """
    for use in view.of("BatchNormalization"):
        first = view.before(use)
        if first is None or view.only_after(first) is not use or not use.value("center"):
            continue
        made = made_in(first)
        if made.kind not in DENSE or activation_of(made) != LINEAR or not made.value("use_bias"):
            continue
        if made.value("bias_initializer") != "zeros":
            continue
        report(
            made.span,
            "a bias in front of a batch normalization",
            "its bias is taken away",
            within=first,
            labels=(Label(use.span, "subtracts the mean"),),
            help="add `use_bias=false`",
            fix=edits.fix(
                "add `use_bias=false`", edits.set_argument(made, "use_bias", "false"), safe=False
            ),
        )
