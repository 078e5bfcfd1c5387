"""Initializers that make only some weights: those of a certain rank, or of certain dtypes.

Checked in one place for all layers: the argument `bias_initializer` makes the weights whose names
begin with `bias`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nndsl import vocabulary

if TYPE_CHECKING:
    from nndsl.layers.rule import Weight

#: The axes of the weights that an initializer can make, in words and as numbers.
_AXES = {
    "Identity": ("weights of two axes", range(2, 3)),
    "Orthogonal": ("weights of two axes or more", range(2, 100)),
    "STFT": ("weights of three axes", range(3, 4)),
}
_SUFFIX = "_initializer"


def misfit(arguments: Mapping[str, Any], weights: Sequence[Weight]) -> tuple[str, str, str] | None:
    """Return the first initializer that cannot make its weights: argument, wanted, received."""
    for argument, value in arguments.items():
        if not argument.endswith(_SUFFIX):
            continue
        wanted, ranks = _AXES.get(class_of(value), ("", range(100)))
        prefix = argument.removesuffix(_SUFFIX)
        for weight in weights:
            name = weight.name.rpartition("/")[2]
            made = name.startswith(prefix) or (prefix == "depthwise" and name == "kernel")
            if made and len(weight.shape) not in ranks:
                return argument, wanted, f"{weight.name} {weight.shape}"
    return None


def class_of(value: Any) -> str:
    """Return the class that an initializer is of."""
    if isinstance(value, vocabulary.KerasObject):
        return vocabulary.canonical("initializers", value.name)
    return vocabulary.meaning("initializers", value) or "" if isinstance(value, str) else ""
