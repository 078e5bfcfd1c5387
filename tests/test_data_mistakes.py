"""Mistakes in data and in what is said about them: each is told by a check, before TensorFlow."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from data_files import Array, classes, npz, rows

from nndsl.cli import main

TEXT = """model M {{
    input x: [4]
    x -> Dense({output}) as y
    output y
}}
train {{
    {train}
}}
"""
IMAGES = """model M {
    input image: [8, 8, 1]
    image -> Flatten -> Dense(3, softmax) as y
    output y
}
train {
    data: images("photos")
    loss: sparse_categorical_crossentropy
}
"""
SPARSE = "loss: sparse_categorical_crossentropy"
ONE_HOT = "loss: categorical_crossentropy"
NUMBERS = "loss: mse"


def table(*lines: str, names: str = "a,b,c,d,y") -> bytes:
    whole = [f"{n},{n},{n},{n},{n % 3}" for n in range(40)]
    return ("\n".join([names, *whole, *lines]) + "\n").encode()


def kinds(*names: str) -> bytes:
    """Return a table whose targets are texts."""
    return "\n".join(["a,b,c,d,y", *(f"1,2,3,4,{name}" for name in names)]).encode()


def one_hot(count: int) -> Array:
    return (count, 3), "f4", [float(n % 3 == k) for n in range(count) for k in range(3)]


def labelled(labels: Array, width: int = 4) -> bytes:
    return npz({"x": rows(100, width), "y": labels})


def changed(labels: Array, first: float) -> Array:
    return labels[0], labels[1], [first, *labels[2][1:]]


FILES = {
    "ok.npz": labelled(classes(100, 3)),
    "rows.npz": labelled(one_hot(100)),
    "wide.npz": labelled(classes(100, 3), 5),
    "seven.npz": labelled(classes(100, 7)),
    "negative.npz": labelled(changed(classes(100, 3), -1)),
    "nan.npz": labelled(changed(rows(100, 1), math.nan)),
    "uneven.npz": labelled(classes(99, 3)),
    "alone.npz": npz({"x": rows(100, 4)}),
    "none.npz": npz({"x": ((0, 4), "f4", []), "y": ((0,), "i8", [])}),
    "empty.npz": b"",
    "torn.npz": labelled(classes(100, 3))[:700],
    "ok.csv": table(),
    "five.csv": "\n".join(["a,b,c,d,e,y", *(f"{n},1,2,3,4,{n % 3}" for n in range(40))]).encode(),
    "empty.csv": b"",
    "names.csv": b"a,b,c,d,y\n",
    "short.csv": table("1,2,3"),
    "long.csv": table("1,2,3,4,1,6"),
    "texts.csv": table("1,2,red,4,1"),
    "nan.csv": table("1,2,3,4,nan"),
    "blank.csv": table("1,2,3,4,"),
    "kinds.csv": kinds("cat", "dog", "bird", "cat"),
    "untold.csv": kinds("cat", "dog", "", "bird"),
}
#: What is wrong, what the model ends in, the section, and the code that is told of it.
MISTAKES = [
    ("an output that there is not, in a loss", 3, "loss: z=mse, y=mse", "T802"),
    ("in metrics", 3, f"{SPARSE}\n    metrics: z=accuracy", "T802"),
    ("in weights of losses", 3, f"{SPARSE}\n    loss_weights: z=2", "T802"),
    ("a sparse loss for rows", 3, f'{SPARSE}\n    data: npz("rows.npz")', "Y401"),
    ("a loss of rows for classes", 3, f'{ONE_HOT}\n    data: npz("ok.npz")', "Y401"),
    ("a loss of classes on one unit", 1, SPARSE, "L304"),
    ("three classes on one unit", 1, f'{SPARSE}\n    data: npz("ok.npz")', "Y402"),
    ("more classes than units", 3, f'{SPARSE}\n    data: npz("seven.npz")', "Y402"),
    ("a class below 0", 3, f'{SPARSE}\n    data: npz("negative.npz")', "Y402"),
    ("labels of another shape", 3, f'{NUMBERS}\n    data: npz("ok.npz")', "S119"),
    ("samples of another shape", 3, f'{SPARSE}\n    data: npz("wide.npz")', "D907"),
    ("a column too many", 3, f'{SPARSE}\n    data: csv("five.csv")', "D907"),
    ("no array of labels", 3, f'{SPARSE}\n    data: npz("alone.npz")', "D904"),
    ("an array that there is not", 3, f'{SPARSE}\n    data: npz("ok.npz", y="label")', "D904"),
    ("a column that is not in the file", 3, f'{SPARSE}\n    data: csv("ok.csv", y=label)', "D904"),
    ("weights that are not in the file", 3,
     f'{SPARSE}\n    data: csv("ok.csv")\n    sample_weight: w', "D904"),
    ("a missing file", 3, f'{SPARSE}\n    data: npz("gone.npz")', "T805"),
    ("a missing table", 3, f'{SPARSE}\n    data: csv("gone.csv")', "T805"),
    ("missing weights", 3, f'{SPARSE}\n    weights: "gone.keras"', "T805"),
    ("an empty archive", 3, f'{SPARSE}\n    data: npz("empty.npz")', "D904"),
    ("a torn archive", 3, f'{SPARSE}\n    data: npz("torn.npz")', "D904"),
    ("an archive without samples", 3, f'{SPARSE}\n    data: npz("none.npz")', "D904"),
    ("an empty table", 3, f'{SPARSE}\n    data: csv("empty.csv")', "D904"),
    ("a table without samples", 3, f'{SPARSE}\n    data: csv("names.csv")', "D904"),
    ("a row that is too short", 3, f'{SPARSE}\n    data: csv("short.csv")', "D904"),
    ("a row that is too long", 3, f'{SPARSE}\n    data: csv("long.csv")', "D904"),
    ("a text among numbers", 3, f'{SPARSE}\n    data: csv("texts.csv")', "D905"),
    ("NaN in the target", 3, f'{SPARSE}\n    data: csv("nan.csv")', "D905"),
    ("NaN in an array", 1, f'{NUMBERS}\n    data: npz("nan.npz")', "D905"),
    ("a target left blank", 3, f'{SPARSE}\n    data: csv("blank.csv")', "D905"),
    ("a target of texts", 3, f'{SPARSE}\n    data: csv("kinds.csv")', "D905"),
    ("a text that is no class", 3,
     f'{SPARSE}\n    data: csv("kinds.csv", classes=["cat", "dog", "fish"])', "D905"),
    ("too few classes", 3, f'{SPARSE}\n    data: csv("kinds.csv", classes=["cat", "dog"])', "D905"),
    ("a class left blank", 3,
     f'{SPARSE}\n    data: csv("untold.csv", classes=["cat", "dog", "bird"])', "D905"),
    ("a history over the data", 3,
     f'{SPARSE}\n    data: csv("ok.csv")\n    history: "./ok.csv"', "T812"),
    ("a checkpoint over the model", 3,
     f'{SPARSE}\n    save: "m.keras"\n    callbacks: ModelCheckpoint("m.keras")', "T812"),
    ("the same callback twice", 3, f"{SPARSE}\n    callbacks: CSVLogger, CSVLogger", "T812"),
    ("more samples than labels", 3, f'{SPARSE}\n    data: npz("uneven.npz")', "D906"),
    ("a batch larger than the data", 3,
     f'{SPARSE}\n    data: npz("ok.npz")\n    batch_size: 500', "T816"),
    ("larger than what is left", 3,
     f'{SPARSE}\n    data: npz("ok.npz")\n    batch_size: 90\n    validation: 0.2', "T816"),
    ("nothing held out", 3, f'{SPARSE}\n    data: npz("ok.npz")\n    validation: 0.001', "T817"),
    ("a part that is none", 3, f"{SPARSE}\n    validation: 20", "T804"),
    ("other data to validate on", 3,
     f'{SPARSE}\n    data: npz("ok.npz")\n    validation_data: npz("wide.npz")', "D908"),
    ("other data for the test", 3,
     f'{SPARSE}\n    data: csv("ok.csv")\n    test_data: csv("five.csv")', "D908"),
    ("a metric that there is not is watched", 3,
     f"{SPARSE}\n    validation: 0.2\n    callbacks: EarlyStopping(monitor=val_acuracy)", "T806"),
    ("validation is watched without", 3,
     f"{SPARSE}\n    callbacks: EarlyStopping(monitor=val_loss)", "T806"),
    ("an ending that Keras refuses", 3,
     f'{SPARSE}\n    callbacks: ModelCheckpoint("best.hdf5")', "A205"),
    ("another one for weights", 3,
     f'{SPARSE}\n    callbacks: ModelCheckpoint("b.keras", save_weights_only=true)', "A205"),
    ("an ending to save with", 3, f'{SPARSE}\n    save: "m.h5"', "T804"),
    ("weights of too few classes", 3,
     f'{SPARSE}\n    data: npz("ok.npz")\n    class_weight: [1, 2]', "T815"),
    ("a layer to freeze that there is not", 3, f"{SPARSE}\n    freeze: encoder", "G705"),
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("data")
    for name, content in FILES.items():
        (made / name).write_bytes(content)
    return made


@pytest.mark.parametrize(("what", "units", "train", "code"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_a_mistake_is_told_once(
    what: str, units: int, train: str, code: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loss = train.partition("\n")[0]
    output = f"{units}, softmax" if units > 1 and loss != NUMBERS else f"{units}"
    (folder / "m.nn").write_text(TEXT.format(output=output, train=train), encoding="utf-8")
    main(["check", "--output-format", "concise", str(folder / "m.nn")])
    lines = [line for line in capsys.readouterr().out.splitlines() if "m.nn:" in line]
    assert len(lines) == 1 and f"[{code}]" in lines[0], (what, lines)


@pytest.mark.parametrize("data", ['npz("ok.npz")', 'csv("ok.csv")'])
def test_data_that_suit_are_not_told_of(
    data: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train = f"{SPARSE}\n    data: {data}\n    validation_data: {data}\n    batch_size: 20"
    (folder / "m.nn").write_text(TEXT.format(output="3, softmax", train=train), encoding="utf-8")
    assert main(["check", "--output-format", "concise", str(folder / "m.nn")]) == 0
    assert "m.nn:" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("made", "said"),
    [([], "there is no folder `photos`"), (["photos"], "`photos` has no folder for a class")],
)
def test_a_folder_that_is_missing_is_told_with_its_place(
    made: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in made:
        (tmp_path / name).mkdir()
    (tmp_path / "m.nn").write_text(IMAGES, encoding="utf-8")
    assert main(["check", str(tmp_path / "m.nn")]) == 0
    told = capsys.readouterr().out
    assert told.count("T805") == 1 and f"warning[T805]: {said}" in told
    assert "m.nn:7:11" in told and "paths are relative to the folder of this file" in told


@pytest.mark.parametrize(
    ("given", "help_"),
    [
        ('python("own:load")', 'write `extern data load from "own"` above, and `data: load`'),
        ("torch.utils.data.DataLoader(1)", 'write `extern batches load from "module"` above'),
        ("mnist", "write `datasets.mnist`"),
        ("mnist()", "write `datasets.mnist`"),
        ('"table.csv"', 'write `csv("table.csv")`'),
        ('"photos/train"', 'write `images("photos/train")`'),
    ],
)
def test_what_is_no_source_is_told_how_to_write_it(
    given: str, help_: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = IMAGES.replace('images("photos")', given)
    (tmp_path / "m.nn").write_text(text, encoding="utf-8")
    assert main(["check", str(tmp_path / "m.nn")]) == 1
    assert help_ in capsys.readouterr().out


def test_texts_are_told_how_to_be_numbered(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train = f'{SPARSE}\n    data: csv("kinds.csv")'
    (folder / "m.nn").write_text(TEXT.format(output="3, softmax", train=train), encoding="utf-8")
    main(["check", str(folder / "m.nn")])
    assert 'number them: `classes=["bird", "cat", "dog"]` in `csv(...)`' in capsys.readouterr().out
