from __future__ import annotations

from nndsl import edits
from nndsl.diagnostic import Label
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View

#: What may lie between the two.
_BETWEEN = frozenset({"Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Flatten", "Reshape"})
_DROPOUTS = ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "AlphaDropout")


@rule("warning", needs=_DROPOUTS, fixes=True)
def dropout_before_batch_normalization(view: View, report: Report) -> None:
    """A batch normalization learns the variance of values that dropout has changed.

    Dropout keeps the mean and raises the variance, and only while training. The moving variance of
    a `BatchNormalization` behind it is that of training, and is too large for what comes when the
    model is used: every value is scaled wrongly. Dropout belongs behind the normalization.

    Wrong:
        model M {
            input x: [20]
            x -> Dense(64, relu) -> Dropout(0.5) -> BatchNormalization -> Dense(4, softmax) as y
            output y
        }

    Right:
        model M {
            input x: [20]
            x -> Dense(64, relu) -> BatchNormalization -> Dropout(0.5) -> Dense(4, softmax) as y
            output y
        }

    Source: Li et al., "Understanding the Disharmony between Dropout and Batch Normalization by
    Variance Shift", CVPR 2019, https://arxiv.org/abs/1801.05134
    """
    for use in view.of("BatchNormalization"):
        first = view.before(use)
        while first is not None and first.rule.name in _BETWEEN:
            first = view.before(first)
        if first is None or first.rule.name not in _DROPOUTS or not first.value("rate"):
            continue
        report(
            use.span,
            "batch normalization behind dropout",
            "learns the variance of training",
            within=use,
            labels=(Label(first.span, "raises the variance, only in training"),),
            help="put the dropout behind it",
            fix=edits.fix("exchange them", edits.swap(first.span, use.span), safe=True),
        )
