"""A source -> entries: its statements, headers, braces and comments with the lines they become."""

from __future__ import annotations

from dataclasses import dataclass, field

from nndsl.fmt.comments import Comments, comment_text
from nndsl.fmt.render import INDENT
from nndsl.fmt.statements import WIDTH, Statement, StatementReader
from nndsl.fmt.writer import Line
from nndsl.source import Source, Span
from nndsl.syntax.layout import RawLine
from nndsl.syntax.lexer import Token

_DEFINITIONS = ("MODEL", "BLOCK", "TRAIN", "SEQUENTIAL", "FUNCTIONAL", "SUBCLASS")


@dataclass(slots=True)
class Entry:
    """What stands on lines of its own: from where to where it stood, and the lines it becomes."""

    start: int
    end: int
    lines: list[Line]
    indent: int
    #: True for a blank line in front of it.
    blank: bool = False
    statement: Statement | None = None
    raw: RawLine | None = None
    #: Whether it is a comment, which does not end a run of settings.
    is_comment: bool = False
    #: Whether blank lines part it from others at the top of a file.
    stands_apart: bool = False
    #: Whether it is a header, behind which there is no blank line.
    opens: bool = False


@dataclass(slots=True)
class Text:
    """Collects the entries of a source."""

    source: Source
    comments: Comments
    entries: list[Entry] = field(default_factory=list)

    def make(self, lines: list[RawLine]) -> list[Entry]:
        self.body(lines, 0, in_train=False)
        for comment in self.comments.last:
            self.comment(comment, 0)
        self._part()
        _align_statements(self.entries)
        for entry in self.entries:
            if entry.statement is not None:
                entry.lines = entry.statement.lines
        _align_comments(self.entries)
        return self.entries

    def same_line(self, one: Token, other: Token) -> bool:
        return "\n" not in self.source.text[one.end : other.start]

    # ---- Entries

    def body(self, lines: list[RawLine], indent: int, in_train: bool) -> None:
        reader = StatementReader(self.comments, self.same_line)
        previous: RawLine | None = None
        column = (
            indent + 1 + max((_name_length(line) for line in lines), default=0) if in_train else 0
        )
        for line in lines:
            if line.body is not None:
                self.braced(reader, line, previous, indent)
            else:
                self.leading(line.tokens[0], indent)
                end = self.end_of(line.tokens[-1])
                statement = reader.statement(line, indent, in_train, column)
                entry = self.add(line.tokens[0].start, end, statement.lines, indent)
                entry.statement, entry.raw = statement, line
                entry.stands_apart = line.tokens[0].kind == "BLOCK" and len(statement.lines) > 1
            previous = line

    def braced(
        self, reader: StatementReader, line: RawLine, previous: RawLine | None, indent: int
    ) -> None:
        """Add a header, the lines of its body, and the closing brace."""
        first = line.tokens[0]
        assert line.opener is not None and line.closer is not None and line.body is not None
        joins = first.kind == "ELSE" and previous is not None and self._joins(previous, first)
        inner = self.comments.before.pop(line.opener.start, [])
        if joins:
            brace = self.entries.pop()
            lines = reader.header(line, indent, prefix="}")
            start = brace.start
        else:
            self.leading(first, indent)
            lines = reader.header(line, indent)
            start = first.start
        end = self.end_of(line.opener)
        behind = self.comments.behind.pop(line.opener.start, "")
        if behind and lines[-1].comment:
            lines.append(Line(" " * (indent + INDENT) + behind))
        elif behind:
            lines[-1].comment = behind
        lines += [Line(" " * (indent + INDENT) + comment_text(comment)) for comment in inner]
        entry = self.add(start, end, lines, indent)
        entry.stands_apart, entry.opens = first.kind in _DEFINITIONS, True
        self.body(line.body, indent + INDENT, first.kind == "TRAIN")
        self.leading(line.closer, indent + INDENT)
        if self.entries[-1] is entry and not inner and not behind and not lines[-1].comment:
            lines[-1].code += "}"
            entry.opens = False
            entry.end = self.end_of(line.closer)
            lines[-1].comment = self.comments.behind.get(line.closer.start, "")
            return
        closing = Line(" " * indent + "}", self.comments.behind.get(line.closer.start, ""))
        brace = self.add(line.closer.start, self.end_of(line.closer), [closing], indent)
        brace.blank = False

    def _joins(self, previous: RawLine, word: Token) -> bool:
        """True if an `else` may stand behind the brace in front of it."""
        closer = previous.closer
        if closer is None or closer.start in self.comments.behind:
            return False
        last = self.entries[-1].lines[-1].code.strip()
        return last == "}" and word.start not in self.comments.before

    def leading(self, token: Token, indent: int) -> None:
        """Add the comments in front of a token, which is the first of its line."""
        for comment in self.comments.before.pop(token.start, ()):
            self.comment(comment, indent)

    def comment(self, comment: Span, indent: int) -> None:
        line = Line(" " * indent + comment_text(comment))
        self.add(comment.start, comment.end, [line], indent).is_comment = True

    def add(self, start: int, end: int, lines: list[Line], indent: int) -> Entry:
        blank = False
        if self.entries:
            before = self.entries[-1]
            gap = self.source.text[before.end : start]
            blank = gap.count("\n") > 1 and not before.opens
        entry = Entry(start, end, lines, indent, blank)
        self.entries.append(entry)
        return entry

    def end_of(self, token: Token) -> int:
        """Return where a token and the comment behind it end."""
        if token.start not in self.comments.behind:
            return token.end
        newline = self.source.text.find("\n", token.end)
        return len(self.source.text) if newline < 0 else newline

    def _part(self) -> None:
        """Put a blank line around what has a body of lines, at the top of the file."""
        after = False
        for index, entry in enumerate(self.entries):
            if entry.indent:
                continue
            closes = entry.lines[-1].code == "}"
            if closes:
                after = True
                continue
            follows = index
            while self.entries[follows].is_comment and follows + 1 < len(self.entries):
                follows += 1
                if self.entries[follows].blank:
                    break
            apart = self.entries[follows].stands_apart and not self.entries[follows].blank
            attached = index and self.entries[index - 1].is_comment and not entry.blank
            if index and (after or apart or entry.stands_apart) and not attached:
                entry.blank = True
            after = entry.stands_apart and entry.raw is not None


