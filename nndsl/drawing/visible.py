"""Which boxes a picture has: units and groups, open or folded, with the rounds of a loop as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Union

from nndsl.drawing.figure import Choice
from nndsl.outline import Group, Member, Origin, Outline, Unit

#: As many boxes are still easy to survey.
_SURVEYED = 60


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A group as it is drawn; `units` are all that it stands for, also those of further rounds."""

    group: Group
    title: str
    rounds: int
    members: tuple[Part, ...]
    units: tuple[Unit, ...]
    open: bool


Part = Union[Unit, Shown]


class View:
    """What is drawn of an outline, and how the tensors of hidden rounds are drawn."""

    def __init__(self, view: Outline, choice: Choice) -> None:
        self.outline = view
        #: For what is made in a round that is not drawn: the same in the round that is.
        self._same: dict[Origin, Origin] = {}
        #: Units of rounds that are not drawn.
        self.hidden: set[int] = set()
        whole = tuple(self._shown(view.root.members, choice.flat))
        depth = choice.depth if choice.depth is not None else _depth(whole)
        self.members = tuple(_opened(whole, depth, set(choice.expand)))

    def origin(self, origin: Origin) -> Origin:
        while origin in self._same:
            origin = self._same[origin]
        return origin

    def _shown(self, members: Sequence[Member], flat: bool) -> Iterator[Part]:
        for member in members:
            if isinstance(member, Unit):
                yield member
                continue
            units = tuple(member.units())
            if not units:
                continue
            if flat:
                yield from self._shown(member.members, flat)
            elif len(units) == 1:
                yield units[0]
            elif member.kind != "loop":
                inside = tuple(self._shown(member.members, flat))
                yield Shown(member, member.title, 1, inside, units, False)
            elif not member.alike or len(member.members) == 1:
                yield from self._shown(member.members, flat)
            else:
                yield self._repeated(member, units)

    def _repeated(self, loop: Group, units: tuple[Unit, ...]) -> Shown:
        first, *others = (_units(round_) for round_ in loop.members)
        for other in others:
            self.hidden.update(unit.index for unit in other)
            for drawn, hidden in zip(first, other, strict=True):
                pairs = zip(hidden.outputs, drawn.outputs, strict=True)
                self._same.update((h.origin, d.origin) for h, d in pairs)
        round_ = loop.members[0]
        inside: Sequence[Member] = [round_]
        title = "repeat"
        if isinstance(round_, Group):
            inside = round_.members
            title = round_.title if round_.kind == "block" else "repeat"
        members = tuple(self._shown(inside, False))
        return Shown(loop, title, len(loop.members), members, units, False)


def _units(member: Member) -> list[Unit]:
    return [member] if isinstance(member, Unit) else list(member.units())


def _depth(members: Sequence[Part]) -> int:
    """Return how deep blocks may be open in a picture that is still easy to survey."""
    depth = 0
    while True:
        if _count(members, depth + 1) > _SURVEYED or depth > 50:
            return depth
        depth += 1


def _count(members: Iterable[Part], depth: int) -> int:
    return sum(
        1 + _count(m.members, depth - 1) if isinstance(m, Shown) and depth else 1 for m in members
    )


def _opened(members: Iterable[Part], depth: int, expand: set[str]) -> Iterator[Part]:
    for member in members:
        if isinstance(member, Unit):
            yield member
            continue
        inside = tuple(_opened(member.members, depth - 1, expand))
        is_open = (
            depth > 0
            or member.group.name in expand
            or any(isinstance(one, Shown) and one.open and depth <= 0 for one in inside)
        )
        yield replace(member, members=inside, open=is_open)
