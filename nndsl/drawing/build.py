"""An outline -> a figure: each open block is laid out for itself, and is a box in what is around.

So lines come into a block and leave it by ports, and cross no other box.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from nndsl.drawing import words
from nndsl.drawing.colours import CHANGES, FAMILIES, SHARED, family
from nndsl.drawing.figure import Choice, Figure, Node
from nndsl.drawing.level import Item, lay_level
from nndsl.drawing.measures import (
    DETAIL,
    HEAD,
    HEADING,
    MARGIN,
    PILE,
    SHAPE,
    TITLE,
    box_size,
    legend_rows,
    legend_width,
)
from nndsl.drawing.visible import Part, Shown, View
from nndsl.layers.rule import Tensor
from nndsl.layout import Box
from nndsl.outline import Origin, Outline, Unit

_LABEL = 13.0
#: Room left and right of what is in an open block.
_SIDE = 14.0
_SYMBOLS = {
    "Add": "+", "Subtract": "-", "Multiply": "×", "ops.add": "+", "ops.subtract": "-",
    "ops.multiply": "×",
}  # fmt: skip


def build(
    view: Outline,
    choice: Choice | None = None,
    changes: Mapping[str, str] | None = None,
    *,
    whole: bool = False,
) -> Figure:
    """Return the figure of a model; `changes` says of layers what became of them.

    A `whole` figure has every block open, with what it is when folded, and the choice says which
    are folded at first.
    """
    return _Builder(view, choice or Choice(), changes or {}, whole=whole).figure()


class _Builder:
    def __init__(
        self, view: Outline, choice: Choice, changes: Mapping[str, str], *, whole: bool
    ) -> None:
        self.outline = view
        self.whole = whole
        self.changes = changes
        self.view = View(view, choice)
        self.results = {
            name: tensor for name, tensor in view.shaped.outputs.items() if tensor is not None
        }
        self.used_by: dict[Origin, set[int]] = {}
        for unit in view.units:
            for tensor in unit.inputs if unit.index not in self.view.hidden else ():
                self.used_by.setdefault(self.view.origin(tensor.origin), set()).add(unit.index)
        self.is_result = {self.view.origin(t.origin) for t in self.results.values()}
        self.families: dict[str, None] = {}
        self.nets: dict[Origin, int] = {}
        self.keys = 0
        #: Which box makes a tensor, of what shape; and what goes into each box.
        self.makers: dict[Origin, tuple[str, str]] = {}
        self.takers: list[tuple[str, tuple[Origin, ...]]] = []

    def figure(self) -> Figure:
        items = [self.item(member) for member in self.view.members]
        items += [self.result(name, tensor) for name, tensor in self.results.items()]
        level = lay_level(items, (), (), self.nets)
        shaped = self.outline.shaped
        subtitle = "an unknown number of parameters"  # there is Python of the user's in it
        if shaped.trainable is not None and shaped.non_trainable is not None:
            total = shaped.trainable + shaped.non_trainable
            subtitle = (
                f"{total:,} parameters (in boxes: after the dot)" if total else "no parameters"
            )
        known = CHANGES if self.changes else FAMILIES
        known = {**known, **SHARED}
        legend = tuple((name, title) for name, (title, _) in known.items() if name in self.families)
        title = self.outline.root.title
        needed = max(words.width(title, HEADING, bold=True), words.width(subtitle, DETAIL))
        inner = round(max(level.width, needed, min(legend_width(legend), 340.0)) + 0.5, 1)
        top = MARGIN + 40.0
        left = MARGIN + (inner - level.width) / 2
        rows = legend_rows(legend, inner)
        height = top + level.height + 22.0 + 18.0 * len(rows) + MARGIN - 6.0
        moved = level.moved(left, top)
        return Figure(
            title,
            subtitle,
            moved.nodes,
            moved.wires,
            moved.labels,
            legend,
            inner + 2 * MARGIN,
            round(height, 1),
            tuple(self.arrows()),
        )

    def arrows(self) -> Iterator[tuple[str, str, str]]:
        for key, origins in self.takers:
            for origin in dict.fromkeys(origins):
                if origin in self.makers:
                    yield self.makers[origin][0], key, self.makers[origin][1]

    # ---- What is drawn

    def item(self, part: Part) -> Item:
        if isinstance(part, Unit):
            return self.unit(part)
        is_one = len(part.members) == 1 and isinstance(part.members[0], Unit)
        is_open = part.open or self.whole
        return self.opened(part) if is_open and not is_one else self.folded(part)

    def key(self) -> str:
        self.keys += 1
        return f"n{self.keys}"

    def outputs_of(self, units: Sequence[Unit], drawn: Sequence[Unit]) -> list[Tensor]:
        """Return what is made inside and used outside."""
        inside = {unit.index for unit in units}
        found: dict[Origin, Tensor] = {}
        for unit in drawn:
            for tensor in unit.outputs:
                origin = self.view.origin(tensor.origin)
                if origin in self.is_result or self.used_by.get(origin, set()) - inside:
                    found.setdefault(origin, tensor)
        return list(found.values())

    def inputs_of(self, units: Sequence[Unit]) -> tuple[Origin, ...]:
        made = {self.view.origin(t.origin) for unit in units for t in unit.outputs}
        used = [self.view.origin(t.origin) for unit in units for t in unit.inputs]
        return tuple(origin for origin in dict.fromkeys(used) if origin not in made)

    def unit(self, unit: Unit) -> Item:
        title, detail = words.label(unit), words.detail(unit)
        form, badge = "box", ""
        if unit.is_input:
            tensor = unit.outputs[0] if unit.outputs else None
            title, form = unit.name, "pill"
            detail = words.shape(tensor) if tensor else ""
            if tensor and tensor.dtype != "float32":
                detail = f"{tensor.dtype}  {detail}"
        symbol = _SYMBOLS.get(unit.kind)
        if symbol and len(unit.inputs) <= 2 and not unit.arguments:
            title, detail, form = symbol, "", "round"
        weights = sum(weight.size for weight in unit.layer.weights) if unit.layer else 0
        if weights:
            badge = words.count(weights)
        if unit.is_shared:
            self.families["shared"] = None
        origins = tuple(self.view.origin(tensor.origin) for tensor in unit.inputs)
        outs = tuple(self.view.origin(tensor.origin) for tensor in unit.outputs)
        shapes = () if unit.is_input else tuple(map(words.shape, unit.outputs))
        node = Node(
            self.key(),
            unit.name,
            form,
            self.family(unit.name, family(unit)),
            title,
            detail,
            badge,
            0.0,
            0.0,
            *box_size(form, title, detail, badge, len(unit.inputs)),
            words.facts(unit),
            unit.span,
            unit.name if unit.is_shared else "",
            change=self.changes.get(unit.name, ""),
            calls=unit.calls,
        )
        return self.boxed(node, origins, outs, shapes)

    def result(self, name: str, tensor: Tensor) -> Item:
        size = box_size("pill", name, "", "")
        drawn = self.family(name, "input") if not self.changes else "same"
        facts = (f"output {name}: {words.shape(tensor)}",)
        node = Node(self.key(), name, "pill", drawn, name, "", "", 0.0, 0.0, *size, facts, None)
        return self.boxed(node, (self.view.origin(tensor.origin),), (), ())

    def folded(self, part: Shown) -> Item:
        made = self.outputs_of(part.units, _drawn(part))
        outs = tuple(self.view.origin(tensor.origin) for tensor in made)
        shapes = tuple(map(words.shape, self.last_shapes(part, made)))
        node = self.folded_node(part, self.key())
        self.family(part.group.name, node.family, part.units)
        return self.boxed(node, self.inputs_of(part.units), outs, shapes)

    def folded_node(self, part: Shown, key: str) -> Node:
        title = " ".join(filter(None, _title(part)))
        weights = sum(weight.size for unit in part.units for weight in unit.weights)
        detail, colour = f"{len(part.units)} layers", "block"
        if part.group.is_shared:
            detail = f"{detail}, shared"
        only = part.members[0] if len(part.members) == 1 else None
        if isinstance(only, Unit):  # one layer, several times
            detail, colour = words.detail(only), family(only)
            title = " ".join(filter(None, (words.label(only), _title(part)[1])))
        return Node(
            key,
            part.group.name,
            "folded",
            self.colour(part.group.name, colour, part.units),
            title,
            detail,
            words.count(weights) if weights else "",
            0.0,
            0.0,
            *box_size("folded", title, detail, "0" * 9 if weights else ""),
            _facts(part, weights),
            part.group.span,
            self.shared(part),
            change=self.change_of(part.units),
        )

    def last_shapes(self, part: Shown, made: Sequence[Tensor]) -> list[Tensor]:
        """Return what comes out of the last round of a loop."""
        last = {}
        for unit in part.units:
            for tensor in unit.outputs:
                last[self.view.origin(tensor.origin)] = tensor
        return [last[self.view.origin(tensor.origin)] for tensor in made]

    def shared(self, part: Shown) -> str:
        """Return what all boxes of a shared block have alike, "" for another block."""
        if not part.group.is_shared:
            return ""
        self.families["shared"] = None
        return part.group.name

    def opened(self, part: Shown) -> Item:
        title, badge = _title(part)
        badge = "  ".join(filter(None, (badge, "shared" if part.group.is_shared else "")))
        key = self.key()
        made = self.outputs_of(part.units, _drawn(part))
        ins = self.inputs_of(part.units)
        outs = tuple(self.view.origin(tensor.origin) for tensor in made)
        level = lay_level([self.item(member) for member in part.members], ins, outs, self.nets)
        needed = words.width(f"{title}  {badge}", TITLE, bold=True) + 28.0
        closed = self.folded_node(part, key) if self.whole else None
        if closed:
            needed = max(needed + 20.0, closed.width + 2 * PILE)
        width = max(level.width + 2 * _SIDE, needed)
        shift = (width - level.width) / 2
        inside = level.moved(shift, HEAD)
        self.family(part.group.name, "block", part.units)
        weights = sum(weight.size for unit in part.units for weight in unit.weights)
        node = Node(
            key,
            part.group.name,
            "open",
            "block",
            title,
            "",
            badge,
            0.0,
            0.0,
            width,
            HEAD + level.height,
            _facts(part, weights),
            part.group.span,
            self.shared(part),
            nodes=inside.nodes,
            wires=inside.wires,
            labels=inside.labels,
            closed=closed.moved((width - closed.width) / 2, 0.0) if closed else None,
            is_closed=not part.open,
        )
        centre = width / 2 - shift
        item = self.boxed(node, ins, outs, self.shapes_below(part, made))
        outputs = tuple(x - centre for x in level.outputs)
        reach = [
            x + words.width(s, SHAPE) + 10.0
            for x, s in zip(outputs, item.shapes, strict=False)
            if s
        ]
        box = replace(
            item.box,
            right=max(width / 2, *reach) if reach else width / 2,
            inputs=tuple(x - centre for x in level.inputs),
            outputs=outputs,
        )
        return replace(item, box=box, level=level)

    def shapes_below(self, part: Shown, made: Sequence[Tensor]) -> tuple[str, ...]:
        """Return what stands below an open block: shapes that are not written inside."""
        last = tuple(map(words.shape, self.last_shapes(part, made)))
        if self.whole:  # for when it is folded
            return last
        if part.rounds == 1:
            return ()
        drawn = map(words.shape, made)  # those of the first round
        return tuple("" if a == b else a for a, b in zip(last, drawn, strict=True))

    def boxed(
        self, node: Node, ins: tuple[Origin, ...], outs: tuple[Origin, ...], shapes: tuple[str, ...]
    ) -> Item:
        if node.form != "open":
            self.takers.append((node.key, ins))
            for origin, text in zip(outs, shapes or ("",) * len(outs), strict=True):
                self.makers[origin] = (node.key, text)
        half = node.width / 2
        lengths = [words.width(text, SHAPE) + 10.0 if text else 0.0 for text in shapes]
        pitches = [max(length, 12.0) for length in lengths] or [12.0] * len(outs)
        start = -sum(pitches[:-1]) / 2
        outputs = tuple(start + sum(pitches[:port]) for port in range(len(outs)))
        reach = [x + length for x, length in zip(outputs, lengths, strict=False)]
        box = Box(
            half,
            max(half, *reach) if reach else half,
            node.height + (PILE if node.form == "folded" else 0.0),
            None,
            outputs or (0.0,),
            _LABEL if any(shapes) and outs else 0.0,
            half=half,
        )
        return Item(ins, outs, box, node, None, shapes)

    def family(self, name: str, found: str, units: Sequence[Unit] = ()) -> str:
        """Return what a box is coloured by, which is then in the legend."""
        found = self.colour(name, found, units)
        if found != "block":
            self.families[found] = None
        return found

    def colour(self, name: str, found: str, units: Sequence[Unit] = ()) -> str:
        """Return what a box is coloured by: its family, or what became of it."""
        if not self.changes:
            return found
        return self.changes.get(name) or self.change_of(units) or "same"

    def change_of(self, units: Sequence[Unit]) -> str:
        kinds = {self.changes.get(unit.name, "same") for unit in units} if self.changes else set()
        return kinds.pop() if len(kinds) == 1 else "changed" if kinds else ""


def _drawn(part: Shown) -> list[Unit]:
    found: list[Unit] = []
    for member in part.members:
        found += [member] if isinstance(member, Unit) else _drawn(member)
    return found


def _title(part: Shown) -> tuple[str, str]:
    badge = f"{part.rounds} ×" if part.rounds > 1 else ""
    return words.title(part.title), badge


def _facts(part: Shown, weights: int) -> tuple[str, ...]:
    count = f"{len(part.units)} layers, {weights:,} parameters"
    told = (words.SHARED,) if part.group.is_shared else ()
    return (part.group.name, part.group.title, count, *told)
