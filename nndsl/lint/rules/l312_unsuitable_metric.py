from __future__ import annotations

from nndsl import edits
from nndsl.lint.activations import LINEAR
from nndsl.lint.rule import Report, rule
from nndsl.lint.training import BINARY, CATEGORICAL, CROSSENTROPIES, REGRESSION, SPARSE, Part
from nndsl.lint.view import Head, View

#: Metrics that count how often a class was hit.
_COUNTING = frozenset(
    "accuracy binary_accuracy categorical_accuracy sparse_categorical_accuracy"
    " top_k_categorical_accuracy sparse_top_k_categorical_accuracy".split()
)
#: What a metric takes, by its name.
_ONE_HOT = frozenset(
    "categorical_accuracy top_k_categorical_accuracy categorical_crossentropy f1_score"
    " fbeta_score f_beta_score".split()
)
_NUMBERS = frozenset("sparse_categorical_accuracy sparse_top_k_categorical_accuracy".split())
_BY_UNIT = frozenset(
    "auc precision recall true_positives true_negatives false_positives false_negatives"
    " precisionatrecall recallatprecision sensitivityatspecificity specificityatsensitivity".split()
)
#: Those that compare classes by their numbers, unless they are told that there is a unit for each.
_BY_NUMBER = frozenset("mean_io_u meaniou io_u iou".split())
_SPARSE_NAME = {
    "categorical_accuracy": "sparse_categorical_accuracy",
    "top_k_categorical_accuracy": "sparse_top_k_categorical_accuracy",
    "categorical_crossentropy": "sparse_categorical_crossentropy",
}
#: What else mends a metric that wants the labels in rows.
_ROWS = ", or give the labels in rows, one for each class, with `categorical_crossentropy`"
_ONE_HOT_NAME = {sparse: one_hot for one_hot, sparse in _SPARSE_NAME.items()}


@rule("warning", needs=("train",), fixes=True)
def unsuitable_metric(view: View, report: Report) -> None:
    """A metric measures something else than what the loss teaches.

    An accuracy of numbers such as prices counts how often they are hit to the last digit: it is 0
    or near it, however good the model is. `categorical_accuracy` takes labels with one unit for
    each class, `sparse_categorical_accuracy` numbers of classes; with the other form they show a
    number that means nothing, or stop. `accuracy` chooses between them by itself.

    The class `Accuracy` does not choose: it counts the outputs that equal the label to the last
    digit, which probabilities never do. `Precision`, `AUC`, `TruePositives` and the like take one
    unit for each class in the labels, too; with numbers of classes Keras stops.

    Wrong:
        model Price {
            input house: [13]
            house -> Dense(64, relu) -> Dense(1) as price
            output price
        }
        train {
            loss: mse
            metrics: accuracy
        }

    Right:
        model Price {
            input house: [13]
            house -> Dense(64, relu) -> Dense(1) as price
            output price
        }
        train {
            loss: mse
            metrics: mae
        }

    Source: https://keras.io/api/metrics/accuracy_metrics/
    """
    assert view.trained is not None
    for name, metrics in view.trained.metrics.items():
        head, loss = view.heads.get(name), view.trained.losses.get(name)
        if head is None or loss is None:
            continue
        for metric in metrics:
            found = _misfit(head, loss, metric)
            if found is None:
                continue
            why, wanted, stops = found
            word = metric.span.text.partition("(")[0]
            what = f"write `{wanted}`"
            change: edits.Edits | None = edits.replaced(metric.span, wanted)
            if any(wanted == one.span.text for one in metrics):
                what = f"leave it out: `{wanted}` is there"
                change = edits.drop_written(view.trained.place("metrics"), metric.span)
            report(
                metric.span,
                f"`{word}` does not suit `{loss.name}`",
                why,
                labels=loss.labels("what is learnt"),
                help=what + (_ROWS if stops else ""),
                fix=edits.fix(what, change),
                severity="error" if stops else "warning",
            )


def _misfit(head: Head, loss: Part, metric: Part) -> tuple[str, str, bool] | None:
    """Return what is wrong with a metric, what to write instead, and whether Keras stops."""
    name = metric.name
    if name == "accuracy" and metric.is_class and loss.name in CROSSENTROPIES:
        return "counts outputs that equal the label", "accuracy", False
    if loss.name in REGRESSION and name in _COUNTING:
        if head.activation == LINEAR and head.is_dense and head.units == 1:
            return "counts numbers that are hit exactly", "mae", False
        return None
    many = head.units is not None and head.units > 1
    if loss.name in SPARSE and many:
        if name in _ONE_HOT | _BY_UNIT:
            wanted = _SPARSE_NAME.get(name, "accuracy")
            return "takes one unit for each class", wanted, name in _BY_UNIT
        if name in REGRESSION | {"root_mean_squared_error"}:
            return "compares numbers of classes with probabilities", "accuracy", False
        if name in _BY_NUMBER and "sparse_y_pred" not in metric.arguments:
            wanted = f"{metric.span.text[:-1]}, sparse_y_pred=false)"
            return "takes numbers of classes, and gets probabilities", wanted, True
    if loss.name in CATEGORICAL and name in _NUMBERS | SPARSE:
        return "takes numbers of classes", _ONE_HOT_NAME.get(name, "accuracy"), False
    if loss.name in CATEGORICAL and name in _BY_NUMBER and "sparse_y_true" not in metric.arguments:
        return "takes numbers of classes", f"OneHot{metric.span.text}", False
    if loss.name in CATEGORICAL | SPARSE and many and name == "binary_accuracy":
        return "counts every unit by itself", "accuracy", False
    if loss.name in BINARY and head.units == 1 and name in _ONE_HOT | _NUMBERS:
        return "there is one unit, not one for each class", "binary_accuracy", False
    return None
