"""The dtype of what several tensors and numbers make together: Keras's promotion of dtypes.

Source: `keras.src.backend.common.dtypes`, which follows JAX. Python's numbers are weak: `int` and
`float` take the dtype of the tensor beside them, unless it cannot hold them.
"""

from __future__ import annotations

import re
from typing import Any

from nndsl.layers import floats
from nndsl.layers.rule import LayerError, Tensor

#: The dtypes of floats, from narrow to wide; float16 and bfloat16 have nothing in common.
_FLOATS = {"float": 0, "bfloat16": 1, "float16": 1, "float32": 2, "float64": 3}
_INTEGER = re.compile(r"(u?)int(\d+)\Z")
#: What Keras makes of a dtype at the end: there are no unsigned results of 64 bits.
_RESOLVED = {"int": "int32", "float": "float32", "uint64": "uint32"}


def is_float(dtype: str) -> bool:
    return dtype in _FLOATS


def dtype_of(operand: Any) -> str:
    """Return the dtype of a tensor or of a number: "int", "float" and "bool" for numbers."""
    return operand.dtype if isinstance(operand, Tensor) else type(operand).__name__


def promote(name: str, *operands: Any) -> str:
    """Return the dtype that Keras gives to tensors, numbers and dtypes together.

    Raises `LayerError` for strings, which go together with nothing.
    """
    dtypes = [operand if isinstance(operand, str) else dtype_of(operand) for operand in operands]
    result = dtypes[0]
    for dtype in dtypes[1:]:
        result = result if result == dtype else _join(name, result, dtype)
    if len(set(dtypes)) == 1 and result not in ("int", "float"):
        return result
    return _RESOLVED.get(result, result)


def _join(name: str, a: str, b: str) -> str:
    if "string" in (a, b):
        raise no_strings(name)
    if is_float(a) or is_float(b):
        return _join_floats(a, b)
    if "bool" in (a, b):
        return a if b == "bool" else b
    if "int" in (a, b):
        return a if b == "int" else b
    return _join_integers(a, b)


def _join_floats(a: str, b: str) -> str:
    if {a, b} == {"bfloat16", "float16"}:
        return "float32"
    return max(a, b, key=lambda dtype: _FLOATS.get(dtype, -1))


def _join_integers(a: str, b: str) -> str:
    sign_a, bits_a = _parts(a)
    sign_b, bits_b = _parts(b)
    if sign_a == sign_b:
        return a if bits_a > bits_b else b
    unsigned, signed = (bits_a, bits_b) if sign_a == "u" else (bits_b, bits_a)
    bits = max(signed, 2 * unsigned)
    return f"int{bits}" if bits <= 64 else "float"


def _parts(dtype: str) -> tuple[str, int]:
    match = _INTEGER.match(dtype)
    assert match is not None, dtype
    return match[1], int(match[2])


def as_float(dtype: str) -> str:
    """Return a dtype of floats as it is, float32 for any other."""
    return dtype if is_float(dtype) else "float32"


def need_numbers(name: str, *tensors: Tensor) -> None:
    """Refuse strings."""
    floats.need_numbers(f"`{name}`", *tensors)


def need_floats(name: str, *tensors: Tensor) -> None:
    """Refuse what is not of floats: Keras builds such a model, and its run fails."""
    need_numbers(name, *tensors)
    floats.need_floats(f"`{name}`", *tensors, help='put `ops.cast("float32")` in front')


def need_whole(name: str, x: Tensor, **numbers: float | None) -> None:
    """Refuse numbers with a point beside whole numbers: Keras does not turn one into the other."""
    for argument, number in numbers.items():
        if isinstance(number, float) and not is_float(x.dtype):
            raise LayerError(
                "A205",
                f"`{name}` takes whole numbers with a tensor of {x.dtype}",
                expected="an integer",
                received=repr(number),
                help='put `ops.cast("float32")` in front, or write a number without a point',
                argument=argument,
            )


def no_booleans(name: str, *, help: str = 'put `ops.cast("int32")` in front') -> LayerError:
    return LayerError(
        "D902",
        f"`{name}` does not work on booleans",
        expected="a tensor of numbers",
        received="bool",
        help=help,
    )


def no_strings(name: str) -> LayerError:
    return floats.no_strings(f"`{name}`")
