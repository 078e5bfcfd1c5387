from __future__ import annotations

from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View

_MANY = 4


@rule("info", needs=("Conv2D",), default=False)
def no_pooling(view: View, report: Report) -> None:
    """Several convolutions follow each other, and none makes the image smaller.

    A rule of style for plain networks: without pooling or strides, every layer computes over the
    whole image, and the last sees little more of it than the first. It is off, since networks for
    segmentation and for enhancing images keep the size with good reason.

    Wrong:
        model M {
            input image: [32, 32, 3]
            image -> repeat 4 { Conv2D(32, 3, padding=same, activation=relu) } -> Flatten
                  -> Dense(10, softmax) as y
            output y
        }

    Right:
        model M {
            input image: [32, 32, 3]
            image -> repeat 4 { Conv2D(32, 3, padding=same, activation=relu) -> MaxPooling2D }
                  -> Flatten -> Dense(10, softmax) as y
            output y
        }

    Source: Nikanjam et al. (NeuraLint), 2021: the area of the image should decrease
    """
    run = 0
    for use in view.of("Conv2D", "SeparableConv2D", "MaxPooling2D", "AveragePooling2D", "Flatten"):
        sizes = [t.shape[1:3] for t in (use.inputs[0], use.outputs[0]) if t is not None]
        kept = use.rule.name.endswith("Conv2D") and len(sizes) == 2 and sizes[0] == sizes[1]
        run = run + 1 if kept else 0
        if run == _MANY:
            report(
                use,
                f"{_MANY} convolutions in a row keep the size of the image",
                "the last of them",
                help="put `MaxPooling2D` between them, or give some `strides=2`",
            )
