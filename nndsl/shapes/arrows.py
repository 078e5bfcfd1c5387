"""Who makes each tensor of an expanded model, and who takes it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Generic, Protocol, TypeVar

from nndsl.layers.rule import Tensor


class Applied(Protocol):
    """A layer or operation where it is applied."""

    @property
    def index(self) -> int: ...

    @property
    def inputs(self) -> tuple[Tensor, ...]: ...


A = TypeVar("A", bound=Applied)


class Arrows(Generic[A]):
    """What is applied, in the order of the walk; tensors know by `origin` what made them."""

    def __init__(self, applied: Iterable[A]) -> None:
        self._applied = tuple(applied)

    @cached_property
    def _by_index(self) -> dict[int, A]:
        return {one.index: one for one in self._applied}

    @cached_property
    def _users(self) -> dict[tuple[int, int] | None, list[A]]:
        users: dict[tuple[int, int] | None, list[A]] = {}
        for one in self._applied:
            for origin in dict.fromkeys(tensor.origin for tensor in one.inputs):
                users.setdefault(origin, []).append(one)
        return users

    def maker(self, tensor: Tensor) -> A | None:
        """Return what makes a tensor; None if that is not among what is applied."""
        return self._by_index.get(tensor.origin[0]) if tensor.origin is not None else None

    def users(self, tensor: Tensor) -> tuple[A, ...]:
        """Return what a tensor goes into, in the order of the walk."""
        return tuple(self._users.get(tensor.origin, ()))
