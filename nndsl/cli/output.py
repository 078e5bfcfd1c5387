"""What the commands have in common in what they print."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from nndsl.diagnostic import Diagnostic
from nndsl.source import Source


def told_of_bug(error: Exception) -> str:
    """Return what is said of an exception that nobody expected."""
    import traceback

    trace = traceback.extract_tb(error.__traceback__)
    where = f"{Path(trace[-1].filename).name}:{trace[-1].lineno}" if trace else "unknown place"
    return (
        f"internal error: {type(error).__name__} at {where}: {error}\n"
        "This is a bug in nndsl, not in your model. Please report it, with the file that led to"
        " it.\n"
    )


def say_problem(message: str) -> None:
    """Print to standard error what keeps nndsl from doing something."""
    from nndsl.render.terminal import visible

    lines = [visible(line) for line in message.split("\n")]
    sys.stderr.write("nndsl: " + "\n".join(lines) + "\n")


def wants_colour(choice: str, stream: TextIO) -> bool:
    """Return whether to print in colour: `choice` is "auto", "always" or "never"."""
    if choice != "auto":
        return choice == "always"
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not plain


def count_text(findings: Iterable[Diagnostic]) -> str:
    """Return how many findings of each severity there are: `2 errors and 1 warning`."""
    severities = [finding.severity for finding in findings]
    parts = []
    for severity in ("error", "warning", "info"):
        number = severities.count(severity)
        if number:
            parts.append(f"{number} {severity}{'s' if number > 1 else ''}")
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def difference(before: Source, after: Source) -> str:
    """Return what changes between two texts, as `diff -u` tells it."""
    import difflib

    lines = difflib.unified_diff(
        before.text.splitlines(keepends=True),
        after.text.splitlines(keepends=True),
        before.name,
        before.name,
    )
    ended = (
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
    return "".join(ended)
