from __future__ import annotations

from nndsl import edits
from nndsl.diagnostic import Label
from nndsl.lint.activations import made_in
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View

_LAYERS = ("Conv2D", "SeparableConv2D", "MaxPooling2D", "AveragePooling2D")


@rule("warning", needs=_LAYERS, fixes=True)
def channels_seem_first(view: View, report: Report) -> None:
    """An input looks like an image with its channels first, and a layer takes them last.

    `[3, 224, 224]` is PyTorch's order. Read with the channels last, it is 3 rows of 224 places with
    224 channels: the model is built, often trains, and learns little.

    Wrong:
        model M {
            input image: [3, 64, 64]
            image -> Conv2D(8, 3, padding=same, activation=relu) -> Flatten -> Dense(10) as y
            output y
        }

    Right:
        model M {
            input image: [64, 64, 3]
            image -> Conv2D(8, 3, padding=same, activation=relu) -> Flatten -> Dense(10) as y
            output y
        }

    Source: https://keras.io/api/layers/convolution_layers/convolution2d/, `data_format`
    """
    if "S106" in view.told:
        return
    for use in view.uses:
        made = made_in(use)
        given = view.input_of(use.inputs[0]) if use.inputs else None
        if made.kind not in _LAYERS or given is None:
            continue
        shape = use.inputs[0].shape[1:]
        if made.value("data_format") == "channels_first" or len(shape) != 3:
            continue
        first, height, width = shape
        if first not in (1, 3, 4) or not isinstance(height, int) or height != width or height < 16:
            continue
        report(
            given.span,
            f"the channels of `{given.name}` seem to come first",
            f"{made.kind} takes {width} channels",
            within=use,
            labels=(Label(made.span, "takes the last axis for the channels"),),
            help=f"write `[{height}, {width}, {first}]` and turn the data, or put "
            "`Permute([2, 3, 1])` behind the input",
            fix=edits.fix(
                "put `Permute([2, 3, 1])` behind the input",
                edits.insert_before(use.span, "Permute([2, 3, 1])"),
            ),
        )
