"""The scripts that train, run: every setting, what they leave behind, and how they go on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import nndsl
from nndsl.compiler import check_source
from nndsl.shapes.logs import log_names
from nndsl.source import Source

pytestmark = pytest.mark.keras

STYLES = ("sequential", "functional", "subclass")

EVERYTHING = """
const classes = 3

model Every {
    input x: [4]
    x -> Dense(8, relu) -> Dropout(0.2) -> Dense(classes, softmax) as y
    output y
}
train {
    optimizer: SGD(CosineDecay(0.1, 100), clipnorm=1.0, gradient_accumulation_steps=2)
    loss: sparse_categorical_crossentropy
    metrics: accuracy
    weighted_metrics: [accuracy, sparse_categorical_crossentropy]
    steps_per_execution: 2
    jit_compile: auto
    run_eagerly: false
    auto_scale_loss: true
    epochs: 4
    batch_size: 16
    initial_epoch: 1
    shuffle: true
    class_weight: [1, 2.5, 1]
    verbose: 2
    validation: last(0.25)
    validation_batch_size: 64
    validation_steps: 2
    validation_freq: [2, 3, 4]
    seed: 3
    precision: mixed_float16
    callbacks: EarlyStopping, ModelCheckpoint, CSVLogger, ReduceLROnPlateau, TerminateOnNaN,
        BackupAndRestore
    evaluate: true, batch_size=64, steps=2
    predict: 10, batch_size=5, verbose=0
    save: "every.keras", "every.weights.h5"
    export: "served/every"
    history: "history.csv"
}
"""


# ---- What is drawn -------------------------------------------------------------------------


def test_the_history_is_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import oracle

    image = pytest.importorskip("matplotlib.image")
    text = """
model Drawn {
    input x: [4]
    x -> Dense(8, relu) -> Dense(3, softmax) as y
    output y
}
train {
    loss: sparse_categorical_crossentropy
    metrics: accuracy
    epochs: 3
    validation: 0.2
    freeze: dense
    fine_tune: epochs=2
    plot: "runs/drawn.png"
}
"""
    module = oracle.run_main(nndsl.compile(text), ["--limit", "64"], tmp_path)
    assert "Saved runs/drawn.png in" in capsys.readouterr().out
    picture = image.imread(tmp_path / "runs" / "drawn.png")
    assert picture.shape[:2] == (900, 1050), "two axes, one below the other"
    assert picture[..., :3].std() > 0.01
    assert seen_after_resuming(module, tmp_path) == [1, 2]
    plot = module.Plot(tmp_path / "again.svg")
    for epoch in range(4):
        plot.on_epoch_end(epoch, {"loss": 4.0 - epoch, "val_loss": 5.0 - epoch, "learning_rate": 1})
    drawn = (tmp_path / "again.svg").read_text(encoding="utf-8")
    assert plot.history["val_loss"] == [[1, 5.0], [2, 4.0], [3, 3.0], [4, 2.0]]
    assert all(f"<!-- {label} -->" in drawn for label in ("loss", "val_loss", "learning_rate"))


def seen_after_resuming(module: ModuleType, folder: Path) -> list[int]:
    """Train an epoch, and another one as after --resume; return the epochs of the picture."""
    x, y = module.synthetic_data(0, 64)
    for epoch in range(2):
        model = module.build_model()
        model.compile("sgd", "sparse_categorical_crossentropy")
        plot = module.Plot(folder / "resumed.svg")
        checkpoint = module.Checkpoint(model, folder / "state.npz", plot)
        assert checkpoint.restore() == epoch
        model.fit(
            x, y, initial_epoch=epoch, epochs=epoch + 1, callbacks=[plot, checkpoint], verbose=0
        )
    return [epoch for epoch, _ in plot.history["loss"]]


# ---- Every setting -------------------------------------------------------------------------


def test_every_setting_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import oracle

    compiled = nndsl.compile(EVERYTHING, name="every.nn")
    assert {d.severity for d in compiled.diagnostics} <= {"warning", "info"}
    oracle.run_main(compiled, ["--limit", "400"], tmp_path)
    printed = capsys.readouterr().out
    assert "Held out: " in printed and "Predictions:" in printed
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {
        "every.keras", "every.weights.h5", "served", "history.csv", "every_best.keras",
        "every_history.csv",
    }  # fmt: skip
    saved = "every.keras, every.weights.h5, served/every, history.csv"
    assert f"Saved {saved}, every_best.keras, every_history.csv in" in printed
    lines = (tmp_path / "history.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 4, "epochs 1 to 3, as the first one is left out"
    assert (tmp_path / "served/every/saved_model.pb").is_file()
    oracle.run_main(compiled, ["--summary", "--output-dir", "elsewhere"], tmp_path)
    assert "Total params" in capsys.readouterr().out
    assert not (tmp_path / "elsewhere").exists()


def test_numbers_are_called_as_predicted(tmp_path: Path) -> None:
    """What callbacks may look at is what Keras logs."""
    import oracle

    text = """
