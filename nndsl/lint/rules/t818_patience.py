from __future__ import annotations

from nndsl import edits
from nndsl.diagnostic import Label
from nndsl.lint.rule import Report, rule
from nndsl.lint.training import Part, Trained
from nndsl.lint.view import View

_WAITING = frozenset({"earlystopping", "reducelronplateau"})
#: What both look at if nothing is said.
_LOOKS_AT = "val_loss"


@rule("info", needs=("train",), fixes=True)
def patience(view: View, report: Report) -> None:
    """A callback waits longer than training lasts, so that it never does anything.

    Training lasts for `epochs`, or until `EarlyStopping` ends it: a `ReduceLROnPlateau` that looks
    at the same number and waits as long or longer, 10 epochs if nothing is said, does not come to
    it.

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
    _stopped_before(view.trained, report)


def _stopped_before(trained: Trained, report: Report) -> None:
    """Report a `ReduceLROnPlateau` that `EarlyStopping` comes before."""
    named = {callback.name.replace("_", ""): callback for callback in trained.callbacks}
    reduces, stops = named.get("reducelronplateau"), named.get("earlystopping")
    if reduces is None or stops is None:
        return
    if reduces.arguments.get("monitor", _LOOKS_AT) != stops.arguments.get("monitor", _LOOKS_AT):
        return
    waits, ends = reduces.arguments.get("patience", 10), stops.arguments.get("patience", 0)
    starts = stops.arguments.get("start_from_epoch", 0)
    if not isinstance(waits, int) or not isinstance(ends, int) or waits < ends or starts != 0:
        return
    bound = reduces.argument("patience")
    wanted = max(ends // 2, 1)
    report(
        bound.value.span if bound is not None else reduces.span,
        f"it waits {waits} epochs, and `EarlyStopping` ends training after {ends}",
        "hardly ever comes to it",
        labels=(Label(stops.span, f"waits {ends} epochs for the same number"),),
        help=(
            f"write `patience={wanted}` here, or let `EarlyStopping` wait longer"
            if wanted < ends
            else "let `EarlyStopping` wait longer"
        ),
        fix=(
            edits.fix(f"write `patience={wanted}`", _patience(reduces, wanted), safe=False)
            if wanted < ends
            else None
        ),
    )


def _patience(callback: Part, wanted: int) -> edits.Edits | None:
    """Return what gives a callback another patience."""
    bound = callback.argument("patience")
    if bound is not None:
        return edits.replaced(bound.value.span, f"{wanted}")
    return edits.add_argument(callback.span, f"patience={wanted}")
