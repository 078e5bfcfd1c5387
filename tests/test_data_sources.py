"""Scripts that train on data of every kind: tables with texts, folders, data sets of Keras."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nndsl

pytestmark = pytest.mark.keras

TABLE = """
const kinds = ["cat", "dog", "owl"]

model Table {
    input size: [2]
    input city: string[1]
    size -> Normalization as scaled
    city -> StringLookup(output_mode=one_hot, max_tokens=4, pad_to_max_tokens=true) as which
    scaled, which -> Concatenate -> Dense(16, relu) -> Dense(3, softmax) as kind
    output kind
}
train {
    data: csv("table.csv", size=[width, height], city=town, kind=species, classes=kinds)
    test_data: csv("table.csv")
    sample_weight: weight
    loss: sparse_categorical_crossentropy
    optimizer: Adam(0.02)
    metrics: accuracy
    epochs: 12
    validation: 0.25
    save: "table.keras"
}
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table in which the town says which animal it is, and its width says it better."""
    random = np.random.default_rng(0)
    kinds = ["cat", "dog", "owl"]
    lines = ["width,height,town,weight,species"]
    for _ in range(240):
        kind = int(random.integers(3))
        town = ["Rome", "Oslo", "Lima"][kind]
        lines.append(f"{300 + 40 * kind},{random.random()},{town},{1 + kind},{kinds[kind]}")
    (tmp_path / "table.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("style", ["functional", "subclass"])
def test_a_table_with_texts(style: str, table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Layers are adapted to the columns, classes are numbered, samples are weighed."""
    import oracle

    text = TABLE.replace('"table.csv"', f'"{table / "table.csv"}"')
    if style == "subclass":
        text = written_out(text)
    compiled = nndsl.compile(text, style=style)
    oracle.run_main(compiled, [], table)
    printed = capsys.readouterr().out
    assert score(printed, "Held out") >= 0.95 and score(printed, "Test") >= 0.95
    oracle.run_main(compiled, ["--evaluate", "table.csv"], table)
    assert score(capsys.readouterr().out, "Evaluated") >= 0.95
    oracle.run_main(compiled, ["--predict", "table.csv"], table)
    with np.load(table / "predictions.npz") as predictions:
        assert predictions["kind"].shape == (240, 3)


def written_out(text: str) -> str:
    """Have the loop written out, which reads the same data."""
    return text.replace("    loss:", "    loop: custom\n    loss:")


def score(printed: str, title: str) -> float:
    line = next(line for line in printed.splitlines() if line.startswith(f"{title}: "))
    return float(line.split("accuracy ")[1].split(",")[0])


