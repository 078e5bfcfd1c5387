"""What is packed and installed is all of nndsl, and nothing that a check does not need."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import nndsl

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
#: Folders outside nndsl/ that are packages of it.
ELSEWHERE = {"nndsl.grammars": "grammars", "nndsl.templates": "templates"}
MODEL = "model M {\n    input x: [4]\n    x -> Dense(1) as y\n    output y\n}\n"


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_package_is_listed(project: dict[str, Any]) -> None:
    folders = {folder.parent for folder in (ROOT / "nndsl").rglob("*.py")}
    found = {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    assert set(project["tool"]["setuptools"]["packages"]) == found | set(ELSEWHERE)
    assert all((folder / "__init__.py").exists() for folder in folders)


def test_packages_elsewhere_hold_no_code(project: dict[str, Any]) -> None:
    mapped = project["tool"]["setuptools"]["package-dir"]
    assert mapped == {"nndsl": "nndsl", **ELSEWHERE}
    for folder in ELSEWHERE.values():
        (only,) = (ROOT / folder).rglob("*.py")
        assert only == ROOT / folder / "__init__.py"


def test_checking_and_compiling_need_no_tensorflow(project: dict[str, Any]) -> None:
    names = {requirement.split(">")[0] for requirement in project["project"]["dependencies"]}
    assert names == {"black", "jinja2", "pathspec", "shtab", "tomli"}


class Built(NamedTuple):
    wheel: Path
    sdist: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The wheel and the sdist, built in a copy so that the clone stays clean."""
    pytest.importorskip("build", reason="build is not installed: use `python3 dev.py test`")
    copy = tmp_path_factory.mktemp("clone") / "nndsl"
    ignored = shutil.ignore_patterns(".*_cache", ".git", ".venv", "__pycache__", "*.egg-info")
    shutil.copytree(ROOT, copy, ignore=ignored)
    target = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), str(copy)]
    result = subprocess.run(command, cwd=target, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    (wheel,), (sdist,) = target.glob("*.whl"), target.glob("*.tar.gz")
    return Built(wheel, sdist)


#: What templates are made of.
TEMPLATES = ("*.j2", "*.html", "*.css", "*.js", "*.nn", "*.md", "*.csv", "*.toml", "gitignore")


def data_files(folder: str, *patterns: str) -> set[str]:
    paths = [path for pattern in patterns for path in (ROOT / folder).rglob(pattern)]
    assert paths, folder
    return {path.relative_to(ROOT).as_posix() for path in paths}


@pytest.mark.slow
def test_the_wheel_is_complete(built: Built) -> None:
    expected = data_files("nndsl", "*.py", "*.nn", "*.md", "py.typed")
    for package, folder in ELSEWHERE.items():
        inner = package.replace(".", "/")
        files = data_files(folder, "*.py", "*.lark", *TEMPLATES)
        expected |= {inner + file.removeprefix(folder) for file in files}
    with zipfile.ZipFile(built.wheel) as archive:
        names = set(archive.namelist())
    information = f"nndsl-{nndsl.__version__}.dist-info"
    assert {name for name in names if not name.startswith(information)} == expected
    assert f"{information}/licenses/LICENSE" in names


@pytest.mark.slow
def test_the_sdist_is_complete(built: Built) -> None:
    expected = {"LICENSE", "README.md", "dev.py", "pyproject.toml"}
    expected |= data_files("nndsl", "*.py", "py.typed")
    expected |= data_files("grammars", "*.py", "*.lark")
    expected |= data_files("templates", "*.py", *TEMPLATES)
    expected |= data_files("tests", "*.py", "*.md", "browser/*.html")
    expected |= data_files("tools", "*.py")
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert expected - names == set()
    assert not any("__pycache__" in name or name.startswith(".venv") for name in names)


@pytest.mark.slow
def test_the_metadata(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = HeaderParser().parsestr(archive.read(name).decode())
    assert metadata["Version"] == nndsl.__version__
    assert metadata["License-Expression"] == "MIT"
    requirements = metadata.get_all("Requires-Dist", [])
    always = [requirement for requirement in requirements if "extra ==" not in requirement]
    assert not any("tensorflow" in requirement or "keras" in requirement for requirement in always)
    assert any(
        requirement.startswith("tensorflow") and 'extra == "tensorflow"' in requirement
        for requirement in requirements
    )


@pytest.mark.slow
def test_the_installed_wheel_works_elsewhere(built: Built, tmp_path: Path) -> None:
    target, elsewhere = tmp_path / "target", tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(target)}

    def python(*arguments: str, text: str = "") -> str:
        result = subprocess.run(
            [sys.executable, *arguments],
            cwd=elsewhere,
            env=environment,
            input=text,
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    options = ["--quiet", "--no-deps", "--no-index", "--target", str(target)]
    python("-m", "pip", "install", *options, str(built.wheel))
    where = python("-c", "import nndsl; print(nndsl.__file__)")
    assert Path(where.strip()).is_relative_to(target)
    assert nndsl.__version__ in python("-m", "nndsl", "--version")
    compiled = python("-m", "nndsl", "compile", "-", "-o", "-", text=MODEL)
    compile(compiled, "<compiled>", "exec")
    assert "Dense(1" in compiled


# ---- Releases -------------------------------------------------------------------------------


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import release

    return release


@pytest.mark.slow
def test_two_builds_are_the_same_bytes(release: Any, tmp_path: Path) -> None:
    """From copies in different folders, made by people with different masks, at different times."""
    pytest.importorskip("build", reason="build is not installed: use `python3 dev.py test`")
    ignored = shutil.ignore_patterns(
        ".*_cache", ".git", ".venv", "__pycache__", "*.egg-info", "site"
    )
    sums = []
    for number, mask in enumerate((0o022, 0o077)):
        before = os.umask(mask)
        try:
            copy = tmp_path / str(number) / f"copy{number}"
            shutil.copytree(ROOT, copy, ignore=ignored)
            for path in copy.rglob("*.nn"):
                path.chmod(0o666 & ~mask)
                os.utime(path, (number * 1e8, number * 1e8))
            built = release.build(copy, tmp_path / f"dist{number}", 1_600_000_000)
        finally:
            os.umask(before)
        sums.append({path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in built})
    assert sums[0] == sums[1] and len(sums[0]) == 2
    checked = tmp_path / "dist0"
    if importlib.util.find_spec("twine"):
        command = [sys.executable, "-m", "twine", "check", "--strict", *map(str, checked.iterdir())]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    target = tmp_path / "target"
    options = ["--quiet", "--no-deps", "--no-index", "--target", str(target)]
    wheel = next(checked.glob("*.whl"))
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(wheel)], check=True)
    assert (target / "nndsl" / "templates" / "projects" / "cnn" / "model.nn").is_file()


def test_the_version_stands_in_one_place(release: Any, tmp_path: Path) -> None:
    assert release.said_twice() == []
    (tmp_path / "editors" / "vscode").mkdir(parents=True)
    for name in ("CITATION.cff", "CHANGELOG.md", "editors/vscode/package.json"):
        text = (ROOT / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace(nndsl.__version__, "9.9.9"), encoding="utf-8")
    assert len(release.said_twice(tmp_path)) == 3


def test_the_workflows_use_commands_that_there_are() -> None:
    commands = set(
        re.findall(r"^    python3 dev.py (\w+)", (ROOT / "dev.py").read_text("utf-8"), re.M)
    )
    workflows = "".join(path.read_text("utf-8") for path in (ROOT / ".github").rglob("*.yml"))
    used = set(re.findall(r"python dev.py (\w+)", workflows))
    assert used == {"check", "test", "site", "release"} and used <= commands
