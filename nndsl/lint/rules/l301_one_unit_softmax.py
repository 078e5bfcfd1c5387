from __future__ import annotations

from nndsl import edits
from nndsl.lint.activations import activation_of, made_in, place_of_activation
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import DENSE, View
from nndsl.shapes.model import Use


@rule("error", needs=("softmax", "Softmax"), fixes=True)
def one_unit_softmax(view: View, report: Report) -> None:
    """A softmax over one unit is always 1, whatever the model learns.

    Softmax divides each value by the sum of all; with one value that is 1. The gradient is 0, and
    the accuracy stays where it was before the first step. One unit that says yes or no takes
    `sigmoid`; a number takes no activation.

    Wrong:
        model Spam {
            input words: [1000]
            words -> Dense(16, relu) -> Dense(1, softmax) as spam
            output spam
        }

    Right:
        model Spam {
            input words: [1000]
            words -> Dense(16, relu) -> Dense(1, sigmoid) as spam
            output spam
        }

    Source: https://keras.io/api/layers/activations/#softmax-function; Keras warns of it when the
    model is called.
    """
    for use in view.uses:
        made = made_in(use)
        if activation_of(made) != "softmax" or not _over_last_axis(made.value("axis")):
            continue
        tensor = use.outputs[0]
        if tensor is None or tensor.rank < 2 or tensor.shape[-1] != 1:
            continue
        if _has_classes(view, use):
            continue  # there should be one unit for each
        if made.kind not in DENSE and made.kind not in ("Activation", "Softmax", "ops.softmax"):
            continue
        place = place_of_activation(made)
        word = "sigmoid"
        what = edits.replaced(made.span if made.kind in ("Softmax", "ops.softmax") else place, word)
        report(
            place,
            "a softmax over one unit is always 1",
            "its last axis has size 1",
            within=use,
            expected="at least 2 units, one for each class",
            received=f"{tensor}",
            help="write `sigmoid` for yes or no, or one unit for each class",
            fix=edits.fix("write `sigmoid`", what, safe=view.is_output(use)),
        )


def _has_classes(view: View, use: Use) -> bool:
    """True for an output of which it is known that it has more than two classes."""
    if view.trained is None:
        return False
    names = [name for name, head in view.heads.items() if head.use is use]
    facts = [view.trained.labels[name] for name in names if name in view.trained.labels]
    return any((one.classes or 0) > 2 for one in facts)


def _over_last_axis(axis: object) -> bool:
    return axis in (None, -1)
