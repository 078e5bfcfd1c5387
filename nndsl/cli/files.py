"""Reading sources and the files around them."""

from __future__ import annotations

import itertools
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from nndsl.source import Source
from nndsl.syntax.parser import MAX_CHARACTERS

if TYPE_CHECKING:
    from nndsl.imports import Files

#: Bytes read at most: four for each character, and one more to see that there are too many.
_MAX_BYTES = 4 * MAX_CHARACTERS + 1
#: Names of files that data are read from: archives, tables, and records in their parts.
_DATA = re.compile(r"\.(npz|csv)$|tfrec|-\d{5}-of-\d{5}")
#: Names in a folder that are looked at.
_MAX_NAMES = 100_000


class FileProblem(Exception):
    """What keeps a file from being read or written, in words for the user."""


def chosen_files(given: Sequence[str]) -> Sequence[str]:
    """Return the files that are meant, each once; folders are looked through."""
    if not any(os.path.isdir(path) for path in given):
        return list(dict.fromkeys(given))
    from nndsl.cli.discovery import find_files

    found = find_files(given)
    if not found:
        from nndsl.cli.output import say_problem

        say_problem(f"there are no .nn files in {', '.join(given)}")
    return found


def read_source(path: str) -> Source:
    """Return the text of a `.nn` file; `-` is standard input. Raises `FileProblem`."""
    try:
        if path == "-":
            data = sys.stdin.buffer.read(_MAX_BYTES)
        else:
            with open(path, "rb") as file:
                data = file.read(_MAX_BYTES)
    except IsADirectoryError:
        raise FileProblem(f"{path} is a folder, not a file") from None
    except FileNotFoundError:
        raise FileProblem(f"there is no file {path}{_similar(path)}") from None
    except PermissionError:
        raise FileProblem(f"{path} cannot be read: no permission") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise FileProblem(f"{path} cannot be read: {reason}") from None
    if len(data) == _MAX_BYTES:
        raise FileProblem(f"{path} is too large: at most {MAX_CHARACTERS:,} characters")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileProblem(
            f"{path} is not UTF-8 text: byte {error.start + 1} is 0x{data[error.start]:02x}"
        ) from None
    return Source("<stdin>" if path == "-" else path, text)


def names_wanted(paths: Sequence[str]) -> dict[str, set[str]]:
    """Return what files import of each other, by the real paths of the files that define it."""
    from nndsl.syntax import parse, tree

    wanted: dict[str, set[str]] = {}
    for path in paths:
        try:
            source = read_source(path) if path != "-" else None
        except FileProblem:
            continue  # it is reported when it is checked
        if source is None or "import" not in source.text:
            continue
        for line in parse(source)[0].definitions:
            if isinstance(line, tree.Import) and "\0" not in line.path:
                real = os.path.realpath(source_folder(path) / line.path)
                wanted.setdefault(real, set()).update(name.text for name in line.names)
    return wanted


#: What stands in the folder of a whole project.
_MARKS = ("pyproject.toml", ".git")


def read_import(folder: Path, path: str) -> str:
    """Return the text of a file that a `.nn` file in this folder imports. Raises `NotRead`.

    Nothing is read from outside of the project: the nearest folder above that holds a
    `pyproject.toml` or `.git`, or else the folder of the importing file.
    """
    from nndsl.imports import NotRead

    if "\0" in path:
        raise NotRead(f"{path!r} cannot be a path")
    root = next(
        (f for f in (folder, *folder.parents) if any((f / mark).exists() for mark in _MARKS)),
        folder,
    )
    wanted = Path(os.path.realpath(folder / path))
    if not wanted.is_relative_to(os.path.realpath(root)):
        raise NotRead(f'"{path}" lies outside of the project in {root}')
    try:
        return read_source(str(wanted)).text
    except FileProblem as problem:
        reason = str(problem).replace(str(wanted), f'"{path}"').replace(f"{folder}{os.sep}", "")
        raise NotRead(reason) from None


def source_folder(file: str) -> Path:
    """Return the folder that paths in a source are relative to."""
    return Path.cwd() if file == "-" else Path(file).absolute().parent


def files_around(file: str) -> Files:
    """Return what a source may look at and import."""
    from nndsl.imports import Files

    folder = source_folder(file)
    return Files(
        lambda path: (folder / path).is_file(),
        lambda path: read_import(folder, path),
        lambda path: open_data(folder / path),
        entries=lambda path: names_in(folder / path),
    )


def open_data(path: Path) -> BinaryIO:
    """Open a data file; raise OSError for what is none, such as a device that never ends."""
    if not _DATA.search(path.name) or not path.is_file():
        raise FileNotFoundError(path)
    return path.open("rb")


def names_in(folder: Path) -> list[str]:
    """Return the names in a folder, those of folders with `/` behind them; raise OSError."""
    if "\0" in str(folder):
        raise FileNotFoundError(folder)
    with os.scandir(folder) as entries:
        some = itertools.islice(entries, _MAX_NAMES)
        return [f"{entry.name}/" if entry.is_dir() else entry.name for entry in some]


def _similar(path: str) -> str:
    """Return a hint at a file of a like name in the same folder."""
    from nndsl.suggest import nearest

    wanted = Path(path)
    try:
        names = sorted(entry.name for entry in wanted.parent.iterdir() if entry.suffix == ".nn")
    except OSError:
        return ""
    guess = nearest(wanted.name, names)
    return f"; did you mean {wanted.parent / guess}?" if guess else ""
