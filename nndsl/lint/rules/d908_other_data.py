from __future__ import annotations

from nndsl import graph
from nndsl.data import DataFile
from nndsl.layers.rule import shape_text
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View


@rule("error", needs=("train",))
def other_data(view: View, report: Report) -> None:
    """The data to validate or test on are not like those to learn from.

    They are read by the same names, and go into the same model. Keras would stop behind the first
    epoch, or at the end of the training.

    Wrong (with a file that has 8 numbers a sample, and one that has 10):
        model Price {
            input x: [8]
            x -> Dense(16, relu) -> Dense(1) as y
            output y
        }
        train {
            data: npz("plain.npz")
            validation_data: npz("wide.npz")
            loss: mse
        }

    Right (with a file that has 8 numbers a sample):
        model Price {
            input x: [8]
            x -> Dense(16, relu) -> Dense(1) as y
            output y
        }
        train {
            data: npz("plain.npz")
            validation_data: npz("plain.npz")
            loss: mse
        }

    Source: docs/training.md, "Data"
    """
    assert view.trained is not None
    first, file = view.trained.source, view.trained.file
    if first is None or file is None or file.problem is not None:
        return
    for source, other in view.trained.others:
        if source.kind != first.kind:
            continue  # which is told by itself
        if other.problem is not None:
            report(source.span, f"`{source.path}` cannot be used: {other.problem}", "this file")
        elif source.kind == "npz":
            _arrays(view, report, source, other, file)
        elif source.kind == "csv":
            _columns(view, report, source, other, file)


def _arrays(
    view: View, report: Report, source: graph.DataSource, other: DataFile, file: DataFile
) -> None:
    assert view.trained is not None
    for keys in view.trained.parts.values():
        for key in keys:
            wanted, found = file.arrays.get(key), other.arrays.get(key)
            if wanted is None:
                continue
            if found is None:
                report(
                    source.span,
                    f"`{source.path}` has no array `{key}`",
                    "read like `data`",
                    expected=f"the array `{key}`",
                    received=", ".join(f"`{name}`" for name in list(other.arrays)[:12]),
                )
            elif wanted.shape[1:] != found.shape[1:]:
                report(
                    source.span,
                    f"`{key}` of `{source.path}` has not the shape of that to learn from",
                    "read like `data`",
                    expected=shape_text((None, *wanted.shape[1:])),
                    received=shape_text((None, *found.shape[1:])),
                )


def _columns(
    view: View, report: Report, source: graph.DataSource, other: DataFile, file: DataFile
) -> None:
    assert view.trained is not None
    used = {key for keys in view.trained.parts.values() for key in keys if key in file.arrays}
    missing = [key for key in file.arrays if key in used and key not in other.arrays]
    body = view.model.body
    rest = len(body.inputs) == 1 and body.inputs[0].name not in source.fields
    more = [key for key in other.arrays if key not in file.arrays] if rest else []
    for what, keys in (("lacks", missing), ("has beside it", more)):
        if keys:
            report(
                source.span,
                f"`{source.path}` {what} the column `{keys[0]}`",
                "read like `data`",
                expected=f"the {len(file.arrays)} columns of `data`",
                received=f"{len(other.arrays)} columns",
            )
            return
