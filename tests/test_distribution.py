"""Training that is shared out: the same losses on several devices and processes as on one.

Each way has processes of its own, since devices are counted when TensorFlow or jax begins.

Run as a program, this file is such a process: `python tests/test_distribution.py TASK ...`.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import nndsl
from nndsl.shapes.variable_paths import Variable, keras_patterns, matching, variables

pytestmark = pytest.mark.keras

ROOT = Path(__file__).resolve().parent.parent
needs_jax = pytest.mark.skipif(
    importlib.util.find_spec("jax") is None, reason="jax is not installed"
)

#: What trains alike on any number of devices; a batch of validation is smaller than the others.
TRAINED = """
model Shared {
    input x: [6]
    x -> Normalization -> Dense(8, relu) as hidden
    hidden -> Dense(1) as y
    output y
}
train {
    DISTRIBUTE
    data: synthetic(samples=112, seed=1)
    loss: mse
    metrics: mae
    optimizer: Adam(1e-2)
    batch_size: 16
    epochs: 3
    validation: 0.25
    history: "history.csv"
    save: "shared.keras"
}
"""
LAYOUT = '[("hidden/kernel", [none, "model"]), ("hidden/bias", ["model"])]'
WAYS = {
    "alone": "shuffle: false\n backend: jax",
    "data_parallel": "shuffle: false\n distribute: data_parallel",
    "model_parallel": f"shuffle: false\n distribute: model_parallel(2, layout={LAYOUT})",
    "shuffled": f"distribute: model_parallel(model=2, batch=2, layout={LAYOUT})",
}
#: Those that two processes train by as well; the second is stopped on the way.
TOGETHER = ("data_parallel", "shuffled")
#: How the examples are run here.
SHORT = ["--output-dir", "example", "--epochs", "1", "--limit", "320", "--data"]
SHORT.append(str(ROOT / "examples/data/digits.npz"))
MIRRORED = 'distribute: mirrored(devices=["CPU:0", "CPU:1"])'


def write(folder: Path, name: str, distribute: str, style: str = "auto") -> Path:
    """Compile the training into a folder."""
    text = TRAINED.replace("DISTRIBUTE", distribute)
    compiled = nndsl.compile(text, style=style, name="shared.nn")
    assert compiled.code is not None, compiled.diagnostics
    path = folder / f"{name}.py"
    path.write_text(compiled.code, encoding="utf-8")
    return path


def write_example(folder: Path, name: str) -> None:
    path = ROOT / "examples/several_devices" / f"{name}.nn"
    compiled = nndsl.compile(path.read_text(encoding="utf-8"), name=str(path))
    assert compiled.code is not None and compiled.diagnostics == ()
    (folder / f"example_{name}.py").write_text(compiled.code, encoding="utf-8")


def history(folder: Path) -> list[list[float]]:
    """Return the losses and metrics of every epoch."""
    with (folder / "history.csv").open(encoding="utf-8") as file:
        return [[float(value) for value in row.values()] for row in csv.DictReader(file)]


def assert_same(found: list[list[float]], expected: list[list[float]]) -> None:
    assert np.shape(found) == np.shape(expected)
    assert np.abs(np.subtract(found, expected)).max() <= 1e-6


def weights(folder: Path) -> list[np.ndarray]:
    import oracle

    return oracle.weights_of(folder / "shared.keras")


def assert_same_weights(found: Path, expected: Path) -> None:
    import oracle

    assert oracle.furthest(weights(found), weights(expected)) <= 1e-6


# ---- One machine ---------------------------------------------------------------------------


def test_mirrored_trains_as_one_device(tmp_path: Path) -> None:
    """In one style as it is, in another after a stop; and what is refused fails there."""
    import oracle

    write(tmp_path, "alone", "")
    write(tmp_path, "whole", MIRRORED, "sequential")
    write(tmp_path, "stopped", MIRRORED, "subclass")
    printed = oracle.run_python([__file__, "mirror", str(tmp_path)], tmp_path, backend="tensorflow")
    assert json.loads(printed.splitlines()[-1]) == {"replicas": 2, "works": []}
    for name in ("whole", "stopped"):
        assert_same(history(tmp_path / name), history(tmp_path / "alone"))


def test_the_example_trains_on_one_machine(tmp_path: Path) -> None:
    import oracle

    write_example(tmp_path, "mirrored")
    oracle.run_python([str(tmp_path / "example_mirrored.py"), *SHORT], tmp_path, backend="")
    assert (tmp_path / "example/mirrored.keras").exists()


@pytest.fixture(scope="module")
def on_devices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what four devices of jax came to, in each way."""
    import oracle

    folder = tmp_path_factory.mktemp("devices")
    for name, distribute in WAYS.items():
        write(folder, name, distribute, "functional" if name == "shuffled" else "auto")
    write_example(folder, "data_parallel")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XLA_FLAGS", "--xla_force_host_platform_device_count=4")
        printed = oracle.run_python([__file__, "devices", str(folder)], folder, backend="jax")
    assert json.loads(printed.splitlines()[-1]) == {"devices": 4, "split": [6, 4]}
    assert (folder / "example/data_parallel.keras").exists()
    return folder


