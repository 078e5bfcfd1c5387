"""Reads tests/corpus: models of others, correct ones and mistakes, each with its source."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from nndsl.compiler import Options, check_model
from nndsl.diagnostic import Diagnostic
from nndsl.fixing import Mended, mend
from nndsl.source import Source

CORPUS = Path(__file__).resolve().parent / "corpus"
BLOCK = re.compile(r"^```nn\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TOLD = re.compile(r"^Told: (\w+) at `(.*)`$", re.MULTILINE)
_MENDED = re.compile(r"^Mended: (.*)$", re.MULTILINE)
BY_HAND = "by hand"


@dataclass(frozen=True)
class Entry:
    """A model of the corpus, with where it is from.

    Of a mistake: the code that is told, the text that it points at, and what the text must hold
    once it is mended, or `by hand`.
    """

    file: str
    title: str
    source: str
    text: str
    code: str = ""
    at: str = ""
    mended: str = ""

    @property
    def id(self) -> str:
        return f"{self.file}: {self.title}"


@cache
def entries(folder: str) -> tuple[Entry, ...]:
    """Return the models of a folder of the corpus."""
    found = []
    for path in sorted((CORPUS / folder).glob("*.md")):
        _, *sections = re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for section in sections:
            title = section.partition("\n")[0].strip()
            source = re.search(r"^Source: (.*)$", section, re.MULTILINE)
            block = BLOCK.search(section)
            assert source is not None and block is not None, title
            told, fixed = _TOLD.search(section), _MENDED.search(section)
            entry = Entry(path.stem, title, source[1], block[1])
            if told is not None and fixed is not None:
                entry = replace(entry, code=told[1], at=told[2], mended=fixed[1].strip("`"))
            found.append(entry)
    return tuple(found)


def check(source: Source) -> tuple[Diagnostic, ...]:
    return check_model(source, Options())


def told(entry: Entry) -> Diagnostic | None:
    """Return what is told of a mistake, if it is what should be."""
    found = check(Source("model.nn", entry.text))
    return next((d for d in found if (d.code, d.span.text) == (entry.code, entry.at)), None)


def mended(entry: Entry, *, unsafe: bool) -> Mended:
    return mend(Source("model.nn", entry.text), check, unsafe=unsafe)
