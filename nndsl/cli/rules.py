"""Which rules are asked: on the command line, and in `[tool.nndsl]` of `pyproject.toml`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from nndsl.cli.configuration import Configuration, mentions_nndsl, read_configuration
from nndsl.cli.files import FileProblem
from nndsl.lint.selection import Selection


class Rules:
    """The selections of a run: each folder may have a configuration of its own.

    What the command line selects takes the place of what the file selects; what either ignores
    is ignored.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self.select = _given(options.select, "--select")
        self.extend = _given(options.extend_select, "--extend-select") or ()
        self.ignore = _given(options.ignore, "--ignore") or ()
        self._known: dict[Path, Configuration] = {}

    def for_file(self, path: str) -> Selection:
        """Return what is selected for a file. Raises `FileProblem` for a wrong configuration."""
        absolute = Path(os.path.abspath("stdin.nn" if path == "-" else path))
        found = self.configuration(absolute.parent)
        select = self.select
        if select is None:
            select = _setting(found, "select")
        ignored = [*(_setting(found, "ignore") or ()), *self.ignore]
        ignored += _for_this_file(found, absolute)
        extend = (*(_setting(found, "extend-select") or ()), *self.extend)
        return Selection(select, extend, tuple(ignored))

    def configuration(self, folder: Path) -> Configuration:
        if folder not in self._known:
            mentioned = mentions_nndsl(folder)
            self._known[folder] = read_configuration(folder) if mentioned else Configuration()
        return self._known[folder]


def _given(values: Sequence[str] | None, option: str) -> tuple[str, ...] | None:
    """Return the selectors of an option, which may be repeated."""
    if values is None:
        return None
    return _selectors((part for value in values for part in value.split(",")), option)


def _setting(found: Configuration, name: str) -> tuple[str, ...] | None:
    value = found.settings.get(name)
    return None if value is None else _selectors(_texts(value, found, name), _where(found, name))


def _for_this_file(found: Configuration, path: Path) -> tuple[str, ...]:
    """Return what `per-file-ignores` says of a file: patterns of paths, or of names."""
    table = found.settings.get("per-file-ignores", {})
    if not isinstance(table, dict):
        raise FileProblem(f'{_where(found, "per-file-ignores")} is a table: "name*.nn" = ["L301"]')
    if not table or found.path is None:
        return ()
    try:
        relative = path.relative_to(found.path.parent).as_posix()
    except ValueError:
        relative = path.name
    ignored: list[str] = []
    for pattern, value in table.items():
        if fnmatch(relative, pattern) or fnmatch(path.name, pattern):
            name = f"per-file-ignores.{pattern}"
            ignored += _selectors(_texts(value, found, name), _where(found, name))
    return tuple(ignored)


def _texts(value: Any, found: Configuration, name: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise FileProblem(f'{_where(found, name)} is a list of codes, such as ["L301", "R"]')
    return value


def _where(found: Configuration, name: str) -> str:
    return f"{found.path}: `{name}` in [tool.nndsl]"


def _selectors(texts: Iterable[str], where: str) -> tuple[str, ...]:
    """Return selectors, those that are names of rules by their codes. Raises `FileProblem`."""
    return tuple(_selector(text.strip(), where) for text in texts if text.strip())


def _selector(text: str, where: str) -> str:
    from nndsl.codes import selector

    try:
        return selector(text)
    except ValueError as error:
        raise FileProblem(f"{where}: {error}") from None
