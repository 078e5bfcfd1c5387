from __future__ import annotations

from nndsl import edits
from nndsl.lint.facts import INT, ONE_HOT
from nndsl.lint.rule import Report, rule
from nndsl.lint.training import CATEGORICAL, SPARSE
from nndsl.lint.view import View

_SPARSE_OF = {"categorical_crossentropy": "sparse_categorical_crossentropy"}
_CATEGORICAL_OF = {"sparse_categorical_crossentropy": "categorical_crossentropy"}


@rule("error", needs=("train",), fixes=True)
def label_form(view: View, report: Report) -> None:
    """The loss takes labels of another form than they have.

    `sparse_categorical_crossentropy` takes a number for each example, the class;
    `categorical_crossentropy` takes a row with a 1 at the place of the class. With the other form
    Keras stops at the first step: "Argument `output` must have rank (ndim) `target.ndim - 1`", or
    "Arguments `target` and `output` must have the same rank".

    Wrong:
        model Digits {
            input image: [64]
            image -> Dense(32, relu) -> Dense(10, softmax) as digit
            output digit
        }
        train {
            labels: int(10)
            loss: categorical_crossentropy
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

    Source: https://keras.io/api/losses/probabilistic_losses/
    """
    assert view.trained is not None
    for name, loss in view.trained.losses.items():
        head, labels = view.heads.get(name), view.trained.labels.get(name)
        if head is None or labels is None or head.units in (None, 1):
            continue
        if labels.form == INT and loss.name in CATEGORICAL:
            wanted, what = _SPARSE_OF.get(loss.name), "numbers of classes"
        elif labels.form == ONE_HOT and loss.name in SPARSE:
            wanted, what = _CATEGORICAL_OF.get(loss.name), "a row for each example"
        else:
            continue
        change = None
        if wanted is not None:
            word = loss.span.text
            named = wanted if "(" not in word else _class(wanted) + word[word.index("(") :]
            change = edits.replaced(loss.span, named)
        report(
            loss.span,
            f"`{loss.name}` does not take such labels",
            "takes a row for each example" if labels.form == INT else "takes numbers of classes",
            labels=labels.shown(),
            received=what,
            help=(
                f"write `{wanted}`" if wanted else "make rows of them: `keras.utils.to_categorical`"
            ),
            fix=edits.fix(f"write `{wanted}`", change),
        )


def _class(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