@needs_jax
def test_devices_of_jax_train_as_one(on_devices: Path) -> None:
    """Four of them, by batches and by weights."""
    for name in ("data_parallel", "model_parallel"):
        assert_same(history(on_devices / name), history(on_devices / "alone"))


# ---- Several processes ---------------------------------------------------------------------


@needs_jax
def test_processes_train_as_one(on_devices: Path) -> None:
    """Two of them with two devices each, and half of each batch; also after a stop of both."""
    together([__file__, "processes", str(on_devices)], on_devices)
    for name in TOGETHER:
        there = on_devices / f"two_{name}"
        assert_same(history(there), history(on_devices / name))
        assert_same_weights(there, on_devices / name)
        assert sorted(path.name for path in there.iterdir()) == ["history.csv", "shared.keras"]


def run_alone(script: Path, *arguments: str) -> None:
    import oracle

    oracle.run_python([str(script), *arguments], script.parent, backend="jax")


def together(arguments: list[str], folder: Path, count: int = 2) -> None:
    """Run Python in several processes that know of each other."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    processes = [
        subprocess.Popen(
            [sys.executable, *arguments],
            cwd=folder,
            env={
                **os.environ,
                "KERAS_BACKEND": "jax",
                "XLA_FLAGS": "--xla_force_host_platform_device_count=2",
                "KERAS_DISTRIBUTION_JOB_ADDRESSES": address,
                "KERAS_DISTRIBUTION_NUM_PROCESSES": str(count),
                "KERAS_DISTRIBUTION_PROCESS_ID": str(number),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        for number in range(count)
    ]
    try:
        said = [process.communicate(timeout=240)[0] for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert [process.returncode for process in processes] == [0] * count, said


@needs_jax
@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="ray is not installed")
def test_workers_of_ray_train_as_one(tmp_path: Path) -> None:
    """Two of them; what they report is kept by Ray."""
    import oracle

    script = write(tmp_path, "shared", "shuffle: false\n distribute: ray(workers=2)", "subclass")
    arguments = [str(script), "--output-dir", "two"]
    printed = oracle.run_python(arguments, tmp_path, patience=900, backend="jax")
    assert "Reported by the first worker: {'epoch': 3, 'loss': " in printed
    run_alone(write(tmp_path, "alone", WAYS["alone"]), "--output-dir", "one")
    assert_same(history(tmp_path / "two"), history(tmp_path / "one"))
    assert list((tmp_path / "two/ray").glob("*/checkpoint_*/shared.checkpoint.npz"))
    np.savez(tmp_path / "given.npz", x=np.ones((5, 6), "float32"))
    run_alone(script, "--output-dir", "two", "--predict", "given.npz")
    with np.load(tmp_path / "two/predictions.npz") as predictions:
        assert predictions["y"].shape == (5, 1)


# ---- Layouts -------------------------------------------------------------------------------

NESTED = """
block Unit(w) {
    input x: [?]
    x -> Dense(w) -> BatchNormalization as y
    output y
}
model Inner {
    input x: [6, 8]
    x -> Bidirectional(LSTM(5)) as both
    both -> Dense(4) as z
    z -> Unit(4) as y
    output y
}
model Mixed {
    input x: [6, 8]
    x -> MultiHeadAttention(2, 4, value=x) as att
    att -> Inner as i
    layer u = Unit(4)
    i -> u -> u as k
    k -> repeat 2 { Unit(4) } -> Dense(4) as my_z
    att -> TimeDistributed(Dense(4)) -> SpectralNormalization(Dense(4)) as spread
    spread -> GRU(3, return_sequences=true) -> RNN([LSTMCell(3), GRUCell(3)]) as steps
    my_z, steps -> Concatenate -> Dense(4) as query
    query -> Dense(1) as y
    output y
}
"""
CHAIN = """
block Unit(w) = Dense(w) -> LayerNormalization
model Chain {
    input x: [6, 4]
    x -> Unit(4) -> repeat 2 { Unit(4) } -> LSTM(3) -> Dense(1) as y
    output y
}
"""
#: Patterns beside the names of all variables.
PATTERNS = ("*/kernel", "*_dense/kernel", "unit*/gamma", "att/*/bias", "both/*/kernel", "*/*/bias")
PATTERNS += ("*/beta", "lstm/*", "query/*", "steps/*/*/kernel", "*y/kernel", "*/*", "spread/*/*")


@pytest.mark.parametrize(
    ("name", "text", "style"),
    [
        ("Mixed", NESTED, "functional"),
        ("Mixed", NESTED, "subclass"),
        ("Chain", CHAIN, "sequential"),
    ],
)
def test_patterns_mean_the_same_in_keras(name: str, text: str, style: str) -> None:
    """Every variable by its own name, and many by a pattern: the very ones that Keras finds."""
    import keras
    import oracle

    compiled = nndsl.compile(text, style=style, model=name)
    model = oracle.build(compiled)
    layers = oracle.leaf_layers(model)
    known = variables(compiled.shaped)
    paths: dict[Variable, set[str]] = {}
    for made in compiled.layers:
        of_layer = replace(compiled.shaped, layers=(made,))
        for one in variables(of_layer):
            end = re.compile(f"(.*/)?{one.in_keras.replace('*', '[^/]*')}")
            found = {v.path for v in layers[oracle.short_name(made.name)].weights}
            paths.setdefault(one, set()).update(path for path in found if end.fullmatch(path))
    assert set().union(*paths.values()) == {variable.path for variable in model.weights}
    meant, alone = 0, set()
    for pattern in dict.fromkeys([*(one.path for one in known), *PATTERNS]):
        if not matching(pattern, known):  # which is an error
            continue
        wanted = keras_patterns(pattern, known)
        if wanted is None:
            alone.add(pattern.rpartition("/")[0])
            continue
        layout = keras.distribution.LayoutMap(None)
        for one in wanted:
            layout[one] = (None,)
        expected = set().union(*(paths[one] for one in matching(pattern, known)))
        found = {v.path for v in model.variables if layout[v.path] is not None}
        assert found == expected, (pattern, wanted)
        meant += len(found)
    assert meant > len(known)
    assert alone == ({"steps/cell/0", "steps/cell/1"} if name == "Mixed" else set())


# ---- In the other process ------------------------------------------------------------------


def load(script: Path) -> object:
    import oracle

    return oracle.import_file(script)


def run(module: object, *arguments: str) -> None:
    import oracle

    oracle.forget()
    sys.argv = ["script.py", *arguments]
    module.main()  # type: ignore[attr-defined]


def run_example(folder: Path, name: str) -> None:
    script = load(folder / f"example_{name}.py")
    run(script, *SHORT)


def stop(module: object, *arguments: str) -> None:
    """Run a script, and stop it behind its first epoch."""
    kept = module.Checkpoint.on_epoch_end  # type: ignore[attr-defined]

    def stopping(self: object, epoch: int, logs: object = None) -> None:
        kept(self, epoch, logs)
        if epoch == 0:
            raise KeyboardInterrupt

    module.Checkpoint.on_epoch_end = stopping  # type: ignore[attr-defined]
    try:
        run(module, *arguments)
        raise AssertionError("it was not stopped")
    except KeyboardInterrupt:
        module.Checkpoint.on_epoch_end = kept  # type: ignore[attr-defined]


def mirror(folder: Path) -> None:
    import tensorflow as tf

    (cpu,) = tf.config.list_physical_devices("CPU")
    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(cpu, two)
    for name in ("alone", "whole"):
        run(load(folder / f"{name}.py"), "--output-dir", name)
    stopped = load(folder / "stopped.py")
    stop(stopped, "--output-dir", "stopped")
    run(stopped, "--output-dir", "stopped", "--resume")
    assert_same_weights(folder / "stopped", folder / "whole")
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    print(json.dumps({"replicas": strategy.num_replicas_in_sync, "works": refused(strategy)}))


def refused(strategy: object) -> list[str]:
    """Return which of the settings that are refused work all the same."""
    import keras

    adam = keras.optimizers.Adam
    settings = {
        "jit_compile": {"jit_compile": True},
        "steps_per_execution": {"steps_per_execution": 2},
        "gradient_accumulation_steps": {"optimizer": lambda: adam(gradient_accumulation_steps=2)},
    }
    worked = []
    for name, given in settings.items():
        try:
            with strategy.scope():  # type: ignore[attr-defined]
                model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1)])
                made = {key: value() if callable(value) else value for key, value in given.items()}
                model.compile(**{"optimizer": "adam", "loss": "mse", **made})
            model.fit(np.ones((32, 6)), np.ones((32, 1)), batch_size=8, verbose=0)
            worked.append(name)
        except Exception as error:
            print(name, type(error).__name__)
    return worked


def devices(folder: Path) -> None:
    import jax

    for name in WAYS:
        run(load(folder / f"{name}.py"), "--output-dir", name)
    run_example(folder, "data_parallel")
    module = load(folder / "model_parallel.py")
    module.distribute(16)  # type: ignore[attr-defined]
    hidden = module.build_model().get_layer("hidden").kernel.value  # type: ignore[attr-defined]
    module.keras.distribution.set_distribution(None)  # type: ignore[attr-defined]
    shards = {shard.data.shape for shard in hidden.addressable_shards}
    print(json.dumps({"devices": len(jax.devices()), "split": list(*shards)}))


def processes(folder: Path) -> None:
    """Do what each of several processes does."""
    import keras
    from jax.experimental import multihost_utils

    keras.distribution.initialize()
    keras.distribution.initialize = lambda: None  # a process does so once
    whole, stopped = (load(folder / f"{name}.py") for name in TOGETHER)
    run(whole, "--output-dir", f"two_{TOGETHER[0]}")
    place = f"two_{TOGETHER[1]}"
    stop(stopped, "--output-dir", place)
    multihost_utils.sync_global_devices("all are stopped")
    run(stopped, "--output-dir", place, "--resume")


if __name__ == "__main__":
    tasks = {"mirror": mirror, "devices": devices, "processes": processes}
    tasks[sys.argv[1]](Path(sys.argv[2]))
