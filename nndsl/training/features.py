"""How a TFRecord holds what a model takes: each way is declared once.

    data: tfrecord("photos.tfrecord", image=image("image/encoded"), digit=int64("label"))

A record is a `tf.train.Example`, whose features hold numbers of two kinds, or bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from nndsl.layers.argument_types import ArgumentType, ChoiceType, IntType, ListType

SHAPE = ListType("a list of sizes, without the batch, such as `[64, 64]`", IntType("a size", 1))
NUMBERS = ChoiceType(
    "uint8", "int8", "uint16", "int16", "int32", "int64", "float16", "bfloat16", "float32",
    "float64", "bool",
)  # fmt: skip
#: How many bytes a number takes.
WIDTHS = {
    "uint8": 1, "int8": 1, "bool": 1, "uint16": 2, "int16": 2, "float16": 2, "bfloat16": 2,
    "int32": 4, "float32": 4, "int64": 8, "float64": 8,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FeatureKind:
    """A way to hold something in a feature: what a record stores, and what has to be told of it.

    `takes` are the arguments behind the name of the feature, in order; the dtype must be given.
    """

    name: str
    stored: str
    doc: str
    takes: dict[str, ArgumentType] = field(default_factory=dict)

    @property
    def snippet(self) -> str:
        """The word with a place for what must be given; "" if nothing has to be."""
        return f"{self.name}(dtype=${{1:uint8}})" if "dtype" in self.takes else ""


_ALL = (
    FeatureKind("float32", "float32", "A list of floats.", {"shape": SHAPE}),
    FeatureKind("int64", "int64", "A list of integers.", {"shape": SHAPE}),
    FeatureKind("string", "string", "A list of texts.", {"shape": SHAPE}),
    FeatureKind("image", "string", "A JPEG, PNG, GIF or BMP file: brought to the model's size."),
    FeatureKind(
        "raw", "string", "The bytes of an array's numbers.", {"dtype": NUMBERS, "shape": SHAPE}
    ),
    FeatureKind(
        "tensor",
        "string",
        "What `tf.io.serialize_tensor` made of a tensor.",
        {"dtype": NUMBERS, "shape": SHAPE},
    ),
)

#: Word -> its declaration.
FEATURES = {kind.name: kind for kind in _ALL}
#: What is asked for by other words.
MEANT = {
    **dict.fromkeys(("jpeg", "jpg", "png", "gif", "bmp", "photo"), "image"),
    **dict.fromkeys(("float", "floats", "float_list"), "float32"),
    **dict.fromkeys(("int", "ints", "int_list", "int64_list", "int32", "integer"), "int64"),
    **dict.fromkeys(("str", "text", "bytes_list"), "string"),
    **dict.fromkeys(("bytes", "decode_raw", "uint8"), "raw"),
    **dict.fromkeys(("serialized", "serialize_tensor", "parse_tensor"), "tensor"),
}
