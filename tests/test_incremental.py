"""A text that is checked again as it is typed gives what it gives when it is new.

`NNDSL_KEYSTROKES=200 pytest tests/test_incremental.py` types more than the usual few.
"""

from __future__ import annotations

import gc
import os
import random
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from case_files import all_cases

from nndsl.compiler import Options
from nndsl.diagnostic import Diagnostic
from nndsl.ide.analysis import Analysis
from nndsl.ide.hints import hints
from nndsl.ide.hover import hover
from nndsl.ide.structure import folds, meaning_tokens, outline
from nndsl.imports import Files, NotRead
from nndsl.layers import memory as outputs
from nndsl.memory import Memory
from nndsl.source import Source, Span

ROOT = Path(__file__).resolve().parent.parent
TEXTS = sorted((ROOT / "examples").rglob("*.nn")) + sorted((ROOT / "nndsl/std").glob("*.nn"))
KEYSTROKES = int(os.environ.get("NNDSL_KEYSTROKES", "8"))
#: What is typed beside the characters of the text itself.
TYPED = [
    *"(){}[],=:#\n1 x_|", "->", '"', "'", "\r\n", "block ", "\nmodel M {\n", "\ntrain {\n", "}\n",
    "\nblock B(a) {\n", "else {\n", "\nconst a = 1\n", '\nimport A from "x.nn"\n', "  # nndsl: ",
]  # fmt: skip


def shown(value: Any) -> Any:
    """Return a value with all places in it as they are in the whole text."""
    if isinstance(value, Span):
        return type(value).__name__, value.source.name, value.start, value.end, value.text
    if isinstance(value, Diagnostic) or (is_dataclass(value) and not isinstance(value, type)):
        inside = (shown(getattr(value, field.name)) for field in fields(value))
        return (type(value).__name__, *inside)
    if isinstance(value, (tuple, list)):
        return tuple(map(shown, value))
    return value


def everything(analysis: Analysis, offset: int) -> dict[str, Any]:
    """Return what an editor shows of a text."""
    return {
        "findings": shown(analysis.diagnostics),
        "hints": shown(hints(analysis, 0, len(analysis.source.text))),
        "hover": shown(hover(analysis, offset)),
        "outline": shown(outline(analysis)),
        "folds": folds(analysis),
        "colours": meaning_tokens(analysis),
    }


def analysed(text: str, known: Memory | None) -> Analysis:
    return Analysis(Source("typed.nn", text), Options(), None, known)


def typed(text: str, whole: str, chance: random.Random) -> str:
    """Return a text after a keystroke, or after something was pasted, deleted or undone."""
    place = chance.randrange(len(text) + 1)
    what = chance.random()
    if what < 0.5:
        return text[:place] + chance.choice([*TYPED, *whole[:40]]) + text[place:]
    if what < 0.85:
        return text[:place] + text[place + chance.choice([1, 1, 1, 2, 30]) :]
    if what < 0.95:
        return whole
    start = chance.randrange(len(whole) + 1)
    return text[:place] + whole[start : start + 200] + text[place:]


def check_typing(whole: str, seed: object, keystrokes: int) -> None:
    chance = random.Random(str(seed))
    known = Memory()
    text = whole
    for number in range(keystrokes + 1):
        offset = chance.randrange(len(text) + 1)
        again = everything(analysed(text, known), offset)
        outputs.forget()
        fresh = everything(analysed(text, None), offset)
        for what, found in fresh.items():
            assert again[what] == found, f"{what} after {number} keystrokes of {seed!r} in\n{text}"
        text = typed(text, whole, chance)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_checking_again_is_checking(path: Path) -> None:
    check_typing(path.read_text(encoding="utf-8"), path.name, KEYSTROKES)


def test_checking_the_cases_again() -> None:
    cases = [case for case in all_cases() if len(case.text) < 3000]
    for case in random.Random(3).sample(cases, min(len(cases), 12 * KEYSTROKES)):
        check_typing(case.text, case.id, 2)


MAIN = """\
import Tower, Gate from "tower.nn"
import ConvBN from "std/convolution.nn"

const width = 8

block Wide(n) = Dense(n * width, relu) -> Tower(n)

model M {
    input image: [8, 8, 3]
    image -> ConvBN(4) -> Flatten -> Wide(2) -> Gate as h
    h -> Tower(width) -> Dense(3, softmax) as y
    output y
}
"""
TOWER = """\
import Narrow from "narrow.nn"

extern layer Gate from "mylib" -> [..]
const rate = 0.1

block Tower(n) = Dense(n, relu) -> Narrow(n) -> Dropout(rate)
block Wide(n) = Dense(n)
"""
NARROW = "const half = 2\n\nblock Narrow(n) = Dense(n // half + 1, relu)\n"


def test_files_that_are_imported_change_as_well() -> None:
    chance = random.Random(5)
    whole = {"typed.nn": MAIN, "tower.nn": TOWER, "narrow.nn": NARROW}
    texts = dict(whole)
    known = Memory()

    def read(path: str) -> str:
        if path not in texts:
            raise NotRead(f"there is no file `{path}`")
        return texts[path]

    files = Files(lambda path: path in texts, read)
    for _ in range(20 * KEYSTROKES):
        source = Source("typed.nn", texts["typed.nn"])
        again = Analysis(source, Options(), files, known)
        outputs.forget()
        fresh = Analysis(Source(source.name, source.text), Options(), files)
        assert everything(again, 200) == everything(fresh, 200), texts
        name = chance.choice(list(whole))
        changed = typed(texts[name], whole[name], chance)
        # Mistakes stay for a while, and do not add up until nothing is read at all.
        texts[name] = whole[name] if chance.random() < 0.3 else changed


@pytest.mark.parametrize("path", TEXTS[:: 1 if KEYSTROKES >= 100 else 12], ids=lambda p: p.stem)
def test_nothing_is_left_of_older_versions(path: Path) -> None:
    whole = path.read_text(encoding="utf-8")
    chance = random.Random(path.stem)
    known = Memory()
    counts = []
    for _ in range(3):
        text = whole
        for _ in range(KEYSTROKES):
            everything(analysed(text, known), 0)
            text = typed(text, whole, chance)
        everything(analysed(whole, known), 0)
        outputs.forget()
        gc.collect()
        counts.append(len(gc.get_objects()))
    # What was imported or cached in the meantime is not counted: it does not go on.
    assert counts[2] - counts[1] < 2000, counts
