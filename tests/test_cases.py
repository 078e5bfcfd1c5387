"""The text cases: what is said about a model, and the code that comes out of it.

`NNDSL_UPDATE=1 pytest tests/test_cases.py` rewrites what the cases expect. Read the difference.
"""

from __future__ import annotations

import ast
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import black
import pytest
from case_files import FOLDER, STYLES, Case, all_cases, clean_cases, findings_text, update

import nndsl
from nndsl.compiler import check_model, compile_source
from nndsl.diagnostic import NAMES
from nndsl.lint import RULES
from nndsl.source import Source
from nndsl.syntax.lexer import lex

#: Codes that no text of this version can lead to, with the reason.
NOT_PRODUCED = {
    "T805": "depends on files, which a text alone has none of: see test_cli.py",
    "X951": "said where code is to be written, not by a check: see test_externs.py",
}

if os.environ.get("NNDSL_UPDATE"):
    for _path in sorted(FOLDER.glob("*/*.md")):
        update(_path)
    all_cases.cache_clear()

CASES = [pytest.param(case, id=case.id) for case in all_cases()]
MARKED = [
    pytest.param(
        case, id=case.id, marks=[pytest.mark.xfail(reason=case.todo, strict=True)] * bool(case.todo)
    )
    for case in all_cases()
]
CLEAN = [pytest.param(case, id=case.id) for case in clean_cases()]


@pytest.mark.parametrize("case", MARKED)
def test_case(case: Case) -> None:
    assert case.received() == case.expected


@pytest.mark.parametrize(
    "case",
    [case for case in all_cases() if case.path.parent.name == "structure"],
    ids=lambda c: c.id,
)
def test_a_mistake_in_a_block_is_told_once_with_its_call(case: Case) -> None:
    (found,) = case.check()
    assert found.severity == "error"
    places = [found.span, *(label.span for label in found.labels)]
    block, _, model = case.text.partition("\nmodel ")
    in_model = [p for p in places if p.source.name == "case.nn" and p.start > len(block)]
    assert len(in_model) < len(places), "no place in the block"
    assert in_model, "no call"


@pytest.mark.parametrize("case", CASES)
def test_every_prefix_is_checked_without_an_exception(case: Case) -> None:
    """A text that is being typed is a prefix of itself at every moment."""
    text = case.text
    ends = sorted({token.end for token in lex(case.source)[0]})
    step = max(1, len(ends) // 40)
    for end in ends[::step]:
        for finding in check_model(Source("prefix.nn", text[:end]), case.make_options()):
            assert 0 <= finding.span.start <= finding.span.end


@pytest.mark.parametrize("case", CLEAN)
def test_generated_code(case: Case) -> None:
    """In every style: the same bytes each time, as black lays it out, and nothing to import."""
    compiled = {style: case.compile(style) for style in STYLES}
    if "T803" in [d.code for d in compiled["functional"].diagnostics]:
        pytest.skip("which model to compile is not said")
    assert compiled["functional"].code and compiled["subclass"].code
    assert case.compile().code in [result.code for result in compiled.values()]
    for style, result in compiled.items():
        if result.code is None:
            assert style == "sequential" and "G710" in [d.code for d in result.diagnostics]
            continue
        assert black.format_str(result.code, mode=black.Mode()) == result.code
        own = {extern.module.partition(".")[0] for extern in result.graph.externs}
        trained = result.graph.training
        own |= {"matplotlib"} if trained and trained.get("plot") else set()
        own |= {"jax", "tensorflow", "torch"} if trained and trained.get("loop") else set()
        own |= {"tensorflow"} if trained and trained.get("prefetch") else set()
        records = trained and getattr(trained.get("data"), "kind", "") == "tfrecord"
        own |= {"tensorflow"} if records else set()
        own |= {"jax", "ray", "tensorflow"} if trained and trained.get("distribute") else set()
        assert _imports(result.code) <= {"keras", "numpy", *own, *sys.stdlib_module_names}


def _imports(code: str) -> set[str]:
    roots = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            roots.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            roots.add((node.module or "").partition(".")[0])
    return roots


@pytest.mark.parametrize("case", CASES)
def test_findings_agree_between_check_and_compile(case: Case) -> None:
    """`check` says all that `compile` says, so that a clean check means that code comes out."""
    source, options = case.source, case.make_options()
    compiled = compile_source(source, options)
    if "T803" not in [d.code for d in compiled.diagnostics]:
        checked = findings_text(check_model(source, options))
        assert checked == findings_text(compiled.diagnostics)


def test_a_check_says_the_same_under_every_hash_seed() -> None:
    program = (
        "import hashlib\n"
        "from case_files import all_cases, findings_text\n"
        "text = ''.join(findings_text(case.check()) for case in all_cases())\n"
        "print(hashlib.sha256(text.encode()).hexdigest())\n"
    )
    digests = set()
    for seed in ("0", "1"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "NNDSL_UPDATE": ""}
        command = [sys.executable, "-c", program]
        here = Path(__file__).parent
        done = subprocess.run(
            command, cwd=here, env=environment, capture_output=True, text=True, check=True
        )
        digests.add(done.stdout.strip())
    assert len(digests) == 1
    assert len(digests.pop()) == 2 * hashlib.sha256().digest_size


@pytest.fixture(scope="module")
def ruff_findings(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What ruff finds with its default rules in the code of every clean case."""
    tmp_path = tmp_path_factory.mktemp("code")
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    if ruff is None:
        pytest.skip("ruff is not installed")
    for number, case in enumerate(clean_cases()):
        for style in ("functional", "subclass"):
            code = case.compile(style).code
            if code is not None:
                (tmp_path / f"case_{number}_{style}.py").write_text(code, encoding="utf-8")
                # The user's own modules stand beside it, which decides where imports belong.
                for module in re.findall(r"^from ([\w.]+) import", code, re.M):
                    if module.partition(".")[0] not in ("keras", "pathlib", "tensorflow"):
                        path = tmp_path / f"{module.replace('.', '/')}.py"
                        path.parent.mkdir(parents=True, exist_ok=True)
                        path.touch()
    command = [ruff, "check", "--isolated", "--no-cache", "--output-format", "concise", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    return [line for line in done.stdout.splitlines() if ".py:" in line]


def test_generated_code_passes_ruff(ruff_findings: list[str]) -> None:
    """But for what the text asks for: numbers compared with numbers, a name that nothing needs."""
    assert not [line for line in ruff_findings if not re.search("F401|PLR0133|RUF059", line)]


def test_generated_code_imports_nothing_unused(ruff_findings: list[str]) -> None:
    assert not [line for line in ruff_findings if "F401" in line]


def test_titles_are_unique() -> None:
    ids = [case.id for case in all_cases()]
    assert len(ids) == len(set(ids))
    assert len(ids) >= 120


def test_every_code_is_shown_by_a_case() -> None:
    shown = {
        code
        for case in all_cases()
        for code in re.findall(r"\[([A-Z]\d+)\]", case.expected["findings"])
    }
    assert shown | set(NOT_PRODUCED) == {*NAMES, *RULES}
    assert not shown & set(NOT_PRODUCED), "a case shows it: take it off the list"


def test_the_python_interface_says_the_same() -> None:
    for case in all_cases()[::10]:
        found = nndsl.check(case.text, name="case.nn", constants=case.make_options().constants)
        if not case.options and not case.beside:
            others = [d.title for d in found if d.code not in RULES]
            assert others == [d.title for d in case.check() if d.code not in RULES]
