"""The types of the arguments of Keras's objects, beside those that layers use too.

Only a text in which an object is made pays for this file.
"""

from __future__ import annotations

from typing import Any

from nndsl.layers import arguments
from nndsl.layers.argument_types import (
    ArgumentType,
    ChoiceType,
    EitherType,
    IntType,
    KerasType,
    ListType,
    NumberType,
    OptionalType,
    PairType,
    TextType,
)
from nndsl.vocabulary import KerasObject


class OpenType(NumberType):
    """A number in a range of which one end, or both, do not belong to it."""

    def __init__(
        self,
        description: str,
        above: float | None = None,
        below: float | None = None,
        *,
        minimum: float | None = None,
        maximum: float | None = None,
    ) -> None:
        super().__init__(description, minimum, maximum)
        self.above = above
        self.below = below

    def convert(self, value: Any) -> float:
        number = super().convert(value)
        low = self.above is not None and number <= self.above
        if low or (self.below is not None and number >= self.below):
            raise self.refuse(out_of_range=True)
        return number


class FloatType(OpenType):
    """A number for which Keras takes no integer."""

    def convert(self, value: Any) -> float:
        if isinstance(value, int):
            raise self.refuse()
        return super().convert(value)


class ObjectType(KerasType):
    """An object of `keras.<kind>`, where a string does not do."""

    words = ()

    def convert(self, value: Any) -> Any:
        if isinstance(value, KerasObject) and value.kind == self.kind:
            return value
        raise self.refuse()


class NameType(TextType):
    """The name of an object, of which Keras makes the names of its variables."""

    def convert(self, value: Any) -> str:
        if "/" in super().convert(value):
            raise self.refuse()
        return str(value)


class ListOnlyType(ListType):
    """A list, where Keras does not take a tuple."""

    def convert(self, value: Any) -> tuple[Any, ...]:
        if isinstance(value, tuple):
            raise self.refuse()
        return super().convert(value)


class NestedNumbersType(ArgumentType):
    """A number, or a list of numbers, or a list of such lists."""

    def convert(self, value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return tuple(self.convert(item) for item in value)
        if isinstance(value, (int, float)):
            return value
        raise self.refuse()


class NothingType(ArgumentType):
    """What a text cannot give: only `none` is left."""

    def convert(self, value: Any) -> None:
        if value is not None:
            raise self.refuse()


class ProfileType(ArgumentType):
    """Batches as `tensorboard` takes them: one, or the first and the last."""

    def convert(self, value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        pair = PairType(self.description, IntType("", 1)).convert(value)
        if pair[0] > pair[1]:
            raise self.refuse()
        return pair


def _own(name: str) -> ArgumentType:
    return arguments.argument_type(getattr(arguments, name))


_FRACTION = "a number from 0 to 1"
_FLOAT = "a number with a decimal point"
_fraction = _own("Fraction")
_fractions = ListType("a list of numbers from 0 to 1", _fraction)
_schedule = ObjectType("schedules", "a schedule such as `CosineDecay(1e-3, 1000)`")
_every = IntType("a positive integer", 1)

TYPES: dict[str, ArgumentType] = {
    "PositiveNumber": OpenType("a number above 0", 0),
    "NonPositiveNumber": NumberType("a number of at most 0", None, 0),
    "OpenFraction": OpenType("a number between 0 and 1", 0, 1),
    "FractionAboveZero": OpenType("a number above 0, up to 1", 0, maximum=1),
    "FractionBelowOne": OpenType("a number from 0 to below 1", None, 1, minimum=0),
    "FloatFraction": FloatType(f"{_FLOAT} from 0.0 to 1.0", minimum=0, maximum=1),
    "Float": FloatType(f"{_FLOAT}, such as 1e-3"),
    "NonNegativeFloat": FloatType(f"{_FLOAT} of at least 0.0", minimum=0),
    "PositiveFloat": FloatType(f"{_FLOAT} above 0.0", 0),
    "OptionalFloatAboveZero": OptionalType(FloatType(f"{_FLOAT} up to 1.0", 0, maximum=1)),
    "OptionalFractions": OptionalType(
        EitherType(
            f"{_FRACTION}, or a list of them in square brackets",
            _fraction,
            ListOnlyType("", _fraction),
        )
    ),
    "OptionalFractionList": OptionalType(_fractions),
    "LearningRate": EitherType(
        "a number with a decimal point, such as 1e-3, or a schedule such as "
        "`CosineDecay(1e-3, 1000)`",
        FloatType(""),
        _schedule,
    ),
    "AccumulationSteps": OptionalType(IntType("an integer of at least 2", 2)),
    "OptionalNonNegativeInt": OptionalType(_own("NonNegativeInt")),
    "Numbers": ListType("a list of numbers", _own("Number")),
    "Floats": ListType("a list of numbers with a decimal point", FloatType("")),
    "OptionalTexts": OptionalType(ListType("a list of strings", _own("Text"))),
    "NestedNumbers": NestedNumbersType("a number, or a list of numbers"),
    "Name": OptionalType(NameType("a string without `/`")),
    "NumberDType": OptionalType(
        ChoiceType(
            *(d for d in arguments.DTYPES if d not in ("bool", "string", "int8")),
            "mixed_float16",
            "mixed_bfloat16",
        )
    ),
    "FloatDType": OptionalType(
        ChoiceType(
            *(d for d in arguments.DTYPES if "float" in d), "mixed_float16", "mixed_bfloat16"
        )
    ),
    "Reduction": OptionalType(
        ChoiceType("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none")
    ),
    "ScoreAverage": OptionalType(ChoiceType("micro", "macro", "weighted")),
    "ScoreAggregation": OptionalType(ChoiceType("uniform_average", "variance_weighted_average")),
    "Curve": ChoiceType("ROC", "PR", "PRGAIN", "roc", "pr", "prgain"),
    "Summation": ChoiceType(
        "interpolation", "minoring", "majoring", "Interpolation", "Minoring", "Majoring"
    ),
    "MonitorMode": ChoiceType("auto", "min", "max"),
    "SaveFrequency": EitherType("`epoch`, or a number of batches", ChoiceType("epoch"), _every),
    "UpdateFrequency": EitherType(
        "`epoch`, `batch` or a number of batches", ChoiceType("epoch", "batch"), _every
    ),
    "ProfileBatch": ProfileType("the number of a batch, or a pair of them"),
    "FanMode": ChoiceType("fan_in", "fan_out", "fan_avg"),
    "Distribution": ChoiceType(
        "truncated_normal", "untruncated_normal", "uniform", "normal", ignore_case=True
    ),
    "OrthogonalMode": ChoiceType("rows", "columns"),
    "Side": ChoiceType("real", "imag"),
    "Optimizer": ObjectType("optimizers", "an optimizer as an object, such as `Adam()`"),
    "Nothing": NothingType("`none`: what else it takes is of Python"),
}


def type_by_name(name: str) -> ArgumentType:
    """Return a type of objects alone, or one that layers use too."""
    return TYPES[name] if name in TYPES else _own(name)
