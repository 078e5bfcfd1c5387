"""Every operation of `nndsl/operations`, drawn at random, against `keras.ops`.

    pytest tests/test_operations.py                     200 draws an operation
    NNDSL_DRAWS=5000 pytest tests/test_operations.py    more of them
    python tests/test_operations.py 1000 mean split     as a program: prints the table

For each draw: if Keras builds it, we accept it with the same shapes and dtypes; if Keras refuses
it, we refuse it. What we refuse though Keras builds it either mixes the examples of a batch, which
is said, or fails when Keras runs it, which is tried.
"""

from __future__ import annotations

import inspect
import os
import sys
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.keras

keras = pytest.importorskip("keras")
pytest.importorskip("tensorflow")

from answers import forget, ones, symbolic  # noqa: E402
from draws import Draw  # noqa: E402
from parity_cases import T  # noqa: E402

from nndsl.layers import argument_types  # noqa: E402
from nndsl.layers.rule import BadArgument, LayerError, LayerRule, Output, Tensor  # noqa: E402
from nndsl.operations import all_operations  # noqa: E402
from nndsl.operations.refused import refusal  # noqa: E402
from nndsl.resolve.naming import operation_names  # noqa: E402

DRAWS = int(os.environ.get("NNDSL_DRAWS", "200"))
SEED = int(os.environ.get("NNDSL_SEED", "0"))
OPERATIONS = all_operations()

BATCH = "it would mix the examples of a batch"
FAILS = "it fails when run"
TRUTH = "`true` or `false` is wanted where Keras takes anything, or a number where it takes `true`"

#: Refused by us, though Keras builds and runs it: operation, words of ours, the reason.
STRICTER = (
    ("ops.einsum", "", "only plain equations that begin with the batch"),
    ("ops.matmul", "takes matrices", BATCH),
    ("ops.tril", "two axes beside", BATCH),
    ("ops.triu", "two axes beside", BATCH),
    ("", "the shapes do not match", "a batch meets another axis, or a size of 1 by chance"),
    ("ops.take", "", "Keras takes any nest of numbers"),
    ("", "not on strings", "strings have nothing to ask of or to compute with"),
    ("ops.where", "the condition of", "numbers as conditions"),
    ("ops.split", "", "places that do not grow give empty parts, or overlap"),
    ("", "works on floats", "whole numbers come out in another dtype than Keras says, or fail"),
    ("ops.where", "needs what to take", "one tensor alone gives a list of places"),
    ("ops.reshape", "", "no number of examples has so many elements"),
)


class OperationDraw(Draw):
    """Draws what operations take beside what layers do."""

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
        if rule.name == "ops.einsum":
            found = function(values["subscripts"], *made["operands"])
        else:
            found = function(**made, **values)
        return list(keras.tree.flatten(found))
    except Exception as error:
        forget()
        return error


def shapes(tensors: list[Any]) -> list[tuple[Any, str]]:
    return [(tuple(t.shape), keras.backend.standardize_dtype(t.dtype)) for t in tensors]


def answer(made: Output) -> list[tuple[Any, str]]:
    return [
        (tuple(dim if isinstance(dim, int) else None for dim in t.shape), t.dtype)
        for t in made.tensors
    ]


def excuse(asked: Asked, mine: Output | Exception, theirs: list[Any] | Exception) -> str | None:
    """Return why the answers may differ, or None: then it is a bug."""
    if isinstance(mine, LayerError):
        if mine.code == "S105":
            return BATCH
        if isinstance(in_keras(asked, ones), Exception):
            return FAILS
        for name, words, reason in STRICTER:
            if name in asked[0].name and words in mine.title:
                return reason
        return None
    if isinstance(mine, BadArgument):
        if isinstance(in_keras(asked, ones), Exception):
            return FAILS
        for_bool = isinstance(mine.parameter.type, argument_types.BoolType)
        return TRUTH if isinstance(mine.value, bool) or for_bool else _of_argument(mine)
    if isinstance(theirs, Exception):
        return None
    came = in_keras(asked, ones)
    if not isinstance(came, Exception) and fits(answer(mine), shapes(came)):
        return "our shape is what comes out when run, Keras's is not"
    return None


def _of_argument(mine: BadArgument) -> str | None:
    if mine.parameter.name in ("dtype", "mode", "data_format", "sparse", "ord"):
        return "a word that Keras looks at later, or that only one backend has"
    if mine.parameter.name in ("alpha", "sorted", "epsilon", "order", "initial", "threshold", "b"):
        return "a wrong argument that Keras does not look at"
    if mine.parameter.name in ("repeats", "indices", "pad_width", "axes", "axis", "shift"):
        return "another form of the same, or an empty list"
    return None


