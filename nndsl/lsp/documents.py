"""The texts that a client has open, and what is known of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pygls import uris

from nndsl.compiler import Options
from nndsl.ide.analysis import Analysis
from nndsl.imports import Files
from nndsl.lint.selection import Selection
from nndsl.lsp.positions import Positions
from nndsl.memory import Memory
from nndsl.source import Source


@dataclass(frozen=True, slots=True)
class Host:
    """What the command line knows of files, for the server."""

    #: The files around a path.
    files: Callable[[str], Files]
    #: The rules that are asked of a path.
    rules: Callable[[str], Selection]
    #: All `.nn` files in folders.
    find: Callable[[list[str]], list[str]]
    #: The text of a file; raises an exception with words for the user.
    read: Callable[[str], Source]


class Document:
    """An open text with what has been found out about this version of it."""

    def __init__(self, uri: str, path: str, version: int | None, text: str, encoding: str) -> None:
        self.uri = uri
        self.path = path
        self.version = version
        self.source = Source(path, text)
        self.positions = Positions(self.source, encoding)
        self.analysis: Analysis | None = None
        #: What is kept of the version before.
        self.memory = Memory()
        #: The files that it imports, directly and through others, as they were read.
        self.imported: dict[str, str] = {}


class Documents:
    """All open texts; what is known of one is kept until it, or what it imports, changes."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.open: dict[str, Document] = {}
        self.encoding = "utf-16"

    def update(self, uri: str, version: int | None, text: str) -> Document:
        path = uris.to_fs_path(uri) or uri
        before = self.open.get(uri)
        document = self.open[uri] = Document(uri, path, version, text, self.encoding)
        if before is not None:
            document.memory = before.memory
        return document

    def close(self, uri: str) -> None:
        self.open.pop(uri, None)

    def get(self, uri: str) -> Document:
        """Return a text: as it is open, or as it is on the disk."""
        if uri in self.open:
            return self.open[uri]
        path = uris.to_fs_path(uri) or uri
        try:
            text = self.host.read(path).text
        except Exception:
            text = ""
        return Document(uri, path, None, text, self.encoding)

    def analysis(self, document: Document) -> Analysis:
        """Return what is known of a text; it is worked out once for each version."""
        if document.analysis is None or self._is_stale(document):
            document.imported = {}
            files = self.files(document)
            document.analysis = Analysis(
                document.source, self.options(document), files, document.memory
            )
        return document.analysis

    def options(self, document: Document) -> Options:
        try:
            rules = self.host.rules(document.path)
        except Exception:  # a configuration that is wrong is told by the command line
            rules = Selection()
        return Options(rules=rules)

    def files(self, document: Document) -> Files:
        """Return the files around a text, as they are open where they are."""
        base = self.host.files(document.path)
        folder = Path(document.path).parent

        def read(path: str) -> str:
            full = str((folder / path).resolve())
            text = base.read(path)
            text = self.open_text(full, text)
            document.imported[full] = text
            return text

        return Files(base.exists, read, base.open, entries=base.entries)

    def open_text(self, path: str, otherwise: str) -> str:
        for document in self.open.values():
            if str(Path(document.path).resolve()) == path:
                return document.source.text
        return otherwise

    def _is_stale(self, document: Document) -> bool:
        return any(self.open_text(path, text) != text for path, text in document.imported.items())

    def importing(self, path: str) -> list[Document]:
        """Return the open texts that import a file, directly or through others."""
        full = str(Path(path).resolve())
        return [document for document in self.open.values() if full in document.imported]

    def in_folders(self, folders: Iterable[str]) -> list[Document]:
        """Return every text of the project: those that are open, and those on the disk."""
        found = {str(Path(document.path).resolve()): document for document in self.open.values()}
        for path in self.host.find(list(folders)):
            full = str(Path(path).resolve())
            if full not in found:
                found[full] = self.get(uris.from_fs_path(full) or full)
        return list(found.values())


def settings_of(values: Any, name: str, default: bool) -> bool:
    """Return a setting `a.b` of a client that is true or false."""
    for part in name.split("."):
        values = values.get(part) if isinstance(values, dict) else None
    return values if isinstance(values, bool) else default
