from __future__ import annotations

from nndsl.diagnostic import Label
from nndsl.lint.activations import made_in
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View

_CONVOLUTIONS = frozenset({"Conv1D", "Conv2D", "Conv3D", "SeparableConv2D"})


@rule("info", needs=tuple(sorted(_CONVOLUTIONS)), default=False)
def narrowing_then_widening(view: View, report: Report) -> None:
    """A convolution has fewer filters than the one before it, which has the same size of image.

    A rule of style for plain networks: deeper layers see more of the image and combine more, and
    have more filters. It is off, since bottlenecks, inverted residuals, decoders and U-Nets do the
    opposite with good reason.

    Wrong:
        model M {
            input image: [32, 32, 3]
            image -> Conv2D(64, 3, activation=relu) -> Conv2D(32, 3, activation=relu) -> Flatten
                  -> Dense(10, softmax) as y
            output y
        }

    Right:
        model M {
            input image: [32, 32, 3]
            image -> Conv2D(32, 3, activation=relu) -> Conv2D(64, 3, activation=relu) -> Flatten
                  -> Dense(10, softmax) as y
            output y
        }

    Source: Nikanjam et al. (NeuraLint), 2021: the number of filters should not decrease
    """
    for use in view.uses:
        before = view.before(use)
        if before is None or view.only_after(before) is not use:
            continue
        made, earlier = made_in(use), made_in(before)
        if made.kind not in _CONVOLUTIONS or earlier.kind not in _CONVOLUTIONS:
            continue
        now, then = made.value("filters"), earlier.value("filters")
        if not (isinstance(now, int) and isinstance(then, int)) or now >= then:
            continue
        report(
            use,
            f"{now} filters behind {then}",
            "fewer",
            labels=(Label(before.span, "more"),),
            help="let the number of filters grow with the depth",
        )
