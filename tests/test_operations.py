"""Every operation of `nndsl/operations`, drawn at random, against `keras.ops`.

    pytest tests/test_operations.py                     200 draws an operation
    NNDSL_DRAWS=5000 pytest tests/test_operations.py    more of them
    python tests/test_operations.py 1000 mean split     as a program: prints the table
    python tests/test_operations.py 1000 --seed 7       other draws

For each draw: if Keras builds it, we accept it with the same shapes and dtypes, and what comes out
when it runs, on a batch of a size that nothing else has, fits; no example depends on another. What
we refuse though Keras builds it fails when it runs, mixes examples or does nothing at all, which
is tried; or it is one of the rows of `STRICTER`, each of which some draw needs.
"""

from __future__ import annotations

import argparse
import inspect
import os
import sys
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

import pytest

pytestmark = pytest.mark.keras

keras = pytest.importorskip("keras")
pytest.importorskip("tensorflow")

from answers import forget, symbolic  # noqa: E402
from operation_draws import Asked, Trial, draw, in_keras, ours, shapes, trial  # noqa: E402
from parity_cases import T  # noqa: E402

from nndsl.layers import argument_types  # noqa: E402
from nndsl.layers.rule import BadArgument, LayerError, Output  # noqa: E402
from nndsl.operations import all_operations  # noqa: E402
from nndsl.operations.refused import refusal  # noqa: E402
from nndsl.resolve.naming import operation_names  # noqa: E402

DRAWS = int(os.environ.get("NNDSL_DRAWS", "200"))
SEED = int(os.environ.get("NNDSL_SEED", "0"))
OPERATIONS = all_operations()

MIXES = "tried: it mixes the examples of a batch"
FAILS = "tried: it fails when run"
NOTHING = "tried: it does nothing"
OTHER = "tried: what comes out is not what Keras's model says"
OUR_SHAPE = "tried: our shape is what comes out, not what Keras's model says"
OTHER_DTYPE = "listed: another dtype comes out than Keras's model says; we say what the model says"


@dataclass(frozen=True)
class Row:
    """What we refuse though Keras builds and runs it: operation, argument or code, and what."""

    operations: str
    at: str
    what: Callable[[Asked, Any], Any]
    reason: str

    def fits(self, asked: Asked, mine: BadArgument | LayerError) -> bool:
        named = self.operations == "*" or asked[0].name[4:] in self.operations.split()
        at = mine.parameter.name if isinstance(mine, BadArgument) else mine.code
        return named and self.at in ("*", at) and bool(self.what(asked, mine))


def _truth(asked: Asked, mine: Any) -> bool:
    """Return whether `true` stands for a number, or something else for `true`."""
    bad = isinstance(mine, BadArgument)
    return bad and (
        isinstance(mine.value, bool) or isinstance(mine.parameter.type, argument_types.BoolType)
    )


def _first(asked: Asked) -> Any:
    first = next(iter(asked[1].values()))
    return first[0] if isinstance(first, list) else first


def _strings(asked: Asked, mine: Any) -> bool:
    return bool(_first(asked).dtype == "string")


def _any(asked: Asked, mine: Any) -> bool:
    return True


def _negative(asked: Asked, mine: Any) -> bool:
    return (asked[2].get("epsilon") or 0) < 0


STRICTER = (
    Row("*", "*", _truth, "`true` for a number, or anything for `true`"),
    Row("isnan isinf isfinite zeros_like", "D902", _strings, "strings, which are no numbers"),
    Row("where", "D902", _any, "numbers as a condition, each but 0 for true"),
    Row("normalize", "S105", _negative, "a negative `epsilon`, whose square hides the others"),
    Row("tril triu", "S101", _any, "a matrix with the batch for an axis, all of it kept or zeros"),
    Row("normalize", "A203", _any, "an empty list of axes, which only some orders take"),
    Row("add", "D902", _strings, "strings, which TensorFlow joins"),
    Row("celu", "alpha", _any, "a list of one number"),
    Row("take_along_axis", "D902", _any, "floats as indices, which are cut off"),
    Row(
        "hard_shrink normalize norm dot_product_attention",
        "A209",
        _any,
        "whole numbers, which other cases fail on",
    ),
)

