from __future__ import annotations

from nndsl import graph
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View

#: What is usual for an optimizer; the defaults of Keras are inside.
_USUAL = {
    "adam": (1e-6, 0.1),
    "adamw": (1e-6, 0.1),
    "adamax": (1e-6, 0.1),
    "nadam": (1e-6, 0.1),
    "rmsprop": (1e-6, 0.1),
    "lion": (1e-7, 0.01),
    "sgd": (1e-6, 1.0),
    "adagrad": (1e-5, 1.0),
    "ftrl": (1e-5, 1.0),
}


@rule("warning", needs=("train",))
def unusual_learning_rate(view: View, report: Report) -> None:
    """The learning rate is far from what its optimizer is used with.

    Too large a rate makes the loss jump and become NaN; with too small a one nothing seems to
    happen. Adam and its like change every weight by about the learning rate in each step, so that
    0.1 is very much; SGD multiplies it with the gradient, and takes 0.01 to 0.1.

    Wrong:
        model M {
            input x: [20]
            x -> Dense(64, relu) -> Dense(1) as y
            output y
        }
        train {
            loss: mse
            optimizer: Adam(learning_rate=0.5)
        }

    Right:
        model M {
            input x: [20]
            x -> Dense(64, relu) -> Dense(1) as y
            output y
        }
        train {
            loss: mse
            optimizer: Adam(learning_rate=1e-3)
        }

    Source: https://keras.io/api/optimizers/adam/; Schoop et al., "UMLAUT", 2021; Zhang et al.,
    "AutoTrainer", ICSE 2021
    """
    assert view.trained is not None
    optimizer = view.trained.optimizer
    if optimizer is None or not isinstance(optimizer.expression, graph.Object):
        return
    rate = optimizer.arguments.get("learning_rate")
    usual = _USUAL.get(optimizer.name)
    bound = optimizer.argument("learning_rate")
    if usual is None or bound is None or not isinstance(rate, (int, float)):
        return
    low, high = usual
    if low <= rate <= high:
        return
    word = optimizer.class_name
    report(
        bound.value.span,
        f"a learning rate of {rate:g} for `{word}`",
        "too large" if rate > high else "too small",
        expected=f"usually {low:g} to {high:g}",
        received=f"{rate:g}",
        help=f"write `{word}({_DEFAULTS.get(optimizer.name, 1e-3):g})` to begin with",
    )


#: Where to begin.
_DEFAULTS = {"sgd": 0.01, "lion": 1e-4}
