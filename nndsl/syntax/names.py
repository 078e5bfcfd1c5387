"""The names that a line defines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nndsl.syntax import tree


def definitions(line: tree.Line) -> Iterator[tree.Identifier]:
    """Yield the names of tensors and layers that a line of a body defines."""
    if isinstance(line, (tree.Input, tree.SharedLayer)):
        yield line.name
    elif isinstance(line, tree.Flow):
        yield from line.names
        for step in steps(line.steps):
            yield from step.names
    elif isinstance(line, (tree.Broken, tree.Unsupported)):
        yield from line.names


def steps(chain: Sequence[tree.Step]) -> Iterator[tree.Step]:
    """Yield the steps of a chain and those in its forks."""
    for step in chain:
        yield step
        if isinstance(step.stage, tree.Fork):
            for branch in step.stage.branches:
                yield from steps(branch)
