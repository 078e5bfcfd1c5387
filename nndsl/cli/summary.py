"""`nndsl summary`: the layers of a model as a table, with what they cost."""

from __future__ import annotations

import argparse
import shutil
import sys
from typing import TYPE_CHECKING

from nndsl.cli import views
from nndsl.cli.output import wants_colour
from nndsl.cli.status import CLEAN, FINDINGS

if TYPE_CHECKING:
    from nndsl.compiler import Checked
    from nndsl.outline import Outline
    from nndsl.summary import Summary

#: What Keras takes for a batch unless told otherwise.
_BATCH_SIZE = 32


def add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], parent: argparse.ArgumentParser
) -> None:
    parser = commands.add_parser(
        "summary",
        parents=[parent],
        help="print a table of the layers, with shapes, parameters and costs",
        description="Print the layers of a model with their output shapes, parameters, "
        "multiply-adds for one sample, and what they are connected to; below, the memory that "
        "weights and activations take. Needs no TensorFlow.",
    )
    parser.add_argument(
        "--depth",
        metavar="N",
        type=views.depth,
        help="sum up blocks and loops that are nested deeper; 0 shows the model's own lines",
    )
    parser.add_argument(
        "--batch-size",
        metavar="N",
        type=views.size,
        help="for the memory of activations (default: that of the training section, else 32)",
    )
    parser.add_argument(
        "--format",
        choices=("text", "markdown", "json", "csv"),
        default="text",
        help="how it is printed (default: text)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from nndsl.summary import summarize

    found = views.read_outline(options)
    if found is None:
        return FINDINGS
    checked, view = found
    batch_size = options.batch_size or _batch_size(checked, view)
    summary = summarize(view, depth=options.depth, batch_size=batch_size)
    sys.stdout.write(_rendered(summary, options))
    return CLEAN


def _batch_size(checked: Checked, view: Outline) -> int:
    """Return the size of a batch in the training section, if the model has one."""
    whole = checked.shaped.graph
    if whole.trained is not view.shaped.model:
        return _BATCH_SIZE
    size: int = checked.settings.get("batch_size", _BATCH_SIZE)
    return size


def _rendered(summary: Summary, options: argparse.Namespace) -> str:
    from nndsl.render import summary as render

    if options.format == "markdown":
        return render.render_summary_markdown(summary)
    if options.format == "json":
        return render.render_summary_json(summary)
    if options.format == "csv":
        return render.render_summary_csv(summary)
    return render.render_summary(
        summary,
        colour=wants_colour(options.color, sys.stdout),
        width=shutil.get_terminal_size().columns if sys.stdout.isatty() else None,
        plain=not views.can_print("─█▏…"),
    )
