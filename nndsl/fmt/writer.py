"""Lines of formatted text as they grow, with the comments of the tokens that are put into them."""

from __future__ import annotations

from dataclasses import dataclass

from nndsl.fmt.comments import Comments, comment_text
from nndsl.syntax.lexer import Token


@dataclass(slots=True)
class Line:
    """A line that is written: its code, and the comment behind it."""

    code: str
    comment: str = ""


class Writer:
    """Writes the lines of one statement. Behind a comment, a new line begins by itself."""

    def __init__(self, comments: Comments, indent: int, width: int) -> None:
        self.comments = comments
        self.width = width
        self.lines: list[Line] = []
        self.indent = indent
        #: Where that is closed which is opened on this line.
        self.base = indent
        self.code = ""
        self.comment = ""

    @property
    def column(self) -> int:
        return len(self.code) if self.code else self.indent

    @property
    def at_start(self) -> bool:
        return not self.code

    def room(self) -> int:
        return self.width - self.column

    def newline(self, indent: int) -> None:
        """End the line, unless nothing is on it; the next one begins at `indent`."""
        if self.code:
            self.lines.append(Line(self.code.rstrip(), self.comment))
        self.code, self.comment = "", ""
        self.indent = self.base = indent

    def put(self, text: str, hang: int, spaced: bool = False) -> None:
        """Add text to the line, or to a new one at `hang` if this one has ended."""
        if self.comment:
            self.newline(hang)
        if not self.code:
            self.code = " " * self.indent + text
        else:
            self.code += " " + text if spaced else text

    def token(self, token: Token, hang: int, spaced: bool = False) -> None:
        """Put a token with its comments."""
        comments = self.comments
        for comment in comments.before.get(token.start, ()):
            self.own_line(comment_text(comment), hang)
        self.put(token_text(token), hang, spaced)
        self.comment = comments.behind.get(token.start, "")

    def own_line(self, text: str, indent: int) -> None:
        """Put a comment on a line of its own."""
        if self.code:
            self.newline(indent)
        self.lines.append(Line(" " * self.indent + text))

    def closing(self, token: Token, inside: int, column: int) -> None:
        """Put a closing bracket on a line of its own, below the comments in front of it."""
        for comment in self.comments.before.get(token.start, ()):
            self.own_line(comment_text(comment), inside)
        self.newline(column)
        self.put(token.text, column)
        self.comment = self.comments.behind.get(token.start, "")

    def finish(self) -> list[Line]:
        self.newline(self.indent)
        return self.lines


def token_text(token: Token) -> str:
    return token.text.lower() if token.kind == "NUMBER" else token.text
