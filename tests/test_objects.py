"""Keras's objects against Keras: every argument has a type, and the same ones are accepted.

    pytest tests/test_objects.py                          60 draws a class
    NNDSL_DRAWS=2000 pytest tests/test_objects.py         more of them
    python tests/test_objects.py 500 Adam losses          as a program: prints the table

For each draw of a class and its arguments: if Keras makes the object, we accept it; if Keras
refuses, we refuse. Where Keras keeps anything and fails when the object is used, we refuse earlier:
that is put to the test by using it. `LISTED` has what is left.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.keras

keras = pytest.importorskip("keras")
pytest.importorskip("tensorflow")

from object_draws import CLASSES, draw, our_mistakes  # noqa: E402
from object_use import keras_refusal, works  # noqa: E402

from nndsl.layers.argument_types import BoolType, OptionalType  # noqa: E402
from nndsl.layers.objects import parameters  # noqa: E402
from nndsl.layers.rule import BadArgument, LayerError  # noqa: E402
from nndsl.vocabulary import KerasObject, accepted, table  # noqa: E402

DRAWS = int(os.environ.get("NNDSL_DRAWS", "60"))
SEED = int(os.environ.get("NNDSL_SEED", "0"))

# Put to the test each time.
FAILS = "fails when used"

TRUTH = "`true` or `false` is wanted: Keras takes anything for one of them"
BOOLEAN = "a number is wanted: Keras takes `true` for 1"
EMPTY = "an empty word or list, which Keras takes for none given"
IN_TRAINING = "a callback looks at it only in training"
MANY = "one number is wanted: Keras computes with a list element by element"
ON_APPLYING = "the axis of an activation: known to fit or not only where it is applied"

#: Arguments that Keras does not look at, or computes nonsense with, and why we refuse them.
LISTED = {
    "name": "a name is a text: Keras looks at it only where it makes variables",
    "dtype": "a loss or metric of whole numbers, truths or strings: it would be rounded",
    "input_axes": "looked at only beside `output_axes`",
    "output_axes": "looked at only beside `input_axes`",
    "ema_momentum": "looked at only with `use_ema`",
    "ema_overwrite_frequency": "looked at only with `use_ema`",
    "alpha": "looked at only with `apply_class_balancing`",
    "label_smoothing": "targets outside 0 to 1 come out",
    "label_weights": "looked at only with `multi_label`",
    "num_labels": "looked at only with `multi_label`",
    "beta_1": "an average that grows without end, or looked at only later",
    "beta_2": "an average that grows without end, or looked at only later",
    "adam_beta_1": "Muon looks at it only for weights that it leaves to Adam",
    "adam_beta_2": "Muon looks at it only for weights that it leaves to Adam",
    "adam_weight_decay": "Muon looks at it only for weights that it leaves to Adam",
    "adam_lr_ratio": "Muon looks at it only for weights that it leaves to Adam",
    "muon_a": "Muon looks at it only if `ns_steps` is not 0",
    "muon_b": "Muon looks at it only if `ns_steps` is not 0",
    "muon_c": "Muon looks at it only if `ns_steps` is not 0",
    "exclude_layers": "Muon looks at it only where weights have names that match",
    "epsilon": "a number below 0 is added",
    "epsilon_1": "a number below 0 is added",
    "epsilon_2": "a number below 0 is added",
    "initial_accumulator_value": "a sum of squares is not below 0",
    "negative_slope": "looked at only for numbers below 0",
    "rho": "an average that grows without end",
    "momentum": "an average that grows without end",
    "clip_threshold": "looked at only later",
    "warmup_steps": "Keras counts no steps below 0",
    "warmup_target": "looked at only later",
    "weight_decay": "looked at only where weights decay",
    "clipnorm": "looked at only if another way of clipping is not given",
    "clipvalue": "looked at only if another way of clipping is not given",
    "global_clipnorm": "looked at only if another way of clipping is not given",
    "dynamic_growth_steps": "looked at only after that many steps",
    "initial_scale": "a scale below 0",
    "initial_learning_rate": "a whole number, and Keras computes the schedule in whole numbers",
    "values": "whole numbers, and Keras computes the schedule in whole numbers",
    "k": "nothing is among the best -1",
    "top_k": "nothing is among the best -1",
    "class_id": "a class is counted from 0: Keras counts from the end",
    "ignore_class": "no class has a number with a fraction",
    "num_thresholds": "looked at only if `thresholds` is not given",
    "num_regressors": "regressors are counted in whole numbers",
    "target_class_ids": "a class is counted from 0: Keras counts from the end",
    "axis": "all axes, or several, where one is meant",
    "max_value": "a limit that is not looked at",
    "threshold": "a threshold that is not looked at",
}
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
            reason = _laxer(made) if theirs else _stricter(made, ours)
            tally["listed" if reason else "bugs"] += 1
            if reason:
                REASONS[reason] += 1
            else:
                yield f"draw {number}: {made}\n  ours: {ours}\n  Keras's: {theirs}"


REASONS: Counter[str] = Counter()


def _laxer(made: KerasObject) -> str | None:
    return ON_APPLYING if made.kind == "activations" and dict(made.arguments).get("axis") else None


def _stricter(made: KerasObject, mistakes: list[BadArgument | LayerError]) -> str | None:
    if works(made) is False:
        return FAILS
    reasons = [_careless(made, mistake) for mistake in mistakes]
    return None if None in reasons else reasons[0]


def _careless(made: KerasObject, mistake: BadArgument | LayerError) -> str | None:
    if isinstance(mistake, LayerError):
        return LISTED.get(mistake.argument or "")
    type_, value = mistake.parameter.type, mistake.value
    if isinstance(type_.inner if isinstance(type_, OptionalType) else type_, BoolType):
        return TRUTH
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(type_, OptionalType) and not value:
        return EMPTY
    if made.kind == "callbacks":
        return IN_TRAINING
    return LISTED.get(mistake.parameter.name) or (MANY if _are_numbers(value) else None)


def _are_numbers(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(v, (int, float)) for v in value)


@pytest.mark.parametrize(("kind", "name"), CLASSES)
def test_draws(kind: str, name: str) -> None:
    if name in NOT_MADE:
        pytest.skip(NOT_MADE[name])
    found = list(compare(kind, name, DRAWS, SEED))
    assert not found, f"{len(found)} of {DRAWS} draws disagree:\n" + "\n".join(found[:5])


def test_the_list_has_no_more_than_is_needed() -> None:
    known = {p for kind, name in CLASSES for p in parameters(kind, name)}
    assert set(LISTED) <= known


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
