"""What an argument of a layer accepts: in words for messages, in values for the layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nndsl import vocabulary


class Unfit(Exception):
    """A value that an argument does not accept: what was expected, and the words to choose from.

    `out_of_range` is True for a number that is only too small or too large. `instead` is what to
    write, where the value leaves no doubt.
    """

    def __init__(
        self,
        expected: str,
        words: Sequence[str] = (),
        *,
        out_of_range: bool = False,
        instead: str = "",
    ) -> None:
        super().__init__(expected)
        self.expected = expected
        self.words = words
        self.out_of_range = out_of_range
        self.instead = instead


class ArgumentType:
    """What an argument accepts. `words` are the bare words it knows, for completion and hints."""

    is_tensor = False
    words: Sequence[str] = ()

    def __init__(self, description: str) -> None:
        self.description = description

    def convert(self, value: Any) -> Any:
        """Return the value in the form that layer functions expect; raise `Unfit` otherwise."""
        raise NotImplementedError  # pragma: no cover

    def refuse(self, inner: Unfit | None = None, *, out_of_range: bool = False) -> Unfit:
        """Return what to raise; `inner` is what a type inside this one raised."""
        beyond = out_of_range or (inner is not None and inner.out_of_range)
        instead = inner.instead if inner is not None else ""
        return Unfit(self.description, self.words, out_of_range=beyond, instead=instead)


class TensorType(ArgumentType):
    """A tensor of the layer's call, or several as one list; no argument of its constructor."""

    is_tensor = True

    def __init__(self, description: str, *, optional: bool = False, several: bool = False) -> None:
        super().__init__(description)
        self.optional = optional
        self.several = several

    def convert(self, value: Any) -> Any:
        """Return one tensor or a tuple of them, whichever the layer takes."""
        if value is None and self.optional:
            return None
        if value is not None and isinstance(value, tuple) == self.several:
            return value
        if value is not None and self.several:
            return (value,)
        raise self.refuse()


class OperandType(TensorType):
    """A tensor, or a number that stands in the place of one."""

    def __init__(self, *, optional: bool = False) -> None:
        super().__init__("a tensor or a number", optional=optional)

    def convert(self, value: Any) -> Any:
        """Return the tensor or number as it is; strings, lists and layers are neither."""
        is_operand = value is None or isinstance(value, (int, float)) or hasattr(value, "dtype")
        if not is_operand:
            raise self.refuse()
        return super().convert(value)


class AnyType(ArgumentType):
    def convert(self, value: Any) -> Any:
        return value


