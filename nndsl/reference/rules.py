"""Entries of what is declared by a rule: layers, and the operations of `keras.ops`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from nndsl import layers, operations
from nndsl.layers.rule import LayerRule, Parameter
from nndsl.reference.entry import LAYER, OPERATION, Argument, Entry
from nndsl.reference.example import taken_apart
from nndsl.reference.links import layer_link, operation_link
from nndsl.reference.spelling import spelled
from nndsl.vocabulary.versions import SINCE

#: The lists of layers in their order, each with the families or files that make it up: one large
#: family of Keras's is several files here.
_GROUPS = {
    "Core": ("core",),
    "Convolution": ("convolution",),
    "Pooling": ("pooling",),
    "Normalization": ("normalization",),
    "Regularization": ("regularization",),
    "Activation": ("activation",),
    "Merging": ("merging",),
    "Reshaping": ("reshaping",),
    "Recurrent": ("recurrent",),
    "Attention": ("attention",),
    "Preprocessing": ("preprocessing",),
    "Image augmentation": ("augmentation", "color"),
    "Categories and text": ("encoding",),
    "Sound": ("audio",),
}
#: How the titles of the lists of operations begin.
OPERATIONS = "Operations"
_PREFIX = "ops."
_TITLES = {member: title for title, members in _GROUPS.items() for member in members}


def titles() -> tuple[str, ...]:
    """Return the titles of the lists of layers and operations, in order."""
    return (*_GROUPS, *(f"{OPERATIONS}: {family}" for family in operations.FAMILIES))


@cache
def all_rules() -> dict[str, LayerRule]:
    """Return every layer and operation by its names."""
    return {**layers.all_layers(), **operations.all_operations()}


def entry(rule: LayerRule) -> Entry:
    """Return what is said about a layer or operation."""
    summary, notes, example = taken_apart(rule.documentation)
    source = _source(rule, example)
    by_name = _by_name(rule) if source else []
    return Entry(
        kind=OPERATION if _is_operation(rule) else LAYER,
        group=group_of(rule),
        name=rule.name,
        aliases=_aliases(rule),
        summary=summary,
        notes=notes,
        source=source,
        tensors=_arguments(rule, by_name),
        arguments=_arguments(rule, rule.parameters),
        flags=_arguments(rule, rule.flags) if source else (),
        common=_arguments(rule, rule.base),
        example=example,
        link=(
            operation_link(_key(rule))
            if _is_operation(rule)
            else layer_link(rule.name, _file(rule))
        ),
        since=_since(rule),
    )


def group_of(rule: LayerRule) -> str:
    """Return the title of the list that a layer or operation stands in."""
    if _is_operation(rule):
        return f"{OPERATIONS}: {rule.family}"
    file = _file(rule)
    apart = rule.family == "preprocessing" and file in _TITLES
    return _TITLES[file if apart else rule.family]


def summary_of(rule: LayerRule) -> str:
    return taken_apart(rule.documentation)[0]


def usage_of(members: Iterable[LayerRule]) -> str:
    """Return how the operations of a list are written: the first that stands behind an arrow.

    Layers say it themselves.
    """
    for rule in filter(_is_operation, members):
        source = _source(rule, taken_apart(rule.documentation)[2])
        if source is not None:
            return f"{source} -> {rule.name}"
    return ""


def _file(rule: LayerRule) -> str:
    return rule.function.__module__.rpartition(".")[2]


def _aliases(rule: LayerRule) -> tuple[str, ...]:
    return tuple(n for n, other in all_rules().items() if other is rule and n != rule.name)


def _is_operation(rule: LayerRule) -> bool:
    return rule.name.startswith(_PREFIX)


def _key(rule: LayerRule) -> str:
    """Return the name as Keras has it: `mean` for `ops.mean`."""
    return rule.name.removeprefix(_PREFIX)


def _source(rule: LayerRule, example: tuple[str, ...]) -> str | None:
    """Return what stands in front of the arrow; cells of recurrent layers stand behind none.

    The names are those of the example. An operation has all its tensors there, or some of them
    inside the brackets.
    """
    if not example:
        needed = [one.name for one in rule.tensors if one.required]
        return "a, b" if rule.takes_list else ", ".join(needed)
    source, _, stage = example[-1].partition(" -> ")
    return source if stage.partition("(")[0].split(" ")[0] == rule.name else None


def _by_name(rule: LayerRule) -> list[Parameter]:
    """Return the tensors that are given by name; those an operation needs stand at the arrow."""
    others = rule.tensors[1:]
    return [one for one in others if not one.required] if _is_operation(rule) else list(others)


def _arguments(rule: LayerRule, parameters: Iterable[Parameter]) -> tuple[Argument, ...]:
    return tuple(argument(one, _since(rule, one.name)) for one in parameters)


def _since(rule: LayerRule, argument: str = "") -> str | None:
    """Return the first version of Keras that has a layer, an operation, or an argument of it."""
    known = SINCE.get("ops" if _is_operation(rule) else "layers", {})
    return known.get(f"{_key(rule)}.{argument}" if argument else _key(rule))


def argument(parameter: Parameter, since: str | None = None) -> Argument:
    """Return what is said about an argument."""
    takes = parameter.type.description
    if parameter.type.is_tensor:
        takes += "" if parameter.required else ", or nothing"
        return Argument(parameter.name, takes, parameter.required, since=since)
    if parameter.required:
        return Argument(parameter.name, takes, True, since=since)
    default = spelled(parameter.default, parameter.type.words)
    return Argument(parameter.name, takes, False, default, since)
