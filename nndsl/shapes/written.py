"""Files that a training writes: none over the data that it reads, none over another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import normpath
from typing import Any

from nndsl import graph
from nndsl.diagnostic import Label, Reporter
from nndsl.source import Span
from nndsl.training.settings import CALLBACK_PATHS
from nndsl.training.sources import SOURCES

#: Settings that are paths of what is written.
_WRITTEN = ("save", "export", "history", "plot")
_DATA = ("data", "validation", "validation_data", "test_data")


def check_written(training: graph.Training, values: Mapping[str, Any], reporter: Reporter) -> None:
    """Report paths that are written to, and read or written by something else as well.

    What is read is found from the file, what is written from where the script is run: mostly the
    same folder.
    """
    taken = {}
    for setting in _DATA:
        source = training.get(setting)
        kind = SOURCES.get(source.kind) if isinstance(source, graph.DataSource) else None
        if kind is not None and kind.reads:
            taken[normpath(source.path)] = (source.span, f"`{setting}` is read from here", True)
    for who, path, span in _written(training, values):
        place = normpath(path)
        if place not in taken:
            taken[place] = (span, f"{who} writes here", False)
            continue
        other, label, is_read = taken[place]
        reporter.error(
            "T812",
            span,
            f"{who} writes over {'the data' if is_read else 'another file of the training'}",
            f"`{path}` again",
            labels=(Label(other, label),),
            help=f'choose another path, such as `"{_another(path)}"`',
        )


def _written(
    training: graph.Training, values: Mapping[str, Any]
) -> Iterator[tuple[str, str, Span]]:
    """Yield what writes, the path, and where that stands."""
    for setting in _WRITTEN:
        given = training.get(setting) or ()
        for path, expression in zip(values.get(setting, ()), given, strict=False):
            yield f"`{setting}`", path, expression.span
    for callback in training.get("callbacks") or ():
        for bound in getattr(callback, "arguments", ()):
            path = getattr(bound.value, "value", None)
            if bound.parameter in CALLBACK_PATHS and isinstance(path, str):
                yield f"`{callback.name}`", path, bound.value.span


def _another(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    stem, dot, ending = name.partition(".")
    return f"{folder}{slash}{stem}_2{dot}{ending}"
