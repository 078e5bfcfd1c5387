"""Reads csv tables: names of the columns in the first line, then a line a sample."""

from __future__ import annotations

import csv
import io
import math
from typing import BinaryIO

from nndsl.data.summary import MAX_KINDS, Array, DataFile, summarized

#: Bytes that are looked at.
MAX_BYTES = 2 << 20
MAX_CELLS = 200_000
MAX_COLUMNS = 20_000


def read_csv(stream: BinaryIO) -> DataFile:
    """Return what a table holds."""
    try:
        data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return DataFile("csv", problem=f"it cannot be read: {error.strerror}")
    complete = len(data) <= MAX_BYTES
    if not complete:
        data = data[: data.rfind(b"\n", 0, MAX_BYTES) + 1]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return DataFile("csv", problem=f"it is not UTF-8 text: byte {error.start + 1}")
    if "\0" in text:
        return DataFile("csv", problem="it is no text")
    try:
        rows, read_all = _rows(text)
    except csv.Error as error:
        return DataFile("csv", problem=f"it is no table: {error}")
    if not rows:
        return DataFile("csv", problem="it is empty")
    names, *samples = rows
    if len(names) > MAX_COLUMNS:
        return DataFile("csv", problem=f"it has more than {MAX_COLUMNS:,} columns")
    if not samples and complete and read_all:
        return DataFile("csv", problem="it has a line of names, and no samples")
    ragged = _ragged(rows)
    if ragged is not None:
        return DataFile("csv", problem=ragged)
    complete = complete and read_all
    count = len(samples) if complete else None
    columns = {
        name: _column(name, number, samples, count) for number, name in enumerate(names) if name
    }
    return DataFile("csv", columns)


def _rows(text: str) -> tuple[list[list[str]], bool]:
    """Return the lines, taken apart, as many as there is time for, and whether that is all."""
    rows: list[list[str]] = []
    cells = 0
    for row in csv.reader(io.StringIO(text, newline="")):
        if cells > MAX_CELLS:
            return rows, False
        if row:
            rows.append(row)
            cells += len(row)
    return rows, True


def _ragged(rows: list[list[str]]) -> str | None:
    """Return which row has not as many cells as there are names; empty ones at its end are none."""
    names = rows[0]
    for number, row in enumerate(rows[1:], 1):
        if len(row) < len(names) or any(cell.strip() for cell in row[len(names) :]):
            cells = f"{len(row)} cell{'s' if len(row) > 1 else ''}"
            return f"its {_ordinal(number)} sample has {cells}, and {len(names)} have a name"
    return None


def _ordinal(number: int) -> str:
    """Return a number as words count: 1st, 2nd, 11th."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 // 10 != 1 else 0, "th")
    return f"{number}{ending}"


def _column(name: str, number: int, samples: list[list[str]], count: int | None) -> Array:
    numbers: list[float] = []
    texts = missing = 0
    first_text = ""
    kinds: set[str] = set()
    for row in samples:
        cell = row[number].strip() if number < len(row) else ""
        if not cell:
            missing += 1
            continue
        try:
            numbers.append(float(cell))
        except ValueError:
            texts += 1
            first_text = first_text or cell
        if len(kinds) <= MAX_KINDS:
            kinds.add(cell)
    whole = all(math.isfinite(n) and n.is_integer() for n in numbers)
    dtype = "string" if texts else "int64" if whole and numbers and not missing else "float64"
    values = summarized(numbers, complete=count is not None)
    few = tuple(sorted(kinds)) if texts and len(kinds) <= MAX_KINDS else ()
    return Array(name, (count,), dtype, values, False, texts, first_text, few, missing)
