"""What a declaration of a setting says: its name, what it takes, and where it goes.

What a setting takes is its form. The forms are few, and everything that reads, checks or emits
settings goes by the form: a new setting of a known form is one declaration and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from nndsl.layers.argument_types import ArgumentType


@dataclass(frozen=True, slots=True)
class One:
    """One value: `epochs: 12`, `jit_compile: auto`."""

    type: ArgumentType


@dataclass(frozen=True, slots=True)
class Part:
    """One object of `keras.<kind>`, or the word for one: `optimizer: Adam(1e-3)`."""

    kind: str


@dataclass(frozen=True, slots=True)
class PartPerOutput:
    """An object, or `many`, for each output, in order or by name: `loss: priority=mse, ...`."""

    kind: str
    many: bool = False


@dataclass(frozen=True, slots=True)
class NumberPerOutput:
    """A number for each output: `loss_weights: 1, 0.5`."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Objects in a row: `callbacks: EarlyStopping(patience=3), TensorBoard`."""

    kind: str


@dataclass(frozen=True, slots=True)
class Source:
    """A data source; `fraction` if a part of the training data may stand in its place."""

    fraction: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """The name of an array or a column of the data: `sample_weight: importance`."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names of layers or blocks of the model: `freeze: encoder, embed`."""


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths in quotes, each with one of some endings; `""` stands for a folder's."""

    endings: tuple[str, ...]
    several: bool = True


@dataclass(frozen=True, slots=True)
class Options:
    """Values by name; one may come `first` without a name: `predict: 5, batch_size=64`."""

    options: dict[str, Form]
    first: Form | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """What numbers are like, for each output or each input: `labels: tags=multi_hot(20)`."""

    of_inputs: bool = False


@dataclass(frozen=True, slots=True)
class Sharing:
    """A way to share training out: `mirrored`, `ray(workers=4)`."""


Form = Union[
    One,
    Contents,
    Part,
    PartPerOutput,
    NumberPerOutput,
    Parts,
    Source,
    Column,
    Names,
    Paths,
    Options,
    Sharing,
]


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of `train`.

    `goes` names the method of `keras.Model` that takes the value as the argument of this name, or
    is empty where the script does something of its own with it.
    """

    name: str
    form: Form
    goes: str
    doc: str
