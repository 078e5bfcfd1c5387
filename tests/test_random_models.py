"""Whole models, drawn at random, in every style and in real Keras.

    pytest tests/test_random_models.py                          the models of the suite
    NNDSL_MODELS=2000 pytest tests/test_random_models.py        more of them
    python tests/test_random_models.py 2000 --seed 7            as a program: prints the tables

Of each: nothing is reported, black has nothing to change, Keras finds the shapes, dtypes and
parameters that were predicted, the styles agree to the last bit, and saved models load.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

pytestmark = pytest.mark.keras

keras = pytest.importorskip("keras")
pytest.importorskip("tensorflow")

import black  # noqa: E402
import oracle  # noqa: E402
from draws import RULES  # noqa: E402
from random_models import Meaning, Program, shrink  # noqa: E402
from structures import draw_program, kinds  # noqa: E402

from nndsl.compiler import CompiledModel, Options, compile_source  # noqa: E402
from nndsl.source import Source  # noqa: E402

MODELS = int(os.environ.get("NNDSL_MODELS", "100"))
SEED = int(os.environ.get("NNDSL_SEED", "0"))
#: One model in so many is saved and loaded; so many go into one fresh process.
SAVED_SHARE = 5
BATCH = 20
#: How long to look for a smaller failing program.
SECONDS_TO_SHRINK = 30
STYLES = ("sequential", "functional", "subclass")
#: Why a style may be refused that is no chain: `test_tracing.py` holds these against Keras.
TOLD = "told: in a class Keras cannot trace it without knowing the sizes"
#: Why Keras may know less of a model than we say, or fail for not knowing it.
FORGETS = "where Keras traces it, CenterCrop of images of open sizes forgets which sizes it gives"


@dataclass
class Tally:
    """What occurred in the models that were drawn."""

    sizes: list[int] = field(default_factory=list)
    layers: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    styles: Counter[str] = field(default_factory=Counter)
    structures: Counter[str] = field(default_factory=Counter)
    saved: int = 0
    listed: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)

    def add(self, program: Program, meaning: Meaning) -> None:
        self.structures.update(kinds(program))
        self.sizes.append(len(meaning.layers))
        self.layers.update(meaning.layers)
        self.pairs.update(meaning.pairs)

    def text(self) -> str:
        count, sizes = len(self.sizes), sorted(self.sizes) or [0]
        styles = ", ".join(f"{n} {style}" for style, n in sorted(self.styles.items()))
        structures = ", ".join(f"{n} {kind}" for kind, n in self.structures.most_common())
        listed = "".join(f"\n{n:6} {reason}" for reason, n in self.listed.most_common())
        failed = "".join(f"\n{n:6} {kind}" for kind, n in self.failed.most_common())
        return (
            f"{count} models of {sizes[0]} to {sizes[-1]} layers ({sum(sizes)} in all): "
            f"{len(self.layers)} classes of layers, {len(self.pairs)} pairs of them in a row\n"
            f"with {structures}\n"
            f"built: {styles}; saved and loaded in each style: {self.saved} models\n"
            f"in agreement: {count - self.failed.total()} models{failed}\n"
            f"styles left out, each for a reason: {self.listed.total()}{listed}"
        )

    def table(self) -> str:
        """Return how often the layers of each family occurred."""
        families: dict[str, list[int]] = {}
        for name, count in self.layers.items():
            families.setdefault(RULES[name].family, []).append(count)
        rows = [("family", "classes", "layers")]
        rows += [(f, str(len(n)), str(sum(n))) for f, n in sorted(families.items())]
        return "\n".join(f"{f:>16} {classes:>9} {layers:>9}" for f, classes, layers in rows)


TALLY = Tally()
#: Models that are to be saved as well, by their seeds.
TO_SAVE: dict[int, dict[str, oracle.Saved]] = {}


# ---- What is asked of a model


class Failed(Exception):
    """What went wrong with a model, and where: failures of one `kind` are alike."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind


