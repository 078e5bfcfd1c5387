"""The types of layer arguments, by the names that layer functions use in their signatures.

An annotation in a layer function is the name of one of the aliases below. Type checkers read the
Python type in it; nndsl reads the `ArgumentType`, which turns what the user wrote into the one
form that the layer function works with, or says what would have been accepted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Optional, Union, get_args

from nndsl.layers.argument_types import (
    AnyType,
    ArgumentType,
    BoolType,
    ChoiceType,
    EinsumShapeType,
    EitherType,
    FactorType,
    IndexType,
    IntType,
    KerasType,
    LayerType,
    ListType,
    LooseFactorType,
    MarginsType,
    NumberType,
    OddType,
    OperandType,
    OptionalType,
    PairType,
    SpatialType,
    TensorType,
    TextType,
    TupleType,
    Unfit,
)

if TYPE_CHECKING:
    from nndsl.layers.rule import Tensor


def _optional(alias: Any) -> OptionalType:
    return OptionalType(argument_type(alias))


def _described(description: str, type_: ArgumentType) -> ArgumentType:
    """Return a type with a description that is shorter than its own."""
    type_.description = description
    return type_


def argument_type(alias: Any) -> ArgumentType:
    """Return the `ArgumentType` that an alias of this module carries."""
    for metadata in get_args(alias):
        if isinstance(metadata, ArgumentType):
            return metadata
    raise TypeError(f"{alias!r} carries no ArgumentType")


#: Beside the aliases, which layer functions import one by one.
__all__ = ["DTYPES", "ArgumentType", "KerasType", "OptionalType", "Unfit", "argument_type"]

# Tensors of a layer's call.
OneTensor = Annotated["Tensor", TensorType("a tensor")]
OptionalTensor = Annotated[Optional["Tensor"], TensorType("a tensor", optional=True)]
Tensors = Annotated["tuple[Tensor, ...]", TensorType("a list of tensors", several=True)]
OptionalTensors = Annotated[
    Optional["tuple[Tensor, ...]"], TensorType("a list of tensors", optional=True, several=True)
]

# Operands of an operation.
Operand = Annotated[Any, OperandType()]
OptionalOperand = Annotated[Any, OperandType(optional=True)]

# Plain values.
Any_ = Annotated[Any, AnyType("a value")]
Bool = Annotated[bool, BoolType("`true` or `false`")]
OptionalBool = Annotated[Optional[bool], _optional(Bool)]
AutoBool = Annotated[
    Union[str, bool],
    EitherType("`auto`, `true` or `false`", ChoiceType("auto"), argument_type(Bool)),
]
Int = Annotated[int, IntType("an integer")]
PositiveInt = Annotated[int, IntType("a positive integer", 1)]
NonNegativeInt = Annotated[int, IntType("an integer of at least 0", 0)]
OptionalInt = Annotated[Optional[int], _optional(Int)]
OptionalPositiveInt = Annotated[Optional[int], _optional(PositiveInt)]
Number = Annotated[float, NumberType("a number")]
NonNegativeNumber = Annotated[float, NumberType("a number of at least 0", 0)]
OptionalNumber = Annotated[Optional[float], _optional(Number)]
OptionalNonNegativeNumber = Annotated[Optional[float], _optional(NonNegativeNumber)]
Fraction = Annotated[float, NumberType("a number from 0 to 1", 0, 1)]
Text = Annotated[str, TextType("a string")]
OptionalText = Annotated[Optional[str], _optional(Text)]

# Lists.
Ints = Annotated[tuple[int, ...], ListType("a list of integers", argument_type(Int))]
IntOrInts = Annotated[
    Union[int, tuple[int, ...]],
    EitherType("an integer or a list of integers", argument_type(Int), argument_type(Ints)),
]
OptionalSizes = Annotated[
    Union[int, tuple[int, ...], None],
    OptionalType(
        EitherType(
            "a positive integer or a list of them",
            argument_type(PositiveInt),
            ListType("", argument_type(PositiveInt)),
        )
    ),
]
OptionalInts = Annotated[Optional[tuple[int, ...]], _optional(Ints)]
OptionalIntOrInts = Annotated[Union[int, tuple[int, ...], None], _optional(IntOrInts)]
Sizes = Annotated[
    tuple[int, ...],
    ListType("a list of integers of at least 0, one of them perhaps -1", IntType("", -1)),
]
EinsumShape = Annotated[tuple[Optional[int], ...], EinsumShapeType()]
OptionalIntOrTuple = Annotated[
    Union[int, tuple[int, ...], None],
    OptionalType(
        EitherType(
            "an integer or a tuple of integers", argument_type(Int), TupleType(argument_type(Int))
        )
    ),
]
Salt = Annotated[
    Any,
    OptionalType(
        EitherType(
            "an integer or a pair of them", argument_type(Int), PairType("", argument_type(Int))
        )
    ),
]
NoiseShape = Annotated[
    Optional[tuple[Optional[int], ...]],
    OptionalType(
        ListType(
            "a list of positive integers or `none`, the batch first",
            argument_type(OptionalPositiveInt),
        )
    ),
]
Pair = Annotated[tuple[float, ...], PairType("a pair of numbers")]
OddSizes = Annotated[
    Any,
    EitherType(
        "an odd number or a pair of them", OddType(), PairType("a pair of odd numbers", OddType())
    ),
]
UnitFactor = Annotated[Any, FactorType(0, 1)]
LooseUnitFactor = Annotated[Any, LooseFactorType(0, 1)]
LooseSignedFactor = Annotated[Any, LooseFactorType(-1, 1)]
OptionalUnitFactor = Annotated[Any, _optional(UnitFactor)]
SignedFactor = Annotated[Any, FactorType(-1, 1)]
OptionalSignedFactor = Annotated[Any, _optional(SignedFactor)]
BitsFactor = Annotated[Any, LooseFactorType(1, 8)]
NumberOrNumbers = Annotated[
    Union[float, tuple[float, ...]],
    EitherType(
        "a number or a list of numbers",
        argument_type(Number),
        ListType("a list of numbers", argument_type(Number)),
    ),
]
OptionalNumberOrNumbers = Annotated[
    Union[float, tuple[float, ...], None], _optional(NumberOrNumbers)
]
OptionalNumbers = Annotated[
    Optional[tuple[float, ...]],
    OptionalType(ListType("a list of numbers", argument_type(Number))),
]
VocabularyType = Annotated[
    Union[str, tuple[Union[str, int], ...], None],
    OptionalType(
        EitherType(
            "a list of words, or the name of a file of them",
            argument_type(Text),
            ListType("", EitherType("", argument_type(Text), argument_type(Int))),
        )
    ),
]

# Sizes along the spatial axes. The Python type is Any as Keras's defaults have other forms than the
# converted value: a single integer, say.
Spatial1 = Annotated[Any, SpatialType(1)]
Spatial2 = Annotated[Any, SpatialType(2)]
Spatial3 = Annotated[Any, SpatialType(3)]
OptionalSpatial1 = Annotated[Optional[tuple[int, ...]], _optional(Spatial1)]
OptionalSpatial2 = Annotated[Optional[tuple[int, ...]], _optional(Spatial2)]
OptionalSpatial3 = Annotated[Optional[tuple[int, ...]], _optional(Spatial3)]
OutputPadding1 = Annotated[Optional[tuple[int, ...]], OptionalType(SpatialType(1, minimum=0))]
OutputPadding2 = Annotated[Optional[tuple[int, ...]], OptionalType(SpatialType(2, minimum=0))]
OutputPadding3 = Annotated[Optional[tuple[int, ...]], OptionalType(SpatialType(3, minimum=0))]
Margins1 = Annotated[Any, MarginsType(1)]
Margins2 = Annotated[Any, MarginsType(2)]
Margins3 = Annotated[Any, MarginsType(3)]

Index = Annotated[tuple[Any, ...], IndexType()]
PadWidth = Annotated[
    Any,
    EitherType(
        "a list of pairs, one for each axis, `(0, 0)` for the batch",
        ListType("", PairType("a pair of integers of at least 0", argument_type(NonNegativeInt))),
        argument_type(NonNegativeInt),
    ),
]

# Words.
PadMode = Annotated[str, ChoiceType("constant", "reflect", "symmetric")]
FillMode = Annotated[str, ChoiceType("reflect", "wrap", "constant", "nearest")]
ElasticFillMode = Annotated[str, ChoiceType("constant", "nearest", "wrap", "mirror", "reflect")]
PlainInterpolation = Annotated[str, ChoiceType("nearest", "bilinear")]
MergeMode = Annotated[Optional[str], OptionalType(ChoiceType("sum", "mul", "ave", "concat"))]
FlipMode = Annotated[str, ChoiceType("horizontal", "vertical", "horizontal_and_vertical")]
CategoryMode = Annotated[str, ChoiceType("one_hot", "multi_hot", "count", "binary")]
HashMode = Annotated[str, ChoiceType("int", "one_hot", "multi_hot", "count")]
CrossMode = Annotated[str, ChoiceType("int", "one_hot")]
LookupMode = Annotated[
    str, ChoiceType("int", "one_hot", "multi_hot", "count", "tf_idf", "binary", "tf-idf")
]
OovMethod = Annotated[str, ChoiceType("floormod", "farmhash")]
Standardize = Annotated[
    Optional[str],
    OptionalType(ChoiceType("lower_and_strip_punctuation", "lower", "strip_punctuation")),
]
Split = Annotated[Optional[str], OptionalType(ChoiceType("whitespace", "character"))]
ResizeFillMode = Annotated[str, ChoiceType("constant")]
SpectrumMode = Annotated[
    str, ChoiceType("log", "magnitude", "psd", "real", "imag", "angle", "stft")
]
# What `scipy.signal.get_window`, which Keras calls, knows by a name alone.
_WINDOWS = """
    hann hamming blackman bart barthann bartlett bkh black blackharr blackmanharris blk bman bmn
    bohman box boxcar brt brthan bth cosine exponential flat flattop flt halfcosine ham hamm han
    lanczos nut nutl nuttall ones par parz parzen poisson rect rectangular sinc taylor taylorwin
    tri triang triangle tuk tukey
