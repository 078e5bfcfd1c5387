"""Imports: files of blocks, the standard library, and what can go wrong with them."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

import nndsl
from nndsl import resources
from nndsl.cli.files import read_import
from nndsl.cli.main import main
from nndsl.compiler import CompiledModel, Options, compile_source
from nndsl.diagnostic import Diagnostic
from nndsl.imports import MAX_FILES, Files
from nndsl.source import Source

BLOCK = "block Twice(n) = Dense(n, relu) -> Dense(n)\n"


def model(imports: str, chain: str = "Twice(3)") -> str:
    return f"{imports}\nmodel M {{\n    input x: [4]\n    x -> {chain} as y\n    output y\n}}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


def compiled(folder: Path, text: str, name: str = "main.nn") -> CompiledModel:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    files = Files(lambda _: True, lambda wanted: read_import(folder, wanted))
    return compile_source(Source(str(path), text), Options(), files)


def only(result: CompiledModel) -> Diagnostic:
    assert len(result.diagnostics) == 1, result.diagnostics
    return result.diagnostics[0]


def test_a_path_that_cannot_be(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = model('import Twice from "a\0b.nn"')
    assert only(compiled(project, text)).code == "G712"
    (project / "other.nn").write_text(model("", "Dense(3)"), encoding="utf-8")
    assert main(["check", str(project)]) == 1
    assert "internal error" not in capsys.readouterr().err


def test_a_block_of_another_file(project: Path) -> None:
    (project / "blocks.nn").write_text(BLOCK, encoding="utf-8")
    result = compiled(project, model('import Twice from "blocks.nn"'))
    assert result.diagnostics == ()
    assert "def twice(n, *, name):" in (result.code or "")


def test_a_model_of_another_file(project: Path) -> None:
    """It is a part of this one; what it applies comes along, and a namesake stays apart."""
    text = f"{BLOCK}model Encoder(n = 3) {{\n input x: [4]\n x -> Twice(n) as y\n output y\n}}\n"
    text += "model M {\n input x: [4]\n x -> Encoder as y\n output y\n}\n"
    (project / "models.nn").write_text(text, encoding="utf-8")
    result = compiled(project, model('import Encoder from "models.nn"', "Encoder(5)"))
    assert result.diagnostics == ()
    assert [layer.name for layer in result.layers] == ["y/y_dense", "y/y_dense_1"]
    assert 'build_encoder(5, name="y")' in (result.code or "")


def test_files_that_import_each_their_own(project: Path) -> None:
    """Constants of one name stay apart; paths are relative to the file that holds them."""
    (project / "deep").mkdir()
    (project.parent / "top.nn").write_text(
        "const n = 5\nblock Top = Dense(n, relu)\n", encoding="utf-8"
    )
    (project / "deep" / "inner.nn").write_text(
        'import Top from "../../top.nn"\nconst n = 7\nblock Inner = Top -> Dense(n, relu)\n',
        encoding="utf-8",
    )
    text = 'const n = 2\nimport Inner from "deep/inner.nn"\nimport Top from "../top.nn"'
    result = compiled(project, model(text, "Inner -> Top -> Dense(n)"))
    assert result.diagnostics == ()
    assert [layer.trainable for layer in result.layers] == [25, 42, 40, 12]
    for line in ("N = 2\n", "N_2 = ", "N_3 = "):
        assert line in (result.code or "")


def test_a_mistake_in_an_imported_block_is_told_there(project: Path) -> None:
    text = "block Twice(n) {\n    input x\n    x -> Conv2D(n, 3) as y\n    output y\n}\n"
    (project / "blocks.nn").write_text(text, encoding="utf-8")
    found = only(compiled(project, model('import Twice from "blocks.nn"')))
    assert (found.code, found.span.source.name, found.span.line) == ("S101", "blocks.nn", 3)
    assert any(label.span.source.name.endswith("main.nn") for label in found.labels)


def test_a_file_that_is_not_there(project: Path) -> None:
    (project / "blocks.nn").write_text(BLOCK, encoding="utf-8")
    found = only(compiled(project, model('import Twice from "block.nn"')))
    assert found.code == "G712"
    assert "did you mean" in found.title and "blocks.nn" in found.title


def test_a_name_that_is_not_there(project: Path) -> None:
    (project / "blocks.nn").write_text(BLOCK, encoding="utf-8")
    found = only(compiled(project, model('import Twise from "blocks.nn"', "Twise(3)")))
    assert (found.code, found.help) == ("G705", "did you mean `Twice`?")


def test_a_circle_is_shown(project: Path) -> None:
    (project / "a.nn").write_text('import B from "b.nn"\nblock A = B\n', encoding="utf-8")
    (project / "b.nn").write_text('import A from "a.nn"\nblock B = A\n', encoding="utf-8")
    found = compiled(project, model('import A from "a.nn"', "A")).diagnostics[0]
    assert found.code == "G704"
    assert found.received == '"a.nn" -> "b.nn" -> "a.nn"'


def test_a_file_that_imports_itself(project: Path) -> None:
    (project / "a.nn").write_text('import A from "a.nn"\nblock A = Dense(1)\n', encoding="utf-8")
    found = compiled(project, model('import A from "a.nn"', "A")).diagnostics[0]
    assert (found.code, found.received) == ("G704", '"a.nn" -> "a.nn"')


def test_nothing_outside_of_the_project_is_read(project: Path, tmp_path: Path) -> None:
    outside = tmp_path.parent / "outside.nn"
    outside.write_text(BLOCK, encoding="utf-8")
    (project / "link.nn").symlink_to(outside)
    for path in ("../../outside.nn", str(outside), "link.nn"):
        found = only(compiled(project, model(f'import Twice from "{path}"')))
        assert found.code == "G712" and "outside of the project" in found.title


def test_a_name_is_imported_once(project: Path) -> None:
    (project / "blocks.nn").write_text(BLOCK, encoding="utf-8")
    twice = 'import Twice from "blocks.nn"\nimport Twice from "blocks.nn"'
    assert compiled(project, model(twice)).diagnostics[0].code == "G703"
    own = 'import Twice from "blocks.nn"\n' + BLOCK
    assert compiled(project, model(own)).diagnostics[0].code == "G703"


def test_an_import_that_is_not_used(project: Path) -> None:
    (project / "blocks.nn").write_text(BLOCK, encoding="utf-8")
    found = only(compiled(project, model('import Twice from "blocks.nn"', "Dense(3)")))
    assert (found.severity, found.code) == ("warning", "G701")


def test_too_many_files(project: Path) -> None:
    for number in range(MAX_FILES + 2):
        text = f'import B{number + 1} from "f{number + 1}.nn"\nblock B{number} = B{number + 1}\n'
        (project / f"f{number}.nn").write_text(text, encoding="utf-8")
    found = compiled(project, model('import B0 from "f0.nn"', "B0")).diagnostics
    assert any(diagnostic.code == "X952" for diagnostic in found)


def test_what_cannot_be_read(project: Path) -> None:
    (project / "folder.nn").mkdir()
    (project / "bytes.nn").write_bytes(b"\xff\xfe")
    for path, words in (("folder.nn", "folder"), ("bytes.nn", "UTF-8"), ("", "folder")):
        found = compiled(project, model(f'import Twice from "{path}"')).diagnostics[0]
        assert found.code == "G712" and words in found.title


def test_a_text_imports_only_the_standard_library() -> None:
    found = nndsl.check(model('import Twice from "blocks.nn"'))
    assert [diagnostic.code for diagnostic in found] == ["G712"]
    assert nndsl.check(model('import ConvBN from "std/convolutions.nn"'))[0].help == (
        "did you mean `std/convolution.nn`?"
    )


STANDARD = {
    "convolution.nn": {
        "ConvBN(8)": "[16, 16, 8]",
        "Residual(8, 2)": "[8, 8, 8]",
        "Bottleneck(4)": "[16, 16, 16]",
        "Bottleneck(2, project=false)": "[16, 16, 8]",
        "SqueezeExcite(8, 4)": "[16, 16, 8]",
        "Inception(4, 2, 4, 2, 4, 4)": "[16, 16, 16]",
    },
    "attention.nn": {
        "TransformerEncoder(8, 2, 16)": "[16, 8]",
        "PreNormEncoder(8, 2, 16)": "[16, 8]",
    },
}


@pytest.mark.parametrize("file", resources.standard_files())
def test_the_standard_library(file: str) -> None:
    """Every block can be applied, with the shape that is expected, in both styles."""
    for chain, shape in STANDARD[file].items():
        name = chain.partition("(")[0]
        size = "[16, 16, 8]" if file == "convolution.nn" else "[16, 8]"
        text = model(f'import {name} from "std/{file}"', chain).replace("[4]", size)
        for style in ("functional", "subclass"):
            result = nndsl.compile(text, style=style)
            assert result.diagnostics == () and result.code
            assert str(result.outputs["y"]) == shape, chain


def test_a_decoder_of_the_standard_library() -> None:
    text = """
