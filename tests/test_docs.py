"""The examples in docs/language.md and docs/training.md: each is compiled, in every style.

A block of `nn` is a whole file, or lines of a model: then a comment in front of it, which Markdown
does not show, says what the inputs are: `<!-- with x: [10, 8]; y: [4] -->`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import nndsl
from nndsl.training import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
_BLOCK = re.compile(r"(?:<!-- with (?P<inputs>.*?) -->\n)?```nn\n(?P<text>.*?)^```$", re.M | re.S)
_NAMES = re.compile(r" as (\w+(?:, \w+)*)")


def examples() -> list[str]:
    files = ("docs/language.md", "docs/training.md")
    text = "".join((ROOT / file).read_text(encoding="utf-8") for file in files)
    return [whole(match["inputs"], match["text"]) for match in _BLOCK.finditer(text)]


def whole(inputs: str | None, text: str) -> str:
    """Return a whole file: lines of a model get inputs, and all that they name comes out."""
    if inputs is None:
        return text
    given = [f"input {one}" for one in inputs.split("; ")]
    names = [name for found in _NAMES.findall(text) for name in found.split(", ")]
    lines = [*given, *text.splitlines(), f"output {', '.join(names)}"]
    return "model Example {\n" + "".join(f"    {line}\n" for line in lines) + "}\n"


@pytest.mark.parametrize("text", examples())
@pytest.mark.parametrize("style", ["functional", "subclass"])
def test_an_example_compiles(text: str, style: str) -> None:
    compiled = nndsl.compile(text, style=style, allow_python=True)
    assert not [d.title for d in compiled.diagnostics if d.severity != "info"]
    assert compiled.code


def test_examples_are_found() -> None:
    assert len(examples()) >= 10


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs/training.md").read_text(encoding="utf-8")
    assert [name for name in SETTINGS if f"`{name}`" not in text] == []
