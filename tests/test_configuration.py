"""What is read of `[tool.nndsl]` in a project's `pyproject.toml`."""

from __future__ import annotations

from pathlib import Path

import pytest

from nndsl.cli.configuration import read_configuration
from nndsl.cli.files import FileProblem


def write(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")


def test_settings_of_the_project_hold_in_its_folders(tmp_path: Path) -> None:
    write(tmp_path, "[tool.nndsl]\nallow-python = true\n")
    (tmp_path / "models" / "small").mkdir(parents=True)
    found = read_configuration(tmp_path / "models" / "small")
    assert found.path == tmp_path / "pyproject.toml"
    assert found.flag("allow-python") is True
    assert found.flag("something-else") is False


def test_the_nearest_file_counts_alone(tmp_path: Path) -> None:
    write(tmp_path, "[tool.nndsl]\nallow-python = true\n")
    write(tmp_path / "inner", "[project]\nname = 'inner'\n")
    assert read_configuration(tmp_path / "inner").settings == {}
    write(tmp_path / "inner", "")
    assert read_configuration(tmp_path / "inner").flag("allow-python") is False


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[tool.nndsl\n", "is not TOML"),
        ("[tool]\nnndsl = 3\n", "is a table"),
        ("[tool.nndsl]\nallow-python = 'yes'\n", "is `true` or `false`"),
        ("a = " + "[" * 100_000, "is not TOML"),
    ],
)
def test_what_is_wrong_is_said_with_the_file(tmp_path: Path, text: str, words: str) -> None:
    write(tmp_path, text)
    with pytest.raises(FileProblem) as problem:
        read_configuration(tmp_path).flag("allow-python")
    assert words in str(problem.value) and str(tmp_path) in str(problem.value)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(FileProblem, match="is not TOML"):
        read_configuration(tmp_path)


def test_a_tool_that_is_no_table(tmp_path: Path) -> None:
    write(tmp_path, "tool = 1\n")
    assert read_configuration(tmp_path).settings == {}