#: Drawn beside the others, as each row has to be needed.
EXTRA: dict[str, tuple[tuple[dict[str, Any], dict[str, Any]], ...]] = {
    "isnan": (({"x": T((4,), "string")}, {}),),
    "add": (({"x1": T((6, 8), "string"), "x2": T((6, 8), "string")}, {}),),
    "celu": (({"x": T((4,))}, {"alpha": [1]}), ({"x": T((4,))}, {"alpha": True})),
    "where": (({"condition": T((4,)), "x1": T((4,)), "x2": 1}, {}),),
    "take_along_axis": (({"x": T((4,)), "indices": T((4,))}, {"axis": 1}),),
    "normalize": (({"x": T((4,))}, {"axis": []}), ({"x": T(())}, {"epsilon": -9.5})),
    "norm": (({"x": T((4,), "int32")}, {"axis": 1}),),
    "triu": (({"x": T((1,))}, {"k": 1}),),
    "arctan2": (({"x1": T((4,), "float16"), "x2": 1}, {}),),
    "logaddexp": (({"x1": T((4,), "float16"), "x2": 0.5}, {}),),
    "mod": (({"x1": T((4,), "uint8"), "x2": 3}, {}),),
}

#: Where another dtype comes out than the model of Keras says: operation, and dtypes of tensors.
DTYPES = {
    "reciprocal": "float16 float64",
    "normalize": "float16 float64",
    "logsumexp": "float16 float64",
    "arctan2": "float16",
    "logaddexp": "float16",
    "mod": "float16 uint8",
    "prod": "float16 float32 float64 int32 int64 uint8",  # of a `dtype`, which is not looked at
}


def answer(made: Output) -> list[tuple[Any, str]]:
    return [
        (tuple(dim if isinstance(dim, int) else None for dim in t.shape), t.dtype)
        for t in made.tensors
    ]


def fits(known: list[tuple[Any, str]], came: list[tuple[Any, str]], dtypes: bool = True) -> bool:
    return len(known) == len(came) and all(
        (a[1] == b[1] or not dtypes)
        and len(a[0]) == len(b[0])
        and all(i is None or i == j for i, j in zip(a[0], b[0], strict=True))
        for a, b in zip(known, came, strict=True)
    )


def excuse_refusal(
    asked: Asked, mine: BadArgument | LayerError, theirs: list[Any], tried: Trial, used: set[Any]
) -> str | None:
    """Return why we may refuse what Keras builds, or None: then it is a bug."""
    if tried.failed:
        return FAILS
    if tried.nothing:
        return NOTHING
    if tried.mixes:
        return MIXES
    if not fits(shapes(theirs), tried.came or []):
        return OTHER
    for row in STRICTER:
        if row.fits(asked, mine):
            used.add(row)
            return f"listed: {row.reason}"
    return None


def excuse_answer(
    asked: Asked, mine: Output, theirs: list[Any], tried: Trial, used: set[Any]
) -> str | None:
    """Return "" if what comes out is what we say, why it may not be, or None: then it is a bug."""
    if tried.failed or tried.mixes or not fits(answer(mine), tried.came or [], dtypes=False):
        return None
    as_keras = answer(mine) == shapes(theirs)
    if fits(answer(mine), tried.came or []):
        return "" if as_keras else OUR_SHAPE
    name = asked[0].name[4:]
    first = next(iter(asked[1].values()))
    if as_keras and getattr(first, "dtype", "") in DTYPES.get(name, "").split():
        used.add(name)
        return OTHER_DTYPE
    return None


TALLY: dict[str, Counter[str]] = {}


