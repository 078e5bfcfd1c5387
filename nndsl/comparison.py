"""Two outlines -> what changed between them, layer by layer, in the order of the blocks.

Blocks, loops and layers of the two models are brought together by what they are and do: kind first,
then arguments and names. Names alone are no change, as an unnamed layer gets another one when a
layer is put in front of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Literal

from nndsl.layers.effort import total
from nndsl.outline import Group, Member, Outline, Unit
from nndsl.shapes.evaluate import show

Kind = Literal["added", "removed", "changed"]
#: Longer rows of members are compared by their kinds only.
_MOST_PAIRS = 1_000_000
_ABSENT = "-"


@dataclass(frozen=True, slots=True)
class Detail:
    """An argument or a property that differs: what it was, and what it is."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a layer, operation or input, or of the rounds of a loop.

    `path` are the titles of the blocks and loops around it, those of the newer model.
    """

    kind: Kind
    path: tuple[str, ...]
    before: Member | None
    after: Member | None
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    before: Outline
    after: Outline
    #: What did not stay the same, in the order of the model.
    changes: tuple[Change, ...]
    #: Layers and operations that both have: that of the older model, and that of the newer.
    kept: tuple[tuple[Unit, Unit], ...]
    totals: tuple[Detail, ...]

    def is_empty(self) -> bool:
        return not self.changes and all(one.before == one.after for one in self.totals)

    def kinds(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return what became of each layer, by its name in the older and in the newer model."""
        before = {unit.name: "removed" for unit in self.before.units}
        after = {unit.name: "added" for unit in self.after.units}
        for old, new in self.kept:
            before[old.name] = after[new.name] = "same"
        for change in self.changes:
            if change.kind == "changed":
                for names, member in ((before, change.before), (after, change.after)):
                    if isinstance(member, Unit):
                        names[member.name] = "changed"
        return before, after


def compare(before: Outline, after: Outline) -> Comparison:
    """Return what changed from one model to another."""
    walk = _Walk(before, after)
    walk.members(before.root.members, after.root.members, ())
    changes = (*walk.found(), *walk.outputs())
    kept = tuple((unit, walk.partner[unit.index]) for unit in walk.units)
    return Comparison(before, after, changes, kept, _totals(before, after))


