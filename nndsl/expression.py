"""Expressions of the graph: what stands in arguments, constants and conditions, names resolved.

They are kept as they were written, for the code that comes out, and are evaluated where shapes are
found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from nndsl.layers.rule import LayerRule
from nndsl.record import Record
from nndsl.source import Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LayerName(Record):
    """The name of a layer inside its body. Not explicit: the one that Keras will choose."""

    text: str
    explicit: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Literal(Record):
    """A number, string, boolean or none; `text` is a number's own spelling."""

    span: Span
    value: int | float | str | bool | None
    text: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Word(Record):
    """A bare word where Keras takes a string: `padding=same`."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ConstantUse(Record):
    span: Span
    constant: Constant


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ParameterUse(Record):
    span: Span
    name: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Arithmetic(Record):
    """Operands of one precedence level, applied from left to right: one more than operators."""

    span: Span
    operators: tuple[str, ...]
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Negation(Record):
    span: Span
    operand: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Logic(Record):
    """`a and b`, `a or b`, or `not a`, which has one operand."""

    span: Span
    operator: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sequence(Record):
    span: Span
    items: tuple[Expression, ...]
    is_tuple: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Object(Record):
    """An object of `keras.<kind>` made inside an argument: `L2(1e-4)`, `Constant(0.1)`."""

    span: Span
    kind: str
    name: str
    arguments: tuple[Bound, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LayerObject(Record):
    """A layer given to another as an argument: `TimeDistributed(Dense(3))`."""

    span: Span
    name: LayerName
    layer: LayerRule
    arguments: tuple[Bound, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ExternPart(Record):
    """A loss, metric or another part of the user's Python: `Focal(gamma=2)`."""

    span: Span
    part: LayerRule
    arguments: tuple[Bound, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Range(Record):
    """A part of a slice that keeps an axis: `0:3`, `::2`, `:`."""

    span: Span
    start: Expression | None
    stop: Expression | None
    step: Expression | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Rest(Record):
    """`...` in a slice."""

    span: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Function(Record):
    """`range(3)`, `len(widths)`, `max(a, b)` or `min(a, b)`: all that expressions have."""

    span: Span
    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Item(Record):
    """An element of a list: `widths[0]`."""

    span: Span
    sequence: Expression
    index: Expression


Expression = Union[
    Literal,
    Word,
    ConstantUse,
    ParameterUse,
    Arithmetic,
    Negation,
    Logic,
    Sequence,
    Object,
    LayerObject,
    ExternPart,
    Range,
    Rest,
    Function,
    Item,
]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Bound(Record):
    """An argument bound to its parameter; `positional` as the source wrote it."""

    parameter: str
    value: Expression
    span: Span
    positional: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Parameter(Record):
    """A parameter of a block, a model or an extern part."""

    name: str
    default: Expression | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Constant(Record):
    name: str
    value: Expression
    span: Span
