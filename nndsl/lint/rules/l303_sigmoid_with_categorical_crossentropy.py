from __future__ import annotations

from nndsl import edits
from nndsl.lint.rule import Report, rule
from nndsl.lint.training import CATEGORICAL, SPARSE
from nndsl.lint.view import View


@rule("warning", needs=("train",), fixes=True)
def sigmoid_with_categorical_crossentropy(view: View, report: Report) -> None:
    """Categorical cross-entropy takes probabilities that add up to 1, and those of a sigmoid do
    not.

    Keras divides them by their sum, so that a model trains, but each unit is squeezed twice, and
    no unit can be 0 or 1 alone. Classes that exclude each other take `softmax`; those that do not
    take `sigmoid` and `binary_crossentropy`.

    Wrong:
        model Kinds {
            input x: [20]
            x -> Dense(32, relu) -> Dense(4, sigmoid) as kind
            output kind
        }
        train {
            loss: categorical_crossentropy
        }

    Right:
        model Kinds {
            input x: [20]
            x -> Dense(32, relu) -> Dense(4, softmax) as kind
            output kind
        }
        train {
            loss: categorical_crossentropy
        }

    Source: https://keras.io/api/losses/probabilistic_losses/#categoricalcrossentropy-class
    """
    assert view.trained is not None
    for name, loss in view.trained.losses.items():
        head = view.heads.get(name)
        if head is None or head.activation not in ("sigmoid", "hard_sigmoid"):
            continue
        if loss.name not in CATEGORICAL | SPARSE or loss.from_logits or head.units == 1:
            continue
        labels = view.trained.labels.get(name)
        many = labels is not None and labels.form == "multi_hot"
        change = (
            edits.replaced(loss.span, "binary_crossentropy") if many else head.activated("softmax")
        )
        wanted = "binary_crossentropy" if many else "softmax"
        report(
            head.place,
            f"`{head.activation}` in front of a categorical cross-entropy",
            "these do not add up to 1",
            within=head.use,
            labels=loss.labels("takes probabilities that add up to 1"),
            help=(
                "write `loss: binary_crossentropy`"
                if many
                else "write `softmax`, or `binary_crossentropy` for classes that do not exclude "
                "each other"
            ),
            fix=edits.fix(f"write `{wanted}`", change),
        )
