"""Pieces -> lines: what fits on a line stands there, what does not is broken where it nests."""

from __future__ import annotations

from nndsl.fmt.comments import begins_anew
from nndsl.fmt.pieces import Braces, Bracket, Fork, Piece, Pieces, Step, Word, last_token
from nndsl.fmt.table import aligned, is_number, same_runs, table_rows
from nndsl.fmt.writer import Writer, token_text
from nndsl.syntax.lexer import Token

INDENT = 4
#: Operators and commas: behind them a line may end.
_ENDS = {
    "COMMA", "PLUS", "MINUS", "TIMES", "DIVIDE", "FLOOR_DIVIDE", "MODULO", "COMPARISON",
    "AND", "OR",
}  # fmt: skip
_LITERALS = {"NUMBER", "STRING", "TRUE", "FALSE", "NONE", "NAME", "MINUS"}


class Renderer:
    """Renders the pieces of one statement into a writer."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.comments = writer.comments
        self._flat: dict[int, str | None] = {}
        #: True if a chain got a line that it had not, and so may be laid out in another way.
        self.broke = False

    # ---- On one line

    def flat(self, pieces: Pieces) -> str | None:
        """Return pieces as they stand on one line; None if they cannot."""
        parts: list[str] = []
        for piece in pieces:
            text = self.flat_piece(piece)
            if text is None:
                return None
            if parts and _is_spaced(piece):
                parts.append(" ")
            parts.append(text)
        return "".join(parts)

    def flat_piece(self, piece: Piece) -> str | None:
        if isinstance(piece, Word):
            return None if self.commented(piece.token) else token_text(piece.token)
        return None if piece.closer.start in self.comments.behind else self.flat_nested(piece)

    def flat_nested(self, piece: Bracket | Fork | Braces) -> str | None:
        """Return what is nested as it stands on one line, whatever comment is behind it."""
        key = id(piece)
        if key not in self._flat:
            self._flat[key] = self._flat_nested(piece)
        return self._flat[key]

    def _flat_nested(self, piece: Bracket | Fork | Braces) -> str | None:
        before = self.comments.before
        if piece.stays_open or self.commented(piece.opener) or piece.closer.start in before:
            return None
        if isinstance(piece, Bracket):
            return self._flat_bracket(piece)
        if isinstance(piece, Braces):
            chain = self.flat_chain(piece.chain)
            return None if chain is None else f"{{ {chain} }}"
        branches = [self.flat_chain(branch) for branch in piece.branches]
        if any(self.commented(bar) for bar in piece.bars):
            return None
        known = [branch for branch in branches if branch is not None]
        return f"( {' | '.join(known)} )" if len(known) == len(branches) else None

    def _flat_bracket(self, bracket: Bracket) -> str | None:
        items = []
        for item, comma in zip(bracket.items, bracket.commas, strict=True):
            text = self.flat(item)
            if text is None or comma is not None and self.commented(comma):
                return None
            items.append(text)
        ended = bool(items) and bracket.commas[-1] is not None
        end = "," if ended and bracket.opener.kind == "LPAR" and len(items) == 1 else ""
        return f"{bracket.opener.text}{', '.join(items)}{end}{bracket.closer.text}"

    def flat_chain(self, chain: list[Step]) -> str | None:
        parts = []
        for step in chain:
            text = self.flat(step.pieces)
            broken = step.on_new_line or step.arrow is not None and self.commented(step.arrow)
            if text is None or broken:
                return None
            parts.append(text)
        return " -> ".join(parts)

    def commented(self, token: Token) -> bool:
        return self.comments.touches(token)

    # ---- Expressions and the like

    def pieces(self, pieces: Pieces, hang: int, reserve: int = 0) -> None:
        """Render pieces from the present column on; other lines that they begin stand at `hang`.

        `reserve` is the room that is needed behind them.
        """
        whole = self.flat(pieces)
        if whole is not None and len(whole) + 1 + reserve <= self.writer.room():
            self.writer.put(whole, hang, bool(pieces) and _is_spaced(pieces[0]))
            return
        for index, piece in enumerate(pieces):
            if self._breaks_before(pieces, index, hang, reserve):
                self.writer.newline(hang)
            if isinstance(piece, Word):
                self.writer.token(piece.token, hang, piece.spaced)
            else:
                self.nested(piece, hang, self._tail(pieces, index + 1, reserve))

    def _breaks_before(self, pieces: Pieces, index: int, hang: int, reserve: int) -> bool:
        """True if a line should end in front of a piece: it may, and what follows needs it."""
        before = pieces[index - 1] if index else None
        if not isinstance(before, Word) or before.token.kind not in _ENDS:
            return False
        piece = pieces[index]
        if not _is_spaced(piece) or self.writer.column <= hang:
            return False  # a sign, or nothing would be gained
        if isinstance(piece, Word):
            following = pieces[index + 1] if index + 1 < len(pieces) else None
            second = following.token if isinstance(following, Word) else None
            if begins_anew(piece.token, second):
                return False
        return self._chunk(pieces, index, reserve) + 1 > self.writer.room()

    def _chunk(self, pieces: Pieces, index: int, reserve: int) -> int:
        """Return the length of what stands together from a piece on."""
        piece = pieces[index]
        text = self.flat_piece(piece)
        length = len(text) if text is not None else 1
        return length + (0 if text is None else self._tail(pieces, index + 1, reserve))

    def _tail(self, pieces: Pieces, index: int, reserve: int) -> int:
        """Return the length of what must follow on the same line, up to where it may be broken."""
        length = 0
        for piece in pieces[index:]:
            if not isinstance(piece, Word):
                text = self.flat_piece(piece)
                return length + (len(text) if text is not None and len(text) < 3 else 2)
            length += len(piece.token.text) + piece.spaced
            if piece.token.kind in _ENDS:
                return length
        return length + reserve

    def nested(self, piece: Bracket | Fork | Braces, hang: int, tail: int) -> None:
        text = self.flat_nested(piece)
        spaced = _is_spaced(piece)
        if text is not None and len(text) + spaced + tail <= self.writer.room():
            self.writer.put(text, hang, spaced)
            self.writer.comment = self.comments.behind.get(piece.closer.start, "")
        elif isinstance(piece, Fork):
            self.fork(piece, hang)
        elif isinstance(piece, Braces):
            self.braces(piece, hang)
        elif text is not None and not piece.items:
            self.writer.put(text, hang, spaced)
        else:
            self.bracket(piece, hang)

    # ---- Brackets

    def bracket(self, bracket: Bracket, hang: int) -> None:
        """Render a bracket open: what is in it stands between its first line and its last."""
        writer = self.writer
        writer.token(bracket.opener, hang, bracket.spaced)
        base = writer.base
        inside = base + INDENT
        writer.newline(inside)
        if not self._in_a_row(bracket, inside):
            self._open(bracket)
            self._items(bracket, inside)
        writer.closing(bracket.closer, inside, base)

    def _open(self, bracket: Bracket) -> None:
        """Give a bracket the comma behind its last item by which it stays open."""
        if not bracket.extendable or not bracket.items or bracket.commas[-1] is not None:
            return
        comma = Token("COMMA", ",", -bracket.closer.start, -bracket.closer.start)
        bracket.commas[-1] = comma
        bracket.stays_open = self.broke = True
        behind = self.comments.behind
        last = last_token(bracket.items[-1])
        if last.start in behind:
            behind[comma.start] = behind.pop(last.start)

    def _in_a_row(self, bracket: Bracket, inside: int) -> bool:
        """Put all items on one line, if they fit and none has to stand alone."""
        if bracket.stays_open or not bracket.items or table_rows(self, bracket, inside):
            return False
        items = [self.flat(item) for item in bracket.items]
        if any(self.commented(comma) for comma in bracket.commas if comma is not None):
            return False
        known = [item for item in items if item is not None]
        if len(known) < len(items) or self._is_list_of_literals(bracket):
            return False
        end = "," if bracket.commas[-1] is not None else ""
        text = ", ".join(known) + end
        if len(text) > self.writer.width - inside:
            return False
        self.writer.put(text, inside)
        return True

    def _is_list_of_literals(self, bracket: Bracket) -> bool:
        return (
            bracket.opener.kind == "LSQB"
            and bracket.extendable
            and all(
                isinstance(piece, Word) and piece.token.kind in _LITERALS
                for item in bracket.items
                for piece in item
            )
        )

    def _items(self, bracket: Bracket, inside: int) -> None:
        writer = self.writer
        rows = table_rows(self, bracket, inside)
        fills = self._is_list_of_literals(bracket)
        for index, (item, comma) in enumerate(zip(bracket.items, bracket.commas, strict=True)):
            text = self.flat(item)
            fits = text is not None and len(text) + 2 <= writer.room()
            if not fills or not fits or writer.comment:
                writer.newline(inside)
            if rows:
                writer.put(rows[index], inside)
            elif text is not None and fills:
                writer.put(text, inside, spaced=True)
            else:
                self.pieces(item, inside + INDENT, 1)
            if comma is not None:
                writer.token(comma, inside)

    # ---- Chains

    def chain(
        self, steps: list[Step], column: int, reserve: int = 0, *, spaced: bool = False
    ) -> None:
        """Render a chain that begins here; its arrows on other lines stand at `column`."""
        self.align_numbers(steps)
        for index, step in enumerate(steps):
            needed = reserve if index + 1 == len(steps) else 0
            if step.arrow is None:
                self.stage(step, column, needed, spaced)
            else:
                self.arrow_step(step, column, needed)

    def arrow_step(self, step: Step, column: int, reserve: int = 0) -> None:
        """Render a step behind its arrow."""
        writer = self.writer
        assert step.arrow is not None
        if self.commented(step.arrow) or writer.comment or step.on_new_line:
            fresh = True
        else:
            fresh = column < writer.column and self._needs_line(step, column, reserve)
        if fresh:
            writer.newline(column)
            self.broke |= not step.on_new_line
            step.on_new_line = True
        writer.token(step.arrow, column, True)
        self.stage(step, column, reserve, True)

    def align_numbers(self, steps: list[Step]) -> None:
        """Put the numbers of lines below each other that begin with the same block or layer."""
        brackets = [self._numbers(step) for step in steps if step.on_new_line]
        for start, end in same_runs([key for key, _ in brackets]):
            run = [bracket for _, bracket in brackets[start:end] if bracket is not None]
            cells = [[self.flat(item) or "" for item in bracket.items] for bracket in run]
            for bracket, row in zip(run, aligned(cells, [True] * len(cells[0])), strict=True):
                self._flat[id(bracket)] = f"({row})"

    def _numbers(self, step: Step) -> tuple[str, Bracket | None]:
        """Return the arguments of a step if all are numbers, and what they may be aligned with."""
        if len(step.pieces) < 2:
            return "", None
        name, bracket = step.pieces[:2]
        if not isinstance(name, Word) or not isinstance(bracket, Bracket):
            return "", None
        if len(bracket.items) < 2 or not all(map(is_number, bracket.items)):
            return "", None
        if self.flat_piece(bracket) is None:
            return "", None
        return f"{name.token.text} {len(bracket.items)}", bracket

    def _needs_line(self, step: Step, column: int, reserve: int) -> bool:
        """True if a step would stand better on a line of its own."""
        writer = self.writer
        text = self.flat(step.pieces)
        needed = 3 + reserve + len(text or "")
        if text is not None and needed < writer.room():
            return False
        if text is not None and needed <= writer.width - column:
            return True
        first = step.pieces[0]
        if isinstance(first, Fork):
            longest = max(len(self.flat_chain(branch) or "") for branch in first.branches)
            return longest + 6 > writer.room()
        head = 4
        for piece in step.pieces:
            if not isinstance(piece, Word):
                head += 2
                break
            head += len(piece.token.text) + piece.spaced
        return head > writer.room()

    def stage(self, step: Step, column: int, reserve: int, spaced: bool) -> None:
        first = step.pieces[0]
        pieces = step.pieces
        if isinstance(first, Word):
            pieces = [Word(first.token, spaced), *step.pieces[1:]]
        self.pieces(pieces, column + INDENT, reserve)

    def fork(self, fork: Fork, hang: int) -> None:
        """Render a fork with a line for each branch, the bars below its bracket."""
        writer = self.writer
        self.broke |= not fork.stays_open
        fork.stays_open = True
        writer.token(fork.opener, hang, True)
        column = writer.column - 1
        inside = column + 2
        for bar, branch in zip([None, *fork.bars], fork.branches, strict=True):
            if bar is not None:
                writer.newline(column)
                writer.token(bar, column)
            if writer.comment:
                writer.newline(inside)
            writer.base = inside
            self.chain(branch, inside, spaced=True)
        writer.closing(fork.closer, inside, column)

    def braces(self, braces: Braces, hang: int) -> None:
        """Render the braces of a loop in a chain, its own chain on the lines between them."""
        writer = self.writer
        self.broke |= not braces.stays_open
        braces.stays_open = True
        writer.token(braces.opener, hang, True)
        base = writer.base
        writer.newline(base + INDENT)
        self.chain(braces.chain, base + INDENT)
        writer.closing(braces.closer, base + INDENT, base)


def _is_spaced(piece: Piece) -> bool:
    return piece.spaced if not isinstance(piece, Braces) else True
