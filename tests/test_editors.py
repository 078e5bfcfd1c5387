"""Colours: Pygments' lexer, and the syntax file of Vim where there is a Vim."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nndsl.syntax.tables import KEYWORDS

ROOT = Path(__file__).resolve().parent.parent
EDITORS = ROOT / "editors"
FILES = sorted((ROOT / "examples").rglob("*.nn"))
TEXT = """model Small {  # why
    x -> Conv2D(3, padding=same) -> ops.mean(axis=1) as y
    "no end
}
"""


def test_pygments_knows_every_word() -> None:
    pytest.importorskip("pygments")
    from pygments.token import Error, Keyword, Name, Operator, String, Text

    from nndsl.highlighting import NndslLexer

    for path in FILES:
        text = path.read_text(encoding="utf-8")
        found = list(NndslLexer().get_tokens(text))
        assert "".join(value for _, value in found) == text
        assert not [value for kind, value in found if kind in Error or kind is Text]
    found = dict((value, kind) for kind, value in NndslLexer().get_tokens(TEXT))
    assert found["model"] in Keyword and found["Small"] in Name.Class
    assert found["Conv2D"] in Name.Class and found["padding"] in Name.Attribute
    assert found["->"] in Operator and found["y"] in Name.Variable
    assert found["no end"] in String
    for word in set(KEYWORDS) - {"_"}:
        kinds = [kind for kind, value in NndslLexer().get_tokens(word) if value == word]
        assert kinds and (kinds[0] in Keyword or kinds[0] in Operator.Word), word


@pytest.mark.parametrize(
    "file",
    [
        "vscode/syntaxes/nndsl.tmLanguage.json",
        "vim/syntax/nndsl.vim",
        "emacs/nndsl-mode.el",
    ],
)
def test_no_word_of_the_language_is_forgotten(file: str) -> None:
    text = (EDITORS / file).read_text(encoding="utf-8")
    assert [word for word in KEYWORDS if word not in text] == []


@pytest.mark.skipif(shutil.which("vim") is None, reason="needs Vim")
def test_vim_colours(tmp_path: Path) -> None:
    model = tmp_path / "model.nn"
    model.write_text(TEXT, encoding="utf-8")
    names = tmp_path / "names"
    places = {
        "model": (1, 1),
        "Small": (1, 7),
        "why": (1, 18),
        "Conv2D": (2, 10),
        "padding": (2, 20),
    }
    asked = ", ".join(
        f"synIDattr(synID({line}, {column}, 1), 'name')" for line, column in places.values()
    )
    script = tmp_path / "script.vim"
    script.write_text(
        f"set nocompatible\nset runtimepath^={EDITORS}/vim\nfiletype plugin on\nsyntax on\n"
        f"edit {model}\ncall writefile([&filetype, {asked}], '{names}')\nqall!\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        ["vim", "-u", "NONE", "-N", "-es", "-S", str(script)],
        capture_output=True,
        timeout=60,
        env={"PATH": "/usr/bin:/bin", "TERM": "dumb", "HOME": str(tmp_path)},
    )
    if not names.exists() and b"syntax" in done.stderr.lower():
        pytest.skip("this Vim has no syntax files")
    kinds = names.read_text(encoding="utf-8").split("\n")
    assert kinds[0] == "nndsl"
    assert kinds[1:6] == [
        "nndslDeclaration",
        "nndslName",
        "nndslComment",
        "nndslLayer",
        "nndslArgument",
    ]


@pytest.mark.skipif(shutil.which("nvim") is None, reason="needs Neovim")
def test_neovim(tmp_path: Path) -> None:
    pytest.importorskip("pygls")
    model = tmp_path / "model.nn"
    lines = ["model M {", "    input x: [4]", "    x -> Dense(3, rleu) as y", "    output y", "}"]
    model.write_text("\n".join(lines) + "\n", encoding="utf-8")
    server = tmp_path / "nndsl"
    server.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m nndsl "$@"\n', encoding="utf-8")
    server.chmod(0o755)
    neovim = EDITORS / "neovim"
    done = subprocess.run(
        ["nvim", "--headless", "--clean", "-n", "-u", str(neovim / "nndsl.lua"), str(model),
         "-S", str(neovim / "try.lua")],
        capture_output=True, text=True, timeout=120, cwd=tmp_path,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "HOME": str(tmp_path)},
    )  # fmt: skip
    found = dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)
    told = subprocess.run(["nvim", "--version"], capture_output=True, text=True, check=True).stdout
    major, minor = (int(part) for part in told.partition("NVIM v")[2].split(".")[:2])
    if (major, minor) >= (0, 10):
        assert found.pop("hints shown").strip() == "[3] 15 params"
    assert found == {
        "diagnostics": "A202",
        "hover": "Dense",
        "after the fix": "0",
        "renamed": "    input features: [4]",
        "formatted": "    features -> Dense(3, relu) as y",
        "hints": "[3]",
    }
