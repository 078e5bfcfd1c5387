from __future__ import annotations

from collections.abc import Sequence

from nndsl.data.summary import Array
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View

#: More classes than these are not written out.
_MAX_SHOWN = 12


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
    classes = view.trained.value(source.options.get("classes"))
    numbered = set(view.shaped.outputs) if "classes" in source.options else set()
    what = "array" if source.kind == "npz" else "column"
    for name, keys in view.trained.parts.items():
        for key in keys:
            array = file.arrays.get(key)
            if array is None or (array.dtype == "string" and name in strings):
                continue
            if name in numbered:
                expected, found = _of_classes(array, classes or ())
            else:
                expected, found = "numbers", _of_numbers(array)
            if not found:
                continue
            report(
                source.span,
                f"the {what} `{key}` of `{source.path}` {found}",
                f"for `{name}`",
                expected=expected,
                help=_remedy(name, key, array, source.kind, view),
            )


def _of_numbers(array: Array) -> str:
    """Return what an array has beside numbers; "" for nothing."""
    if array.dtype == "object":
        return "holds objects of Python"
    if array.dtype == "string":
        return f'holds texts, such as "{array.first_text}"' if array.texts else "holds texts"
    if array.missing:
        return _empty_cells(array)
    if array.values is not None and array.values.not_finite:
        count = array.values.not_finite
        return f"has NaN or infinite numbers ({count} of {array.values.count})"
    return ""


def _empty_cells(array: Array) -> str:
    return f"has {array.missing} empty cell{'s' if array.missing > 1 else ''}"


def _of_classes(array: Array, classes: Sequence[str]) -> tuple[str, str]:
    """Return the texts that stand for classes, and what a column has beside them."""
    expected = ", ".join(f'"{one}"' for one in classes)
    if array.missing:
        return expected, _empty_cells(array)
    other = next((kind for kind in array.kinds if kind not in classes), None)
    return expected, f'holds "{other}", which is none of the classes' if other and classes else ""


def _remedy(name: str, key: str, array: Array, kind: str, view: View) -> str:
    """Return what to do about it."""
    if kind != "csv" or not array.kinds or array.missing:
        return "replace or drop them before training"
    if name in view.shaped.outputs and len(array.kinds) <= _MAX_SHOWN:
        return f"number them: `classes=[{', '.join(map(_quoted, array.kinds))}]` in `csv(...)`"
    if name in view.shaped.outputs:
        return "number them: name them all in `csv(...)`, `classes=[...]`"
    own = f"input {key if key.isidentifier() else 'kind'}: string[1]"
    return f"give them an input of their own, `{own}`, with `StringLookup` behind it"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