@dataclass(slots=True)
class _Walk:
    """Goes through both trees side by side; changes are made when all partners are known."""

    before: Outline
    after: Outline
    #: For units of the older model, by their index: those of the newer.
    partner: dict[int, Unit] = field(default_factory=dict)
    #: For the same units of the newer model, by their index.
    kept: set[int] = field(default_factory=set)
    units: list[Unit] = field(default_factory=list)
    steps: list[tuple[Member | None, Member | None, tuple[str, ...]]] = field(default_factory=list)

    def members(self, old: Sequence[Member], new: Sequence[Member], path: tuple[str, ...]) -> None:
        for a, b in _aligned(old, new):
            if a is None or b is None:
                self.steps.append((a, b, path))  # a block is told of as a whole
            elif isinstance(a, Unit) and isinstance(b, Unit):
                self.partner[a.index] = b
                self.kept.add(b.index)
                self.units.append(a)
                self.steps.append((a, b, path))
            elif isinstance(a, Group) and isinstance(b, Group):
                self.groups(a, b, (*path, _titled(b)))

    def groups(self, a: Group, b: Group, path: tuple[str, ...]) -> None:
        if a.kind == b.kind == "loop" and a.alike and b.alike and a.members and b.members:
            # The rounds differ in the same: the first stands for all.
            if len(a.members) != len(b.members):
                self.steps.append((a, b, path[:-1]))
            self.members(a.members[:1], b.members[:1], path)
            for x, y in zip(a.members[1:], b.members[1:], strict=False):
                self.pair(x, y)
        else:
            self.members(a.members, b.members, path)

    def pair(self, a: Member, b: Member) -> None:
        """Note partners in a round that is not told of."""
        told = len(self.steps)
        self.members([a], [b], ())
        del self.steps[told:]

    def found(self) -> Iterator[Change]:
        for a, b, path in self.steps:
            if a is None or b is None:
                yield Change("added" if a is None else "removed", path, a, b)
                continue
            details = self.details(a, b)
            if details:
                yield Change("changed", path, a, b, details)

    def details(self, a: Member, b: Member) -> tuple[Detail, ...]:
        if isinstance(a, Group) and isinstance(b, Group):
            return (Detail("rounds", f"{len(a.members)}", f"{len(b.members)}"),)
        if not (isinstance(a, Unit) and isinstance(b, Unit)):
            return ()
        found = [Detail("type", a.kind, b.kind)]
        for name in dict.fromkeys([*a.arguments, *b.arguments]):
            found.append(Detail(name, _argument(a, name), _argument(b, name)))
        found.append(Detail("output", _shapes(a), _shapes(b)))
        found.append(Detail("parameters", _parameters(a), _parameters(b)))
        found += self.sources(a, b)
        return tuple(detail for detail in found if detail.before != detail.after)

    def sources(self, a: Unit, b: Unit) -> list[Detail]:
        """Return where the tensors come from, if that is between layers that both have."""
        old = [self.before.maker(tensor) for tensor in a.inputs]
        new = [self.after.maker(tensor) for tensor in b.inputs]
        then = [self.partner.get(unit.index) if unit else None for unit in old]
        if then == new or any(unit is None for unit in then):
            return []
        if any(unit is None or unit.index not in self.kept for unit in new):
            return []
        names = [", ".join(unit.name for unit in units if unit) for units in (old, new)]
        return [Detail("from", names[0], names[1])]

    def outputs(self) -> Iterator[Change]:
        """Yield outputs of the model that came or went, or come from another layer."""
        old, new = self.before.shaped.outputs, self.after.shaped.outputs
        for name in dict.fromkeys([*old, *new]):
            was, is_ = old.get(name), new.get(name)
            a = self.before.maker(was) if was else None
            b = self.after.maker(is_) if is_ else None
            details = []
            if not (was and is_):
                shapes = [str(tensor) if tensor else _ABSENT for tensor in (was, is_)]
                details = [Detail(f"output {name}", shapes[0], shapes[1])]
            if a and b and self.partner.get(a.index, b) is not b:
                details = [Detail(f"output {name} from", a.name, b.name)]
            if details:
                yield Change("changed", (), self.before.root, self.after.root, tuple(details))


# ---- Which member belongs to which ---------------------------------------------------------


def _aligned(
    old: Sequence[Member], new: Sequence[Member]
) -> Iterator[tuple[Member | None, Member | None]]:
    """Yield pairs in the order of both; None stands for what only the other has."""
    looks_old, looks_new = list(map(_look, old)), list(map(_look, new))
    least = min(len(old), len(new))
    start = 0
    while start < least and looks_old[start] == looks_new[start]:
        yield old[start], new[start]
        start += 1
    end = 0
    while end < least - start and looks_old[-1 - end] == looks_new[-1 - end]:
        end += 1
    rows = slice(start, len(old) - end), slice(start, len(new) - end)
    if (len(old) - start - end) * (len(new) - start - end) <= _MOST_PAIRS:
        alike = [[_likeness(a, b) for b in looks_new[rows[1]]] for a in looks_old[rows[0]]]
        yield from _best(old[rows[0]], new[rows[1]], alike)
    else:
        yield from _by_kind(old[rows[0]], new[rows[1]])
    for back in range(end, 0, -1):
        yield old[-back], new[-back]


#: What a member looks like: its sort, what it is, and what may differ: its name, the rest.
_Look = tuple[str, str, str, str, str]


def _look(member: Member) -> _Look:
    if isinstance(member, Group):
        return (member.kind, _block(member), member.name, member.title, "")
    given = ", ".join(f"{name}={show(value)}" for name, value in member.arguments.items())
    out = _shapes(member)
    return ("input" if member.is_input else "unit", member.kind, member.name, given, out)


