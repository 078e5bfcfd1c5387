"""`nndsl diff`: what changed from one model to another."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nndsl.cli import graph, views
from nndsl.cli.files import FileProblem
from nndsl.cli.output import wants_colour
from nndsl.cli.status import CLEAN, FINDINGS

if TYPE_CHECKING:
    from nndsl.comparison import Comparison
    from nndsl.drawing.figure import Choice, Figure
    from nndsl.outline import Outline


def add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], parent: argparse.ArgumentParser
) -> None:
    parser = commands.add_parser(
        "diff",
        parents=[parent],
        help="say what changed from one model to another",
        description="Compare two models: layers, blocks and rounds that were added, removed or "
        "changed, with their arguments, shapes and parameters; with -o, as a picture. Needs no "
        "TensorFlow.",
    )
    parser.add_argument("newer", metavar="file", help="the newer .nn file")
    parser.add_argument(
        "--format",
        choices=("text", "markdown", "json"),
        default="text",
        help="how it is printed (default: text)",
    )
    parser.add_argument(
        "--exit-code",
        action="store_true",
        help="end with status 1 if there are differences (default: with 0)",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="draw both models side by side, in the colours of what changed; the end says what: "
        f".{', .'.join(graph.FORMATS)}",
    )
    parser.add_argument(
        "--force", action="store_true", help="overwrite a file that nndsl did not write"
    )
    graph.add_choice(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from nndsl.comparison import compare

    if options.file == options.newer == "-":
        raise FileProblem("only one of the two files can be standard input")
    output = Path(options.output) if options.output else None
    ending = graph.ending_of(output) if output else ""
    both = []
    for file in (options.file, options.newer):
        found = views.read_outline(argparse.Namespace(**{**vars(options), "file": file}))
        if found is None:
            return FINDINGS
        both.append(found[1])
    graph.check_expanded(options.expand, both)
    comparison = compare(*both)
    sys.stdout.write(_rendered(comparison, options))
    if output:
        from nndsl.cli.pictures import write_picture

        figure = _figure(comparison, options, whole=ending == "html")
        data = graph.drawn(figure, ending, options.theme)
        write_picture(output, data, ending, force=options.force)
        sys.stderr.write(f"wrote {output}\n")
    return FINDINGS if options.exit_code and not comparison.is_empty() else CLEAN


def _rendered(comparison: Comparison, options: argparse.Namespace) -> str:
    from nndsl.render import comparison as render

    if options.format == "markdown":
        return render.render_comparison_markdown(comparison)
    if options.format == "json":
        return render.render_comparison_json(comparison)
    colour = wants_colour(options.color, sys.stdout)
    return render.render_comparison(comparison, colour=colour, plain=not views.can_print("→"))


def _figure(comparison: Comparison, options: argparse.Namespace, *, whole: bool) -> Figure:
    from nndsl.drawing.beside import beside
    from nndsl.drawing.build import build
    from nndsl.render.comparison import counted

    kinds = comparison.kinds()
    old, new = (
        build(view, _choice(view, kinds_, options), kinds_, whole=whole)
        for view, kinds_ in zip((comparison.before, comparison.after), kinds, strict=True)
    )
    names = dict.fromkeys([comparison.before.root.title, comparison.after.root.title])
    return beside(old, new, " and ".join(names), f"before and after: {counted(comparison)}")


def _choice(view: Outline, kinds: dict[str, str], options: argparse.Namespace) -> Choice:
    """Return what is drawn: unless it is told, blocks in which nothing changed are folded."""
    from nndsl.drawing.figure import Choice

    touched = []
    for group in view.groups():
        states = {kinds[unit.name] for unit in group.units()}
        if states not in (set(), {"same"}, {"added"}, {"removed"}):
            touched.append(group.name)
    return Choice(options.depth or 0, (*options.expand, *touched), options.flat)