import TransformerDecoder, TransformerEncoder from "std/attention.nn"
model M {
    input source: [?, 8]
    input target: [?, 8]
    source -> repeat 2 { TransformerEncoder(8, 2, 16) } as memory
    target, memory -> TransformerDecoder(8, 2, 16) as y
    output y
}
"""
    assert nndsl.check(text) == ()


@pytest.mark.parametrize("output", ["full", "concise", "json", "sarif", "github"])
@pytest.mark.parametrize("absolute", [False, True])
def test_imported_files_are_called_as_seen_from_where_one_stands(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    output: str,
    absolute: bool,
) -> None:
    """Their names would else lead nowhere: those in the import lines begin at the model."""
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    for folder in ("re/lib", "up"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "re/lib/q.nn").write_text("block Q(n) = Dense(n, rel)\n", encoding="utf-8")
    (tmp_path / "up/r.nn").write_text("block R(n) = Dens(n)\n", encoding="utf-8")
    lines = 'import Q from "lib/q.nn"\nimport R from "../up/r.nn"'
    (tmp_path / "re/m2.nn").write_text(model(lines, "Q(3) -> R(3)"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    prefix = f"{tmp_path}{os.sep}" if absolute else ""
    main(["check", f"{prefix}re/m2.nn", "--output-format", output])
    told = capsys.readouterr().out
    for path in ("re/lib/q.nn", "up/r.nn", "re/m2.nn"):
        if path != "re/m2.nn" or output not in ("concise", "github"):  # they tell of one place
            assert re.search(rf"(^|[\s\"=/]){re.escape(prefix)}{path}\b", told), (path, told)
    assert not re.search(r"[\s\"=](lib/q|r)\.nn", told), told


def test_a_file_that_is_checked_and_imported_is_told_of_once(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "q.nn").write_text("block Q(n) = Dens(n)\n", encoding="utf-8")
    (project / "m.nn").write_text(model('import Q from "q.nn"', "Q(3)"), encoding="utf-8")
    monkeypatch.chdir(project)
    main(["check", "m.nn", "q.nn", "--output-format", "concise"])
    assert capsys.readouterr().out.count("unknown layer") == 1