def _likeness(a: _Look, b: _Look) -> int:
    """Return how much speaks for it that one became the other; 0 if they are of two sorts."""
    if a[0] != b[0]:
        return 0
    named = 3 if a[2] == b[2] else 0
    if a[1] != b[1]:
        return named if a[0] == "unit" else 0
    return 4 + named + (3 if a[3] == b[3] else 0) + (2 if a[4] == b[4] else 0)


def _best(
    old: Sequence[Member], new: Sequence[Member], alike: Sequence[Sequence[int]]
) -> Iterator[tuple[Member | None, Member | None]]:
    """Yield the pairs that are most alike in sum, without changing the order of either."""
    worth = [[0] * (len(new) + 1)]
    for row in reversed(alike):
        below, here = worth[-1], [0] * (len(new) + 1)
        for j in range(len(new) - 1, -1, -1):
            best = below[j] if below[j] > here[j + 1] else here[j + 1]
            paired = below[j + 1] + row[j]
            here[j] = paired if row[j] and paired > best else best
        worth.append(here)
    worth.reverse()
    i = j = 0
    while i < len(old) or j < len(new):
        at = worth[i][j]
        both = i < len(old) and j < len(new)
        if both and alike[i][j] and at == worth[i + 1][j + 1] + alike[i][j]:
            yield old[i], new[j]
            i, j = i + 1, j + 1
        elif i < len(old) and at == worth[i + 1][j]:
            yield old[i], None
            i += 1
        else:
            yield None, new[j]
            j += 1


def _by_kind(
    old: Sequence[Member], new: Sequence[Member]
) -> Iterator[tuple[Member | None, Member | None]]:
    def kinds(members: Sequence[Member]) -> list[str]:
        return [one.kind if isinstance(one, Unit) else _block(one) for one in members]

    blocks = SequenceMatcher(None, kinds(old), kinds(new), autojunk=False).get_matching_blocks()
    i = j = 0
    for start_old, start_new, size in blocks:
        yield from ((one, None) for one in old[i:start_old])
        yield from ((None, one) for one in new[j:start_new])
        yield from zip(
            old[start_old : start_old + size], new[start_new : start_new + size], strict=True
        )
        i, j = start_old + size, start_new + size


# ---- What is said of them ------------------------------------------------------------------


def _titled(group: Group) -> str:
    return f"{group.name}: {group.title}" if group.name else group.title


def _block(group: Group) -> str:
    """Return what a group is called in the text: its block, or the head of its loop."""
    if group.kind == "round":
        return "round"
    return group.title.partition("(")[0] if group.kind == "block" else group.title.partition(":")[0]


def _argument(unit: Unit, name: str) -> str:
    """Return the argument as it is given, or else Keras's default."""
    if name in unit.arguments:
        return show(unit.arguments[name])
    found = [p for p in (unit.rule.parameters if unit.rule else ()) if p.name == name]
    return show(found[0].default) if found and not found[0].required else _ABSENT


def _shapes(unit: Unit) -> str:
    return ", ".join(map(str, unit.outputs))


def _parameters(unit: Unit) -> str:
    return f"{sum(weight.size for weight in unit.weights):,}"


def _totals(before: Outline, after: Outline) -> tuple[Detail, ...]:
    def parameters(view: Outline) -> int | None:
        return total([view.shaped.trainable, view.shaped.non_trainable])

    def effort(view: Outline) -> int | None:
        return total(unit.multiply_adds for unit in view.units if unit.multiply_adds is not None)

    measures: list[tuple[str, Callable[[Outline], int | None]]] = [
        ("parameters", parameters),
        ("trainable", lambda view: view.shaped.trainable),
        ("multiply-adds", effort),
        ("layers and operations", lambda view: sum(not unit.is_input for unit in view.units)),
    ]
    return tuple(
        Detail(what, *(_number(measure(view)) for view in (before, after)))
        for what, measure in measures
    )


def _number(value: int | None) -> str:
    return "unknown" if value is None else f"{value:,}"
