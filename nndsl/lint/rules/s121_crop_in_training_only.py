from __future__ import annotations

from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View
from nndsl.shapes.model import Use

#: Behind these the size is the same, whatever it was.
_SETTLES = frozenset(
    "CenterCrop Resizing GlobalAveragePooling2D GlobalMaxPooling2D AdaptiveAveragePooling2D"
    " AdaptiveMaxPooling2D".split()
)
#: These are made for one size.
_FIXED = frozenset({"Flatten", "Reshape", "Add", "Concatenate", "Multiply", "Average"})


@rule("warning", needs=("RandomCrop",))
def crop_in_training_only(view: View, report: Report) -> None:
    """Images are cropped in training alone, and what follows is made for the smaller ones.

    Outside of training `RandomCrop` gives images back as they came, though Keras tells the size of
    the part: what is behind it is built for that, and fails when the model is evaluated or used.
    `CenterCrop` behind it does nothing in training, and takes the middle else.

    Wrong:
        model M {
            input image: [32, 32, 3]
            image -> RandomCrop(28, 28) -> Conv2D(8, 3, strides=2, activation=relu) -> Flatten
                  -> Dense(10, softmax) as y
            output y
        }

    Right:
        model M {
            input image: [32, 32, 3]
            image -> RandomCrop(28, 28) -> CenterCrop(28, 28)
                  -> Conv2D(8, 3, strides=2, activation=relu) -> Flatten -> Dense(10, softmax) as y
            output y
        }

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_crop/
    """
    for use in view.of("RandomCrop"):
        taken, given = use.inputs[0], use.outputs[0]
        if taken is None or given is None or taken.shape == given.shape:
            continue
        if _needs_the_size(view, use):
            size = f"{use.value('height')}, {use.value('width')}"
            report(
                use,
                "`RandomCrop` crops in training alone",
                "else images stay as they are",
                help=f"put `CenterCrop({size})` behind it",
            )


def _needs_the_size(view: View, use: Use) -> bool:
    """Return whether something that is made for one size, or an output, lies behind a use."""
    waiting, seen = [use], {use.index}
    while waiting:
        one = waiting.pop()
        if view.is_output(one):
            return True
        for after in view.after(one):
            if after.rule.name in _FIXED:
                return True
            if after.rule.name not in _SETTLES and after.index not in seen:
                seen.add(after.index)
                waiting.append(after)
    return False
