"""Emitted scripts learn what Keras learns by hand: the same losses, and scores on real data."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import nndsl
from nndsl.compiler import CompiledModel

pytestmark = pytest.mark.keras

keras = pytest.importorskip("keras")

import oracle  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
EPOCHS = 3


def example(name: str, style: str = "auto") -> CompiledModel:
    path = ROOT / "examples" / f"{name}.nn"
    return nndsl.compile(path.read_text(encoding="utf-8"), style=style, name=str(path))


def beside_the_data(folder: Path) -> Path:
    (folder / "data").symlink_to(ROOT / "examples/data")
    return folder


def tumours_by_hand() -> list[dict[str, float]]:
    """Train as a Keras user does who writes it out; return the numbers of every epoch."""
    keras.utils.set_random_seed(0)
    model = oracle.build_reference(ROOT / "tests/reference/tumours.py")
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=3e-3),
        loss="binary_crossentropy",
        metrics=["accuracy", keras.metrics.Recall(name="recall")],
    )
    table = np.loadtxt(ROOT / "examples/data/tumours.csv", delimiter=",", skiprows=1)
    order = np.random.default_rng(0).permutation(len(table))
    held_out, rows = np.split(table[order], [int(len(table) * 0.3)])
    x, y = rows[:, :-1].astype("float32"), rows[:, -1:].astype("float32")
    model.layers[0].adapt(x)
    counts = np.bincount(y[:, 0].astype(int))
    history = model.fit(
        x,
        y,
        batch_size=32,
        epochs=EPOCHS,
        validation_data=(held_out[:, :-1].astype("float32"), held_out[:, -1:].astype("float32")),
        class_weight={kind: len(y) / (2 * count) for kind, count in enumerate(counts)},
        verbose=0,
    ).history
    return [{name: values[epoch] for name, values in history.items()} for epoch in range(EPOCHS)]


@pytest.fixture(scope="module")
def by_hand() -> list[dict[str, float]]:
    oracle.forget()
    return tumours_by_hand()


@pytest.mark.parametrize("style", ["sequential", "functional", "subclass"])
def test_losses_are_those_of_a_script_by_hand(
    style: str, by_hand: list[dict[str, float]], tmp_path: Path
) -> None:
    """The same seed and data: every number of three epochs, to 1e-6."""
    arguments = ["--epochs", str(EPOCHS), "--data", str(ROOT / "examples/data/tumours.csv")]
    oracle.run_main(example("tumours", style), arguments, tmp_path)
    with (tmp_path / "tumours.csv").open(encoding="utf-8") as file:
        epochs = [
            {k: float(v) for k, v in row.items() if k != "epoch"} for row in csv.DictReader(file)
        ]
    assert len(epochs) == EPOCHS
    for found, expected in zip(epochs, by_hand, strict=True):
        assert set(found) == set(expected)
        for name, value in expected.items():
            assert abs(found[name] - value) <= 1e-6, (name, found[name], value)


#: Layers that behave otherwise in training: in the model, a block, a loop and a model inside.
MIXED = """
block Unit(width) {
    input x: [?T, ?F]
    x -> Dense(width) -> BatchNormalization -> relu -> SpatialDropout1D(0.2) as y
    output y
}
model Inner {
    input x: [6, 8]
    x -> LSTM(5, dropout=0.3) -> GaussianNoise(0.1) as y
    output y
}
model Mixed {
    input x: [6, 4]
    x -> repeat 2 { Unit(8) } -> Inner -> Dropout(0.4) -> BatchNormalization -> Dense(1) as y
    output y
}
train Mixed {
    loss: mse
    optimizer: SGD(0.05)
    epochs: 2
    history: "history.csv"
    predict: 0
    save: "mixed.keras"
}
"""


def test_styles_train_alike(tmp_path: Path) -> None:
    """The same losses in both, and moving averages that moved."""
    losses, weights = [], []
    for style in ("functional", "subclass"):
        folder = tmp_path / style
        folder.mkdir()
        module = oracle.run_main(nndsl.compile(MIXED, style=style, name="mixed.nn"), [], folder)
        with (folder / "history.csv").open(encoding="utf-8") as file:
            losses.append([float(row["loss"]) for row in csv.DictReader(file)])
        saved = keras.models.load_model(folder / "mixed.keras")
        moving = {w.name: w.numpy() for w in saved.weights if w.name.startswith("moving")}
        assert any(np.ptp(mean) for mean in moving.values()), module
        weights.append(saved.get_weights())
    assert np.abs(np.subtract(*losses)).max() <= 1e-6
    for left, right in zip(*weights, strict=True):
        assert np.abs(left - right).max(initial=0) <= 1e-6


@pytest.mark.parametrize(
    ("name", "score"),
    [("tumours", 0.95), ("digit_images", 0.9), ("digit_records", 0.9), ("keras_docs", 0.9)],
)
def test_real_data_are_learnt(name: str, score: float, tmp_path: Path) -> None:
    """The whole training as it stands in the example reaches an accuracy on held-out data."""
    printed = oracle.run_script(example(name), [], beside_the_data(tmp_path))
    line = next(line for line in printed.splitlines() if line.startswith("Held out:"))
    scores = dict(part.split() for part in line.removeprefix("Held out: ").split(", "))
    assert float(scores["accuracy"]) >= score