model Two {
    input x: [4]
    x -> Dense(2, softmax) as kind
    x -> Dense(1, sigmoid) as size
    output kind, size
}
train {
    loss: kind=sparse_categorical_crossentropy, size=mse
    metrics: kind=accuracy, size=[mae, AUC(), Precision(), AUC(), RootMeanSquaredError(name="r")]
    weighted_metrics: kind=accuracy, size=mae
    history: "history.csv"
    validation: 0.5
}
"""
    shaped = check_source(Source("two.nn", text)).shaped
    names = log_names(shaped.graph.training, shaped.models["Two"])
    for style in ("functional", "subclass"):
        oracle.run_main(nndsl.compile(text, style=style), ["--limit", "64"], tmp_path)
        head, *_ = (tmp_path / "history.csv").read_text(encoding="utf-8").splitlines()
        found = {name.removeprefix("val_") for name in head.split(",")} - {"epoch"}
        assert found == set(names)


TWO_PHASES = """
block Encoder(width) = Dense(width, relu) -> Dense(width, relu)

model Phases {
    input x: [4]
    x -> Encoder(8) as encoder
    encoder -> Dense(3) as y
    output y
}
train {
    loss: mse
    metrics: AUC, mae
    optimizer: Adam(1e-2)
    weights: "given.keras"
    freeze: encoder
    epochs: 2
    fine_tune: epochs=2, optimizer=Adam(1e-3)
    save: "phases.keras"
    callbacks: CSVLogger("logged.csv"), EarlyStopping(monitor=auc, mode=max)
    history: "history.csv"
}
"""


@pytest.mark.parametrize("style", ["functional", "subclass"])
def test_two_phases(style: str, tmp_path: Path) -> None:
    """Weights are given by name; the encoder keeps them in the first phase only."""
    import oracle

    given = oracle.build(nndsl.compile(TWO_PHASES, style=style, name="phases.nn"))
    text = TWO_PHASES.replace('"given.keras"', f'"{tmp_path / "given.keras"}"')
    given.save(tmp_path / "given.keras")
    frozen = text.replace("    fine_tune: epochs=2, optimizer=Adam(1e-3)\n", "")
    oracle.run_main(nndsl.compile(frozen, style=style, name="phases.nn"), [], tmp_path)
    *encoder, kernel, _ = given.get_weights()
    *kept, changed, _ = oracle.weights_of(tmp_path / "phases.keras")
    assert oracle.furthest(encoder, kept) == 0 < np.abs(kernel - changed).max()
    oracle.run_main(nndsl.compile(text, style=style, name="phases.nn"), [], tmp_path)
    assert oracle.furthest(encoder, oracle.weights_of(tmp_path / "phases.keras")[:-2]) > 0
    for name in ("history.csv", "logged.csv"):
        head, *rows = (tmp_path / name).read_text(encoding="utf-8").splitlines()
        assert "auc" in head.split(",") and [row[0] for row in rows] == list("0123")
    again = ["--resume", "--epochs", "1"]
    oracle.run_main(nndsl.compile(text, style=style, name="phases.nn"), again, tmp_path)
    assert len((tmp_path / "logged.csv").read_text(encoding="utf-8").splitlines()) == 8


SLOW = """
model Slow {
    input x: [16]
    x -> Dense(32, relu) -> Dropout(0.3) -> BatchNormalization -> Dense(1) as y
    output y
}
train {
    loss: mse
    optimizer: Adam(CosineDecay(1e-2, 200))
    epochs: 30
    validation: 0.2
    save: "slow.keras"
}
"""


# ---- A model that was saved ----------------------------------------------------------------


@pytest.mark.parametrize("style", ["sequential", "subclass"])
def test_a_saved_model_is_used(
    style: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import oracle

    compiled = nndsl.compile(SLOW, style=style, name="slow.nn")
    with pytest.raises(SystemExit, match="train first"):
        oracle.run_main(compiled, ["--predict", str(Path(__file__))], tmp_path)
    oracle.run_main(compiled, ["--epochs", "1"], tmp_path)
    x = np.random.default_rng(0).random((70, 16), dtype="float32")
    np.savez(tmp_path / "inputs.npz", x=x)
    np.savez(tmp_path / "all.npz", x=x, y=x[:, :1])
    capsys.readouterr()
    oracle.run_main(compiled, ["--predict", "inputs.npz", "--batch-size", "16"], tmp_path)
    with np.load(tmp_path / "predictions.npz") as predictions:
        assert predictions["y"].shape == (70, 1)
    oracle.run_main(compiled, ["--evaluate", "all.npz"], tmp_path)
    assert "Evaluated: loss " in capsys.readouterr().out


@pytest.mark.parametrize("style", ["functional", "subclass"])
@pytest.mark.parametrize("outputs", [("file",), ("class",), ("file", "class"), ("a", "b")])
def test_predictions_are_saved_by_output(
    outputs: tuple[str, ...], style: str, tmp_path: Path
) -> None:
    """Also where `np.savez` has a parameter, or Python a keyword, of an output's name."""
    import oracle

    layers = "\n".join(f"x -> Dense(2) as {name}" for name in outputs)
    losses = ", ".join(f"{name}=mse" for name in outputs)
    text = f"model M {{\ninput x: [4]\n{layers}\noutput {', '.join(outputs)}\n}}\n"
    text += f'train {{\nloss: {losses}\nsave: "m.keras"\n}}\n'
    compiled = nndsl.compile(text, style=style, name="m.nn")
    oracle.run_main(compiled, ["--epochs", "1"], tmp_path)
    np.savez(tmp_path / "inputs.npz", x=np.zeros((6, 4), "float32"))
    oracle.run_main(compiled, ["--predict", "inputs.npz"], tmp_path)
    with np.load(tmp_path / "predictions.npz") as predictions:
        saved = {name: values.shape for name, values in predictions.items()}
    assert saved == {name if name != "file" else "file_": (6, 2) for name in outputs}


