"""`nndsl check` of many files: which are found, what is selected, and what is mended."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import nndsl
from nndsl.cli import main
from nndsl.cli.discovery import find_files

GOOD = """\
model Good {
    input x: [4]
    x -> Dense(8, relu) -> Dense(3, softmax) as y
    output y
}
"""
ONE_UNIT = GOOD.replace("Dense(3", "Dense(1")
TYPO = GOOD.replace("relu", "rleu")

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `nndsl check` in an empty folder; return status, output and error output."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        data = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
        monkeypatch.setattr("sys.stdin", data)
        capsys.readouterr()
        status = main(["check", *arguments])
        return status, *capsys.readouterr()

    return run


def write(folder: Path, **files: str) -> None:
    """Write files: `a__b="..."` is `a/b.nn`."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.nn"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def configure(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")


# ---- Files -----------------------------------------------------------------------------------


def test_folders_are_looked_through(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a=ONE_UNIT, sub__b=TYPO, sub__deep__c=GOOD, node_modules__d=TYPO)
    (tmp_path / ".hidden").mkdir()
    write(tmp_path / ".hidden", e=TYPO)
    (tmp_path / "sub" / "other.txt").write_text("x")
    status, out, _ = run()
    assert status == 1
    assert "a.nn:3" in out and "b.nn:3" in out and "d.nn" not in out and "e.nn" not in out
    assert "2 errors in 3 files" in out
    status, out, _ = run("sub", "a.nn", "sub/b.nn", "--output-format", "concise")
    assert out.count("\n") == 2


def test_what_git_ignores_is_left_out(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".git" / "info").mkdir(parents=True)
    (tmp_path / ".git" / "info" / "exclude").write_text("/excluded.nn\n")
    (tmp_path / ".gitignore").write_text("*.gen.nn\n/build/\n!keep.gen.nn\n# comment\n")
    write(tmp_path, a=GOOD, excluded=GOOD, build__b=GOOD, sub__build__c=GOOD, sub__x=GOOD)
    for name in ("one.gen.nn", "keep.gen.nn", "sub/two.gen.nn"):
        (tmp_path / name).write_text(GOOD)
    (tmp_path / "sub" / ".gitignore").write_text("x.nn\n!two.gen.nn\n")
    found = sorted(Path(path).as_posix() for path in find_files([str(tmp_path)]))
    names = [Path(path).relative_to(tmp_path).as_posix() for path in found]
    assert names == ["a.nn", "keep.gen.nn", "sub/build/c.nn", "sub/two.gen.nn"]
    assert run("one.gen.nn", "--output-format", "concise")[0] == 0  # it is named


@pytest.mark.skipif(not Path("/usr/bin/git").exists(), reason="git is not installed")
def test_git_says_the_same(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    patterns = "a*.nn\n!ab.nn\nlogs/\n/only/**/deep\n\\#odd.nn\nq?.nn\n[xy].nn\n"
    (tmp_path / ".gitignore").write_text(patterns)
    write(
        tmp_path, aa=GOOD, ab=GOOD, logs__a=GOOD, sub__logs__b=GOOD, only__1__2__deep__c=GOOD,
        only__d=GOOD, q1=GOOD, q12=GOOD, x=GOOD, z=GOOD,
    )  # fmt: skip
    (tmp_path / "#odd.nn").write_text(GOOD)
    found = {Path(path).relative_to(tmp_path).as_posix() for path in find_files([str(tmp_path)])}
    command = ["git", "ls-files", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert found == {name for name in done.stdout.split() if name.endswith(".nn")}


def test_no_files(run: Run, tmp_path: Path) -> None:
    status, out, err = run()
    assert (status, out) == (0, "") and "there are no .nn files in ." in err


def test_a_file_that_cannot_be_read_does_not_keep_others_from_it(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a=TYPO)
    (tmp_path / "b.nn").write_bytes(b"\xff")
    status, out, err = run(".")
    assert status == 2 and "b.nn is not UTF-8 text" in err and "a.nn:3" in out


def test_what_another_checked_file_imports_is_used(run: Run, tmp_path: Path) -> None:
    block = "block {}(units) = Dense(units, relu)\n"
    library = block.format("Used") + block.format("Unused") + GOOD
    use = f'import Used from "../lib.nn"\n{GOOD.replace("-> Dense", "-> Used(4) -> Dense")}'
    (tmp_path / "lib.nn").write_text(library)
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "use.nn").write_text(use)
    (tmp_path / "pyproject.toml").touch()
    never = "warning[G701] the block `{}` is never applied"
    for files in ((".",), ("lib.nn", "parts/use.nn")):
        status, out, _ = run(*files, "--output-format", "concise")
        assert (status, never.format("Used") in out, never.format("Unused") in out) == (
            0,
            False,
            True,
        )
    out = run("lib.nn", "--output-format", "concise")[1]
    assert never.format("Used") in out
    assert never.format("Unused") in out


def test_all_files_are_one_document(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a=TYPO, b=ONE_UNIT)
    told = json.loads(run(".", "--output-format", "json")[1])
    assert [(Path(t["file"]).name, t["code"]) for t in told] == [("a.nn", "A202"), ("b.nn", "L301")]
    log = json.loads(run(".", "--output-format", "sarif")[1])
    assert len(log["runs"][0]["results"]) == 2
    assert run(".", "--output-format", "github")[1].count("::error ") == 2


# ---- Selection -------------------------------------------------------------------------------


def codes(run: Run, *arguments: str) -> list[str]:
    status, out, err = run(*arguments, "--output-format", "json")
    assert status in (0, 1), err
    return sorted({told["code"] for told in json.loads(out)})


def test_selecting_and_ignoring(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a="const spare = 1\n" + ONE_UNIT)
    assert codes(run) == ["G701", "L301"]
    assert codes(run, "--select", "L") == ["L301"]
    assert codes(run, "--select", "G,X") == ["G701"]
    assert codes(run, "--select", "one-unit-softmax") == ["L301"]
    assert codes(run, "--ignore", "l301", "--ignore", "G7") == []
    assert codes(run, "--select", "ALL", "--ignore", "L") == ["G701"]
    assert codes(run, "--select", "L301", "--ignore", "L") == ["L301"]
    status, _, err = run("--select", "Q")
    assert status == 2 and "--select: there is no code `Q`" in err


def test_errors_of_the_compiler_are_always_told(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a=TYPO)
    assert codes(run, "--select", "L") == codes(run, "--ignore", "A202") == ["A202"]


def test_the_configuration_of_a_project(run: Run, tmp_path: Path) -> None:
    text = "const spare = 1\n" + ONE_UNIT
    write(tmp_path, a=text, sub__b=text)
    configure(tmp_path, '[tool.nndsl]\nignore = ["G701"]\n')
    assert codes(run) == ["L301"]
    configure(tmp_path, '[tool.nndsl]\nselect = ["G"]\n')
    assert codes(run) == ["G701"]
    assert codes(run, "--select", "L") == ["L301"]
    configure(tmp_path, '[tool.nndsl.per-file-ignores]\n"sub/*" = ["L"]\n"a.nn" = ["G"]\n')
    assert codes(run, "a.nn") == ["L301"]
    assert codes(run, "sub") == ["G701"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[tool.nndsl]\nignroe = ["L"]\n', "there is no setting `ignroe`"),
        ('[tool.nndsl]\nignore = "L"\n', "`ignore` in [tool.nndsl] is a list of codes"),
        ('[tool.nndsl]\nselect = ["L3O1"]\n', "there is no code `L3O1`; did you mean L301?"),
        ('[tool.nndsl]\nper-file-ignores = ["L"]\n', "is a table"),
        ("[tool.nndsl\n", "is not TOML"),
    ],
)
def test_a_wrong_configuration(run: Run, tmp_path: Path, text: str, words: str) -> None:
    write(tmp_path, a=GOOD)
    configure(tmp_path, text)
    status, _, err = run("a.nn")
    assert status == 2 and words in err and "pyproject.toml" in err


def test_statistics(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a="const spare = 1\n" + ONE_UNIT, b=ONE_UNIT)
    status, out, _ = run("--statistics")
    assert status == 1
    assert out == "    2  L301  [*]  one-unit-softmax\n    1  G701       unused\n"


def test_exit_zero(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a=TYPO)
    assert run("--exit-zero")[0] == 0
    assert run("--exit-zero", "missing.nn")[0] == 2


# ---- Mending ---------------------------------------------------------------------------------


def test_files_are_mended(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a=ONE_UNIT, b=GOOD)
    path = tmp_path / "a.nn"
    path.chmod(0o640)
    status, out, _ = run("--fix")
    assert status == 0 and out == "mended 1; no problems found\n"
    assert path.read_text() == ONE_UNIT.replace("softmax", "sigmoid")
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_difference_is_shown_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a=ONE_UNIT)
    status, out, err = run("--diff")
    assert status == 1
    assert "-    x -> Dense(8, relu) -> Dense(1, softmax) as y\n" in out
    assert "+    x -> Dense(8, relu) -> Dense(1, sigmoid) as y\n" in out
    assert "1 finding would be mended" in err
    assert (tmp_path / "a.nn").read_text() == ONE_UNIT
    write(tmp_path, a=GOOD)
    assert run("--diff")[:2] == (0, "")


