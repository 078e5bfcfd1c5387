from __future__ import annotations

from nndsl.diagnostic import Label
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View

_WAITING = frozenset({"earlystopping", "reducelronplateau"})


@rule("info", needs=("train",))
def patience(view: View, report: Report) -> None:
    """A callback waits longer than training lasts, so that it never does anything.

    Wrong:
        model M {
            input x: [20]
            x -> Dense(64, relu) -> Dense(1) as y
            output y
        }
        train {
            loss: mse
            epochs: 10
            validation: 0.2
            callbacks: EarlyStopping(patience=20)
        }

    Right:
        model M {
            input x: [20]
            x -> Dense(64, relu) -> Dense(1) as y
            output y
        }
        train {
            loss: mse
            epochs: 100
            validation: 0.2
            callbacks: EarlyStopping(patience=20)
        }

    Source: https://keras.io/api/callbacks/early_stopping/
    """
    assert view.trained is not None
    epochs = view.trained.number("epochs")
    for callback in view.trained.callbacks:
        waits = callback.arguments.get("patience")
        bound = callback.argument("patience")
        if callback.name.replace("_", "") not in _WAITING or bound is None or epochs is None:
            continue
        if not isinstance(waits, int) or waits < epochs:
            continue
        report(
            bound.value.span,
            f"it waits {waits} epochs, and there are {epochs:g}",
            "never comes to it",
            labels=(Label(view.trained.place("epochs"), f"{epochs:g} epochs"),),
            help="train longer, or wait less",
        )
