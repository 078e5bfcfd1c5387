"""One statement -> its lines, and what of it stands below each other in a run of its kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nndsl.fmt.comments import Comments
from nndsl.fmt.pieces import Bracket, Pieces, Reader, SameLine, Step, Word, is_word
from nndsl.fmt.render import INDENT, Renderer
from nndsl.fmt.writer import Line, Writer
from nndsl.syntax.layout import RawLine
from nndsl.syntax.lexer import Token

WIDTH = 100
#: No line is as long: so nothing is broken that stands with a comment to nndsl.
UNLIMITED = 1_000_000
#: Sources longer than this have their arrows below each other further left.
FAR = 24
#: Lines are broken anew until nothing changes; mostly the second time is as the first.
MOST_ROUNDS = 4


@dataclass(slots=True)
class Statement:
    """A statement that fits on a line, as cells that may be padded; else as its lines."""

    #: Statements of one kind in a row are aligned; empty for what stands alone.
    kind: str
    cells: tuple[str, ...]
    #: Without padding.
    lines: list[Line]

    def padded(self, widths: list[int]) -> str:
        padded = (cell.ljust(width) for cell, width in zip(self.cells, widths, strict=False))
        return " ".join([*padded, self.cells[-1]])


Make = Callable[[Renderer], Statement]


class StatementReader:
    """Makes the lines of statements at some indent."""

    def __init__(self, comments: Comments, same_line: SameLine) -> None:
        self.comments = comments
        self.same_line = same_line

    def statement(self, line: RawLine, indent: int, in_train: bool, column: int = 0) -> Statement:
        """Return a statement without a body. `column` is where the values of a setting begin."""
        reader = Reader(line.tokens, self.same_line)
        width = self.width(line.tokens)
        last = self.comments.behind.pop(line.tokens[-1].start, "")
        make = self.setting(reader, column) if in_train else self.reading(line, reader)
        # Where a line was broken, it would be if it were formatted again: so it is.
        renderer = Renderer(Writer(self.comments, indent, width))
        made = make(renderer)
        for _ in range(MOST_ROUNDS):
            if not renderer.broke:
                break
            renderer = Renderer(Writer(self.comments, indent, width))
            made = make(renderer)
        made.lines[-1].comment = last
        return made

    def reading(self, line: RawLine, reader: Reader) -> Make:
        """Read a statement by its kind; return what makes its lines."""
        kind = line.tokens[0].kind
        if kind == "CONST" or kind == "LAYER":
            pieces = reader.words(declares=True)
            return lambda renderer: _aligned(kind, renderer, pieces, (2,))
        if kind == "INPUT":
            pieces = reader.words()
            cuts = tuple(i + 1 for i, p in enumerate(pieces) if is_word(p, "COLON"))
            return lambda renderer: _aligned(kind, renderer, pieces, cuts)
        if kind == "EXTERN":
            return self.extern(reader)
        if kind == "BLOCK":
            return self.chain_block(reader)
        if kind == "OUTPUT" or kind == "IMPORT":
            return self.listing(reader)
        return self.flow(reader)

    def width(self, tokens: list[Token]) -> int:
        """Return how long lines may be. A comment to nndsl counts for its line: it stays whole."""
        behind = self.comments.behind
        ignores = behind and any("nndsl:" in behind.get(token.start, "") for token in tokens)
        return UNLIMITED if ignores else WIDTH

    def header(self, line: RawLine, indent: int, prefix: str = "") -> list[Line]:
        """Return the lines of a header up to its brace; `prefix` is what stands before it."""
        reader = Reader(line.tokens, self.same_line)
        renderer = Renderer(Writer(self.comments, indent, self.width(line.tokens)))
        is_definition = line.tokens[0].kind not in ("FOR", "IF", "ELSE")
        pieces = reader.words(declares=is_definition, has_parameters=is_definition)
        comment = self.comments.behind.pop(line.tokens[-1].start, "")
        writer = renderer.writer
        if prefix:
            writer.put(prefix, indent)
            pieces = _spaced(pieces)
        renderer.pieces(pieces, indent + 2 * INDENT, 2)
        writer.put("{", indent, spaced=True)
        writer.comment = comment
        return writer.finish()

    # ---- Kinds of statements

    def setting(self, reader: Reader, column: int) -> Make:
        name, colon = reader.take(), reader.take()
        values = _spaced(reader.words())

        def make(renderer: Renderer) -> Statement:
            writer = renderer.writer
            hang = writer.indent + INDENT
            writer.token(name, hang)
            writer.token(colon, hang)
            if not writer.comment:
                writer.code = writer.code.ljust(max(column - 1, 0))
            renderer.pieces(values, max(column, hang))
            return Statement("", (), writer.finish())

        return make

    def listing(self, reader: Reader) -> Make:
        first, rest = reader.take(), reader.words()

        def make(renderer: Renderer) -> Statement:
            writer = renderer.writer
            hang = writer.indent + len(first.text) + 1
            writer.token(first, hang)
            renderer.pieces(rest, hang)
            return Statement("", (), writer.finish())

        return make

    def extern(self, reader: Reader) -> Make:
        pieces = reader.words(declares=True, has_parameters=True)
        cut = next(index for index, piece in enumerate(pieces) if is_word(piece, "FROM"))
        return lambda renderer: _aligned("EXTERN", renderer, pieces, (2, cut))

    def chain_block(self, reader: Reader) -> Make:
        header = reader.words("EQUAL", declares=True, has_parameters=True)
        equal = reader.take()
        chain = reader.chain()
        first = chain[0].pieces[0]
        # A line that begins with `for` would be read as another statement.
        may_move = not isinstance(first, Word) or first.token.kind != "FOR"

        def make(renderer: Renderer) -> Statement:
            writer = renderer.writer
            column = writer.indent + INDENT
            renderer.pieces(header, column + INDENT, 2)
            writer.token(equal, column, True)
            whole = renderer.flat_chain(chain)
            fits = whole is not None and len(whole) + 1 <= writer.room()
            if not fits and may_move:
                writer.newline(column)
            renderer.chain(chain, column, spaced=True)
            return Statement("", (), writer.finish())

        return make

    def flow(self, reader: Reader) -> Make:
        sources = reader.words("ARROW")
        steps: list[Step] = []
        while reader.at("ARROW"):
            steps.append(reader.arrow_step())
        key = _first_stage(sources, steps)
        if steps:
            steps[0].on_new_line = False

        def make(renderer: Renderer) -> Statement:
            writer = renderer.writer
            indent = writer.indent
            renderer.pieces(sources, indent + INDENT)
            short = not writer.lines and writer.column - indent <= FAR
            column = writer.column + 1 if short else indent + INDENT
            if any(step.on_new_line for step in steps[1:]):
                writer.base = column
            renderer.align_numbers(steps)
            for step in steps:
                renderer.arrow_step(step, column)
            lines = writer.finish()
            if len(lines) > 1 or not key:
                return Statement("", (), lines)
            name, _, rest = lines[0].code.strip().partition(" -> ")
            return Statement(f"flow {key}", (name, "-> " + rest), lines)

        return make


def _aligned(kind: str, renderer: Renderer, pieces: Pieces, cuts: tuple[int, ...]) -> Statement:
    """Return a statement that is cut into cells in front of these pieces."""
    writer = renderer.writer
    renderer.pieces(pieces, writer.indent + INDENT)
    lines = writer.finish()
    if not cuts or len(lines) > 1:
        return Statement("", (), lines)
    text = lines[0].code.strip()
    cells, start = [], 0
    for cut in cuts:
        end = len(renderer.flat(pieces[:cut]) or "")
        cells.append(text[start:end])
        start = end + 1
    return Statement(kind, (*cells, text[start:]), lines)


def _first_stage(sources: Pieces, steps: list[Step]) -> str:
    """Return the name of the first stage that one tensor goes through; empty if it is no name."""
    if len(sources) != 1 or not steps or not isinstance(sources[0], Word):
        return ""
    pieces = steps[0].pieces
    names = []
    for piece in pieces:
        if isinstance(piece, Bracket) or not isinstance(piece, Word):
            break
        if piece.token.kind not in ("NAME", "DOT"):
            break
        names.append(piece.token.text)
    return "".join(names)


def _spaced(pieces: Pieces) -> Pieces:
    """Return pieces with a space in front of the first."""
    first = pieces[0]
    if isinstance(first, Word):
        return [Word(first.token, True), *pieces[1:]]
    return pieces
