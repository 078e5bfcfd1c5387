"""Fixes: changes of the text that mend what was found.

Each function returns the edits for one change, or None where the text does not allow it: the fix
is then left out. Whether a text is better for it is seen to where fixes are applied.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

from nndsl.diagnostic import Fix
from nndsl.expression import Bound
from nndsl.source import Span

Edits = tuple[tuple[Span, str], ...]

_ARROW_AFTER = re.compile(r"\s*->[ \t]*")


class Called(Protocol):
    """A layer as it is written: with its place, and its arguments."""

    @property
    def span(self) -> Span: ...

    def argument(self, name: str) -> Bound | None: ...


def fix(description: str, edits: Edits | None, *, safe: bool = True) -> Fix | None:
    """Return a fix of these edits; None if there are none."""
    return Fix(description, edits, safe) if edits else None


def replaced(span: Span, text: str) -> Edits:
    return ((span, text),)


def joined(parts: Iterable[Edits | None]) -> Edits | None:
    """Return all edits together; None if one of them cannot be made."""
    every: list[tuple[Span, str]] = []
    for part in parts:
        if part is None:
            return None
        every += part
    return tuple(every)


# ---- Arguments


def set_argument(made: Called, name: str, value: str) -> Edits | None:
    """Give an argument of a layer another value, or add it."""
    bound = made.argument(name)
    if bound is not None:
        return replaced(bound.value.span, value)
    return add_argument(made.span, f"{name}={value}")


def add_argument(call: Span, text: str) -> Edits | None:
    """Add an argument to the end of a call, or give it its first."""
    written = call.text
    if not written.endswith(")"):
        return ((Span(call.end, call.end, call.source), f"({text})"),)
    if "#" in written:
        return None
    inside = written[:-1].rstrip()
    end = call.start + len(inside)
    comma = "" if inside.endswith(("(", ",")) else ","
    space = "" if inside.endswith("(") else " "
    return ((Span(end, call.end - 1, call.source), f"{comma}{space}{text}"),)


def drop_argument(call: Span, bound: Bound) -> Edits | None:
    """Take an argument out of a call, with its comma."""
    return drop_written(call, bound.span)


def drop_written(call: Span, argument: Span) -> Edits | None:
    """Take an argument out of a call, of which only the callee need be known."""
    source, start, end = argument.source, argument.start, argument.end
    text = source.text
    before = re.search(r",\s*\Z", text[call.start : start])
    after = re.match(r"\s*,\s*", text[end:])
    if before is not None:
        start = call.start + before.start()
    elif after is not None:
        end += after.end()
    else:
        alone = re.search(r"\(\s*\Z", text[call.start : start])
        closing = re.match(r"\s*\)", text[end:])
        if alone is None or closing is None:
            return None
        start, end = call.start + alone.start(), end + closing.end()
    if "#" in text[start:end]:
        return None
    return ((Span(start, end, source), ""),)


# ---- Stages of a chain


def remove_stage(span: Span) -> Edits | None:
    """Take a layer out of its chain, with one of the arrows beside it."""
    text = span.source.text
    start = _arrow_before(text, span.start)
    if start is not None:
        return ((Span(start, span.end, span.source), ""),)
    after = _ARROW_AFTER.match(text, span.end)
    if after is not None and "#" not in after.group():
        return ((Span(span.start, after.end(), span.source), ""),)
    return None


def _arrow_before(text: str, end: int) -> int | None:
    """Return where the arrow in front of an offset begins with what is before it."""
    above = _line_above(text, end)
    head = text[above:end].rstrip()
    if not head.endswith("->"):
        return None
    head = head[:-2].rstrip(" \t")
    if head.endswith("\n"):
        head = head[:-1].removesuffix("\r").rstrip(" \t")
    return above + len(head)


def insert_after(span: Span, stage: str) -> Edits:
    """Put a stage behind a layer; a name that follows goes to the new one."""
    return ((Span(span.end, span.end, span.source), f" -> {stage}"),)


def insert_before(span: Span, stage: str) -> Edits:
    """Put a stage in front of a layer."""
    return ((Span(span.start, span.start, span.source), f"{stage} -> "),)


def swap(a: Span, b: Span) -> Edits | None:
    """Exchange two layers that follow each other in one chain."""
    if a.source is not b.source or a.end > b.start:
        return None
    between = a.source.text[a.end : b.start]
    if between.strip() != "->":
        return None
    return ((a, b.text), (b, a.text))


def _line_above(text: str, offset: int) -> int:
    """Return where the line above the one with an offset begins."""
    line = text.rfind("\n", 0, offset)
    return text.rfind("\n", 0, max(line, 0)) + 1
