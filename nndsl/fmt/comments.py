"""Which token each comment belongs to: the one before it on its line, or the one that follows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from nndsl.source import Source, Span
from nndsl.syntax.lexer import Token

#: Behind these a line goes on, and the formatter puts the end of the line in front of them.
_MOVED = {"ARROW", "VBAR"}


class Comments:
    """The comments of a source by the token that they stand behind, or in front of."""

    def __init__(self, source: Source, tokens: Sequence[Token], comments: Sequence[Span]) -> None:
        self.behind: dict[int, str] = {}
        self.before: dict[int, list[Span]] = {}
        #: Those behind the last token.
        self.last: list[Span] = []
        if not comments:
            return
        real = [token for token in tokens if token.kind != "_NL"]
        starts = [token.start for token in real]
        for comment in comments:
            index = bisect_right(starts, comment.start)
            self._place(source, real, index, comment)

    def _place(self, source: Source, tokens: list[Token], index: int, comment: Span) -> None:
        """Give a comment to a token; `index` is that of the token that follows it."""
        before = tokens[index - 1] if index else None
        if before is not None and "\n" not in source.text[before.end : comment.start]:
            if before.kind in _MOVED and index > 1:
                self._move(tokens[index - 2], before, comment)
                return
            if _may_follow(source, tokens, index):
                index, before = index + 1, tokens[index]
            if before.start in self.behind:
                self._put_before(tokens, index, comment)
            else:
                self.behind[before.start] = comment_text(comment)
            return
        if before is not None and before.kind in _MOVED:
            self.before.setdefault(before.start, []).append(comment)
            return
        if 1 < index < len(tokens) and tokens[index].kind == "EQUAL" and _is_inside(tokens, index):
            index -= tokens[index - 2].kind in ("LPAR", "COMMA")  # in front of the whole argument
        self._put_before(tokens, index, comment)

    def _move(self, made: Token, arrow: Token, comment: Span) -> None:
        """Put a comment behind an arrow in front of it, where the line will end."""
        if made.start in self.behind or arrow.start in self.before:
            self.before.setdefault(arrow.start, []).append(comment)
        else:
            self.behind[made.start] = comment_text(comment)

    def _put_before(self, tokens: list[Token], index: int, comment: Span) -> None:
        if index < len(tokens):
            self.before.setdefault(tokens[index].start, []).append(comment)
        else:
            self.last.append(comment)

    def touches(self, token: Token) -> bool:
        return token.start in self.behind or token.start in self.before


def _is_inside(tokens: list[Token], index: int) -> bool:
    """True if a token stands in brackets, where lines may end anywhere."""
    depth = 0
    for token in reversed(tokens[:index]):
        depth += (token.kind in ("RPAR", "RSQB")) - (token.kind in ("LPAR", "LSQB"))
        if depth < 0 or token.kind in ("LBRACE", "RBRACE"):
            break
    return depth < 0


def _may_follow(source: Source, tokens: list[Token], index: int) -> bool:
    """True if a comment in front of a comma or `=` may stand behind it as well."""
    following = tokens[index : index + 3]
    if len(following) < 2 or following[0].kind not in ("COMMA", "EQUAL"):
        return False
    if following[0].kind == "EQUAL" and index > 1 and tokens[index - 2].kind == "LAYER":
        return False  # `layer name =` does not go on
    if "#" in source.text[following[0].end : following[1].start]:
        return False  # there is a comment already
    return not begins_anew(following[1], following[2] if len(following) > 2 else None)


#: Words that begin a statement wherever they stand first in a line.
_LINE_WORDS = {
    "MODEL", "TRAIN", "IMPORT", "EXTERN", "SEQUENTIAL", "FUNCTIONAL", "SUBCLASS", "BLOCK",
    "CONST", "INPUT", "LAYER", "OUTPUT", "FOR", "IF", "ELSE",
}  # fmt: skip


def begins_anew(token: Token, following: Token | None) -> bool:
    """True if a line that begins with a token would be read as a new statement."""
    if token.kind in _LINE_WORDS:
        return True
    return token.kind == "NAME" and following is not None and following.kind == "COLON"


def comment_text(comment: Span) -> str:
    """Return a comment with a space behind its `#`, and none at its end."""
    text = comment.text.rstrip()
    return f"# {text[1:]}" if text[1:2].isalnum() else text
