"""`# nndsl: ignore[CODE]`: findings that a line asks not to be told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from nndsl.diagnostic import NAMES, Diagnostic, Fix, has_errors
from nndsl.lint.index import RULES
from nndsl.lint.selection import Selection
from nndsl.source import Source, Span
from nndsl.suggest import nearest
from nndsl.syntax.lexer import lex

_COMMENT = re.compile(r"\bnndsl:\s*ignore\[([^\]]*)\]")
_ATTEMPT = re.compile(r"#\s*nndsl\s*:")
_CODE = re.compile(r"[^\s,]+")


@dataclass(slots=True)
class _Ignore:
    """One code in one comment."""

    code: str
    span: Span
    comment: Span
    used: bool = False


@dataclass(slots=True)
class _Ignores:
    """The comments of a source, by line."""

    by_line: dict[int, list[_Ignore]] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)


def apply_ignores(
    main: Source,
    found: Iterable[Diagnostic],
    selection: Selection | None,
    comments: Iterable[Span],
) -> list[Diagnostic]:
    """Return the findings without those that comments ask not to be told.

    `comments` are those of the main text; what is wrong with them is added. Errors of the compiler
    cannot be ignored: without them mended no code comes out.
    """
    known: dict[Source, _Ignores] = {}
    kept = []
    for finding in found:
        source = finding.span.source
        if source not in known:
            known[source] = _read(source, comments if source is main else None)
        if not _is_ignored(finding, known[source]):
            kept.append(finding)
    mine = known[main] if main in known else _read(main, comments)
    kept += mine.problems
    if selection is not None and not has_errors(kept):
        kept += [
            _unused(ignore)
            for ignores in mine.by_line.values()
            for ignore in ignores
            if not ignore.used and _may_be_found(ignore.code, selection)
        ]
    return kept


def _read(source: Source, comments: Iterable[Span] | None) -> _Ignores:
    ignores = _Ignores()
    if "nndsl" not in source.text:
        return ignores
    for comment in lex(source)[1] if comments is None else comments:
        match = _COMMENT.search(comment.text)
        if match is None:
            if _ATTEMPT.match(comment.text):
                ignores.problems.append(_malformed(comment))
            continue
        for code in _CODE.finditer(match[1]):
            start = comment.start + match.start(1)
            span = Span(start + code.start(), start + code.end(), source)
            if code[0] in RULES or code[0] in NAMES:
                ignore = _Ignore(code[0], span, comment)
                ignores.by_line.setdefault(comment.line, []).append(ignore)
            else:
                ignores.problems.append(_unknown(code[0], span))
    return ignores


def _is_ignored(finding: Diagnostic, ignores: _Ignores) -> bool:
    if not ignores.by_line or (finding.code not in RULES and finding.severity == "error"):
        return False
    first = finding.span.line
    last = finding.span.source.line_column(max(finding.span.end - 1, finding.span.start))[0]
    ignored = False
    for line in {first, last}:
        for ignore in ignores.by_line.get(line, ()):
            if ignore.code == finding.code:
                ignore.used = ignored = True
    return ignored


def _may_be_found(code: str, selection: Selection) -> bool:
    entry = RULES.get(code)
    return selection.takes(code, entry.default if entry is not None else True)


def _unused(ignore: _Ignore) -> Diagnostic:
    return Diagnostic(
        "N001",
        "warning",
        f"nothing on this line is found by `{ignore.code}`",
        ignore.span,
        "ignores nothing",
        help="delete it",
        fix=_without(ignore),
    )


def _without(ignore: _Ignore) -> Fix:
    """Return a fix that takes the code out of its comment, or the comment out of the line."""
    source, text = ignore.span.source, ignore.span.source.text
    match = _COMMENT.search(ignore.comment.text)
    assert match is not None
    codes = _CODE.findall(match[1])
    if len(codes) > 1:
        codes.remove(ignore.code)
        start = ignore.comment.start
        inside = Span(start + match.start(1), start + match.end(1), source)
        return Fix("delete the code", ((inside, ", ".join(codes)),))
    start, end = ignore.comment.start, ignore.comment.end
    rest = ignore.comment.text.replace(match[0], "").strip("# \t;,:")
    if rest:
        return Fix("delete it", ((Span(start, end, source), f"# {rest}"),))
    while start > 0 and text[start - 1] in " \t":
        start -= 1
    return Fix("delete the comment", ((Span(start, end, source), ""),))


def _unknown(code: str, span: Span) -> Diagnostic:
    guess = nearest(code, [*RULES, *NAMES])
    by_name = next((c for c, entry in RULES.items() if entry.name == code), None)
    meant = by_name or guess
    return Diagnostic(
        "N002",
        "warning",
        f"there is no code `{code}`",
        span,
        "ignores nothing",
        help=f"did you mean `{meant}`?" if meant else "`nndsl explain` lists the codes",
        fix=Fix(f"write `{by_name}`", ((span, by_name),)) if by_name else None,
    )


def _malformed(comment: Span) -> Diagnostic:
    return Diagnostic(
        "N002",
        "warning",
        "this comment to nndsl is not understood",
        comment,
        "ignores nothing",
        help="write `# nndsl: ignore[L301]`, with the codes in brackets",
    )
