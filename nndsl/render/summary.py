"""A summary -> text for a terminal, Markdown, JSON, CSV."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from nndsl.layers.rule import Tensor
from nndsl.render.terminal import BOLD, FRAME, Painter, visible, width_of
from nndsl.summary import Row, Summary

#: Cells of a bar.
_BAR = 10
_EIGHTHS = " ▏▎▍▌▋▊▉█"
#: A list of sources is cut behind so many columns.
_MAX_SOURCES = 40


def render_summary(
    summary: Summary, *, colour: bool = False, width: int | None = None, plain: bool = False
) -> str:
    """Return the table for a terminal of this width, with the totals; `plain` is in ASCII."""
    paint = Painter(colour)
    columns = _columns(summary, "#" if plain else "")
    cells = [[visible(column.text(row)) for column in columns] for row in summary.rows]
    widths = _fitted(columns, cells, width)
    dots, line = ("..", "-") if plain else ("…", "─")
    rule = paint(line * (sum(widths) + 2 * (len(widths) - 1)), FRAME)

    def joined(texts: Sequence[str]) -> str:
        pairs = zip(columns, texts, widths, strict=True)
        return "  ".join(_padded(_cut(t, w, dots), w, c.right) for c, t, w in pairs).rstrip()

    out = [paint(f'Model "{summary.model}"', BOLD), rule]
    out += [paint(joined([column.title for column in columns]), BOLD), rule]
    for row, texts in zip(summary.rows, cells, strict=True):
        out.append(joined(texts) if row.is_whole else paint(joined(texts), BOLD))
    out.append(rule)
    out += [f"{paint(title, BOLD)}: {text}" for title, text in totals(summary)]
    return "\n".join(out) + "\n"


def render_summary_markdown(summary: Summary) -> str:
    """Return the table in Markdown, with the totals as a list."""
    columns = _columns(summary, "")
    out = [f"## {_escaped(summary.model)}", ""]
    out.append("| " + " | ".join(column.title for column in columns) + " |")
    out.append("|" + "|".join("--:" if column.right else "---" for column in columns) + "|")
    for row in summary.rows:
        texts = [_escaped(visible(column.text(row))) for column in columns]
        texts[0] = texts[0].replace("  ", "&emsp;")
        if not row.is_whole:
            texts[0] = f"**{texts[0]}**"
        out.append("| " + " | ".join(texts) + " |")
    out += ["", *(f"- {title}: {text}" for title, text in totals(summary))]
    return "\n".join(out) + "\n"


def render_summary_json(summary: Summary) -> str:
    """Return all that the summary knows. What is unknown is null; the batch is left out."""
    import json

    memory = summary.memory
    data = {
        "model": summary.model,
        "parameters": summary.parameters,
        "trainable_parameters": summary.trainable,
        "non_trainable_parameters": summary.non_trainable,
        "weight_bytes": summary.weight_bytes,
        "multiply_adds": summary.multiply_adds,
        "layers_of_unknown_cost": list(summary.unknown_costs),
        "layers_of_unknown_parameters": list(summary.uncounted),
        "activations": {
            "batch_size": memory.batch_size,
            "predicting_bytes": memory.predicting,
            "training_bytes": memory.training,
        },
        "rows": [_row_data(row) for row in summary.rows],
    }
    return json.dumps(data, indent=2) + "\n"


def render_summary_csv(summary: Summary) -> str:
    """Return the rows as CSV, with a line of titles."""
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_FIELDS)
    for row in summary.rows:
        data = _row_data(row)
        data["outputs"] = _shapes(row.outputs)
        data["connected_to"] = " ".join(row.connected_to)
        writer.writerow(visible(v) if isinstance(v, str) else v for v in data.values())
    return text.getvalue()


_FIELDS = (
    "name", "type", "depth", "is_whole", "outputs", "trainable_parameters",
    "non_trainable_parameters", "weight_bytes", "multiply_adds", "activation_bytes", "connected_to",
)  # fmt: skip


def _row_data(row: Row) -> dict[str, Any]:
    outputs = [
        {"shape": [d if isinstance(d, int) else None for d in t.shape[1:]], "dtype": t.dtype}
        for t in row.outputs
    ]
    known = not row.has_uncounted
    counts = (row.trainable, row.non_trainable, row.weight_bytes) if known else (None, None, None)
    values = (
        row.name, row.kind, row.depth, row.is_whole, outputs, *counts, row.multiply_adds,
        row.activation_bytes, list(row.connected_to),
    )  # fmt: skip
    return dict(zip(_FIELDS, values, strict=True))


# ---- Totals --------------------------------------------------------------------------------


def totals(summary: Summary) -> list[tuple[str, str]]:
    """Return what stands under the table: titles, and what is said under them."""
    parts = (
        ("Total params", summary.parameters, summary.weight_bytes),
        ("Trainable params", summary.trainable, summary.trainable_bytes),
        ("Non-trainable params", summary.non_trainable, summary.non_trainable_bytes),
    )
    lines = [(title, f"{count:,} ({bytes_text(size)})") for title, count, size in parts]
    if summary.uncounted:
        names = ", ".join(summary.uncounted[:4]) + ", ..." * (len(summary.uncounted) > 4)
        lines.append(("Not counted", f"the parameters of {names}, which only Python knows"))
    lines.append(("Multiply-adds", _costs(summary)))
    memory = summary.memory
    batch = f"a batch of {memory.batch_size}"
    if memory.predicting is None or memory.training is None:
        unknown = "unknown, as a size is; `--unknown 100` counts each `?` as 100"
        return [*lines, ("Activations", unknown)]
    lines.append(
        (
            "Activations",
            f"{bytes_text(memory.predicting)} at once for {batch} when predicting, "
            f"{bytes_text(memory.training)} kept when training",
        )
    )
    return lines


def _costs(summary: Summary) -> str:
    text = f"{count_text(summary.multiply_adds)} per sample"
    unknown = len(summary.unknown_costs)
    if not unknown:
        return text
    layers = "1 layer" if unknown == 1 else f"{unknown} layers"
    return f"{text}, without {layers} whose sizes are unknown"


def bytes_text(size: float) -> str:
    """Return a number of bytes as Keras writes it: `97.80 MB`."""
    units = ["B", "KB", "MB", "GB", "TB"]
    while size >= 1024 and len(units) > 1:
        size /= 1024
        del units[0]
    return f"{size:.2f} {units[0]}"


def count_text(count: int) -> str:
    """Return a large number in short: `3.86 G`."""
    value, units = float(count), ["", " K", " M", " G", " T"]
    while value >= 1000 and len(units) > 1:
        value /= 1000
        del units[0]
    return f"{value:.2f}{units[0]}" if units[0] else str(count)


# ---- Columns -------------------------------------------------------------------------------


class _Column:
    def __init__(self, title: str, text: Callable[[Row], str], *, right: bool = False) -> None:
        self.title = title
        self.text = text
        self.right = right


def _columns(summary: Summary, block: str) -> list[_Column]:
    """Return the columns that have something to say about this model."""
    columns = [
        _Column("Layer", lambda row: "  " * row.depth + row.name),
        _Column("Type", lambda row: row.kind),
        _Column("Output shape", lambda row: _shapes(row.outputs)),
        _Column("Params", _parameters, right=True),
    ]
    if summary.parameters:
        share = 1 / summary.parameters
        columns.append(_Column("Share", lambda row: bar(row.parameters * share, block)))
    if summary.multiply_adds:
        columns.append(
            _Column(
                "Mult-adds",
                lambda row: "" if row.multiply_adds is None else count_text(row.multiply_adds),
                right=True,
            )
        )
    if not summary.is_chain:
        columns.append(_Column("Connected to", lambda row: _sources(row.connected_to)))
    return columns


def _parameters(row: Row) -> str:
    """Return the number of parameters: `?` for those of a layer of the user's own."""
    if not row.has_uncounted:
        return f"{row.parameters:,}"
    return f"{row.parameters:,} + ?" if row.parameters else "?"


