from __future__ import annotations

from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View

_MERGES = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")


@rule("info", needs=_MERGES)
def silent_broadcast(view: View, report: Report) -> None:
    """A merge brings tensors together that differ in size: one is repeated to fit.

    That is wanted where one tensor scales or shifts the channels of another. Where a layer has one
    unit by mistake, it goes unseen: every feature gets the same.

    Wrong:
        model M {
            input x: [20]
            x -> (Dense(16, relu) | Dense(1)) -> Add -> Dense(4, softmax) as y
            output y
        }

    Right:
        model M {
            input x: [20]
            x -> (Dense(16, relu) | Dense(16)) -> Add -> Dense(4, softmax) as y
            output y
        }

    Source: https://keras.io/api/layers/merging_layers/add/
    """
    for use in view.of(*_MERGES):
        last = {tensor.shape[-1] for tensor in use.inputs}
        ranks = {tensor.rank for tensor in use.inputs}
        if len(ranks) != 1 or ranks == {1} or 1 not in last or len(last) != 2:
            continue
        if use.rule.name == "Multiply":
            continue  # a gate, or the weights of attention
        report(
            use,
            f"`{use.rule.name}` repeats a tensor along its last axis",
            "of size 1 in one of them",
            received=", ".join(str(tensor) for tensor in use.inputs),
            help="give both the same number of units, if that was meant",
        )