def test_standard_input_is_mended_to_standard_output(run: Run) -> None:
    status, out, err = run("-", "--fix", stdin=ONE_UNIT)
    assert (status, out) == (0, ONE_UNIT.replace("softmax", "sigmoid"))
    assert "mended 1" in err


def test_standard_input_under_the_name_of_a_file(run: Run, tmp_path: Path) -> None:
    """Its imports and configuration are looked for beside that file, which need not be there."""
    write(tmp_path, models__blocks="block Wide = Dense(64, relu)\n")
    configuration = '[tool.nndsl.per-file-ignores]\n"models/*.nn" = ["L301"]\n'
    configure(tmp_path, configuration)
    text = (
        'import Wide from "blocks.nn"\nmodel M {\n    input x: [4]\n'
        "    x -> Wide -> Dense(1, softmax) as y\n    output y\n}\n"
    )
    name = os.path.join("models", "new.nn")
    assert run("-", "--stdin-filename", name, stdin=text)[0] == 0
    status, out, _ = run(
        "-", "--stdin-filename", "new.nn", "--output-format", "concise", stdin=text
    )
    assert status == 1 and out.startswith("new.nn:1:")


def test_rules_are_selected_from_python() -> None:
    text = "model M {\n    input x: [4]\n    x -> Dense(1, softmax) as y\n    output y\n}\n"
    assert [d.code for d in nndsl.check(text)] == ["L301"]
    assert not nndsl.check(text, ignore=["one-unit-softmax"])
    assert not nndsl.check(text, select=["R"])
    assert [d.code for d in nndsl.check(text, select=["r", "l301"])] == ["L301"]
    with pytest.raises(ValueError, match="did you mean one-unit-softmax"):
        nndsl.check(text, ignore=["one-unit-softmx"])


def test_what_can_be_mended_is_said(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a=ONE_UNIT)
    assert "1 error; 1 can be mended with --fix\n" in run()[1]


# ---- Watching --------------------------------------------------------------------------------


def test_watching(tmp_path: Path) -> None:
    write(tmp_path, a=GOOD)
    command = [sys.executable, "-u", "-m", "nndsl", "check", "--watch"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        try:
            assert next(lines) == "no problems found\n"
            assert any("watching" in line for line in lines)
            time.sleep(1)
            write(tmp_path, a=TYPO)
            assert any("unknown word `rleu`" in line for line in lines)
            assert any("watching" in line for line in lines)
            time.sleep(1)
            write(tmp_path, a=GOOD)
            assert any("no problems found" in line for line in lines)
        finally:
            process.terminate()
