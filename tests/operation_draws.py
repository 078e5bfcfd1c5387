"""Draws operations of `keras.ops` for `test_operations.py`, and tries them on numbers."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from answers import forget, symbolic
from draws import Draw
from parity_cases import T

from nndsl.layers import argument_types
from nndsl.layers.rule import BadArgument, LayerError, LayerRule, Output, Tensor

#: How many examples there are in a trial: a prime, which no size is.
BATCH = 7


class OperationDraw(Draw):
    """Draws what operations take beside what layers do."""

    def size(self) -> int | None:
        """Return a size that is not the batch's, and not so large that a trial takes long."""
        made = super().size()
        return BATCH + 1 if made == BATCH else made and min(made, 12)

    def operands(self, rule: LayerRule) -> dict[str, Any]:
        first = T(self.shape(), self.dtype(rule))
        self.rank = len(first.shape) + 1
        made: dict[str, Any] = {}
        for place, parameter in enumerate(rule.tensors):
            several = getattr(parameter.type, "several", False)
            if several:
                count = self.random.choice([1, 2, 2, 2, 3])
                made[parameter.name] = [first, *(self.like(first) for _ in range(count - 1))]
            elif place == 0:
                made[parameter.name] = first
            elif parameter.required or self.chance(0.6):
                made[parameter.name] = self.operand(parameter, first)
        if rule.name in ("ops.where",) and self.chance(0.9):
            made["condition"] = T(first.shape, "bool")
        if "indices" in made and self.chance(0.8):
            made["indices"] = T(made["indices"].shape, "int32")
        return made

    def operand(self, parameter: Any, first: T) -> Any:
        if isinstance(parameter.type, argument_types.OperandType) and self.chance(0.35):
            return self.random.choice([0, 1, 2, 0.5, -1.5, 3, True])
        return self.like(first)

    def equation(self, tensors: list[T]) -> str:
        """Return an equation for some tensors: often a right one."""
        letters = "bcdefghij"
        ranks = [min(len(tensor.shape), 5) for tensor in tensors]
        specs = ["b" + "".join(self.random.sample(letters[1:6], rank)) for rank in ranks]
        seen = sorted(set("".join(specs)) - {"b"})
        kept = self.random.sample(seen, self.random.randint(0, len(seen)))
        return ",".join(specs) + "->b" + "".join(kept)

    def _EitherType(self, type_: Any, rule: Any, name: str, depth: int) -> Any:  # noqa: N802
        if name != "pad_width" or self.chance(0.1):
            return super()._EitherType(type_, rule, name, depth)
        pairs = [(self.random.randint(0, 3), self.random.randint(0, 3)) for _ in range(self.rank)]
        return [(0, 0) if self.chance(0.95) else (1, 0), *pairs[1:]]

    def _IndexType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        parts = [slice(None) if self.chance(0.9) else 0]
        for _ in range(self.random.choice([0, 1, 1, 2, 3])):
            ends = [self.random.choice([None, None, 0, 1, 2, -1, -2, 5]) for _ in range(2)]
            step = self.random.choice([None, None, 2, -1])
            parts.append(
                self.random.choice([slice(None), slice(*ends, step), -1, 0, 3, None, Ellipsis])
            )
        return tuple(parts)


Asked = tuple[LayerRule, dict[str, Any], dict[str, Any]]


def draw(rule: LayerRule, number: int, seed: int) -> Asked:
    """Return one draw; two thirds are drawn again until we accept them."""
    tries = 1 if number % 3 == 0 else 60
    made: Asked = (rule, {}, {})
    for attempt in range(tries):
        one = OperationDraw(f"{seed} {rule.name} {number} {attempt}")
        operands = one.operands(rule)
        values = one.arguments(rule, 0)
        if rule.name == "ops.einsum" and one.chance(0.8):
            values["subscripts"] = one.equation(operands["operands"])
        made = (rule, operands, values)
        if not isinstance(ours(made), Exception):
            break
    return made


def ours(asked: Asked) -> Output | Exception:
    rule, operands, values = asked

    def tensor(given: Any) -> Any:
        if isinstance(given, list):
            return tuple(tensor(one) for one in given)
        return Tensor((None, *given.shape), given.dtype) if isinstance(given, T) else given

    try:
        return rule.apply({name: tensor(given) for name, given in operands.items()}, values)
    except (BadArgument, LayerError) as error:
        return error


def in_keras(asked: Asked, make: Callable[[T], Any]) -> list[Any] | Exception:
    rule, operands, values = asked

    def tensor(given: Any) -> Any:
        if isinstance(given, list):
            return [tensor(one) for one in given]
        return make(given) if isinstance(given, T) else given

    made = {name: tensor(given) for name, given in operands.items()}
    function = getattr(keras.ops, rule.name[4:])
    try:
        if rule.spread_last:
            (spread,) = made.values()
            found = function(*values.values(), *spread)
        else:
            found = function(**made, **values)
        return list(keras.tree.flatten(found))
    except Exception as error:
        forget()
        return error


def shapes(tensors: list[Any]) -> list[tuple[Any, str]]:
    return [(tuple(t.shape), keras.backend.standardize_dtype(t.dtype)) for t in tensors]


# ---- Trials


UNTRIED = "no sizes were tried"


@dataclass
class Trial:
    """What came of running what Keras built: `failed`, or shapes and dtypes, and what they tell.

    `mixes` if the first axis is no more the batch, or an example alone gives something else than
    among others; `nothing` if what comes out is what went in.
    """

    failed: str = ""
    came: list[tuple[Any, str]] | None = None
    mixes: bool = False
    nothing: bool = False


