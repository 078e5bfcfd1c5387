"""Draws Keras's objects for `test_objects.py`: an optimizer, loss, initializer ... right and wrong.

Everything is drawn from the types of the arguments, so a new class needs nothing here.
"""

from __future__ import annotations

from typing import Any

from draws import WRONG, Draw

from nndsl import vocabulary
from nndsl.layers import objects
from nndsl.layers.objects import parameters
from nndsl.layers.rule import BadArgument, LayerError
from nndsl.vocabulary import KerasObject
from nndsl.vocabulary.accepted import REFUSED

#: What is given beside `WRONG` where something else is wanted.
WRONG_OBJECTS = (
    *WRONG,
    "fast",
    "a/b",
    "none",
    "int32",
    1000,
    1e-3,
    [0.2, 0.7],
    KerasObject("regularizers", "L2"),
    KerasObject("optimizers", "SGD"),
    KerasObject("schedules", "CosineDecay", (("initial_learning_rate", 0.1), ("decay_steps", 9))),
)
CLASSES = [
    (kind, name)
    for kind in vocabulary.KINDS
    for name in vocabulary.names(kind)
    if name not in REFUSED
]
#: What a text may give to these by name; other texts are drawn as well.
TEXTS = {
    "filepath": ["best.keras", "best.weights.h5", "{epoch}.keras", "best.h5", "best"],
    "backup_dir": ["backup", ""],
    "monitor": ["val_loss", "loss"],
    "root": ["http://localhost:9000"],
    "path": ["/logs", ""],
    "name": ["part", "part_1", "a b"],
}


class ObjectDraw(Draw):
    """One draw of an object; `wrong` is the argument that was given something else."""

    def object(self, kind: str, name: str, depth: int = 0) -> KerasObject:
        values: dict[str, Any] = {}
        for p in parameters(kind, name).values():
            if p.required or self.chance(0.35):
                values[p.name] = self.value(p.type, None, p.name, depth)  # type: ignore[arg-type]
        if values and depth == 0 and self.chance(0.4):
            self.wrong = self.random.choice(list(values))
            values[self.wrong] = self.random.choice(WRONG_OBJECTS)
        return KerasObject(kind, name, tuple(values.items()))

    def _TextType(self, type_: Any, rule: Any, name: str, depth: int) -> Any:  # noqa: N802
        return self.random.choice(TEXTS.get(name, ["part", "logs", ","]))

    def _ObjectType(self, type_: Any, rule: Any, name: str, depth: int) -> Any:  # noqa: N802
        names = [n for n in vocabulary.names(type_.kind) if n not in REFUSED]
        chosen = self.random.choice(names) if depth < 2 else names[0]
        return self.object(type_.kind, chosen, depth + 1)

    def _OpenType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        low = type_.above if type_.minimum is None else type_.minimum
        high = type_.below if type_.maximum is None else type_.maximum
        low = 0.0 if low is None else low
        drawn = self.random.uniform(low, low + 3.0 if high is None else high)
        return round(drawn, 3) or 0.5

    def _IntType(self, type_: Any, rule: Any, name: str, depth: int) -> Any:  # noqa: N802
        if name == "axis":  # those that the tensors of `object_use.py` have
            return self.random.choice([-1, 0, 1, -2])
        return super()._IntType(type_, rule, name, depth)

    def _FloatType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        return float(self._OpenType(type_, *of))

    def _NestedNumbersType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        return self.random.choice([0.5, -1, 2, [1.0, 2.0, 3.0, 4.0], [[0.5] * 4] * 3])

    def _NothingType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        return None

    def _ProfileType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        return self.random.choice([0, 3, (2, 5), [2, 2]])

    def _ListType(self, type_: Any, rule: Any, name: str, depth: int) -> Any:  # noqa: N802
        if name in ("boundaries", "values"):  # one of them longer, as it has to be
            count = 2 + (name == "values") + self.random.choice([0, 0, 0, 0, 1])
            return sorted(self._many(type_.item, count, rule, name, depth))
        if name == "axis":
            return self.random.choice([[0], [0, 1], [-1], [1, 0]])
        if name in ("input_axes", "output_axes"):
            return self.random.choice([[0], [1], [0, 1], [-1], []])
        return super()._ListType(type_, rule, name, depth)


def draw(kind: str, name: str, number: int, seed: int) -> tuple[KerasObject, str | None]:
    """Return one draw, and the argument that was made wrong."""
    made = ObjectDraw(f"{seed} {kind} {name} {number}")
    return made.object(kind, name), made.wrong


def our_mistakes(made: KerasObject) -> list[tuple[KerasObject, BadArgument | LayerError]]:
    """Return what we refuse of an object and of those in it, each with the one it is of."""
    inner = [v for _, value in made.arguments for v in _flat(value) if isinstance(v, KerasObject)]
    found = [mistake for value in inner for mistake in our_mistakes(value)]
    own = objects.mistakes(made.kind, made.name, dict(made.arguments))
    return [*found, *((made, mistake) for mistake in own)]


def _flat(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return [inner for item in value for inner in _flat(item)]
    return [value]
