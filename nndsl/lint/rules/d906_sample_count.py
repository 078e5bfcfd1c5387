from __future__ import annotations

from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View


@rule("error", needs=("train",))
def sample_count(view: View, report: Report) -> None:
    """The arrays of a data file have different numbers of samples.

    Row by row, inputs belong to labels. Keras stops with "Data cardinality is ambiguous".

    Wrong (with a file that has 100 rows of `x` and 90 of `y`):
        model Price {
            input x: [8]
            x -> Dense(16, relu) -> Dense(1) as y
            output y
        }
        train {
            data: npz("uneven.npz")
            loss: mse
        }

    Right (with a file that has 100 rows of `x` and of `y`):
        model Price {
            input x: [8]
            x -> Dense(16, relu) -> Dense(1) as y
            output y
        }
        train {
            data: npz("plain.npz")
            loss: mse
        }

    Source: https://keras.io/api/models/model_training_apis/#fit-method
    """
    assert view.trained is not None
    source, file = view.trained.source, view.trained.file
    if source is None or file is None or source.kind != "npz":
        return
    keys = [key for keys in view.trained.parts.values() for key in keys if key in file.arrays]
    counts = {key: file.arrays[key].samples for key in keys}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"`{key}` {count}" for key, count in counts.items())
        report(
            source.span,
            f"the arrays of `{source.path}` have different numbers of samples",
            "row by row they belong together",
            expected="as many of each",
            received=told,
        )
