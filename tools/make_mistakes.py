"""Writes docs/mistakes.md: mistakes of public threads, what is said of them, and what Keras says.

python3 dev.py mistakes            write the page, with what Keras said when it was asked last
python3 dev.py mistakes --keras    ask Keras anew, and write the page
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tests"))

from corpus_files import CORPUS, Entry, entries, mended, told  # noqa: E402

from nndsl.codes import GROUPS, name_of  # noqa: E402
from nndsl.render import render_format  # noqa: E402

PAGE = ROOT / "docs" / "mistakes.md"
RECORD = CORPUS / "keras_says.json"
#: Mistakes that no rule was made from, and what came of the first check of them: how many were told
#: on the layer or setting that is at fault, and how many of these with the change that mends it.
#: A file of the corpus for each time that this was done.
FIRST_CHECKS = {"unseen": (20, 19, 13), "unseen_again": (24, 14, 11)}

#: What Keras said of a mistake: the kind of the error or warning, its text, and how many calls it
#: stands below; nothing if Keras takes it.
Said = dict[str, object]


# ---- Keras


def ask_keras() -> dict[str, Said]:
    """Return what Keras says of each mistake that is written for it."""
    sys.path.append(str(CORPUS))
    import in_keras

    return {title: _said(function) for title, function in in_keras.MISTAKES.items()}


def _said(function: Callable[[], object]) -> Said:
    import traceback
    import warnings

    import keras

    keras.utils.clear_session()
    keras.utils.set_random_seed(0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            function()
        except Exception as error:  # whatever Keras has for it
            calls = len(traceback.extract_tb(error.__traceback__)) - 1  # without this one
            return {"kind": type(error).__name__, "text": _plain(str(error)), "calls": calls}
    own = [w for w in caught if "keras" in w.filename]
    if own:
        return {"kind": own[0].category.__name__, "text": _plain(str(own[0].message))}
    return {}


def _plain(text: str) -> str:
    """Return a message without colours and without what differs from machine to machine."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    text = re.sub(r"\{\{.*?\}\}", "{{...}}", text)
    text = re.sub(r"0x[0-9a-f]{6,}", "0x...", text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def recorded() -> dict[str, Said]:
    found: dict[str, Said] = json.loads(RECORD.read_text(encoding="utf-8"))
    return found


# ---- The page

_HEAD = """\
# Mistakes

Mistakes of public threads, each written as a model, with what `nndsl check` says of it. The texts
are in [tests/corpus](../tests/corpus/mistakes).

Made by `python3 dev.py mistakes`: do not edit.

"""
_FIGURES = """\
- {told} of {every} are told at the place that is at fault, with what to change. The rules were
  written with these mistakes at hand, so that says little about others.
{first}- {fixable} can be mended by the text alone; `--fix` mends {safe} of them, `--unsafe-fixes`
  the others. The tests let Keras build and train what comes out.

"""
_FIRST = """\
- {number} of them, of [{file}.md](../tests/corpus/mistakes/{file}.md), were written down with what
  should be told of them when {seen} others were done. Of these, the first check told {right} at the
  layer or setting at fault, and {changed} with the right change. Since then the rules have learnt
  from them, too.
"""
_BESIDE = """
## Beside Keras

What Keras says of {number} of them, written in Keras
([tests/corpus/in_keras.py](../tests/corpus/in_keras.py)), some of them smaller, but with the same
mistake. Of {silent} it says nothing.
"""


def make_page() -> str:
    every = entries("mistakes")
    parts = [_HEAD, *_figures(every), *_table(every), *_beside(every)]
    return "".join(parts).rstrip() + "\n"


def _figures(every: tuple[Entry, ...]) -> Iterator[str]:
    ours = [found for entry in every if (found := told(entry)) is not None and found.help]
    fixable = [entry for entry in every if entry.mended != "by hand"]
    safe = [entry for entry in fixable if _fixed(entry, unsafe=False)]
    yield _FIGURES.format(
        told=len(ours),
        every=len(every),
        first="".join(_first_checks(every)),
        fixable=len(fixable),
        safe=len(safe),
    )


def _first_checks(every: tuple[Entry, ...]) -> Iterator[str]:
    seen = sum(entry.file not in FIRST_CHECKS for entry in every)
    for file, (number, right, changed) in FIRST_CHECKS.items():
        yield _FIRST.format(file=file, number=number, seen=seen, right=right, changed=changed)
        seen += number


def _fixed(entry: Entry, *, unsafe: bool) -> bool:
    return entry.mended in mended(entry, unsafe=unsafe).source.text


def _table(every: tuple[Entry, ...]) -> Iterator[str]:
    yield "| mistake | told | at | mended |\n|---|---|---|---|\n"
    for entry in every:
        by = "`--fix`" if _fixed(entry, unsafe=False) else "`--unsafe-fixes`"
        yield (
            f"| [{entry.title}]({entry.source}) | {_code(entry.code)} | `{_cell(entry.at)}` |"
            f" {by if entry.mended != 'by hand' else 'by hand'} |\n"
        )


def _code(code: str) -> str:
    name = name_of(code)
    return f"[{code}](rules/{GROUPS[code[0]][1]}.md#{code.lower()}-{name}) {name}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _beside(every: tuple[Entry, ...]) -> Iterator[str]:
    said = recorded()
    silent = sum(not one for one in said.values())
    yield _BESIDE.format(number=len(said), silent=silent)
    for entry in every:
        if entry.title in said:
            found = told(entry)
            assert found is not None, entry.title
            ours = render_format([found], "full").strip()
            yield f"\n### {entry.title}\n\n{_keras(said[entry.title])}\n```\n{ours}\n```\n"


def _keras(said: Said) -> str:
    if not said:
        return "Keras says nothing. nndsl:\n"
    below = f", below {said['calls']} calls" if "calls" in said else ""
    return f"Keras{below}:\n\n```\n{said['kind']}: {said['text']}\n```\n\nnndsl:\n"


def main() -> None:
    if "--keras" in sys.argv[1:]:
        text = json.dumps(ask_keras(), indent=1, sort_keys=True)
        RECORD.write_text(text + "\n", encoding="utf-8", newline="\n")
    PAGE.write_text(make_page(), encoding="utf-8", newline="\n")
    print(f"wrote {PAGE}")


if __name__ == "__main__":
    main()
