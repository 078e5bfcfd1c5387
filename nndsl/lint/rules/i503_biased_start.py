from __future__ import annotations

from nndsl.lint.activations import made_in
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import DENSE, View
from nndsl.vocabulary import KerasObject

_ZERO = frozenset({"zeros", "Zeros"})


@rule("info", needs=tuple(sorted(DENSE)))
def biased_start(view: View, report: Report) -> None:
    """The biases of a hidden layer do not begin at 0.

    With random weights there is no symmetry for them to break, and a bias that begins elsewhere
    moves all units to one side. At the end of a model it may well be what is wanted: the logarithm
    of the odds, where one class is rare. `Dense` of a gate may begin open as well.

    Wrong:
        model M {
            input x: [20]
            x -> Dense(64, relu, bias_initializer=ones) -> Dense(4, softmax) as y
            output y
        }

    Right:
        model M {
            input x: [20]
            x -> Dense(64, relu) -> Dense(4, softmax) as y
            output y
        }

    Source: Goodfellow et al., "Deep Learning", section 8.4; Nikanjam et al. (NeuraLint), 2021
    """
    for use in view.uses:
        made = made_in(use)
        bound = made.argument("bias_initializer")
        if made.kind not in DENSE or bound is None or view.is_output(use):
            continue
        value = made.values.get("bias_initializer")
        name = value.name if isinstance(value, KerasObject) else str(value)
        constant = dict(value.arguments).get("value", 0) if isinstance(value, KerasObject) else None
        if name in _ZERO or (name == "Constant" and constant == 0) or name == "constant":
            continue
        if any(taker.rule.name in ("Multiply", "ops.multiply") for taker in view.after(use)):
            continue
        report(
            bound.value.span,
            f"the biases of this layer begin with `{bound.value.span.text}`",
            "not at 0",
            within=use,
            help="leave `bias_initializer` out",
        )
