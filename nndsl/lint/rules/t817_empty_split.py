from __future__ import annotations

from nndsl.diagnostic import Label
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View


@rule("error", needs=("train",))
def empty_split(view: View, report: Report) -> None:
    """The part of the data that is held out comes to no sample.

    There would be nothing to validate on, and Keras stops. Each device of `distribute` needs one.

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
    trained = view.trained
    assert trained is not None
    if trained.source is None or trained.held_out is None or trained.held_out >= trained.shares:
        return
    part = f"{trained.held_out_part:g} of {trained.samples} samples is"
    too_few = f"{part} {trained.held_out}, fewer than there are devices"
    report(
        trained.place("validation"),
        too_few if trained.held_out else f"{part} not one",
        "nothing to validate on" if trained.shares == 1 else "not enough to validate on",
        labels=(Label(trained.source.span, f"{trained.samples} samples"),),
        expected="a sample at least" if trained.shares == 1 else f"{trained.shares} at least",
        received=str(trained.held_out),
        help="write a larger part, such as `validation: 0.2`",
    )
