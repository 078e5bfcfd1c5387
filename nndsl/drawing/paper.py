"""A figure -> PDF and PNG, by reportlab and pypdfium2: the extra `nndsl[graph]`.

Both bring all that they need, fonts as well, so that the same text gives the same bytes. Dark
colours have to be asked for, as neither format knows what its reader prefers.
"""

from __future__ import annotations

from importlib import import_module
from io import BytesIO
from typing import Any

from nndsl.drawing import marks
from nndsl.drawing.colours import DARK, KINDS, LIGHT, Theme, edge, fill
from nndsl.drawing.figure import Figure
from nndsl.drawing.measures import DETAIL, HEADING, SHAPE, SYMBOL, TITLE
from nndsl.layout import Point

#: Classes of words: the size of the type, and whether it is bold.
_TYPE = {
    "h": (HEADING, True), "b": (TITLE, True), "d": (DETAIL, False), "s": (SHAPE, False),
    "p": (SYMBOL, False),
}  # fmt: skip
_FAINT = {"d", "s"}
#: How many pixels of a PNG a point is wide, and how many it has at most.
_SCALE = 2.0
_MOST_PIXELS = 60_000_000
#: PDF knows no larger page.
_MOST_POINTS = 14_400.0


class MissingLibrary(Exception):
    """A library of the extra is not installed."""


def pdf(figure: Figure, theme: str) -> bytes:
    """Return the figure as a file with one page of its size. Raises `MissingLibrary`."""
    canvas = _library("reportlab.pdfgen.canvas")
    out = BytesIO()
    shrink = min(1.0, _MOST_POINTS / max(figure.width, figure.height))
    size = (figure.width * shrink, figure.height * shrink)
    page = canvas.Canvas(out, pagesize=size, invariant=1, pageCompression=1)
    page.setTitle(figure.title)
    page.setCreator("nndsl")
    page.scale(shrink, shrink)
    pen = _Pen(page, figure, DARK if theme == "dark" else LIGHT)
    pen.draw()
    page.save()
    return out.getvalue()


def png(figure: Figure, theme: str) -> bytes:
    """Return the figure as pixels, two for each of the SVG's. Raises `MissingLibrary`."""
    pdfium = _library("pypdfium2")
    _library("PIL.Image")
    document = pdfium.PdfDocument(pdf(figure, theme))
    try:
        page = document[0]
        scale = min(_SCALE, (_MOST_PIXELS / (page.get_width() * page.get_height())) ** 0.5)
        image = page.render(scale=scale).to_pil()
        out = BytesIO()
        image.save(out, "PNG", optimize=True)
        return out.getvalue()
    finally:
        document.close()


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingLibrary(name.partition(".")[0]) from error


class _Pen:
    """Puts marks down on a page, whose places count from the bottom."""

    def __init__(self, page: Any, figure: Figure, theme: Theme) -> None:
        self.page = page
        self.figure = figure
        self.theme = theme

    def draw(self) -> None:
        self.page.setFillColor(self.theme["paper"])
        self.page.rect(0, 0, self.figure.width, self.figure.height, stroke=0, fill=1)
        for mark in marks.marks(self.figure):
            if isinstance(mark, marks.Words):
                self.words(mark)
            elif isinstance(mark, (marks.Rectangle, marks.Circle, marks.Path)):
                filled, drawn = self.prepare(mark.kind)
                self.shape(mark, filled, drawn)

    def up(self, y: float) -> float:
        return self.figure.height - y

    def prepare(self, kind: str) -> tuple[int, int]:
        """Take up the colours of a kind; return whether it is filled, and whether it has a line."""
        inside, around, width = self.colours(kind.split())
        if inside:
            self.page.setFillColor(inside)
        if around:
            self.page.setStrokeColor(around)
            self.page.setLineWidth(width)
        return int(bool(inside)), int(bool(around))

    def colours(self, classes: list[str]) -> tuple[str, str, float]:
        theme = self.theme
        if classes[0] == "open":
            return theme["box"], theme["frame"], 1.0
        if classes[0] == "head":
            return theme["head"], "", 0.0
        if classes[0] == "a":
            return theme["line"], "", 0.0
        if classes[0] == "w":
            return "", theme["line"], 1.3
        colour = KINDS[classes[1].removeprefix("f-")][1]
        inside, around = fill(colour, theme), edge(colour, theme)
        return ("", around, 0.8) if classes[0] == "z" else (inside, around, 1.3)

    def shape(
        self, mark: marks.Rectangle | marks.Circle | marks.Path, filled: int, drawn: int
    ) -> None:
        page = self.page
        if isinstance(mark, marks.Rectangle):
            radius = min(mark.radius, mark.width / 2, mark.height / 2)
            bottom = self.up(mark.y + mark.height)
            page.roundRect(
                mark.x, bottom, mark.width, mark.height, radius, stroke=drawn, fill=filled
            )
        elif isinstance(mark, marks.Circle):
            page.circle(mark.x, self.up(mark.y), mark.radius, stroke=drawn, fill=filled)
        else:
            page.drawPath(self.path(mark), stroke=drawn, fill=filled)

    def path(self, mark: marks.Path) -> Any:
        path = self.page.beginPath()
        at: Point = (0.0, 0.0)
        for name, points in mark.commands:
            if name == "M":
                path.moveTo(points[0][0], self.up(points[0][1]))
            elif name == "L":
                path.lineTo(points[0][0], self.up(points[0][1]))
            elif name == "Q":
                path.curveTo(*self.cubic(at, *points))
            else:
                path.close()
            at = points[-1] if points else at
        return path

    def cubic(self, start: Point, bend: Point, end: Point) -> tuple[float, ...]:
        """Return the points of the same curve as PDF has it."""
        first, second = (
            tuple(p + 2 / 3 * (b - p) for p, b in zip(point, bend, strict=True))
            for point in (start, end)
        )
        return (first[0], self.up(first[1]), second[0], self.up(second[1]), end[0], self.up(end[1]))

    def words(self, mark: marks.Words) -> None:
        first, *anchor = mark.kind.split()
        size, bold = _TYPE[first]
        self.page.setFont("Helvetica-Bold" if bold else "Helvetica", size)
        self.page.setFillColor(self.theme["faint" if first in _FAINT else "ink"])
        text = mark.text.encode("cp1252", "replace").decode("cp1252")  # what Helvetica has
        write = self.page.drawString
        if anchor:
            write = self.page.drawCentredString if anchor == ["m"] else self.page.drawRightString
        write(mark.x, self.up(mark.y), "".join(c if c.isprintable() else "?" for c in text))
