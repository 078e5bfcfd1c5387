"""Applies fixes to a text, again and again, until nothing changes.

Whatever a fix promises, the text is checked anew after it: a fix that makes more errors is
rejected, and so is one that would lose a comment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nndsl.diagnostic import Diagnostic
from nndsl.source import Source, Span
from nndsl.syntax.lexer import lex

#: A fix may give reason for the next one; no text needs so many.
MAX_ROUNDS = 20

Findings = Sequence[Diagnostic]
Check = Callable[[Source], Findings]


@dataclass(frozen=True, slots=True)
class Mended:
    """A text with its fixes applied, which findings they mended, and which are left."""

    source: Source
    applied: tuple[Diagnostic, ...]
    left: Findings


def mend(source: Source, check: Check, *, unsafe: bool = False) -> Mended:
    """Return the text with all fixes applied that do it good; with `unsafe` the unsafe ones too."""
    found = check(source)
    applied: list[Diagnostic] = []
    rejected: set[tuple[str, ...]] = set()
    seen = {source.text}
    for _ in range(MAX_ROUNDS):
        usable = [d for d in found if is_usable(d, source, unsafe) and _key(d) not in rejected]
        chosen = _apart(usable)
        if not chosen:
            break
        accepted, mended, after = _try(source, chosen, found, check)
        rejected.update(_key(d) for d in chosen if d not in accepted)
        if accepted and mended.text in seen:
            rejected.update(_key(d) for d in accepted)  # it goes round in circles
        elif accepted:
            seen.add(mended.text)
            applied += accepted
            source, found = mended, after
    return Mended(source, tuple(applied), found)


def is_usable(finding: Diagnostic, source: Source, unsafe: bool) -> bool:
    """True if a finding has a fix of this text that may be applied."""
    fix = finding.fix
    if fix is None or not (fix.safe or unsafe):
        return False
    return all(span.source is source for span, _ in fix.edits)


def apply_edits(source: Source, edits: Sequence[tuple[Span, str]]) -> Source:
    """Return the text with its edits, which must not overlap, made."""
    text = source.text
    for span, replacement in sorted(edits, key=lambda e: (e[0].start, e[0].end), reverse=True):
        text = text[: span.start] + replacement + text[span.end :]
    return Source(source.name, text)


def _try(
    source: Source, chosen: list[Diagnostic], found: Findings, check: Check
) -> tuple[list[Diagnostic], Source, Findings]:
    """Apply fixes together; where the text is worse for it, those that do good each by itself."""
    comments = lex(source)[1]
    kept = [d for d in chosen if not _loses_comment(d, comments)]
    mended, after = _applied(source, kept, check)
    if not _is_worse(after, found):
        return kept, mended, after
    good = []
    for finding in kept:
        if not _is_worse(_applied(source, [finding], check)[1], found):
            good.append(finding)
    mended, after = _applied(source, good, check)
    if good and _is_worse(after, found):  # together they do harm
        del good[1:]
        mended, after = _applied(source, good, check)
    return good, mended, after


def _applied(source: Source, chosen: list[Diagnostic], check: Check) -> tuple[Source, Findings]:
    edits = [edit for finding in chosen if finding.fix for edit in finding.fix.edits]
    mended = apply_edits(source, edits)
    return mended, check(mended)


def _apart(findings: list[Diagnostic]) -> list[Diagnostic]:
    """Return the findings, in order, whose fixes do not touch each other."""
    taken: list[tuple[int, int]] = []
    chosen = []
    for finding in findings:
        edits = finding.fix.edits if finding.fix else ()
        places = [(span.start, span.end) for span, _ in edits]
        if not any(_touch(place, other) for place in places for other in taken):
            chosen.append(finding)
            taken += places
    return chosen


def _touch(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _loses_comment(finding: Diagnostic, comments: Sequence[Span]) -> bool:
    """True if a fix would delete a comment that it is not about."""
    for span, text in finding.fix.edits if finding.fix else ():
        for comment in comments:
            overlaps = span.start < comment.end and comment.start < span.end
            about = comment.start <= finding.span.start and finding.span.end <= comment.end
            if overlaps and not about and comment.text not in text:
                return True
    return False


def _is_worse(after: Findings, before: Findings) -> bool:
    return _errors(after) > _errors(before)


def _errors(findings: Findings) -> int:
    return sum(finding.severity == "error" for finding in findings)


def _key(finding: Diagnostic) -> tuple[str, ...]:
    """Return what a fix is known again by, in a text that may have changed elsewhere."""
    fix = finding.fix
    edits = tuple(f"{span.text} -> {text}" for span, text in fix.edits) if fix else ()
    source = finding.span.source
    return (finding.code, finding.title, source.line_text(finding.span.line), *edits)