@cache
def compare(name: str, draws: int, seed: int) -> tuple[list[str], set[Any]]:
    """Return each disagreement that has no reason, and what was used of the lists of reasons."""
    rule = OPERATIONS[name]
    tally = TALLY.setdefault(rule.family, Counter())
    found: list[str] = []
    used: set[Any] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        drawn = (draw(rule, number, seed) for number in range(draws))
        extra = ((rule, *one) for one in EXTRA.get(name[4:], ()))
        for number, asked in enumerate(chain(drawn, extra)):
            mine, theirs = ours(asked), in_keras(asked, symbolic)
            tally["draws"] += 1
            if isinstance(mine, Exception) and isinstance(theirs, Exception):
                tally["refused"] += 1
                continue
            tried, reason = Trial("Keras does not build it"), None
            if not isinstance(theirs, Exception):
                accepted = not isinstance(mine, Exception)
                skipped = number % 6 != 1 and name[4:] not in DTYPES
                if skipped and accepted and answer(mine) == shapes(theirs):
                    tally["accepted"] += 1  # only every sixth is tried, for time
                    continue
                tried = trial(asked, accepted)
                tally["tried"] += 1
                excuse = excuse_answer if accepted else excuse_refusal
                reason = excuse(asked, mine, theirs, tried, used)  # type: ignore[operator]
            if reason is None:
                tally["bugs"] += 1
                said = mine if isinstance(mine, Exception) else answer(mine)
                heard = repr(theirs)[:300] if isinstance(theirs, Exception) else shapes(theirs)
                found.append(f"{name}{asked[1:]}\n  ours {said}\n  Keras's {heard}\n  {tried}")
                continue
            tally["listed" if reason else "accepted"] += 1
            if reason:
                tally[f": {reason}"] += 1
        forget()
    return found, used


@pytest.mark.parametrize("name", OPERATIONS)
def test_draws(name: str) -> None:
    found, _ = compare(name, DRAWS, SEED)
    assert not found, f"{len(found)} of {DRAWS} draws disagree:\n" + "\n".join(found[:5])


@pytest.mark.skipif(DRAWS < 200 or SEED != 0, reason="a row may need one draw of 200")
def test_every_reason_is_needed() -> None:
    used = set().union(*(compare(name, DRAWS, SEED)[1] for name in OPERATIONS))
    assert [row for row in STRICTER if row not in used] == []
    assert [name for name in DTYPES if name not in used] == []