def trial(asked: Asked, accepted: bool = False) -> Trial:
    """Run an operation in a function of Keras; sizes that are not known get some that work.

    If we have accepted it, there must be sizes with which it does not mix examples either.
    """
    last = Trial(UNTRIED)
    for sizes in islice(_sizes(asked), 300 if accepted else 30):
        if sum(math.prod(shape) for shape in sizes) > 50_000 and last.failed != UNTRIED:
            continue  # other sizes do as well, and faster
        last = _try(asked, sizes, 0)
        if not last.failed and not (accepted and last.mixes):
            break
    if not (last.failed or last.mixes or accepted):  # by chance, as booleans are often alike
        others = [_try(asked, sizes, seed) for seed in (1, 2)]
        return next((other for other in others if other.mixes), last)
    return last


def _tensors(operands: dict[str, Any]) -> list[tuple[str, T]]:
    found = []
    for name, given in operands.items():
        many = given if isinstance(given, list) else [given]
        found += [(name, one) for one in many if isinstance(one, T)]
    return found


def _sizes(asked: Asked) -> Iterator[list[tuple[int, ...]]]:
    """Return sizes for the tensors, known and unknown: first equal ones, then any."""
    tensors = [tensor for _, tensor in _tensors(asked[1])]
    known = {dim for tensor in tensors for dim in tensor.shape if dim}
    given = {abs(v) for v in keras.tree.flatten(asked[2]) if isinstance(v, int) and v}
    squares = {v * v for v in given} if asked[0].family == "images" else set()
    guesses = sorted({1, 2} | known | given | squares)
    equal: dict[int, int] = {}
    for tensor in tensors:
        for axis, dim in enumerate(tensor.shape):
            if dim is not None:
                equal.setdefault(axis, dim)
    yield [
        tuple(equal.get(a, 3) if d is None else d for a, d in enumerate(t.shape)) for t in tensors
    ]
    if all(dim is not None for tensor in tensors for dim in tensor.shape):
        return
    guess = random.Random(repr(asked[1:])).choice
    for number in range(300):
        alike = {axis: guess(guesses) for axis in range(6)} if number % 3 == 0 else {}
        yield [
            tuple(
                alike.get(axis) or guess(guesses) if dim is None else dim
                for axis, dim in enumerate(tensor.shape)
            )
            for tensor in tensors
        ]


def _try(asked: Asked, sizes: list[tuple[int, ...]], seed: int) -> Trial:
    inputs: list[Any] = []

    def make(tensor: T) -> Any:
        inputs.append(symbolic(tensor))
        return inputs[-1]

    built = in_keras(asked, make)
    if isinstance(built, Exception):
        return Trial(f"not built: {built}"[:200])
    chance = np.random.RandomState(seed)
    indices = "indices" if asked[0].name == "ops.one_hot" else ""
    # To make an unsigned number of a negative one is not defined.
    least = 0 if any(str(v).startswith("uint") for v in asked[2].values()) else -3
    values = [
        _numbers(chance, (BATCH, *shape), tensor.dtype, indices or name, least)
        for (name, tensor), shape in zip(_tensors(asked[1]), sizes, strict=True)
    ]
    try:
        function = keras.Function(inputs, built)
        came = _run(function, values)
    except Exception as error:
        forget()
        return Trial(str(error)[:200] or type(error).__name__)
    made = Trial(came=shapes(came))
    made.nothing = any(_same(came[0], value) for value in values[:1]) and len(came) == 1
    made.mixes = any(tuple(t.shape[:1]) != (BATCH,) for t in came)
    # Not three of them: eager `add` takes [3, 1] for a bias of [3], as Keras forgets the batch.
    for examples in ([2], list(reversed(range(BATCH)))):
        made.mixes = made.mixes or not _alike(function, values, came, examples)
    return made


def _run(function: Any, values: list[Any]) -> list[Any]:
    came = keras.tree.flatten(function(values))
    return [
        tf.sparse.to_dense(tf.sparse.reorder(t)) if isinstance(t, tf.SparseTensor) else t
        for t in came
    ]


def _alike(function: Any, values: list[Any], came: list[Any], examples: list[int]) -> bool:
    """Return whether some examples give among themselves what they give in the batch."""
    try:
        alone = _run(function, [tf.gather(value, examples) for value in values])
    except Exception:
        return False
    return all(_same(a, tf.gather(t, examples)) for a, t in zip(alone, came, strict=True))


def _numbers(chance: Any, shape: tuple[int, ...], dtype: str, name: str, least: int) -> Any:
    if dtype == "string":
        return tf.constant(chance.choice(["a", "b"], shape).astype(object))
    if dtype == "bool":
        return tf.constant(chance.rand(*shape) > 0.5)
    if name == "indices":
        return tf.cast(np.zeros(shape), dtype)
    if "float" in dtype:
        return tf.cast(chance.uniform(least, 3, shape), dtype)
    return tf.cast(chance.randint(1, 4, shape), dtype)


def _same(a: Any, b: Any) -> bool:
    if tuple(a.shape) != tuple(b.shape) or a.dtype != b.dtype:
        return False
    if a.dtype in (tf.string, tf.bool) or a.dtype.is_integer:
        return bool(tf.reduce_all(a == b))
    near = 0.03 if a.dtype.size == 2 else 1e-4
    return np.allclose(tf.cast(a, "float64"), tf.cast(b, "float64"), near, near, equal_nan=True)
