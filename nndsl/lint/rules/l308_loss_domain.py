from __future__ import annotations

from nndsl import edits
from nndsl.lint.rule import Report, rule
from nndsl.lint.training import Trained
from nndsl.lint.view import View

#: Losses of what is not below 0, and how they say it.
_NON_NEGATIVE = {
    "mean_squared_logarithmic_error": "takes the logarithm of 1 + x",
    "poisson": "takes the logarithm",
    "kl_divergence": "compares probabilities",
}
#: What divides by the labels.
_PERCENT = "mean_absolute_percentage_error"
_CAN_BE_NEGATIVE = frozenset({"linear", "tanh", "leaky_relu", "elu", "selu", "softsign"})


@rule("warning", needs=("train",), fixes=True)
def loss_domain(view: View, report: Report) -> None:
    """A loss that is made for numbers from 0 on gets numbers below 0.

    `poisson` takes a logarithm, which of a number below 0 is NaN, and `kl_divergence` compares
    probabilities; Keras cuts off what is below 0, so that it has no gradient. Labels below 0 are
    no good to these and to `mean_squared_logarithmic_error`. `softplus` or `relu` (`softmax` for
    `kl_divergence`) at the end gives what the loss takes.

    `mape` divides by the labels, and Keras by 0.0000001 where one is 0, as the smallest is that
    was scaled to the range from 0 to 1: one such label outweighs all others. As a metric it shows
    millions of percent; that is an info, as `real(0, 1)` need not mean that 0 is among them.

    Wrong:
        model Visits {
            input x: [8]
            x -> Dense(16, relu) -> Dense(1) as visits
            output visits
        }
        train {
            loss: poisson
        }

    Right:
        model Visits {
            input x: [8]
            x -> Dense(16, relu) -> Dense(1, softplus) as visits
            output visits
        }
        train {
            loss: poisson
        }

    Source: https://keras.io/api/losses/regression_losses/ and
    https://keras.io/api/losses/probabilistic_losses/
    """
    assert view.trained is not None
    _divided_by_zero(view.trained, report)
    for name, loss in view.trained.losses.items():
        head = view.heads.get(name)
        if head is None or loss.name not in _NON_NEGATIVE:
            continue
        wants = "softmax" if loss.name == "kl_divergence" else "softplus"
        negative = head.activation in _CAN_BE_NEGATIVE and (
            head.is_dense or head.activation != "linear"
        )
        labels = view.trained.labels.get(name)
        if negative and loss.name != "mean_squared_logarithmic_error":
            report(
                head.place,
                f"`{loss.name}` is for numbers from 0 on",
                "can be below 0",
                within=head.use,
                labels=loss.labels(_NON_NEGATIVE[loss.name]),
                help=f"end with `{wants}`",
            )
        elif labels is not None and labels.low is not None and labels.low < 0:
            report(
                loss.span,
                f"`{loss.name}` is for numbers from 0 on",
                _NON_NEGATIVE[loss.name],
                labels=labels.shown(),
                received=f"labels from {labels.low:g}",
                help="`mse` and `mae` take any number",
            )


def _divided_by_zero(trained: Trained, report: Report) -> None:
    """Report percentages of labels that can be 0."""
    for name, loss in trained.losses.items():
        labels = trained.labels.get(name)
        if labels is None or labels.low is None or labels.low > 0:
            continue
        if labels.high is not None and labels.high < 0:
            continue
        for part in (loss, *trained.metrics.get(name, ())):
            if part.name != _PERCENT:
                continue
            wanted = "mean_absolute_error"
            report(
                part.span,
                f"`{part.span.text.partition('(')[0]}` of labels that can be 0",
                "divides by the labels",
                labels=labels.shown(),
                received=f"labels from {labels.low:g}",
                help=f"write `{wanted}`; if no label is 0, declare them: `labels: real(1, none)`",
                fix=edits.fix(f"write `{wanted}`", edits.replaced(part.span, wanted), safe=False),
                severity="warning" if part is loss else "info",
            )
