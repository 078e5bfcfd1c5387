"""Tokens -> syntax tree: runs the LALR(1) tables over one line at a time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import takewhile
from typing import Any, NamedTuple

from nndsl.diagnostic import Diagnostic
from nndsl.source import Source, Span
from nndsl.syntax import hints, tree
from nndsl.syntax.builder import Builder
from nndsl.syntax.layout import MAX_DEPTH, RawLine, lay_out
from nndsl.syntax.lexer import Token, lex
from nndsl.syntax.names import definitions
from nndsl.syntax.tables import ACTIONS, ENDS, GOTOS, RULES, STARTS

#: Longer texts are refused before any work is done on them.
MAX_CHARACTERS = 1_000_000
MAX_PROBLEMS = 100


class Piece(NamedTuple):
    """A text, or a part of one, as it was read; `tokens` and `lines` are counted from its start."""

    source: Source
    tokens: list[Token]
    comments: list[Span]
    lines: list[RawLine]
    definitions: tuple[Any, ...]
    #: What is wrong: with characters, with brackets, with lines.
    problems: tuple[list[Diagnostic], list[Diagnostic], list[Diagnostic]]
    #: True if a bracket is open at its end.
    is_open: bool


class Read:
    """A text as it was read: its tokens, comments and lines, its tree, and what is wrong."""

    def __init__(self, source: Source, pieces: Sequence[Piece], problems: list[Diagnostic]) -> None:
        self.pieces = pieces
        self.problems = problems
        self.comments = [comment for piece in pieces for comment in piece.comments]
        definitions = tuple(line for piece in pieces for line in piece.definitions)
        self.module = tree.Module(source, definitions, tuple(self.comments))

    @cached_property
    def tokens(self) -> list[Token]:
        return [token for piece in self.pieces for token in _moved(piece.tokens, piece.source)]

    @cached_property
    def lines(self) -> list[RawLine]:
        return [_line_moved(line, p.source) for p in self.pieces for line in p.lines]


def _moved(tokens: list[Token], source: Source) -> list[Token]:
    """Return tokens with their places in the whole text."""
    by = source.start
    if not by:
        return tokens
    return [Token(kind, text, start + by, end + by) for kind, text, start, end in tokens]


def _line_moved(line: RawLine, source: Source) -> RawLine:
    if not source.start:
        return line
    opener, closer = (_moved([t], source)[0] if t else None for t in (line.opener, line.closer))
    body = None if line.body is None else [_line_moved(inner, source) for inner in line.body]
    return RawLine(_moved(line.tokens, source), body, line.broken, opener, closer)


def parse(source: Source) -> tuple[tree.Module, list[Diagnostic]]:
    """Return the syntax tree of a text and what is wrong with it. Never raises."""
    read_text = read(source)
    return read_text.module, read_text.problems


def read(source: Source) -> Read:
    """Return the syntax tree of a text with what it was made of. Never raises."""
    if len(source.text) > MAX_CHARACTERS:
        return Read(source, (), [_too_long(source)])
    return joined(source, [read_piece(source)])


def read_piece(source: Source) -> Piece:
    """Read a text, or a part of one."""
    tokens, comments, character_problems = lex(source)
    raw_lines, bracket_problems, is_open = lay_out(source, tokens)
    parser = _Parser(source)
    definitions = parser.parse_lines(raw_lines)
    problems = (character_problems, bracket_problems, parser.builder.problems)
    return Piece(source, tokens, comments, raw_lines, definitions, problems, is_open)


def joined(source: Source, pieces: Sequence[Piece]) -> Read:
    """Return what was read of a text in pieces."""
    problems = [found for kind in range(3) for piece in pieces for found in piece.problems[kind]]
    return Read(source, pieces, problems[:MAX_PROBLEMS])


class _Parser:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.builder = Builder(source)
        #: How deep the lines that are read now stand in braces, and in each other's `else`.
        self.depth = 0
        self.too_deep = False

    def parse_lines(self, lines: list[RawLine], in_train: bool = False) -> tuple[Any, ...]:
        nodes = []
        around = self.depth
        self.depth += 1
        for line in lines:
            if line.tokens:
                kinds = [token.kind for token in line.tokens[:2]]
                self.depth = self.depth + 1 if kinds == ["ELSE", "IF"] else around + 1
                nodes.append(self.parse_line(line, in_train))
        self.depth = around
        return self.join_else(nodes)

    def join_else(self, lines: list[Any]) -> tuple[Any, ...]:
        """Put every `else` into the `if` before it; report one that has none."""
        joined: list[Any] = []
        choice: list[Any] = []
        for line in lines:
            if isinstance(line, (tree.Else, _BrokenElse)) and _takes_else(choice):
                choice.append(line)
                continue
            joined += _choice(choice)
            choice = []
            if isinstance(line, tree.Else):
                self.builder.problems.append(hints.stray_else(line.span))
                joined += line.body
                choice = [_BrokenIf(line.span, ())] if line.condition is not None else []
            else:
                choice.append(line)
        return (*joined, *_choice(choice))

    def parse_line(self, line: RawLine, in_train: bool) -> Any:
        """Return the node of a line with those of its body; `Broken` if it cannot be read."""
        start = "setting" if in_train else "line"
        if line.body is not None:
            start = "train" if line.tokens[0].kind == "TRAIN" else "header"
        elif lacks_body(line):
            if not line.broken:  # else its bracket was reported
                self.builder.problems.append(hints.lacks_body(self.source, line.tokens))
            return self.broken(line)
        node = None if line.broken and line.body is None else self.run(start, line)
        if node is None:
            node = self.broken(line)
        if line.body is None:
            return node
        body = self.parse_lines(line.body, in_train=start == "train")
        if self.depth > MAX_DEPTH and isinstance(node, tree.Else):
            if not self.too_deep:
                self.builder.problems.append(hints.too_many_else(node.span))
            self.too_deep = True
            node = _BrokenElse(node.span, ())
        return self.with_body(node, body)

    def with_body(self, node: Any, body: tuple[Any, ...]) -> Any:
        """Return a header's node with the lines in its braces."""
        span = node.span
        if isinstance(node, tree.Block):
            return tree.Block(span, node.name, node.parameters, None, body)
        if isinstance(node, tree.Model):
            return tree.Model(span, node.name, node.style, node.parameters, body)
        if isinstance(node, tree.Train):
            settings = tuple(line for line in body if isinstance(line, tree.Setting))
            whole = not any(isinstance(line, tree.Broken) for line in body)
            for line in body:
                if not isinstance(line, (tree.Setting, tree.Broken)):
                    self.builder.problems.append(hints.not_a_setting(line.span))
            return tree.Train(span, node.model, settings, whole)
        if isinstance(node, tree.For):
            return tree.For(span, node.names, node.items, body)
        if isinstance(node, tree.If):
            return tree.If(span, node.condition, body)
        if isinstance(node, tree.Else):
            return tree.Else(span, node.condition, body)
        if isinstance(node, tree.Broken):
            inside = tuple(name for line in body for name in definitions(line))
            return type(node)(span, node.names + inside)
        return node

    def run(self, start: str, line: RawLine) -> Any:
        """Run the tables from a start rule; report the first token that does not fit."""
        tokens = line.tokens
        states = [STARTS[start]]
        accept = ENDS[start]
        values: list[Any] = []
        starts: list[int] = []
        ends: list[int] = []
        position = 0
        count = len(tokens)
        token = tokens[0]
        kind = token.kind
        while True:
            if kind == "$END" and states[-1] == accept:
                return values[-1]
            action = ACTIONS[states[-1]].get(kind)
            if action is None:
                self.report(start, line, position, states[-1])
                return None
            if action >= 0:
                states.append(action)
                values.append(token)
                starts.append(token.start)
                ends.append(token.end)
                position += 1
                if position < count:
                    token = tokens[position]
                    kind = token.kind
                else:
                    kind = "$END"
            else:
                self.reduce(~action, states, values, starts, ends, token)

    def reduce(
        self,
        number: int,
        states: list[int],
        values: list[Any],
        starts: list[int],
        ends: list[int],
        token: Token,
    ) -> None:
        """Replace the topmost values by what their rule makes of them."""
        origin, length, callback, slots = RULES[number]
        if length == 1 and callback is not None and callback[0] == "?":
            # A level of precedence with nothing on it: the value stays, only its name changes.
            states.pop()
            states.append(GOTOS[states[-1]][origin])
            return
        bottom = len(values) - length
        start = starts[bottom] if length else token.start
        end = ends[-1] if length else token.start
        children: list[Any] = []
        for slot in slots:
            if slot is None:
                children.append(None)
            elif slot >= 0:
                children.append(values[bottom + slot])
            elif not children:
                # Nothing else holds this list: growing it takes no time squared.
                children = values[bottom + ~slot]
            else:
                children += values[bottom + ~slot]
        del values[bottom:], starts[bottom:], ends[bottom:]
        del states[len(states) - length :]
        value: Any = children
        if callback is not None:
            if callback[0] == "?" and len(children) == 1:
                value = children[0]
            else:
                value = getattr(self.builder, callback.lstrip("?"))(children, start, end)
        values.append(value)
        starts.append(start)
        ends.append(end)
        states.append(GOTOS[states[-1]][origin])

    def report(self, start: str, line: RawLine, position: int, state: int) -> None:
        if not line.broken:  # the bracket has been reported; this would follow from it
            problem = hints.describe(self.source, start, line.tokens, position, ACTIONS[state])
            self.builder.problems.append(problem)

    def broken(self, line: RawLine) -> Any:
        """Return a node for a line that cannot be read, so that what it names is known."""
        tokens = line.tokens
        span = Span(tokens[0].start, tokens[-1].end, self.source)
        first = tokens[0].kind
        name_tokens = [t for t in tokens[1:] if t.kind == "NAME"]
        if first == "MODEL" or (len(tokens) > 1 and tokens[1].kind == "MODEL"):
            name = self.builder.identifier(name_tokens[0]) if name_tokens else _nameless(span)
            return tree.Model(span, name, None, (), (tree.Broken(span, ()),))
        if first == "TRAIN":
            return tree.Train(span, None)
        if first == "INPUT":
            listed = takewhile(lambda token: token.kind in ("NAME", "COMMA"), tokens[1:])
            names = [token for token in listed if token.kind == "NAME"]
            return tree.Broken(span, self.builder.identifiers(names))
        if first in ("CONST", "LAYER", "BLOCK") and name_tokens:
            return tree.Broken(span, (self.builder.identifier(name_tokens[0]),))
        if first == "EXTERN" and len(tokens) > 2 and tokens[2].kind == "NAME":
            return tree.Broken(span, (self.builder.identifier(tokens[2]),))
        if first in ("IF", "ELSE"):
            return (_BrokenIf if first == "IF" else _BrokenElse)(span, ())
        if first == "IMPORT":
            return tree.Broken(span, self.builder.identifiers(name_tokens))
        named = _names_after_as(tokens)
        if len(tokens) > 1 and first == "NAME" and tokens[1].kind == "EQUAL":
            named.append(tokens[0])
        return tree.Broken(span, self.builder.identifiers(named))


