from __future__ import annotations

from nndsl import edits
from nndsl.lint.rule import Report, rule
from nndsl.lint.training import CATEGORICAL, SPARSE
from nndsl.lint.view import View


@rule("error", needs=("train",), fixes=True)
def categorical_loss_on_one_unit(view: View, report: Report) -> None:
    """A categorical loss chooses among classes, and one unit is one class.

    With `categorical_crossentropy` the loss of one unit is always 0, and nothing is learnt; with
    the sparse loss every label but 0 is out of range, and training stops, or gives NaN. One unit
    that says yes or no takes `sigmoid` and `binary_crossentropy`.

    Wrong:
        model Spam {
            input words: [1000]
            words -> Dense(16, relu) -> Dense(1, sigmoid) as spam
            output spam
        }
        train {
            loss: categorical_crossentropy
        }

    Right:
        model Spam {
            input words: [1000]
            words -> Dense(16, relu) -> Dense(1, sigmoid) as spam
            output spam
        }
        train {
            loss: binary_crossentropy
        }

    Source: https://keras.io/api/losses/probabilistic_losses/; Keras warns that the model "will
    always predict a single class"
    """
    assert view.trained is not None
    for name, loss in view.trained.losses.items():
        head = view.heads.get(name)
        labels = view.trained.labels.get(name)
        if head is None or head.units != 1 or loss.name not in CATEGORICAL | SPARSE:
            continue
        if head.activation == "softmax" or (labels is not None and (labels.classes or 0) > 2):
            continue  # which are told by themselves
        changes = [edits.replaced(loss.span, "binary_crossentropy")]
        if loss.from_logits:
            changes = [edits.replaced(loss.span, "BinaryCrossentropy(from_logits=true)")]
        elif head.activation != "sigmoid":
            changes.append(head.activated("sigmoid") or ())
        report(
            loss.span,
            f"`{loss.name}` on one unit",
            "chooses among classes",
            labels=head.labels("one unit"),
            expected="one unit for each class",
            received=f"{head.tensor}",
            help="write `binary_crossentropy` with `sigmoid`, or one unit for each class",
            fix=edits.fix("write `binary_crossentropy`", edits.joined(changes)),
        )
