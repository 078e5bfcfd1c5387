"""Two figures -> one, side by side: a model as it was, and as it is."""

from __future__ import annotations

from dataclasses import replace

from nndsl.drawing import words
from nndsl.drawing.colours import CHANGES, SHARED
from nndsl.drawing.figure import Figure, Node, Wire
from nndsl.drawing.measures import DETAIL, HEADING, MARGIN, legend_rows

_GAP = 40.0
#: What stands below the boxes of a figure, without the rows of its legend.
_FOOT = 22.0 + MARGIN - 6.0


def beside(left: Figure, right: Figure, title: str, subtitle: str) -> Figure:
    """Return both figures in one; their keys and lines are told apart."""
    nets = 1 + max((wire.net for wire in _wires(left)), default=-1)
    shift = left.width - 2 * MARGIN + _GAP
    first, second = _marked(left, "a", 0), _marked(right, "b", nets)
    known = {name for name, _ in (*left.legend, *right.legend)}
    legend = tuple(
        (name, words_) for name, (words_, _) in {**CHANGES, **SHARED}.items() if name in known
    )
    wide = max(left.width + right.width - 2 * MARGIN + _GAP, words.width(title, HEADING) + 60.0)
    wide = round(max(wide, words.width(subtitle, DETAIL) + 2 * MARGIN + 1.0), 1)
    inside = max(_bottom(left), _bottom(right))
    rows = legend_rows(legend, wide - 2 * MARGIN)
    return Figure(
        title,
        subtitle,
        (*first.nodes, *(node.moved(shift, 0.0) for node in second.nodes)),
        (*first.wires, *(wire.moved(shift, 0.0) for wire in second.wires)),
        (*first.labels, *(label.moved(shift, 0.0) for label in second.labels)),
        legend,
        wide,
        round(inside + _FOOT + 18.0 * len(rows), 1),
        (*first.arrows, *second.arrows),
    )


def _bottom(figure: Figure) -> float:
    rows = legend_rows(figure.legend, figure.width - 2 * MARGIN)
    return figure.height - _FOOT - 18.0 * len(rows)


def _wires(figure: Figure) -> list[Wire]:
    return [*figure.wires, *(wire for node in figure.boxes() for wire in node.wires)]


def _marked(figure: Figure, mark: str, nets: int) -> Figure:
    """Return the figure with other keys and numbers of lines."""

    def key(text: str) -> str:
        return mark + text if text else ""

    def wire(one: Wire) -> Wire:
        return replace(one, net=one.net + nets, source=key(one.source), target=key(one.target))

    def node(one: Node) -> Node:
        return replace(
            one,
            key=key(one.key),
            shared=key(one.shared),
            nodes=tuple(map(node, one.nodes)),
            wires=tuple(map(wire, one.wires)),
            labels=tuple(replace(label, source=key(label.source)) for label in one.labels),
            closed=node(one.closed) if one.closed else None,
        )

    return replace(
        figure,
        nodes=tuple(map(node, figure.nodes)),
        wires=tuple(map(wire, figure.wires)),
        labels=tuple(replace(label, source=key(label.source)) for label in figure.labels),
        arrows=tuple((key(a), key(b), shape) for a, b, shape in figure.arrows),
    )
