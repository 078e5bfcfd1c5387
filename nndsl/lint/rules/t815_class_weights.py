from __future__ import annotations

from nndsl.lint.activations import LINEAR
from nndsl.lint.facts import MULTI_HOT, REAL, Facts
from nndsl.lint.rule import Report, rule
from nndsl.lint.training import BINARY, CATEGORICAL, REGRESSION, SPARSE, Part
from nndsl.lint.view import Head, View


@rule("warning", needs=("train",))
def class_weights(view: View, report: Report) -> None:
    """`class_weight` weighs other classes than the labels have.

    Keras takes 1 for a class without a weight, without a word, and never uses a weight too many:
    the list belongs to other classes than the labels do. It is the number of the units, or of the
    classes that `labels` declares; with one unit, 0 and 1.

    Where the model gives a class for every place or step, Keras cannot tell the class of an
    example. It stops ("only length-1 arrays can be converted"), which is an error; or, with a row
    of numbers, it takes the place of the largest for the class. `sample_weight` weighs examples.

    Labels that hold several classes at once, `multi_hot`, have no class either: the weight is that
    of the first 1 in the row, and that of class 0 where there is none. Numbers to be learnt, as
    with `mse`, are rounded to whole ones, and weighed as if these were classes.

    Wrong:
        model Kind {
            input x: [20]
            x -> Dense(32, relu) -> Dense(3, softmax) as kind
            output kind
        }
        train {
            loss: sparse_categorical_crossentropy
            class_weight: [1, 4]
        }

    Right:
        model Kind {
            input x: [20]
            x -> Dense(32, relu) -> Dense(3, softmax) as kind
            output kind
        }
        train {
            loss: sparse_categorical_crossentropy
            class_weight: [1, 4, 2]
        }

    Source: https://keras.io/api/models/model_training_apis/#fit-method, `class_weight`
    """
    assert view.trained is not None
    trained = view.trained
    if "class_weight" not in trained.settings.settings or len(trained.losses) != 1:
        return
    ((name, loss),) = trained.losses.items()
    head, labels = view.heads.get(name), trained.labels.get(name)
    place = trained.place("class_weight")
    if head is not None and _has_no_class(head, loss, labels):
        several = labels is not None and labels.form == MULTI_HOT
        report(
            place,
            f"`class_weight` for {'rows of several classes' if several else 'numbers'}",
            "weighs by the first class that holds" if several else "rounds them to classes",
            labels=(
                *(labels.shown() if labels is not None else ()),
                *loss.labels("what is learnt"),
            ),
            help="leave it out, and weigh each example by `sample_weight`",
        )
        return
    if head is None or loss.name not in BINARY | CATEGORICAL | SPARSE:
        return
    if head.tensor.rank > 2:
        report(
            place,
            f"`class_weight` for an output of {head.tensor}",
            "counts one class for each example",
            labels=head.labels("gives a class for each place"),
            expected="one row of classes for each example",
            received=f"{head.tensor}",
            help="give `sample_weight`, or end the model in one answer for each example",
            severity="warning" if loss.name in SPARSE and head.tensor.rank == 3 else "error",
        )
        return
    classes = labels.classes if labels is not None else None
    units = classes or (2 if head.units == 1 else head.units)
    given = trained.items("class_weight")
    if given is None or units is None or given == units or (given < units and loss.name in BINARY):
        return
    report(
        place,
        f"{given} weight{'s' if given > 1 else ''} for {units} classes",
        "a class without one counts 1" if given < units else "the others are not used",
        labels=head.labels(f"{head.units} unit{'s' if head.units != 1 else ''}"),
        expected=f"{units} numbers",
        received=f"{given}",
        help=f"give {units} numbers, one for each class",
    )


def _has_no_class(head: Head, loss: Part, labels: Facts | None) -> bool:
    """True if an example has no class of its own, whose weight it could be given."""
    if head.tensor.rank > 2:
        return False
    if labels is not None and labels.form == MULTI_HOT:
        return (head.units or 0) > 1
    numbers = labels is None or labels.form == REAL
    return loss.name in REGRESSION and numbers and head.activation == LINEAR and head.is_dense
