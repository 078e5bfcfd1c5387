"""The code that comes out of the zoo and the examples: what a reviewer would look at first."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import black
import pytest
from test_zoo import CHAINS

import nndsl

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
TEXTS = {
    path.relative_to(EXAMPLES).as_posix().removesuffix(".nn"): path
    for path in sorted(EXAMPLES.rglob("*.nn"))
}
#: The number of lines that a function or method may have.
LONGEST = 60
RULES = "E4,E7,E9,F,I,UP,B,SIM,N"
#: Where Keras's own idiom is another.
IGNORED: dict[str, str] = {}

Function = ast.FunctionDef
Definition = ast.FunctionDef | ast.ClassDef


@cache
def code_of(name: str, style: str) -> str | None:
    """Return the code; None where Sequential cannot express the model."""
    path = TEXTS[name]
    compiled = nndsl.compile(
        path.read_text(encoding="utf-8"), style=style, name=path.name, allow_python=True
    )
    if compiled.code is None:
        assert style == "sequential"
        assert [d.code for d in compiled.diagnostics if d.severity == "error"] == ["G710"]
    return compiled.code


def codes() -> Iterator[tuple[str, str]]:
    for name in TEXTS:
        for style in ("sequential", "functional", "subclass"):
            yield name, style


@pytest.fixture(params=list(codes()), ids="-".join)
def code(request: pytest.FixtureRequest) -> str:
    made = code_of(*request.param)
    if made is None:
        pytest.skip("not a chain")
    return made


def test_chains_and_no_others_are_sequential() -> None:
    found = {name for name in TEXTS if code_of(name, "sequential") is not None}
    assert {name.removeprefix("zoo/") for name in found if name.startswith("zoo/")} == CHAINS


def test_as_black_lays_it_out(code: str) -> None:
    assert black.format_str(code, mode=black.Mode()) == code


def test_no_function_is_long(code: str) -> None:
    lengths = {
        node.name: (node.end_lineno or 0) - node.lineno + 1
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.FunctionDef)
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_no_body_is_written_twice(code: str) -> None:
    definitions = [node for node in ast.parse(code).body if isinstance(node, Definition)]
    bodies = Counter(body_of(node) for node in definitions)
    assert [body for body, times in bodies.items() if times > 1] == []


def body_of(node: Definition) -> str:
    """Return what a function or class does, whatever it is called."""
    text = ast.unparse([part for part in node.body if not is_text(part)])  # type: ignore[arg-type]
    return re.sub(rf"\b{node.name}\b", "", text)


def is_text(part: ast.stmt) -> bool:
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)


def test_all_names_are_used(code: str) -> None:
    tree = ast.parse(code)
    read = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    read |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    made = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    made |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    stored = (n for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    made |= {node.id for node in stored if node.id != "_"}
    assert made - read == set()
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        assert list(unused_parameters(function)) == [], function.name


def unused_parameters(function: ast.FunctionDef) -> Iterator[str]:
    if function.name == "compute_mask" or function.name.startswith("on_"):
        return  # their parameters are Keras's
    used = {"training"} if function.name == "call" else set()  # Keras hands it on to the layers
    used |= {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    arguments = (*function.args.args, *function.args.kwonlyargs)
    for argument in arguments:
        if argument.arg != "self" and argument.arg not in used:
            yield argument.arg


def test_nothing_is_set_to_itself(code: str) -> None:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Assign):
            assert ast.unparse(node.targets[0]) != ast.unparse(node.value)


@pytest.mark.slow
def test_ruff_finds_nothing(tmp_path: Path) -> None:
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    if ruff is None:
        pytest.skip("ruff is not installed")
    for name, style in codes():
        made = code_of(name, style)
        if made is not None:
            (tmp_path / f"{name.replace('/', '_')}_{style}.py").write_text(made, encoding="utf-8")
    command = [ruff, "check", "--isolated", "--no-cache", "--output-format", "concise"]
    command += ["--select", RULES, "--ignore", ",".join(IGNORED), "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert [line for line in done.stdout.splitlines() if ".py:" in line] == [], done.stderr
