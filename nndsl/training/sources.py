"""Where data come from: each kind of source is declared once."""

from __future__ import annotations

from dataclasses import dataclass, field

from nndsl.layers.argument_types import (
    ArgumentType,
    BoolType,
    ChoiceType,
    IntType,
    ListType,
    TextType,
)

COUNT = IntType("a positive integer", 1)
SEED = IntType("an integer of at least 0", 0)
#: Records that are shuffled at a time, where nothing else is said.
BUFFER = 10_000
WORDS = ListType("a list of strings", TextType("a string"))


@dataclass(frozen=True, slots=True)
class SourceKind:
    """A kind of data source: `npz("f.npz", image="x")`.

    `reads` is "file", "folder" or "" for one that has no path; `fields` says whether the names of
    inputs and outputs are arguments of it, and `features` whether each of them is told how it is
    stored; `streams` whether the samples come in batches and are never all in memory.
    """

    name: str
    reads: str
    doc: str
    fields: bool = False
    features: bool = False
    streams: bool = False
    options: dict[str, ArgumentType] = field(default_factory=dict)

    @property
    def snippet(self) -> str:
        """The source with a place for its path; "" if it has none."""
        return f'{self.name}("${{1:data/{self.name}}}")' if self.reads else ""


_ALL = (
    SourceKind("npz", "file", "Arrays of an archive of numpy.", fields=True),
    SourceKind(
        "csv",
        "file",
        "Columns of a table; `classes` numbers the texts of the target.",
        fields=True,
        options={"classes": WORDS},
    ),
    SourceKind(
        "images",
        "folder",
        "Images, in a folder for each class.",
        streams=True,
        options={
            "crop_to_aspect_ratio": BoolType("`true` or `false`"),
            "interpolation": ChoiceType("bilinear", "nearest", "bicubic", "area", "lanczos3"),
        },
    ),
    SourceKind("text", "folder", "Text files, in a folder for each class.", streams=True),
    SourceKind(
        "tfrecord",
        "file",
        "Records of a file, of a folder, or of all files that suit a pattern.",
        features=True,
        streams=True,
        options={"compression": ChoiceType("gzip", "zlib"), "buffer": COUNT},
    ),
    SourceKind(
        "synthetic", "", "Made-up data from which something can be learnt.",
        options={"samples": COUNT, "seed": SEED},
    ),
)  # fmt: skip

#: Kind -> its declaration.
SOURCES = {kind.name: kind for kind in _ALL}

#: Data sets of `keras.datasets`: the shape of a sample and its dtype; None for texts of numbers.
DATASETS: dict[str, tuple[tuple[int, ...] | None, str]] = {
    "mnist": ((28, 28), "uint8"),
    "fashion_mnist": ((28, 28), "uint8"),
    "cifar10": ((32, 32, 3), "uint8"),
    "cifar100": ((32, 32, 3), "uint8"),
    "boston_housing": ((13,), "float64"),
    "california_housing": ((8,), "float32"),
    "imdb": (None, "int64"),
    "reuters": (None, "int64"),
}
#: How a data set is called in a text: `datasets.mnist`.
DATASET_PREFIX = "datasets."
