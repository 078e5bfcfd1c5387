from __future__ import annotations

from nndsl import edits
from nndsl.diagnostic import Label
from nndsl.lint.rule import Report, rule
from nndsl.lint.training import CATEGORICAL, CROSSENTROPIES, SPARSE
from nndsl.lint.view import PASSES, View
from nndsl.shapes.model import Use


@rule("warning", needs=("Conv2D", "Conv3D", "MaxPooling2D", "SeparableConv2D"), fixes=True)
def missing_flatten(view: View, report: Report) -> None:
    """A `Dense` at the end of a model gets an image, and answers for every place in it.

    `Dense` works on the last axis alone. Behind convolutions that makes an answer for each place,
    and where one answer is meant for the image, training stops with shapes that do not match, or,
    with `mse`, goes on and learns nothing. `Flatten` or `GlobalAveragePooling2D` in front makes
    one of it.

    A model that gives an answer for every place, such as for segmentation, ends with a
    convolution, `Conv2D(classes, 1, activation=softmax)`, or says by `labels: int(10, shape=[32,
    32])` that it is meant.

    Wrong:
        model Digits {
            input image: [28, 28, 1]
            image -> Conv2D(32, 3, activation=relu) -> MaxPooling2D -> Dense(10, softmax) as digit
            output digit
        }
        train {
            loss: sparse_categorical_crossentropy
        }

    Right:
        model Digits {
            input image: [28, 28, 1]
            image -> Conv2D(32, 3, activation=relu) -> MaxPooling2D -> Flatten
                  -> Dense(10, softmax) as digit
            output digit
        }
        train {
            loss: sparse_categorical_crossentropy
        }

    Source: https://keras.io/api/layers/reshaping_layers/flatten/; Keras: "Argument `output` must
    have rank (ndim) `target.ndim - 1`"
    """
    if view.trained is None:
        return
    for name, head in view.heads.items():
        loss = view.trained.losses.get(name)
        use = head.use
        if loss is None or use is None or head.made is None or head.made.kind != "Dense":
            continue
        labels = view.trained.labels.get(name)
        known = labels is not None and labels.shape is not None
        if head.tensor.rank != use.outputs[0].rank or use.inputs[0].rank < 4 or known:  # type: ignore[union-attr]
            continue
        if loss.name not in CROSSENTROPIES and head.units != 1:
            continue
        first, image = _first_dense(view, use)
        if image is None:
            continue
        report(
            first.span,
            f"`Dense` makes an answer for each place of {first.inputs[0]}",
            f"gives {first.outputs[0]}",
            within=first,
            labels=(
                Label(image.span, f"gives {image.outputs[0]}"),
                *loss.labels("takes one answer for each example"),
            ),
            expected=f"[{head.units}]" if loss.name in CATEGORICAL | SPARSE else None,
            received=f"{head.tensor}" if loss.name in CATEGORICAL | SPARSE else None,
            help="put `Flatten` in front of it",
            fix=edits.fix("put `Flatten` in front", edits.insert_before(first.span, "Flatten")),
        )


def _first_dense(view: View, use: Use) -> tuple[Use, Use | None]:
    """Return the first of the `Dense` layers that end here, and the image that it gets."""
    before = view.before(use)
    while before is not None and before.rule.name in PASSES | {"Dense", "BatchNormalization"}:
        if before.rule.name == "Dense":
            use = before
        before = view.before(before)
    is_image = before is not None and ("Conv" in before.rule.name or "Pooling" in before.rule.name)
    return use, before if is_image else None
