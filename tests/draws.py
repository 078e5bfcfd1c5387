"""Draws cases for `test_differential.py`: a layer's tensors and arguments, right and wrong.

Everything is drawn from the `ArgumentType`s of the layer's signature, so a new layer needs nothing
here. A draw is found again by its layer, number and seed; `shrink` makes a failing one small.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from parity_cases import Case, T

from nndsl import vocabulary
from nndsl.layers import all_layers, argument_types
from nndsl.layers.argument_types import ArgumentType
from nndsl.layers.cells import CELLS
from nndsl.layers.rule import LayerRule, LayerValue, Parameter
from nndsl.layers.wrappers import READERS
from nndsl.vocabulary import KerasObject

RULES = {rule.name: rule for rule in all_layers().values()}
DTYPES = ["float32"] * 12 + ["int32"] * 3 + ["float64", "float16", "int64", "uint8", "bool"]
#: What is given where something else is wanted.
WRONG = ("zz", "", -1, 0, -7, 1, 2.5, -0.5, 50.0, True, None, (), [1], (1, 2), [1, 2, 3], ["zz"])
#: Texts that mean something; other texts are drawn from all of these.
TEXTS = {
    "equation": ["ab,bc->ac", "abc,cd->abd", "...b,bc->...c", "ab...,bc->ac...", "abc,cde->abde"],
    "vocabulary": ["a", "b", "c", "1", "2", "[UNK]"],
    "window": ["hann", "hamming", "boxcar"],
    "bias_axes": ["c", "d", "b", "de", "ac"],
}
#: Layers that mean something as an argument of these; others are drawn as well.
INSIDE = {
    "Bidirectional": READERS,
    "RNN": CELLS,
    "StackedRNNCells": CELLS,
    "SpectralNormalization": ("Dense", "Conv1D", "Conv2D", "EinsumDense", "Embedding"),
}
SHARE_OF_OPTIONAL = 0.2


class Draw:
    """One draw; `wrong` is the argument that was given something else than it wants."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)
        self.wrong: str | None = None

    # ---- Cases

    def case(self, rule: LayerRule) -> Case:
        """Return a case of a layer; a cell is drawn inside an RNN, as it stands nowhere else."""
        values = self.arguments(rule, 0)
        if rule.name in CELLS:
            cell = LayerValue(rule, tuple(values.items()))
            rule = RULES["RNN"]
            values = {**self.arguments(rule, 0), "cell": cell}
        return Case(rule.name, self.tensors(rule, values), values)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def arguments(self, rule: LayerRule, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for parameter in rule.parameters:
            if parameter.required or self.chance(SHARE_OF_OPTIONAL):
                values[parameter.name] = self.value(parameter.type, rule, parameter.name, depth)
        for parameter in (*rule.flags, *rule.base) if depth == 0 else rule.base:
            if self.chance(0.04):
                values[parameter.name] = self.value(parameter.type, rule, parameter.name, depth)
        if values and self.wrong is None and self.chance(0.12):
            self.wrong = self.random.choice(list(values))
            if isinstance(rule.by_name[self.wrong].type, argument_types.AnyType):
                return values  # it takes anything, which only Keras reads
            values[self.wrong] = self.random.choice(WRONG)
        return values

    # ---- Tensors

    def tensors(self, rule: LayerRule, values: dict[str, Any]) -> dict[str, T | list[T]]:
        first, *others = rule.tensors
        sizes = [v for v in values.values() if isinstance(v, int) and 0 < v < 10]
        tensor = T(self.shape(), self.dtype(rule))
        made: dict[str, T | list[T]] = {first.name: tensor}
        if rule.takes_list:
            count = self.random.choice([2, 2, 2, 3, 1, 4])
            made[first.name] = [tensor, *(self.like(tensor) for _ in range(count - 1))]
        for parameter in others:
            if parameter.required or self.chance(0.15):
                made[parameter.name] = self.other(parameter, tensor, sizes)
        return made

    def dtype(self, rule: LayerRule) -> str:
        if self.chance(0.3 if rule.family == "preprocessing" else 0.01):
            return "string"
        return self.random.choice(DTYPES)

    def shape(self) -> tuple[int | None, ...]:
        rank = self.random.choice([0, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5])
        return tuple(self.size() for _ in range(rank))

    def size(self) -> int | None:
        if self.chance(0.12):
            return None
        return self.random.randint(1, 9) if self.chance(0.9) else self.random.randint(10, 40)

    def like(self, tensor: T) -> T:
        """Return a tensor that often fits to another."""
        shape = list(tensor.shape)
        if shape and self.chance(0.4):
            shape[self.random.randrange(len(shape))] = self.random.choice([1, self.size(), None])
        if self.chance(0.1):
            shape = shape[1:]
        if self.chance(0.05):
            return T(self.shape(), tensor.dtype)
        return T(tuple(shape), tensor.dtype if self.chance(0.9) else self.random.choice(DTYPES))

    def other(self, parameter: Parameter, first: T, sizes: list[int]) -> T | list[T]:
        """Return a tensor that is given by name."""
        if "mask" in parameter.name:
            shape = first.shape[: self.random.choice([1, 1, 1, 2])]
            mask = T(shape, "bool" if self.chance(0.9) else "float32")
            many = getattr(parameter.type, "several", False)
            return [mask] * self.random.choice([1, 2, 2, 3]) if many else mask
        if getattr(parameter.type, "several", False):
            size = self.random.choice([*sizes, *sizes, *sizes, self.random.randint(1, 9)])
            lead = first.shape[1:-1] if self.chance(0.5) and len(first.shape) > 2 else ()
            return [T((*lead, size))] * self.random.choice([1, 1, 2, 2, 4])
        return self.like(first)

    # ---- Values

    def value(self, type_: ArgumentType, rule: LayerRule, name: str, depth: int) -> Any:
        """Return what an argument of this type accepts."""
        if isinstance(type_, argument_types.OptionalType) and self.chance(0.25):
            return None
        for kind in type(type_).__mro__:
            method: Callable[..., Any] | None = getattr(self, f"_{kind.__name__}", None)
            if method is not None:
                return method(type_, rule, name, depth)
        raise TypeError(f"no way to draw a {type(type_).__name__}")

    def _OptionalType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        return self.value(type_.inner, *of)

    def _AnyType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        return None

    def _BoolType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        return self.chance(0.5)

    def _IntType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        if type_.minimum is None:
            return self.random.randint(-4, 5)
        return type_.minimum + self.random.choice([0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 8])

    def _OddType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        return self.random.choice([1, 3, 5])

    def _NumberType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        low = -2.5 if type_.minimum is None else type_.minimum
        high = low + 5 if type_.maximum is None else type_.maximum
        return self.random.choice([low, high, round(self.random.uniform(low, high), 3), 1, 0.5])

    def _TextType(self, type_: Any, rule: Any, name: str, depth: int) -> Any:  # noqa: N802
        return self.random.choice(TEXTS.get(name) or [t for many in TEXTS.values() for t in many])

    def _ChoiceType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        word = self.random.choice(type_.words)
        return word.upper() if type_.ignore_case and self.chance(0.1) else word

    def _EitherType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        return self.value(self.random.choice(type_.choices), *of)

    def _ListType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        return self._many(type_.item, self.random.choice([0, 1, 1, 2, 2, 3]), *of)

    def _TupleType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        return tuple(self._ListType(type_, *of))

    def _PairType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        pair = self._many(type_.items.item, 2, *of)
        return type(pair)(sorted(pair)) if self.chance(0.8) else pair

    def _SpatialType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        one = argument_types.IntType("", type_.item.minimum)
        if self.chance(0.6):
            return min(self.value(one, *of), 4)
        return self._many(one, type_.rank, *of)

    def _MarginsType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        count = 2 if type_.rank == 1 else type_.rank
        if type_.rank == 1 or self.chance(0.5):
            return self._SpatialType(argument_types.SpatialType(count, 0), *of)
        return self._many(argument_types.SpatialType(2, 0), count, *of)

    def _LayerType(self, type_: Any, rule: LayerRule, name: str, depth: int) -> Any:  # noqa: N802
        names = INSIDE.get(rule.name, tuple(RULES)) if self.chance(0.9) else tuple(RULES)
        if depth > 1:
            names = ("Dense", "LSTM", "GRUCell")
        inner = RULES[self.random.choice(names)]
        return LayerValue(inner, tuple(self.arguments(inner, depth + 1).items()))

    def _KerasType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        if self.chance(0.7):
            return self.random.choice(vocabulary.identifiers(type_.kind))
        whole = [
            name
            for name in vocabulary.names(type_.kind)
            if all(d is not vocabulary.REQUIRED for _, d in vocabulary.signature(type_.kind, name))
        ]
        if type_.kind == "activations":
            return self.random.choice(whole)
        return KerasObject(type_.kind, self.random.choice(whole))

    def _many(self, item: ArgumentType, count: int, *of: Any) -> Any:
        values = [self.value(item, *of) for _ in range(count)]
        return tuple(values) if self.chance(0.5) else values


def draw(layer: str, number: int, seed: int, accepts: Callable[[Case], bool]) -> Case:
    """Return one draw. Two thirds are drawn again, some times, until we accept them.

    The rest stand as they come, which is mostly wrong.
    """
    tries = 1 if number % 3 == 0 else 40
    case = None
    for attempt in range(tries):
        case = Draw(f"{seed} {layer} {number} {attempt}").case(RULES[layer])
        if accepts(case):
            break
    assert case is not None
    return case


# ---- Shrinking


def shrink(case: Case, fails: Callable[[Case], bool]) -> Case:
    """Return a smaller case that fails as well: fewer arguments, plain values, small shapes."""
    for smaller in _smaller(case):
        try:
            if fails(smaller):
                return shrink(smaller, fails)
        except Exception:
            continue
    return case


def _smaller(case: Case) -> Iterator[Case]:
    for name in case.values:
        yield replace(case, values={k: v for k, v in case.values.items() if k != name})
    for name, value in case.values.items():
        for less in _smaller_values(value):
            yield replace(case, values={**case.values, name: less})
    first, *others = case.tensors
    for name in others:
        yield replace(case, tensors={k: t for k, t in case.tensors.items() if k != name})
    for name, given in case.tensors.items():
        tensors = given if isinstance(given, list) else [given]
        for index, tensor in enumerate(tensors):
            for less in _smaller_tensors(tensor):
                changed = [*tensors[:index], less, *tensors[index + 1 :]]
                made = changed if isinstance(given, list) else changed[0]
                yield replace(case, tensors={**case.tensors, name: made})
        if len(tensors) > 1:
            yield replace(case, tensors={**case.tensors, name: tensors[:-1]})


def _smaller_values(value: Any) -> Iterator[Any]:
    if isinstance(value, LayerValue):
        for index, (name, inner) in enumerate(value.values):
            rest = value.values[index + 1 :]
            yield LayerValue(value.rule, (*value.values[:index], *rest))
            for less in _smaller_values(inner):
                yield LayerValue(value.rule, (*value.values[:index], (name, less), *rest))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield type(value)([*value[:index], *value[index + 1 :]])
            for less in _smaller_values(item):
                yield type(value)([*value[:index], less, *value[index + 1 :]])
    elif isinstance(value, int) and not isinstance(value, bool) and value > 2:
        yield value // 2


def _smaller_tensors(tensor: T) -> Iterator[T]:
    if tensor.dtype != "float32":
        yield replace(tensor, dtype="float32")
    for axis, size in enumerate(tensor.shape):
        yield replace(tensor, shape=(*tensor.shape[:axis], *tensor.shape[axis + 1 :]))
        if size is None or size > 4:
            yield replace(tensor, shape=(*tensor.shape[:axis], 4, *tensor.shape[axis + 1 :]))
