from __future__ import annotations

from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View

_MOST = 0.7
_LAYERS = (
    "Dropout",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "AlphaDropout",
    "GaussianDropout",
)


@rule("warning", needs=_LAYERS)
def high_dropout(view: View, report: Report) -> None:
    """A dropout of more than 0.7 leaves little to learn from.

    `rate` is the part that is dropped, as in Keras and PyTorch; early TensorFlow counted what is
    kept (`keep_prob`), so that 0.8 there is 0.2 here. Papers go up to 0.5 in hidden layers, and
    less in front.

    Wrong:
        model M {
            input x: [20]
            x -> Dense(64, relu) -> Dropout(0.9) -> Dense(4, softmax) as y
            output y
        }

    Right:
        model M {
            input x: [20]
            x -> Dense(64, relu) -> Dropout(0.1) -> Dense(4, softmax) as y
            output y
        }

    Source: https://keras.io/api/layers/regularization_layers/dropout/; Schoop et al., "UMLAUT",
    2021
    """
    for use in view.of(*_LAYERS):
        rate = use.value("rate")
        bound = use.argument("rate")
        if not isinstance(rate, (int, float)) or rate <= _MOST or bound is None:
            continue
        report(
            bound.value.span,
            f"{100 * rate:g} % of the values are dropped",
            "the part that is dropped",
            within=use,
            help=f"write a rate of at most 0.5; if {rate:g} is what to keep, write {1 - rate:.2g}",
        )
