from __future__ import annotations

from nndsl import edits
from nndsl.lint.activations import made_in
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View

#: Windows of these sizes do not lie beside each other in any usual network.
_SIZES = (3, 5)


@rule(
    "warning",
    needs=("Conv1D", "Conv2D", "Conv3D", "DepthwiseConv2D", "SeparableConv2D"),
    fixes=True,
)
def third_number_is_strides(view: View, report: Report) -> None:
    """The third number of a convolution is its strides, not another side of the window.

    In Keras 1 and in much that is still copied, `Conv2D(32, 3, 3)` had windows of 3 by 3. Since
    Keras 2 it is windows of 3 by 3 in steps of 3, without a word, and the image is a ninth of what
    it should be.

    Wrong:
        model M {
            input image: [32, 32, 3]
            image -> Conv2D(32, 3, 3, activation=relu) -> Flatten -> Dense(10, softmax) as y
            output y
        }

    Right:
        model M {
            input image: [32, 32, 3]
            image -> Conv2D(32, 3, activation=relu) -> Flatten -> Dense(10, softmax) as y
            output y
        }

    Source: https://keras.io/api/layers/convolution_layers/convolution2d/; Keras 1's
    `Convolution2D(nb_filter, nb_row, nb_col)`
    """
    for use in view.uses:
        made = made_in(use)
        size, strides = made.argument("kernel_size"), made.argument("strides")
        if size is None or strides is None or not (size.positional and strides.positional):
            continue
        value = made.values["strides"]
        if "Conv" not in made.kind or value not in _SIZES or made.values["kernel_size"] != value:
            continue
        report(
            strides.span,
            f"the third number of `{made.kind}` is its strides",
            f"steps of {value}",
            within=use,
            help=f"leave it out: a window of {value} is {value} on every side; strides are written "
            f"`strides={value}`",
            fix=edits.fix("leave it out", edits.drop_argument(made.span, strides)),
        )
