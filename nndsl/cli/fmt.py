"""`nndsl fmt`: puts files into the one layout."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from nndsl.cli.files import FileProblem, chosen_files, read_source
from nndsl.cli.options import add_color
from nndsl.cli.output import count_text, difference, say_problem, wants_colour
from nndsl.cli.status import CLEAN, FINDINGS, USAGE
from nndsl.diagnostic import Diagnostic
from nndsl.source import Source


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    fmt = commands.add_parser(
        "fmt",
        help="put files into the one layout",
        description="Put files into the one layout of docs/formatting.md: comments stay, and what"
        " a text means. A file with syntax errors is left alone.",
    )
    fmt.add_argument(
        "files",
        nargs="*",
        default=["."],
        metavar="FILE",
        help="files, and folders to look through (default: this folder); - is standard input,"
        " which is printed",
    )
    fmt.add_argument(
        "--check",
        action="store_true",
        help="change nothing; exit with status 1 if a file is not in the layout",
    )
    fmt.add_argument(
        "--diff", action="store_true", help="show what would change, and change nothing"
    )
    add_color(fmt)
    fmt.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Format the files; return the exit status."""
    counts: Counter[str] = Counter()
    problems: list[Diagnostic] = []
    for path in chosen_files(options.files):
        try:
            counts[_format_file(path, options, problems)] += 1
        except FileProblem as problem:
            say_problem(str(problem))
            counts["failed"] += 1
    _tell(counts, problems, options)
    if counts["failed"]:
        return USAGE
    only_looks = options.check or options.diff
    return FINDINGS if problems or only_looks and counts["changed"] else CLEAN


def _format_file(path: str, options: argparse.Namespace, problems: list[Diagnostic]) -> str:
    """Format one file; return what became of it."""
    from nndsl.fmt import format_source

    source = read_source(path)
    formatted = format_source(source)
    problems += formatted.problems
    if formatted.text is None:
        return "broken"
    changed = formatted.text != source.text
    if options.diff:
        if changed:
            sys.stdout.write(difference(source, Source(source.name, formatted.text)))
    elif options.check:
        if changed:
            sys.stderr.write(f"would format {source.name}\n")
    elif path == "-":
        _print(formatted.text)
    elif changed:
        from nndsl.cli.writing import write_whole

        write_whole(Path(path), formatted.text)
        sys.stderr.write(f"formatted {path}\n")
    return "changed" if changed else "unchanged"


def _print(text: str) -> None:
    """Print a text byte for byte: what a terminal would write for it is not what it is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())


def _tell(counts: Counter[str], problems: list[Diagnostic], options: argparse.Namespace) -> None:
    """Say what came of all files together, and what is wrong with those that were left alone."""
    if problems:
        from nndsl.render import render_format

        colour = wants_colour(options.color, sys.stderr)
        sys.stderr.write(render_format(problems, "full", colour=colour))
        sys.stderr.write(f"\n{count_text(problems)}\n")
    if options.files == ["-"]:
        return
    would = "would be " if options.check or options.diff else ""
    told = {
        "changed": f"{would}formatted",
        "unchanged": (
            f"{would}left as it is" if counts["unchanged"] == 1 else f"{would}left as they are"
        ),
        "broken": "with syntax errors, left alone",
    }
    parts = [
        f"{number} file{'s' * (number != 1)} {text}"
        for kind, text in told.items()
        if (number := counts[kind])
    ]
    if parts:
        sys.stderr.write("; ".join(parts) + "\n")
