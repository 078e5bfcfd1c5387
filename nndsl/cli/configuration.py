"""What a project says of itself: the table `[tool.nndsl]` of the nearest `pyproject.toml`.

Read it only where it is needed: a check of a text that asks for nothing does without.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from nndsl.cli.files import FileProblem

FILE = "pyproject.toml"
#: All settings that there are.
SETTINGS = ("allow-python", "select", "extend-select", "ignore", "per-file-ignores")


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings under `[tool.nndsl]`, and the file that they stand in, if there is one."""

    path: Path | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    def flag(self, name: str) -> bool:
        """Return a setting that is true or false; false where it is not given."""
        value = self.settings.get(name, False)
        if not isinstance(value, bool):
            raise FileProblem(f"{self.path}: `{name}` in [tool.nndsl] is `true` or `false`")
        return value


def read_configuration(folder: Path) -> Configuration:
    """Return the settings for files in a folder. Raises `FileProblem` for what is no TOML.

    Only the nearest `pyproject.toml` counts, whether it has such a table or not.
    """
    path = _nearest(folder)
    if path is None:
        return Configuration()
    try:
        data = _parse(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise FileProblem(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:  # what TOML and UTF-8 raise are ValueErrors
        raise FileProblem(f"{path} is not TOML: {error}") from None
    tools = data.get("tool")
    settings = tools.get("nndsl", {}) if isinstance(tools, dict) else {}
    if not isinstance(settings, dict):
        raise FileProblem(f"{path}: `tool.nndsl` is a table: write `[tool.nndsl]`")
    for name in settings:
        if name not in SETTINGS:
            raise FileProblem(f"{path}: there is no setting `{name}` in [tool.nndsl]{_near(name)}")
    return Configuration(path, settings)


def _near(name: str) -> str:
    from nndsl.suggest import nearest

    guess = nearest(name, SETTINGS)
    return f"; did you mean `{guess}`?" if guess else f"; there are {', '.join(SETTINGS)}"


def _nearest(folder: Path) -> Path | None:
    return next((f / FILE for f in (folder, *folder.parents) if (f / FILE).is_file()), None)


def mentions_nndsl(folder: Path) -> bool:
    """Return whether the nearest `pyproject.toml` says anything of nndsl; most say nothing.

    It costs a check less than the reading of TOML.
    """
    path = _nearest(folder)
    try:
        return path is not None and b"nndsl" in path.read_bytes()
    except OSError:
        return True  # which is told when it is read


def _parse(text: str) -> dict[str, Any]:
    # Python has a reader of TOML since 3.11; tomli is the same for 3.10.
    reader = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    parsed: dict[str, Any] = reader.loads(text)
    return parsed
