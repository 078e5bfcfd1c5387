"""The grammar: what the parser runs is made from it, and it describes whole files."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from case_files import Case, clean_cases

from nndsl.source import Source
from nndsl.syntax.lexer import NEWLINE, lex

lark = pytest.importorskip("lark", reason="lark is only needed to make the parser's tables")

ROOT = Path(__file__).resolve().parent.parent
GRAMMAR = (ROOT / "grammars" / "nn.lark").read_text(encoding="utf-8")
EXAMPLES = sorted((ROOT / "examples").rglob("*.nn"))

#: A line that ends with one of these goes on, and so does one that begins with one of the others.
OPEN_ENDS = {
    "ARROW", "VBAR", "COMMA", "EQUAL", "COLON", "PLUS", "MINUS", "TIMES", "DIVIDE",
    "FLOOR_DIVIDE", "MODULO", "COMPARISON",
}  # fmt: skip
OPEN_STARTS = {"ARROW", "VBAR", "COMMA", "EQUAL", "AS", "LBRACE"}


def test_tables_are_those_of_the_grammar() -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        from make_parser import TABLES, make_tables
    finally:
        sys.path.pop(0)
    assert make_tables(GRAMMAR) == TABLES.read_text(
        encoding="utf-8"
    ), "run `python tools/make_parser.py`"


@cache
def _module_parser() -> Any:
    return lark.Lark(GRAMMAR, parser="lalr", start="module", maybe_placeholders=True)


def keep_newlines_that_count(text: str) -> str:
    """Return the text without the newlines that end no line: the grammar sees only the others.

    This says in a few lines what `nndsl/syntax/layout.py` does with every thought to mistakes;
    a disagreement on a good text would be a mistake there or in the grammar's first comment.
    """
    tokens = lex(Source("text", text))[0]
    kinds = [token.kind for token in tokens]
    parts: list[str] = []
    brackets: list[str] = []
    in_chain = False
    for index, token in enumerate(tokens):
        kind = token.kind
        between_lines = brackets[-1:] in ([], ["LBRACE"])
        begins_chain = kind == "ARROW" or (kind == "EQUAL" and between_lines)
        in_chain = in_chain or begins_chain
        if kind in ("LPAR", "LSQB", "LBRACE"):
            # The braces of a loop in a chain are brackets like others.
            brackets.append("CHAIN" if kind == "LBRACE" and in_chain else kind)
        elif kind in ("RPAR", "RSQB", "RBRACE"):
            # A body's last line ends at its brace, newline or not.
            parts.append("\n" if brackets.pop() == "LBRACE" else "")
        if kind == NEWLINE:
            before = next((k for k in reversed(kinds[:index]) if k != NEWLINE), NEWLINE)
            after = next((k for k in kinds[index:] if k != NEWLINE), NEWLINE)
            inside = bool(brackets) and brackets[-1] != "LBRACE"
            repeated = index > 0 and kinds[index - 1] == NEWLINE
            if inside or repeated or before in OPEN_ENDS or after in OPEN_STARTS:
                continue
            in_chain = in_chain and not between_lines
            if after == "RBRACE":
                continue  # put in front of the brace above
        parts.append(f"{token.text} ")
    return "".join(parts).rstrip() + "\n"


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.name for path in EXAMPLES])
def test_examples_parse_as_modules(path: Path) -> None:
    _module_parser().parse(keep_newlines_that_count(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in clean_cases()])
def test_clean_cases_parse_as_modules(case: Case) -> None:
    _module_parser().parse(keep_newlines_that_count(case.text))


def test_the_grammar_refuses_what_the_parser_refuses() -> None:
    for text in ("model M {\n", "x -> Dense(3) as y z\n", "const a\n"):
        with pytest.raises(lark.exceptions.UnexpectedInput):
            _module_parser().parse(text)
