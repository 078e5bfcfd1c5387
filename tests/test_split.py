"""--split: a Python file for each `.nn` file, all of them or none."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import black
import pytest

import nndsl
from nndsl.cli.files import read_import
from nndsl.cli.main import main
from nndsl.cli.writing import is_ours_unchanged
from nndsl.compiler import CompiledModel, Options, compile_source
from nndsl.imports import Files
from nndsl.plan.split import PACKAGES, main_name, module_names
from nndsl.source import Source

PROJECT = {
    "pyproject.toml": "",
    "top.nn": "const n = 5\nblock Top(extra = n) = Dense(n + extra, relu)\n",
    "models/random.nn": (
        'import Top from "../top.nn"\nconst n = 7\n'
        "block ConvBN(filters = n) =\n"
        "    Conv2D(filters, 3, padding=same) -> BatchNormalization -> Top\n"
    ),
    "models/deep/inner-part.nn": (
        'import ConvBN from "../random.nn"\n'
        "block Inner(filters) {\n    input x\n    x -> ConvBN(filters) -> ConvBN as y\n"
        "    x, y -> Concatenate -> ops.relu as z\n    output z\n}\n"
    ),
    "models/main.nn": (
        'import Inner from "deep/inner-part.nn"\n'
        'import ConvBN, Bottleneck from "std/convolution.nn"\nimport Top from "../top.nn"\n'
        "const n = 3\nblock Conv_BN = Conv2D(2, 1)\nmodel M(width = n) {\n"
        "    input x: [8, 8, 3]\n    x -> Inner(4) -> ConvBN(width) -> Conv_BN\n"
        "      -> for f in [2, 4] { Bottleneck(f, project=true) -> Top }\n"
        "      -> Flatten -> Dense(n) as y\n"
        "    output y\n}\n"
    ),
}
PATHS = [
    "main.py",
    "top.py",
    "random_.py",
    "deep/inner_part.py",
    "std/convolution.py",
    "deep/__init__.py",
    "std/__init__.py",
]

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in PROJECT.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(project)

    def run_(*arguments: str) -> tuple[int, str]:
        status = main(["compile", *arguments])
        return status, capsys.readouterr().err

    return run_


def split(project: Path, style: str = "functional") -> CompiledModel:
    folder = project / "models"
    source = Source("models/main.nn", PROJECT["models/main.nn"])
    files = Files(lambda _: True, lambda wanted: read_import(folder, wanted))
    return compile_source(source, Options(style=style, split=True), files)


def texts_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# ---- What comes out


@pytest.mark.parametrize("style", ["functional", "subclass"])
def test_files(project: Path, style: str) -> None:
    made = split(project, style).modules
    assert list(made) == PATHS
    for code in made.values():
        assert black.format_str(code, mode=black.Mode()) == code
    assert sum(code.count("build_model") for code in made.values()) == made["main.py"].count(
        "build_model"
    )


def test_what_stands_in_the_files(project: Path) -> None:
    made = split(project).modules
    for line in (
        "from deep.inner_part import inner",
        "from std.convolution import bottleneck",
        "from std.convolution import conv_bn as conv_bn_2",
        "from top import top",
        "N = 3",
    ):
        assert f"\n{line}\n" in made["main.py"]
    assert '"""Blocks, compiled from deep/inner-part.nn."""' in made["deep/inner_part.py"]
    assert "\nfrom random_ import conv_bn\n" in made["deep/inner_part.py"]
    assert "import keras\n" not in made["top.py"]
    assert "\nN = 5\n" in made["top.py"] and "\nN = 7\n" in made["random_.py"]


@pytest.mark.parametrize("style", ["functional", "subclass"])
def test_ruff_finds_nothing(project: Path, style: str) -> None:
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    if ruff is None:
        pytest.skip("ruff is not installed")
    folder = project / "out"
    for path, code in split(project, style).modules.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(code, encoding="utf-8")
    rules = "E4,E7,E9,F,I,UP,B,SIM,N"
    command = [ruff, "check", "--isolated", "--no-cache", "--select", rules, "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_without_imports_there_is_one_file() -> None:
    text = "model M {\n input x: [2]\n x -> Dense(2) as y\n output y\n}"
    compiled = nndsl.compile(text, name="small.nn")
    assert compiled.modules == {"small.py": compiled.code}


def test_by_the_python_interface() -> None:
    text = (
        'import ConvBN from "std/convolution.nn"\nmodel M {\n    input x: [8, 8, 3]\n'
        "    x -> ConvBN(4) as y\n    output y\n}\n"
    )
    made = nndsl.compile(text, split=True)
    assert list(made.modules) == ["model.py", "std/convolution.py", "std/__init__.py"]
    assert made.code == made.modules["model.py"]
    assert "from std.convolution import conv_bn" in made.code
    with pytest.raises(ValueError, match="flat leaves no blocks"):
        nndsl.compile(text, split=True, flat=True)


# ---- Names of the files


def test_names() -> None:
    sources = [
        "a.nn", "A.nn", "b/a.nn", "b.nn", "keras.nn", "json.nn", "rich/x.nn", "x/json.nn",
        "class.nn", "3d.nn", "my-blocks.nn", "../c.nn", "c.nn", "/far/away.nn", "main/d.nn",
        "std/attention.nn",
        "std/convolution.nn", "../../é.nn",
    ]  # fmt: skip
    found = {name: ".".join(parts) for name, parts in module_names("d/main.nn", sources).items()}
    assert found == {
        "A.nn": "a", "a.nn": "a_2", "b/a.nn": "b.a", "b.nn": "b_2", "keras.nn": "keras_",
        "json.nn": "json_", "rich/x.nn": "rich_.x", "x/json.nn": "x.json", "class.nn": "class_",
        "3d.nn": "block_3d", "my-blocks.nn": "my_blocks", "../c.nn": "c", "c.nn": "c_2",
        "/far/away.nn": "away", "main/d.nn": "main_.d", "std/attention.nn": "std.attention",
        "std/convolution.nn": "std.convolution", "../../é.nn": "block",
    }  # fmt: skip


def test_names_of_the_model() -> None:
    assert main_name("models/digits.nn") == "digits"
    assert main_name("random.nn") == "random_"
    assert main_name("<stdin>") == "model"


def test_what_the_user_imports_is_not_hidden() -> None:
    own = {"parts", "mylib", "Main"}
    found = module_names("main.nn", ["parts.nn", "mylib/blocks.nn", "deep/parts.nn"], own)
    assert sorted(".".join(parts) for parts in found.values()) == [
        "deep.parts", "mylib_.blocks", "parts_",
    ]  # fmt: skip
    assert main_name("models/parts.nn", own) == "parts_"
    text = (
        'extern layer Gate from "main"\nmodel M {\n    input x: [2]\n    x -> Gate as y\n'
        "    output y\n}\n"
    )
    made = nndsl.compile(text, name="main.nn", split=True, allow_python=True)
    assert list(made.modules) == ["main_.py"]


def test_packages_that_keras_needs_are_known() -> None:
    """So no file of the user's is imported in the place of one of them."""
    needed, waiting = set(), ["keras", "tensorflow"]
    while waiting:
        name = waiting.pop()
        try:
            wanted = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        needed.add(name)
        plain = (line for line in wanted if "extra ==" not in line)
        names = {line.partition(";")[0].split("[")[0].split(" ")[0] for line in plain}
        names = {name.rstrip("<>=!~0123456789.,").lower().replace("_", "-") for name in names}
        waiting += names - needed
    if "keras" not in needed:
        pytest.skip("Keras is not installed")
    modules = {
        module
        for module, packages in metadata.packages_distributions().items()
        if any(package.lower().replace("_", "-") in needed for package in packages)
    }
    modules = {module for module in modules if module.isidentifier() and module[0] != "_"}
    assert modules <= PACKAGES


