"""A figure -> SVG: one file without anything from outside, for light and dark backgrounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from nndsl.drawing import marks
from nndsl.drawing.colours import DARK, KINDS, LIGHT, Theme, edge, fill
from nndsl.drawing.figure import Figure, Node
from nndsl.drawing.measures import DETAIL, HEADING, SHAPE, SYMBOL, TITLE
from nndsl.layout import Point

THEMES = ("auto", "light", "dark")
FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}


def svg(figure: Figure, theme: str = "auto") -> str:
    """Return the figure as an SVG file; "auto" follows what the reader's system prefers."""
    size = f'width="{number(figure.width)}" height="{number(figure.height)}"'
    box = f"0 0 {number(figure.width)} {number(figure.height)}"
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="{box}" role="img">',
        f"<title>{escape(figure.title)}</title>",
        f"<style>{style([name for name, _ in figure.legend], theme)}</style>",
        '<rect class="paper" width="100%" height="100%"/>',
        *elements(marks.marks(figure)),
        "</svg>",
    ]
    return "\n".join(out) + "\n"


def elements(found: Iterable[marks.Mark]) -> Iterator[str]:
    """Yield an element of SVG for each mark."""
    for mark in found:
        if isinstance(mark, marks.Begin):
            yield from _begin(mark.node)
        elif isinstance(mark, marks.End):
            yield "</g>"
        elif isinstance(mark, marks.Words):
            at = f'x="{number(mark.x)}" y="{number(mark.y)}"'
            yield f'<text class="{mark.kind}" {at}>{escape(mark.text)}</text>'
        elif isinstance(mark, marks.Path):
            path = "".join(name + " ".join(map(_pair, points)) for name, points in mark.commands)
            yield f'<path class="{mark.kind}" d="{path}"/>'
        elif isinstance(mark, marks.Circle):
            at = f'cx="{number(mark.x)}" cy="{number(mark.y)}"'
            yield f'<circle class="{mark.kind}" {at} r="{number(mark.radius)}"/>'
        else:
            yield _rectangle(mark)


def _begin(node: Node) -> Iterator[str]:
    shared = f' data-shared="{escape(node.shared)}"' if node.shared else ""
    yield f'<g class="g-{node.form}" id="{node.key}"{shared}>'
    yield f"<title>{escape(chr(10).join(node.facts))}</title>"


def _rectangle(mark: marks.Rectangle) -> str:
    at = f'x="{number(mark.x)}" y="{number(mark.y)}"'
    size = f'width="{number(mark.width)}" height="{number(mark.height)}"'
    return f'<rect class="{mark.kind}" {at} {size} rx="{number(mark.radius)}"/>'


def escape(text: str) -> str:
    """Return text that is nothing but text in XML and HTML, also inside of attributes.

    Characters that XML does not have become a sign of their own.
    """
    return "".join(
        (
            _ESCAPES.get(char, char)
            if char in "\n\t" or char >= " " and char.isprintable()
            else "\ufffd"
        )
        for char in text
    )


def number(value: float) -> str:
    """Return a number with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def _pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


# ---- Style ---------------------------------------------------------------------------------


def style(names: Sequence[str], theme: str) -> str:
    """Return the style sheet: what is the same in all themes, and the colours of the families."""
    fixed = (
        f"text{{font-family:{FONT}}}.h{{font-size:{HEADING}px;font-weight:bold}}"
        f".b{{font-size:{TITLE}px;font-weight:bold}}.d{{font-size:{DETAIL}px}}"
        f".s{{font-size:{SHAPE}px}}.p{{font-size:{SYMBOL}px}}.m{{text-anchor:middle}}"
        ".e{text-anchor:end}.w{fill:none;stroke-width:1.3}.n{stroke-width:1.3}"
        ".z{fill:none;stroke-width:.8}"
    )
    if theme != "auto":
        return fixed + _colours(names, DARK if theme == "dark" else LIGHT)
    dark = _colours(names, DARK)
    return f"{fixed}{_colours(names, LIGHT)}@media(prefers-color-scheme:dark){{{dark}}}"


def _colours(names: Sequence[str], theme: Theme) -> str:
    rules = [
        f".paper{{fill:{theme['paper']}}}text{{fill:{theme['ink']}}}"
        f".d,.s{{fill:{theme['faint']}}}.w{{stroke:{theme['line']}}}.a{{fill:{theme['line']}}}"
        f".open{{fill:{theme['box']};stroke:{theme['frame']}}}.head{{fill:{theme['head']}}}"
    ]
    for name in (*names, "block"):
        colour = KINDS[name][1]
        rules.append(f".f-{name}{{fill:{fill(colour, theme)};stroke:{edge(colour, theme)}}}")
        rules.append(f".z.f-{name}{{fill:none}}")
    return "".join(rules)
