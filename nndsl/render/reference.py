"""What is said about layers and other names -> text for a terminal."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

from nndsl.reference import Entry, Group, worked
from nndsl.reference.entry import LAYER, OPERATION, listed
from nndsl.render.terminal import BOLD, FRAME, Painter

WIDTH = 100
_INDENT = "  "
#: Longer names have a line to themselves.
_MAX_NAME = 36
_QUOTED = re.compile(r"`[^`]*`")
#: Stands for a space at which no line is broken.
_GLUE = "\x00"


def render_entry(entry: Entry, *, colour: bool = False, width: int = WIDTH) -> str:
    """Return all that is said about a name."""
    paint = Painter(colour)
    parts = [_head(entry, width, paint), _signature(entry, width)]
    parts += [wrapped(note, width) for note in entry.notes]
    if entry.example:
        parts.append(_example(entry, paint))
    if entry.grouped() or entry.common:
        parts.append(_arguments(entry, width, paint))
    parts.append(_INDENT + paint(entry.link, FRAME) + "\n")
    return "\n".join(parts)


def render_groups(groups: Iterable[Group], *, colour: bool = False, width: int = WIDTH) -> str:
    """Return the names in their lists: with a line about each, or, if they are brief, in rows."""
    paint = Painter(colour)
    return "\n".join(_list(group, width, paint) for group in groups)


def render_brief(groups: Iterable[Group], *, colour: bool = False, width: int = WIDTH) -> str:
    """Return the names in their lists, without what they do."""
    paint = Painter(colour)
    out = []
    for group in groups:
        names = ", ".join(name for name, _ in group.names)
        out.append(_title(group, paint) + wrapped(names, width))
    return "\n".join(out)


def _head(entry: Entry, width: int, paint: Painter) -> str:
    what = entry.kind
    if entry.kind in (LAYER, OPERATION):
        what += ": " + entry.group.rpartition(": ")[2]
    head = f"{paint(entry.name, BOLD)}  {paint(f'({what})', FRAME)}\n"
    return head + wrapped(entry.summary + _also(entry), width)


def _also(entry: Entry) -> str:
    also = f" Also written {listed(entry.aliases)}." if entry.aliases else ""
    return also + (f" Since Keras {entry.since}." if entry.since else "")


def _signature(entry: Entry, width: int) -> str:
    """Return the signature, broken between arguments, which stand under the first of them."""
    start = f"{_INDENT}{entry.source} -> {entry.name}" if entry.source else _INDENT + entry.name
    if not entry.pieces:
        return start + "\n"
    start += "("
    lines, line = [], start
    for number, piece in enumerate(entry.pieces, 1):
        text = piece + (")" if number == len(entry.pieces) else ",")
        if len(line) + len(text) > width and line.strip() and number > 1:
            lines.append(line.rstrip())
            line = " " * min(len(start), 32)
        line += text + " "
    return "\n".join([*lines, line.rstrip()]) + "\n"


def _arguments(entry: Entry, width: int, paint: Painter) -> str:
    """Return what the arguments take, and which of them every layer has."""
    rows = [(", ".join(names), takes) for names, takes in entry.grouped()]
    out = [paint("Arguments", BOLD) + "\n"] if rows else []
    column = _column(names for names, _ in rows)
    out += [_row(names, takes, column, width) for names, takes in rows]
    if entry.common:
        common = ", ".join(f"`{one.written}`" for one in entry.common)
        out.append(wrapped(f"As every layer: {common}.", width))
    return "".join(out)


def _column(names: Iterable[str]) -> int:
    """Return the width of a column of names."""
    return max((len(name) for name in names if len(name) <= _MAX_NAME), default=0)


def _row(name: str, text: str, column: int, width: int) -> str:
    """Return a name with a text beside it; a long name has its lines to itself."""
    margin = _INDENT + " " * (column + 2)
    lines = _lines(text, width - len(margin)) or [""]
    if len(name) > column:
        return wrapped(name, width) + "".join(f"{margin}{line}\n" for line in lines)
    first = f"{_INDENT}{name.ljust(column)}  {lines[0]}".rstrip() + "\n"
    return first + "".join(f"{margin}{line}\n" for line in lines[1:])


def _example(entry: Entry, paint: Painter) -> str:
    out = [paint("Example", BOLD) + "\n"]
    out += [f"{_INDENT}{line}\n" for line in entry.example]
    if entry.runs:
        out.append(_INDENT + paint(f"# {worked(entry.example)}", FRAME) + "\n")
    return "".join(out)


def _list(group: Group, width: int, paint: Painter) -> str:
    column = _column(name for name, _ in group.names)
    rows = (_row(name, summary, column, width) for name, summary in group.names)
    return _title(group, paint) + "".join(rows)


def _title(group: Group, paint: Painter) -> str:
    usage = "  " + paint(f"({group.usage})", FRAME) if group.usage else ""
    return paint(group.title, BOLD) + usage + "\n"


def wrapped(text: str, width: int) -> str:
    """Return a text in indented lines of at most this width."""
    return "".join(f"{_INDENT}{line}\n" for line in _lines(text, width - len(_INDENT)))


def _lines(text: str, width: int) -> list[str]:
    """Break a text into lines, but not between backticks."""
    whole = _QUOTED.sub(lambda match: match[0].replace(" ", _GLUE), text)
    lines = textwrap.wrap(whole, width, break_on_hyphens=False)
    return [line.replace(_GLUE, " ") for line in lines]
