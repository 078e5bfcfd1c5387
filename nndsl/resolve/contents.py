"""What numbers are like, as it is declared in `labels` and `inputs` of a training section."""

from __future__ import annotations

from nndsl import graph
from nndsl.diagnostic import did_you_mean
from nndsl.resolve.expressions import Slot, bind
from nndsl.resolve.scope import Scope
from nndsl.syntax import tree
from nndsl.training.contents import CONTENTS, MEANT, REQUIRED


def resolve_contents(
    scope: Scope, setting: tree.Setting, values: dict[str, tree.Expression]
) -> dict[str, graph.Declared] | None:
    """Return the declarations by the names of outputs or inputs."""
    found = {name: _declared(scope, setting, value) for name, value in values.items()}
    return {name: one for name, one in found.items() if one is not None} or None


def _declared(scope: Scope, setting: tree.Setting, value: tree.Expression) -> graph.Declared | None:
    """Return what a word, with arguments or without, declares."""
    if isinstance(value, tree.Reference):
        word, place, given = value.name, value.span, None
    elif isinstance(value, tree.Call):
        word, place, given = value.callee.text, value.callee.span, value.arguments
    else:
        _refuse(scope, setting, value)
        return None
    if word not in CONTENTS:
        known = MEANT.get(word.lower()) or scope.reporter.guess(word, CONTENTS)
        scope.reporter.error(
            "T804",
            place,
            f"wrong value for `{setting.name.text}`",
            "not known",
            expected=_expected(),
            help=did_you_mean(known),
        )
        return None
    slots = [Slot(name, name in REQUIRED, type_) for name, type_ in CONTENTS[word].items()]
    bound = bind(scope, word, place, given or (), slots)
    if not bound.whole:
        return None
    arguments = {argument.parameter: argument.value for argument in bound.arguments}
    return graph.Declared(value.span, word, arguments)


def _refuse(scope: Scope, setting: tree.Setting, value: tree.Expression) -> None:
    scope.reporter.error(
        "T804",
        value.span,
        f"wrong value for `{setting.name.text}`",
        "does not fit",
        expected=_expected(),
    )


def _expected() -> str:
    return "`binary`, `int(10)`, `one_hot(10)`, `multi_hot(10)` or `real(0, 1)`"
