"""The names of layers: those that the source gives, and those that Keras will choose."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: The functions of `keras.ops` that symbols stand for.
FUNCTIONS_OF_SYMBOLS = {
    "+": "add",
    "-": "subtract",
    "*": "multiply",
    "/": "divide",
    "//": "floor_divide",
    "%": "mod",
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
    "==": "equal",
    "!=": "not_equal",
    "[]": "get_item",
    "negative": "negative",
}
#: What layers call to work out masks, which stands among a model's operations.
_OF_MERGES = dict.fromkeys(
    ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"), ("logical_or",)
)
OPERATIONS_OF_MASKS = {
    "Embedding": ("not_equal",),
    "Masking": ("any", "not_equal"),
    "Concatenate": ("any", "concatenate", "expand_dims", "logical_or", "ones_like", "zeros_like"),
    "Attention": ("convert_to_tensor",),
    "AdditiveAttention": ("convert_to_tensor",),
    **_OF_MERGES,
}
#: Operations of Keras that are called as a layer is, which a function of the user's may make.
OPERATIONS_LIKE_LAYERS = frozenset(
    {
        *("add", "average", "concatenate", "dot", "elu", "maximum", "minimum", "multiply"),
        *("reshape", "softmax", "subtract"),
    }
)
#: Functions whose operation has another name in a model of Keras.
_NAMES_OF_FUNCTIONS = {"abs": "absolute", "swish": "silu", "hard_swish": "hard_silu"}


def operation_names(function: str) -> tuple[str, ...]:
    """Return what Keras may call the operations that a function of `keras.ops` makes."""
    if function == "divide":
        return ("divide", "true_divide")  # the second for `/`
    return (_NAMES_OF_FUNCTIONS.get(function, function),)


_MOST_IN_ABBREVIATION = 3
#: Classes whose name inside Keras is not their public one.
_INNER_NAMES = {"GroupQueryAttention": "GroupedQueryAttention"}


#: Names that are one word, as those who gave them write them.
_ONE_WORD = {"GoogLeNet": "Googlenet"}


def with_words(name: str) -> str:
    """Return a class name in which every capital begins a word: `Googlenet` for `GoogLeNet`."""
    for written, word in _ONE_WORD.items():
        name = name.replace(written, word)
    return name


def is_abbreviation(name: str) -> bool:
    """True for names such as `MoE`, which are too short to hold words."""
    return len(name) <= _MOST_IN_ABBREVIATION


def keras_name(name: str) -> str:
    """Return a class name as Keras writes it in layer names: `max_pooling2d`, `conv_bn`."""
    if is_abbreviation(name):
        return name.lower()
    name = with_words(_INNER_NAMES.get(name, name))
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def family(name: str) -> str:
    """Return the name without Keras's number behind it: `dense` for `dense_3`."""
    return re.sub(r"_\d+$", "", name)


class LayerNames:
    """Names the layers of one body, in the order in which they are made.

    A layer that the source does not name is left to Keras at the top level of a model, which
    calls it `dense`, `dense_1` and so on. That is no good where the source itself uses such a
    name, or a layer takes it for another inside itself, and inside a block, whose layers are named
    under its prefix: there it is named here.
    """

    def __init__(
        self,
        given: Iterable[str],
        operations: Iterable[str],
        inside: Iterable[str],
        blocks: Iterable[str] = (),
        *,
        in_block: bool,
        calls_python: bool = False,
    ) -> None:
        self.taken = set(given)
        self.in_block = in_block
        self.counts: dict[str, int] = {}
        self.next_numbers: dict[str, int] = {}
        #: What Keras may call the operations of arithmetic, in this body or a block it applies.
        self.operations = set(operations)
        #: Those, and what a function of the user's may make: nobody knows what it does.
        self.avoided = self.operations | (OPERATIONS_LIKE_LAYERS if calls_python else set())
        #: What Keras calls the layers that layers make inside themselves, likewise.
        self.inside = set(inside)
        self.used_families = {family(name) for name in self.taken}
        #: What the names of layers in blocks begin with, where the source does not name a block.
        self.prefixes = tuple(f"{keras_name(block)}_" for block in blocks)

    def automatic(self, base: str) -> tuple[str, bool]:
        """Return a name for an unnamed layer, and whether it has to be written down."""
        if base.startswith(self.prefixes):  # `UnitNormalization` beside a block `Unit`
            return self.unique(f"{base}_layer"), True
        clash = base in self.used_families or base in self.avoided or base in self.inside
        if not clash and not self.in_block:
            count = self.counts.get(base, 0)
            self.counts[base] = count + 1
            return (f"{base}_{count}" if count else base), False
        return self.explicit(base), True

    def explicit(self, base: str) -> str:
        """Return a name that no operation of Keras has either, to be written down."""
        return self.unique(f"{base}_layer" if base in self.avoided else base)

    def unique(self, base: str) -> str:
        """Return the base, or the base with the smallest number that makes it a new name."""
        name = base
        number = self.next_numbers.get(base, 0)
        while name in self.taken:
            number += 1
            name = f"{base}_{number}"
        self.next_numbers[base] = number
        self.taken.add(name)
        return name
