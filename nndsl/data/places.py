"""Which files a path of a data source leads to: one, those of a folder, or of a pattern."""

from __future__ import annotations

from fnmatch import fnmatchcase

from nndsl.imports import Files

#: What the names of record files have in common, where a folder of them is given.
RECORDS = "*tfrecord*"


def record_files(path: str, files: Files) -> list[str] | None:
    """Return the files of records that are meant, in their order; None if that is not known."""
    if files.exists(path):
        return [path]
    if files.entries is None:
        return None
    path = path.rstrip("/") or path
    folder, _, pattern = path.rpartition("/")
    try:
        names, folder, pattern = files.entries(path), path, RECORDS
    except OSError:
        if any(sign in folder for sign in "*?["):
            return None
        try:
            names = files.entries(folder or ("/" if path.startswith("/") else "."))
        except OSError:
            return []
    found = [name for name in names if not name.endswith("/") and fnmatchcase(name, pattern)]
    shown = [name for name in found if pattern.startswith(".") or not name.startswith(".")]
    around = f"{folder}/" if folder or path.startswith("/") else ""
    return [around + name for name in sorted(shown)]


def class_folders(path: str, files: Files) -> list[str] | None:
    """Return the names of the folders in a folder; None if it is not there."""
    assert files.entries is not None
    try:
        names = files.entries(path)
    except OSError:
        return None
    return sorted(name[:-1] for name in names if name.endswith("/") and name[0] != ".")
