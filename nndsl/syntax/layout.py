"""Tokens -> lines: where a statement ends, and which lines stand inside which braces.

A mistake must cost only the line in which it stands. So lines are found before any of them is
parsed, from brackets, newlines and the words that begin a line; a bracket that is never closed
is found out here and then counts for nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from nndsl.diagnostic import Diagnostic, Label
from nndsl.source import Source, Span
from nndsl.syntax.lexer import ERROR, NEWLINE, Token

MAX_DEPTH = 64

_CLOSERS = {"RPAR": "LPAR", "RSQB": "LSQB", "RBRACE": "LBRACE"}
_BRACKETS = {"LPAR", "LSQB", "LBRACE", *_CLOSERS}
_STYLES = {"SEQUENTIAL", "FUNCTIONAL", "SUBCLASS"}
#: These begin a definition that stands outside every brace.
_TOP_WORDS = {"MODEL", "TRAIN", "IMPORT", "EXTERN"} | _STYLES
#: These begin a line, wherever they stand first in one.
_LINE_WORDS = _TOP_WORDS | {"BLOCK", "CONST", "INPUT", "LAYER", "OUTPUT", "FOR", "IF", "ELSE"}
_HEADER_WORDS = {"MODEL", "BLOCK", "TRAIN", "FOR", "IF", "ELSE"} | _STYLES
#: A line that ends or begins with one of these goes on.
_OPEN_ENDS = {
    "ARROW", "VBAR", "COMMA", "EQUAL", "COLON", "PLUS", "MINUS", "TIMES", "DIVIDE",
    "FLOOR_DIVIDE", "MODULO", "COMPARISON", "AND", "OR", "NOT",
}  # fmt: skip
_OPEN_STARTS = {"ARROW", "VBAR", "COMMA", "EQUAL", "AS", "AND", "OR"}


@dataclass(slots=True)
class RawLine:
    """The tokens of one statement, and the lines in its braces (None when it has none)."""

    tokens: list[Token]
    body: list[RawLine] | None = None
    broken: bool = False
    #: The braces around the body; without an end if it has none.
    opener: Token | None = None
    closer: Token | None = None


def lay_out(source: Source, tokens: list[Token]) -> tuple[list[RawLine], list[Diagnostic], bool]:
    """Return the top-level lines with their bodies, and what is wrong with the brackets.

    The last is True if one is open at the end of the text.
    """
    pairs, broken, problems, is_open = _pair_brackets(source, tokens)
    reader = _Reader(source, tokens, pairs, broken)
    lines: list[RawLine] = []
    while not reader.at_end():
        lines += reader.read_lines(stop_at_brace=False)
        reader.position += 1  # a closing brace without an opening one; already reported
    return lines, problems, is_open


def _pair_brackets(
    source: Source, tokens: list[Token]
) -> tuple[dict[int, int], set[int], list[Diagnostic], bool]:
    """Return the index of the closer of each opener, the brackets without a partner, problems.

    The last is True if a bracket is open at the end.
    """
    pairs: dict[int, int] = {}
    broken: set[int] = set()
    problems: list[Diagnostic] = []
    stack: list[int] = []
    open_now = {"LPAR": 0, "LSQB": 0, "LBRACE": 0}

    def pop() -> int:
        index = stack.pop()
        open_now[tokens[index].kind] -= 1
        return index

    def unclosed(index: int, before: Token | None) -> None:
        token = tokens[index]
        broken.add(index)
        line = source.line_column(token.start)[0]
        if not too_deep and line not in reported_lines:
            reported_lines.add(line)  # one message a line: the others follow from it
            problems.append(_unclosed(source, token, before))

    too_deep = False
    reported_lines: set[int] = set()
    for index, token in enumerate(tokens):
        kind = token.kind
        if kind in ("LPAR", "LSQB", "LBRACE"):
            stack.append(index)
            open_now[kind] += 1
            if len(stack) > MAX_DEPTH:
                broken.add(index)  # what stands in it is not read: that would go as deep again
                if not too_deep:
                    too_deep = True
                    problems.append(_too_deep(source, token))
        elif kind in _CLOSERS:
            wanted = _CLOSERS[kind]
            if not open_now[wanted]:
                broken.add(index)
                if not too_deep:
                    problems.append(_stray(source, token))
                continue
            while tokens[stack[-1]].kind != wanted:
                unclosed(pop(), token)
            pairs[pop()] = index
        elif stack and kind in _LINE_WORDS and _begins_line(tokens, index):
            outermost = kind in _TOP_WORDS and _is_at_margin(source, token)
            while stack and (outermost or tokens[stack[-1]].kind != "LBRACE"):
                unclosed(pop(), token)
    is_open = bool(stack)
    while stack:
        unclosed(pop(), None)
    return pairs, broken, problems, is_open


def _begins_line(tokens: list[Token], index: int) -> bool:
    """True if a word stands first in its line and is not the name of an argument."""
    if index == 0 or tokens[index - 1].kind != NEWLINE:
        return False
    return index + 1 == len(tokens) or tokens[index + 1].kind != "EQUAL"


def _is_at_margin(source: Source, token: Token) -> bool:
    return token.start == 0 or source.text[token.start - 1] == "\n"


def _unclosed(source: Source, token: Token, before: Token | None) -> Diagnostic:
    labels: tuple[Label, ...] = ()
    if before is not None:
        labels = (Label(Span(before.start, before.end, source), "it should be closed before this"),)
    closer = {"(": ")", "[": "]", "{": "}"}[token.text]
    return Diagnostic(
        "T002",
        "error",
        f"`{token.text}` is never closed",
        Span(token.start, token.end, source),
        "opened here",
        labels,
        help=f"add `{closer}`",
    )


def _stray(source: Source, token: Token) -> Diagnostic:
    return Diagnostic(
        "T002",
        "error",
        f"`{token.text}` closes nothing",
        Span(token.start, token.end, source),
        "no bracket is open here",
        help="delete it, or open the bracket that it should close",
    )


def _too_deep(source: Source, token: Token) -> Diagnostic:
    return Diagnostic(
        "X952",
        "error",
        f"brackets are nested more than {MAX_DEPTH} deep",
        Span(token.start, token.end, source),
        "one level too many",
        help="give the inner part a name with `const`, `as` or `block`",
    )


class _Reader:
    """Cuts tokens into lines; `position` only ever moves forward."""

    def __init__(
        self, source: Source, tokens: list[Token], pairs: dict[int, int], broken: set[int]
    ) -> None:
        self.source = source
        self.tokens = tokens
        self.pairs = pairs
        self.broken = sorted(broken)
        self.position = 0
        self.depth = 0

    def at_end(self) -> bool:
        return self.position >= len(self.tokens)

    def read_lines(self, *, stop_at_brace: bool = True, close: int | None = None) -> list[RawLine]:
        """Read lines up to the closing brace at index `close`, or to the end."""
        lines: list[RawLine] = []
        while not self.at_end() and self.position != close:
            token = self.tokens[self.position]
            if token.kind == NEWLINE:
                self.position += 1
            elif token.kind == "RBRACE":
                if not stop_at_brace:
                    break
                self.position += 1
            elif stop_at_brace and close is None and self._ends_unclosed_body():
                break
            else:
                lines.append(self._read_line(close))
        return lines

    def _ends_unclosed_body(self) -> bool:
        """Without a closing brace, a body ends where the next definition begins."""
        token = self.tokens[self.position]
        if token.kind not in _TOP_WORDS or not _is_at_margin(self.source, token):
            return False
        return _begins_line(self.tokens, self.position)

    def _read_line(self, close: int | None) -> RawLine:
        tokens = self.tokens
        line = RawLine([])
        first = self.position
        is_header = tokens[first].kind in _HEADER_WORDS
        while not self.at_end() and self.position != close:
            index = self.position
            token = tokens[index]
            kind = token.kind
            if kind == NEWLINE:
                if not self._goes_on(tokens[first], index):
                    break
            elif kind == "LBRACE" and is_header:
                self._read_body(line, index)
                break
            elif kind == "RBRACE":
                break  # it closes nothing, or a body that has no end
            elif index in self.pairs:
                inside = [t for t in tokens[index : self.pairs[index] + 1] if t.kind != NEWLINE]
                line.tokens += inside
                self.position = self.pairs[index]
                line.broken |= self._has_broken(index, self.pairs[index])
            else:
                line.broken |= kind in _BRACKETS and self._has_broken(index - 1, index + 1)
                is_header = is_header and kind != "EQUAL"
                line.tokens.append(token)
            self.position += 1
        line.broken |= any(token.kind == ERROR for token in line.tokens)
        return line

    def _has_broken(self, start: int, end: int) -> bool:
        following = bisect_right(self.broken, start)
        return following < len(self.broken) and self.broken[following] < end

    def _read_body(self, line: RawLine, opener: int) -> None:
        self.position = opener + 1
        close = self.pairs.get(opener)
        line.opener = self.tokens[opener]
        line.closer = None if close is None else self.tokens[close]
        if self.depth >= MAX_DEPTH:
            line.body, line.broken = [], True
            self.position = self.pairs.get(opener, len(self.tokens))
            return
        self.depth += 1
        line.body = self.read_lines(close=close)
        if close is not None:
            self.position = close + 1
        self.depth -= 1

    def _goes_on(self, first: Token, newline: int) -> bool:
        """True if the line that begins with a token goes on behind a newline."""
        tokens = self.tokens
        following = newline
        while following < len(tokens) and tokens[following].kind == NEWLINE:
            following += 1
        if following == len(tokens):
            return False
        kind = tokens[following].kind
        if kind in _OPEN_STARTS or kind == "LBRACE":
            return True
        # A half-typed line must not swallow the next statement.
        begins_anew = kind in _LINE_WORDS or kind == "RBRACE"
        if kind == "NAME" and following + 1 < len(tokens):
            behind = tokens[following + 1].kind
            is_input = first.kind == "INPUT"  # `input a,` and below `b: [3]`
            begins_anew = behind == "ARROW" if is_input else behind == "COLON"
        last = tokens[newline - 1].kind
        if last == "EQUAL" and first.kind == "LAYER":
            return False
        return last in _OPEN_ENDS and not begins_anew