def compiled_styles(text: str) -> dict[str, CompiledModel]:
    """Return what each style makes of a text, without Sequential where that is no chain."""
    made = {}
    for style in STYLES:
        # What is drawn makes no sense, and need not.
        options = Options(style, rules=None, consent=lambda: True)
        compiled = compile_source(Source("drawn.nn", text), options)
        errors = [d for d in compiled.diagnostics if d.severity == "error"]
        first = errors[0] if errors else None
        if first is not None and first.code == "S110" and "in a class" in first.title:
            TALLY.listed[TOLD] += 1
        elif first is not None and not (style == "sequential" and first.code == "G710"):
            line = text.splitlines()[first.span.line - 1].strip()
            found = f"{first.title} (expected {first.expected}, received {first.received}): {line}"
            raise Failed(f"check {first.code} {without_numbers(first.title)}", found)
        if compiled.code is not None:
            made[style] = compiled
    return made


def examine(text: str) -> dict[str, oracle.Saved]:
    """Compile a text in all styles, build and compare; return the models. Raises `Failed`."""
    step = "compile"
    made: dict[str, oracle.Saved] = {}
    try:
        for style, compiled in compiled_styles(text).items():
            step = f"black {style}"
            assert black.format_str(compiled.code, mode=black.Mode()) == compiled.code
            try:
                step = f"build {style}"
                model = oracle.build(compiled)
                step = f"prediction {style}"
                oracle.compare_with_prediction(model, compiled)
            except Exception:
                if not forgets(compiled):
                    raise
                TALLY.listed[FORGETS] += 1
                continue
            step = f"outputs {style}"
            made[style] = compared(compiled, model, next(iter(made.values()), None))
    except Failed:
        raise
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1].line
        text = str(error) or f"{last} {differing_names(compiled, model)}"
        raise Failed(f"{step} {type(error).__name__} {without_numbers(text)[:60]}", text) from error
    return made


def forgets(compiled: CompiledModel) -> bool:
    """True if a model crops images of open sizes in a class."""
    assert compiled.shaped is not None
    crops = [use for use in compiled.shaped.uses if use.rule.name == "CenterCrop"]
    in_class = compiled.style == "subclass" or "(keras.layers.Layer):" in (compiled.code or "")
    return in_class and any(None in use.inputs[0].shape[1:] for use in crops)


def differing_names(compiled: CompiledModel, model: keras.Model) -> list[str]:
    """Return the names of layers that only Keras has, or only the prediction."""
    return sorted(set(oracle.predicted_leaves(compiled)) ^ set(oracle.leaf_layers(model)))


def compared(
    compiled: CompiledModel, model: keras.Model, first: oracle.Saved | None
) -> oracle.Saved:
    """Call a model and hold its outputs against the prediction, and against the first style's."""
    names = list(compiled.outputs)
    if first is None:
        oracle.randomize_weights(model)
        inputs = oracle.random_inputs(compiled)
        found = oracle.call(model, inputs, names)
        compare_with_declared(found, compiled)
        oracle.assert_same_outputs(found, found)  # finite
    else:
        inputs = first.inputs
        oracle.copy_weights(first.model, model)
        expected = oracle.call(first.model, inputs, names)
        oracle.assert_same_outputs(oracle.call(model, inputs, names), expected)
    return oracle.Saved(compiled, model, inputs)


def compare_with_declared(found: oracle.Arrays, compiled: CompiledModel) -> None:
    """Assert that what comes out has the shapes and dtypes that were predicted."""
    for name, tensor in compiled.outputs.items():
        shape = (found[name].shape[0], *oracle.keras_shape(tensor.shape)[1:])
        assert len(shape) == found[name].ndim, (name, shape, found[name].shape)
        pairs = zip(shape, found[name].shape, strict=True)
        assert all(a is None or a == b for a, b in pairs), (name, shape, found[name].shape)
        assert found[name].dtype == tensor.dtype, (name, tensor.dtype, found[name].dtype)