# ---- Writing


def test_written(run: Run, project: Path) -> None:
    status, said = run("models/main.nn", "--split", "-o", "out/deeper")
    assert status == 0
    assert said.splitlines() == [f"wrote {Path('out/deeper') / path}" for path in PATHS]
    found = texts_in(project / "out" / "deeper")
    assert sorted(found) == sorted(PATHS)
    assert all(is_ours_unchanged(text.decode()) for text in found.values())
    assert run("models/main.nn", "--split", "-o", "out/deeper", "--style", "subclass")[0] == 0


def test_beside_the_source_by_default(run: Run, project: Path) -> None:
    assert run("models/main.nn", "--split")[0] == 0
    assert set(PATHS) <= set(texts_in(project / "models"))


@pytest.mark.parametrize("path", PATHS)
def test_one_edited_file_keeps_all_from_being_written(run: Run, project: Path, path: str) -> None:
    run("models/main.nn", "--split", "-o", "out")
    edited = project / "out" / path
    edited.write_text(edited.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    before = texts_in(project / "out")
    status, said = run("models/main.nn", "--split", "-o", "out", "--style", "subclass")
    assert status == 2
    assert "it was edited since nndsl wrote it" in said and path in said
    assert texts_in(project / "out") == before
    assert run("models/main.nn", "--split", "-o", "out", "--force")[0] == 0
    assert b"# mine" not in edited.read_bytes()


def test_a_foreign_file_keeps_all_from_being_written(run: Run, project: Path) -> None:
    (project / "out/std").mkdir(parents=True)
    (project / "out/std/convolution.py").write_text("x = 1\n", encoding="utf-8")
    status, said = run("models/main.nn", "--split", "-o", "out")
    assert status == 2 and "nndsl did not write it" in said
    assert list(texts_in(project / "out")) == ["std/convolution.py"]
    assert not (project / "out/deep").exists()


@pytest.mark.parametrize("where", ["out", "out/std", "out/main.py/x"])
def test_something_else_in_the_way(run: Run, project: Path, where: str) -> None:
    path = project / where
    path.parent.mkdir(parents=True, exist_ok=True)
    if where.endswith("x"):
        path.mkdir()
    else:
        path.write_text("", encoding="utf-8")
    before = texts_in(project)
    status, said = run("models/main.nn", "--split", "-o", "out")
    assert status == 2 and ("is a file, not a folder" in said or "is a folder, not a file" in said)
    assert texts_in(project) == before


@pytest.mark.parametrize("fails_at", range(len(PATHS)))
def test_a_failure_brings_back_what_was_there(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    import os

    assert run("models/main.nn", "--split", "-o", "out")[0] == 0
    (project / "out" / "top.py").unlink()
    before = texts_in(project / "out")
    replace, calls = os.replace, iter(range(len(PATHS)))

    def fail(source: str, target: str) -> None:
        if next(calls) == fails_at:
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr("nndsl.cli.writing.os.replace", fail)
    status, said = run("models/main.nn", "--split", "-o", "out", "--style", "subclass")
    assert status == 2 and "No space left on device" in said
    assert texts_in(project / "out") == before


def test_folders_that_were_made_are_taken_away_again(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(source: str, target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nndsl.cli.writing.os.replace", fail)
    assert run("models/main.nn", "--split", "-o", "new/out")[0] == 2
    assert not (project / "new").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--flat", "-o", "out"], "--flat leaves no blocks"),
        (["-o", "-"], "name a folder with -o"),
    ],
)
def test_wrong_usage(run: Run, arguments: list[str], said: str) -> None:
    status, problem = run("models/main.nn", "--split", *arguments)
    assert status == 2 and said in problem


# ---- In Keras

LOOK = """
import json, keras
from main import build_model

model = build_model()
model.save("model.keras")
loaded = keras.models.load_model("model.keras")
layers = {layer.name: layer.count_params() for layer in model._flatten_layers(include_self=False)}
print(json.dumps([layers, loaded.count_params()]))
"""


@pytest.mark.keras
@pytest.mark.parametrize("style", ["functional", "subclass"])
def test_runs_in_a_fresh_process(run: Run, project: Path, style: str) -> None:
    import oracle

    assert run("models/main.nn", "--split", "-o", "out", "--style", style)[0] == 0
    printed = oracle.run_python(["-c", LOOK], project / "out")
    compiled = split(project, style)
    expected = {layer.name: layer.trainable + layer.non_trainable for layer in compiled.layers}
    found, total = json.loads(printed.splitlines()[-1])
    assert found.items() >= expected.items()
    assert total == sum(expected.values()) > 0
