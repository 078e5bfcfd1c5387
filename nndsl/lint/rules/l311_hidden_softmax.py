from __future__ import annotations

from nndsl.diagnostic import Label
from nndsl.lint.activations import activation_of, made_in, place_of_activation
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import DENSE, PASSES, View
from nndsl.shapes.model import Use

#: What may lie between a softmax and the layer that takes it.
_BETWEEN = PASSES | {"BatchNormalization", "LayerNormalization", "GaussianNoise"}


@rule("warning", needs=("softmax", "Softmax"))
def hidden_softmax(view: View, report: Report) -> None:
    """A softmax stands in the middle of a model, in front of a layer with weights.

    It makes the units of a layer compete: if one is large all others are near 0, and what they had
    found is lost to the next layer, as most gradients are. Hidden layers take `relu` or the like.
    As weights of attention, which are multiplied with something, a softmax is right.

    Wrong:
        model M {
            input x: [20]
            x -> Dense(64, softmax) -> Dense(4, softmax) as y
            output y
        }

    Right:
        model M {
            input x: [20]
            x -> Dense(64, relu) -> Dense(4, softmax) as y
            output y
        }

    Source: https://keras.io/api/layers/activations/#softmax-function; Humbatova et al., "Taxonomy
    of Real Faults in Deep Learning Systems", ICSE 2020 (wrong type of activation function)
    """
    for use in view.uses:
        made = made_in(use)
        if activation_of(made) != "softmax" or made.value("axis") not in (None, -1):
            continue
        taker = _taker(view, use)
        if taker is None or made_in(taker).kind not in DENSE:
            continue
        report(
            place_of_activation(made),
            "a softmax in front of a layer with weights",
            "in the middle of the model",
            within=use,
            labels=(Label(taker.span, "takes the probabilities"),),
            help="write `relu`; a softmax belongs at the end, or multiplied with something",
        )


def _taker(view: View, use: Use) -> Use | None:
    """Return the only layer that takes what a softmax gives, if nothing else does."""
    taker = view.only_after(use)
    while taker is not None and taker.rule.name in _BETWEEN:
        taker = view.only_after(taker)
    return taker
