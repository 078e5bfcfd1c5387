"""What stands in the boxes: words for layers, and how wide they are in Helvetica."""

from __future__ import annotations

import re
from typing import Any

from nndsl.layers.rule import LayerValue, Tensor, dim_text
from nndsl.outline import Unit
from nndsl.shapes.evaluate import show

#: The widths of the printable characters of ASCII, in thousandths of the size of the type.
_REGULAR = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
_BOLD = (
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667,
    611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556,
    278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
)  # fmt: skip
_WIDE = 1000
_LONG_NUMBER = re.compile(r"(?<![\w.\"])\d+\.\d{7,}(e[-+]\d+)?(?![\w.\"])")
MAX_DETAIL = 38
MAX_TITLE = 44

#: Arguments that are shown by their value alone.
_BARE = {"activation", "padding", "equation"}
#: Arguments that are no news in a picture.
_LEFT_OUT = {
    "kernel_initializer", "bias_initializer", "recurrent_initializer", "beta_initializer",
    "gamma_initializer", "embeddings_initializer", "seed", "name",
}  # fmt: skip
_SIZES = {"kernel_size": "", "pool_size": "", "strides": "stride ", "dilation_rate": "dilation "}
#: What is said of a shared layer or block.
SHARED = "shared: its weights are the same wherever it is applied"


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is in Helvetica of this size."""
    table = _BOLD if bold else _REGULAR
    total = 0
    for char in text:
        code = ord(char) - 32
        total += table[code] if 0 <= code < len(table) else 584 if char in "×·" else _WIDE
    return total * size / 1000


def cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def title(text: str) -> str:
    """Return the title of a block in short: `0.0375` for `0.037500000000000006`, and as many of its
    arguments as find room."""
    text = _LONG_NUMBER.sub(lambda found: f"{float(found[0]):.6g}", text)
    kept, comma, _ = text[: MAX_TITLE - 3].rpartition(", ")
    if len(text) > MAX_TITLE and text.endswith(")") and comma:
        return f"{kept}, ...)"
    return cut(text, MAX_TITLE)


def shape(tensor: Tensor) -> str:
    """Return a shape as textbooks write it: `56 × 56 × 64`."""
    sizes = [dim_text(dim) for dim in tensor.shape[1:]]
    return cut(" × ".join(sizes), MAX_DETAIL) or "one number"


def label(unit: Unit) -> str:
    """Return what a layer or operation is called in a picture: an activation by its own name."""
    activation = unit.arguments.get("activation")
    if unit.kind == "Activation" and isinstance(activation, str):
        return activation
    return unit.kind.removeprefix("ops.")


def detail(unit: Unit) -> str:
    """Return the arguments in short: `64, 3 × 3, stride 2, same`."""
    if unit.rule is None or label(unit) != unit.kind.removeprefix("ops."):
        return ""
    required = {p.name for p in unit.rule.parameters if p.required}
    parts = []
    for name, value in unit.arguments.items():
        text = _argument(name, value, bare=name in required, rank=unit.outputs[0].rank)
        if text:
            parts.append(text)
    return cut(", ".join(parts), MAX_DETAIL)


def _argument(name: str, value: Any, *, bare: bool, rank: int) -> str:
    if name in _LEFT_OUT:
        return ""
    if name in _SIZES:
        return _SIZES[name] + _window(name, value, rank)
    if isinstance(value, LayerValue):
        return show(value)
    if value is True:
        return name
    if name == "use_bias":
        return "no bias"
    if isinstance(value, float):
        value = float(f"{value:.6g}")
    if bare or name in _BARE:
        return show(value)
    return f"{name}={show(value)}"


def _window(name: str, value: Any, rank: int) -> str:
    """Return the size of a window: `3 × 3` for 3 in a layer for images."""
    sizes = list(value) if isinstance(value, (list, tuple)) else [value]
    if len(sizes) == 1 and not _SIZES[name]:
        sizes *= max(rank - 2, 1)
    if len(set(map(str, sizes))) == 1 and _SIZES[name]:
        sizes = sizes[:1]
    return " × ".join(show(size) for size in sizes)


def count(number: int) -> str:
    """Return a number of parameters in short."""
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**4, "K")):
        if number >= size:
            scaled = number / (size if unit != "K" else 1000)
            return f"{scaled:.3g} {unit}" if scaled < 1000 else f"{scaled:,.0f} {unit}"
    return f"{number:,}"


def facts(unit: Unit) -> tuple[str, ...]:
    """Return what is said about a layer that is pointed at."""
    given = ", ".join(f"{name}={show(value)}" for name, value in unit.arguments.items())
    found = [unit.name, f"{unit.kind}({given})" if given else unit.kind]
    into = ", ".join(str(tensor) for tensor in unit.inputs)
    out = ", ".join(str(tensor) for tensor in unit.outputs)
    found.append(f"{into} -> {out}" if into else out)
    if unit.layer and unit.layer.weights:
        parts = ", ".join(f"{w.name} {w.shape}" for w in unit.layer.weights)
        found.append(f"{sum(w.size for w in unit.layer.weights):,} parameters: {parts}")
    if unit.multiply_adds:
        found.append(f"{unit.multiply_adds:,} multiply-adds")
    if unit.is_shared:
        found.append(SHARED)
    return tuple(found)
