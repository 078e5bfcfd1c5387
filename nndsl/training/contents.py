"""What the numbers of an input, or the labels of an output, are like: `labels: one_hot(4)`.

The words are those of Keras's layers that make such numbers (`output_mode` of `CategoryEncoding`).
They change nothing in the code: they are what a check can hold the model against.
"""

from __future__ import annotations

from nndsl.layers.argument_types import ArgumentType, IntType, ListType, NumberType, OptionalType

_CLASSES = IntType("a number of classes", 1)
_BOUND = OptionalType(NumberType("a number"))
_SHAPE = ListType("a list of sizes, without the batch, such as `[64, 64]`", IntType("a size", 1))

#: Word -> its arguments in order, each with its type. All but `classes` may be left out.
CONTENTS: dict[str, dict[str, ArgumentType]] = {
    "binary": {"shape": _SHAPE},
    "int": {"classes": _CLASSES, "shape": _SHAPE},
    "one_hot": {"classes": _CLASSES, "shape": _SHAPE},
    "multi_hot": {"classes": _CLASSES, "shape": _SHAPE},
    "real": {"low": _BOUND, "high": _BOUND, "shape": _SHAPE},
}
#: Arguments that are in vain without.
REQUIRED = frozenset({"classes"})
#: Other words for them.
MEANT = {
    "onehot": "one_hot",
    "categorical": "one_hot",
    "multihot": "multi_hot",
    "multilabel": "multi_hot",
    "sparse": "int",
    "integer": "int",
    "index": "int",
    "classes": "int",
    "float": "real",
    "number": "real",
    "regression": "real",
    "bool": "binary",
}
