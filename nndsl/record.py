"""What the frozen dataclasses of the tree and the graph have in common.

Their `__repr__` and `__eq__` stand here once and not in each of fifty classes: making those
methods would take a fifth of the time of a check. So they are declared with
`@dataclass(frozen=True, slots=True, eq=False, repr=False)`.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any


class Record:
    """A frozen dataclass that is shown by its fields and compared by identity."""

    __slots__ = ()

    def __repr__(self) -> str:
        parts = (f"{f.name}={getattr(self, f.name)!r}" for f in fields(self))  # type: ignore[arg-type]
        return f"{type(self).__name__}({', '.join(parts)})"


class ComparedRecord(Record):
    """A record that equals another of its class if all fields that count are equal."""

    __slots__ = ()

    def _compared(self) -> tuple[Any, ...]:
        return tuple(getattr(self, f.name) for f in fields(self) if f.compare)  # type: ignore[arg-type]

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._compared() == other._compared()

    def __hash__(self) -> int:
        return hash((type(self), self._compared()))
