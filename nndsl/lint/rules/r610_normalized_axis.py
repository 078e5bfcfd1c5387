from __future__ import annotations

from nndsl import edits
from nndsl.diagnostic import Label
from nndsl.layers.windows import channel_axis
from nndsl.lint.activations import activation_of, made_in
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View
from nndsl.shapes.model import Use

_NORMALIZE = ("BatchNormalization", "GroupNormalization")
#: What leaves every axis where it is.
_KEEPS = frozenset(
    "BatchNormalization Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D GaussianNoise"
    " GaussianDropout Identity Add Subtract Multiply Average Maximum Minimum".split()
)


@rule("warning", needs=_NORMALIZE, fixes=True)
def normalized_axis(view: View, report: Report) -> None:
    """A normalization behind a convolution goes along another axis than that of the channels.

    `axis` is the axis that keeps its own mean and variance: the channels. They stand last, which is
    -1, as it is by default, and with `channels_first` at 1. Along another axis the layer learns a
    mean for each row of the image, and nothing stops it.

    Wrong:
        model M {
            input image: [32, 32, 3]
            image -> Conv2D(8, 3, padding=same, use_bias=false) -> BatchNormalization(axis=1)
                  -> relu -> Flatten -> Dense(10) as y
            output y
        }

    Right:
        model M {
            input image: [32, 32, 3]
            image -> Conv2D(8, 3, padding=same, use_bias=false) -> BatchNormalization
                  -> relu -> Flatten -> Dense(10) as y
            output y
        }

    Source: https://keras.io/api/layers/normalization_layers/batch_normalization/, `axis`
    """
    for use in view.of(*_NORMALIZE):
        axis, maker = use.value("axis"), _convolution(view, use)
        rank = use.inputs[0].rank
        if not isinstance(axis, int) or maker is None:
            continue
        wanted = channel_axis(use.inputs[0], maker.value("data_format"))
        if axis % rank == wanted:
            continue
        first = wanted == 1
        text = "1" if first else "-1"
        report(
            use.span,
            f"`{use.rule.name}` along axis {axis}, and the channels are axis {text}",
            "learns a mean for each place, not for each channel",
            within=use,
            labels=(Label(maker.span, f"its channels stand {'first' if first else 'last'}"),),
            expected=f"axis={text}",
            received=f"axis={axis}",
            help=f"write `axis={text}`" + ("" if first else ", or leave it out"),
            fix=edits.fix(f"write `axis={text}`", edits.set_argument(use, "axis", text)),
        )


def _convolution(view: View, use: Use) -> Use | None:
    """Return the convolution or pooling of places whose channels come in."""
    maker = view.before(use)
    while maker is not None:
        name = maker.rule.name
        if ("Conv" in name or "Pooling" in name) and "Global" not in name and "LSTM" not in name:
            return maker if "data_format" in maker.rule.by_name else None
        made = made_in(maker)
        if name not in _KEEPS and (activation_of(made) is None or "units" in made.rule.by_name):
            return None
        maker = view.before(maker)
    return None
