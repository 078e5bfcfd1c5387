"""`nndsl watch`: a page on this machine with picture, table and messages, as the file is saved."""

from __future__ import annotations

import argparse
from pathlib import Path

from nndsl.cli import graph
from nndsl.cli.files import FileProblem


def add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], parent: argparse.ArgumentParser
) -> None:
    parser = commands.add_parser(
        "watch",
        parents=[parent],
        help="show picture, table and messages in a browser, as the file is saved",
        description="Serve a page on this machine with the picture of a model, its table and "
        "messages, which changes as the file is saved. Needs pip install 'nndsl[watch]'.",
    )
    parser.add_argument(
        "--port", metavar="N", type=_port, default=0, help="where to listen (default: a free port)"
    )
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    graph.add_choice(parser)
    parser.set_defaults(run=run)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < len(text) < 6 or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"a port such as 8080 is expected, not {text!r}")
    return int(text)


def run(options: argparse.Namespace) -> int:
    if not Path(options.file).is_file():
        raise FileProblem(f"there is no file {options.file} to watch")
    from nndsl.cli.server import serve  # with asyncio, that others do without

    return serve(options)
