"""`nndsl graph`: a picture of a model."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nndsl.cli import views
from nndsl.cli.files import FileProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nndsl.drawing.figure import Figure
    from nndsl.outline import Outline

#: The formats, by the ends of the names of files.
FORMATS = ("svg", "html", "png", "pdf", "mmd", "dot")


def add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], parent: argparse.ArgumentParser
) -> None:
    parser = commands.add_parser(
        "graph",
        parents=[parent],
        help="draw a picture of the model",
        description="Draw a model: layers with their arguments and parameters, shapes on the "
        "lines, blocks as boxes. Needs neither TensorFlow nor Graphviz.",
    )
    add_choice(parser)
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="where to write; the end says what: .svg, .html (to fold and search), .png and .pdf "
        "(by libraries: pip install 'nndsl[graph]'), .mmd (Mermaid), .dot (Graphviz); - prints SVG "
        "(default: FILE.svg)",
    )
    parser.add_argument(
        "--force", action="store_true", help="overwrite a file that nndsl did not write"
    )
    parser.set_defaults(run=run)


def add_choice(parser: argparse.ArgumentParser) -> None:
    """Add what says how much of a model is drawn."""
    parser.add_argument(
        "--depth",
        metavar="N",
        type=views.depth,
        help="open blocks that are nested up to so deep; 0 folds all (default: as many as are easy "
        "to survey)",
    )
    parser.add_argument(
        "--expand",
        metavar="NAME",
        action="append",
        default=[],
        help="open the block of this name, whatever the depth; may be repeated",
    )
    parser.add_argument(
        "--flat", action="store_true", help="draw no blocks, and every round of a loop"
    )
    parser.add_argument(
        "--theme",
        choices=("auto", "light", "dark"),
        default="auto",
        help="colours (default: as the reader prefers; of .png and .pdf, light)",
    )


def run(options: argparse.Namespace) -> int:
    from nndsl.drawing.build import build
    from nndsl.drawing.figure import Choice

    output = None if options.output == "-" else Path(options.output or _beside(options.file))
    ending = ending_of(output) if output else "svg"
    found = views.read_outline(options)
    if found is None:
        return 1
    view = found[1]
    check_expanded(options.expand, [view])
    choice = Choice(options.depth, tuple(options.expand), options.flat)
    data = drawn(build(view, choice, whole=ending == "html"), ending, options.theme)
    if output is None:
        sys.stdout.write(data.decode("utf-8"))
    else:
        from nndsl.cli.pictures import write_picture  # with hashlib, that others do without

        write_picture(output, data, ending, force=options.force)
        sys.stderr.write(f"wrote {output}\n")
    return 0


def ending_of(output: Path) -> str:
    """Return the format that the name of a file asks for. Raises `FileProblem`."""
    ending = output.suffix[1:].lower()
    if ending not in FORMATS:
        raise FileProblem(
            f"{output}: the end of the name says what to draw: one of .{', .'.join(FORMATS)}"
        )
    return ending


def _beside(file: str) -> str:
    return "model.svg" if file == "-" else str(Path(file).with_suffix(".svg"))


def check_expanded(wanted: Sequence[str], models: Sequence[Outline]) -> None:
    """Raise `FileProblem` for a block to be opened that none of the models has."""
    names = dict.fromkeys(group.name for view in models for group in view.groups() if group.name)
    for name in wanted:
        if name not in names:
            raise FileProblem(f"--expand: there is no block called {name!r}{_guess(name, names)}")


def _guess(name: str, names: Iterable[str]) -> str:
    from nndsl.suggest import nearest

    guess = nearest(name, names)
    return f"; did you mean {guess}?" if guess else ""


def drawn(figure: Figure, ending: str, theme: str) -> bytes:
    """Return the file of a figure. Raises `FileProblem`."""
    if ending == "svg":
        from nndsl.drawing.svg import svg

        return svg(figure, theme).encode()
    if ending == "html":
        from nndsl.drawing.page import page

        return page(figure, theme).encode()
    if ending in ("png", "pdf"):
        from nndsl.drawing import paper

        try:
            return (paper.png if ending == "png" else paper.pdf)(figure, theme)
        except paper.MissingLibrary as missing:
            raise FileProblem(
                f"{missing} is not installed, which .{ending} needs: pip install 'nndsl[graph]'"
            ) from None
    from nndsl.drawing import text_formats

    text = text_formats.dot(figure) if ending == "dot" else text_formats.mermaid(figure)
    return text.encode()
