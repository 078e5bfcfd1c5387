from __future__ import annotations

from nndsl import edits
from nndsl.diagnostic import Label
from nndsl.lint.activations import activation_of, made_in
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View

_LAYERS = ("Dropout", "AlphaDropout", "BatchNormalization", "GaussianDropout")
#: What ends a model that says how likely something is.
_ENDS = frozenset({"softmax", "sigmoid"})


@rule("warning", needs=_LAYERS, fixes=True)
def dropout_after_the_head(view: View, report: Report) -> None:
    """Behind the last activation stands a layer that changes what the model says.

    A dropout there makes answers 0 at random, and all others larger; a batch normalization brings
    probabilities to a mean of 0. The loss then takes numbers that are no probabilities.

    Wrong:
        model M {
            input x: [20]
            x -> Dense(64, relu) -> Dense(4, softmax) -> Dropout(0.5) as y
            output y
        }

    Right:
        model M {
            input x: [20]
            x -> Dense(64, relu) -> Dropout(0.5) -> Dense(4, softmax) as y
            output y
        }

    Source: https://keras.io/api/layers/regularization_layers/dropout/
    """
    for use in view.of(*_LAYERS):
        if not view.is_output(use):
            continue
        first = view.before(use)
        while first is not None and first.rule.name in _LAYERS:
            first = view.before(first)
        if first is None or activation_of(made_in(first)) not in _ENDS:
            continue
        report(
            use.span,
            f"`{use.rule.name}` behind the last activation",
            "changes the answer",
            within=use,
            labels=(Label(first.span, "the answer"),),
            help="put it in front of the last layer, or leave it out",
            fix=edits.fix("leave it out", edits.remove_stage(use.span)),
        )
