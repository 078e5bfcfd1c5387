"""The tokens of a statement -> pieces: words, brackets, forks, chains in braces.

The formatter works on tokens, since those are what must come out again. Their nesting is all that
it needs to know: the text has been parsed before, so that what stands here is known to be right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Union

from nndsl.syntax.lexer import Token


@dataclass(slots=True)
class Word:
    token: Token
    #: Whether a space stands in front of it.
    spaced: bool


@dataclass(slots=True)
class Bracket:
    """`( )` or `[ ]` around items between commas."""

    opener: Token
    spaced: bool
    items: list[Pieces]
    #: The comma behind each item; None where there is none.
    commas: list[Token | None]
    closer: Token
    #: Whether a comma may stand behind the last item without meaning anything.
    extendable: bool
    #: Whether it stays open, an item to a line: the comma behind the last item says so.
    stays_open: bool


@dataclass(slots=True)
class Step:
    """A stage of a chain with its names, and the arrow or bar in front of it."""

    arrow: Token | None
    pieces: Pieces
    #: Whether the arrow stood on another line than what is before it.
    on_new_line: bool = False


@dataclass(slots=True)
class Fork:
    opener: Token
    spaced: bool
    branches: list[list[Step]]
    bars: list[Token]
    closer: Token
    #: Whether the branches stood on lines of their own.
    stays_open: bool


@dataclass(slots=True)
class Braces:
    """A chain in the braces of a `repeat` or `for` stage."""

    opener: Token
    chain: list[Step]
    closer: Token
    stays_open: bool


Piece = Union[Word, Bracket, Fork, Braces]
Pieces = list[Piece]

_VALUE_ENDS = {"NAME", "NUMBER", "STRING", "TRUE", "FALSE", "NONE", "UNDERSCORE", "RPAR", "RSQB"}
_CLOSERS = {"RPAR", "RSQB", "RBRACE"}
#: Words of the language that may be names, of arguments or behind a dot.
_NAME_LIKE = {"NAME", "REPEAT", "LAYER", "INPUT", "OUTPUT", "BLOCK", "MODEL"}

#: Says whether two tokens stood on one line.
SameLine = Callable[[Token, Token], bool]


class Reader:
    """Reads the pieces of one statement."""

    def __init__(self, tokens: list[Token], same_line: SameLine) -> None:
        self.tokens = tokens
        self.same_line = same_line
        self.position = 0

    def at(self, *kinds: str) -> bool:
        return self.position < len(self.tokens) and self.tokens[self.position].kind in kinds

    def take(self) -> Token:
        self.position += 1
        return self.tokens[self.position - 1]

    def previous(self) -> Token | None:
        return self.tokens[self.position - 1] if self.position else None

    def words(
        self,
        *ends: str,
        declares: bool = False,
        has_parameters: bool = False,
        in_slice: bool = False,
    ) -> Pieces:
        """Read up to a token of these kinds, or to the end, outside of brackets.

        `declares` says that `=` gives a default or a value, with spaces, and not an argument;
        `has_parameters`, that it does so in brackets behind a name.
        """
        pieces: Pieces = []
        while self.position < len(self.tokens):
            token = self.tokens[self.position]
            kind = token.kind
            if kind in ends or kind in _CLOSERS:
                break
            before = self.previous()
            spaced = before is not None and self.is_spaced(before, token, declares, in_slice)
            if kind == "LPAR" or kind == "LSQB":
                pieces.append(self.bracket(spaced, has_parameters))
            elif kind == "LBRACE":
                pieces.append(self.braces())
            else:
                self.position += 1
                pieces.append(Word(token, spaced))
        return pieces

    def is_spaced(self, before: Token, token: Token, declares: bool, in_slice: bool) -> bool:
        left, right = before.kind, token.kind
        if right in ("COMMA", "DOT") or left in ("DOT", "LPAR", "LSQB"):
            return False
        if right == "COLON" or left == "QMARK" and right == "NAME":
            return False
        if left == "COLON":
            return not in_slice
        if "EQUAL" in (left, right):
            return declares
        if left == "MINUS" and self.is_sign():
            return False
        if right == "LPAR":
            return not self.is_name(self.position - 1)
        if right == "LSQB":
            return left not in _VALUE_ENDS or left == "STRING"
        return True

    def is_sign(self) -> bool:
        """True if the `-` that was just read is no difference."""
        if self.position < 2:
            return True
        return self.tokens[self.position - 2].kind not in _VALUE_ENDS

    def is_name(self, index: int) -> bool:
        """True if a token is a name, and no word of the language."""
        kind = self.tokens[index].kind
        if kind == "NAME":
            return True
        return kind in _NAME_LIKE and index > 0 and self.tokens[index - 1].kind == "DOT"

    def bracket(self, spaced: bool, has_parameters: bool) -> Bracket:
        before = self.previous()
        opener = self.take()
        called = opener.kind == "LPAR" and not spaced and before is not None
        called = called and self.is_name(self.position - 2)
        is_slice = opener.kind == "LSQB" and not spaced and before is not None
        is_slice = is_slice and before is not None and before.kind in _VALUE_ENDS
        items: list[Pieces] = []
        commas: list[Token | None] = []
        declares = has_parameters and called
        while not self.at("RPAR", "RSQB"):
            items.append(self.words("COMMA", declares=declares, in_slice=is_slice))
            commas.append(self.take() if self.at("COMMA") else None)
        closer = self.take()
        ended = bool(commas) and commas[-1] is not None
        plain = opener.kind == "LPAR" and not called
        extendable = ended or not is_slice and (not plain or len(items) > 1)
        return Bracket(
            opener,
            spaced,
            items,
            commas,
            closer,
            extendable,
            ended and (not plain or len(items) > 1),
        )

    # ---- Chains

    def chain(self) -> list[Step]:
        """Read a chain up to what closes it."""
        steps = [Step(None, self.stage())]
        while self.at("ARROW"):
            steps.append(self.arrow_step())
        return steps

    def arrow_step(self) -> Step:
        before = self.previous()
        arrow = self.take()
        after = self.tokens[self.position]
        whole = before is None or self.same_line(before, arrow) and self.same_line(arrow, after)
        return Step(arrow, self.stage(), not whole)

    def stage(self) -> Pieces:
        first: Pieces = [self.fork()] if self.at("LPAR") else []
        return first + self.words("ARROW", "VBAR")

    def fork(self) -> Fork:
        opener = self.take()
        branches = [self.chain()]
        bars: list[Token] = []
        is_open = not self.same_line(opener, self.tokens[self.position - 1])
        while self.at("VBAR"):
            before = self.tokens[self.position - 1]
            bars.append(self.take())
            is_open |= not self.same_line(before, self.tokens[self.position])
            branches.append(self.chain())
        is_open |= not self.same_line(self.tokens[self.position - 1], self.tokens[self.position])
        return Fork(opener, True, branches, bars, self.take(), is_open)

    def braces(self) -> Braces:
        opener = self.take()
        is_open = not self.same_line(opener, self.tokens[self.position])
        chain = self.chain()
        return Braces(opener, chain, self.take(), is_open)


def is_word(piece: Piece, kind: str) -> bool:
    """True for a word of this kind."""
    return isinstance(piece, Word) and piece.token.kind == kind


def last_token(pieces: Pieces) -> Token:
    """Return the last token of pieces."""
    last = pieces[-1]
    return last.token if isinstance(last, Word) else last.closer
