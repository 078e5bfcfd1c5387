"""What a layer costs: multiply-adds and bytes of outputs for one sample, bytes of weights.

Only products with a kernel and between tensors count, as is the custom: no biases, activations,
masks or poolings. A cost that depends on an unknown size is None.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nndsl.layers.rule import Dim, Tensor, Weight

_WIDTHS = {"bfloat16": 2, "bool": 1}


def times(*factors: Dim) -> int | None:
    """Return the product of sizes, or None if one of them is unknown."""
    product = 1
    for factor in factors:
        if not isinstance(factor, int):
            return None
        product *= factor
    return product


def total(parts: Iterable[int | None]) -> int | None:
    """Return the sum of costs, or None if one of them is unknown."""
    result = 0
    for part in parts:
        if part is None:
            return None
        result += part
    return result


def activation_bytes(tensors: Iterable[Tensor]) -> int | None:
    """Return the memory that these outputs of a layer take for one sample.

    None if a size is unknown, or for strings, which have no width.
    """
    return total(
        None if tensor.dtype == "string" else times(*tensor.shape[1:], _width(tensor.dtype))
        for tensor in tensors
    )


def weight_bytes(weights: Iterable[Weight]) -> int:
    """Return the memory that weights take."""
    return sum(weight.size * _width(weight.dtype) for weight in weights)


def _width(dtype: str) -> int:
    """Return the bytes of a number: 4 for `float32`."""
    if dtype in _WIDTHS:
        return _WIDTHS[dtype]
    return int(dtype.lstrip("abcdefghijklmnopqrstuvwxyz")) // 8
