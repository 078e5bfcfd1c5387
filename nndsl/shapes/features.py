"""How TFRecords hold what a model takes: what is said of it, and what follows from the model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Optional

from nndsl import graph
from nndsl.diagnostic import Reporter
from nndsl.layers.rule import Tensor
from nndsl.record import Record
from nndsl.shapes.model import ShapedModel
from nndsl.source import Span
from nndsl.training.features import FEATURES, WIDTHS

Shape = tuple[Optional[int], ...]

#: Channels that images can be decoded to.
COLOURS = (1, 3, 4)
_SPARSE = ("sparse_categorical_crossentropy", "SparseCategoricalCrossentropy")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Stored(Record):
    """A feature that is read for an input, or for the targets of an output."""

    feature: str
    word: str
    #: What comes of it: the dtype, and the shape without the batch. Where the first size is None,
    #: there are as many in a batch as the longest of its records has. None is not known.
    dtype: str
    shape: Shape | None
    span: Span
    #: False if a shape is said that has not as many numbers as the model takes.
    fits: bool = True

    @property
    def stored(self) -> str:
        """What the record holds: floats, integers or texts, which bytes are as well."""
        return FEATURES[self.word].stored

    @property
    def varies(self) -> bool:
        """True where the records need not have the same number of values."""
        return self.stored == self.word and (self.shape or ())[:1] == (None,)

    @property
    def values(self) -> int | None:
        """How many values the feature has in each record, if that is known."""
        if self.stored != self.word:
            return 1
        return _size(self.shape)

    @property
    def bytes(self) -> int | None:
        """How many bytes the one value has, if that is known."""
        size = _size(self.shape) if self.word == "raw" else None
        return None if size is None else size * WIDTHS.get(self.dtype, 1)


def _size(shape: Shape | None) -> int | None:
    if shape is None or None in shape:
        return None
    return math.prod(size for size in shape if size is not None)


def stored_features(
    training: graph.Training, shaped: ShapedModel, values: Mapping[str, Any]
) -> dict[str, Stored]:
    """Return the features by the names of the inputs, and then of the outputs."""
    source: graph.DataSource = training.get("data")
    told = (values.get("data") or {}).get("features", {})
    found = {}
    for input_ in shaped.model.body.inputs:
        tensor = shaped.inputs[input_.name]
        word = "int64" if "int" in tensor.dtype or tensor.dtype == "bool" else "float32"
        word = "string" if tensor.dtype == "string" else word
        found[input_.name] = _stored(source, input_.name, word, _sizes(tensor), told)
    for name, output in shaped.outputs.items():
        losses = (training.get("loss") or {}).get(name)
        sparse = losses is not None and _is_sparse(losses[0])
        shape = _sizes(output)
        if sparse and shape is not None:
            shape = shape[:-1]
        made = _stored(source, name, "int64" if sparse else "float32", shape, told)
        if made.word == "image" and sparse and shape is not None:
            made = _stored(source, name, "image", (*shape, 1), told)
        found[name] = made
    return found


def _stored(
    source: graph.DataSource,
    owner: str,
    word: str,
    shape: Shape | None,
    told: Mapping[str, Mapping[str, Any]],
) -> Stored:
    """Return a feature; `word` and `shape` are what suits the model, where nothing is said."""
    given, values = source.features.get(owner), told.get(owner, {})
    (name,) = source.fields.get(owner, (owner,))
    word = given.word if given is not None and given.word else word
    dtype = values.get("dtype") or ("float32" if word == "image" else word)
    span = given.span if given is not None else source.span
    said = values.get("shape", shape)
    fits = None in (_size(said), _size(shape)) or _size(said) == _size(shape)
    return Stored(name, word, dtype, said, span, fits)


def _sizes(tensor: Tensor | None) -> Shape | None:
    if tensor is None:
        return None
    return tuple(size if isinstance(size, int) else None for size in tensor.shape[1:])


def _is_sparse(loss: graph.Expression) -> bool:
    name = loss.text if isinstance(loss, graph.Word) else getattr(loss, "name", "")
    return name in _SPARSE


def check_features(
    training: graph.Training, shaped: ShapedModel, values: Mapping[str, Any], reporter: Reporter
) -> None:
    """Report features that cannot be read as they are told of, or do not suit the model."""
    read: dict[str, Stored] = {}
    for owner, stored in stored_features(training, shaped, values).items():
        tensor = shaped.inputs.get(owner) or shaped.outputs.get(owner)
        problem = _problem(owner, stored, tensor)
        if problem is None:
            other = read.setdefault(stored.feature, stored)
            if (other.stored, _listed(other)) != (stored.stored, _listed(stored)):
                problem = f"the feature `{stored.feature}` is read in two ways", ""
        if problem is not None:
            title, help_ = problem
            reporter.error("T808", stored.span, title, f"for `{owner}`", help=help_ or None)


def _listed(stored: Stored) -> Shape | None:
    return stored.shape if stored.word == stored.stored else ()


def _problem(owner: str, stored: Stored, tensor: Tensor | None) -> tuple[str, str] | None:
    """Return what is wrong with a feature, and what to do."""
    texts = tensor is not None and tensor.dtype == "string"
    if texts != (stored.word == "string"):
        takes = "texts" if texts else "numbers"
        word = "string" if texts else "raw(dtype=uint8)"
        help_ = f"write `{owner}={word}`" if texts else f"such as `{owner}={word}` for bytes"
        return f"`{stored.word}` gives no {takes}, which `{owner}` takes", help_
    shape = stored.shape
    if stored.word == "image":
        if shape is None or len(shape) != 3 or None in shape or shape[2] not in COLOURS:
            return (
                f"`{owner}` is no image of known size with 1, 3 or 4 channels",
                "such as `input image: [64, 64, 3]`",
            )
        return None
    unknown = shape is None or None in (shape[1:] if stored.word == stored.stored else shape)
    if unknown:
        more = f"dtype={stored.dtype}, " if "dtype" in FEATURES[stored.word].takes else ""
        return (
            f"the size of `{owner}` in a record is not known",
            f"say it: `{owner}={stored.word}({more}shape=[...])`",
        )
    return None
