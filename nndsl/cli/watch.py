"""Again, whenever a file changes: `nndsl check --watch`, and what `nndsl watch` waits for."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module

#: Seconds between two looks at the files, where `watchfiles` is not installed.
_PAUSE = 0.3
#: Files that a check depends on.
_ENDINGS = (".nn", ".npz", ".csv", "pyproject.toml", ".gitignore")
_CLEAR = "\x1b[2J\x1b[H"


def watch(paths: Sequence[str], check: Callable[[], int]) -> int:
    """Check now and after every change, until interrupted."""
    for _ in changes(paths):
        if sys.stdout.isatty():
            sys.stdout.write(_CLEAR)
        check()
        sys.stdout.write("\nwatching for changes; Ctrl-C ends it\n")
        sys.stdout.flush()
    return 0


def changes(paths: Sequence[str]) -> Iterator[None]:
    """Yield once at first, and then after each change."""
    yield
    folders = {path if os.path.isdir(path) else os.path.dirname(path) or "." for path in paths}
    try:
        told = import_module("watchfiles").watch  # the system tells it, where this is installed
    except ImportError:
        yield from _looked_at(folders)
        return
    for _ in told(*folders, watch_filter=lambda change, path: path.endswith(_ENDINGS)):
        yield


def _looked_at(folders: set[str]) -> Iterator[None]:
    """Yield when the files differ from what they were, by looking at them again and again."""
    before = _state(folders)
    while True:
        time.sleep(_PAUSE)
        now = _state(folders)
        if now != before:
            before = now
            yield


def _state(folders: set[str]) -> dict[str, tuple[int, int]]:
    """Return when each file was last written, and how large it is."""
    found = {}
    for folder in folders:
        for place, inner, files in os.walk(folder):
            inner[:] = [name for name in inner if not name.startswith(".")]
            for name in files:
                if name.endswith(_ENDINGS):
                    path = os.path.join(place, name)
                    try:
                        status = os.stat(path)
                    except OSError:
                        continue
                    found[path] = (status.st_mtime_ns, status.st_size)
    return found
