"""Colours: one for each family of layers, for light and for dark backgrounds."""

from __future__ import annotations

from collections.abc import Iterator

from nndsl.layers.rule import LayerRule, LayerValue
from nndsl.outline import Unit

#: The families in the order of the legend: what they are called, and their colour.
FAMILIES: dict[str, tuple[str, str]] = {
    "input": ("Input, output", "#868e96"),
    "core": ("Dense, embedding", "#7048e8"),
    "convolution": ("Convolution", "#1c7ed6"),
    "pooling": ("Pooling", "#e03131"),
    "recurrent": ("Recurrent", "#099268"),
    "attention": ("Attention", "#e8590c"),
    "normalization": ("Normalization", "#2f9e44"),
    "activation": ("Activation", "#f08c00"),
    "regularization": ("Regularization", "#ae3ec9"),
    "merging": ("Merging", "#66a80f"),
    "reshaping": ("Reshaping", "#0c8599"),
    "preprocessing": ("Preprocessing", "#a07040"),
    "operation": ("Operation", "#5c7080"),
    "block": ("Block", "#5f6b7a"),
}
#: What changed, in the picture of a comparison.
CHANGES: dict[str, tuple[str, str]] = {
    "added": ("Added", "#2b8a3e"),
    "removed": ("Removed", "#c92a2a"),
    "changed": ("Changed", "#e67700"),
    "same": ("Unchanged", "#868e96"),
}

#: What is no family: the entry of the legend that explains the second frame.
SHARED: dict[str, tuple[str, str]] = {"shared": ("Shared weights", "#5f6b7a")}
#: All that a box or an entry of the legend is coloured by.
KINDS = {**FAMILIES, **CHANGES, **SHARED}

Theme = dict[str, str]
LIGHT: Theme = {
    "paper": "#ffffff", "ink": "#212529", "faint": "#6c757d", "line": "#495057",
    "box": "#f8f9fa", "frame": "#ced4da", "head": "#e9ecef", "find": "#ffd43b",
}  # fmt: skip
DARK: Theme = {
    "paper": "#16181d", "ink": "#e9ecef", "faint": "#9aa3ad", "line": "#aab2bb",
    "box": "#1d2026", "frame": "#454c57", "head": "#2a2f38", "find": "#ffd43b",
}  # fmt: skip


def family(unit: Unit) -> str:
    """Return the family of a unit; that of the layer inside for one that wraps another."""
    if unit.rule is None:
        return "input"
    if unit.kind.startswith("ops."):
        return "operation"
    found = unit.rule.family
    if unit.rule.wraps:
        found = _inner(unit.rule, unit.arguments.get("layer"))
    return found if found in FAMILIES else "core"


def _inner(rule: LayerRule, value: object) -> str:
    return value.rule.family if isinstance(value, LayerValue) else rule.family


def mixed(colour: str, with_: str, share: float) -> str:
    """Return a colour of which a share is the first, the rest the second."""
    pairs = zip(_parts(colour), _parts(with_), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def _parts(colour: str) -> Iterator[int]:
    return (int(colour[i : i + 2], 16) for i in (1, 3, 5))


def fill(colour: str, theme: Theme) -> str:
    return mixed(colour, theme["paper"], 0.16 if theme is LIGHT else 0.26)


def edge(colour: str, theme: Theme) -> str:
    return mixed(colour, theme["ink"], 0.85)
