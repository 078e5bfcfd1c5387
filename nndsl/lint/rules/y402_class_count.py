from __future__ import annotations

from nndsl import edits
from nndsl.lint.facts import BINARY, INT, MULTI_HOT, ONE_HOT, Facts
from nndsl.lint.rule import Report, rule
from nndsl.lint.training import BINARY as BINARY_LOSSES, CROSSENTROPIES, SPARSE, Part
from nndsl.lint.view import Head, View


@rule("error", needs=("train",), fixes=True)
def class_count(view: View, report: Report) -> None:
    """The labels have more or fewer classes than the output has units.

    With rows of another length Keras stops at the first step. With numbers of classes it stops when
    one comes that is too large ("Received a label value of 10 which is outside the valid range of
    [0, 10)"), or gives NaN on a GPU. The classes are counted from 0: ten of them are 0 to 9.

    Wrong:
        model Digits {
            input image: [64]
            image -> Dense(32, relu) -> Dense(9, softmax) as digit
            output digit
        }
        train {
            labels: int(10)
            loss: sparse_categorical_crossentropy
        }

    Right:
        model Digits {
            input image: [64]
            image -> Dense(32, relu) -> Dense(10, softmax) as digit
            output digit
        }
        train {
            labels: int(10)
            loss: sparse_categorical_crossentropy
        }

    Source: https://keras.io/api/losses/probabilistic_losses/#sparsecategoricalcrossentropy-class
    """
    assert view.trained is not None
    for name, loss in view.trained.losses.items():
        head, labels = view.heads.get(name), view.trained.labels.get(name)
        if head is None or labels is None or head.units is None:
            continue
        units, classes = head.units, labels.classes
        if loss.name in BINARY_LOSSES and labels.form == INT and units == 1 and (classes or 0) > 2:
            _many_on_one(head, loss, labels, report)
            continue
        if loss.name in SPARSE and (labels.low or 0) < 0 and loss.argument("ignore_class") is None:
            _negative(head, loss, labels, report)
            continue
        if loss.name not in CROSSENTROPIES or (labels.form == INT and loss.name not in SPARSE):
            continue
        if labels.form == BINARY and units > 2 and loss.name in SPARSE and not labels.file:
            classes = 2
        if classes is None or labels.form not in (INT, ONE_HOT, MULTI_HOT, BINARY):
            continue
        if units == classes or (labels.form == INT and units == 1 and head.activation == "softmax"):
            continue  # a softmax over one unit is told by itself
        if labels.form == INT and units > classes and labels.file:
            continue  # a class may lack in the data
        place = head.units_place
        report(
            place if place is not None else head.place,
            f"{classes} classes, and {units} unit{'s' if units > 1 else ''}",
            f"{units} unit{'s' if units > 1 else ''}",
            within=head.use,
            labels=(*labels.shown(), *loss.labels("takes one unit for each class")),
            expected=f"{classes} units",
            received=f"{units}",
            help=f"write `{classes}`",
            fix=edits.fix(
                f"write `{classes}`",
                edits.replaced(place, f"{classes}") if place is not None else None,
            ),
        )


def _negative(head: Head, loss: Part, labels: Facts, report: Report) -> None:
    """Report classes below 0, of which the loss is NaN or an error."""
    report(
        loss.span,
        f"`{loss.name}` takes classes from 0",
        "counts from 0",
        labels=labels.shown(),
        expected="0 for the first class",
        received=f"{labels.low:g}",
        help="number the classes anew, or `ignore_class=-1` for what has no class",
    )


def _many_on_one(head: Head, loss: Part, labels: Facts, report: Report) -> None:
    """Report several classes of which one unit says yes or no."""
    place, wanted = head.units_place, "sparse_categorical_crossentropy"
    change = None
    if place is not None:
        units = edits.replaced(place, f"{labels.classes}")
        change = edits.joined((units, head.activated("softmax"), edits.replaced(loss.span, wanted)))
    report(
        place if place is not None else head.place,
        f"{labels.classes} classes, and 1 unit",
        "says yes or no",
        within=head.use,
        labels=(*labels.shown(), *loss.labels("takes 0 or 1 for a label")),
        expected=f"{labels.classes} units",
        received="1",
        help=f"write `{labels.classes}`, with `softmax` and `{wanted}`",
        fix=edits.fix(f"write `{labels.classes}`, with `softmax` and `{wanted}`", change),
    )
