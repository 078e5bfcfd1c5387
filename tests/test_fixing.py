"""Mending: fixes do what they say, never harm, and leave all else as it is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from case_files import all_cases

from nndsl.compiler import Options, check_model
from nndsl.diagnostic import Diagnostic, Fix
from nndsl.fixing import Mended, apply_edits, mend
from nndsl.lint import Selection
from nndsl.source import Source, Span
from nndsl.syntax.lexer import lex


def check(source: Source) -> tuple[Diagnostic, ...]:
    return check_model(source, Options(rules=Selection()))


def mended(text: str, *, unsafe: bool = False) -> Mended:
    return mend(Source("case.nn", text), check, unsafe=unsafe)


def comments(text: str) -> list[str]:
    return [span.text for span in lex(Source("case.nn", text))[1]]


def errors(found: Sequence[Diagnostic]) -> int:
    return sum(finding.severity == "error" for finding in found)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in all_cases()])
def test_mending_never_harms(case: object) -> None:
    """No case has more errors afterwards, nor less comments, and twice is as good as once."""
    text = case.text  # type: ignore[attr-defined]
    before = check(Source("case.nn", text))
    for unsafe in (False, True):
        result = mended(text, unsafe=unsafe)
        assert errors(result.left) <= errors(before)
        kept = [c for c in comments(text) if "nndsl:" not in c]
        assert [c for c in comments(result.source.text) if "nndsl:" not in c] == kept
        again = mended(result.source.text, unsafe=unsafe)
        assert again.source.text == result.source.text and not again.applied


ONE_UNIT = """\
model M {
    input x: [4]  # four
    x -> Dense(8, relu)  # the hidden layer
      -> Dense(1, softmax) as y  # the answer
    output y
}
"""


def test_a_fix_is_applied() -> None:
    result = mended(ONE_UNIT)
    assert result.source.text == ONE_UNIT.replace("softmax", "sigmoid")
    assert [d.code for d in result.applied] == ["L301"] and not result.left


def test_line_ends_stay() -> None:
    text = ONE_UNIT.replace("\n", "\r\n")
    assert mended(text).source.text == text.replace("softmax", "sigmoid")


def _with_fixes(*fixes: tuple[int, int, str]) -> Mended:
    """Return what becomes of the text below by fixes that are offered once."""

    def offers(source: Source) -> list[Diagnostic]:
        if source.text != TEXT:
            return []
        spans = [(Span(start, end, source), text) for start, end, text in fixes]
        return [
            Diagnostic("T001", "warning", f"{n}", span, fix=Fix("write it", ((span, text),)))
            for n, (span, text) in enumerate(spans)
        ]

    return mend(Source("case.nn", TEXT), offers)


TEXT = "one two # three\n"


def test_fixes_that_overlap_are_not_applied_together() -> None:
    assert _with_fixes((0, 3, "1"), (2, 7, "2")).source.text == "1 two # three\n"


def test_a_comment_is_never_lost() -> None:
    assert _with_fixes((4, 15, "2")).source.text == TEXT
    assert _with_fixes((4, 15, "2 # three")).source.text == "one 2 # three\n"


def test_a_fix_that_makes_errors_is_rejected_and_others_are_not() -> None:
    def offers(source: Source) -> list[Diagnostic]:
        found = []
        if "bad" in source.text:
            found.append(Diagnostic("T001", "error", "it is bad", Span(0, 1, source)))
        for word, text in (("one", "bad"), ("two", "2")):
            start = source.text.find(word)
            if start >= 0:
                span = Span(start, start + 3, source)
                fix = Fix("write it", ((span, text),))
                found.append(Diagnostic("T003", "warning", word, span, fix=fix))
        return found

    result = mend(Source("case.nn", TEXT), offers)
    assert result.source.text == "one 2 # three\n"
    assert [d.title for d in result.applied] == ["two"]


def test_fixes_that_undo_each_other_end() -> None:
    def offers(source: Source) -> list[Diagnostic]:
        span = Span(0, 3, source)
        other = "two" if span.text == "one" else "one"
        return [Diagnostic("T001", "warning", "x", span, fix=Fix("turn", ((span, other),)))]

    assert mend(Source("case.nn", "one\n"), offers).source.text in ("one\n", "two\n")


def test_edits_are_made_from_the_end() -> None:
    source = Source("a", "abc")
    edits = [(Span(0, 1, source), "xx"), (Span(2, 3, source), ""), (Span(1, 1, source), "-")]
    assert apply_edits(source, edits).text == "xx-b"
