from __future__ import annotations

from nndsl import edits, graph
from nndsl.diagnostic import Label
from nndsl.lint.activations import made_in
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View
from nndsl.shapes.model import Use

_RECURRENT = ("LSTM", "GRU", "SimpleRNN")


@rule("info", needs=_RECURRENT, fixes=True)
def one_step_recurrence(view: View, report: Report) -> None:
    """A recurrent layer over one step: there is nothing that it could remember.

    It begins with a state of zeros, so its recurrent weights are multiplied by 0 and never learn;
    what is left is a `Dense` with some gates. `[1, 20]` is one step of 20 features, `[20, 1]` is 20
    steps of one: the past belongs into the steps. A layer that is given `initial_state`, as in a
    decoder that goes on by one word, has a past, and is not told.

    Wrong:
        model Price {
            input past: [1, 20]
            past -> LSTM(32) -> Dense(1) as price
            output price
        }

    Right:
        model Price {
            input past: [20, 1]
            past -> LSTM(32) -> Dense(1) as price
            output price
        }

    Source: https://keras.io/api/layers/recurrent_layers/lstm/, "`inputs`: a 3D tensor, with shape
    `(batch, timesteps, feature)`"
    """
    for use in view.uses:
        kind = _kind(use)
        if kind is None or isinstance(use.node, graph.SharedNode) or len(use.inputs) != 1:
            continue
        _, steps, *features = use.inputs[0].shape
        if steps != 1 or use.argument("initial_state") is not None:
            continue
        given = view.input_of(use.inputs[0])
        several = given is not None and isinstance(features[-1], int) and features[-1] > 1
        swapped = f"[{features[-1]}, 1]"
        report(
            use,
            f"`{kind}` over one step",
            "its recurrent weights are never used",
            labels=(Label(given.span, "one step"),) if given is not None else (),
            received=f"{use.inputs[0]}",
            help=(
                f"write `{swapped}`, if these are {features[-1]} steps, and reshape the data so"
                if several
                else "give it several steps of the past, or take `Dense`"
            ),
            fix=edits.fix(f"write `{swapped}`", _turned(given), safe=False) if several else None,
        )


def _kind(use: Use) -> str | None:
    """Return which recurrent layer it is, also within `Bidirectional`."""
    made = made_in(use)
    inner = made.argument("layer") if made.kind == "Bidirectional" else None
    if inner is not None and isinstance(inner.value, graph.LayerObject):
        return inner.value.layer.name if inner.value.layer.name in _RECURRENT else None
    return made.kind if made.kind in _RECURRENT and made.span == use.span else None


def _turned(given: graph.Input | None) -> edits.Edits | None:
    """Return the sizes of an input the other way round; None if they are not written there."""
    if given is None or given.dims is None or len(given.dims) != 2:
        return None
    first, last = given.dims
    if first is None or last is None or isinstance(first, str) or isinstance(last, str):
        return None
    return ((first.span, last.span.text), (last.span, first.span.text))
