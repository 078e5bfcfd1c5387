from __future__ import annotations

from nndsl import edits
from nndsl.lint.rule import Report, rule
from nndsl.lint.training import BINARY
from nndsl.lint.view import View


@rule("warning", needs=("train",), fixes=True)
def softmax_with_binary_crossentropy(view: View, report: Report) -> None:
    """Binary cross-entropy behind a softmax treats every class as a question of its own.

    The probabilities of a softmax add up to 1, and `binary_crossentropy` judges each of them
    alone, so what is learnt is not what either was made for, and `accuracy` then compares every
    unit with 0.5, which looks better than it is. Classes that exclude each other take
    `categorical_crossentropy`, or the sparse one for labels that are numbers; classes that do not
    take `sigmoid`.

    Wrong:
        model Kinds {
            input x: [20]
            x -> Dense(32, relu) -> Dense(4, softmax) as kind
            output kind
        }
        train {
            loss: binary_crossentropy
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

    Source: https://keras.io/api/losses/probabilistic_losses/#binarycrossentropy-class
    """
    assert view.trained is not None
    for name, loss in view.trained.losses.items():
        head = view.heads.get(name)
        if head is None or head.activation != "softmax" or loss.name not in BINARY:
            continue
        if head.units == 1 or loss.from_logits:
            continue
        labels = view.trained.labels.get(name)
        many = labels is not None and labels.form == "multi_hot"
        change = edits.replaced(head.place, "sigmoid")
        if not many:
            change = edits.replaced(loss.span, "categorical_crossentropy")
        report(
            loss.span,
            "binary cross-entropy behind a softmax",
            "judges every unit alone",
            labels=head.labels("a softmax here"),
            help=(
                "write `sigmoid` for classes that do not exclude each other"
                if many
                else "write `categorical_crossentropy`, or `sigmoid` behind the layer for classes "
                "that do not exclude each other"
            ),
            fix=edits.fix(
                "write `sigmoid`" if many else "write `categorical_crossentropy`",
                change,
                safe=labels is not None,
            ),
        )
