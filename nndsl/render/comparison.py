"""A comparison -> text for a terminal, Markdown, JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby

from nndsl.comparison import Change, Comparison, Detail, Kind
from nndsl.outline import Group, Member
from nndsl.render.terminal import BOLD, Painter, visible
from nndsl.shapes.evaluate import show

_SIGNS: dict[Kind, str] = {"added": "+", "removed": "-", "changed": "~"}
_COLOURS: dict[Kind, str] = {"added": "32", "removed": "31", "changed": "33"}


def render_comparison(found: Comparison, *, colour: bool = False, plain: bool = False) -> str:
    """Return what changed, block by block; `plain` is in ASCII."""
    paint = Painter(colour)
    arrow = "->" if plain else "→"
    out = [paint(f"{_heading(found, arrow)}: {counted(found)}", BOLD)]
    for path, changes in groupby(found.changes, key=lambda change: change.path):
        out += ["", paint(visible(" / ".join(path) or "in the model"), BOLD)]
        for change in changes:
            out.append("  " + paint(visible(_line(change, arrow)), _COLOURS[change.kind]))
    out.append("")
    out += [visible(_total(total, arrow)) for total in found.totals]
    return "\n".join(out) + "\n"


def render_comparison_markdown(found: Comparison) -> str:
    """Return what changed as lists, with what is code as code."""
    out = [f"## {_escaped(_heading(found, '→'))}", "", f"{counted(found)}."]
    for path, changes in groupby(found.changes, key=lambda change: change.path):
        out += ["", f"**{_escaped(' / '.join(path) or 'in the model')}**", ""]
        out += [f"- {change.kind}: {_code(_line(change, '→')[2:])}" for change in changes]
    out += ["", "| | before | after | |", "|---|--:|--:|--:|"]
    for total in found.totals:
        out.append(f"| {total.what} | {total.before} | {total.after} | {_difference(total)} |")
    return "\n".join(out) + "\n"


def render_comparison_json(found: Comparison) -> str:
    """Return what changed as data."""
    changes = [
        {
            "kind": change.kind,
            "path": list(change.path),
            "before": _described(change.before),
            "after": _described(change.after),
            "details": _details(change.details),
        }
        for change in found.changes
    ]
    data = {
        "before": found.before.root.title,
        "after": found.after.root.title,
        "changes": changes,
        "totals": _details(found.totals),
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def counted(found: Comparison) -> str:
    """Return how much changed, in words."""
    kinds = [change.kind for change in found.changes]
    counts = [f"{kinds.count(kind)} {kind}" for kind in _SIGNS if kind in kinds]
    return ", ".join(counts) or "no difference"


def _heading(found: Comparison, arrow: str) -> str:
    names = dict.fromkeys([found.before.root.title, found.after.root.title])
    return f" {arrow} ".join(names)


def _line(change: Change, arrow: str) -> str:
    sign = _SIGNS[change.kind]
    if change.before is None or change.after is None:
        return f"{sign} {_words(change.after or change.before)}"
    if isinstance(change.before, Group) and change.before.kind == "model":
        return f"{sign} {_changes(change.details, arrow)}"
    names = dict.fromkeys([change.before.name, change.after.name])
    kind = change.after.kind
    if isinstance(change.after, Group):
        kind = change.after.title.partition(":")[0]  # `repeat`, without the count
    return f"{sign} {f' {arrow} '.join(names)}  {kind}: {_changes(change.details, arrow)}"


def _changes(details: Iterable[Detail], arrow: str) -> str:
    return "; ".join(f"{one.what} {one.before} {arrow} {one.after}" for one in details)


def _words(member: Member | None) -> str:
    """Return what was added or removed: a layer with its arguments, a block with its size."""
    if isinstance(member, Group):
        units = list(member.units())
        weights = sum(weight.size for unit in units for weight in unit.weights)
        return f"{member.name}  {_title(member)}: {len(units)} layers, {weights:,} parameters"
    if member is None:
        return ""
    given = ", ".join(f"{name}={show(value)}" for name, value in member.arguments.items())
    out = ", ".join(map(str, member.outputs))
    weights = sum(weight.size for weight in member.weights)
    count = f", {weights:,} parameters" if weights else ""
    return f"{member.name}  {member.kind}({given}) {out}{count}"


def _title(group: Group) -> str:
    return group.title or group.kind


def _total(total: Detail, arrow: str) -> str:
    if total.before == total.after:
        return f"{total.what}: {total.after}"
    return f"{total.what}: {total.before} {arrow} {total.after} {_difference(total)}".rstrip()


def _difference(total: Detail) -> str:
    """Return the difference of two numbers, and the share: `(+1,024, +3.1 %)`."""
    numbers = [text.replace(",", "") for text in (total.before, total.after)]
    if total.before == total.after or not all(text.isdecimal() for text in numbers):
        return ""
    before, after = map(int, numbers)
    share = f", {100 * (after - before) / before:+.3g} %" if before else ""
    return f"({after - before:+,}{share})"


def _described(member: Member | None) -> dict[str, object] | None:
    if member is None:
        return None
    if isinstance(member, Group):
        return {"name": member.name, "block": member.title, "layers": len(list(member.units()))}
    return {
        "name": member.name,
        "type": member.kind,
        "arguments": {name: show(value) for name, value in member.arguments.items()},
        "output": [list(tensor.shape[1:]) for tensor in member.outputs],
        "parameters": sum(weight.size for weight in member.weights),
    }


def _details(details: Iterable[Detail]) -> list[dict[str, str]]:
    return [{"what": one.what, "before": one.before, "after": one.after} for one in details]


def _escaped(text: str) -> str:
    return "".join(_escapes(visible(text)))


def _escapes(text: str) -> Iterator[str]:
    for char in text:
        yield f"\\{char}" if char in "\\`*_{}[]<>|#" else char


def _code(text: str) -> str:
    """Return text as code in Markdown, whatever is in it."""
    text = visible(text)
    fence = "`"
    while fence in text:
        fence += "`"
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"
