from __future__ import annotations

from nndsl.diagnostic import did_you_mean
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View
from nndsl.suggest import nearest


@rule("error", needs=("train",))
def missing_array(view: View, report: Report) -> None:
    """The data file lacks what the model is to be trained on, or cannot be read.

    The names of inputs and outputs are the names of arrays in an `npz`, of columns in a `csv`, and
    of features in a `tfrecord`, of which the first record is looked at, if nothing else is said:
    `npz("digits.npz", image="x", digit="y")`.

    Wrong (with a file that has the arrays `x` and `y`):
        model Digits {
            input image: [64]
            image -> Dense(10, softmax) as digit
            output digit
        }
        train {
            data: npz("digits.npz")
            loss: sparse_categorical_crossentropy
        }

    Right (with a file that has the arrays `x` and `y`):
        model Digits {
            input image: [64]
            image -> Dense(10, softmax) as digit
            output digit
        }
        train {
            data: npz("digits.npz", image="x", digit="y")
            loss: sparse_categorical_crossentropy
        }

    Source: docs/training.md, "Data"
    """
    assert view.trained is not None
    source, file = view.trained.source, view.trained.file
    if source is None or file is None:
        return
    if file.problem is not None:
        report(source.span, f"`{source.path}` cannot be used: {file.problem}", "this file")
        return
    weight = view.trained.settings.get("sample_weight")
    parts = dict(view.trained.parts)
    if weight is not None:
        parts["sample_weight"] = (weight.text,)
    used = [file.arrays[key] for keys in parts.values() for key in keys if key in file.arrays]
    if any(array.samples == 0 for array in used):
        report(source.span, f"`{source.path}` cannot be used: it has no samples", "this file")
        return
    what = {"npz": "array", "tfrecord": "feature"}.get(source.kind, "column")
    known = ", ".join(f"`{name}`" for name in list(file.arrays)[:12])
    for name, keys in parts.items():
        stored = view.trained.features.get(name)
        for key in keys:
            if key in file.arrays or (stored is not None and stored.varies):
                continue
            guess = nearest(key, file.arrays)
            hint = f'write `{name}="{guess or "..."}"` in `{source.kind}(...)`'
            if name == "sample_weight":
                hint = f"write `sample_weight: {guess or '...'}`, the name of what weighs them"
            report(
                source.span if stored is None else stored.span,
                f"`{source.path}` has no {what} `{key}`",
                f"for `{name}`",
                expected=f"the {what} `{key}`",
                received=known or f"no {what}s",
                help=str(did_you_mean(guess)) if guess and name in source.fields else hint,
            )
