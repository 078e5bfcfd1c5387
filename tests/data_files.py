"""Small npz files, made without numpy, as numpy would write them."""

from __future__ import annotations

import io
import math
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import BinaryIO

from nndsl.imports import Files, NotRead

#: The shape, the kind of numbers as numpy calls it, and the numbers in order.
Array = tuple[tuple[int, ...], str, Sequence[float]]
_CODES = {"f4": "f", "f8": "d", "i4": "i", "i8": "q", "u1": "B"}


def npz(arrays: Mapping[str, Array]) -> bytes:
    """Return an archive that holds these arrays."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (shape, kind, numbers) in arrays.items():
            assert len(numbers) == math.prod(shape), name
            header = f"{{'descr': '<{kind}', 'fortran_order': False, 'shape': {shape}, }}"
            header = header.ljust(118 - len(header) % 64) + "\n"
            body = struct.pack(f"<{len(numbers)}{_CODES[kind]}", *numbers)
            start = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header))
            archive.writestr(f"{name}.npy", start + header.encode("latin-1") + body)
    return stream.getvalue()


def rows(count: int, width: int, high: float = 1.0) -> Array:
    """Return an array of numbers from 0 to nearly `high`."""
    numbers = [high * ((7 * n) % 101) / 101 for n in range(count * width)]
    return (count, width), "f4", numbers


def classes(count: int, number: int) -> Array:
    return (count,), "i8", [n % number for n in range(count)]


def tfrecord(*records: Mapping[str, Sequence[float] | bytes]) -> bytes:
    """Return a file of examples whose features are floats, integers or bytes."""
    return b"".join(_record(_example(one)) for one in records)


def _example(features: Mapping[str, Sequence[float] | bytes]) -> bytes:
    entries = b""
    for name, values in features.items():
        if isinstance(values, bytes):
            feature = _field(1, _field(1, values))
        elif all(isinstance(value, int) for value in values):
            feature = _field(3, _field(1, b"".join(_varint(int(value)) for value in values)))
        else:
            feature = _field(2, _field(1, struct.pack(f"<{len(values)}f", *values)))
        entries += _field(1, _field(1, name.encode()) + _field(2, feature))
    return _field(1, entries)


def _field(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    groups = []
    while number > 127:
        groups.append(number & 127 | 128)
        number >>= 7
    return bytes([*groups, number])


def _record(data: bytes) -> bytes:
    length = struct.pack("<Q", len(data))
    return length + _summed(length) + data + _summed(data)


def _summed(data: bytes) -> bytes:
    """Return the sum of bytes, as records have it: CRC-32C, bit by bit, and turned."""
    total = 0xFFFFFFFF
    for byte in data:
        total ^= byte
        for _ in range(8):
            total = total >> 1 ^ (0x82F63B78 if total & 1 else 0)
    total ^= 0xFFFFFFFF
    return struct.pack("<I", ((total >> 15 | total << 17) + 0xA282EAD8) & 0xFFFFFFFF)


@cache
def samples() -> dict[str, bytes]:
    """Return the files that the pages about codes speak of."""
    nan = rows(100, 8)
    return {
        "digits.npz": npz({"x": rows(100, 64), "y": classes(100, 10)}),
        "plain.npz": npz({"x": rows(100, 8), "y": rows(100, 1)}),
        "digits.tfrecord": tfrecord({"label": [3], "picture": bytes(64)}),
        "uneven.npz": npz({"x": rows(100, 8), "y": rows(90, 1)}),
        "wide.npz": npz({"x": rows(100, 10), "y": rows(100, 1)}),
        "nan.npz": npz({"x": (nan[0], nan[1], [math.nan, *nan[2][1:]]), "y": rows(100, 1)}),
    }


def files_of(contents: Mapping[str, bytes]) -> Files:
    """Return files that stand beside a text, by their names."""

    def read(path: str) -> str:
        raise NotRead(f"there is no `{path}`")

    def opened(path: str) -> BinaryIO:
        if path not in contents:
            raise FileNotFoundError(path)
        return io.BytesIO(contents[path])

    exists: Callable[[str], bool] = contents.__contains__

    def entries(folder: str) -> list[str]:
        if folder == "photos":
            return ["cat/", "dog/"]
        if folder != ".":
            raise FileNotFoundError(folder)
        return list(contents)

    return Files(exists, read, opened, entries=entries)


def written(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files into a folder."""
    for name, data in contents.items():
        (folder / name).write_bytes(data)