#: What the draws seldom or never find: refused by us, and Keras fails or mixes examples.
REFUSED: tuple[tuple[str, dict[str, Any], dict[str, Any], str], ...] = (
    ("reshape", {"x": T((128,))}, {"newshape": [-1, 256]}, "S105"),
    ("reshape", {"x": T((128,))}, {"newshape": [-1, 64]}, "S105"),
    ("reshape", {"x": T((128,))}, {"newshape": [-1]}, "S105"),
    ("reshape", {"x": T((128,))}, {"newshape": [-1, 30]}, "S104"),
    ("squeeze", {"x": T((1, 4))}, {}, "S105"),
    ("squeeze", {"x": T((1, 4))}, {"axis": ()}, "S105"),
    ("stack", {"x": [T((4,)), T((4,))]}, {}, "S105"),
    ("concatenate", {"xs": [T((4,)), T((4,))]}, {}, "S105"),
    ("split", {"x": T((4,))}, {"indices_or_sections": 7}, "S105"),
    ("split", {"x": T((4,))}, {"indices_or_sections": [], "axis": 1}, "A203"),
    ("take", {"x": T((4,))}, {"indices": [], "axis": 1}, "A203"),
    ("norm", {"x": T((4,))}, {"axis": []}, "A203"),
    ("roll", {"x": T((4,))}, {"shift": 4, "axis": [1]}, "A205"),
    ("roll", {"x": T((4,))}, {"shift": [4], "axis": 1}, "A205"),
    ("roll", {"x": T((4,))}, {"shift": [], "axis": []}, "A203"),
    ("normalize", {"x": T((4,))}, {"order": 0}, "order"),
    ("softmax", {"x": T((4, 3))}, {"axis": (1, 2)}, "axis"),
    ("log_softmax", {"x": T((4, 3))}, {"axis": (1, 2)}, "axis"),
    ("clip", {"x": T((4,), "int32")}, {"x_min": 0.5, "x_max": 2}, "A205"),
    ("max", {"x": T((4,), "int32")}, {"axis": 1, "initial": 0.5}, "A205"),
    ("min", {"x": T((4,), "int32")}, {"axis": 1, "initial": 0.5}, "A205"),
    (
        "pad",
        {"x": T((4,), "int32")},
        {"pad_width": [(0, 0), (1, 1)], "constant_values": 0.5},
        "A205",
    ),
    ("pad", {"x": T((4,), "bool")}, {"pad_width": [(0, 0), (1, 1)], "constant_values": 1}, "D902"),
    ("prod", {"x": T((4,))}, {"axis": 1, "dtype": "string"}, "dtype"),
    ("prod", {"x": T((4,), "bool")}, {"axis": 1, "dtype": "int32"}, "D902"),
    ("cumsum", {"x": T((4,))}, {"axis": 1, "dtype": "string"}, "dtype"),
    ("one_hot", {"x": T((4,), "int32")}, {"num_classes": 3, "dtype": "string"}, "dtype"),
    ("top_k", {"x": T((4,), "bool")}, {"k": 2}, "D902"),
    ("tril", {"x": T((4, 3))}, {"k": 4}, "A203"),
    ("triu", {"x": T((4, 3))}, {"k": -5}, "A203"),
    ("tril", {"x": T((4, 3), "string")}, {}, "D902"),
    ("mod", {"x1": T((4,), "int32"), "x2": 0}, {}, "D902"),
    ("mod", {"x1": T((4,), "int32"), "x2": T((4,), "bool")}, {}, "D902"),
    ("floor_divide", {"x1": T((4,), "int32"), "x2": 0}, {}, "D902"),
    ("einsum", {"operands": [T((4,), "bool")]}, {"subscripts": "ba->b"}, "D902"),
    ("einsum", {"operands": [T((4,)), T((4,))]}, {"subscripts": "ba,ca->bc"}, "S105"),
    *(
        (name, {"x1": T((4,), "bool"), "x2": T((4,), "bool")}, {}, "D902")
        for name in "add subtract multiply floor_divide mod power maximum minimum less less_equal "
        "greater greater_equal".split()
    ),
)
QKV = {name: T((5, 8, 16)) for name in ("query", "key", "value")}
ATTENTION: tuple[tuple[dict[str, Any], dict[str, Any], str], ...] = (
    ({}, {"flash_attention": True}, "A205"),
    ({"mask": T((8, 5, 5))}, {}, "D902"),
    ({"mask": T((5, 5), "bool")}, {}, "S103"),
    ({"mask": T((8, 5, 4), "bool")}, {}, "S103"),
    ({"bias": T((8, 5, 4))}, {}, "S103"),
    ({"bias": T((3, 5, 5))}, {}, "S103"),
    ({"bias": T((8, 5, 5), "string")}, {}, "D902"),
    ({"key": T((5, 3, 16)), "value": T((5, 3, 16))}, {}, "S103"),
    ({"key": T((5, 1, 16)), "value": T((5, 1, 16))}, {}, "S103"),
)
ALL_REFUSED = (
    *REFUSED,
    *(
        ("dot_product_attention", {**QKV, **given}, values, code)
        for given, values, code in ATTENTION
    ),
)


@pytest.mark.parametrize(("name", "operands", "values", "code"), ALL_REFUSED)
def test_refused(name: str, operands: dict[str, Any], values: dict[str, Any], code: str) -> None:
    asked = (OPERATIONS[f"ops.{name}"], operands, values)
    mine = ours(asked)
    assert isinstance(mine, (BadArgument, LayerError)), answer(mine)
    assert code == (mine.parameter.name if isinstance(mine, BadArgument) else mine.code)
    built = in_keras(asked, symbolic)
    if not isinstance(built, Exception) and (name, code) != ("squeeze", "S105"):
        tried = trial(asked)  # `squeeze` is wrong only for a batch of one, which is not drawn
        other = not fits(shapes(built), tried.came or [])
        assert tried.failed or tried.mixes or other, tried