def fits(known: list[tuple[Any, str]], came: list[tuple[Any, str]]) -> bool:
    return len(known) == len(came) and all(
        a[1] == b[1]
        and len(a[0]) == len(b[0])
        and all(i is None or i == j for i, j in zip(a[0], b[0], strict=True))
        for a, b in zip(known, came, strict=True)
    )


TALLY: dict[str, Counter[str]] = {}


def compare(name: str, draws: int, seed: int) -> list[str]:
    """Return each disagreement that has no reason."""
    rule = OPERATIONS[name]
    tally = TALLY.setdefault(rule.family, Counter())
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(draws):
            asked = draw(rule, number, seed)
            mine, theirs = ours(asked), in_keras(asked, symbolic)
            tally["draws"] += 1
            if isinstance(mine, Exception) and isinstance(theirs, Exception):
                tally["refused"] += 1
                continue
            if not isinstance(mine, Exception) and not isinstance(theirs, Exception):
                if answer(mine) == shapes(theirs):
                    tally["accepted"] += 1
                    continue
            reason = excuse(asked, mine, theirs)
            if reason is not None:
                tally["listed"] += 1
                tally[f": {reason}"] += 1
                continue
            tally["bugs"] += 1
            said = mine if isinstance(mine, Exception) else answer(mine)
            heard = repr(theirs)[:300] if isinstance(theirs, Exception) else shapes(theirs)
            found.append(f"{name}{asked[1:]}\n  ours {said}\n  Keras's {heard}")
        forget()
    return found


@pytest.mark.parametrize("name", OPERATIONS)
def test_draws(name: str) -> None:
    found = compare(name, DRAWS, SEED)
    assert not found, f"{len(found)} of {DRAWS} draws disagree:\n" + "\n".join(found[:5])


def test_signatures() -> None:
    """Names, order and defaults of the arguments are Keras's."""
    for name, rule in OPERATIONS.items():
        theirs = inspect.signature(getattr(keras.ops, name[4:])).parameters
        if name == "ops.einsum":
            continue
        mine = [p.name for p in (*rule.tensors, *rule.parameters)]
        assert mine == [p for p in theirs if theirs[p].kind != inspect.Parameter.VAR_KEYWORD], name
        for parameter in rule.parameters:
            default = theirs[parameter.name].default
            if parameter.required:
                assert default is inspect.Parameter.empty, (name, parameter.name)
            else:
                assert parameter.default == default, (name, parameter.name)


def test_nothing_is_missing() -> None:
    """Every function of keras.ops is a stage, or refused with a reason."""
    public = {n for n in dir(keras.ops) if callable(getattr(keras.ops, n)) and n[0] != "_"}
    known = {name[4:] for name in OPERATIONS}
    missing = {n for n in public if n not in known and refusal(n) is None}
    assert not missing, sorted(missing)
    both = {n for n in known if refusal(n) is not None}
    assert not both, sorted(both)
    assert all(hasattr(keras.ops, n) for n in known)


@pytest.mark.parametrize("name", OPERATIONS)
def test_names_in_a_model(name: str) -> None:
    """We know what Keras calls the operations that a function makes."""
    rule = OPERATIONS[name]
    for number in range(1, 400, 3):
        asked = draw(rule, number, 0)
        if isinstance(ours(asked), Exception):
            continue
        inputs: list[Any] = []

        def make(tensor: T) -> Any:
            made = keras.Input(tensor.shape, dtype=tensor.dtype)
            inputs.append(made)  # noqa: B023
            return made

        keras.backend.clear_session()
        found = in_keras(asked, make)
        if isinstance(found, Exception):
            continue
        model = keras.Model(inputs, found)
        made = {o.name for o in model.operations if not isinstance(o, keras.layers.InputLayer)}
        wanted = set(operation_names(name[4:]))
        assert made <= wanted, (made, wanted)
        return
    pytest.fail("no draw was accepted")


def table() -> str:
    form = "{:>12} {:>7} {:>9} {:>8} {:>7} {:>5}"
    columns = ("draws", "accepted", "refused", "listed", "bugs")
    lines = [form.format("family", *columns)]
    whole: Counter[str] = Counter()
    for family, tally in TALLY.items():
        whole.update(tally)
        lines.append(form.format(family, *(tally[column] for column in columns)))
    lines.append(form.format("all", *(whole[column] for column in columns)))
    lines += [f"{n:>7} {key[2:]}" for key, n in whole.most_common() if key.startswith(": ")]
    return "\n".join(lines)


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS
    names = [f"ops.{name}" for name in sys.argv[2:]] or list(OPERATIONS)
    for one in names:
        for line in compare(one, count, SEED)[:3]:
            print(line, flush=True)
    print(table())
