from __future__ import annotations

from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View


@rule("error", needs=("train",))
def nothing_trainable(view: View, report: Report) -> None:
    """A model is to be trained, and has nothing that training could change.

    All its layers are without weights, or have `trainable=false`. Keras trains it all the same: the
    loss stays what it is.

    Wrong:
        model M {
            input x: [20]
            x -> Dense(4, softmax, trainable=false) as y
            output y
        }
        train {
            loss: sparse_categorical_crossentropy
        }

    Right:
        model M {
            input x: [20]
            x -> Dense(4, softmax) as y
            output y
        }
        train {
            loss: sparse_categorical_crossentropy
        }

    Source: https://keras.io/guides/transfer_learning/
    """
    if not view.whole or view.shaped.trainable != 0 or view.trained is None:
        return
    frozen = [use for use in view.uses if use.values.get("trainable") is False]
    if not frozen and any(use.weights for use in view.uses):
        return
    report(
        frozen[0] if frozen else view.model.span,
        "nothing in this model can be trained",
        "not trained" if frozen else "no layer has weights",
        help=(
            "leave `trainable=false` out of the layers that should learn"
            if frozen
            else "add a layer with weights, such as `Dense`"
        ),
    )
