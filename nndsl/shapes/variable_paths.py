"""Variables of a model as layouts call them, and where Keras has them.

A layout says `hidden/kernel`: a layer and its variable, with `*` for any part of a name. Keras goes
by regular expressions of whole paths, such as `model/block/lstm/lstm_cell/kernel`; what stands in
front of the layer, the names of models and blocks, differs from style to style.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from nndsl.shapes.model import ShapedModel


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a layer; `place` is where Keras has it in there, `*` for names it counts."""

    layer: str
    name: str
    place: str
    shape: tuple[int, ...]

    @property
    def path(self) -> str:
        return f"{self.layer}/{self.name}"

    @property
    def in_keras(self) -> str:
        """The end of its path in Keras, in every style."""
        return f"{self.layer}/{self.place}"


def variables(shaped: ShapedModel) -> list[Variable]:
    """Return the variables of all layers."""
    return [
        Variable(
            layer.name.rpartition("/")[2], weight.name, weight.path or weight.name, weight.shape
        )
        for layer in shaped.layers
        for weight in layer.weights
        if weight.known
    ]


def matching(pattern: str, known: Iterable[Variable]) -> list[Variable]:
    """Return the variables that a pattern means, name by name."""
    return [one for one in known if _same_names(pattern, one.path)]


def called_by_keras(pattern: str, known: Iterable[Variable]) -> list[Variable]:
    """Return the variables that a pattern names as Keras does, `lstm/lstm_cell/kernel`."""
    return [one for one in known if _meets(pattern, one.in_keras)]


def keras_patterns(pattern: str, known: Collection[Variable]) -> list[str] | None:
    """Return regular expressions that match the paths of what a pattern means, and no others.

    None, where Keras has numbered the names that would tell some variables from others.
    """
    found = matching(pattern, known)
    if not found:  # then it is one of a layer of the user's
        return [_expression(pattern)]
    made: list[str] = []
    for place in dict.fromkeys(one.place for one in found):
        meant = [one for one in found if one.place == place]
        end = f"/{place.rpartition('/')[2]}"
        others = [one for one in known if one not in meant and one.in_keras.endswith(end)]
        layers = {one.layer for one in meant}
        if any(one.layer in layers and _same_names(one.place, place) for one in others):
            return None
        made += _expressions(
            f"{pattern.partition('/')[0]}/{place}",
            sorted({one.in_keras for one in meant}),
            sorted({one.in_keras for one in others}),
        )
    return made


def _expressions(pattern: str, meant: list[str], others: list[str]) -> list[str]:
    """Return the shortest that will do: a pattern for all, or one for each by its whole name."""
    for wanted in ([pattern], meant):
        for front in ("*", ""):
            tried = [front + one.lstrip("*") if front else one for one in wanted]
            if not any(_meets(one, other) for one in tried for other in others):
                return [_expression(one) for one in tried]
    # A layer is called as a part of another one: `query`, beside `attend/query`.
    parts = [other for other in others if any(_meets(one, other) for one in meant)]
    but = "".join(f"(?!{_expression(other)}$)" for other in parts)
    return [but + _expression(one) for one in meant]


def _expression(pattern: str) -> str:
    """Return the expression for paths that end so."""
    if pattern.startswith("*"):
        return ".*" + pattern.lstrip("*").replace("*", "[^/]*")
    return "(.*/)?" + pattern.replace("*", "[^/]*")


def _meets(pattern: str, path: str) -> bool:
    """True if a pattern may match the end of a path in Keras, whatever stands in front of it.

    What is in front of a layer are names of blocks and models, and none is that of a layer.
    """
    wanted, there = pattern.split("/"), path.split("/")
    if len(wanted) > len(there) and "*" not in wanted[0]:
        return False
    return all(map(_may_be_same, reversed(wanted), reversed(there)))


def _same_names(one: str, other: str) -> bool:
    return one.count("/") == other.count("/") and _meets(one, other)


def _may_be_same(one: str, other: str) -> bool:
    """True if two names can be the same, in which `*` stands for any part."""
    if "*" in one and "*" in other:
        (start, *_, end), (start_, *_, end_) = one.split("*"), other.split("*")
        starts = start.startswith(start_) or start_.startswith(start)
        return starts and (end.endswith(end_) or end_.endswith(end))
    return fnmatchcase(one, other) or fnmatchcase(other, one)
