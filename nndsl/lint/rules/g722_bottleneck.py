from __future__ import annotations

from math import log2

from nndsl.diagnostic import Label
from nndsl.lint.activations import made_in
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import PASSES, View


@rule("warning", needs=("softmax", "Softmax"))
def bottleneck(view: View, report: Report) -> None:
    """A layer is too narrow to tell the classes apart that come behind it.

    Two units that say yes or no tell four classes apart, and ten classes take four units, the
    logarithm of their number to the base 2. What is narrower leaves classes that look alike.

    Wrong:
        model M {
            input x: [64]
            x -> Dense(32, relu) -> Dense(2, relu) -> Dense(10, softmax) as y
            output y
        }

    Right:
        model M {
            input x: [64]
            x -> Dense(32, relu) -> Dense(16, relu) -> Dense(10, softmax) as y
            output y
        }

    Source: Humbatova et al., "Taxonomy of Real Faults in Deep Learning Systems", ICSE 2020 (layer
    with too few neurons)
    """
    for head in view.heads.values():
        if head.activation != "softmax" or head.use is None or head.units is None:
            continue
        before = view.before(head.use)
        while before is not None and before.rule.name in PASSES:
            before = view.before(before)
        if before is None or made_in(before).kind != "Dense" or head.units < 3:
            continue
        units = made_in(before).value("units")
        if not isinstance(units, int) or units >= log2(head.units):
            continue
        report(
            before,
            f"{units} unit{'s' * (units > 1)} in front of {head.units} classes",
            "too few to tell them apart",
            labels=(Label(head.place, f"{head.units} classes"),),
            expected=f"at least {int(-(-log2(head.units) // 1))} units",
            received=f"{units}",
            help="make it wider",
        )
