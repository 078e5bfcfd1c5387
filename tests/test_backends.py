"""Emitted code on jax and on PyTorch: the same model, and a training that goes on.

Each backend has a process of its own, since Keras takes one when it is imported.

Run as a program, this file is that process: `python tests/test_backends.py SCRIPT FOLDER`.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

import nndsl
from nndsl.compiler import CompiledModel
from nndsl.shapes.backends import FAILING_LAYERS, TENSORFLOW_ARGUMENTS, TENSORFLOW_LAYERS

pytestmark = pytest.mark.keras

ROOT = Path(__file__).resolve().parent.parent
#: Examples whose scripts run on every backend: arrays, records, a table, several outputs.
RUN = ("digits", "digit_records", "tumours", "three_paths_three_outputs")
EXAMPLES = ("digits", "siamese", "three_paths_three_outputs")
BACKENDS = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(
            importlib.util.find_spec(name) is None, reason=f"{name} is not installed"
        ),
    )
    for name in ("jax", "torch")
]
#: Layers whose computations differ from one backend to another, and a loop.
MODEL = """
model Mixed {
    input words: int32[12]
    input image: [16, 16, 3]
    words -> Embedding(20, 8, mask_zero=true) -> Bidirectional(GRU(6)) as text
    image -> for f in [4, 8] {
        SeparableConv2D(f, 3, padding=same) -> BatchNormalization -> gelu
    } as maps
    maps -> MaxPooling2D(4) -> Reshape((16, 8)) as rows
    rows -> MultiHeadAttention(2, 4, value=rows) -> LayerNormalization -> LSTM(8) as seen
    text, seen -> Concatenate -> Dropout(0.2) -> Dense(3, softmax) as y
    output y
}
"""
TRAINED = """
model Slow {
    input x: [16]
    x -> Dense(32, relu) -> Dropout(0.3) -> BatchNormalization -> Dense(1) as y
    output y
}
train {
    backend: BACKEND
    loss: mse
    optimizer: Adam(CosineDecay(1e-2, 200))
    epochs: 3
    validation: 0.2
    save: "slow.keras"
}
"""
#: Layers as a script of Keras makes them, each with what it is called on.
NOT_ON_OTHERS = {
    "HashedCrossing": ("HashedCrossing(5)", "int64"),
    "Hashing": ("Hashing(5)", "int64"),
    "IntegerLookup": ("IntegerLookup(vocabulary=[1, 2])", "int64"),
    "StringLookup": ("StringLookup(vocabulary=['a', 'b'])", "string"),
    "TextVectorization": ("TextVectorization(vocabulary=['a', 'b'])", "string"),
    "sparse": ("CategoryEncoding(4, sparse=True)", "int64"),
    "ragged": ("TextVectorization(vocabulary=['a', 'b'], ragged=True)", "string"),
    "synchronized": ("BatchNormalization(synchronized=True)", "float32"),
}
#: Those that fail on one backend alone: what they are made by, and on what.
NOT_ON_ONE = {"RandomElasticTransform": ("RandomElasticTransform()", (4, 4, 3))}


def models() -> dict[str, CompiledModel]:
    texts = {name: (ROOT / "examples" / f"{name}.nn").read_text() for name in EXAMPLES}
    texts |= {"functional": MODEL, "subclass": MODEL}
    return {
        name: nndsl.compile(text, style="subclass" if name == "subclass" else "functional")
        for name, text in texts.items()
    }


@pytest.mark.parametrize("backend", BACKENDS)
def test_models_compute_the_same(backend: str, tmp_path: Path) -> None:
    """Saved with TensorFlow, loaded there: as many parameters, and outputs equal as floats are."""
    import oracle

    cases = {}
    for name, compiled in models().items():
        model = oracle.build(compiled)
        oracle.randomize_weights(model)
        cases[name] = oracle.Saved(compiled, model, oracle.random_inputs(compiled))
    assert oracle.save_and_load(cases, tmp_path, backend) == {}


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_stopped_run_goes_on_and_examples_run(backend: str, tmp_path: Path) -> None:
    import oracle

    compiled = nndsl.compile(TRAINED.replace("BACKEND", backend), name="slow.nn")
    assert compiled.code is not None, compiled.diagnostics
    script = tmp_path / "slow.py"
    script.write_text(compiled.code, encoding="utf-8")
    (tmp_path / "data").symlink_to(ROOT / "examples" / "data")
    for name in RUN:
        text = (ROOT / "examples" / f"{name}.nn").read_text()
        code = nndsl.compile(text.replace("train {", f"train {{\n    backend: {backend}")).code
        assert code is not None
        (tmp_path / f"example_{name}.py").write_text(code, encoding="utf-8")
    # The script chooses the backend by itself: the environment says nothing.
    printed = oracle.run_python([__file__, "go on", str(script)], tmp_path, backend="")
    assert json.loads(printed.splitlines()[-1]) == {
        "backend": backend,
        "furthest": 0.0,
        "run": list(RUN),
    }


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_is_refused_does_not_work(backend: str, tmp_path: Path) -> None:
    import oracle

    assert set(NOT_ON_OTHERS) == TENSORFLOW_LAYERS | TENSORFLOW_ARGUMENTS
    printed = oracle.run_python([__file__, "refuse"], tmp_path, backend=backend)
    works = set(NOT_ON_ONE) - FAILING_LAYERS.get(backend, frozenset())
    assert set(json.loads(printed.splitlines()[-1])) == works


# ---- In the other process ------------------------------------------------------------------


def go_on(script: Path) -> dict[str, object]:
    """Train without a break, then with one, and say how far apart the weights are."""
    if not os.environ.get("KERAS_BACKEND"):
        os.environ.pop("KERAS_BACKEND", None)
    sys.path.insert(0, str(script.parent))
    import slow

    def train(*arguments: str) -> None:
        sys.argv = ["slow.py", *arguments]
        slow.main()

    train("--output-dir", "whole")
    kept = slow.Checkpoint.on_epoch_end

    def stop(self: object, epoch: int, logs: object = None) -> None:
        kept(self, epoch, logs)
        if epoch == 0:
            raise KeyboardInterrupt

    slow.Checkpoint.on_epoch_end = stop
    try:
        train("--output-dir", "stopped")
        raise AssertionError("it was not stopped")
    except KeyboardInterrupt:
        slow.Checkpoint.on_epoch_end = kept
    train("--output-dir", "stopped", "--resume")
    load = slow.keras.models.load_model
    whole, stopped = (load(f"{name}/slow.keras").get_weights() for name in ("whole", "stopped"))
    apart = [float(np.abs(a - b).max()) for a, b in zip(whole, stopped, strict=True)]
    return {"backend": slow.keras.backend.backend(), "furthest": max(apart)}


def run_example(name: str) -> bool:
    """Train an example on a few samples, and use the saved model; say if there is one."""
    module = importlib.import_module(name)
    sys.argv = [name, "--limit", "64", "--epochs", "1", "--output-dir", name]
    module.main()
    return bool(os.listdir(name)) or not hasattr(module, "use_saved_model")


def refuse() -> None:
    """Say which of the layers can be trained behind an input all the same."""
    import keras

    trained = []
    tried = {name: (made, (3,), dtype) for name, (made, dtype) in NOT_ON_OTHERS.items()}
    tried |= {name: (made, shape, "float32") for name, (made, shape) in NOT_ON_ONE.items()}
    for name, (made, shape, dtype) in tried.items():
        full = (4, *shape)
        x = np.full(full, "a") if dtype == "string" else np.ones(full, dtype)
        try:
            inputs = keras.Input(shape, dtype=dtype)
            layer = eval(made, vars(keras.layers))
            given = (inputs, inputs) if name == "HashedCrossing" else inputs
            outputs = keras.layers.Dense(1)(keras.layers.Flatten()(layer(given)))
            model = keras.Model(inputs, outputs)
            model.compile("sgd", "mse")
            model.fit(x, np.zeros((4, 1)), verbose=0)
            trained.append(name)
        except Exception as error:
            print(name, type(error).__name__)
    print(json.dumps(trained))


if __name__ == "__main__":
    if sys.argv[1] == "go on":
        found = go_on(Path(sys.argv[2]))
        ran = [name for name in RUN if run_example(f"example_{name}")]
        print(json.dumps({**found, "run": ran}))
    else:
        refuse()
