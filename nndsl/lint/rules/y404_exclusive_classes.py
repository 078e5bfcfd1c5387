from __future__ import annotations

from nndsl import edits
from nndsl.lint.facts import INT, MULTI_HOT, ONE_HOT
from nndsl.lint.rule import Report, rule
from nndsl.lint.training import BINARY, CATEGORICAL
from nndsl.lint.view import View


@rule("warning", needs=("train",), fixes=True)
def exclusive_classes(view: View, report: Report) -> None:
    """Classes that exclude each other are learnt as if they did not, or the other way round.

    `softmax` and `categorical_crossentropy` are for one class of several: the probabilities add up
    to 1. `sigmoid` and `binary_crossentropy` judge each class alone: any number of them may hold.
    What the labels are (`one_hot` or `multi_hot`) decides it.

    Wrong:
        model Tags {
            input x: [100]
            x -> Dense(64, relu) -> Dense(20, softmax) as tags
            output tags
        }
        train {
            labels: multi_hot(20)
            loss: categorical_crossentropy
        }

    Right:
        model Tags {
            input x: [100]
            x -> Dense(64, relu) -> Dense(20, sigmoid) as tags
            output tags
        }
        train {
            labels: multi_hot(20)
            loss: binary_crossentropy
        }

    Source: https://keras.io/api/losses/probabilistic_losses/; Humbatova et al., "Taxonomy of Real
    Faults in Deep Learning Systems", ICSE 2020 (wrong loss function)
    """
    assert view.trained is not None
    for name, loss in view.trained.losses.items():
        head, labels = view.heads.get(name), view.trained.labels.get(name)
        if head is None or labels is None or head.units in (None, 1) or loss.from_logits:
            continue
        if labels.form == MULTI_HOT and loss.name in CATEGORICAL and not labels.file:
            wanted_loss, wanted = "binary_crossentropy", "sigmoid"
            why = "several classes may hold at once"
        elif labels.form in (ONE_HOT, INT) and loss.name in BINARY and head.activation == "sigmoid":
            sparse = "sparse_" if labels.form == INT else ""
            wanted_loss, wanted = f"{sparse}categorical_crossentropy", "softmax"
            why = "one class holds"
        else:
            continue
        changes = [edits.replaced(loss.span, wanted_loss)]
        if head.activation != wanted:
            changes.append(head.activated(wanted) or ())
        report(
            loss.span,
            f"`{loss.name}` for labels of which {why}",
            "takes one class of several" if loss.name in CATEGORICAL else "judges each class alone",
            labels=(*labels.shown(), *head.labels(f"`{head.activation}` here")),
            help=f"write `{wanted_loss}`, and `{wanted}` at the end",
            fix=edits.fix(f"write `{wanted_loss}` and `{wanted}`", edits.joined(changes)),
            severity="error" if labels.form == INT else None,  # which Keras refuses
        )
