from __future__ import annotations

from nndsl import edits
from nndsl.lint.activations import LINEAR
from nndsl.lint.rule import Report, rule
from nndsl.lint.training import REGRESSION
from nndsl.lint.view import Head, View

#: What activations can give.
_RANGES = {
    "relu": (0.0, float("inf")),
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "softplus": (0.0, float("inf")),
    "tanh": (-1.0, 1.0),
    "relu6": (0.0, 6.0),
}


@rule("warning", needs=("train",), fixes=True)
def bounded_regression(view: View, report: Report) -> None:
    """A number is to be learnt that the last activation cannot give.

    `relu` gives nothing below 0, and where its input is below 0 it has no gradient: a unit that
    starts there never learns. `sigmoid` and `softmax` give nothing above 1. Where the labels are
    declared or read (`labels: real(0, 1)`), only what lies outside is told; without it only `relu`,
    and not in models that give back what they take.

    Wrong:
        model Price {
            input house: [13]
            house -> Dense(64, relu) -> Dense(1, relu) as price
            output price
        }
        train {
            loss: mse
        }

    Right:
        model Price {
            input house: [13]
            house -> Dense(64, relu) -> Dense(1) as price
            output price
        }
        train {
            loss: mse
        }

    Source: https://keras.io/api/layers/activations/; DeepFD (Cao et al., ICSE 2022) on activations
    that do not suit the last layer
    """
    assert view.trained is not None
    for name, loss in view.trained.losses.items():
        head = view.heads.get(name)
        if head is None or head.activation not in _RANGES or loss.name not in REGRESSION:
            continue
        low, high = _RANGES[head.activation]
        labels = view.trained.labels.get(name)
        known = labels is not None and (labels.low is not None or labels.high is not None)
        if known and labels is not None:
            fits = (labels.low is None or labels.low >= low) and (
                labels.high is None or labels.high <= high
            )
            if fits:
                continue
        elif head.activation != "relu" or _gives_back(view, head):
            continue
        report(
            head.place,
            f"`{head.activation}` cannot give every number",
            "only from 0 on" if high > 1 else "bounded",
            within=head.use,
            labels=(
                *loss.labels("learns numbers"),
                *(labels.shown() if known and labels is not None else ()),
            ),
            help="leave the activation out; if the labels are not below 0, declare them: "
            "`labels: real(0, none)`",
            fix=edits.fix("leave the activation out", head.activated(LINEAR), safe=known),
        )


def _gives_back(view: View, head: Head) -> bool:
    """True for an output of the shape of an input, as of an autoencoder."""
    shapes = [tensor.shape for tensor in view.shaped.inputs.values()]
    return head.tensor.rank > 1 and head.units != 1 and head.tensor.shape in shapes
