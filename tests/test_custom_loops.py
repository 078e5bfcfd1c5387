"""`loop: custom`: what is written out gives the numbers of `fit`, and goes on after a stop.

TOLERANCE is how far a loss or metric of an epoch may be apart, on the same backend, for the same
seed and batches, with plain SGD. Run as a program, this file trains scripts in a process that has
the backend of the scripts: `python tests/test_custom_loops.py FOLDER`.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from test_backends import BACKENDS, go_on

import nndsl

pytestmark = pytest.mark.keras

TOLERANCE = 1e-6

ONE = """
model One {
    input x: [8]
    x -> Dense(16, relu, kernel_regularizer=L2(1e-3)) -> BatchNormalization -> Dropout(0.2)
      -> Dense(3, softmax) as y
    output y
}
train {
    loop: LOOP
    BACKEND
    loss: sparse_categorical_crossentropy
    optimizer: SGD(0.1)
    metrics: accuracy
    weighted_metrics: accuracy
    class_weight: [1, 2.5, 1]
    shuffle: false
    epochs: 3
    batch_size: 48
    validation: 0.2
    history: "history.csv"
    predict: 0
}
"""
#: Several inputs and outputs, masks, losses of the layers' own, and validation now and then.
TWO = """
model Two {
    input a: [4]
    input b: int32[3]
    b -> Embedding(10, 4, mask_zero=true) -> GlobalAveragePooling1D as e
    a, e -> Concatenate -> Dense(8, relu, activity_regularizer=L1(1e-3)) as h
    h -> Dense(1, sigmoid) as zed
    h -> Dense(3, softmax) as alpha
    output zed, alpha
}
train {
    loop: LOOP
    BACKEND
    data: synthetic(samples=250)
    loss: zed=binary_crossentropy, alpha=sparse_categorical_crossentropy
    loss_weights: zed=2, alpha=0.5
    metrics: zed=[accuracy, AUC()], alpha=accuracy
    optimizer: SGD(0.1, momentum=0.9)
    shuffle: false
    epochs: 3
    batch_size: 100
    validation: last(0.2)
    validation_freq: 2
    validation_batch_size: 20
    validation_steps: 2
    history: "history.csv"
    predict: 0
}
"""
#: What is random in it is the same after a stop.
MORE = """
model Slow {
    input x: [16]
    x -> Dense(16, relu) -> Dropout(0.3) -> BatchNormalization -> Dense(1) as y
    output y
}
train {
    loop: custom
    BACKEND
    loss: mse
    optimizer: Adam(CosineDecay(1e-2, 200))
    epochs: 3
    validation: 0.2
    save: "slow.keras"
    predict: 0
}
"""


def script(text: str, loop: str, style: str, backend: str | None = None) -> nndsl.CompiledModel:
    chosen = f"backend: {backend}" if backend else ""
    made = text.replace("LOOP", loop).replace("BACKEND", chosen)
    return nndsl.compile(made, style=style, name="slow.nn")


def history(path: Path) -> list[dict[str, float]]:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [{k: float(v) for k, v in row.items() if v != "NA"} for row in rows]


def furthest(left: list[dict[str, float]], right: list[dict[str, float]]) -> float:
    """Return the largest difference of any number of any epoch."""
    assert len(left) == len(right) == 3
    assert [set(row) for row in left] == [set(row) for row in right]
    pairs = zip(left, right, strict=True)
    return max(abs(row[name] - other[name]) for row, other in pairs for name in row)


@pytest.mark.parametrize(
    ("text", "styles"),
    [(ONE, ("sequential", "sequential", "functional")), (TWO, ("subclass", "subclass"))],
    ids=["one", "two"],
)
def test_the_numbers_are_those_of_fit(text: str, styles: tuple[str, ...], tmp_path: Path) -> None:
    """The first run is that of `fit`, the others are loops, one of them in another style."""
    import oracle

    found = []
    for number, style in enumerate(styles):
        folder = tmp_path / str(number)
        folder.mkdir()
        oracle.run_main(script(text, "custom" if number else "fit", style), [], folder)
        found.append(history(folder / "history.csv"))
    fitted, *looped = found
    assert max(furthest(fitted, one) for one in looped) <= TOLERANCE


def test_the_order_of_the_samples(tmp_path: Path) -> None:
    """Shuffled, the loop gives what `fit` gives for the samples in that order."""
    import keras
    import oracle

    text = ONE.replace("    shuffle: false\n", "").replace("class_weight: [1, 2.5, 1]", "seed: 3")
    module = oracle.run_main(script(text, "custom", "functional"), [], tmp_path)
    keras.utils.set_random_seed(3)
    model = module.build_model()
    loss = "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.SGD(0.1), loss, metrics=["accuracy"])
    (x, y), held_out = module.split(module.synthetic_data(3), 0.2, 3)
    by_hand = []
    for epoch in range(3):
        order = np.random.default_rng([3, epoch]).permutation(len(x))
        fitted = model.fit(
            x[order], y[order], 48, shuffle=False, validation_data=held_out, verbose=0
        )
        by_hand.append({name: values[0] for name, values in fitted.history.items()})
    looped = history(tmp_path / "history.csv")
    same = [{name: row[name] for name in by_hand[0]} for row in looped]
    assert furthest(by_hand, same) <= TOLERANCE


def test_what_a_loop_can_have(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Weights of samples, augmentation, float16, averages, callbacks, texts and two phases."""
    import oracle

    text = """
model Many {
    input size: [2]
    size -> GaussianNoise(0.1) -> Dense(8, relu) as h
    h -> Dense(3, softmax) as kind
    output kind
}
train {
    loop: custom
    data: npz("many.npz")
    sample_weight: weight
    loss: sparse_categorical_crossentropy
    optimizer: SGD(0.1, use_ema=true, gradient_accumulation_steps=2)
    precision: mixed_float16
    metrics: accuracy
    freeze: h
    fine_tune: epochs=1, optimizer=SGD(0.01)
    augment: GaussianNoise(0.01)
    epochs: 4
    validation: 0.25
    jit_compile: false
    callbacks: EarlyStopping(patience=1, min_delta=10), ReduceLROnPlateau, ModelCheckpoint
    history: "many.csv"
    save: "many.keras"
}
"""
    random = np.random.default_rng(0)
    x = random.normal(size=(130, 2)).astype("float32")
    arrays = {"size": x, "kind": (x[:, 0] > 0).astype(int), "weight": random.random(130)}
    np.savez(tmp_path / "many.npz", **arrays)
    text = text.replace('"many.npz"', f'"{tmp_path / "many.npz"}"')
    compiled = nndsl.compile(text, name="many.nn")
    oracle.run_main(compiled, [], tmp_path)
    assert {"many.keras", "many_best.keras", "many.csv"} <= {p.name for p in tmp_path.iterdir()}
    rows = (tmp_path / "many.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[0] for row in rows] == ["epoch", "0", "1", "4"], "it was stopped early"
    oracle.run_main(compiled, ["--evaluate", "many.npz"], tmp_path)
    assert "Evaluated: " in capsys.readouterr().out


# ---- On other backends, and a loop that is stopped ------------------------------------------


@pytest.mark.parametrize("backend", ["tensorflow", *BACKENDS])
def test_other_backends_and_a_stop(backend: str, tmp_path: Path) -> None:
    import oracle

    styles = {"fit": "functional", "custom": "functional"} if backend != "tensorflow" else {}
    for loop, style in styles.items():
        code = str(script(TWO, loop, style, backend).code)
        (tmp_path / f"{loop}.py").write_text(code, encoding="utf-8")
    code = str(script(MORE, "custom", "functional", backend).code)
    (tmp_path / "slow.py").write_text(code, encoding="utf-8")
    printed = oracle.run_python([__file__, str(tmp_path)], tmp_path, backend="")
    assert json.loads(printed.splitlines()[-1]) == {"backend": backend, "furthest": 0.0}
    if styles:
        runs = [history(tmp_path / loop / "history.csv") for loop in styles]
        assert furthest(*runs) <= TOLERANCE


def main(folder: Path) -> None:
    sys.path.insert(0, str(folder))
    for path in sorted(folder.glob("*.py")):
        if path.stem != "slow":
            module = __import__(path.stem)
            sys.argv = [path.name, "--output-dir", path.stem]
            module.main()
            module.keras.utils.clear_session()
    print(json.dumps(go_on(folder / "slow.py")))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
