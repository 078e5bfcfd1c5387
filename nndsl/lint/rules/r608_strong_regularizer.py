from __future__ import annotations

from collections.abc import Iterator

from nndsl import graph
from nndsl.lint.activations import Made, made_in
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View
from nndsl.source import Span
from nndsl.vocabulary import KerasObject

_STRENGTHS = ("l1", "l2")


@rule("warning")
def strong_regularizer(view: View, report: Report) -> None:
    """A regularizer counts as much as the loss, or more.

    Its strength is multiplied with the sum of all weights, or of their squares, which are many.
    From 1 on, the quickest way to a small loss is weights of 0, and nothing is learnt. Usual are
    1e-5 to 1e-2.

    Wrong:
        model M {
            input x: [20]
            x -> Dense(64, relu, kernel_regularizer=L2(1.0)) -> Dense(4, softmax) as y
            output y
        }

    Right:
        model M {
            input x: [20]
            x -> Dense(64, relu, kernel_regularizer=L2(1e-4)) -> Dense(4, softmax) as y
            output y
        }

    Source: https://keras.io/api/layers/regularizers/; Schoop et al., "UMLAUT", 2021
    """
    for use in view.uses:
        for span, strength in _strengths(made_in(use)):
            report(
                span,
                f"a regularizer of strength {strength:g}",
                "outweighs the loss",
                within=use,
                expected="usually 1e-5 to 1e-2",
                help="write a smaller one, such as `L2(1e-4)`",
            )


def _strengths(made: Made) -> Iterator[tuple[Span, float]]:
    """Yield the strengths from 1 on that a layer is given, with their places."""
    for bound in made.arguments:
        value = made.values.get(bound.parameter)
        if not bound.parameter.endswith("regularizer") or not isinstance(value, KerasObject):
            continue
        if value.name not in ("L1", "L2", "L1L2"):
            continue
        for name, strength in value.arguments:
            if name in _STRENGTHS and isinstance(strength, (int, float)) and strength >= 1:
                given = bound.value.arguments if isinstance(bound.value, graph.Object) else ()
                places = (a.value.span for a in given if a.parameter == name)
                yield next(places, bound.value.span), strength