def without_numbers(text: str) -> str:
    """Return a message without what differs from program to program."""
    return re.sub(r"`[^`]*`|'[^']*'|[\d.]+|\s+", " ", text)


def failure_of(text: str) -> str | None:
    """Return the kind of a text's failure, or None."""
    try:
        examine(text)
    except Failed as failed:
        return failed.kind
    return None


def report(seed: int, failed: Failed) -> str:
    """Return what is said of a failing seed: the smallest program that fails in the same way."""
    end = time.monotonic() + SECONDS_TO_SHRINK
    program, _ = draw_program(seed)

    def fails(text: str) -> bool:
        return time.monotonic() < end and failure_of(text) == failed.kind

    return f"seed {seed}: {failed}\n{shrink(program, fails).text()}"


def failures_of_saved(seeds: Iterable[int]) -> dict[str, str]:
    """Save the models of these seeds that are kept for it, load them; return what failed."""
    cases = {}
    for seed in seeds:
        made = TO_SAVE.pop(seed, {})  # nothing if it failed before
        cases.update({f"seed {seed}, {style}": saved for style, saved in made.items()})
    with tempfile.TemporaryDirectory() as folder:
        return oracle.save_and_load(cases, Path(folder))


# ---- Tests


@pytest.mark.parametrize("seed", range(SEED, SEED + MODELS))
def test_model(seed: int) -> None:
    program, meaning = draw_program(seed)
    TALLY.add(program, meaning)
    try:
        made = examine(program.text())
    except Failed as failed:
        pytest.fail(report(seed, failed), pytrace=False)
    TALLY.styles.update(made.keys())
    if (seed - SEED) % SAVED_SHARE == 0:
        TO_SAVE[seed] = made


@pytest.mark.parametrize("start", range(SEED, SEED + MODELS, SAVED_SHARE * BATCH))
def test_saved_models_load(start: int) -> None:
    assert failures_of_saved(range(start, start + SAVED_SHARE * BATCH)) == {}


def test_seed_is_all_that_counts() -> None:
    assert draw_program(3)[0].text() == draw_program(3)[0].text() != draw_program(4)[0].text()


def test_shrinks() -> None:
    program, _ = draw_program(0)
    small = shrink(program, lambda text: " -> " in text)
    assert len(small.text()) < 200, small.text()


@pytest.fixture(scope="module", autouse=True)
def _tally() -> Iterator[None]:
    """Print the tally in the end, where pytest shows it (`-s`)."""
    yield
    print(f"\n{TALLY.text()}")


# ---- As a program


def main() -> int:
    parser = argparse.ArgumentParser(description="Draw models and hold them against Keras.")
    parser.add_argument("models", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-shrink", action="store_true")
    options = parser.parse_args()
    for seed in range(options.seed, options.seed + options.models):
        program, meaning = draw_program(seed)
        TALLY.add(program, meaning)
        try:
            made = examine(program.text())
        except Failed as failed:
            TALLY.failed[failed.kind] += 1
            if TALLY.failed[failed.kind] == 1:
                said = f"seed {seed}: {failed}" if options.no_shrink else report(seed, failed)
                print(f"{said}\n", flush=True)
            continue
        TALLY.styles.update(made.keys())
        if (seed - options.seed) % SAVED_SHARE == 0:
            TO_SAVE[seed] = made
        if len(TO_SAVE) == BATCH:
            report_saved()
    report_saved()
    print(f"{TALLY.table()}\n\n{TALLY.text()}")
    return int(bool(TALLY.failed))


def report_saved() -> None:
    """Save and load the models that are kept for it, and print what fails."""
    TALLY.saved += len(TO_SAVE)
    for name, failure in failures_of_saved(list(TO_SAVE)).items():
        TALLY.failed["saved and loaded"] += 1
        print(f"{name}: {failure}\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
