"""TFRecords: what is read of them without TensorFlow, what is told, and training on them."""

from __future__ import annotations

import gzip
import io
import random
import time
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from data_files import files_of, tfrecord

import nndsl
from nndsl.compiler import Options, check_model
from nndsl.data import read_data_file
from nndsl.data.places import record_files
from nndsl.imports import Files
from nndsl.source import Source

ONE: Mapping[str, Any] = {"label": [3], "x": [0.5, 1.0, 2.0], "picture": b"\x89PNG1234"}
WHOLE = tfrecord(ONE, ONE)


def told(data: bytes) -> Any:
    return read_data_file("tfrecord", io.BytesIO(data))


def test_the_first_record_is_read() -> None:
    found = told(WHOLE)
    assert found.problem is None and not found.compression
    assert {n: (a.dtype, a.shape) for n, a in found.arrays.items()} == {
        "label": ("int64", (None, 1)), "picture": ("string", (None, 1)), "x": ("float32", (None, 3))
    }  # fmt: skip
    picture = found.arrays["picture"]
    assert (picture.start, picture.length) == (b"\x89PNG1234", 8)
    large = told(tfrecord({"n": [-1, 2**40, 7], "none": [], "many": bytes(100_000)})).arrays
    assert large["n"].shape == (None, 3) and large["many"].length == 100_000


def test_records_that_are_compressed() -> None:
    for name, data in (("gzip", gzip.compress(WHOLE, mtime=0)), ("zlib", zlib.compress(WHOLE))):
        found = told(data)
        assert (found.compression, list(found.arrays)) == (name, ["label", "picture", "x"])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (gzip.compress(b"", mtime=0), "empty"),
        (b"a,b\n1,2\n", "no TFRecord"),
        (b"x" * 1000, "no TFRecord"),
        (bytes(12), "no TFRecord"),
        (gzip.compress(b"x" * 1000, mtime=0), "no TFRecord"),
        (b"\x1f\x8b\x08" + b"x" * 100, "no TFRecord"),
        (WHOLE[:40], "ends in the middle"),
        (WHOLE[:30] + b"?" + WHOLE[31:], "damaged"),
    ],
    ids=range(9),
)
def test_what_is_no_file_of_records(data: bytes, words: str) -> None:
    assert words in str(told(data).problem)


def test_damaged_records_are_told() -> None:
    from data_files import _record

    draw = random.Random(0)
    inside = WHOLE[12 : 12 + int.from_bytes(WHOLE[:8], "little")]
    for _ in range(3000):
        broken = bytearray(inside)
        for _ in range(draw.randint(1, 6)):
            broken[draw.randrange(len(broken))] = draw.randrange(256)
        found = told(_record(bytes(broken[: draw.choice((len(broken), draw.randrange(90)))])))
        assert found.problem in (None, "its first record is no tf.train.Example")


def test_a_record_that_would_take_long_is_left_alone() -> None:
    start = time.perf_counter()
    with pytest.raises(OSError, match="too"):
        told(tfrecord({"x": bytes(5 << 20)}))
    assert told(tfrecord({"n": [1] * 30_000})).arrays["n"].shape == (None, 30_000)
    assert time.perf_counter() - start < 20


def test_files_of_folders_and_patterns() -> None:
    names = ["b.tfrecord-00001-of-00002", "a.tfrecord", ".c.tfrecord", "notes.txt", "d.tfrecord/"]

    def entries(path: str) -> list[str]:
        if path not in ("shards", "."):
            raise FileNotFoundError(path)
        return names

    files = Files(lambda path: path == "one.tfrecord", lambda path: "", None, entries=entries)
    assert record_files("one.tfrecord", files) == ["one.tfrecord"]
    both = ["shards/a.tfrecord", "shards/b.tfrecord-00001-of-00002"]
    assert record_files("shards", files) == record_files("shards/", files) == both
    assert record_files("shards/*.tfrecord", files) == both[:1]
    assert record_files("*-of-*", files) == ["b.tfrecord-00001-of-00002"]
    assert record_files("gone", files) == record_files("gone/*", files) == []
    assert record_files("*/a", files) is None


MODEL = """
model M {
    input x: [3]
    input picture: [4, 4, 3]
    picture -> Flatten as flat
    x, flat -> Concatenate -> Dense(10, softmax) as label
    output label
}
train {
    data: tfrecord(SOURCE)
    loss: sparse_categorical_crossentropy
}
"""


