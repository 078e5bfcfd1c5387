"""Which codes are asked for: `select`, `extend-select` and `ignore`, each a list of selectors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: Selects every rule, those that are off by default too.
ALL = "ALL"


@dataclass(frozen=True, slots=True)
class Selection:
    """Selectors: a code (`L301`), the beginning of codes (`L`), or `ALL`.

    Where several match a code, the longest decides, and of equally long ones `ignore`. Without
    `select`, all is selected that is on by default.
    """

    select: tuple[str, ...] | None = None
    extend: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def takes(self, code: str, default: bool = True) -> bool:
        """Return whether findings of this code are wanted."""
        wanted = _longest(self.extend, code)
        if self.select is None:
            wanted = max(wanted, 0 if default else -1)
        else:
            wanted = max(wanted, _longest(self.select, code))
        return wanted > _longest(self.ignore, code)

    def without(self, ignored: Iterable[str]) -> Selection:
        """Return the selection with more to ignore."""
        return Selection(self.select, self.extend, (*self.ignore, *ignored))


def _longest(selectors: Iterable[str], code: str) -> int:
    """Return the length of the longest selector that matches a code; -1 if none does."""
    lengths = (
        0 if selector == ALL else len(selector)
        for selector in selectors
        if selector == ALL or code.startswith(selector)
    )
    return max(lengths, default=-1)
