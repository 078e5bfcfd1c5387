"""`nndsl check`: what is wrong with files and folders, how it is told, and mending it."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from nndsl.cli.files import FileProblem, chosen_files, files_around, names_wanted, read_source
from nndsl.cli.output import count_text, difference, say_problem, wants_colour
from nndsl.cli.status import CLEAN, FINDINGS, USAGE
from nndsl.diagnostic import Diagnostic, has_errors
from nndsl.source import Source

if TYPE_CHECKING:
    from nndsl.cli.rules import Rules
    from nndsl.compiler import Options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `check` takes beside what all commands take."""
    parser.add_argument(
        "--select",
        metavar="CODES",
        action="append",
        help="report only these: codes or their beginnings, such as L301,R; ALL is every rule",
    )
    parser.add_argument(
        "--extend-select",
        metavar="CODES",
        action="append",
        help="report these too: rules that are off by default",
    )
    parser.add_argument("--ignore", metavar="CODES", action="append", help="do not report these")
    parser.add_argument("--fix", action="store_true", help="mend what can be mended safely")
    parser.add_argument(
        "--unsafe-fixes",
        action="store_true",
        help="count fixes that change what a model means; with --fix, apply them too",
    )
    parser.add_argument(
        "--diff", action="store_true", help="show what --fix would change, and change nothing"
    )
    parser.add_argument(
        "--statistics", action="store_true", help="how often each code was found, and nothing more"
    )
    parser.add_argument(
        "--exit-zero", action="store_true", help="exit with status 0, whatever was found"
    )
    parser.add_argument(
        "--stdin-filename",
        metavar="FILE",
        help="what `-` is called, and where its imports, data and configuration are looked for",
    )
    parser.add_argument("--watch", action="store_true", help="check again whenever a file changes")


@dataclass(slots=True)
class _Result:
    """What came of all files together."""

    findings: list[Diagnostic] = field(default_factory=list)
    applied: int = 0
    files: int = 0
    changed: int = 0
    failed: bool = False


def run(options: argparse.Namespace, make_options: Callable[[], Options]) -> int:
    """Check the files; return the exit status."""
    if options.watch:
        from nndsl.cli.watch import watch

        return watch(options.files, lambda: _run_once(options, make_options()))
    return _run_once(options, make_options())


def _run_once(options: argparse.Namespace, chosen: Options) -> int:
    from nndsl.cli.rules import Rules

    rules = Rules(options)
    result = _Result()
    paths = chosen_files(options.files)
    wanted = names_wanted(paths) if len(paths) > 1 else {}
    for path in paths:
        try:
            # A path that cannot be is told of where it is read.
            real = os.path.realpath(path) if wanted and "\0" not in path else path
            of_others = frozenset(wanted.get(real, ()))
            _check_file(path, options, chosen, rules, result, of_others)
        except FileProblem as problem:
            say_problem(str(problem))
            result.failed = True
    result.findings = _each_once(result.findings)
    _tell(result, options)
    if result.failed:
        return USAGE
    if options.exit_zero:
        return CLEAN
    if options.diff:
        return FINDINGS if result.changed else CLEAN
    return FINDINGS if has_errors(result.findings) else CLEAN


def _check_file(
    path: str,
    options: argparse.Namespace,
    chosen: Options,
    rules: Rules,
    result: _Result,
    wanted: frozenset[str],
) -> None:
    from nndsl.compiler import check_model

    source, known_as = read_source(path), path
    if path == "-" and options.stdin_filename:
        known_as = options.stdin_filename
        source = Source(known_as, source.text)
    chosen = replace(chosen, rules=rules.for_file(known_as))
    files = replace(files_around(known_as), wanted=wanted)

    def check(text: Source) -> tuple[Diagnostic, ...]:
        return check_model(text, chosen, files)

    result.files += 1
    if options.fix or options.diff:
        result.findings += _mend(path, source, check, options, result)
    else:
        result.findings += check(source)


def _each_once(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return findings without those of a file that was imported and is checked by itself too."""
    once: dict[tuple[object, ...], Diagnostic] = {}
    for found in findings:
        span = found.span
        once.setdefault((span.source.shown, span.start, span.end, found.code, found.title), found)
    return list(once.values())


def _mend(
    path: str,
    source: Source,
    check: Callable[[Source], tuple[Diagnostic, ...]],
    options: argparse.Namespace,
    result: _Result,
) -> Iterable[Diagnostic]:
    from nndsl.fixing import mend

    mended = mend(source, check, unsafe=options.unsafe_fixes)
    result.applied += len(mended.applied)
    if mended.source.text != source.text:
        result.changed += 1
        if options.diff:
            sys.stdout.write(difference(source, mended.source))
        elif path != "-":
            from nndsl.cli.writing import write_whole  # which most checks do without

            write_whole(Path(path), mended.source.text)
    if path == "-" and options.fix and not options.diff:
        sys.stdout.write(mended.source.text)
    return mended.left


# ---- Telling it ----------------------------------------------------------------------------


def _tell(result: _Result, options: argparse.Namespace) -> None:
    """Print what was found; beside a mended text or a difference, that goes to standard error."""
    if options.diff:
        changes = f"{result.applied} finding{'s' * (result.applied != 1)} would be mended"
        sys.stderr.write(f"{changes}\n" if result.changed else "nothing would be changed\n")
        return
    to_error = options.fix and options.files == ["-"]
    stream = sys.stderr if to_error else sys.stdout
    if options.statistics:
        stream.write(_statistics(result.findings))
        return
    from nndsl.render import render_format

    colour = wants_colour(options.color, stream)
    stream.write(render_format(result.findings, options.output_format, colour=colour))
    if options.output_format == "full":
        stream.write(_summary(result, options))


def _summary(result: _Result, options: argparse.Namespace) -> str:
    mended = f"mended {result.applied}; " if result.applied else ""
    if not result.findings:
        return f"{mended}no problems found\n" if result.files else ""
    of = f" in {result.files} files" if result.files > 1 else ""
    return f"\n{mended}{count_text(result.findings)}{of}{_can_be_mended(result, options)}\n"


def _can_be_mended(result: _Result, options: argparse.Namespace) -> str:
    safe = sum(d.fix is not None and d.fix.safe for d in result.findings)
    unsafe = sum(d.fix is not None and not d.fix.safe for d in result.findings)
    if options.fix:
        return f"; --unsafe-fixes would try {unsafe} more" if unsafe else ""
    parts = []
    if safe:
        parts.append(f"{safe} can be mended with --fix")
    if unsafe:
        parts.append(f"{unsafe}{' more' if safe else ''} with --fix --unsafe-fixes")
    return f"; {', '.join(parts)}" if parts else ""


def _statistics(findings: Sequence[Diagnostic]) -> str:
    """Return how often each code was found, the most frequent first."""
    from nndsl.codes import name_of

    counts = Counter(finding.code for finding in findings)
    fixable = {finding.code for finding in findings if finding.fix is not None}
    rows = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return "".join(
        f"{number:>5}  {code}  {'[*]' if code in fixable else '   '}  {name_of(code)}\n"
        for code, number in rows
    )
