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


@cache
def samples() -> dict[str, bytes]:
    """Return the files that the pages about codes speak of."""
    nan = rows(100, 8)
    return {
        "digits.npz": npz({"x": rows(100, 64), "y": classes(100, 10)}),
        "plain.npz": npz({"x": rows(100, 8), "y": rows(100, 1)}),
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
    return Files(exists, read, opened)


def written(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files into a folder."""
    for name, data in contents.items():
        (folder / name).write_bytes(data)
