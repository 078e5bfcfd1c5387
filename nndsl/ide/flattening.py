"""Writes a block out where it is applied: the opposite of making a block of what is selected.

What the block calls its tensors and layers gets other names where they are taken. Layers are then
called without the prefix of the block, which is why nothing does this by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nndsl.ide.actions import Action, Edits
from nndsl.ide.analysis import Analysis
from nndsl.ide.names import Symbol
from nndsl.resolve.naming import keras_name
from nndsl.source import Span
from nndsl.syntax import tree
from nndsl.syntax.layout import RawLine
from nndsl.syntax.names import lines_inside, steps

#: An argument of one of these stands in arithmetic without brackets.
_WHOLE = (tree.Literal, tree.Reference, tree.Call, tree.Sequence, tree.Subscript)


@dataclass(slots=True)
class _Applied:
    """A block where it is applied: the line and the step, and what its parameters are given."""

    owner: tree.Block | tree.Model
    line: tree.Flow | None
    step: tree.Step
    stage: tree.Apply
    block: tree.Block
    arguments: dict[str, tree.Expression]


def flatten_block(analysis: Analysis, offset: int) -> Action | None:
    """Return the action that writes out the block whose name stands at an offset."""
    applied = _find(analysis, offset)
    if applied is None:
        return None
    writer = _Writer(analysis, applied)
    edits = writer.chain() if applied.block.chain is not None else writer.lines()
    name = applied.block.name.text
    return Action(f"write out the block `{name}` here", "refactor.inline", edits) if edits else None


def _find(analysis: Analysis, offset: int) -> _Applied | None:
    for owner in analysis.module.definitions:
        if not isinstance(owner, (tree.Block, tree.Model)):
            continue
        for line, step in _steps(owner):
            stage = step.stage
            if not isinstance(stage, tree.Apply):
                continue
            name = stage.callee.span
            symbol = analysis.names.file.get(stage.callee.text)
            shared = analysis.names.bodies.get(owner.span.start, {}).get(stage.callee.text)
            block = symbol.line if symbol is not None and shared is None else None
            if not name.start <= offset <= name.end or not isinstance(block, tree.Block):
                continue
            given = _arguments(block, stage)
            if given is not None and block is not owner:
                return _Applied(owner, line, step, stage, block, given)
    return None


def _steps(
    owner: tree.Block | tree.Model,
) -> Iterator[tuple[tree.Flow | None, tree.Step]]:
    """Yield all steps of a definition; with their line those of a flow that stands in no loop."""
    if isinstance(owner, tree.Block):
        yield from ((None, step) for step in steps(owner.chain or ()))
    for line in lines_inside(owner.body):
        if isinstance(line, tree.Flow):
            outer = line if any(line is one for one in owner.body) else None
            for step in steps(line.steps):
                yield (outer if any(step is one for one in line.steps) else None), step


def _arguments(block: tree.Block, stage: tree.Apply) -> dict[str, tree.Expression] | None:
    """Return what parameters and inputs of a block are given; None if that is not right."""
    given: dict[str, tree.Expression] = {}
    names = [parameter.name.text for parameter in block.parameters]
    for number, argument in enumerate(stage.arguments or ()):
        if argument.name is None and number >= len(names):
            return None
        given[argument.name.text if argument.name else names[number]] = argument.value
    for parameter in block.parameters:
        if parameter.name.text not in given:
            if parameter.default is None:
                return None
            given[parameter.name.text] = parameter.default
    values = given.values()
    incoming = any(isinstance(v, tree.Reference) and v.name == tree.INCOMING for v in values)
    return None if incoming else given


class _Writer:
    """Writes one block out; returns no edits where that cannot be done in a text."""

    def __init__(self, analysis: Analysis, applied: _Applied) -> None:
        self.analysis = analysis
        self.text = analysis.source.text
        self.applied = applied
        self.inside = analysis.names.bodies.get(applied.block.span.start, {})
        self.around = analysis.names.bodies.get(applied.owner.span.start, {})
        self.taken = {*self.around, *analysis.names.file}
        #: What stands in the place of each of the block's names.
        self.names: dict[str, str] = {}
        #: Where a parameter is the whole of an argument.
        self.alone = set(_alone(applied.block))

    # ---- The two forms of a block

    def chain(self) -> Edits:
        """Write a chain where the stage stands."""
        chain, step = self.applied.block.chain or (), self.applied.step
        named = [name for one in steps(chain) for name in one.names]
        if (chain[-1].names and step.names) or any(name.text in self.taken for name in named):
            return ()
        written = self.written(chain[0].span.start, chain[-1].span.end)
        place = self.applied.stage.span
        return ((Span(place.start, place.end, self.analysis.source), written),)

    def lines(self) -> Edits:
        """Write the lines of a block in front of the rest of the line that applies it."""
        line, block = self.applied.line, self.applied.block
        symbols = self.inside.values()
        again = any(s.kind == "input" and len(s.definitions) > 1 for s in symbols)
        if line is None or again or "[]" in self.text_of(block):
            return ()
        outputs = [v for one in block.body if isinstance(one, tree.Output) for v, _ in one.values]
        names = [value.name for value in outputs if isinstance(value, tree.Reference)]
        before = self.fill_inputs(line)
        if before is None or not names or len(names) != len(outputs):
            return ()
        self.rename(names)
        indent = " " * (self.analysis.source.line_column(line.span.start)[1] - 1)
        made = [before] if before else []
        made += self.body_lines(indent)
        results = [self.names.get(name, name) for name in names]
        for result, name in zip(results, self.applied.step.names, strict=False):
            if result != name.text:  # what comes out is what came in
                made.append(f"{result} as {name.text}")
        after = self.text[self.applied.step.span.end : line.span.end].strip()
        if after:
            made.append(f"{', '.join(self.results(results))} {after}")
        text = f"\n{indent}".join(made)
        return ((Span(line.span.start, line.span.end, self.analysis.source), text),)

    def results(self, made: list[str]) -> list[str]:
        names = [name.text for name in self.applied.step.names]
        return names if len(names) == len(made) else made

    # ---- Names

    def fill_inputs(self, line: tree.Flow) -> str | None:
        """Say what the inputs of the block are; return what goes before, None if it cannot be."""
        inputs = [
            name.text
            for one in self.applied.block.body
            if isinstance(one, tree.Input)
            for name in one.names
        ]
        position = next(n for n, step in enumerate(line.steps) if step is self.applied.step)
        before = ""
        if position == 0:
            if not all(isinstance(source, tree.Reference) for source in line.sources):
                return None
            coming = [source.name for source in line.sources if isinstance(source, tree.Reference)]
        else:
            last = line.steps[position - 1]
            before = self.text[line.span.start : last.span.end]
            coming = [name.text for name in last.names]
            if not coming:
                coming = [self.free(keras_name(self.applied.block.name.text) + "_input")]
                before += f" as {coming[0]}"
        for name in inputs:
            given = self.applied.arguments.pop(name, None)
            if given is None and not coming:
                return None
            if given is not None and not isinstance(given, tree.Reference):
                return None
            self.names[name] = given.name if isinstance(given, tree.Reference) else coming.pop(0)
        return before if not coming else None

    def rename(self, outputs: list[str]) -> None:
        """Give what the block names other names where they are taken; its outputs their own."""
        wanted = [name.text for name in self.applied.step.names]
        self.taken.update(self.names.values())
        for output, name in zip(outputs, wanted, strict=False):
            if output not in self.names and len(wanted) == len(outputs):
                self.names[output] = name
        for symbol in self.inside.values():
            if symbol.kind in ("tensor", "layer", "variable", "constant"):
                self.names.setdefault(symbol.name, self.free(symbol.name))

    def free(self, name: str) -> str:
        """Return a name that is not taken, and take it."""
        made, number = name, 1
        while made in self.taken:
            number += 1
            made = f"{name}_{number}"
        self.taken.add(made)
        return made

    # ---- Text

    def raw(self, block: tree.Block) -> RawLine:
        lines = self.analysis.read.lines
        return next(raw for raw in lines if raw.tokens and raw.tokens[0].start == block.span.start)

    def text_of(self, block: tree.Block) -> str:
        start, end = _extent(self.raw(block))
        return self.text[start:end]

    def body_lines(self, indent: str) -> list[str]:
        """Return the lines of the block, without inputs and outputs, as they stand at `indent`."""
        made: list[str] = []
        last = 0
        for raw in self.raw(self.applied.block).body or []:
            start, end = _extent(raw)
            if raw.tokens[0].kind in ("INPUT", "OUTPUT"):
                continue
            column = self.analysis.source.line_column(start)[1] - 1
            if "\n" not in self.text[last:start] and made:  # `} else {`
                made[-1] += " " + self.written(start, end)
            else:
                made.append(self.written(start, end))
            if column != len(indent) and raw.tokens[0].kind != "ELSE":
                made[-1] = made[-1].replace("\n" + " " * column, "\n" + indent)
            last = end
        return made

    def written(self, start: int, end: int) -> str:
        """Return a part of the block with other names, and values for its parameters."""
        changes: dict[tuple[int, int], str] = {}
        for symbol in self.inside.values():
            for span in symbol.places:
                new = self.instead(symbol, span)
                if new is not None and start <= span.start and span.end <= end:
                    changes[span.start, span.end] = new
        made, position = [], start
        for (begin, stop), new in sorted(changes.items()):
            made += [self.text[position:begin], new]
            position = stop
        return "".join([*made, self.text[position:end]])

    def instead(self, symbol: Symbol, span: Span) -> str | None:
        if symbol.kind == "parameter":
            value = self.applied.arguments[symbol.name]
            text = value.span.text
            return text if isinstance(value, _WHOLE) or span in self.alone else f"({text})"
        return self.names.get(symbol.name) if symbol.kind != "size" else None


def _extent(line: RawLine) -> tuple[int, int]:
    """Return where a line begins, and where it ends with all that is in its braces."""
    last = line.closer or line.tokens[-1]
    return line.tokens[0].start, last.end


def _alone(block: tree.Block) -> Iterator[Span]:
    """Yield the places of names that are the whole of an argument, or a whole item of a list."""
    waiting: list[tree.Expression] = []
    for step in [
        *steps(block.chain or ()),
        *(s for line in lines_inside(block.body) for s in _of(line)),
    ]:
        if isinstance(step.stage, tree.Apply):
            waiting += [argument.value for argument in step.stage.arguments or ()]
    waiting += [
        argument.value
        for line in lines_inside(block.body)
        if isinstance(line, tree.SharedLayer)
        for argument in line.apply.arguments or ()
    ]
    while waiting:
        value = waiting.pop()
        if isinstance(value, tree.Reference):
            yield value.span
        elif isinstance(value, tree.Sequence):
            waiting += value.items
        elif isinstance(value, tree.Call):
            waiting += [argument.value for argument in value.arguments]


def _of(line: tree.Line) -> Iterator[tree.Step]:
    return steps(line.steps if isinstance(line, tree.Flow) else ())