@pytest.mark.parametrize(
    ("name", "operands", "values", "wanted"),
    [
        ("normalize", {"x": T((4, 3))}, {"axis": (1, 2)}, (None, 4, 3)),
        ("squeeze", {"x": T((1, 4))}, {"axis": 1}, (None, 4)),
        ("reshape", {"x": T((None, 6))}, {"newshape": [-1, 5, 6]}, (None, 5, 6)),
        ("roll", {"x": T((4,))}, {"shift": [4, 1], "axis": [1, 1]}, None),
        (
            "take_along_axis",
            {"x": T((1, 3)), "indices": T((5, 1), "int32")},
            {"axis": 2},
            (None, 5, 1),
        ),
        (
            "take_along_axis",
            {"x": T((5, 3)), "indices": T((1, 2), "int32")},
            {"axis": 2},
            (None, 5, 2),
        ),
        ("clip", {"x": T((4,), "int32")}, {"x_min": 0, "x_max": 2}, (None, 4)),
        ("max", {"x": T((4,), "int32")}, {"axis": 1, "initial": 1}, (None,)),
        ("tril", {"x": T((4, 3))}, {"k": 3}, (None, 4, 3)),
        ("triu", {"x": T((4, 3))}, {"k": 9}, (None, 4, 3)),
        ("add", {"x1": T((4,), "bool"), "x2": 1}, {}, (None, 4)),
        ("mod", {"x1": T((4,)), "x2": 0}, {}, (None, 4)),
        ("dot_product_attention", {**QKV, "mask": T((1, 5, 5), "bool")}, {}, (None, 5, 8, 16)),
        ("dot_product_attention", {**QKV, "bias": T((8, 1, 5))}, {}, (None, 5, 8, 16)),
        (
            "dot_product_attention",
            {**QKV, "key": T((5, 2, 16)), "value": T((5, 2, 16))},
            {},
            (None, 5, 8, 16),
        ),
    ],
)
def test_accepted(name: str, operands: Any, values: Any, wanted: Any) -> None:
    asked = (OPERATIONS[f"ops.{name}"], operands, values)
    mine = ours(asked)
    if wanted is None:
        assert isinstance(mine, LayerError)  # Keras adds them up, and an axis stands once here
        return
    assert isinstance(mine, Output), mine
    assert mine.tensors[0].shape == wanted
    tried = trial(asked)
    assert not tried.failed and not tried.mixes, tried
    assert fits(answer(mine), tried.came or []), tried


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

        forget()
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
    form = "{:>12} {:>7} {:>9} {:>8} {:>7} {:>7} {:>5}"
    columns = ("draws", "accepted", "refused", "listed", "tried", "bugs")
    lines = [form.format("family", *columns)]
    whole: Counter[str] = Counter()
    for family, tally in TALLY.items():
        whole.update(tally)
        lines.append(form.format(family, *(tally[column] for column in columns)))
    lines.append(form.format("all", *(whole[column] for column in columns)))
    lines += [f"{n:>7} {key[2:]}" for key, n in whole.most_common() if key.startswith(": ")]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare operations drawn at random with Keras.")
    parser.add_argument("draws", type=int, nargs="?", default=DRAWS)
    parser.add_argument("operations", nargs="*")
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_intermixed_args()
    for name in [f"ops.{name}" for name in arguments.operations] or OPERATIONS:
        for line in compare(name, arguments.draws, arguments.seed)[0]:
            print(line, flush=True)
    print(table())
    return int(any(tally["bugs"] for tally in TALLY.values()))


if __name__ == "__main__":
    sys.exit(main())
