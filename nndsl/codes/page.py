"""The page of a code: what it means, why it matters, a wrong example, the right one, the source.

Pages of rules are the docstrings of their functions; those of the compiler's own codes stand in
the Markdown files of this room. Both are written alike:

    A sentence that says what is wrong.

    Paragraphs that say why.

    Wrong:
        lines of a `.nn` file

    Right:
        the same, as it should be

    Source: where it is from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from nndsl.diagnostic import Severity

_MARK = re.compile(r"^(Wrong|Right)( \([^)]*\))?:$")
_SOURCE = "Source: "


@dataclass(frozen=True, slots=True)
class Example:
    """Lines of a `.nn` file; `note` is what stands in brackets beside the heading."""

    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    code: str
    name: str
    severity: Severity | None
    summary: str
    paragraphs: tuple[str, ...]
    wrong: tuple[Example, ...]
    right: tuple[Example, ...]
    source: str = ""
    #: False for a rule that runs only where it is selected.
    default: bool = True
    #: True if some of its findings can be mended by `--fix`.
    fixes: bool = False
    #: True for a rule: its findings can be ignored.
    is_rule: bool = False


@dataclass(slots=True)
class _Parts:
    texts: list[str] = field(default_factory=list)
    wrong: list[Example] = field(default_factory=list)
    right: list[Example] = field(default_factory=list)
    source: str = ""


def read_page(
    text: str,
    code: str,
    name: str,
    severity: Severity | None,
    *,
    default: bool = True,
    fixes: bool = False,
    is_rule: bool = False,
) -> Page:
    """Return a page from its text, indented as in a docstring or not at all."""
    parts = _taken_apart(_unindented(text))
    summary, *paragraphs = parts.texts or [""]
    return Page(
        code,
        name,
        severity,
        summary,
        tuple(paragraphs),
        tuple(parts.wrong),
        tuple(parts.right),
        parts.source,
        default,
        fixes,
        is_rule,
    )


def _unindented(text: str) -> list[str]:
    """Return the lines of a docstring without their common indentation."""
    first, *rest = text.strip().splitlines() or [""]
    margins = [len(line) - len(line.lstrip()) for line in rest if line.strip()]
    margin = min(margins, default=0)
    return [first, *(line[margin:].rstrip() for line in rest)]


def _taken_apart(lines: list[str]) -> _Parts:
    parts = _Parts()
    paragraph: list[str] = []
    position = 0
    while position < len(lines):
        line = lines[position]
        position += 1
        mark = _MARK.match(line)
        if line and mark is None:
            paragraph.append(line.strip())
            continue
        _end_paragraph(parts, paragraph)
        if mark is not None:
            position, code = _indented(lines, position)
            examples = parts.wrong if mark[1] == "Wrong" else parts.right
            examples.append(Example(code, (mark[2] or "").strip(" ()")))
    _end_paragraph(parts, paragraph)
    return parts


def _end_paragraph(parts: _Parts, paragraph: list[str]) -> None:
    text = " ".join(paragraph)
    paragraph.clear()
    if text.startswith(_SOURCE):
        parts.source = text.removeprefix(_SOURCE)
    elif text:
        parts.texts.append(text)


def _indented(lines: list[str], position: int) -> tuple[int, str]:
    """Return the indented lines from a position on, and where they end."""
    start = position
    while position < len(lines) and (not lines[position] or lines[position].startswith("    ")):
        position += 1
    code = "\n".join(line[4:] for line in lines[start:position]).strip("\n")
    return position, code + "\n"
