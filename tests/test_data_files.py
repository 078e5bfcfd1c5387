"""What is read of data files, without numpy: against what numpy wrote, and what is damaged."""

from __future__ import annotations

import io
import random
import struct
import time
import zipfile

import pytest

from nndsl.data import DataFile, read_data_file

np = pytest.importorskip("numpy")
RANDOM = np.random.default_rng(0)


def npz(**arrays: object) -> DataFile:
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    stream.seek(0)
    return read_data_file("npz", stream)


def csv(text: str) -> DataFile:
    return read_data_file("csv", io.BytesIO(text.encode()))


@pytest.mark.parametrize(
    "dtype",
    "bool int8 uint8 int16 uint16 int32 uint32 int64 uint64 float16 float32 float64".split(),
)
@pytest.mark.parametrize("order", ["<", ">"])
def test_numbers_of_every_kind(dtype: str, order: str) -> None:
    array = (RANDOM.random((7, 3)) * 100).astype(dtype)
    told = npz(x=array.astype(array.dtype.newbyteorder(order))).arrays["x"]
    assert (told.shape, told.dtype) == ((7, 3), dtype)
    values = told.values
    assert values is not None and values.complete and values.count == 21
    assert (values.low, values.high) == (float(array.min()), float(array.max()))
    assert values.whole is bool((array == np.floor(array)).all())
    if values.whole:
        assert values.distinct == len(np.unique(array))


def test_shapes() -> None:
    for shape in ((0,), (5,), (2, 0, 3), (2, 3, 4)):
        told = npz(x=np.ones(shape), y=np.asfortranarray(np.ones(shape))).arrays
        assert told["x"].shape == told["y"].shape == shape
        assert (told["x"].values is None) is (0 in shape)


def test_one_hot() -> None:
    hot = np.eye(4)[RANDOM.integers(0, 4, 50)]
    two = hot + np.roll(hot, 1, axis=1)
    told = npz(hot=hot, two=two, soft=hot * 0.5, flat=hot[:, 0], words=np.array(["a", "bc"])).arrays
    assert [name for name, array in told.items() if array.one_hot] == ["hot"]
    assert told["words"].dtype == "string" and told["words"].values is None


def test_what_is_not_finite() -> None:
    values = npz(x=np.array([1.0, np.nan, 3.0, np.inf])).arrays["x"].values
    assert values is not None
    assert (values.low, values.high, values.not_finite) == (1.0, 3.0, 2)
    every = npz(x=np.full(3, np.nan)).arrays["x"].values
    assert every is not None and every.not_finite == 3 and not every.is_constant


def test_large_arrays_are_read_in_part() -> None:
    start = time.perf_counter()
    told = npz(x=np.zeros((4000, 28, 28), "uint8"), y=np.arange(200_000)).arrays
    assert time.perf_counter() - start < 5
    assert told["x"].shape == (4000, 28, 28)
    values = told["x"].values
    assert values is not None and not values.complete and values.count % (28 * 28) == 0


def test_objects_are_never_made() -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, ...]:
            return (pytest.fail, ("it was unpickled",))

    told = npz(x=np.array([Bomb()], dtype=object), y=np.zeros(2, dtype=[("a", "f4")])).arrays
    assert told["x"].dtype == told["y"].dtype == "object"


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"x" * 1000, b"\x93NUMPY"], ids=["empty", "start", "x", "npy"]
)
def test_what_is_no_archive(data: bytes) -> None:
    assert read_data_file("npz", io.BytesIO(data)).problem == "it is no npz archive"


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"{",
        b"[" * 5000,
        b"{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
        b"{'descr': '<f4', 'fortran_order': False, 'shape': 3}",
        b"{'descr': '<f4'}",
        b"__import__('os').abort()",
        b"{'descr': '<f4', 'fortran_order': False, 'shape': (10**9, 10**9)}",
        b"\xff",
    ],
)
def test_headers_that_are_wrong(header: bytes) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        length = struct.pack("<H", len(header))
        archive.writestr("x.npy", b"\x93NUMPY\x01\x00" + length + header)
    stream.seek(0)
    told = read_data_file("npz", stream)
    assert told.problem == "the header of `x` is not numpy's"


def test_a_size_that_no_file_has() -> None:
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000, 1000000)}"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("x.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)
    stream.seek(0)
    told = read_data_file("npz", stream).arrays["x"]
    assert told.shape == (1000000000, 1000000) and told.values is None


def test_damaged_archives_are_told() -> None:
    stream = io.BytesIO()
    np.savez_compressed(stream, x=RANDOM.random((50, 4)), y=np.arange(50))
    data = stream.getvalue()
    draw = random.Random(0)
    for _ in range(300):
        broken = bytearray(data)
        for _ in range(draw.randint(1, 8)):
            broken[draw.randrange(len(broken))] = draw.randrange(256)
        end = draw.choice((len(broken), draw.randrange(len(broken))))
        told = read_data_file("npz", io.BytesIO(bytes(broken[:end])))
        assert told.problem is None or told.problem


def test_columns() -> None:
    told = csv("a,b,name\n1,2.5,x\n3,,y\n,nan,z\n").arrays
    assert [(c.dtype, c.missing, c.texts) for c in told.values()] == [
        ("float64", 1, 0), ("float64", 1, 0), ("string", 0, 3)
    ]  # fmt: skip
    assert told["a"].shape == (3,) and told["name"].first_text == "x"
    values = told["b"].values
    assert values is not None and values.not_finite == 1
    assert csv("\ufeffa\r\n1\r\n2\r\n").arrays["a"].dtype == "int64"


def test_tables_that_are_wrong() -> None:
    for text, words in (("", "empty"), ("a\0b\n", "no text"), ("a," * 30_000, "columns")):
        assert words in str(csv(text).problem)
    assert "UTF-8" in str(read_data_file("csv", io.BytesIO(b"a\n\xff\n")).problem)
    assert "no samples" in str(csv("a\n").problem)
    assert "its 1st sample has 1 cell, and 2" in str(csv("a,b\n1\n1,2,3\n").problem)
    assert "its 2nd sample has 3 cells" in str(csv("a,b\n1,2\n1,2,3\n").problem)
    assert "its 11th sample" in str(csv("a,b\n" + "1,2\n" * 10 + "1\n").problem)
    assert csv("a,b\n1,2,,\n").arrays["b"].shape == (1,)


def test_large_tables_are_read_in_part() -> None:
    text = "a,b\n" + "1,2\n" * 400_000
    told = csv(text).arrays["a"]
    assert told.shape == (None,) and told.values is not None and not told.values.complete