class _BrokenIf(tree.Broken):
    """An `if` whose header cannot be read: what stands behind `else` belongs to it."""


class _BrokenElse(tree.Broken):
    """An `else` of which nobody knows what it says."""


def _takes_else(choice: list[Any]) -> bool:
    """True if an `else` may stand behind these: an `if`, and what it has of `else` so far."""
    if not choice:
        return False
    last = choice[-1]
    if isinstance(last, tree.Else):
        return last.condition is not None
    return isinstance(last, (tree.If, _BrokenIf, _BrokenElse))


def _choice(lines: list[Any]) -> list[Any]:
    """Return an `if` with all that is done otherwise, as one line; another line as it is."""
    if len(lines) < 2:
        return lines
    first, *others = lines
    broken = [isinstance(line, tree.Broken) for line in lines]
    if True in broken:  # what stands behind is not known to be done at all: only its names count
        at = broken.index(True)
        names = tuple(name for line in lines[at:] for name in definitions(line))
        broken_line = tree.Broken(lines[at].span, names)
        if at == 0:
            return [broken_line]
        others = [*others[: at - 1], tree.Else(broken_line.span, None, (broken_line,))]
    otherwise: tuple[Any, ...] = ()
    for line in reversed(others):
        if line.condition is None:
            otherwise = line.body
        else:
            otherwise = (tree.If(line.span, line.condition, line.body, otherwise),)
    return [tree.If(first.span, first.condition, first.body, otherwise)]


