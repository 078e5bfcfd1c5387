from __future__ import annotations

from nndsl import edits
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View

_MERGES = ("Add", "Multiply", "Average", "Maximum", "Minimum", "Concatenate")


@rule("warning", needs=_MERGES, fixes=True)
def merge_of_one(view: View, report: Report) -> None:
    """A merge gets one tensor, and gives it back.

    What should be merged with it is missing: a second source in front of the arrow, or a branch of
    a fork.

    Wrong:
        model M {
            input x: [20]
            x -> Dense(16, relu) -> Add -> Dense(4, softmax) as y
            output y
        }

    Right:
        model M {
            input x: [20]
            x -> (Dense(16, relu) | Dense(16)) -> Add -> Dense(4, softmax) as y
            output y
        }

    Source: https://keras.io/api/layers/merging_layers/
    """
    for use in view.of(*_MERGES):
        if len(use.inputs) != 1:
            continue
        report(
            use,
            f"`{use.rule.name}` of one tensor gives it back",
            "one tensor",
            help=f"write the tensors in front of the arrow, `a, b -> {use.rule.name}`, or leave it "
            "out",
            fix=edits.fix("leave it out", edits.remove_stage(use.span), safe=False),
        )
