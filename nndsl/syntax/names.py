"""The names that a line defines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nndsl.syntax import tree


def definitions(line: tree.Line) -> Iterator[tree.Identifier]:
    """Yield the names of tensors and layers that a line of a body defines."""
    if isinstance(line, tree.SharedLayer):
        yield line.name
    elif isinstance(line, tree.Flow):
        yield from line.names
        for step in steps(line.steps):
            yield from step.names
    elif isinstance(line, (tree.Input, tree.Broken)):
        yield from line.names
    elif isinstance(line, (tree.For, tree.If, tree.Else)):
        for inside in line.body:
            yield from definitions(inside)
        for inside in line.otherwise if isinstance(line, tree.If) else ():
            yield from definitions(inside)


def misplaced(lines: Sequence[tree.Line]) -> Iterator[tree.Identifier]:
    """Yield what lines of a body define that belong outside of every body."""
    for line in lines_inside(lines):
        if isinstance(line, tree.Import):
            yield from line.names
        elif isinstance(line, (tree.Block, tree.Model, tree.Extern)):
            yield line.name


def steps(chain: Sequence[tree.Step]) -> Iterator[tree.Step]:
    """Yield the steps of a chain and those in its forks and loops."""
    for step in chain:
        yield step
        stage = step.stage
        if isinstance(stage, tree.Fork):
            for branch in stage.branches:
                yield from steps(branch)
        elif isinstance(stage, (tree.Repeat, tree.ForStage)):
            yield from steps(stage.chain)


def lines_inside(lines: Sequence[tree.Line]) -> Iterator[tree.Line]:
    """Yield lines and those in their loops and choices."""
    for line in lines:
        yield line
        if isinstance(line, (tree.For, tree.If, tree.Else)):
            yield from lines_inside(line.body)
        if isinstance(line, tree.If):
            yield from lines_inside(line.otherwise)
