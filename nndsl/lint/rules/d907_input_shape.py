from __future__ import annotations

from nndsl.diagnostic import Label
from nndsl.layers.rule import shape_text
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View


@rule("error", needs=("train",))
def input_shape(view: View, report: Report) -> None:
    """The data have another shape than the input that takes them.

    Keras stops at the first step, or adds or takes away an axis of size 1, which may be what is
    wanted: `[28, 28]` goes into `[28, 28, 1]`, and the other way round. That is not told.

    Wrong (with a file in which `x` has rows of 10 numbers):
        model Price {
            input x: [8]
            x -> Dense(16, relu) -> Dense(1) as y
            output y
        }
        train {
            data: npz("wide.npz")
            loss: mse
        }

    Right (with a file in which `x` has rows of 10 numbers):
        model Price {
            input x: [10]
            x -> Dense(16, relu) -> Dense(1) as y
            output y
        }
        train {
            data: npz("wide.npz")
            loss: mse
        }

    Source: https://keras.io/api/models/model_training_apis/#fit-method
    """
    assert view.trained is not None
    file = view.trained.file
    keys = [key for keys in view.trained.parts.values() for key in keys]
    if file is not None and any(key not in file.arrays for key in keys):
        return  # a missing column is told by itself, and the others would be miscounted
    for given in view.model.body.inputs:
        facts = view.trained.inputs.get(given.name)
        tensor = view.shaped.inputs.get(given.name)
        if facts is None or tensor is None or facts.shape is None:
            continue
        wanted, found = tensor.shape[1:], facts.shape
        if _fits(wanted, found) or (facts.file and file is None):
            continue
        report(
            given.span,
            f"`{given.name}` is not of the shape of the data",
            f"takes {shape_text((None, *wanted))}",
            labels=(Label(facts.span, f"has {shape_text((None, *found))}"),),
            expected=shape_text((None, *wanted)),
            received=shape_text((None, *found)),
            help=f"write `{shape_text((None, *found))}`, or reshape the data",
        )


def _fits(wanted: tuple[object, ...], found: tuple[int | None, ...]) -> bool:
    plain = tuple(found[:-1]) if found and found[-1] == 1 else tuple(found)
    short = tuple(wanted[:-1]) if wanted and wanted[-1] == 1 else tuple(wanted)
    for a, b in ((tuple(wanted), tuple(found)), (short, plain)):
        if len(a) == len(b) and all(
            x == y or not (isinstance(x, int) and isinstance(y, int))
            for x, y in zip(a, b, strict=True)
        ):
            return True
    return False
