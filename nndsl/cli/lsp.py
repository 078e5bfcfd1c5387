"""`nndsl lsp`: the language server, for editors."""

from __future__ import annotations

import argparse

from nndsl.cli.files import FileProblem, files_around, read_source


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    lsp = commands.add_parser(
        "lsp",
        help="serve an editor",
        description="Serve an editor by the language server protocol, on standard input and output"
        ' unless told otherwise. Needs pygls: pip install "nndsl[lsp]".',
    )
    lsp.add_argument("--stdio", action="store_true", help="standard input and output (default)")
    lsp.add_argument(
        "--tcp", metavar="PORT", type=int, help="wait for a client on this port of the own machine"
    )
    # VS Code says in which process it runs; the protocol tells the server as well.
    lsp.add_argument("--clientProcessId", help=argparse.SUPPRESS)
    lsp.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until the client ends it."""
    import gc
    from importlib.util import find_spec

    if find_spec("pygls") is None:
        raise FileProblem('the language server needs pygls: pip install "nndsl[lsp]"')
    from nndsl.lsp.protocol import import_types

    import_types()
    from nndsl.cli.discovery import find_files
    from nndsl.cli.rules import Rules
    from nndsl.lsp.documents import Host
    from nndsl.lsp.server import make_server

    nothing = argparse.Namespace(select=None, extend_select=None, ignore=None)
    host = Host(files_around, lambda path: Rules(nothing).for_file(path), find_files, read_source)
    server = make_server(host)
    gc.freeze()  # what is there stays; of what comes, the server knows when to look for it
    if options.tcp is not None:
        server.start_tcp("127.0.0.1", options.tcp)
    else:
        server.start_io()
    return 0