""".split()
WindowName = Annotated[
    Optional[str], OptionalType(_described("a window such as `hann`", ChoiceType(*_WINDOWS)))
]
Scaling = Annotated[Optional[str], OptionalType(ChoiceType("density", "spectrum"))]
ScoreMode = Annotated[str, ChoiceType("dot", "concat")]
Padding = Annotated[str, ChoiceType("valid", "same", ignore_case=True)]
PoolPadding = Annotated[str, ChoiceType("valid", "same")]
CausalPadding = Annotated[str, ChoiceType("valid", "same", "causal", ignore_case=True)]
DATA_FORMATS = ("channels_last", "channels_first")
DataFormat = Annotated[
    Optional[str],
    OptionalType(ChoiceType(*DATA_FORMATS, ignore_case=True)),
]
ExactDataFormat = Annotated[Optional[str], OptionalType(ChoiceType(*DATA_FORMATS))]
Interpolation = Annotated[
    str,
    ChoiceType("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", ignore_case=True),
]
DTYPES = (
    "float32 float64 float16 bfloat16 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool string"
).split()
DType = Annotated[
    Optional[str],
    # int8 means another thing to Keras: a layer whose weights are quantized.
    OptionalType(
        ChoiceType(*(d for d in DTYPES if d != "int8"), "mixed_float16", "mixed_bfloat16")
    ),
]

TensorDType = Annotated[Optional[str], OptionalType(ChoiceType(*DTYPES))]
NumberDType = Annotated[
    Optional[str], OptionalType(ChoiceType(*(d for d in DTYPES if d != "string")))
]

# Layers as arguments, and parts of Keras.
LayerArgument = Annotated[Any, LayerType("a layer, such as `Dense(3)`")]
OptionalLayer = Annotated[Any, OptionalType(LayerType("a layer, such as `Dense(3)`"))]
LayerList = Annotated[
    Any,
    ListType(
        "a list of layers, such as `[RandomFlip(), RandomZoom(0.2)]`", argument_type(LayerArgument)
    ),
]
Cells = Annotated[
    Any,
    ListType("a list of cells, such as `[LSTMCell(8), GRUCell(8)]`", argument_type(LayerArgument)),
]
LayerOrCells = Annotated[
    Any,
    EitherType(
        "a cell such as `LSTMCell(8)`, or a list of cells",
        argument_type(LayerArgument),
        argument_type(Cells),
    ),
]
Activation = Annotated[
    Optional[str], OptionalType(KerasType("activations", "an activation of keras.activations"))
]
RequiredActivation = Annotated[str, KerasType("activations", "an activation of keras.activations")]
Initializer = Annotated[
    Any, KerasType("initializers", "an initializer such as `he_normal` or `Constant(0.1)`")
]
OptionalInitializer = Annotated[Any, _optional(Initializer)]
Regularizer = Annotated[
    Any, OptionalType(KerasType("regularizers", "a regularizer such as `l2` or `L2(1e-4)`"))
]
Constraint = Annotated[
    Any, OptionalType(KerasType("constraints", "a constraint such as `MaxNorm(2)`"))
]
