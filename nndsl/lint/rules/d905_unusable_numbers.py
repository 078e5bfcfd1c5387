from __future__ import annotations

from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View


@rule("error", needs=("train",))
def unusable_numbers(view: View, report: Report) -> None:
    """The data file holds what no model learns from: NaN, infinite numbers, empty cells, texts.

    One NaN among the inputs makes the loss NaN in its batch, and all weights with it. Texts in a
    column have to be numbered first, and empty cells filled.

    Wrong (with a file in which the array `x` holds a NaN):
        model Price {
            input x: [8]
            x -> Dense(16, relu) -> Dense(1) as y
            output y
        }
        train {
            data: npz("nan.npz")
            loss: mse
        }

    Right (with a file in which the array `x` holds numbers alone):
        model Price {
            input x: [8]
            x -> Dense(16, relu) -> Dense(1) as y
            output y
        }
        train {
            data: npz("plain.npz")
            loss: mse
        }

    Source: https://keras.io/api/callbacks/terminate_on_nan/
    """
    assert view.trained is not None
    source, file = view.trained.source, view.trained.file
    if source is None or file is None or view.trained.features:
        return
    strings = {name for name, tensor in view.shaped.inputs.items() if tensor.dtype == "string"}
    numbered = set(view.shaped.outputs) if "classes" in source.options else set()
    what = "array" if source.kind == "npz" else "column"
    for name, keys in view.trained.parts.items():
        for key in keys:
            array = file.arrays.get(key)
            if array is None:
                continue
            if array.dtype == "object":
                found = "holds objects of Python"
            elif array.dtype == "string" and name in strings | numbered:
                continue
            elif array.dtype == "string":
                found = (
                    f'holds texts, such as "{array.first_text}"' if array.texts else "holds texts"
                )
            elif array.missing:
                found = f"has {array.missing} empty cell{'s' if array.missing > 1 else ''}"
            elif array.values is not None and array.values.not_finite:
                count = array.values.not_finite
                found = f"has NaN or infinite numbers ({count} of {array.values.count})"
            else:
                continue
            report(
                source.span,
                f"the {what} `{key}` of `{source.path}` {found}",
                f"for `{name}`",
                expected="numbers",
                help="replace or drop them before training",
            )