def lacks_body(line: RawLine) -> bool:
    """True for a header without braces."""
    kinds = [token.kind for token in line.tokens]
    if kinds[0] == "BLOCK":
        return "EQUAL" not in _outside_brackets(kinds)
    return kinds[0] in ("TRAIN", "FOR", "IF", "ELSE") or "MODEL" in kinds[:2]


def _outside_brackets(kinds: list[str]) -> list[str]:
    depth = 0
    outside = []
    for kind in kinds:
        depth += (kind == "LPAR") - (kind == "RPAR")
        if depth == 0:
            outside.append(kind)
    return outside


def _nameless(span: Span) -> tree.Identifier:
    return tree.Identifier(span, "Model")


def _names_after_as(tokens: list[Token]) -> list[Token]:
    names: list[Token] = []
    for index, token in enumerate(tokens):
        if token.kind == "AS":
            index += 1
            while index < len(tokens) and tokens[index].kind in ("NAME", "COMMA"):
                if tokens[index].kind == "NAME":
                    names.append(tokens[index])
                index += 1
    return names


def _too_long(source: Source) -> Diagnostic:
    return Diagnostic(
        "X952",
        "error",
        f"this text is longer than {MAX_CHARACTERS:,} characters",
        Span(0, 1, source),
        expected=f"at most {MAX_CHARACTERS:,} characters",
        received=f"{len(source.text):,}",
    )