def bar(share: float, block: str = "") -> str:
    """Return a bar for a share of 1, in eighths of a cell, or made of `block`."""
    if block:
        return block * round(share * _BAR)
    eighths = round(share * _BAR * 8)
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()


def _shapes(tensors: Iterable[Tensor]) -> str:
    return ", ".join(map(str, tensors))


def _sources(names: Sequence[str]) -> str:
    text = ", ".join(names)
    if len(text) <= _MAX_SOURCES or len(names) < 2:
        return text
    shown = 1
    while len(", ".join(names[: shown + 1])) <= _MAX_SOURCES - 12:
        shown += 1
    return f"{', '.join(names[:shown])} and {len(names) - shown} more"


def _fitted(columns: Sequence[_Column], cells: list[list[str]], width: int | None) -> list[int]:
    """Return the widths of the columns; on a narrow terminal the widest of texts give way."""
    widths = [
        max([len(column.title), *(width_of(row[i]) for row in cells)])
        for i, column in enumerate(columns)
    ]
    flexible = [i for i, c in enumerate(columns) if c.title in ("Layer", "Type", "Connected to")]
    while width is not None and sum(widths) + 2 * (len(widths) - 1) > width:
        widest = max(flexible, key=lambda i: widths[i])
        if widths[widest] <= 12:
            break
        widths[widest] -= 1
    return widths


def _cut(text: str, width: int, dots: str) -> str:
    if width_of(text) <= width:
        return text
    while text and width_of(text) > width - len(dots):
        text = text[:-1]
    return text + dots


def _padded(text: str, width: int, right: bool) -> str:
    space = " " * max(width - width_of(text), 0)
    return space + text if right else text + space


def _escaped(text: str) -> str:
    """Return text that Markdown takes as it is."""
    text = html.escape(text, quote=False)
    return re.sub(r"[\\`*\[\]|]|(?<!\w)_|_(?!\w)", r"\\\g<0>", text)
