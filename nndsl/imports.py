"""Loads the files that a text imports blocks from, and those that they import in turn."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from nndsl import syntax
from nndsl.diagnostic import Diagnostic, Label, Reporter, did_you_mean
from nndsl.source import Source
from nndsl.syntax import tree

#: Files that one text may bring in.
MAX_FILES = 64
STANDARD = "std/"

#: Returns the text of a file by its path from where the first text stands; raises `NotRead`.
ReadFile = Callable[[str], str]
#: Returns the tree of a text, and what is wrong with it.
Parse = Callable[[Source], tuple[tree.Module, list[Diagnostic]]]


@dataclass(frozen=True, slots=True)
class Files:
    """The files around a text, by their paths from its folder."""

    exists: Callable[[str], bool]
    read: ReadFile
    #: Opens a data file; raises OSError.
    open: Callable[[str], BinaryIO] | None = None
    #: Names that other files, which are checked beside this one, import from it.
    wanted: frozenset[str] = frozenset()
    #: Returns the names in a folder, those of folders with `/` behind them; raises OSError.
    entries: Callable[[str], list[str]] | None = None


class NotRead(Exception):
    """What keeps a file from being imported, in words for the user."""


@dataclass(slots=True)
class Imported:
    """The modules that were loaded, by the names of their sources."""

    modules: dict[str, tree.Module] = field(default_factory=dict)
    #: What each import line leads to: by the line, the name of a source.
    targets: dict[int, str] = field(default_factory=dict)
    #: Names of the first text that others import.
    wanted: frozenset[str] = frozenset()

    def target(self, line: tree.Import) -> tree.Module | None:
        return self.modules.get(self.targets.get(id(line), ""))


def load_imports(
    module: tree.Module, files: Files | None, reporter: Reporter, parse: Parse = syntax.parse
) -> Imported:
    """Return all modules that a module imports, directly and through others."""
    read = files.read if files else None
    loader = _Loader(read, reporter, parse, module.source.name)
    loader.imported.wanted = files.wanted if files else frozenset()
    itself = module.source.name.replace("\\", "/").rpartition("/")[2]
    loader.load_from(module, "", [itself])
    return loader.imported


class _Loader:
    def __init__(
        self, read_file: ReadFile | None, reporter: Reporter, parse: Parse, first: str
    ) -> None:
        self.read_file = read_file
        self.parse = parse
        self.reporter = reporter
        #: The folder of the first text, as its path was given.
        self.around = os.path.dirname(first)
        self.imported = Imported()
        #: The import lines that are being followed.
        self.lines: list[tree.Import] = []

    def load_from(self, module: tree.Module, folder: str, path: list[str]) -> None:
        for line in module.definitions:
            if isinstance(line, tree.Import):
                self.load(line, folder, path)

    def load(self, line: tree.Import, folder: str, path: list[str]) -> None:
        """Load the file of an import line; `path` are the files that led here."""
        is_standard = line.path.startswith(STANDARD) or folder == STANDARD
        name = line.path if line.path.startswith(STANDARD) else _joined(folder, line.path)
        if name in path:
            self.report_circle(line, name, path[path.index(name) :])
            return
        self.imported.targets[id(line)] = name
        if name in self.imported.modules:
            return
        if len(self.imported.modules) >= MAX_FILES:
            self.reporter.error(
                "X952",
                line.span,
                f"more than {MAX_FILES} files are imported",
                "too many",
                expected=f"at most {MAX_FILES} files",
            )
            return
        text = self.read(line, name, is_standard)
        if text is None:
            return
        shown = name if is_standard else self.shown(name)
        module, problems = self.parse(Source(name, text, shown))
        self.reporter.findings += problems
        self.imported.modules[name] = module
        self.lines.append(line)
        self.load_from(module, _folder(name), [*path, name])
        self.lines.pop()

    def shown(self, name: str) -> str:
        """Return the path of a file as it would have been given beside that of the first text."""
        path = os.path.join(self.around, name)
        return os.path.normpath(path) if name.startswith("../") else path

    def report_circle(self, line: tree.Import, name: str, path: list[str]) -> None:
        """Report files that import each other; `path` are those from the first to the last."""
        circle = [*path, name]
        texts = [f'"{one}" imports "{other}"' for one, other in itertools.pairwise(circle)]
        before = self.lines[len(self.lines) - len(path) + 1 :]
        labels = tuple(Label(step.span, text) for step, text in zip(before, texts, strict=False))
        self.reporter.error(
            "G704",
            line.span,
            f'"{name}" imports itself',
            texts[-1] if labels else "without end",
            labels=labels,
            received=" -> ".join(f'"{step}"' for step in circle),
            help=(
                "move the blocks that both need into a third file"
                if labels
                else "delete this line: a file knows its own blocks"
            ),
        )

    def read(self, line: tree.Import, name: str, is_standard: bool) -> str | None:
        """Return the text of a file; report why there is none."""
        from nndsl import resources  # which a text without imports does without

        reason, help_ = "files cannot be imported here", "compile a file, not a text"
        try:
            if is_standard:
                return resources.standard_library(name.removeprefix(STANDARD))
            if self.read_file is not None:
                return self.read_file(name)
        except NotRead as error:
            reason, help_ = str(error), "paths are relative to the folder of this file"
        except FileNotFoundError:
            known = [STANDARD + file for file in resources.standard_files()]
            guess = did_you_mean(self.reporter.guess(name, known))
            reason, help_ = f"there is no `{name}`", guess or f"there are {', '.join(known)}"
        self.reporter.error("G712", line.path_span, reason, "not imported", help=help_)
        return None


def _folder(name: str) -> str:
    folder = name.rpartition("/")[0]
    return f"{folder}/" if folder else ""


def _joined(folder: str, path: str) -> str:
    """Return a path from where the first text stands, `..` and `.` taken out."""
    parts: list[str] = []
    for part in (folder + path).replace("\\", "/").split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    rooted = path.startswith("/")
    return ("/" if rooted else "") + "/".join(parts)
