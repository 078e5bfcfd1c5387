"""Mistakes of others in Keras: what it says of them, and that it trains them once mended."""

from __future__ import annotations

import ast
import os
import re
import sys
from pathlib import Path

import pytest

keras = pytest.importorskip("keras")

import numpy as np  # noqa: E402
import oracle  # noqa: E402
from corpus_files import BY_HAND, entries, mended  # noqa: E402

import nndsl  # noqa: E402
from nndsl import vocabulary  # noqa: E402

sys.path.append(str(Path(__file__).resolve().parent.parent / "tools"))

import make_mistakes  # noqa: E402

pytestmark = pytest.mark.keras

#: One mended model in so many is built and trained; `NNDSL_ALL=1` takes all of them.
_SHARE = 1 if os.environ.get("NNDSL_ALL") else 3

#: Series of hundreds of steps, which are as well trained with few.
_LONG = re.compile(r"^( *input \w+: \[)\d{3,}(, \d+\])", re.MULTILINE)


def test_mended_models_are_trained_by_keras() -> None:
    """What comes out is built, compiled and trained on made-up data, each for a step."""
    failed = []
    for entry in [e for e in entries("mistakes") if e.mended != BY_HAND][::_SHARE]:
        text = re.sub(r"callbacks:.*", "", mended(entry, unsafe=True).source.text)
        text = _LONG.sub(r"\g<1>30\2", text)
        compiled = nndsl.compile(text, style="functional")
        assert compiled.code is not None
        keras.utils.clear_session()
        module = oracle.import_code(compiled.code)
        model = module.build_model()
        if "def synthetic_data" not in compiled.code:
            continue  # a model that is not trained
        if "channels_first" in text:
            continue  # built, but not trained: TensorFlow has no such gradients on a CPU
        x, y = module.synthetic_data(0, samples=4)
        # What goes through many steps is slow without a graph, everything else with one.
        steps = any(isinstance(layer, keras.layers.RNN) for layer in model.layers)
        model.compile(**_compiled_with(compiled.code), jit_compile=False, run_eagerly=not steps)
        loss = np.ravel(model.train_on_batch(x, y))[0]
        if not np.isfinite(loss):
            failed.append((entry.title, loss))
    assert not failed


def _compiled_with(code: str) -> dict[str, object]:
    """Return the arguments that a script gives to `compile`."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr == "compile":
                text = ", ".join(f"{k.arg!r}: {ast.unparse(k.value)}" for k in node.keywords)
                given: dict[str, object] = eval(f"{{{text}}}", {"keras": keras})
                return given
    raise AssertionError("the script compiles nothing")


def test_keras_says_what_is_recorded() -> None:
    """`python3 dev.py mistakes --keras` records it anew, for a new Keras."""
    if not keras.__version__.startswith(f"{vocabulary.keras_versions()[-1]}."):
        pytest.skip("what is recorded is of the newest Keras")
    assert make_mistakes.ask_keras() == make_mistakes.recorded()
