"""`nndsl stub`, and the example of a metric of one's own: what is written runs as it stands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from nndsl.cli import main
from nndsl.emit.stubs import KINDS

EXAMPLES = Path(__file__).resolve().parent.parent / "examples" / "own_parts"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("kind", KINDS)
def test_a_skeleton_is_written_once(
    folder: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    assert main(["stub", kind, "MyPart"]) == 0
    assert capsys.readouterr().out.startswith(f"extern {kind} MyPart")
    code = (folder / "my_part.py").read_text(encoding="utf-8")
    assert "class MyPart(keras." in code and code.endswith("\n")
    (folder / "my_part.py").write_text("mine\n", encoding="utf-8")
    assert main(["stub", kind, "MyPart"]) == 2
    assert "is left as it is" in capsys.readouterr().err
    assert (folder / "my_part.py").read_text(encoding="utf-8") == "mine\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["stub", "metric", "my_metric"],
        ["stub", "metric", "A;import os"],
        ["stub", "metric", "None"],
        ["stub", "layer", "Dense"],
        ["stub", "metric", "Mine", "-o", "keras.py"],
        ["stub", "metric", "Mine", "-o", "json.py"],
        ["stub", "metric", "Mine", "-o", "my-file.py"],
        ["stub", "metric", "Mine", "-o", "mine.txt"],
        ["stub", "metric", "Mine", "-o", "nowhere/mine.py"],
        ["stub", "model", "Mine"],
    ],
)
def test_what_cannot_be_written(folder: Path, arguments: list[str]) -> None:
    assert main(arguments) == 2
    assert list(folder.iterdir()) == []


WHOLE = """
extern layer OwnLayer(units) from "own_layer" -> [.., units]
extern loss OwnLoss(scale = 1.0) from "own_loss"
extern metric OwnMetric from "own_metric"
extern callback OwnCallback from "own_callback"

model Whole {
    input x: [4]
    x -> OwnLayer(8) -> relu -> Dense(2) as y
    output y
}

train {
    optimizer: adam
    loss: OwnLoss(scale=2.0)
    metrics: OwnMetric
    callbacks: OwnCallback
    epochs: 3
    save: "whole.keras"
}
"""


@pytest.mark.keras
def test_every_skeleton_trains(folder: Path) -> None:
    for kind in KINDS:
        assert main(["stub", kind, f"Own{kind.title()}"]) == 0
    (folder / "whole.nn").write_text(WHOLE, encoding="utf-8")
    out = train(folder, "whole.nn")
    losses = [float(text) for text in out.split("Losses: ")[1].splitlines()[0].split(", ")]
    assert len(losses) == 3 and losses[-1] < losses[0]
    assert (folder / "whole.keras").is_file()


@pytest.mark.keras
def test_the_metric_of_the_example(folder: Path) -> None:
    """It trains, and is what numpy makes of the predictions, also over several batches."""
    out = train(folder, str(EXAMPLES / "rmse.nn"), "--epochs", "2")
    scores = out.split("Held out:")[1].splitlines()[0]
    assert "rmse" in scores and "accuracy" in scores

    import numpy as np
    import oracle

    metric = oracle.import_file(EXAMPLES / "root_mean_squared_error.py").RootMeanSquaredError()
    random = np.random.default_rng(0)
    labels, predicted = random.integers(0, 5, 30), random.random((30, 5)).astype("float32")
    for start in (0, 10, 20):
        metric.update_state(labels[start : start + 10], predicted[start : start + 10])
    expected = np.sqrt(((np.eye(5)[labels] - predicted) ** 2).sum() / 30)
    assert abs(float(metric.result()) - expected) < 1e-6


def train(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "nndsl", "train", "--allow-python", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
