"""`nndsl new`: every project is right as it is written, and trains; nothing is ever overwritten."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

import nndsl
from nndsl.cli import main
from nndsl.cli.new import TEMPLATES, project_files

ROOT = Path(__file__).resolve().parent.parent
each_template = pytest.mark.parametrize("template", TEMPLATES)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@each_template
def test_a_project_is_right_as_it_is(
    folder: Path, template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "my-flowers", "--template", template]) == 0
    said = capsys.readouterr()
    assert said.out == "" and "nndsl train model.nn" in said.err
    project = folder / "my-flowers"
    written = {path.name for path in project.iterdir()}
    assert all(f"wrote {Path('my-flowers') / name}\n" in said.err for name in written)
    readme = (project / "README.md").read_text(encoding="utf-8")
    assert readme.startswith("# my-flowers\n") and "$" not in readme
    listed = set(re.findall(r"^\| `([^`]+)` \|", readme, re.MULTILINE))
    assert listed == written - {"README.md", ".gitignore"}
    assert "model MyFlowers" in (project / "model.nn").read_text(encoding="utf-8")
    assert main(["check", str(project), "--select", "ALL"]) == 0
    assert capsys.readouterr().out + capsys.readouterr().err == "no problems found\n"
    assert main(["fmt", "--check", str(project)]) == 0


@each_template
def test_it_compiles_in_every_style(folder: Path, template: str) -> None:
    text = project_files("flowers", template)["model.nn"]
    for style in ("functional", "subclass"):
        compiled = nndsl.compile(text, style=style, name="model.nn")
        assert compiled.code and [d.code for d in compiled.diagnostics] in ([], ["T805"])


@pytest.mark.parametrize("name", ["dense", "Conv2D", "stage", "class", "keras", "a", "x-1_y"])
@each_template
def test_names_that_mean_something_elsewhere(template: str, name: str) -> None:
    compiled = nndsl.compile(project_files(name, template)["model.nn"])
    assert not [d for d in compiled.diagnostics if d.severity == "error"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "is no name of a project"),
        ("1st", "is no name of a project"),
        ("-", "is no name of a project"),
        ("my flowers", "is no name of a project"),
        ("цветы", "is no name of a project"),
        ("a" * 65, "is no name of a project"),
        ("..", "is no name of a project"),
        ("x\n", "is no name of a project"),
        ("$project", "is no name of a project"),
        ("nul", "is a device"),
        ("nowhere/flowers", "there is no folder nowhere"),
    ],
)
def test_bad_names(folder: Path, capsys: pytest.CaptureFixture[str], name: str, said: str) -> None:
    assert main(["new", name]) == 2
    assert said in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_what_is_there_stays(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "empty").mkdir()
    (folder / "file").write_text("mine", encoding="utf-8")
    (folder / "link").symlink_to("nowhere")
    for name in ("empty", "file", "link"):
        assert main(["new", name]) == 2
        assert "is left as it is" in capsys.readouterr().err
    assert list((folder / "empty").iterdir()) == []
    assert (folder / "file").read_text(encoding="utf-8") == "mine"
    assert (folder / "link").is_symlink() and not (folder / "nowhere").exists()


def test_a_failed_write_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = Path.open

    def fail(self: Path, *arguments: object, **options: object) -> object:
        if self.name == "README.md" and self.parent.name == "flowers":
            raise OSError(28, "No space left on device")
        return whole(self, *arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", fail)
    assert main(["new", "flowers"]) == 2
    assert "README.md cannot be written: No space left" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_a_folder_elsewhere(folder: Path) -> None:
    (folder / "work").mkdir()
    assert main(["new", os.path.join("work", "flowers")]) == 0
    assert (folder / "work" / "flowers" / "model.nn").is_file()


def test_the_data_are_made_by_the_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import make_project_data

    for path, text in make_project_data.make_files().items():
        assert (ROOT / "templates" / "projects" / path).read_text(encoding="utf-8") == text


#: What the metric of a project must come to on what is held out; images are made up.
LEARNT = {
    "mlp": ("accuracy", 0.9),
    "text": ("accuracy", 0.8),
    "multi-input": ("urgent_accuracy", 0.8),
    "cnn": None,
    "tabular": None,
}


@pytest.mark.keras
@each_template
def test_it_trains(
    folder: Path,
    template: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pytest.importorskip("keras")
    import oracle

    assert main(["new", "flowers", "--template", template]) == 0
    monkeypatch.chdir(folder / "flowers")
    assert main(["compile", "model.nn"]) == 0
    options = ["--epochs", "1"] if LEARNT[template] is None else []
    monkeypatch.setattr(sys, "argv", ["model.py", *options])
    capsys.readouterr()
    oracle.import_file(folder / "flowers" / "model.py").main()
    assert (folder / "flowers" / "flowers.keras").is_file()
    if LEARNT[template] is not None:
        name, least = LEARNT[template]
        scores = capsys.readouterr().out.split("Held out:")[1].splitlines()[0]
        (score,) = re.findall(rf"\b{name} ([0-9.]+)", scores)
        assert float(score) >= least