class BoolType(ArgumentType):
    def convert(self, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        raise self.refuse()


class IntType(ArgumentType):
    def __init__(
        self, description: str, minimum: int | None = None, maximum: int | None = None
    ) -> None:
        super().__init__(description)
        self.minimum = minimum
        self.maximum = maximum

    def convert(self, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.refuse()
        if self.minimum is not None and value < self.minimum:
            raise self.refuse(out_of_range=True)
        if self.maximum is not None and value > self.maximum:
            raise self.refuse(out_of_range=True)
        return value


class NumberType(ArgumentType):
    """A number, its range closed at both ends."""

    def __init__(
        self, description: str, minimum: float | None = None, maximum: float | None = None
    ) -> None:
        super().__init__(description)
        self.minimum = minimum
        self.maximum = maximum

    def convert(self, value: Any) -> float:
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            raise self.refuse()
        above = self.minimum is None or value >= self.minimum
        if not above or (self.maximum is not None and value > self.maximum):
            raise self.refuse(out_of_range=True)
        return value


class TextType(ArgumentType):
    def convert(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        raise self.refuse()


class ChoiceType(ArgumentType):
    """One of a few words; upper and lower case are the same where Keras lowers them."""

    def __init__(self, *words: str, ignore_case: bool = False) -> None:
        super().__init__(_one_of(words))
        self.words = words
        self.ignore_case = ignore_case

    def convert(self, value: Any) -> str:
        if isinstance(value, str):
            word = value.lower() if self.ignore_case else value
            if word in self.words:
                return word
        raise self.refuse()


class OptionalType(ArgumentType):
    def __init__(self, inner: ArgumentType) -> None:
        super().__init__(f"{inner.description}, or `none`")
        self.inner = inner
        self.words = inner.words

    def convert(self, value: Any) -> Any:
        if value is None:
            return None
        try:
            return self.inner.convert(value)
        except Unfit as unfit:
            raise self.refuse(unfit) from None


class ListType(ArgumentType):
    """A list or tuple of any length with items of one type, as a tuple."""

    def __init__(self, description: str, item: ArgumentType) -> None:
        super().__init__(description)
        self.item = item

    def convert(self, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, (list, tuple)):
            raise self.refuse()
        try:
            return tuple(self.item.convert(item) for item in value)
        except Unfit as unfit:
            raise self.refuse(unfit) from None


class TupleType(ListType):
    """A tuple, where Keras does not take a list."""

    def __init__(self, item: ArgumentType) -> None:
        super().__init__("a tuple, in round brackets", item)

    def convert(self, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, tuple):
            raise self.refuse()
        return super().convert(value)


class EitherType(ArgumentType):
    """The first of several types that accepts the value."""

    def __init__(self, description: str, *choices: ArgumentType) -> None:
        super().__init__(description)
        self.choices = choices
        self.words = tuple(word for choice in choices for word in choice.words)

    def convert(self, value: Any) -> Any:
        inner: Unfit | None = None
        for choice in self.choices:
            try:
                return choice.convert(value)
            except Unfit as unfit:
                inner = unfit if unfit.out_of_range else inner
        raise self.refuse(inner)


class SpatialType(ArgumentType):
    """An integer for all spatial axes, or one for each: always a tuple of that many."""

    def __init__(self, rank: int, minimum: int = 1) -> None:
        least = "positive integer" if minimum == 1 else f"integer of at least {minimum}"
        one = f"a {least}" if minimum == 1 else f"an {least}"
        many = f"{one} or a tuple of {rank}" if rank > 1 else one
        super().__init__(many)
        self.rank = rank
        self.item = IntType(least, minimum)

    def convert(self, value: Any) -> tuple[int, ...]:
        values = value if isinstance(value, (list, tuple)) else (value,) * self.rank
        if len(values) != self.rank:
            raise self.refuse(Unfit("", instead=self._once(values)))
        try:
            return tuple(self.item.convert(item) for item in values)
        except Unfit as unfit:
            raise self.refuse(unfit) from None

    def _once(self, values: Sequence[Any]) -> str:
        """Return the number that is given for more or fewer axes than there are."""
        if any(item != values[0] for item in values[:1_000]):
            return ""
        try:
            return f"{self.item.convert(values[0])}" if values else ""
        except Unfit:
            return ""


class MarginsType(ArgumentType):
    """What to add or cut before and after each spatial axis: a tuple of pairs."""

    def __init__(self, rank: int) -> None:
        pairs = f"a tuple of {rank} of either" if rank > 1 else "a pair of them"
        super().__init__(f"an integer of at least 0, or {pairs}")
        self.pair = SpatialType(2, minimum=0)
        self.rank = rank

    def convert(self, value: Any) -> tuple[tuple[int, ...], ...]:
        items = (value,) if self.rank == 1 else value
        if not isinstance(items, (list, tuple)):
            items = (value,) * self.rank
        if len(items) != self.rank:
            raise self.refuse()
        try:
            return tuple(self.pair.convert(item) for item in items)
        except Unfit as unfit:
            raise self.refuse(unfit) from None


class IndexType(ArgumentType):
    """What stands in the brackets of a slice: integers, ranges, `...`, `none` for a new axis."""

    def __init__(self) -> None:
        super().__init__("integers and ranges such as `0:3`")

    def convert(self, value: Any) -> tuple[Any, ...]:
        items = value if isinstance(value, (list, tuple)) else (value,)
        if not all(self._is_part(item) for item in items):
            raise self.refuse()
        return tuple(items)

    def _is_part(self, item: Any) -> bool:
        if isinstance(item, slice):
            ends = (item.start, item.stop, item.step)
            return all(end is None or self._is_integer(end) for end in ends)
        return item is None or item is Ellipsis or self._is_integer(item)

    def _is_integer(self, value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool)


class EinsumShapeType(ListType):
    """The sizes of an output; `none` for one that the input decides."""

    def __init__(self) -> None:
        size = OptionalType(IntType("a positive integer", 1))
        super().__init__("an integer or a list of integers, with `none` for a size kept", size)

    def convert(self, value: Any) -> tuple[Any, ...]:
        return super().convert(value if isinstance(value, (list, tuple)) else (value,))


class OddType(IntType):
    def __init__(self) -> None:
        super().__init__("a positive odd number", 1)

    def convert(self, value: Any) -> int:
        if super().convert(value) % 2 == 0:
            raise self.refuse()
        return int(value)


class PairType(ArgumentType):
    def __init__(self, description: str, item: ArgumentType | None = None) -> None:
        super().__init__(description)
        self.items = ListType(description, item or NumberType("a number"))

    def convert(self, value: Any) -> tuple[Any, ...]:
        pair = self.items.convert(value)
        if len(pair) != 2:
            raise self.refuse()
        return pair


class FactorType(EitherType):
    """How strongly a random change may act: at most a number, or between two."""

    def __init__(self, minimum: float, maximum: float) -> None:
        item = NumberType("", minimum, maximum)
        text = f"a number from {minimum} to {maximum}"
        super().__init__(f"{text}, or a pair of them", item, PairType(text, self.end(item)))
        self.minimum = minimum
        self.maximum = maximum

    def end(self, item: ArgumentType) -> ArgumentType:
        """Return the type of an end of a pair."""
        return item


class LooseFactorType(FactorType):
    """A factor of which only one end of a pair has to lie within the range, as Keras has it."""

    def end(self, item: ArgumentType) -> ArgumentType:
        return NumberType(item.description)

    def convert(self, value: Any) -> Any:
        made = super().convert(value)
        if isinstance(made, tuple) and not (made[0] <= self.maximum and made[1] >= self.minimum):
            raise self.refuse(out_of_range=True)
        return made


class LayerType(ArgumentType):
    """A layer of Keras: `Dense(3)`. The value is a `LayerValue`."""

    def convert(self, value: Any) -> Any:
        if hasattr(value, "rule"):
            return value
        raise self.refuse()


class KerasType(ArgumentType):
    """Something of `keras.<kind>`: by its identifier, or as an object with arguments."""

    def __init__(self, kind: str, description: str) -> None:
        super().__init__(description)
        self.kind = kind

    @property
    def words(self) -> Sequence[str]:  # type: ignore[override]
        return vocabulary.identifiers(self.kind)

    def convert(self, value: Any) -> Any:
        if isinstance(value, vocabulary.KerasObject) and value.kind == self.kind:
            return value
        if isinstance(value, str) and vocabulary.knows(self.kind, value):
            return value
        raise self.refuse()


def _one_of(words: Sequence[str]) -> str:
    quoted = [f"`{word}`" for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
