"""Where the cursor stands in a text that need not be whole: in which call, behind which word."""

from __future__ import annotations

from dataclasses import dataclass

from nndsl.ide.analysis import Analysis
from nndsl.syntax.lexer import Token

_TOP = {"MODEL", "TRAIN", "IMPORT", "EXTERN", "SEQUENTIAL", "FUNCTIONAL", "SUBCLASS"}
_LINE_WORDS = _TOP | {"BLOCK", "CONST", "INPUT", "LAYER", "OUTPUT", "FOR", "IF", "ELSE"}
_OPENERS = {"LPAR", "LSQB", "LBRACE"}
_CLOSERS = {"RPAR", "RSQB", "RBRACE"}


@dataclass(frozen=True, slots=True)
class CallAround:
    """The innermost brackets of a call around the cursor."""

    callee: str
    #: Where the name of what is called begins.
    start: int
    #: How many commas stand in front of the cursor.
    position: int
    #: The names of arguments that are given, those behind the cursor too.
    named: tuple[str, ...]
    #: The argument whose value is being written; empty for one without a name.
    writing: str


class Context:
    """The tokens in front of an offset, without the word that is being written."""

    def __init__(self, analysis: Analysis, offset: int) -> None:
        self.analysis = analysis
        self.offset = offset
        tokens = analysis.tokens
        before = [t for t in tokens if t.end <= offset and t.start < offset]
        self.word: Token | None = None
        if before and before[-1].end == offset and before[-1].text.isidentifier():
            self.word = before.pop()
        self.before = before
        self.after = [token for token in tokens[len(before) :] if token.start >= offset]

    @property
    def in_comment_or_string(self) -> bool:
        start = self.analysis.source.text.rfind("\n", 0, self.offset) + 1
        for comment in self.analysis.read.comments:
            if comment.start < self.offset <= comment.end:
                return True
        line = self.analysis.source.text[start : self.offset]
        return any(
            t.kind == "STRING" and t.start < self.offset < t.end for t in self.analysis.tokens
        ) or (line.count('"') % 2 == 1)

    def last(self, back: int = 0) -> Token | None:
        """Return a token in front of the cursor that is no end of a line, counted backwards."""
        real = [token for token in self.before[-80:] if token.kind != "_NL"]
        return real[-1 - back] if back < len(real) else None

    @property
    def last_kind(self) -> str:
        token = self.last()
        return token.kind if token is not None else ""

    @property
    def begins_line(self) -> bool:
        """True if nothing stands in front of the word on its line."""
        return not self.before or self.before[-1].kind in ("_NL", "LBRACE", "RBRACE")

    def first_of_line(self) -> str:
        """Return the kind of the word that the statement begins with, as far as one can tell."""
        depth = 0
        first = ""
        for index in range(len(self.before) - 1, -1, -1):
            token = self.before[index]
            if token.kind in _CLOSERS:
                depth += 1
            elif token.kind in _OPENERS:
                depth -= 1
                if token.kind == "LBRACE" and depth < 0:
                    break
            if token.kind == "_NL":
                previous = self.before[index - 1].kind if index else ""
                following = first
                if depth == 0 and previous not in ("ARROW", "COMMA", "VBAR", "EQUAL", "COLON"):
                    if following not in ("ARROW", "COMMA", "VBAR", "EQUAL", "AS"):
                        break
                continue
            first = token.kind
        return first

    def around(self) -> str:
        """Return what kind of braces the cursor stands in: `model`, `block`, `train` or none."""
        depth = 0
        for index in range(len(self.before) - 1, -1, -1):
            token = self.before[index]
            if token.kind == "RBRACE":
                depth += 1
            elif token.kind == "LBRACE":
                depth -= 1
                if depth < 0:
                    depth = 0
                    kind = self._header(index)
                    if kind:
                        return kind
        return ""

    def _header(self, brace: int) -> str:
        for token in reversed(self.before[:brace]):
            if token.kind in ("_NL", "RBRACE", "LBRACE"):
                return ""
            if token.kind in ("MODEL", "BLOCK", "TRAIN"):
                return token.kind.lower()
        return ""

    def call(self) -> CallAround | None:
        """Return the call whose brackets are open at the cursor."""
        depth = 0
        commas = 0
        for index in range(len(self.before) - 1, -1, -1):
            token = self.before[index]
            kind = token.kind
            if kind in _CLOSERS:
                depth += 1
            elif kind in _OPENERS:
                if depth:
                    depth -= 1
                elif kind == "LPAR" and index and self._is_name(index - 1):
                    return self._call_at(index, commas)
                elif kind == "LBRACE":
                    return None
                else:
                    commas = 0
            elif kind == "COMMA" and not depth:
                commas += 1
            elif kind in _TOP and index and self.before[index - 1].kind == "_NL":
                return None
        return None

    def _is_name(self, index: int) -> bool:
        token = self.before[index]
        return token.text.isidentifier() and token.kind in ("NAME", "REPEAT")

    def _call_at(self, opener: int, commas: int) -> CallAround | None:
        first = opener - 1
        while first > 1 and self.before[first - 1].kind == "DOT":
            first -= 2
        if first and self.before[first - 1].kind in ("BLOCK", "MODEL"):
            return None
        callee = "".join(token.text for token in self.before[first:opener])
        inside = self.before[opener + 1 :]
        named = [
            one.text
            for one, following in zip(inside, inside[1:], strict=False)
            if following.kind == "EQUAL"
        ]
        depth = 0
        for one, following in zip(self.after, self.after[1:], strict=False):
            depth += (one.kind in _OPENERS) - (one.kind in _CLOSERS)
            if depth < 0 or one.kind in _LINE_WORDS and following.kind != "EQUAL":
                break
            if following.kind == "EQUAL" and one.text.isidentifier() and not depth:
                named.append(one.text)
        writing = ""
        if len(inside) > 1 and inside[-1].kind == "EQUAL":
            writing = inside[-2].text
        return CallAround(callee, self.before[first].start, commas, tuple(named), writing)
