"""The pages about codes: each code has one, and its examples do what the page says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from data_files import files_of, samples

from nndsl.codes import Example, Page, all_codes, find, name_of, near, page
from nndsl.compiler import Options, check_model, compile_source
from nndsl.diagnostic import NAMES, Diagnostic
from nndsl.lint import RULES, Selection, load
from nndsl.render.codes import page_markdown, render_page
from nndsl.source import Source

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import make_rules  # noqa: E402

CODES = list(all_codes())


def findings(code: str, example: Example) -> tuple[Diagnostic, ...]:
    """Return what is found in an example.

    Its note may be an option of the command line, or speak of a file, which is then there.
    """
    source = Source("example.nn", example.text)
    files = files_of(samples() if "with a file" in example.note else {})
    if code == "X951":  # which only compiling asks about
        consent = example.note == "--allow-python"
        return compile_source(source, Options(consent=lambda: consent), files).diagnostics
    option, _, value = example.note.partition(" ")
    given = {option[2:]: value} if option.startswith("--") else {}
    rules = Selection(extend=(code,))
    return check_model(source, Options(**given, rules=rules), files)


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_page(code: str) -> None:
    about = page(code)
    assert about.summary.endswith(".")
    assert about.wrong and about.right and about.source
    assert code in render_page(about) and about.summary in page_markdown(about)


@pytest.mark.parametrize("code", CODES)
def test_the_wrong_example_gives_the_code(code: str) -> None:
    for example in page(code).wrong:
        found = findings(code, example)
        assert code in {d.code for d in found}, [d.title for d in found]
        others = [d for d in found if d.code != code and d.severity == "error"]
        assert not others, "an example shows one mistake"


@pytest.mark.parametrize("code", CODES)
def test_the_right_example_is_clean(code: str) -> None:
    for example in page(code).right:
        found = findings(code, example)
        told = [f"{d.code} {d.title}" for d in found if d.severity != "info" or d.code == code]
        assert not told


def test_no_page_is_left_of_a_code_that_is_gone() -> None:
    headings = [
        line.split()[1]
        for path in (ROOT / "nndsl" / "codes").glob("*.md")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("## ")
    ]
    assert sorted(headings) == sorted(NAMES)


def test_codes_are_unique() -> None:
    assert not set(NAMES) & set(RULES)
    names = list(all_codes().values())
    assert len(names) == len(set(names))


def test_the_index_is_made_from_the_rules() -> None:
    index = (ROOT / "nndsl" / "lint" / "index.py").read_text(encoding="utf-8")
    assert index == make_rules.make_index(), "run `python3 dev.py rules`"


def test_the_pages_are_made_from_the_rules() -> None:
    written = {
        path.name: path.read_text(encoding="utf-8")
        for path in (ROOT / "docs" / "rules").glob("*.md")
    }
    assert written == make_rules.make_pages(), "run `python3 dev.py rules`"


@pytest.mark.parametrize("code", RULES)
def test_the_index_says_what_the_rule_says(code: str) -> None:
    rule, entry = load(code), RULES[code]
    assert (rule.severity, rule.needs, rule.default, rule.fixes) == entry[1:]


def test_a_code_is_found_by_its_name() -> None:
    assert find("l301") == find("one-unit-softmax") == find("one_unit_softmax") == "L301"
    assert find("L999") is None
    assert near("one-unit-sofmax") == "one-unit-softmax"
    assert name_of("S101") == "rank-mismatch"


def test_pages_are_of_known_form() -> None:
    assert all(isinstance(page(code), Page) for code in CODES)
