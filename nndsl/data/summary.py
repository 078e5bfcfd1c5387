"""What is known of an array or column, and of numbers that were looked at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from nndsl.record import Record

#: More different values are no classes.
MAX_CLASSES = 10_000
#: More different texts are not told one by one.
MAX_KINDS = 1_000


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Values(Record):
    """What numbers are like; NaN and infinite ones count for `not_finite` alone."""

    count: int
    low: float
    high: float
    #: True if all are integers, whatever their dtype.
    whole: bool
    #: How many different ones there are; None for more than `MAX_CLASSES`, or fractions.
    distinct: int | None
    not_finite: int
    #: False if there are more than were looked at.
    complete: bool

    @property
    def is_constant(self) -> bool:
        return self.count > self.not_finite and self.low == self.high


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Array(Record):
    """An array of an npz file, a column of a table, or a feature of a record."""

    name: str
    #: The samples first; a size is None where not all of a table was read.
    shape: tuple[int | None, ...]
    #: Numpy's name; "string" for texts, "object" for what only Python can read.
    dtype: str
    values: Values | None = None
    #: True if every row that was looked at holds a single 1 and otherwise 0.
    one_hot: bool = False
    #: Cells of a column that are no numbers, and the first of them; cells that are empty.
    texts: int = 0
    first_text: str = ""
    #: The different texts, sorted, if they are few.
    kinds: tuple[str, ...] = ()
    missing: int = 0
    #: Of bytes in a record: how the first value begins, and how long it is.
    start: bytes = b""
    length: int | None = None

    @property
    def samples(self) -> int | None:
        return self.shape[0] if self.shape else None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DataFile(Record):
    """What a file holds; `problem` is why it cannot be read, in words for the user."""

    kind: str
    arrays: dict[str, Array] = field(default_factory=dict)
    problem: str | None = None
    #: Of records: how the file is compressed; "" where it is not.
    compression: str = ""


def summarized(numbers: Sequence[float], *, complete: bool) -> Values | None:
    """Return what numbers are like; None if there are none."""
    if not numbers:
        return None
    finite: Sequence[float] = numbers
    try:
        low, high = float(min(numbers)), float(max(numbers))
    except OverflowError:
        low = high = math.nan
    if not (math.isfinite(low) and math.isfinite(high)) or any(n != n for n in numbers):
        finite = [number for number in numbers if abs(number) <= 1.7e308]
        if not finite:
            return Values(len(numbers), math.nan, math.nan, False, None, len(numbers), complete)
        low, high = float(min(finite)), float(max(finite))
    different = _different(finite)
    whole = different is not None or all(float(number).is_integer() for number in finite)
    return Values(len(numbers), low, high, whole, different, len(numbers) - len(finite), complete)


def _different(numbers: Sequence[float]) -> int | None:
    """Return how many different integers there are; None for fractions, or for too many."""
    seen: set[float] = set()
    for start in range(0, len(numbers), 4096):
        seen.update(numbers[start : start + 4096])
        if len(seen) > MAX_CLASSES:
            return None
    return len(seen) if all(float(number).is_integer() for number in seen) else None


def is_one_hot(numbers: Sequence[float], size: int) -> bool:
    """Return whether numbers are rows of this size that hold a single 1 and otherwise 0."""
    if size < 2 or len(numbers) < size or not set(numbers) <= {0, 1}:
        return False
    whole = len(numbers) - len(numbers) % size
    return all(sum(numbers[start : start + size]) == 1 for start in range(0, whole, size))
