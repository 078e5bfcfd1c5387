"""`nndsl stub metric Name`: a skeleton of a part of one's own, and the line that declares it."""

from __future__ import annotations

import argparse
import keyword
import re
import sys
from pathlib import Path

from nndsl.cli.files import FileProblem

KINDS = ("layer", "loss", "metric", "callback")
_CLASS = re.compile(r"[A-Z][A-Za-z0-9_]{0,63}\Z")
_MODULE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "stub",
        help="write a skeleton of a layer, loss, metric or callback of your own",
        description="Write a Python file with a skeleton that runs as it stands, and print the line"
        " that declares it in a .nn file. A file that is there is left alone.",
    )
    command.add_argument("kind", choices=KINDS, help="what it is")
    command.add_argument("name", metavar="NAME", help="the name of the class")
    command.add_argument(
        "-o", "--output", metavar="FILE", help="where to write (default: the name in small letters)"
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the skeleton; return the exit status."""
    from nndsl.emit.stubs import extern_line, stub
    from nndsl.plan.code import snake_case
    from nndsl.pretty import pretty

    word = options.name
    if not _CLASS.match(word) or keyword.iskeyword(word):
        raise FileProblem(f"{word} is no name of a class: write it like RootMeanSquaredError")
    _refuse_name(options.kind, word)
    path = Path(options.output or f"{snake_case(word)}.py")
    module = path.stem
    if path.suffix != ".py" or not _MODULE.match(module) or keyword.iskeyword(module):
        raise FileProblem(f"{path} is no module of Python: write -o my_{snake_case(word)}.py")
    if module in ("keras", "numpy", "tensorflow") or module in sys.stdlib_module_names:
        raise FileProblem(f"{path} would hide the module {module}. Choose another name with -o")
    code = pretty(stub(options.kind, word, module))
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(code)
    except FileExistsError:
        raise FileProblem(
            f"{path} is there, and is left as it is. Use -o for another file"
        ) from None
    except OSError as error:
        raise FileProblem(f"{path} cannot be written: {error.strerror}") from None
    sys.stderr.write(f"wrote {path}; in the .nn file beside it, write\n")
    sys.stdout.write(extern_line(options.kind, word, module) + "\n")
    return 0


def _refuse_name(kind: str, word: str) -> None:
    """Refuse a layer that is called like one of Keras's, which a text could not declare."""
    from nndsl import layers

    if kind == "layer" and layers.find(word) is not None:
        raise FileProblem(f"{word} is a layer of Keras: choose another name")