@pytest.mark.parametrize(
    ("source", "code", "words"),
    [
        ('"f.tfrecord", picture=image', "", ""),
        ('"f.tfrecord", picture=image, x=float32("x", [3]), label=int64("label")', "", ""),
        ('"gone.tfrecord", picture=image', "T805", "there is no file of records"),
        ('"empty.tfrecord", picture=image', "D904", "it is empty"),
        ('"text.tfrecord", picture=image', "D904", "it is no TFRecord file"),
        ('"f.tfrecord", picture=image("pictur")', "D904", "did you mean `picture`?"),
        ('"f.tfrecord", picture=image, label="labl"', "D904", "did you mean `label`?"),
        ('"z.tfrecord", picture=image', "D909", "write `compression=gzip`"),
        ('"f.tfrecord", picture=image, compression=zlib', "D909", "leave `compression` out"),
        ('"f.tfrecord", picture=image, label=float32', "D909", "write `label=int64`"),
        ('"f.tfrecord"', "D909", "write `picture=image`"),
        ('"f.tfrecord", picture=raw(uint8)', "D909", "is stored in another way"),
        ('"f.tfrecord", picture=image, x=float32("x", [4])', "D907", "the shape of the data"),
        ('"f.tfrecord", picture=image, x=string', "T808", "gives no numbers"),
        ('"f.tfrecord", picture=image, x=image', "T808", "is no image of known size"),
        ('"f.tfrecord", picture=raw', "A207", "dtype"),
        ('"f.tfrecord", picture=jpeg', "T804", "did you mean `image`?"),
        ('"f.tfrecord", picture=[1]', "T804", "wrong value for `picture`"),
        ('"f.tfrecord", picture=image(5)', "A210", "image"),
        ('"f.tfrecord", picture=image, y=int64', "A201", "no input or output `y`"),
        ('"f.tfrecord", picture=image, buffer=0', "T804", "wrong value for `buffer`"),
        ('"f.tfrecord", picture=image, x=float32("label", [3])', "T808", "is read in two ways"),
        ("", "T804", 'tfrecord("data/file.tfrecord")'),
    ],
)
def test_what_is_told(source: str, code: str, words: str) -> None:
    files = files_of(
        {
            "f.tfrecord": WHOLE,
            "z.tfrecord": gzip.compress(WHOLE, mtime=0),
            "empty.tfrecord": b"",
            "text.tfrecord": b"x,y\n1,2\n" * 9,
        }
    )
    found = check_model(Source("m.nn", MODEL.replace("SOURCE", source)), Options(), files)
    if not code:
        assert not found
        return
    assert len(found) == 1, found
    text = f"{found[0].title} {found[0].expected} {found[0].help}"
    assert found[0].code.startswith(code) and words in text, (found[0].code, text)


SCRIPT = """
model Many {
    input picture: [4, 4, 3]
    input bytes:   [4]
    input tensor:  int32[2, 2]
    input numbers: [4]
    input words:   string[1]
    input steps:   int32[?]
    picture -> Rescaling(1 / 255) -> Flatten as a
    tensor  -> Rescaling(1 / 4) -> Flatten as c
    words   -> StringLookup(max_tokens=3, output_mode=one_hot, pad_to_max_tokens=true) as d
    steps   -> Embedding(8, 2, mask_zero=true) -> GlobalAveragePooling1D as e
    a, bytes, c, numbers, d, e -> Concatenate -> Dense(16, relu) as h
    h -> Dense(2, softmax) as kind
    h -> Dense(2, softmax) as same
    output kind, same
}
train {
    data: tfrecord("DATA", picture=image("jpeg"), bytes=raw(uint8), tensor=tensor(dtype=uint8),
                   numbers=float32(shape=[4]), same="hot", buffer=40)
    test_data: tfrecord("DATA/b.tfrecord")
    sample_weight: weight
    loss: kind=sparse_categorical_crossentropy, same=categorical_crossentropy
    optimizer: Adam(0.02)
    metrics: kind=accuracy, same=accuracy
    epochs: 12
    batch_size: 8
    validation: 0.25
    cache: true
    save: "many.keras"
}
"""


