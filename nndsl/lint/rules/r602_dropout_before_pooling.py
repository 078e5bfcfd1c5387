from __future__ import annotations

from nndsl import edits
from nndsl.diagnostic import Label
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View


@rule("info", needs=("Dropout",), fixes=True)
def dropout_before_pooling(view: View, report: Report) -> None:
    """Dropout in front of max pooling drops less than it says.

    The largest value of a window is dropped with its rate, and then the second largest comes
    through. With the rate 0.5 and windows of 4, something comes through in 15 of 16 windows.
    Behind the pooling, a dropout drops what it says.

    Wrong:
        model M {
            input image: [28, 28, 1]
            image -> Conv2D(8, 3, activation=relu) -> Dropout(0.5) -> MaxPooling2D -> Flatten
                  -> Dense(10) as y
            output y
        }

    Right:
        model M {
            input image: [28, 28, 1]
            image -> Conv2D(8, 3, activation=relu) -> MaxPooling2D -> Dropout(0.5) -> Flatten
                  -> Dense(10) as y
            output y
        }

    Source: Wu and Gu, "Max-Pooling Dropout for Regularization of Convolutional Neural Networks",
    2015, https://arxiv.org/abs/1512.01400
    """
    for use in view.of("MaxPooling1D", "MaxPooling2D", "MaxPooling3D"):
        first = view.before(use)
        if first is None or first.rule.name != "Dropout":
            continue
        report(
            first.span,
            "dropout in front of max pooling",
            "drops less than it says",
            within=first,
            labels=(Label(use.span, "takes the next largest value"),),
            help="put it behind the pooling",
            fix=edits.fix("exchange them", edits.swap(first.span, use.span), safe=False),
        )
