"""What was resolved of one version of a text, for the next: blocks in which nothing has changed.

A block is a function of its own lines, of the blocks that it applies, and of what all lines of its
file may use: constants, imports, names. So it is the same graph if all of these are the same nodes
of the tree, which they are where the text was not touched. One in which something was said is
resolved again, so that it is said again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol, Union

from nndsl import graph
from nndsl.extern import ExternRule
from nndsl.resolve.liveness import BlockParts
from nndsl.resolve.made_by_keras import Stages, stages_of
from nndsl.source import Span
from nndsl.syntax import tree

Definition = Union[tree.Block, tree.Model]


class Names(Protocol):
    """The names of a file."""

    def home_of(self, name: str) -> tuple[Names, Definition] | None:
        """Return the definition that a name stands for, and the names of the file it stands in."""


@dataclass(slots=True)
class KeptBlock:
    """A block as it was resolved, and what it uses of its file."""

    line: tree.Block
    block: graph.Block
    #: The names of the blocks that it applies, and where, in order.
    applied: list[tuple[str, Span]]
    constants: set[str]
    externs: set[str]


@dataclass(slots=True)
class KeptFile:
    """What the lines of a file define that are no blocks."""

    constants: dict[str, graph.Constant]
    rules: dict[str, ExternRule]
    externs: list[graph.Extern]


@dataclass(slots=True)
class _Version:
    """All that is kept of one version. Lines are known by their identity."""

    surroundings: tuple[Any, ...] = ()
    #: The nodes that the surroundings are made of, so that no others get their identities.
    nodes: tuple[Any, ...] = ()
    files: dict[int, KeptFile] = field(default_factory=dict)
    blocks: dict[int, KeptBlock] = field(default_factory=dict)
    stages: dict[int, tuple[Definition, Stages]] = field(default_factory=dict)


class Kept:
    """Hands what is still true of the version before to the one that is resolved now."""

    def __init__(self) -> None:
        self.parts = BlockParts()
        self._before = _Version()
        self._now = _Version()
        #: By the identity of their lines, whether blocks are as they were before.
        self._same: dict[int, bool] = {}

    def begin(self) -> None:
        """Begin with another version."""
        self._before, self._now = self._now, _Version()
        self._same = {}

    def end(self, blocks: Iterable[graph.Block]) -> None:
        """Forget what belongs to blocks that are no more."""
        self.parts.keep(blocks)

    # ---- What stands around the blocks

    def surround(self, key: tuple[Any, ...], nodes: Iterable[Any]) -> None:
        """Say what all blocks may use: what is compared, and nodes, which have to be the same."""
        self._now.nodes = tuple(nodes)
        self._now.surroundings = (key, tuple(map(id, self._now.nodes)))
        if self._now.surroundings != self._before.surroundings:
            self._before = _Version()

    def file(self, number: int, found: KeptFile) -> KeptFile:
        """Return what the other lines of a file define: what they did before, if it is the same."""
        return self._now.files.setdefault(number, self._before.files.get(number, found))

    def stages(self, line: Definition) -> Stages:
        """Return what a definition applies."""
        known = self._now.stages.get(id(line)) or self._before.stages.get(id(line))
        if known is None or known[0] is not line:
            known = line, stages_of(line)
        self._now.stages[id(line)] = known
        return known[1]

    # ---- Blocks

    def block(self, line: tree.Block, names: Names) -> KeptBlock | None:
        """Return a block as it was before, if it would become the same."""
        return self._before.blocks[id(line)] if self._is_same(line, names) else None

    def keep(self, kept: KeptBlock) -> None:
        self._now.blocks[id(kept.line)] = kept

    def _is_same(self, line: Definition, names: Names) -> bool:
        known = self._same.get(id(line))
        if known is None:
            self._same[id(line)] = False  # while it is asked: what applies itself was never right
            known = self._same[id(line)] = self._find_out(line, names)
        return known

    def _find_out(self, line: Definition, names: Names) -> bool:
        kept = self._before.blocks.get(id(line))
        if kept is None or kept.line is not line:
            return False
        homes = (names.home_of(name) for name, _ in kept.applied)
        return all(home is not None and self._is_same(home[1], home[0]) for home in homes)