def _name_length(line: RawLine) -> int:
    return line.tokens[0].end - line.tokens[0].start + 1


def _align_statements(entries: list[Entry]) -> None:
    """Align the cells of statements of one kind that follow each other."""
    run: list[Entry] = []
    for entry in [*entries, Entry(0, 0, [], -1)]:
        kind = entry.statement.kind if entry.statement else ""
        if run:
            first = run[0].statement
            assert first is not None
            fits = kind == first.kind and entry.indent == run[0].indent and not entry.blank
            if not fits or len(entry.statement.cells if entry.statement else ()) != len(
                first.cells
            ):
                _pad(run)
                run = []
        if kind:
            run.append(entry)


def _pad(run: list[Entry]) -> None:
    statements = [entry.statement for entry in run if entry.statement is not None]
    if len(statements) < 2:
        return
    columns = list(zip(*(statement.cells[:-1] for statement in statements), strict=True))
    widths = [max(map(len, column)) for column in columns]
    texts = [" " * run[0].indent + statement.padded(widths) for statement in statements]
    if max(map(len, texts)) > WIDTH:
        return
    for statement, text in zip(statements, texts, strict=True):
        statement.lines[0].code = text


def _align_comments(entries: list[Entry]) -> None:
    """Put comments behind lines that follow each other at one column."""
    run: list[Line] = []
    indent = -1
    for entry in entries:
        for index, line in enumerate(entry.lines):
            here = len(line.code) - len(line.code.lstrip())
            if not line.comment or here != indent or entry.blank and index == 0:
                _align_run(run)
                run = []
            if line.comment:
                run.append(line)
                indent = here
    _align_run(run)


def _align_run(run: list[Line]) -> None:
    width = max((len(line.code) for line in run), default=0)
    for line in run:
        line.code = line.code.ljust(width)
