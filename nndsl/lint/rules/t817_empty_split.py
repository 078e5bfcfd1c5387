from __future__ import annotations

from nndsl.diagnostic import Label
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View


@rule("error", needs=("train",))
def empty_split(view: View, report: Report) -> None:
    """The part of the data that is held out comes to no sample.

    There would be nothing to validate on, and Keras stops.

    Wrong (with a file of 100 samples):
        model Price {
            input x: [8]
            x -> Dense(16, relu) -> Dense(1) as y
            output y
        }
        train {
            data: npz("plain.npz")
            loss: mse
            validation: 0.001
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
            validation: 0.2
        }

    Source: https://keras.io/api/models/model_training_apis/#fit-method
    """
    assert view.trained is not None
    source, count = view.trained.source, view.trained.samples
    if source is None or view.trained.held_out != 0:
        return
    report(
        view.trained.place("validation"),
        f"{view.trained.held_out_part:g} of {count} samples is not one",
        "nothing to validate on",
        labels=(Label(source.span, f"{count} samples"),),
        expected="a sample at least",
        received="0",
        help="write a larger part, such as `validation: 0.2`",
    )
