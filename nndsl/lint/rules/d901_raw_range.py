from __future__ import annotations

from nndsl import edits
from nndsl.diagnostic import Label
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View
from nndsl.shapes.model import Use

_LARGE = 50.0
#: Layers that bring values of any size into a small range, or take them for numbers of something.
_SCALES = frozenset(
    "Rescaling Normalization BatchNormalization LayerNormalization GroupNormalization"
    " UnitNormalization RMSNormalization Discretization Hashing IntegerLookup CategoryEncoding"
    " Embedding ops.divide ops.multiply ops.log ops.log1p ops.tanh StringLookup".split()
)
#: Layers that leave values as large as they are.
_KEEPS = frozenset(
    "Reshape Flatten Permute Resizing CenterCrop RandomFlip RandomRotation RandomZoom RandomCrop"
    " RandomTranslation ZeroPadding2D ZeroPadding1D Dropout GaussianNoise ops.subtract ops.cast"
    " MaxPooling2D AveragePooling2D Identity Concatenate ops.add Masking".split()
)


@rule("warning", needs=("train",), fixes=True)
def raw_range(view: View, report: Report) -> None:
    """Large numbers go into a layer with weights as they are.

    Weights begin small, for inputs around 0 and 1. Pixels up to 255, or prices up to 100000, make
    activations and gradients hundreds of times as large: the first steps destroy what the weights
    began with, sigmoids saturate, and the loss jumps or becomes NaN. `Rescaling` and
    `Normalization` bring them down, in the model, so that it does the same when it is used.

    The range is declared by `inputs: image=real(0, 255)`, or read from the data file.

    Wrong:
        model Digits {
            input image: [28, 28]
            image -> Flatten -> Dense(64, relu) -> Dense(10, softmax) as digit
            output digit
        }
        train {
            inputs: real(0, 255)
            loss: sparse_categorical_crossentropy
        }

    Right:
        model Digits {
            input image: [28, 28]
            image -> Rescaling(1 / 255) -> Flatten -> Dense(64, relu) -> Dense(10, softmax) as digit
            output digit
        }
        train {
            inputs: real(0, 255)
            loss: sparse_categorical_crossentropy
        }

    Source: https://keras.io/api/layers/preprocessing_layers/; Schoop et al., "UMLAUT", 2021
    """
    assert view.trained is not None
    for number, given in enumerate(view.model.body.inputs):
        facts = view.trained.inputs.get(given.name)
        if facts is None or facts.low is None or facts.high is None:
            continue
        largest = max(abs(facts.low), abs(facts.high))
        if largest <= _LARGE or facts.form in ("int", "one_hot", "multi_hot", "binary"):
            continue
        taker = _first_with_weights(view, -1 - number)
        if taker is None:
            continue
        first = next(u for u in view.uses if (-1 - number, 0) in [t.origin for t in u.inputs])
        scale = f"Rescaling(1 / {largest:g})" if facts.low >= 0 else "Normalization"
        change = None
        if facts.low >= 0 and len(first.inputs) == 1:
            change = edits.insert_before(first.span, scale)
        report(
            given.span,
            f"`{given.name}` goes up to {largest:g}, and into a layer as it is",
            "large numbers",
            labels=(
                *facts.shown(),
                *((Label(taker.span, "takes them"),) if taker.span is not given.span else ()),
            ),
            received=f"{facts.low:g} to {facts.high:g}",
            help=f"put `{scale}` behind it",
            fix=edits.fix(f"put `{scale}` behind it", change),
        )


def _first_with_weights(view: View, index: int) -> Use | None:
    """Return the first layer with weights that gets an input as it is."""
    waiting = [use for use in view.uses if index in [t.origin[0] for t in use.inputs if t.origin]]
    for _ in range(20):
        following: list[Use] = []
        for use in waiting:
            if use.rule.name in _SCALES:
                continue
            if use.weights:
                return use
            if use.rule.name in _KEEPS:
                following += view.after(use)
        waiting = following
    return None