def written(folder: Path) -> None:
    """Write two files of 40 samples each, in every way that there is."""
    import numpy as np
    import tensorflow as tf

    draw = np.random.default_rng(0)

    def of_bytes(value: bytes) -> Any:
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))

    def of_integers(values: list[int]) -> Any:
        return tf.train.Feature(int64_list=tf.train.Int64List(value=values))

    def of_floats(values: list[float]) -> Any:
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))

    for name in ("a.tfrecord", "b.tfrecord"):
        with tf.io.TFRecordWriter(str(folder / name)) as writer:
            for _ in range(40):
                kind = int(draw.integers(2))
                image = np.full((6, 5, 3), 200 * kind + 20, "uint8")
                four = draw.integers(0, 3, 4).astype("uint8") + kind
                features = {
                    "jpeg": of_bytes(tf.io.encode_jpeg(image).numpy()),
                    "bytes": of_bytes(four.tobytes()),
                    "tensor": of_bytes(tf.io.serialize_tensor(four.reshape(2, 2)).numpy()),
                    "numbers": of_floats(four.tolist()),
                    "words": of_bytes([b"no", b"yes"][kind]),
                    "steps": of_integers([1 + kind] * int(draw.integers(1, 5))),
                    "kind": of_integers([kind]),
                    "hot": of_floats([1 - kind, kind]),
                    "weight": of_floats([1.0 + kind]),
                }
                record = tf.train.Example(features=tf.train.Features(feature=features))
                writer.write(record.SerializeToString())


@pytest.mark.keras
@pytest.mark.parametrize("loop", ["fit", "custom"])
def test_training_on_records(loop: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import numpy as np
    import oracle

    written(tmp_path)
    text = SCRIPT.replace("DATA", str(tmp_path)).replace("epochs:", f"loop: {loop}\n    epochs:")
    if loop == "custom":
        text = text.replace("validation: 0.25", "validation: last(0.25)")
    compiled = nndsl.compile(text)
    script = oracle.run_main(compiled, [], tmp_path)
    printed = capsys.readouterr()
    for title in ("Held out: ", "Test: "):
        line = next(line for line in printed.out.splitlines() if line.startswith(title))
        scores = dict(part.split() for part in line.removeprefix(title).split(", "))
        assert float(scores["kind_accuracy"]) >= 0.95 <= float(scores["same_accuracy"])
    assert "ran out of data" not in printed.err and "shuffle" not in printed.err

    # What is held out is a quarter, is the same each time, and is nothing that is learnt from.
    records = script.read_records(tmp_path)
    arguments = (0.25,) if loop == "custom" else (0.25, 0)
    parts = [[r.numpy() for r in part] for part in script.split(records, *arguments)]
    every = [record.numpy() for record in records]
    assert [len(part) for part in parts] == [60, 20] and sorted(parts[0] + parts[1]) == sorted(
        every
    )
    assert [len(part) for part in script.split(records, *arguments)] == [60, 20]
    if loop == "custom":
        assert parts[1] == every[60:]

    oracle.run_main(compiled, ["--limit", "9", "--epochs", "1"], tmp_path)
    assert len(script.read_records(tmp_path, 9)) == 9
    oracle.run_main(compiled, ["--evaluate", str(tmp_path / "*.tfrecord")], tmp_path)
    assert "Evaluated: " in capsys.readouterr().out
    oracle.run_main(compiled, ["--predict", str(tmp_path / "b.tfrecord")], tmp_path)
    with np.load(tmp_path / "predictions.npz") as predictions:
        assert predictions["kind"].shape == predictions["same"].shape == (40, 2)
    with pytest.raises(SystemExit):
        oracle.run_main(compiled, ["--data", "nothing"], tmp_path)


def test_the_script_says_what_it_needs() -> None:
    text = SCRIPT.replace("    epochs:", "    backend: jax\n    epochs:").replace(
        "StringLookup(max_tokens=3, output_mode=one_hot, pad_to_max_tokens=true)",
        "StringLookup(vocabulary=3)",
    )
    found = nndsl.compile(text.replace("input words:   string[1]", "input words: [1]").replace(
        "words   -> StringLookup(vocabulary=3) as d", "words -> Dense(2) as d"
    ))  # fmt: skip
    assert found.code is not None, found.diagnostics
    assert "pip install keras jax tensorflow" in found.code
