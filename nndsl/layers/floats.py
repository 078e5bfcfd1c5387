"""Which layers compute with floats only, and which take strings.

Keras builds any layer on any dtype, and fails when it runs. By name and in one place, as their
functions have nothing else to do with dtypes; a test runs all layers on integers and on strings.
`Rescaling` makes floats of integers, and so do the layers that look them up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nndsl.layers.errors import LayerError

NEED_FLOATS = frozenset("""
    Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose
    DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D
    ConvLSTM1D ConvLSTM2D ConvLSTM3D
    AveragePooling1D AveragePooling2D AveragePooling3D MaxPooling3D
    AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling3D
    Attention ELU PReLU Softmax STFTSpectrogram UnitNormalization
    RandomContrast RandomSaturation
    """.split())

#: All others fail on strings, be it in training only, or give strings that Keras takes for floats.
TAKE_STRINGS = frozenset("""
    Hashing HashedCrossing StringLookup TextVectorization
    Flatten Identity Permute Reshape
    """.split())


def check_dtypes(layer: str, given: Sequence[Any]) -> None:
    """Refuse tensors of dtypes that a layer does not take; each is one, a tuple of them, or None.

    Only the first has to be of floats: the others are masks and states.
    """
    if layer not in TAKE_STRINGS:
        need_numbers(layer, *(tensor for one in given for tensor in _each(one)))
    if layer in NEED_FLOATS:
        need_floats(layer, *_each(given[0]))


def need_numbers(layer: str, *tensors: Any) -> None:
    """Refuse tensors of strings."""
    if any(tensor.dtype == "string" for tensor in tensors):
        raise no_strings(layer)


def no_strings(layer: str) -> LayerError:
    return LayerError(
        "D902",
        f"{layer} works on numbers, not on strings",
        expected="numbers",
        received="string",
        help="put `StringLookup` in front: it makes numbers of words",
    )


_MAKE_FLOATS = (
    "`Rescaling(1/255)` in front makes floats of pixels, `Embedding` vectors of tokens; or declare "
    "the input without a dtype"
)


def need_floats(layer: str, *tensors: Any, help: str = _MAKE_FLOATS) -> None:
    """Refuse tensors of whole numbers."""
    for tensor in tensors:
        if "float" not in tensor.dtype:
            raise LayerError(
                "A209",
                f"{layer} computes with floats only",
                expected="float32",
                received=tensor.dtype,
                help=help,
            )


def _each(given: Any) -> tuple[Any, ...]:
    if isinstance(given, tuple):
        return given
    return () if given is None else (given,)
