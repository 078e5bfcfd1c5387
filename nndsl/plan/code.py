"""Pieces of Python text, made only from checked names and from literals.

A template accepts nothing but `Code`: a plain string, such as one of the user's, is refused
there. So this file is the only way from a `.nn` text into the generated code.
"""

from __future__ import annotations

import builtins
import keyword
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from nndsl.resolve.naming import is_abbreviation, with_words

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_NUMBER = re.compile(r"-?([0-9][0-9_]*(\.[0-9_]*)?|\.[0-9][0-9_]*)(e[+-]?[0-9]+)?\Z")
_UNTIDY = re.compile(r"[^A-Za-z0-9 ._-]")


class Code(str):
    """Python text that may stand in the output."""

    __slots__ = ()


def literal(value: Any) -> Code:
    """Return a value as an ASCII Python literal."""
    if isinstance(value, str):
        plain = "'" not in value and '"' not in value
        return Code(f'"{ascii(value)[1:-1]}"' if plain else ascii(value))
    if value is None or isinstance(value, (bool, int)):
        return Code(repr(value))
    if isinstance(value, float) and math.isfinite(value):
        return Code(repr(value))
    if isinstance(value, list):
        return Code(f"[{', '.join(literal(item) for item in value)}]")
    if isinstance(value, tuple):
        return tuple_of([literal(item) for item in value])
    if isinstance(value, dict):
        return dict_of((key, literal(item)) for key, item in value.items())
    raise TypeError(f"{value!r} has no literal")


def number(text: str) -> Code:
    """Return a number in the spelling of the source, such as `1e-3`, that has been checked."""
    if not _NUMBER.match(text):
        raise ValueError(f"{text!r} is no number in Python")
    return Code(text)


def name(text: str) -> Code:
    """Return a name, dotted or not, that has been checked to be one."""
    parts = text.split(".")
    if not all(_IDENTIFIER.match(part) and not keyword.iskeyword(part) for part in parts):
        raise ValueError(f"{text!r} is no name in Python")
    return Code(text)


def call(callee: str, arguments: Iterable[tuple[str | None, Code]]) -> Code:
    """Return a call; an argument is a keyword (or None) and a value."""
    parts = [f"{name(key)}={value}" if key else value for key, value in arguments]
    return Code(f"{callee}({', '.join(parts)})")


def list_of(items: Iterable[Code]) -> Code:
    return Code(f"[{', '.join(items)}]")


def tuple_of(items: Sequence[Code]) -> Code:
    return Code(f"({', '.join(items)}{',' if len(items) == 1 else ''})")


def dict_of(items: Iterable[tuple[str, Code]]) -> Code:
    return Code("{" + ", ".join(f"{literal(key)}: {value}" for key, value in items) + "}")


def in_comment(text: str) -> Code:
    """Return text for a comment or docstring: letters, digits and a few marks on one line."""
    return Code(_UNTIDY.sub("_", text))


def snake_case(text: str) -> str:
    """Return a class-like name as Python spells functions: `conv_bn` for `ConvBN`."""
    if is_abbreviation(text):
        text = text.lower()
    text = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", with_words(text))
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text).lower().strip("_")
    return text if text[:1].isalpha() else f"block_{text}".rstrip("_")


def class_case(text: str) -> str:
    """Return a name as Python spells classes: `conv_bn` -> `ConvBn`, `ConvBN` as it is."""
    words = [word for word in text.split("_") if word]
    text = "".join(word[0].upper() + word[1:] for word in words)
    return text if text[:1].isalpha() else f"Block{text}"


#: Names that no variable, parameter or function in the output may take.
RESERVED = frozenset(keyword.kwlist) | frozenset(dir(builtins)) | {
    "argparse", "csv", "json", "keras", "layers", "math", "np", "ops", "os", "sys", "Path", "self",
    "kwargs", "inputs", "build_model", "load_data", "synthetic_data", "split", "main", "args",
    "parser", "take", "balanced", "copy_weights", "evaluate", "parse_arguments", "use_saved_model",
    "Checkpoint", "tensors", "download", "Augmented", "augment", "Plot", "Figure",
    "batches", "itertools", "jax", "make_steps", "read_state", "tf", "torch", "train",
    "variables_of", "write_state",
    "JaxTrainer", "Report", "Shares", "distribute", "ray", "shutil", "socket", "tempfile",
    "train_on_worker", "decode_images", "decode_tensors", "files_of", "glob", "read_records",
    "counted", "AUGMENTATION", "as_arrays", "importlib", "positive",
}  # fmt: skip


#: Variables of `main`, and parameters of blocks: what is imported of the user's Python is used
#: among them, and takes none of these names.
LOCAL = frozenset({
    "callbacks", "checkpoint", "plot", "data", "held_out", "layer", "model", "name", "rows", "test",
    "tuning", "config", "distribution", "folder", "result", "strategy",
    "records", "rest",
})  # fmt: skip


class Names:
    """Hands out Python names, each once."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)
        self.last_numbers: dict[str, int] = {}

    def unique(self, wanted: str) -> Code:
        """Return the wanted name, with `_` or a number behind it where it is taken."""
        candidate = f"{wanted}_" if wanted in RESERVED else wanted
        number = self.last_numbers.get(wanted, 1)
        while candidate in self.taken:
            number += 1
            candidate = f"{wanted}_{number}"
        self.last_numbers[wanted] = number
        self.taken.add(candidate)
        return name(candidate)
