from __future__ import annotations

from nndsl.diagnostic import Label
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View


@rule("warning", needs=("train",))
def large_batch(view: View, report: Report) -> None:
    """A batch is larger than all the data together.

    Every epoch is then a single step, and few epochs are few steps.

    Wrong (with a file of 100 samples):
        model Price {
            input x: [8]
            x -> Dense(16, relu) -> Dense(1) as y
            output y
        }
        train {
            data: npz("plain.npz")
            loss: mse
            batch_size: 512
        }

    Right (with a file of 100 samples):
        model Price {
            input x: [8]
            x -> Dense(16, relu) -> Dense(1) as y
            output y
        }
        train {
            data: npz("plain.npz")
            loss: mse
            batch_size: 32
        }

    Source: https://keras.io/api/models/model_training_apis/#fit-method
    """
    assert view.trained is not None
    source, file = view.trained.source, view.trained.file
    size = view.trained.number("batch_size")
    if source is None or file is None or size is None:
        return
    counts = [
        file.arrays[key].samples
        for keys in view.trained.parts.values()
        for key in keys
        if key in file.arrays
    ]
    known = [count for count in counts if count is not None]
    if not known or size <= min(known):
        return
    report(
        view.trained.place("batch_size"),
        f"a batch of {size:g}, and {min(known)} samples",
        "larger than all the data",
        labels=(Label(source.span, f"{min(known)} samples"),),
        help="write a smaller one, such as `batch_size: 32`",
    )
