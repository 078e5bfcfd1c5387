from __future__ import annotations

from nndsl.diagnostic import Label
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View


@rule("warning", needs=("BatchNormalization",))
def batch_normalization_of_one(view: View, report: Report) -> None:
    """A batch normalization learns from batches of one example.

    The mean of one value is the value, and the variance is 0: every feature becomes `beta`,
    whatever comes in. In images there are many places in one example, but their mean is that of
    this image alone, and not what the model uses later. Larger batches, `GroupNormalization` or
    `LayerNormalization` do without.

    Wrong:
        model M {
            input x: [20]
            x -> Dense(64) -> BatchNormalization -> relu -> Dense(1) as y
            output y
        }
        train {
            loss: mse
            batch_size: 1
        }

    Right:
        model M {
            input x: [20]
            x -> Dense(64) -> BatchNormalization -> relu -> Dense(1) as y
            output y
        }
        train {
            loss: mse
            batch_size: 32
        }

    Source: Wu and He, "Group Normalization", 2018, https://arxiv.org/abs/1803.08494
    """
    if view.trained is None or view.trained.number("batch_size") != 1:
        return
    for use in view.of("BatchNormalization"):
        if use.value("trainable") is False:
            continue
        report(
            view.trained.place("batch_size"),
            "batch normalization with batches of one",
            "one example",
            labels=(Label(use.span, "takes the mean over the batch"),),
            help="write `batch_size: 32`, or `LayerNormalization` in its place",
        )
        return
