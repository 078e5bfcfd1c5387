"""A whole figure -> one HTML file: moved, folded, searched and asked in a browser.

All of it is in the file, and its policy lets nothing else in: no script but the one whose sum it
names, no request. What the source says gets there as JSON, and into the page as text.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from nndsl.drawing import marks, words
from nndsl.drawing.colours import DARK, LIGHT, Theme
from nndsl.drawing.figure import Figure, Node
from nndsl.drawing.measures import SHAPE, TITLE
from nndsl.drawing.svg import escape, style
from nndsl.resources import template
from nndsl.source import Source, Span

_START = 'nndsl.listen();nndsl.open(JSON.parse(document.getElementById("data").textContent));'


def page(figure: Figure, theme: str = "auto") -> str:
    """Return the file. The figure is a whole one, and its theme "auto", "light" or "dark"."""
    data = json.dumps(payload(figure), separators=(",", ":")).replace("<", "\\u003c")
    return document(
        figure.title,
        sheet([name for name, _ in figure.legend], theme),
        f'{body()}\n<script type="application/json" id="data">{data}</script>',
        template("page/view.js") + _START,
    )[0]


def document(
    title: str, rules: str, inside: str, script: str, allowed: str = ""
) -> tuple[str, str]:
    """Return an HTML file with one script, and its policy, to which more may be `allowed`."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        f"{allowed}base-uri 'none'; form-action 'none'"
    )
    lines = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title>",
        f"<style>{rules}</style>",
        "</head>",
        "<body>",
        inside,
        f"<script>{script}</script>",
        "</body>",
        "</html>",
        "",
    ]
    return "\n".join(lines), policy


def body() -> str:
    """Return what the script fills."""
    return template("page/body.html").strip()


def sheet(families: Sequence[str], theme: str) -> str:
    """Return the style sheet of picture and page."""
    rules = style(families, theme) + template("page/view.css").strip()
    if theme != "auto":
        return _variables(DARK if theme == "dark" else LIGHT) + rules
    dark = f"@media(prefers-color-scheme:dark){{{_variables(DARK)}}}"
    return _variables(LIGHT) + dark + rules


def _variables(theme: Theme) -> str:
    return f":root{{{';'.join(f'--{name}:{colour}' for name, colour in theme.items())}}}"


# ---- What the script reads -----------------------------------------------------------------


def payload(figure: Figure) -> dict[str, Any]:
    """Return the figure as the script reads it."""
    sources: dict[Source, int] = {}
    parents = {inner.key: node.key for node in figure.boxes() for inner in node.nodes}
    levels = [("", figure.wires, figure.labels)]
    levels += [(node.key, node.wires, node.labels) for node in figure.boxes()]
    return {
        "title": figure.title,
        "subtitle": figure.subtitle,
        "legend": figure.legend,
        "boxes": [_box(node, parents.get(node.key, ""), sources) for node in figure.boxes()],
        "wires": [
            {
                "parent": key,
                "source": wire.source,
                "target": wire.target,
                "net": wire.net,
                "tip": wire.tip,
                "points": wire.points,
            }
            for key, wires, _ in levels
            for wire in wires
        ],
        "labels": _labels(figure, levels),
        "sources": [{"name": source.name, "text": source.text} for source in sources],
    }


def _labels(figure: Figure, levels: Iterable[tuple[str, Any, Any]]) -> list[dict[str, Any]]:
    open_ = {node.key for node in figure.boxes() if node.form == "open"}
    return [
        {
            "parent": key,
            "source": label.source,
            "x": label.x,
            "y": label.y,
            "width": round(words.width(label.text, SHAPE), 1),
            "text": label.text,
            "folded": label.source in open_,
        }
        for key, _, labels in levels
        for label in labels
    ]


def _box(node: Node, parent: str, sources: dict[Source, int]) -> dict[str, Any]:
    spans = [*node.calls, *([node.span] if node.span else [])]
    found = {
        "key": node.key,
        "parent": parent,
        "name": node.name,
        "form": node.form,
        "title": node.title,
        "badge": node.badge,
        "facts": node.facts,
        "shared": node.shared,
        "places": [_place(span, sources) for span in spans],
        "x": node.x,
        "y": node.y,
        "width": node.width,
        "height": node.height,
    }
    if node.closed is None:
        return {**found, "marks": list(_marks(node))}
    closed = node.closed
    sides = {"x": closed.x, "y": closed.y, "width": closed.width, "height": closed.height}
    return {
        **found,
        "needed": round(words.width(f"{node.title}  {node.badge}", TITLE, bold=True) + 30.0, 1),
        "isClosed": node.is_closed,
        "closed": {**sides, "marks": list(_marks(closed))},
    }


def _marks(node: Node) -> Iterator[list[Any]]:
    for mark in marks.box(node):
        if isinstance(mark, marks.Rectangle):
            sides = [mark.x, mark.y, mark.width, mark.height]
            yield ["rect", mark.kind, *(round(side, 2) for side in sides), mark.radius]
        elif isinstance(mark, marks.Circle):
            yield ["circle", mark.kind, round(mark.x, 2), round(mark.y, 2), mark.radius]
        elif isinstance(mark, marks.Words):
            yield ["words", mark.kind, round(mark.x, 2), round(mark.y, 2), mark.text]


def _place(span: Span, sources: dict[Source, int]) -> tuple[int, int, int]:
    """Return the number of a text, and the first and last line of a place in it."""
    number = sources.setdefault(span.source, len(sources))
    last = span.source.line_column(max(span.end - 1, span.start))[0]
    return number, span.line, last