IMAGES = """
model Photos {
    input image: [8, 8, 1]
    image -> Rescaling(1 / 255) -> Flatten -> Dense(2, softmax) as side
    output side
}
train {
    data: images("photos")
    loss: LOSS
    optimizer: Adam(0.05)
    metrics: accuracy
    epochs: 4
    batch_size: 8
    validation: 0.25
    augment: RandomFlip("vertical"), RandomContrast(0.1)
    cache: true
    prefetch: auto
    save: "photos.keras"
}
"""


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "categorical_crossentropy"])
def test_images_in_folders(loss: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import oracle
    import tensorflow as tf

    random = np.random.default_rng(0)
    for side in ("left", "right"):
        (tmp_path / "photos" / side).mkdir(parents=True)
        for number in range(40):
            image = random.integers(0, 60, (8, 8, 1)).astype("uint8")
            image[:, :4] += 150 if side == "left" else 0
            image[:, 4:] += 150 if side == "right" else 0
            path = tmp_path / "photos" / side / f"{number}.png"
            path.write_bytes(tf.io.encode_png(image).numpy())
    text = IMAGES.replace('"photos"', f'"{tmp_path / "photos"}"').replace("LOSS", loss)
    if loss == "categorical_crossentropy":
        text = written_out(text).replace(
            "    epochs: 4", "    epochs: 4\n    class_weight: [1, 1.5]"
        )
    compiled = nndsl.compile(text)
    oracle.run_main(compiled, [], tmp_path)
    assert score(capsys.readouterr().out, "Held out") >= 0.95
    oracle.run_main(compiled, ["--evaluate", str(tmp_path / "photos")], tmp_path)
    assert score(capsys.readouterr().out, "Evaluated") >= 0.95
    oracle.run_main(compiled, ["--predict", str(tmp_path / "photos/left")], tmp_path)
    with np.load(tmp_path / "predictions.npz") as predictions:
        assert predictions["side"].shape == (40, 2)
        assert (predictions["side"].argmax(axis=1) == 0).mean() >= 0.95


TEXTS = """
model Reviews {
    input text: string[1]
    text -> TextVectorization(max_tokens=50, output_sequence_length=6)
         -> Embedding(50, 8) -> GlobalAveragePooling1D -> Dense(1, sigmoid) as good
    output good
}
train {
    data: text("reviews")
    loss: binary_crossentropy
    optimizer: Adam(0.1)
    metrics: accuracy
    epochs: 5
    batch_size: 8
    validation: 0.25
    save: "reviews.keras"
}
"""


@pytest.mark.parametrize("style", ["sequential", "subclass"])
def test_texts_in_folders(style: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import oracle

    random = np.random.default_rng(0)
    for kind, words in (("bad", ["dull", "poor"]), ("good", ["fine", "great"])):
        (tmp_path / "reviews" / kind).mkdir(parents=True)
        for number in range(32):
            chosen = random.choice([*words, "film", "a", "the"], 5)
            said = " ".join([*chosen, words[0]])
            path = tmp_path / "reviews" / kind / f"{number}.txt"
            path.write_text(said, encoding="utf-8")
    text = TEXTS.replace('"reviews"', f'"{tmp_path / "reviews"}"')
    compiled = nndsl.compile(text, style=style)
    oracle.run_main(compiled, [], tmp_path)
    assert score(capsys.readouterr().out, "Held out") >= 0.95
    oracle.run_main(compiled, ["--predict", str(tmp_path / "reviews/good")], tmp_path)
    with np.load(tmp_path / "predictions.npz") as predictions:
        assert predictions["good"].shape == (32, 1)


def test_a_data_set_of_keras(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is downloaded is brought into the model's shapes; here it is made up."""
    import keras
    import oracle

    def load_data(**options: Any) -> Any:
        images = np.random.default_rng(0).integers(0, 255, (64, 28, 28)).astype("uint8")
        return (images, np.arange(64) % 10), (images[:32], np.arange(32) % 10)

    monkeypatch.setattr(keras.datasets.mnist, "load_data", load_data)
    text = """
model Digits {
    input image: [28, 28, 1]
    image -> Flatten -> Dense(10, softmax) as digit
    output digit
}
train {
    data: datasets.mnist
    loss: categorical_crossentropy
    metrics: accuracy
    validation: 0.25
}
"""
    oracle.run_main(nndsl.compile(text), ["--limit", "40"], tmp_path)
    printed = capsys.readouterr().out
    assert "Test: accuracy" in printed and "Held out: accuracy" in printed


def test_made_up_texts_and_changed_samples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Strings are made up as well, and something can be learnt from them."""
    import oracle

    text = """
model Made {
    input town: string[1]
    input size: [2]
    town -> StringLookup(vocabulary=["Rome", "Oslo"], output_mode=one_hot) as which
    which, size -> Concatenate -> Dense(16, relu) -> Dense(3, softmax) as kind
    output kind
}
train {
    data: synthetic(samples=600, seed=2)
    loss: sparse_categorical_crossentropy
    optimizer: Adam(0.02)
    metrics: accuracy
    epochs: 10
    validation: 0.25
}
"""
    oracle.run_main(nndsl.compile(text), [], tmp_path)
    assert score(capsys.readouterr().out, "Held out") >= 0.7
    text = """
model Changed {
    input image: [6, 6, 1]
    image -> Flatten -> Dense(1) as y
    output y
}
train {
    loss: mse
    augment: RandomFlip(), RandomTranslation(0.1, 0.1)
    epochs: 2
}
"""
    oracle.run_main(nndsl.compile(text), [], tmp_path)
    assert "Predictions:" in capsys.readouterr().out
