"""The zoo beside its references: models written by hand, and those of `keras.applications`.

Weights are copied in their order, and both are called on the same example. Wide models are made
narrow for that, in both. By default the small ones run; NNDSL_ZOO=all takes every model.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from test_zoo import PARAMETERS, ZOO

import nndsl

pytestmark = pytest.mark.keras

keras = pytest.importorskip("keras")

import numpy as np  # noqa: E402
import oracle  # noqa: E402

BY_HAND = Path(__file__).resolve().parent / "reference" / "zoo"
#: Constants of the text, and of the reference by their names in capitals, with smaller values.
NARROW = {
    "bert_base": {"vocabulary": 50, "width": 24, "length": 16},
    "gpt2_small": {"vocabulary": 50, "width": 24, "length": 16},
    "seq2seq": {"source_words": 40, "target_words": 30, "width": 8},
    "transformer_base": {"vocabulary": 50, "width": 16, "heads": 2},
    "vit_b16": {"width": 24},
}
QUICK = (*NARROW, "autoencoder", "lenet5", "mobilenet_v3_small", "squeezenet", "text_cnn", "vae")
#: Where the arithmetic is not done in the same order: sines of the positions, a mean.
ROUNDED = {"transformer_base": 1e-5, "mobilenet_v3_small": 1e-7}
CHOSEN = list(ZOO) if os.environ.get("NNDSL_ZOO") == "all" else [n for n in ZOO if n in QUICK]


def reference(name: str, narrow: dict[str, int]) -> keras.Model:
    keras.utils.clear_session()
    path = BY_HAND / f"{name}.py"
    if not path.is_file():
        (application,) = re.findall(r"keras\.applications\.(\w+)", ZOO[name].read_text("utf-8"))
        return getattr(keras.applications, application)(weights=None)
    module = oracle.import_file(path, f"zoo_{name}")
    for constant, value in narrow.items():
        assert hasattr(module, constant.upper())
        setattr(module, constant.upper(), value)
    return module.build()


@pytest.mark.parametrize("name", CHOSEN)
def test_same_as_the_reference(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ZOO[name].parent)  # where the Python is that it imports
    narrow = NARROW.get(name, {})
    text = ZOO[name].read_text(encoding="utf-8")
    settings = {constant: str(value) for constant, value in narrow.items()}
    compiled = nndsl.compile(
        text, style="functional", name=ZOO[name].name, constants=settings, allow_python=True
    )
    model = oracle.build(compiled)
    oracle.randomize_weights(model)
    other = reference(name, narrow)
    pairs = zip(model.get_weights(), other.weights, strict=True)
    other.set_weights([value.reshape(weight.shape) for value, weight in pairs])
    if not narrow:
        assert other.count_params() == sum(PARAMETERS[name])
    inputs = oracle.random_inputs(compiled, rows=1)
    if "segments" in inputs:
        inputs["segments"] %= 2
    names = list(compiled.outputs)
    found = oracle.call(model, inputs, names)
    expected = oracle.call(other, inputs, names)
    for output in names:
        difference = np.abs(found[output] - expected[output]).max()
        assert difference <= ROUNDED.get(name, 0.0), output


@pytest.mark.parametrize("name", NARROW)
def test_constants_are_those_of_the_reference(name: str) -> None:
    """So what holds for the narrow ones holds for the wide ones."""
    text = ZOO[name].read_text(encoding="utf-8")
    module = oracle.import_file(BY_HAND / f"{name}.py", f"wide_{name}")
    for constant in NARROW[name]:
        value = getattr(module, constant.upper())
        assert re.search(rf"^const {constant} *= {value}$", text, re.M)
