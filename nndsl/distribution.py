"""How a text shares training out: types of the graph, which is where they are used from."""

from __future__ import annotations

from dataclasses import dataclass, field

from nndsl.expression import Expression, Word
from nndsl.record import Record
from nndsl.source import Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Layout(Record):
    """`("hidden/kernel", [none, "model"])`: which axes of variables are split between devices.

    `axes` has the word of an axis of devices for every axis of the variable, or None.
    """

    span: Span
    pattern: Word
    axes: tuple[Word | None, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Distribution(Record):
    """`mirrored`, or `model_parallel(model=4, layout=[...])`."""

    span: Span
    kind: str
    options: dict[str, Expression] = field(default_factory=dict)
    layouts: tuple[Layout, ...] = ()
