"""Models of others: correct ones, of which nothing is told, and mistakes, of which the right is.

`corpus/correct` holds models of public tutorials and papers, each with its source. Some look wrong
and are right: a linear head, an autoencoder with sigmoid and mse, a softmax inside of attention.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from corpus_files import BLOCK, BY_HAND, Entry, check, entries, mended

import nndsl
from nndsl.compiler import Options, check_model
from nndsl.source import Source

ROOT = Path(__file__).resolve().parent
sys.path.append(str(ROOT.parent / "tools"))
CORRECT = [pytest.param(entry, id=entry.id) for entry in entries("correct")]
EXAMPLES = sorted((ROOT.parent / "examples").rglob("*.nn"))


@pytest.mark.parametrize("entry", CORRECT)
def test_nothing_is_told_of_a_correct_model(entry: Entry) -> None:
    found = check_model(Source("model.nn", entry.text), Options())
    told = [f"{d.code} {d.title}" for d in found if d.severity != "info"]
    assert not told
    assert nndsl.compile(entry.text).code is not None


MISTAKES = [pytest.param(entry, id=entry.id) for entry in entries("mistakes")]
MENDED = [
    pytest.param(entry, id=entry.id) for entry in entries("mistakes") if entry.mended != BY_HAND
]


@pytest.mark.parametrize("entry", MISTAKES)
def test_a_mistake_is_told_on_the_right_node(entry: Entry) -> None:
    found = check(Source("model.nn", entry.text))
    assert (entry.code, entry.at) in {(d.code, d.span.text) for d in found}
    for finding in found:
        if finding.code == entry.code and finding.span.text == entry.at:
            assert finding.help, "every one of these can be helped"


@pytest.mark.parametrize("entry", MISTAKES)
def test_a_mistake_is_told_once(entry: Entry) -> None:
    """What else is told are other mistakes of the same thread: other names of an old Keras."""
    found = check(Source("model.nn", entry.text))
    others = {d.code for d in found if d.severity != "info"} - {entry.code}
    assert others <= {"A201"}


@pytest.mark.parametrize("entry", MENDED)
def test_a_mistake_is_mended(entry: Entry) -> None:
    result = mended(entry, unsafe=True)
    assert entry.mended in result.source.text
    assert not [f"{d.code} {d.title}" for d in result.left if d.severity == "error"]


def test_most_mistakes_are_mended_safely() -> None:
    texts = [mended(entry, unsafe=False).source.text for entry in entries("mistakes")]
    pairs = zip(entries("mistakes"), texts, strict=True)
    done = [entry for entry, text in pairs if entry.mended != BY_HAND and entry.mended in text]
    assert len(done) >= 0.8 * len(MENDED)


def test_the_page_of_mistakes_is_current() -> None:
    import make_mistakes

    page = make_mistakes.PAGE.read_text(encoding="utf-8")
    assert page == make_mistakes.make_page(), "run `python3 dev.py mistakes`"


def test_there_are_many_mistakes() -> None:
    every = entries("mistakes")
    assert len(every) >= 40
    assert all(entry.code for entry in every)


def test_there_are_many_correct_models() -> None:
    every = entries("correct")
    assert len(every) >= 60
    assert len({entry.text for entry in every}) == len(every)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_nothing_is_told_of_an_example(path: Path) -> None:
    from nndsl.cli.files import files_around

    source = Source(str(path), path.read_text(encoding="utf-8"))
    found = check_model(source, Options(), files_around(str(path)))
    assert not [f"{d.code} {d.title}" for d in found if d.severity != "info"]


@pytest.mark.parametrize(
    "page", ["README.md", *sorted(p.name for p in (ROOT.parent / "docs").glob("*.md"))]
)
def test_nothing_is_told_of_the_models_in_the_documentation(page: str) -> None:
    root = ROOT.parent
    text = (root / page if page == "README.md" else root / "docs" / page).read_text("utf-8")
    for block in BLOCK.findall(text):
        if re.search(r"^(\w+ )?model \w", block, re.MULTILINE):
            found = check_model(Source(page, block), Options())
            assert not [f"{d.code} {d.title}" for d in found if d.severity == "warning"], block
