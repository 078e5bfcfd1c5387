"""What is said of a feature of a TFRecord: `image=image("image/encoded")`, `digit=int64`."""

from __future__ import annotations

from nndsl import graph
from nndsl.diagnostic import did_you_mean
from nndsl.layers.argument_types import TextType
from nndsl.resolve.expressions import Slot, bind
from nndsl.resolve.keras_parts import text_of
from nndsl.resolve.scope import Scope
from nndsl.resolve.setting_reports import wrong_value
from nndsl.syntax import tree
from nndsl.training.features import FEATURES, MEANT

_NAME = "feature"


def resolve_feature(
    scope: Scope, owner: str, value: tree.Expression
) -> tuple[str, graph.Declared] | None:
    """Return what the feature of an input or output is called, and how it is stored.

    The name is "" where it is that of the input or output; None if it is not understood.
    """
    text = text_of(scope, value)
    if text:
        return text, graph.Declared(value.span, "", {})
    if isinstance(value, tree.Reference):
        word, place, given = value.name, value.span, None
    elif isinstance(value, tree.Call):
        word, place, given = value.callee.text, value.callee.span, value.arguments
    else:
        wrong_value(scope.reporter, value.span, owner, _expected())
        return None
    kind = FEATURES.get(word)
    if kind is None:
        known = MEANT.get(word.lower()) or scope.reporter.guess(word, FEATURES)
        wrong_value(scope.reporter, place, owner, _expected(), did_you_mean(known))
        return None
    unnamed = given is not None and given and given[0].name is None
    named = unnamed and given and text_of(scope, given[0].value) is not None
    slots = [
        Slot(_NAME, False, TextType("the name of a feature, in quotes"), not named),
        *(Slot(name, name == "dtype", type_) for name, type_ in kind.takes.items()),
    ]
    if not named:
        slots.append(slots.pop(0))
    bound = bind(scope, word, place, given or (), slots)
    if not bound.whole:
        return None
    arguments = {argument.parameter: argument.value for argument in bound.arguments}
    name = arguments.pop(_NAME, None)
    if isinstance(name, graph.ConstantUse):
        name = name.constant.value
    if name is not None and not (isinstance(name, graph.Literal) and isinstance(name.value, str)):
        wrong_value(scope.reporter, name.span, owner, "the name of a feature, in quotes")
        return None
    return str(name.value) if name is not None else "", graph.Declared(value.span, word, arguments)


def _expected() -> str:
    return ", ".join(f"`{word}`" for word in FEATURES)
