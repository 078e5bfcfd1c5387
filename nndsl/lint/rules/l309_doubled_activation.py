from __future__ import annotations

from nndsl import edits
from nndsl.diagnostic import Label
from nndsl.lint.activations import LINEAR, activation_of, made_in, place_of_activation
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import DENSE, View
from nndsl.shapes.model import Use

#: Nothing changes in what `relu` gave.
_AFTER_RELU = frozenset({"relu", "leaky_relu", "elu", "selu", "relu6"})
_SQUEEZING = frozenset({"softmax", "sigmoid", "hard_sigmoid"})


@rule("warning", fixes=True)
def doubled_activation(view: View, report: Report) -> None:
    """Two activations follow each other, and one of them is in vain, or does harm.

    Behind `relu`, another `relu` or a `LeakyReLU` does nothing: the latter was most likely meant
    alone. A softmax of probabilities is nearly flat, and a `relu` in front of the last softmax
    takes away half of what it could say.

    Wrong:
        model M {
            input x: [20]
            x -> Dense(64, relu) -> LeakyReLU -> Dense(4, softmax) as y
            output y
        }

    Right:
        model M {
            input x: [20]
            x -> Dense(64) -> LeakyReLU -> Dense(4, softmax) as y
            output y
        }

    Source: Nikanjam et al., "Automatic Fault Detection for Deep Learning Programs Using Graph
    Transformations" (NeuraLint), 2021
    """
    for second in view.uses:
        made = made_in(second)
        after = activation_of(made)
        if after in (None, LINEAR) or made.kind in DENSE or "activation" in _cells(second):
            continue
        first = view.before(second)
        if first is None or view.only_after(first) is not second:
            continue
        inner = made_in(first)
        before = activation_of(inner)
        if before is None or not _in_vain(before, str(after), is_end=view.is_output(second)):
            continue
        in_vain = before == after and after not in _SQUEEZING
        first_alone = inner.kind in ("Activation", "ReLU", "Softmax") or inner.kind[:4] == "ops."
        if in_vain or before == after:
            change = edits.remove_stage(second.span)
        elif first_alone:
            change = edits.remove_stage(first.span)
        else:
            bound = inner.argument("activation")
            change = edits.drop_argument(inner.span, bound) if bound else None
        report(
            made.span,
            f"`{after}` behind `{before}`",
            "changes nothing" if before == "relu" and after in _AFTER_RELU else "squeezes twice",
            within=second,
            labels=(Label(place_of_activation(inner), f"`{before}` is here"),),
            help="leave one of them out",
            fix=edits.fix("leave one of them out", change),
        )


def _in_vain(before: str, after: str, *, is_end: bool) -> bool:
    if before == after and before in _AFTER_RELU | _SQUEEZING:
        return True
    if before == "relu":
        return after in _AFTER_RELU or (is_end and after in ("softmax", "sigmoid"))
    return is_end and before in _SQUEEZING and after in _SQUEEZING


def _cells(use: Use) -> tuple[str, ...]:
    """Return what a recurrent layer has by the name of `activation`: it is inside its cell."""
    return ("activation",) if "recurrent_activation" in use.rule.by_name else ()
