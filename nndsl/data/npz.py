"""Reads npz archives: zip files of arrays, as numpy writes them.

The format of an array is that of https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
"""

from __future__ import annotations

import ast
import struct
import zipfile
from typing import IO, BinaryIO

from nndsl.data.summary import Array, DataFile, is_one_hot, summarized

#: Numbers that are looked at of an array, and of all arrays of a file.
MAX_NUMBERS = 100_000
MAX_OF_ALL = 400_000
MAX_ARRAYS = 256
MAX_HEADER = 1 << 16
_MAGIC = b"\x93NUMPY"
#: The kinds and sizes of numpy's numbers: their names, and what `struct` calls them.
_NUMBERS = {
    "b1": ("bool", "?"), "i1": ("int8", "b"), "u1": ("uint8", "B"), "i2": ("int16", "h"),
    "u2": ("uint16", "H"), "i4": ("int32", "i"), "u4": ("uint32", "I"), "i8": ("int64", "q"),
    "u8": ("uint64", "Q"), "f2": ("float16", "e"), "f4": ("float32", "f"), "f8": ("float64", "d"),
}  # fmt: skip


class _Unreadable(Exception):
    """What keeps an array from being read, in words for the user."""


def read_npz(stream: BinaryIO) -> DataFile:
    """Return what an archive holds."""
    try:
        with zipfile.ZipFile(stream) as archive:
            names = [name for name in archive.namelist() if name.endswith(".npy")]
            arrays = {}
            left = MAX_OF_ALL
            for name in names[:MAX_ARRAYS]:
                with archive.open(name) as member:
                    array = _read_array(name.removesuffix(".npy"), member, min(left, MAX_NUMBERS))
                arrays[array.name] = array
                left -= array.values.count if array.values else 0
    except _Unreadable as error:
        return DataFile("npz", problem=str(error))
    except zipfile.BadZipFile:
        return DataFile("npz", problem="it is no npz archive")
    except NotImplementedError:
        return DataFile("npz", problem="it is compressed in a way that is not known here")
    except (OSError, EOFError, RuntimeError, ValueError) as error:  # also zlib.error's parent
        return DataFile("npz", problem=f"it cannot be read: {error}")
    except Exception as error:  # zlib and lzma have errors of their own
        return DataFile("npz", problem=f"it is damaged: {error}")
    return DataFile("npz", arrays)


def _read_array(name: str, member: IO[bytes], most: int) -> Array:
    shape, descr, in_order = _read_header(name, member)
    letter = descr[1:2]
    if letter in ("U", "S", "a"):
        return Array(name, shape, "string")
    known = _NUMBERS.get(descr[1:])
    if known is None:
        return Array(name, shape, "object")
    dtype, code = known
    count = 1
    for size in shape:
        count *= size
    row = max(count // shape[0], 1) if shape and shape[0] else 1
    wanted = min(count, most)
    if row <= wanted < count:
        wanted -= wanted % row  # whole samples
    width = struct.calcsize(f"={code}")
    data = member.read(wanted * width)
    found = len(data) // width
    order = ">" if descr[0] == ">" else "<"
    numbers = struct.unpack(f"{order}{found}{code}", data[: found * width])
    values = summarized(numbers, complete=found == count)
    one_hot = in_order and len(shape) > 1 and is_one_hot(numbers, shape[-1])
    return Array(name, shape, dtype, values, one_hot)


def _read_header(name: str, member: IO[bytes]) -> tuple[tuple[int, ...], str, bool]:
    """Return the shape, numpy's description of the numbers, and whether rows follow rows."""
    start = member.read(8)
    if start[:6] != _MAGIC:
        raise _Unreadable(f"`{name}` is no array of numpy's")
    width = 2 if start[6] == 1 else 4
    length = int.from_bytes(member.read(width), "little")
    if length > MAX_HEADER:
        raise _Unreadable(f"the header of `{name}` is too long")
    try:
        header = ast.literal_eval(member.read(length).decode("latin-1").strip())
        shape, descr = header["shape"], header["descr"]
        in_order = not header["fortran_order"]
    except (ValueError, SyntaxError, KeyError, TypeError, MemoryError, RecursionError):
        raise _Unreadable(f"the header of `{name}` is not numpy's") from None
    if not isinstance(shape, tuple) or not all(type(n) is int and n >= 0 for n in shape):
        raise _Unreadable(f"the header of `{name}` is not numpy's")
    return shape, descr if isinstance(descr, str) else "", in_order
