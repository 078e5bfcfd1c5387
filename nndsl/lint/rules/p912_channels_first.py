from __future__ import annotations

from nndsl.lint.activations import made_in
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View


@rule("info", needs=("channels_first",))
def channels_first(view: View, report: Report) -> None:
    """`channels_first` runs on a GPU; TensorFlow's CPU kernels often have only the other order.

    Training on a CPU stops with "only supports NHWC", or runs slowly. Keras turns some layers
    around by itself. Without `data_format` a model runs everywhere.

    Wrong:
        model M {
            input image: [3, 32, 32]
            image -> Conv2D(8, 3, data_format=channels_first, activation=relu) -> Flatten
                  -> Dense(10) as y
            output y
        }

    Right:
        model M {
            input image: [32, 32, 3]
            image -> Conv2D(8, 3, activation=relu) -> Flatten
                  -> Dense(10) as y
            output y
        }

    Source: https://keras.io/api/layers/convolution_layers/convolution2d/, `data_format`
    """
    for use in view.uses:
        made = made_in(use)
        bound = made.argument("data_format")
        if bound is None or made.values.get("data_format") != "channels_first":
            continue
        if made.kind == "Flatten":
            continue
        report(
            bound.span,
            "`channels_first` may not run on a CPU",
            "the channels come first",
            within=use,
            help="put the channels last, and leave `data_format` out",
        )
