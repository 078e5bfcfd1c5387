"""Reads the first record of a TFRecord file: which features it has, and how many values of each.

The frame of a record is that of https://www.tensorflow.org/tutorials/load_data/tfrecord; what is in
it is a `tf.train.Example`, in the encoding of https://protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import cache
from typing import BinaryIO, Union

from nndsl.data.summary import Array, DataFile

#: A larger record is not looked at, nor one of more fields; of smaller ones the sum is checked.
MAX_RECORD = 4 << 20
MAX_FIELDS = 20_000
MAX_SUMMED = 1 << 16
_HEADER = struct.Struct("<QI")
_START_OF_GZIP = b"\x1f\x8b\x08"
#: The lists that a feature can be, by the number of their field.
_KINDS = {1: "string", 2: "float32", 3: "int64"}
_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5
_NO_RECORDS = "it is no TFRecord file"
_NO_EXAMPLE = "its first record is no tf.train.Example"

Field = tuple[int, int, Union[int, bytes]]


class _Malformed(Exception):
    """Bytes that are no message of protobuf."""


def read_tfrecord(stream: BinaryIO) -> DataFile:
    """Return what the first record holds. Raises OSError for one too large to be looked at."""
    data = stream.read(MAX_RECORD)
    if not data:
        return DataFile("tfrecord", problem="it is empty")
    compression = ""
    if not _begins(data) and len(data) >= 2:
        is_gzip = data.startswith(_START_OF_GZIP)
        if is_gzip or (data[0] == 0x78 and int.from_bytes(data[:2], "big") % 31 == 0):
            compression = "gzip" if is_gzip else "zlib"
            try:
                data = zlib.decompressobj(47).decompress(data, MAX_RECORD)
            except zlib.error:
                return DataFile("tfrecord", problem=_NO_RECORDS)
            if not data:
                return DataFile("tfrecord", problem="it is empty")
    if not _begins(data):
        return DataFile("tfrecord", problem=_NO_RECORDS)
    length, _ = _HEADER.unpack_from(data)
    if length > MAX_RECORD - 16:
        raise OSError("the first record is too large to be looked at")
    record, rest = data[12 : 12 + length], data[12 + length : 16 + length]
    if len(rest) < 4:
        return DataFile("tfrecord", problem="it ends in the middle of its first record")
    if length <= MAX_SUMMED and _masked(record) != int.from_bytes(rest, "little"):
        return DataFile("tfrecord", problem="its first record is damaged")
    try:
        return DataFile("tfrecord", _features(record), compression=compression)
    except _Malformed:
        return DataFile("tfrecord", problem=_NO_EXAMPLE)


def _begins(data: bytes) -> bool:
    """Return whether a record begins here: its length, and the sum of that."""
    if len(data) < _HEADER.size:
        return False
    _, told = _HEADER.unpack_from(data)
    return bool(_masked(data[:8]) == told)


def _masked(data: bytes) -> int:
    """Return the sum of bytes, CRC-32C, in the form in which records have it."""
    table, total = _table(), 0xFFFFFFFF
    for byte in data:
        total = table[(total ^ byte) & 0xFF] ^ (total >> 8)
    total ^= 0xFFFFFFFF
    return (((total >> 15) | (total << 17)) + 0xA282EAD8) & 0xFFFFFFFF


@cache
def _table() -> tuple[int, ...]:
    sums = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
        sums.append(byte)
    return tuple(sums)


def _features(record: bytes) -> dict[str, Array]:
    """Return the features of an Example by their names: Example.features.feature[name]."""
    found: dict[str, Array] = {}
    for number, kind, features in _fields(record):
        if (number, kind) != (1, _BYTES):
            raise _Malformed  # a SequenceExample has a second field
        for entry in _messages(features, 1):
            name, feature = "", b""
            for key, _, value in _fields(entry):
                if key == 1 and isinstance(value, bytes):
                    name = value.decode("utf-8", "replace")
                elif key == 2 and isinstance(value, bytes):
                    feature = value
            found[name] = _feature(name, feature)
            if len(found) > MAX_FIELDS:
                raise OSError("the first record has too many features to be looked at")
    return dict(sorted(found.items()))


def _feature(name: str, feature: bytes) -> Array:
    """Return of a feature what its values are, and how many."""
    dtype, count, start, length = "object", 0, b"", None
    for number, _, values in _fields(feature):
        dtype = _KINDS.get(number, "object")
        for inner, kind, value in _fields(values if isinstance(values, bytes) else b""):
            if inner != 1:
                continue
            if dtype == "string" and isinstance(value, bytes):
                if not count:
                    start, length = value[:16], len(value)
                count += 1
            elif kind != _BYTES or not isinstance(value, bytes):
                count += 1
            elif dtype == "float32":
                count += len(value) // 4
            else:  # the last byte of a number is below 128
                count += len(value) - len(value.translate(None, bytes(range(128))))
    return Array(name, (None, count), dtype, start=start, length=length)


def _messages(data: int | bytes, wanted: int) -> Iterator[bytes]:
    for number, _, value in _fields(data if isinstance(data, bytes) else b""):
        if number == wanted and isinstance(value, bytes):
            yield value


def _fields(data: bytes) -> Iterator[Field]:
    """Yield the fields of a message: number, how it is encoded, and its value."""
    place = count = 0
    while place < len(data):
        key, place = _number(data, place)
        number, kind = key >> 3, key & 7
        value: int | bytes = 0
        if kind == _VARINT:
            value, place = _number(data, place)
        elif kind == _BYTES:
            length, place = _number(data, place)
            value, place = data[place : place + length], place + length
        elif kind in (_EIGHT, _FOUR):
            place += 8 if kind == _EIGHT else 4
        else:
            raise _Malformed
        if place > len(data) or not number:
            raise _Malformed
        count += 1
        if count > MAX_FIELDS:
            raise OSError("the first record has too many fields to be looked at")
        yield number, kind, value


def _number(data: bytes, place: int) -> tuple[int, int]:
    """Return the number at a place, in groups of seven bits, and the place behind it."""
    number = shift = 0
    while shift < 70:
        if place >= len(data):
            raise _Malformed
        byte = data[place]
        number |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if byte < 128:
            return number, place
    raise _Malformed
