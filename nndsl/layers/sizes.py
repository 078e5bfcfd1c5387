"""Patterns of sizes, `[?H, ?W, 64]` or `[.., units]`, and whether a shape is as one says.

A pattern is a list of numbers, names (equal wherever a name stands), None for any size, and
Ellipsis for any number of axes. Shapes stand here without the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Union

from nndsl.layers.rule import Dim, dim_text

#: A size in a pattern.
Wanted = Any
_Pair = tuple[Wanted, Union[Dim, tuple[Dim, ...]]]


class Sizes:
    """What the names and the `..` of patterns have turned out to be."""

    def __init__(self) -> None:
        self.named: dict[str, Dim] = {}
        #: The axes that `..` stands for, where it stands first.
        self.rest: tuple[Dim, ...] | None = None

    def fit(self, pattern: Sequence[Wanted], shape: Sequence[Dim]) -> bool:
        """Return whether a shape is as a pattern says; learn what the names in it stand for."""
        pairs = _pairs(pattern, shape)
        return pairs is not None and all(self._is(wanted, found) for wanted, found in pairs)

    def _is(self, wanted: Wanted, found: Any) -> bool:
        if wanted is Ellipsis:
            self.rest = tuple(found) if self.rest is None else self.rest
            return True
        if isinstance(wanted, str):
            known = self.named.setdefault(wanted, found)
            if isinstance(found, int) and not isinstance(known, int):
                self.named[wanted] = found
                return True
            wanted = known
        return not (isinstance(wanted, int) and isinstance(found, int)) or wanted == found

    def fill(self, pattern: Sequence[Wanted]) -> tuple[Dim, ...]:
        """Return the shape that a pattern says, with what is known of its names."""
        shape: list[Dim] = []
        for size in pattern:
            if size is Ellipsis:
                shape += self.rest or ()
            else:
                shape.append(self.named.get(size) if isinstance(size, str) else size)
        return tuple(shape)

    def text(self, pattern: Sequence[Wanted]) -> str:
        """Return a pattern as it is written, with what is known of its names."""
        parts = []
        for size in pattern:
            known = self.named.get(size) if isinstance(size, str) else None
            text = ".." if size is Ellipsis else dim_text(size)
            parts.append(f"{text}={known}" if isinstance(known, int) else text)
        return f"[{', '.join(parts)}]"


def _pairs(pattern: Sequence[Wanted], shape: Sequence[Dim]) -> list[_Pair] | None:
    """Return each wanted size with what is there for it; None if their number differs."""
    if Ellipsis not in pattern:
        return list(zip(pattern, shape, strict=True)) if len(pattern) == len(shape) else None
    at = list(pattern).index(Ellipsis)
    end = len(shape) - (len(pattern) - at - 1)
    if end < at:
        return None
    first: list[_Pair] = list(zip(pattern[:at], shape[:at], strict=True))
    last: list[_Pair] = list(zip(pattern[at + 1 :], shape[end:], strict=True))
    return [*first, (Ellipsis, tuple(shape[at:end])), *last]
