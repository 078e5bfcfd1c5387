"""What the commands have in common that show one model of a file: what they take, and read."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from nndsl.cli.files import files_around, read_source
from nndsl.cli.options import add_color, add_model, model_options
from nndsl.cli.output import count_text, wants_colour
from nndsl.diagnostic import has_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nndsl.compiler import Checked
    from nndsl.diagnostic import Diagnostic
    from nndsl.outline import Outline


def parent() -> argparse.ArgumentParser:
    """Return the arguments of all these commands."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("file", help="a .nn file; - is standard input")
    add_model(parser)
    parser.add_argument(
        "--unknown",
        metavar="SIZE",
        type=size,
        help="count each unknown size, `?`, as this one",
    )
    add_color(parser)
    parser.set_defaults(style="auto", keras_from="keras", keras=None)
    return parser


def size(text: str) -> int:
    """Return a positive number that was given on the command line."""
    if not text.isdecimal() or not 0 < len(text) < 10 or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a positive number is expected, not {text!r}")
    return int(text)


def depth(text: str) -> int:
    """Return a number of blocks that was given on the command line."""
    if not text.isdecimal() or len(text) > 3:
        raise argparse.ArgumentTypeError(f"a number such as 1 is expected, not {text!r}")
    return int(text)


def read_outline(options: argparse.Namespace) -> tuple[Checked, Outline] | None:
    """Return the model that is asked for; None if there are errors, which are printed."""
    checked, view, found = look(options)
    if view is None:
        from nndsl.render import render

        problems = [d for d in found if d.severity == "error"]
        sys.stderr.write(render(problems, colour=wants_colour(options.color, sys.stderr)))
        sys.stderr.write("\n" + count_text(problems) + "\n")
        return None
    return checked, view


def look(options: argparse.Namespace) -> tuple[Checked, Outline | None, Sequence[Diagnostic]]:
    """Return the model that is asked for, if it has no errors, and all that is found."""
    from nndsl.compiler import check_one
    from nndsl.outline import outline
    from nndsl.shapes import as_functional, infer_shapes

    source = read_source(options.file)
    checked, model = check_one(source, model_options(options), files_around(options.file))
    found: Sequence[Diagnostic] = checked.diagnostics
    if model is not None and options.unknown is not None:
        shaped, problems = infer_shapes(checked.shaped.graph, size_of_unknown=options.unknown)
        checked = replace(checked, shaped=shaped)
        found = [*found, *problems]
    if model is None or has_errors(found):
        return checked, None, found
    return checked, outline(as_functional(checked.shaped.models[model.name])), found


def can_print(text: str) -> bool:
    """True if standard output can show these characters."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except (UnicodeError, LookupError):
        return False
    return True
