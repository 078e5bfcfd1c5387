"""Finds the `.nn` files in folders, without those that git ignores."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

#: Folders in which nobody keeps sources, whether git ignores them or not.
_NEVER = {"__pycache__", "node_modules", "site-packages", "venv"}


def find_files(paths: Sequence[str]) -> list[str]:
    """Return the files that are meant by files and folders, each once.

    A file that is named is taken as it is; in folders, those that end in `.nn` are.
    """
    found: dict[str, None] = {}
    for path in paths:
        if path != "-" and os.path.isdir(path):
            found.update(dict.fromkeys(_inside(Path(path))))
        else:
            found[path] = None
    return list(found)


def _inside(folder: Path) -> Iterator[str]:
    ignored = Ignored(folder)
    for place, folders, files in os.walk(folder):
        here = Path(place)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in _NEVER
            and not ignored.holds(here / name, is_folder=True)
        )
        for name in sorted(files):
            path = here / name
            if name.endswith(".nn") and not ignored.holds(path, is_folder=False):
                yield str(path)


class Ignored:
    """What the `.gitignore` files of a repository say of the files in a folder.

    As with git, the file nearest to a path that says something of it decides.
    """

    def __init__(self, folder: Path) -> None:
        absolute = Path(os.path.abspath(folder))
        self.root = next((f for f in (absolute, *absolute.parents) if (f / ".git").exists()), None)
        self._specs: dict[Path, GitIgnoreSpec | None] = {}

    def holds(self, path: Path, *, is_folder: bool) -> bool:
        """Return whether git ignores a path; what is above it is not ignored."""
        if self.root is None:
            return False
        absolute = Path(os.path.abspath(path))
        for folder in absolute.parents:
            spec = self._spec(folder)
            if spec is not None:
                name = absolute.relative_to(folder).as_posix() + ("/" if is_folder else "")
                said = spec.check_file(name).include
                if said is not None:
                    return said
            if folder == self.root:
                break
        return False

    def _spec(self, folder: Path) -> GitIgnoreSpec | None:
        """Return the patterns of a folder; those of the root have git's own file of them too."""
        if folder not in self._specs:
            lines = _lines(folder / ".gitignore")
            if folder == self.root:
                lines = [*_lines(folder / ".git" / "info" / "exclude"), *lines]
            self._specs[folder] = None
            if lines:
                from pathspec import GitIgnoreSpec  # which only folders with such files need

                self._specs[folder] = GitIgnoreSpec.from_lines(lines)
        return self._specs[folder]


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
