"""What is said about layers and other names -> Markdown: for an editor's hover and the reference.

An editor shows one entry; the reference is a page for each list of names, and a page of contents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from nndsl.reference import Entry, Group, worked
from nndsl.reference.entry import listed

#: A longer signature has an argument a line.
_WIDTH = 90


def entry_markdown(entry: Entry, level: int = 3) -> str:
    """Return all that is said about a name, under a heading of this level."""
    parts = [f"{'#' * level} {entry.name}", entry.summary + _also(entry), _code(_signature(entry))]
    parts += entry.notes
    if entry.example:
        parts.append(_code(_example(entry)))
    rows = entry.grouped()
    if rows:
        table = ["| argument | takes |", "|---|---|"]
        table += [f"| {_names(names)} | {_cell(takes)} |" for names, takes in rows]
        parts.append("\n".join(table))
    if entry.common:
        common = ", ".join(f"`{one.written}`" for one in entry.common)
        parts.append(f"As every layer: {common}.")
    parts.append(f"[{entry.name} in Keras's documentation]({entry.link})")
    return "\n\n".join(parts) + "\n"


def page_markdown(group: Group, entries: Iterable[Entry], note: str) -> str:
    """Return a page about the names of a list."""
    head = [f"# {group.title}", note]
    if group.usage:
        head.append(f"Used as in `{group.usage}`.")
    return "\n".join([*(f"{part}\n" for part in head), *(entry_markdown(e, 2) for e in entries)])


def contents_markdown(title: str, text: str, groups: Sequence[Group]) -> str:
    """Return a page that lists the names with what they do, and leads to the others."""
    lists = (list_markdown(group, page_name(group)) for group in groups)
    return "\n".join([f"# {title}\n", f"{text}\n", *lists])


def list_markdown(group: Group, page: str = "") -> str:
    """Return the names of a list with what they do, and links to a page, if there is one."""
    table = ["| name | |", "|---|---|"]
    for name, summary in group.names:
        shown = f"[{name}]({page}#{_anchor(name)})" if page else f"`{name}`"
        table.append(f"| {shown} | {_cell(summary)} |")
    title = f"[{group.title}]({page})" if page else group.title
    return f"## {title}\n\n" + "\n".join(table) + "\n"


def page_name(group: Group) -> str:
    """Return the name of the file for a list."""
    return re.sub(r"\W+", "_", group.title.lower()) + ".md"


def _anchor(name: str) -> str:
    """Return how a page calls the heading of a name: `opsmean` for `ops.mean`."""
    return name.lower().replace(".", "")


def _also(entry: Entry) -> str:
    also = f" Also written {listed(entry.aliases)}." if entry.aliases else ""
    return also + (f" Since Keras {entry.since}." if entry.since else "")


def _signature(entry: Entry) -> str:
    if len(entry.signature) <= _WIDTH:
        return entry.signature
    start, _, _ = entry.signature.partition("(")
    return "\n".join([f"{start}(", *(f"    {piece}," for piece in entry.pieces), ")"])


def _example(entry: Entry) -> str:
    lines = [*entry.example, f"# {worked(entry.example)}"] if entry.runs else entry.example
    return "\n".join(lines)


def _code(text: str) -> str:
    return f"```nn\n{text}\n```"


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
