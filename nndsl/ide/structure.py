"""The outline of a text: symbols, what can be folded or selected, links, and tokens by meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nndsl.ide.analysis import Analysis
from nndsl.ide.names import Symbol
from nndsl.reference import find
from nndsl.reference.rules import all_rules
from nndsl.source import Span
from nndsl.syntax import tree
from nndsl.syntax.layout import RawLine
from nndsl.syntax.lexer import NEWLINE

# ---- Symbols -------------------------------------------------------------------------------------


@dataclass(slots=True)
class Outlined:
    """A symbol of the outline: where all of it stands, and where its name does."""

    name: str
    kind: str
    detail: str
    start: int
    end: int
    name_start: int
    name_end: int
    children: list[Outlined] = field(default_factory=list)


def outline(analysis: Analysis) -> list[Outlined]:
    """Return the definitions of a text, with what blocks and models hold."""
    ends = _ends(analysis.read.lines)
    found: list[Outlined] = []
    inside: dict[int, Outlined] = {}
    for symbol in analysis.names.file.values():
        if symbol.kind == "import":
            continue
        one = _outlined(symbol, ends)
        found.append(one)
        if isinstance(symbol.line, (tree.Block, tree.Model)):
            inside[symbol.line.span.start] = one
    for start, body in analysis.names.bodies.items():
        if start in inside:
            parent = inside[start]
            inner = (s for s in body.values() if s.kind in ("input", "tensor", "layer", "constant"))
            for symbol in inner:
                child = _outlined(symbol, ends)
                child.end = min(child.end, parent.end)
                parent.children.append(child)
    for line in analysis.module.definitions:
        if isinstance(line, tree.Train):
            end = ends.get(line.span.start, line.span.end)
            one = Outlined(
                "train", "train", "", line.span.start, end, line.span.start, line.span.end
            )
            one.children = [
                Outlined(
                    s.name.text, "setting", s.span.text.partition(":")[2].strip(), s.span.start,
                    s.span.end, s.name.span.start, s.name.span.end,
                )
                for s in line.settings
            ]  # fmt: skip
            found.append(one)
    return sorted(found, key=lambda one: one.start)


def _outlined(symbol: Symbol, ends: dict[int, int]) -> Outlined:
    place = symbol.definitions[0]
    line = symbol.line
    start, end = place.start, place.end
    whole = getattr(line, "span", None)
    if whole is not None and symbol.kind not in ("tensor", "variable"):
        start, end = whole.start, max(ends.get(whole.start, whole.end), place.end)
    detail = "" if symbol.kind in ("tensor", "input", "layer") else symbol.kind
    return Outlined(symbol.name, symbol.kind, detail, start, end, place.start, place.end)


def _ends(lines: list[RawLine]) -> dict[int, int]:
    """Return where each line ends that has a body, by where it begins."""
    ends: dict[int, int] = {}
    for line in lines:
        if line.body is not None and line.tokens:
            ends[line.tokens[0].start] = line.closer.end if line.closer else _last_end(line)
            ends.update(_ends(line.body))
    return ends


def _last_end(line: RawLine) -> int:
    while line.body:
        line = line.body[-1]
    return line.tokens[-1].end


def place_of_layer(analysis: Analysis, name: str) -> tuple[int, int] | None:
    """Return where a layer is applied by its name in Keras, or where what is called so begins."""
    for model in analysis.checked.shaped.models.values():
        for use in model.uses:
            spans = (use.span, *reversed(use.calls))
            span = next((span for span in spans if span.source is analysis.source), None)
            if use.name == name and span is not None:
                return span.start, span.end
    for symbol in analysis.names.symbols():
        if symbol.name == name:
            return symbol.definitions[0].start, symbol.definitions[0].end
    return None


# ---- Folding and selecting -----------------------------------------------------------------------


def folds(analysis: Analysis) -> list[tuple[int, int, str]]:
    """Return from which line to which a text may be folded, counted from 0, and what it is."""
    source = analysis.source
    found: list[tuple[int, int, str]] = []

    def add(start: int, end: int, kind: str) -> None:
        first, last = source.line_column(start)[0] - 1, source.line_column(end)[0] - 1
        if last > first:
            found.append((first, last, kind))

    for start, end in _brackets(analysis):
        add(start, end, "region")
    for line in _flat(analysis.read.lines):
        if line.body is None and line.tokens:
            add(line.tokens[0].start, line.tokens[-1].end, "region")
    for run in _comment_runs(analysis):
        add(run[0].start, run[-1].end, "comment")
    return sorted(set(found))


def _flat(lines: list[RawLine]) -> Iterator[RawLine]:
    for line in lines:
        yield line
        yield from _flat(line.body or [])


def _brackets(analysis: Analysis) -> Iterator[tuple[int, int]]:
    """Yield where brackets are opened and closed, those inside of others first."""
    stack: list[tuple[str, int]] = []
    closers = {"RPAR": "LPAR", "RSQB": "LSQB", "RBRACE": "LBRACE"}
    for token in analysis.tokens:
        if token.kind in closers.values():
            stack.append((token.kind, token.start))
        elif token.kind in closers and stack and stack[-1][0] == closers[token.kind]:
            yield stack.pop()[1], token.end


def _comment_runs(analysis: Analysis) -> Iterator[list[Span]]:
    run: list[Span] = []
    for comment in analysis.read.comments:
        if run and comment.line != run[-1].line + 1:
            yield run
            run = []
        run.append(comment)
    if run:
        yield run


def selections(analysis: Analysis, offset: int) -> list[tuple[int, int]]:
    """Return ever larger parts of the text around an offset, the smallest first."""
    text = analysis.source.text
    around: set[tuple[int, int]] = {(0, len(text))}
    token = analysis.token_at(offset)
    if token is not None:
        around.add((token.start, token.end))
    for start, end in _brackets(analysis):
        around.add((start, end))
        around.add((start + 1, end - 1))
    for node in _nodes(analysis.module.definitions):
        around.add((node.span.start, node.span.end))
    for line in _flat(analysis.read.lines):
        if line.tokens:
            end = line.tokens[-1].end
            if line.body is not None:
                end = line.closer.end if line.closer else _last_end(line)
            around.add((line.tokens[0].start, end))
    holding = [one for one in around if one[0] <= offset <= one[1]]
    nested: list[tuple[int, int]] = []
    for start, end in sorted(holding, key=lambda one: one[1] - one[0]):
        if not nested or (start <= nested[-1][0] and end >= nested[-1][1]):
            if not nested or (start, end) != nested[-1]:
                nested.append((start, end))
    return nested


def _nodes(roots: Any) -> Iterator[tree.Node]:
    from dataclasses import fields

    stack = list(roots)
    while stack:
        node = stack.pop()
        if isinstance(node, (tuple, list)):
            stack += node
        elif isinstance(node, tree.Node):
            yield node
            stack += (getattr(node, f.name) for f in fields(node) if f.name != "span")


# ---- Links ---------------------------------------------------------------------------------------


def links(analysis: Analysis) -> list[tuple[int, int, str, str]]:
    """Return what leads elsewhere: start, end, `file` or `web`, and the path or address."""
    found: list[tuple[int, int, str, str]] = []
    for line in analysis.module.definitions:
        if isinstance(line, tree.Import):
            span = line.path_span
            found.append((span.start + 1, span.end - 1, "file", line.path))
    known = all_rules()
    names = analysis.names
    for node in _nodes(analysis.module.definitions):
        if isinstance(node, (tree.Apply, tree.Call)):
            name, span = node.callee.text, node.callee.span
            if name in known and names.at(span.start) is None:
                found.append((span.start, span.end, "web", find(name)[0].link))
    for comment in analysis.read.comments:
        for match in re.finditer(r"https?://[^\s<>\"')\]]+", comment.text):
            start = comment.start + match.start()
            found.append(
                (start, start + len(match[0].rstrip(".,;")), "web", match[0].rstrip(".,;"))
            )
    return sorted(found)


# ---- Tokens by meaning ---------------------------------------------------------------------------

TOKEN_TYPES = (
    "keyword", "class", "function", "variable", "parameter", "property", "number", "string",
    "comment", "operator", "type", "namespace",
)  # fmt: skip
TOKEN_MODIFIERS = ("declaration", "readonly", "defaultLibrary")
_BY_KIND = {
    "constant": ("variable", 2), "block": ("function", 0), "model": ("class", 0),
    "extern": ("class", 0), "import": ("function", 0), "parameter": ("parameter", 0),
    "input": ("variable", 0), "tensor": ("variable", 0), "layer": ("variable", 2),
    "variable": ("parameter", 0), "size": ("type", 0),
}  # fmt: skip
_PLAIN = {"NUMBER": "number", "STRING": "string"}
_OPERATORS = {
    "ARROW", "VBAR", "PLUS", "MINUS", "TIMES", "DIVIDE", "FLOOR_DIVIDE", "MODULO", "COMPARISON",
    "UNDERSCORE", "EQUAL",
}  # fmt: skip


def meaning_tokens(
    analysis: Analysis, start: int = 0, end: int | None = None
) -> list[tuple[int, int, int, int]]:
    """Return start, end, type and modifiers of each token, in order; none is longer than a line."""
    last = len(analysis.source.text) if end is None else end
    symbols: dict[int, tuple[str, int]] = {}
    for symbol in analysis.names.symbols():
        kind, modifiers = _BY_KIND[symbol.kind]
        for place in symbol.uses:
            symbols[place.start] = kind, modifiers
        for place in symbol.definitions:
            symbols[place.start] = kind, modifiers | 1
    known = all_rules()
    found: list[tuple[int, int, int, int]] = []
    tokens = [token for token in analysis.tokens if token.kind != NEWLINE]
    for index, token in enumerate(tokens):
        if token.end < start or token.start > last:
            continue
        following = tokens[index + 1].kind if index + 1 < len(tokens) else ""
        before = tokens[index - 1].kind if index else ""
        kind, modifiers = "", 0
        if token.start in symbols:
            kind, modifiers = symbols[token.start]
        elif token.kind in _PLAIN:
            kind = _PLAIN[token.kind]
        elif token.kind in _OPERATORS:
            kind = "operator"
        elif token.text.isidentifier():
            kind, modifiers = _word(token.kind, token.text, before, following, known)
        if kind:
            found.append((token.start, token.end, TOKEN_TYPES.index(kind), modifiers))
    comment_type = TOKEN_TYPES.index("comment")
    for comment in analysis.read.comments:
        if comment.end >= start and comment.start <= last:
            text = comment.text.rstrip()
            found.append((comment.start, comment.start + len(text), comment_type, 0))
    return sorted(found)


def _word(kind: str, text: str, before: str, following: str, known: Any) -> tuple[str, int]:
    if following == "EQUAL" and before in ("LPAR", "COMMA", "COLON"):
        return "property", 0
    if following == "COLON" and kind == "NAME":
        return "property", 0
    if kind not in ("NAME", "REPEAT"):
        return "keyword", 0
    if following == "DOT":
        return "namespace", 4
    if before == "DOT":
        return "function", 4
    if kind == "REPEAT":
        return "keyword", 0
    if text in known:
        return "class", 4
    if before in ("ARROW", "VBAR"):
        return "function", 4
    return ("type", 4) if following == "LSQB" and before == "COLON" else ("string", 0)
