from __future__ import annotations

from nndsl.diagnostic import Label
from nndsl.lint.activations import made_in
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View

#: The part of all parameters, and how many parameters a model has that is large.
_PART, _LARGE = 0.8, 20_000_000


@rule("info", needs=("Flatten",))
def heavy_flatten(view: View, report: Report) -> None:
    """One `Dense` behind a `Flatten` holds nearly all parameters of a large model.

    Every place of the image has weights of its own there. Such models are slow, fill the memory,
    and learn their examples by heart. `GlobalAveragePooling2D` instead of `Flatten`, or more
    pooling before it, makes them small.

    It is told of models with more than 20 million parameters, of which more than 80 % are in that
    layer.

    Wrong:
        model M {
            input image: [224, 224, 3]
            image -> Conv2D(32, 3, activation=relu) -> MaxPooling2D -> Flatten -> Dense(128, relu)
                  -> Dense(10, softmax) as y
            output y
        }

    Right:
        model M {
            input image: [224, 224, 3]
            image -> Conv2D(32, 3, activation=relu) -> MaxPooling2D -> GlobalAveragePooling2D
                  -> Dense(128, relu) -> Dense(10, softmax) as y
            output y
        }

    Source: Lin et al., "Network In Network", 2013, section 3.2, https://arxiv.org/abs/1312.4400
    """
    every = (view.shaped.trainable or 0) + (view.shaped.non_trainable or 0)
    if every < _LARGE:
        return
    for use in view.uses:
        before = view.before(use)
        if made_in(use).kind != "Dense" or before is None or before.rule.name != "Flatten":
            continue
        here = sum(weight.size for weight in use.weights)
        if here < _PART * every:
            continue
        report(
            use,
            f"{100 * here / every:.0f} % of {every / 1e6:.0f} million parameters are in one layer",
            f"{here:,} weights",
            labels=(Label(before.span, f"gives {before.outputs[0]}"),),
            help="write `GlobalAveragePooling2D` instead of `Flatten`, or pool more before it",
        )
