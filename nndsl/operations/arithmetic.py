"""Operations on two tensors, or a tensor and a number, element by element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nndsl.layers.arguments import Operand, OptionalOperand
from nndsl.layers.rule import LayerError, LayerRule, Output, Shape, Tensor, shape_text
from nndsl.operations.promotion import dtype_of, is_float, no_booleans, no_strings, promote
from nndsl.operations.rule import broadcast, operation, result

ResultDtype = Callable[[str, Any, Any], str]


def _together(name: str, x1: Any, x2: Any) -> str:
    return promote(name, x1, x2)


def _as_floats(name: str, x1: Any, x2: Any) -> str:
    return promote(name, x1, x2, "float")


def _as_numbers(name: str, x1: Any, x2: Any) -> str:
    dtype = promote(name, x1, x2)
    return "int32" if dtype == "bool" else dtype


def _to_bool(name: str, x1: Any, x2: Any) -> str:
    promote(name, x1, x2)  # strings go with nothing else
    return "bool"


def _binary(
    name: str,
    summary: str,
    dtype_of_result: ResultDtype = _together,
    *,
    strings: bool = False,
    booleans: bool = True,
    divides: bool = False,
) -> LayerRule:
    """Return an operation on two operands.

    `strings` and `booleans` say whether two of them can be taken together; one that `divides` keeps
    whole numbers whole, which cannot be divided by 0.
    """

    def function(x1: Operand, x2: Operand) -> Output:
        full = f"ops.{name}"
        dtypes = {dtype_of(x) for x in (x1, x2)}
        if dtypes == {"string"} and not strings:
            raise no_strings(full)
        if dtypes == {"bool"} and not booleans:
            raise no_booleans(full, help=_OF_BOOLEANS)
        made = result(broadcast_shapes(full, x1, x2), dtype_of_result(full, x1, x2))
        if divides and not is_float(made.tensors[0].dtype):
            _need_divisor(full, x2)
        return made

    function.__name__ = name
    kind = "booleans" if dtype_of_result is _to_bool else "numbers"
    function.__doc__ = (
        f"{summary}\n\nTwo tensors `[...]`, or one and a number; output `[...]` of {kind}. Axes of "
        "size 1 are repeated.\n\n"
        f"Example:\n    input a: [20]\n    input b: [20]\n    a, b -> ops.{name}"
    )
    return operation("arithmetic")(function)


_OF_BOOLEANS = (
    "`ops.logical_and`, `ops.logical_or`, `ops.logical_xor` and `ops.equal` work on booleans; "
    '`ops.cast("int32")` makes numbers of them'
)


def _need_divisor(name: str, divisor: Any) -> None:
    """Refuse a divisor of whole numbers that is 0, or is where a boolean is false."""
    booleans = isinstance(divisor, Tensor) and divisor.dtype == "bool"
    if booleans or (not isinstance(divisor, Tensor) and divisor == 0):
        raise LayerError(
            "D902",
            f"`{name}` cannot divide whole numbers by 0",
            expected="a number other than 0, or a tensor of numbers",
            received="booleans, of which false is 0" if booleans else "0",
        )


def broadcast_shapes(name: str, *operands: Any) -> Shape:
    """Return the shape of what operands make together, the batch first; numbers have none.

    As everywhere in Keras's operations, axes are matched from the last one. A tensor of fewer axes
    would meet its batch with another's steps or features, so it is refused.
    """
    tensors = [operand for operand in operands if isinstance(operand, Tensor)]
    if not tensors:
        raise LayerError(
            "G706", f"`{name}` needs a tensor", expected="a tensor", received="numbers"
        )
    shape: Shape = tensors[0].shape[1:]
    for tensor in tensors[1:]:
        merged = broadcast(shape, tensor.shape[1:]) if tensor.rank == len(shape) + 1 else None
        if merged is None:
            raise LayerError(
                "S103",
                f"`{name}`: the shapes do not match",
                expected="equal shapes, or sizes of 1 where they differ",
                received=" and ".join(shape_text(t.shape) for t in tensors),
                help=_rank_help(tensors),
            )
        shape = merged
    return (None, *shape)


def _rank_help(tensors: list[Tensor]) -> str | None:
    ranks = {tensor.rank for tensor in tensors}
    if len(ranks) == 1:
        return None
    return "`ops.expand_dims(axis=1)` gives a tensor an axis of size 1 that is missing"


add = _binary("add", "Add: `a + b`.", booleans=False)
subtract = _binary("subtract", "Subtract the second from the first: `a - b`.", booleans=False)
multiply = _binary("multiply", "Multiply: `a * b`.", booleans=False)
divide = _binary("divide", "Divide the first by the second: `a / b`.", _as_floats)
true_divide = _binary("true_divide", "Divide the first by the second: `a / b`.", _as_floats)
divide_no_nan = _binary("divide_no_nan", "Divide, with 0 where the divisor is 0.", _as_floats)
floor_divide = _binary(
    "floor_divide", "Divide and round down: `a // b`.", booleans=False, divides=True
)
mod = _binary("mod", "Give what is left of the division: `a % b`.", _as_numbers, divides=True)
power = _binary("power", "Raise the first to the power of the second.", booleans=False)
maximum = _binary("maximum", "Keep the larger of two elements.", booleans=False)
minimum = _binary("minimum", "Keep the smaller of two elements.", booleans=False)
logaddexp = _binary("logaddexp", "Give `log(exp(a) + exp(b))`.", _as_floats)
equal = _binary("equal", "Ask whether two elements are equal: `a == b`.", _to_bool, strings=True)
not_equal = _binary(
    "not_equal", "Ask whether two elements differ: `a != b`.", _to_bool, strings=True
)
less = _binary("less", "Ask whether the first is smaller: `a < b`.", _to_bool, booleans=False)
less_equal = _binary(
    "less_equal", "Ask whether the first is not larger: `a <= b`.", _to_bool, booleans=False
)
greater = _binary("greater", "Ask whether the first is larger: `a > b`.", _to_bool, booleans=False)
greater_equal = _binary(
    "greater_equal", "Ask whether the first is not smaller: `a >= b`.", _to_bool, booleans=False
)
logical_and = _binary("logical_and", "True where both are.", _to_bool)
logical_or = _binary("logical_or", "True where one is, or both.", _to_bool)
logical_xor = _binary("logical_xor", "True where one is, and not both.", _to_bool)


@operation("arithmetic")
def arctan2(x1: Operand, x2: Operand) -> Output:
    """Give the angle of the point whose height is the first and whose width the second.

    Two tensors `[...]`, or one and a number; output `[...]` of floats.

    Example:
        input y: [20]
        input x: [20]
        y, x -> ops.arctan2
    """
    name = "ops.arctan2"
    shape = broadcast_shapes(name, x1, x2)
    both = isinstance(x1, Tensor) and isinstance(x2, Tensor)
    # Keras takes a number for a tensor of float32
    return result(shape, promote(name, x1, x2, "float" if both else "float32"))


@operation("arithmetic")
def where(condition: Operand, x1: OptionalOperand = None, x2: OptionalOperand = None) -> Output:
    """Take from the first where the condition is true, and from the second elsewhere.

    Condition `[...]` of booleans, two tensors or numbers; output `[...]`:
    `is_known, x, 0.0 -> ops.where` is written `is_known -> ops.where(x, 0.0)`.

    Example:
        input known: bool[20]
        input x: [20]
        known -> ops.where(x, 0.0)
    """
    name = "ops.where"
    if x1 is None or x2 is None:
        raise LayerError(
            "A207",
            "`ops.where` needs what to take where the condition is true, and elsewhere",
            expected="two tensors or numbers",
            received="one" if (x1 is None) != (x2 is None) else "none",
            help="write `condition -> ops.where(x, 0.0)`",
        )
    if isinstance(condition, Tensor) and condition.dtype != "bool":
        raise LayerError(
            "D902",
            f"the condition of `{name}` is of {condition.dtype}",
            expected="a tensor of booleans",
            received=condition.dtype,
            help="compare it first: `x > 0`" if condition.dtype != "string" else None,
        )
    return result(broadcast_shapes(name, condition, x1, x2), promote(name, x1, x2))
