from __future__ import annotations

from nndsl import edits
from nndsl.diagnostic import Label
from nndsl.lint.activations import LINEAR, activation_of, made_in
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import DENSE, View
from nndsl.shapes.model import Use

#: What lies between two layers and leaves them linear.
_BETWEEN = frozenset("Dropout Flatten Reshape Permute Identity SpatialDropout1D".split())
#: A depthwise convolution and the pointwise one behind it are one operation in two steps.
_STEPS = frozenset({"DepthwiseConv1D", "DepthwiseConv2D"})


@rule("warning", needs=tuple(sorted(("Dense", "Conv1D", "Conv2D", "Conv3D"))), fixes=True)
def stacked_linear_layers(view: View, report: Report) -> None:
    """Two layers follow each other with no activation between them: together they are one.

    A sum of products of sums of products is a sum of products. The model has more parameters than
    without the first layer, and can say no more. Between the layers belongs an activation such as
    `relu`.

    It is not told where the first layer is narrower than what comes in and what goes out, as that
    makes the whole of lower rank; before a depthwise convolution's other half; and where
    something else uses what is between them.

    Wrong:
        model M {
            input x: [20]
            x -> Dense(64) -> Dense(4, softmax) as y
            output y
        }

    Right:
        model M {
            input x: [20]
            x -> Dense(64, relu) -> Dense(4, softmax) as y
            output y
        }

    Source: https://keras.io/api/layers/activations/; Nikanjam et al. (NeuraLint), 2021; Schoop et
    al., "UMLAUT: Debugging Deep Learning Programs using Program Structure and Model Behavior", 2021
    """
    for first in view.uses:
        made = made_in(first)
        if made.kind not in DENSE or made.kind in _STEPS or activation_of(made) != LINEAR:
            continue
        second = view.only_after(first)
        while second is not None and second.rule.name in _BETWEEN:
            second = view.only_after(second)
        if second is None or made_in(second).kind not in DENSE or _is_narrow(first, second):
            continue
        if made.only_scales or made_in(second).only_scales:
            continue  # which is meant: LayerScale
        if made_in(second).kind.endswith("Transpose"):
            continue  # which enlarges what the first has found, as in fully convolutional networks
        word = "relu"
        report(
            made.span,
            "two layers without an activation between them are one",
            "no activation",
            within=first,
            labels=(Label(second.span, "takes what it gives"),),
            help=f"give it one, such as `{word}`, or leave it out",
            fix=edits.fix(
                f"add `{word}`", edits.set_argument(made, "activation", word), safe=False
            ),
        )


def _is_narrow(first: Use, second: Use) -> bool:
    """True if the layers together are of lower rank than one would be."""
    sizes = [first.inputs[0].shape[-1]]
    sizes += [use.outputs[0].shape[-1] for use in (first, second) if use.outputs[0]]
    if len(sizes) < 3 or not all(isinstance(size, int) for size in sizes):
        return False
    came, between, goes = sizes
    return between < min(came, goes)  # type: ignore[type-var,operator]