def test_numbers_of_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """None is below 1; of few samples, one is held out."""
    import oracle

    compiled = nndsl.compile(SLOW, name="slow.nn")
    for wrong in ("--limit", "--epochs", "--batch-size"):
        with pytest.raises(SystemExit):
            oracle.run_main(compiled, [wrong, "0"], tmp_path)
        assert f"argument {wrong}: has to be 1 or more" in capsys.readouterr().err
    oracle.run_main(compiled, ["--limit", "4", "--epochs", "1"], tmp_path)
    assert "Held out: loss " in capsys.readouterr().out


def test_a_random_crop_is_one_of_training(tmp_path: Path) -> None:
    """What the rule says of `RandomCrop`, and that what it advises works."""
    import keras
    import oracle

    images = np.zeros((2, 8, 8, 1), "float32")
    crop = keras.layers.RandomCrop(5, 6)
    assert crop(images, training=True).shape == (2, 5, 6, 1)
    assert crop(images, training=False).shape == images.shape
    text = """
model Cropped {
    input image: [8, 8, 1]
    image -> RandomCrop(5, 6) -> CenterCrop(5, 6) -> Flatten -> Dense(1) as y
    output y
}
train {
    loss: mse
    validation: 0.5
    save: "cropped.keras"
}
"""
    oracle.run_main(nndsl.compile(text, name="cropped.nn"), ["--limit", "8"], tmp_path)


# ---- Without Keras -------------------------------------------------------------------------


def test_a_script_says_what_to_install(tmp_path: Path) -> None:
    """One line, and no traceback, where Keras or what it runs on is missing."""
    script = tmp_path / "slow.py"
    script.write_text(str(nndsl.compile(SLOW).code), encoding="utf-8")
    for missing in ("keras", "tensorflow"):
        code = (
            f"import sys; sys.modules[{missing!r}] = None; import runpy; runpy.run_path('slow.py')"
        )
        environment = {**os.environ, "KERAS_BACKEND": "tensorflow"}
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True
        )
        said = done.stderr.decode().strip().splitlines()
        assert done.returncode == 1
        assert said[-1].endswith("pip install keras tensorflow")
        assert "Traceback" not in done.stderr.decode()


@pytest.mark.parametrize(
    ("setting", "missing", "needed"),
    [
        ('export: "slow.onnx"', "onnx", "keras tensorflow tf2onnx"),
        ("callbacks: TensorBoard", "tensorboard", "keras tensorflow tensorboard"),
        ('backend: jax\n    export: "slow.onnx"', "jax2onnx", "keras jax jax2onnx"),
        ('backend: jax\n    export: "slow"', "tensorflow", "keras jax tensorflow"),
    ],
)
def test_what_keras_imports_later_is_asked_for_first(
    setting: str, missing: str, needed: str
) -> None:
    """Nobody trains for a day, and is told then what the export needs."""
    code = nndsl.compile(SLOW.replace("    loss:", f"    {setting}\n    loss:", 1)).code
    assert code is not None
    beginning = code.partition("def build_model")[0]
    program = f"import sys; sys.modules.update({{{missing!r}: None}})\n{beginning}"
    stubs = (
        "sys.modules.update({'keras': sys, 'keras.layers': sys, 'numpy': sys}); sys.layers = sys"
    )
    done = subprocess.run(
        [sys.executable, "-c", program.replace("\n", f"; {stubs}\n", 1)], capture_output=True
    )
    said = done.stderr.decode().strip().splitlines()
    assert said == [f"No module named '{missing}'; what is needed: pip install {needed}"]
