"""What can be done at a place: mending, taking a part out into a block, putting a block in."""

from __future__ import annotations

from dataclasses import dataclass

from nndsl.compiler import Options, check_model
from nndsl.diagnostic import Diagnostic
from nndsl.fixing import mend
from nndsl.ide.analysis import Analysis
from nndsl.imports import Files
from nndsl.source import Span
from nndsl.syntax import tree
from nndsl.syntax.names import steps

Edits = tuple[tuple[Span, str], ...]


@dataclass(frozen=True, slots=True)
class Action:
    title: str
    kind: str
    edits: Edits
    finding: Diagnostic | None = None
    preferred: bool = False


def quick_fixes(analysis: Analysis, start: int, end: int) -> list[Action]:
    """Return the fixes of what is found between two offsets, and comments that ignore it."""
    actions: list[Action] = []
    for finding in analysis.diagnostics:
        span = finding.span
        if span.source is not analysis.source or span.start > end or span.end < start:
            continue
        fix = finding.fix
        if fix is not None and all(where.source is analysis.source for where, _ in fix.edits):
            unsafe = "" if fix.safe else " (may change what the model means)"
            title = f"{finding.code}: {fix.description}{unsafe}"
            actions.append(Action(title, "quickfix", fix.edits, finding, fix.safe))
        if finding.severity != "error":
            title = f"{finding.code}: ignore it on this line"
            actions.append(Action(title, "quickfix", _ignoring(analysis, finding), finding))
    return actions


def _ignoring(analysis: Analysis, finding: Diagnostic) -> Edits:
    """Return the edit that puts `# nndsl: ignore[CODE]` behind a line, or the code into one."""
    source = analysis.source
    for comment in analysis.read.comments:
        if comment.line == finding.span.line:
            cut = comment.text.find("nndsl: ignore[")
            if cut >= 0:
                place = comment.start + cut + len("nndsl: ignore[")
                return ((Span(place, place, source), f"{finding.code}, "),)
            end = comment.start + len(comment.text.rstrip())
            return ((Span(end, end, source), f"  # nndsl: ignore[{finding.code}]"),)
    newline = source.text.find("\n", finding.span.start)
    end = len(source.text) if newline < 0 else newline
    return ((Span(end, end, source), f"  # nndsl: ignore[{finding.code}]"),)


def fix_all(analysis: Analysis, options: Options, files: Files | None) -> Edits:
    """Return the edit that mends all that can be mended safely; empty if nothing can be."""
    source = analysis.source
    mended = mend(source, lambda text: check_model(text, options, files))
    if mended.source.text == source.text:
        return ()
    return ((Span(0, len(source.text), source), mended.source.text),)


# ---- Blocks --------------------------------------------------------------------------------------


def extract_block(analysis: Analysis, start: int, end: int) -> Action | None:
    """Return the action that makes a block of the stages that are selected."""
    run = _selected(analysis, start, end)
    if run is None:
        return None
    owner, first, last = run
    source = analysis.source
    begin, stop = first.span.start, last.stage.span.end
    body = source.text[begin:stop]
    if any(step.names for step in steps(_between(analysis, begin, stop)[:-1])):
        return None  # a name that is used elsewhere would be lost
    free = _parameters(analysis, owner, begin, stop)
    if free is None:
        return None
    name = _new_name(analysis)
    given = f"({', '.join(free)})" if free else ""
    definition = f"block {name}{given} = {_joined(body)}\n\n"
    place = _above(source.text, owner.span.start)
    edits = ((Span(place, place, source), definition), (Span(begin, stop, source), name + given))
    return Action(f"make a block `{name}` of this", "refactor.extract", edits)


def _selected(
    analysis: Analysis, start: int, end: int
) -> tuple[tree.Block | tree.Model, tree.Step, tree.Step] | None:
    """Return the block or model, and the first and the last stage of a chain, of a selection."""
    text = analysis.source.text
    while start < end and text[start] in " \t\n->":
        start += 1
    while end > start and text[end - 1] in " \t\n":
        end -= 1
    if end <= start:
        return None
    for owner in analysis.module.definitions:
        if not isinstance(owner, (tree.Block, tree.Model)):
            continue
        for chain in _chains(owner):
            chosen = [s for s in chain if s.span.start >= start and s.stage.span.end <= end]
            if chosen and chosen[0].span.start == start and chosen[-1].stage.span.end == end:
                return owner, chosen[0], chosen[-1]
    return None


def _chains(owner: tree.Block | tree.Model) -> list[tuple[tree.Step, ...]]:
    from nndsl.syntax.names import lines_inside

    found = [line.steps for line in lines_inside(owner.body) if isinstance(line, tree.Flow)]
    if isinstance(owner, tree.Block) and owner.chain:
        found.append(owner.chain)
    for chain in list(found):
        for step in steps(chain):
            if isinstance(step.stage, tree.Fork):
                found += step.stage.branches
            elif isinstance(step.stage, (tree.Repeat, tree.ForStage)):
                found.append(step.stage.chain)
    return found


def _between(analysis: Analysis, begin: int, stop: int) -> list[tree.Step]:
    found: list[tree.Step] = []
    for owner in analysis.module.definitions:
        if isinstance(owner, (tree.Block, tree.Model)):
            for chain in _chains(owner):
                found += (s for s in chain if s.span.start >= begin and s.stage.span.end <= stop)
    return list({step.span.start: step for step in found}.values())


def _parameters(
    analysis: Analysis, owner: tree.Block | tree.Model, begin: int, stop: int
) -> list[str] | None:
    """Return the names of the owner that the part uses; None if tensors are among them."""
    names: list[str] = []
    for symbol in analysis.names.bodies.get(owner.span.start, {}).values():
        if any(begin <= place.start < stop for place in symbol.uses):
            if symbol.kind not in ("parameter", "variable", "constant"):
                return None
            if not any(begin <= place.start < stop for place in symbol.definitions):
                names.append(symbol.name)
    return names


def _new_name(analysis: Analysis) -> str:
    names = {symbol.name for symbol in analysis.names.symbols()}
    number = 1
    while f"Part{number}" in names:
        number += 1
    return f"Part{number}"


def _joined(text: str) -> str:
    return text if "#" in text else " ".join(text.split())


def _above(text: str, start: int) -> int:
    """Return where the comments above a definition begin."""
    place = text.rfind("\n", 0, start) + 1
    while place:
        line = text.rfind("\n", 0, place - 1) + 1
        if not text[line:place].lstrip().startswith("#"):
            break
        place = line
    return place
