"""Every layer, drawn at random, against Keras: the same answers but for a short list of exceptions.

    pytest tests/test_differential.py                      200 draws a layer
    NNDSL_DRAWS=5000 pytest tests/test_differential.py     more of them
    python tests/test_differential.py 1000 Conv2D LSTM     as a program: prints the table
    python tests/test_differential.py 1000 --seed 7        other draws
    python tests/test_differential.py 5000 --part 1/2      every second layer: one process each

For each draw: if Keras builds it, we accept it with the same shapes, dtypes and numbers of
parameters; if Keras refuses it, we refuse it. `exceptions.py` has the reasons for differing.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

pytestmark = pytest.mark.keras

keras = pytest.importorskip("keras")
pytest.importorskip("tensorflow")

from answers import forget, keras_answer, our_answer, our_output, our_refusal  # noqa: E402
from draws import RULES, draw, shrink  # noqa: E402
from exceptions import CARELESS, Careless, excuse  # noqa: E402
from parity_cases import Case  # noqa: E402

DRAWS = int(os.environ.get("NNDSL_DRAWS", "200"))
SEED = int(os.environ.get("NNDSL_SEED", "0"))


@dataclass
class Tally:
    """What came of the draws of a family."""

    draws: int = 0
    accepted: int = 0
    refused: int = 0
    excused: Counter[str] = field(default_factory=Counter)
    different: int = 0


TALLIES: dict[str, Tally] = {}


def compare(name: str, draws: int, seed: int) -> Iterator[str]:
    """Yield each disagreement that is no exception, made small."""
    tally = TALLIES.setdefault(RULES[name].family, Tally())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(draws):
            case = draw(name, number, seed, lambda case: our_output(case) is not None)
            tally.draws += 1
            ours, theirs = our_answer(case), keras_answer(case)
            if ours == theirs:
                tally.accepted += ours is not None
                tally.refused += ours is None
                continue
            reason = excuse(case, ours, theirs)
            if reason is not None:
                tally.excused[reason] += 1
                continue
            tally.different += 1
            yield f"draw {number}: {describe(smallest(case))}"
        forget()


def smallest(case: Case) -> Case:
    refusal = str(our_refusal(case))

    def fails(other: Case) -> bool:
        ours, theirs = our_answer(other), keras_answer(other)
        alike = str(our_refusal(other)) == refusal
        return alike and ours != theirs and excuse(other, ours, theirs) is None

    return shrink(case, fails)


def describe(case: Case) -> str:
    reason: list[str] = []
    theirs = keras_answer(case, reason)
    return (
        f"{case}\n  tensors: {case.tensors}\n"
        f"  ours:    {our_answer(case)} {our_refusal(case) or ''}\n"
        f"  Keras's: {theirs} {' '.join(reason)}"
    )


@pytest.mark.parametrize("name", RULES)
def test_draws(name: str) -> None:
    found = list(compare(name, DRAWS, SEED))
    assert not found, f"{len(found)} of {DRAWS} draws disagree:\n" + "\n".join(found[:5])


@pytest.mark.parametrize("entry", CARELESS, ids=lambda entry: f"{entry.layer}-{entry.argument}")
def test_the_careless_are_no_more_than_needed(entry: Careless) -> None:
    theirs = keras_answer(entry.example)
    assert theirs is not None
    assert our_answer(entry.example) is None
    assert excuse(entry.example, None, theirs) == entry.reason


@pytest.fixture(scope="module", autouse=True)
def _table(request: pytest.FixtureRequest) -> Iterator[None]:
    """Print the table in the end, where pytest shows it (`-s`)."""
    yield
    print("\n" + table())


def table() -> str:
    head = ("family", "draws", "agree", "accepted", "refused", "listed", "bugs")
    rows = [
        (
            family,
            tally.draws,
            tally.accepted + tally.refused,
            tally.accepted,
            tally.refused,
            sum(tally.excused.values()),
            tally.different,
        )
        for family, tally in TALLIES.items()
    ]
    if rows:
        rows.append(("all", *(sum(int(row[i]) for row in rows) for i in range(1, len(head)))))
    lines = [
        " ".join(f"{cell!s:>{16 if i == 0 else 9}}" for i, cell in enumerate(row))
        for row in (head, *rows)
    ]
    reasons: Counter[str] = Counter()
    for tally in TALLIES.values():
        reasons.update(tally.excused)
    return "\n".join([*lines, "", *(f"{n:>9} {reason}" for reason, n in reasons.most_common())])


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare layers drawn at random with Keras.")
    parser.add_argument("draws", type=int, nargs="?", default=DRAWS)
    parser.add_argument("layers", nargs="*")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--part", default="1/1", help="which of how many parts of the layers")
    arguments = parser.parse_intermixed_args()
    part, parts = map(int, arguments.part.split("/"))
    for name in (arguments.layers or list(RULES))[part - 1 :: parts]:
        for line in compare(name, arguments.draws, arguments.seed):
            print(line, flush=True)
    print(table())
    return int(any(tally.different for tally in TALLIES.values()))


if __name__ == "__main__":
    sys.exit(main())
