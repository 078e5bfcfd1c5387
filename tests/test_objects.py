"""Keras's objects against Keras: every argument has a type, and the same ones are accepted.

    pytest tests/test_objects.py                          60 draws a class
    NNDSL_DRAWS=2000 pytest tests/test_objects.py         more of them
    python tests/test_objects.py 500 Adam losses          as a program: prints the table

For each draw of a class and its arguments: if Keras makes the object, we accept it; if Keras
refuses, we refuse. `object_exceptions.py` has the reasons for differing.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections import Counter
from collections.abc import Iterator

import pytest

pytestmark = pytest.mark.keras

keras = pytest.importorskip("keras")
pytest.importorskip("tensorflow")

from object_draws import CLASSES, draw, our_mistakes  # noqa: E402
from object_exceptions import LISTED, USED, laxer, stricter  # noqa: E402
from object_use import keras_refusal  # noqa: E402

from nndsl.layers.objects import parameters  # noqa: E402
from nndsl.vocabulary import accepted, table  # noqa: E402

DRAWS = int(os.environ.get("NNDSL_DRAWS", "60"))
SEED = int(os.environ.get("NNDSL_SEED", "0"))

#: Why a class is not made here.
NOT_MADE = {"OrbaxCheckpoint": "needs the package orbax-checkpoint"}

TALLY: dict[str, Counter[str]] = {}


def compare(kind: str, name: str, draws: int, seed: int) -> Iterator[str]:
    """Yield each disagreement that has no reason."""
    tally = TALLY.setdefault(kind, Counter())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(draws):
            made, _ = draw(kind, name, number, seed)
            ours, theirs = our_mistakes(made), keras_refusal(made)
            tally["draws"] += 1
            if bool(ours) == bool(theirs):
                tally["refused" if ours else "accepted"] += 1
                continue
            reason = laxer(made) if theirs else stricter(made, ours)
            tally["listed" if reason else "bugs"] += 1
            if reason:
                REASONS[reason] += 1
            else:
                yield f"draw {number}: {made}\n  ours: {ours}\n  Keras's: {theirs}"


REASONS: Counter[str] = Counter()


@pytest.mark.parametrize(("kind", "name"), CLASSES)
def test_draws(kind: str, name: str) -> None:
    if name in NOT_MADE:
        pytest.skip(NOT_MADE[name])
    found = list(compare(kind, name, DRAWS, SEED))
    assert not found, f"{len(found)} of {DRAWS} draws disagree:\n" + "\n".join(found[:5])


def test_the_list_has_no_more_than_is_needed() -> None:
    if sum(tally["draws"] for tally in TALLY.values()) < 60 * (len(CLASSES) - len(NOT_MADE)):
        pytest.skip("known only after all draws of all classes")
    assert not [entry for entry in LISTED if entry not in USED]


@pytest.mark.parametrize(("kind", "name"), CLASSES)
def test_every_argument_has_a_type_that_accepts_its_default(kind: str, name: str) -> None:
    for parameter in parameters(kind, name).values():
        if not parameter.required:
            parameter.convert(parameter.default)


def test_nothing_is_listed_that_keras_does_not_have() -> None:
    classes = {(k, n): dict(a) for k, many in table.OBJECTS.items() for n, a in many.items()}
    arguments = {argument for known in classes.values() for argument in known}
    assert set(accepted.BY_NAME) <= arguments
    names = [name for text in accepted._BY_TYPE.values() for name in text.split()]
    assert len(names) == len(set(names)), "two types for one name"
    for name, own in accepted.BY_CLASS.items():
        same = [known for (_, other), known in classes.items() if other == name]
        assert same and set(own) <= {argument for known in same for argument in known}, name


def test_what_is_refused_is_of_keras() -> None:
    for name in accepted.REFUSED:
        modules = (keras.callbacks, keras.metrics, keras.optimizers)
        assert any(hasattr(module, name) for module in modules), name


def table_of_draws() -> str:
    columns = ("draws", "accepted", "refused", "listed", "bugs")
    rows = [("kind", *columns)]
    rows += [(kind, *(str(tally[c]) for c in columns)) for kind, tally in TALLY.items()]
    rows.append(("all", *(str(sum(t[c] for t in TALLY.values())) for c in columns)))
    lines = [" ".join(f"{cell:>14}" for cell in row) for row in rows]
    return "\n".join([*lines, "", *(f"{n:>9} {reason}" for reason, n in REASONS.most_common())])


@pytest.fixture(scope="module", autouse=True)
def _table() -> Iterator[None]:
    """Print the table in the end, where pytest shows it (`-s`)."""
    yield
    print("\n" + table_of_draws())


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare objects drawn at random with Keras.")
    parser.add_argument("draws", type=int, nargs="?", default=DRAWS)
    parser.add_argument("wanted", nargs="*", help="classes or kinds")
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_intermixed_args()
    for kind, name in CLASSES:
        if name in NOT_MADE or not {kind, name}.intersection(arguments.wanted or {kind}):
            continue
        for line in compare(kind, name, arguments.draws, arguments.seed):
            print(line, flush=True)
    print(table_of_draws())
    return int(any(tally["bugs"] for tally in TALLY.values()))


if __name__ == "__main__":
    sys.exit(main())
