"""The mark of an argument that has no default."""

from __future__ import annotations


class Required:
    """The class of `REQUIRED`, the only instance: compare with `is`. A copy is the same object."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "REQUIRED"

    def __reduce__(self) -> str:
        return "REQUIRED"


REQUIRED = Required()
