"""Operations on every element by itself."""

from __future__ import annotations

from nndsl.layers.arguments import (
    Int,
    IntOrInts,
    Number,
    NumberDType,
    OneTensor,
    OptionalNumber,
    PositiveInt,
    TensorDType,
)
from nndsl.layers.rule import LayerError, Output
from nndsl.operations.elementwise import asked, floated, kept, no_sign
from nndsl.operations.promotion import need_floats, need_numbers, need_whole
from nndsl.operations.rule import axes_in, need_axes, operation, result

absolute = kept("absolute", "Take the sign away from each element.")
abs_ = kept("abs", "Take the sign away from each element.")
negative = kept("negative", "Turn the sign of each element round: `-x`.", not_on="bool uint")
sign = kept("sign", "Give -1, 0 or 1 for each element.", not_on="bool")
trunc = kept("trunc", "Cut off what is behind the decimal point.")
rsqrt = kept("rsqrt", "Give one through the square root.", floats=True)
erf = kept("erf", "Give the error function of each element.", floats=True)
erfinv = kept("erfinv", "Give the inverse of the error function.", floats=True)
exp = floated("exp", "Give e to the power of each element.")
exp2 = floated("exp2", "Give 2 to the power of each element.")
expm1 = floated("expm1", "Give `exp(x) - 1`, exactly near 0.")
log = floated("log", "Give the natural logarithm.")
log1p = floated("log1p", "Give `log(1 + x)`, exactly near 0.")
log2 = floated("log2", "Give the logarithm to base 2.")
log10 = floated("log10", "Give the logarithm to base 10.")
sqrt = floated("sqrt", "Give the square root.")
floor = floated("floor", "Round down.")
ceil = floated("ceil", "Round up.")
sin = floated("sin", "Give the sine.")
cos = floated("cos", "Give the cosine.")
tan = floated("tan", "Give the tangent.")
sinh = floated("sinh", "Give the hyperbolic sine.")
cosh = floated("cosh", "Give the hyperbolic cosine.")
tanh = floated("tanh", "Squeeze each element to between -1 and 1.")
arcsin = floated("arcsin", "Give the angle of a sine.")
arccos = floated("arccos", "Give the angle of a cosine.")
arctan = floated("arctan", "Give the angle of a tangent.")
arcsinh = floated("arcsinh", "Give the inverse of the hyperbolic sine.")
arccosh = floated("arccosh", "Give the inverse of the hyperbolic cosine.")
arctanh = floated("arctanh", "Give the inverse of the hyperbolic tangent.")
isnan = asked("isnan", "Ask whether each element is no number.")
isinf = asked("isinf", "Ask whether each element is infinite.")
isfinite = asked("isfinite", "Ask whether each element is finite.")
logical_not = asked("logical_not", "Turn true and false round.")


@operation("maths")
def stop_gradient(variable: OneTensor) -> Output:
    """Keep training from going further back than this tensor.

    Input `[...]`, output the same.

    Example:
        input x: [20]
        x -> ops.stop_gradient
    """
    return result(variable.shape, variable.dtype)


@operation("maths")
def copy(x: OneTensor) -> Output:
    """Return the same values.

    Input `[...]`, output the same.

    Example:
        input x: [20]
        x -> ops.copy
    """
    return result(x.shape, x.dtype)


@operation("maths")
def zeros_like(x: OneTensor, dtype: NumberDType = None) -> Output:
    """Give zeros, as many as there are elements.

    Input `[...]`, output the same shape, of the same dtype or of another.

    Example:
        input x: [20]
        x -> ops.zeros_like
    """
    need_numbers("ops.zeros_like", x)
    return result(x.shape, dtype or x.dtype)


@operation("maths")
def ones_like(x: OneTensor, dtype: NumberDType = None) -> Output:
    """Give ones, as many as there are elements.

    Input `[...]`, output the same shape, of the same dtype or of another.

    Example:
        input x: [20]
        x -> ops.ones_like
    """
    need_numbers("ops.ones_like", x)
    return result(x.shape, dtype or x.dtype)


@operation("maths")
def square(x: OneTensor) -> Output:
    """Multiply each element by itself.

    Input `[...]`, output the same shape and dtype; booleans become int32.

    Example:
        input x: [20]
        x -> ops.square
    """
    need_numbers("ops.square", x)
    return result(x.shape, "int32" if x.dtype == "bool" else x.dtype)


@operation("maths")
def reciprocal(x: OneTensor) -> Output:
    """Give one through each element.

    Input `[...]` of floats, output the same shape of float32.

    Example:
        input x: [20]
        x -> ops.reciprocal
    """
    need_floats("ops.reciprocal", x)
    return result(x.shape, "float32")


@operation("maths")
def round_(x: OneTensor, decimals: Int = 0) -> Output:
    """Round each element to so many decimals.

    Input `[...]`, output the same shape and dtype.

    Example:
        input x: [20]
        x -> ops.round(2)
    """
    need_numbers("ops.round", x)
    if x.dtype == "bool":
        raise no_sign("ops.round", x)
    return result(x.shape, x.dtype)


@operation("maths")
def nan_to_num(
    x: OneTensor,
    nan: Number = 0.0,
    posinf: OptionalNumber = None,
    neginf: OptionalNumber = None,
) -> Output:
    """Put numbers in the place of what is no number or infinite.

    Input `[...]`, output the same shape and dtype.

    Example:
        input x: [20]
        x -> ops.nan_to_num(nan=0.0)
    """
    need_numbers("ops.nan_to_num", x)
    return result(x.shape, x.dtype)


@operation("maths")
def clip(x: OneTensor, x_min: Number, x_max: Number) -> Output:
    """Keep each element between two numbers.

    Input `[...]`, output the same shape and dtype; booleans become int32.

    Example:
        input x: [20]
        x -> ops.clip(0, 6)
    """
    need_numbers("ops.clip", x)
    need_whole("ops.clip", x, x_min=x_min, x_max=x_max)
    return result(x.shape, "int32" if x.dtype == "bool" else x.dtype)


@operation("maths")
def cast(x: OneTensor, dtype: TensorDType) -> Output:
    """Give the values another dtype.

    Input `[...]`, output the same shape, of the dtype: `x -> ops.cast("float32")`.

    Example:
        input tokens: int32[50]
        tokens -> ops.cast("float32")
    """
    dtype = dtype or "float32"
    if (x.dtype == "string") != (dtype == "string"):
        raise LayerError(
            "D902",
            "strings and numbers cannot be cast into one another",
            expected="a dtype of numbers" if dtype == "string" else "a tensor of numbers",
            received="string",
            help="`StringLookup` makes numbers of strings" if x.dtype == "string" else None,
        )
    return result(x.shape, dtype)


@operation("maths")
def normalize(
    x: OneTensor, axis: IntOrInts = -1, order: PositiveInt = 2, epsilon: OptionalNumber = None
) -> Output:
    """Divide by the norm along an axis or several, so that the norm becomes 1.

    Input `[...]` of floats, output the same shape of float32.

    Example:
        input vector: [64]
        vector -> ops.normalize
    """
    need_floats("ops.normalize", x)
    need_axes("ops.normalize", axes_in("ops.normalize", x, axis))
    return result(x.shape, "float32")
