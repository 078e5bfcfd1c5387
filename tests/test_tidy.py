"""The house stays tidy: which room imports which, how large modules are, and what they say."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from nndsl.diagnostic import NAMES
from nndsl.lint import RULES

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "nndsl").rglob("*.py"))

#: The rooms in their order: each imports only from itself and from those before it.
ROOMS = (
    "source", "record", "suggest", "diagnostic", "resources", "std", "vocabulary", "layers",
    "operations", "training", "syntax", "imports", "data", "expression", "distribution", "extern",
    "edits", "graph",
    "resolve", "memory", "shapes", "outline", "summary", "comparison", "layout", "drawing",
    "flatten", "lint", "plan", "emit", "pretty", "compiler", "fixing", "fmt", "reference", "codes",
    "render", "ide", "lsp", "cli",
    "notebook", "highlighting",
)  # fmt: skip
#: These stand outside the rooms: the interface for Python, and `python -m nndsl`.
OUTSIDE = {"__init__", "__main__"}
MAX_LINES = 450
#: Tables and the like, which nobody reads from top to bottom.
MAY_BE_LONG = {"nndsl/vocabulary/table.py", "nndsl/syntax/tables.py"}

PARSED = {path: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _room(path: Path) -> str:
    return path.relative_to(ROOT / "nndsl").parts[0].removesuffix(".py")


def _imports(tree: ast.Module) -> Iterator[str]:
    """Yield every module that is imported, wherever the import stands; relative ones as `.`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                yield "."
            elif module == "nndsl":
                yield from (f"nndsl.{alias.name}" for alias in node.names)
            else:
                yield module


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_rooms_import_in_order(path: Path) -> None:
    room = _room(path)
    if room in OUTSIDE:
        return
    assert room in ROOMS, "a new room needs a place in the order"
    for module in _imports(PARSED[path]):
        assert module != ".", "imports are absolute"
        if module.startswith("nndsl."):
            used = module.split(".")[1]
            if used in ROOMS:
                assert ROOMS.index(used) <= ROOMS.index(room), f"{room} imports {used}"
            else:
                assert used == "__version__"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_nothing_imports_what_a_check_must_not_need(path: Path) -> None:
    roots = {module.partition(".")[0] for module in _imports(PARSED[path])}
    assert not roots & {"keras", "tensorflow", "numpy", "torch", "jax", "lark"}
    assert not roots & {"pygls", "lsprotocol"} or _room(path) == "lsp"
    assert "jinja2" not in roots or _room(path) == "emit"
    assert "black" not in roots or _room(path) == "pretty"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_modules_are_short(path: Path) -> None:
    if _name(path) not in MAY_BE_LONG:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_no_text_is_ever_run(path: Path) -> None:
    called = {
        node.func.id
        for node in ast.walk(PARSED[path])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & {"eval", "exec", "compile", "__import__"}


def test_codes_have_names_and_names_have_codes() -> None:
    used: set[str] = set()
    for path, tree in PARSED.items():
        if _room(path) in ("codes", "cli") or _name(path) == "nndsl/lint/index.py":
            continue  # which speak of codes and find nothing
        if _name(path) == "nndsl/diagnostic.py":
            continue
        constants = (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant))
        strings = {value for value in constants if isinstance(value, str)}
        used.update(text for text in strings if re.fullmatch(r"[A-Z]\d{3}", text))
    used -= set(RULES)
    assert used <= set(NAMES), "a code without a name"
    assert set(NAMES) <= used, "a name for a code that nothing reports"


def test_names_of_codes_are_unique_and_well_formed() -> None:
    assert len(set(NAMES.values())) == len(NAMES)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in NAMES.values())


def test_no_paths_of_a_machine_in_tracked_files() -> None:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("not a git repository")
    places = ["/" + folder + "/" for folder in ("tmp", "root", "home", "Users")]
    for name in done.stdout.decode().split("\0"):
        path = ROOT / name
        if not name or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found = [place for place in places if place in text]
        assert not found, f"{name} names {found}"
