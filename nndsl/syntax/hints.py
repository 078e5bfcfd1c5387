"""What to say about a token that does not fit: found, expected, and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable

from nndsl.diagnostic import Diagnostic
from nndsl.source import Source, Span
from nndsl.suggest import nearest
from nndsl.syntax.layout import MAX_DEPTH
from nndsl.syntax.lexer import Token

_LINE_KEYWORDS = (
    "const", "import", "extern", "block", "model", "input", "layer", "output", "train",
)  # fmt: skip

#: What a set of expected tokens amounts to in words, the first that fits.
_EXPECTATIONS = (
    ({"NAME", "NUMBER", "LPAR"}, "a value"),
    ({"NAME", "UNDERSCORE", "LPAR"}, "a layer, a block, an activation or a fork"),
    ({"ARROW", "AS"}, "`->` or `as`"),
    ({"COMMA", "RPAR"}, "`,` or `)`"),
    ({"COMMA", "RSQB"}, "`,` or `]`"),
    ({"VBAR", "RPAR"}, "`|` or `)`"),
    ({"NAME"}, "a name"),
    ({"$END"}, "the end of the line"),
)
_SETTING = "a setting is written `name: value`, such as `epochs: 5`"
_SYMBOLS = {
    "ARROW": "`->`", "AS": "`as`", "EQUAL": "`=`", "COLON": "`:`", "COMMA": "`,`",
    "LPAR": "`(`", "RPAR": "`)`", "LSQB": "`[`", "RSQB": "`]`", "LBRACE": "`{`",
    "VBAR": "`|`", "STRING": "a string", "FROM": "`from`", "IN": "`in`", "MODEL": "`model`",
    "$END": "the end of the line",
}  # fmt: skip


def describe(
    source: Source, start: str, tokens: list[Token], position: int, expected: Iterable[str]
) -> Diagnostic:
    """Return the message for the token at `position` (past the last one: the line's end)."""
    wanted = _expected_words(set(expected), _innermost_bracket(tokens[:position]))
    if position == len(tokens):
        last = tokens[-1]
        return Diagnostic(
            "T001",
            "error",
            "this line ends too early",
            Span(last.start, last.end, source),
            f"expected {wanted} after this",
            expected=wanted,
            received="the end of the line",
            help=_SETTING if start == "setting" else _help_at_end(tokens),
        )
    token = tokens[position]
    return Diagnostic(
        "T001",
        "error",
        f"unexpected `{token.text}`",
        Span(token.start, token.end, source),
        f"expected {wanted} here",
        expected=wanted,
        received=f"`{token.text}`",
        help=_help(source, start, tokens, position),
    )


def lacks_body(source: Source, tokens: list[Token]) -> Diagnostic:
    """Return the message for a header that no brace follows."""
    last = tokens[-1]
    at = _end_of_header(tokens)
    if tokens[0].kind == "BLOCK" and 1 < at < len(tokens):
        token = tokens[at]
        head = source.text[tokens[0].start : tokens[at - 1].end]
        chain = source.text[token.start : last.end]
        return Diagnostic(
            "T001",
            "error",
            f"unexpected `{token.text}`",
            Span(token.start, token.end, source),
            "expected `=` or `{` here",
            expected="`=` or `{`",
            received=f"`{token.text}`",
            help=f"a chain stands behind `=`: `{_one_line(f'{head} = {chain}')}`",
        )
    return Diagnostic(
        "T001",
        "error",
        "this line ends too early",
        Span(last.start, last.end, source),
        "expected `{` after this",
        expected="`{`",
        received="the end of the line",
        help=_help_at_end(tokens) or "its lines stand in braces: `{ ... }`",
    )


def stray_else(span: Span) -> Diagnostic:
    """Return the message for an `else` that stands behind no `if`, or behind another `else`."""
    return Diagnostic(
        "T005",
        "error",
        "this `else` belongs to no `if`",
        span,
        "nothing to be otherwise than",
        help="an `else` stands right behind the closing brace of an `if`",
    )


def too_many_else(span: Span) -> Diagnostic:
    """Return the message for an `else if` that is one too many: each stands in the one before."""
    return Diagnostic(
        "X952",
        "error",
        f"choices are nested more than {MAX_DEPTH} deep",
        span,
        "one level too many",
        help="each `else if` stands in the `else` before it: put some of them into a block, or "
        "choose from a list, such as `widths[k]`",
    )


def not_a_setting(span: Span) -> Diagnostic:
    return Diagnostic(
        "T005",
        "error",
        "a training section holds only settings",
        span,
        "not a setting",
        expected="`name: value`, such as `epochs: 5`",
    )


def _end_of_header(tokens: list[Token]) -> int:
    """Return the index behind the name and the parameters of a block or model."""
    if len(tokens) < 3 or tokens[2].kind != "LPAR":
        return min(2, len(tokens))
    return _closer(tokens, 2) + 1


def _closer(tokens: list[Token], opener: int) -> int:
    """Return the index of the bracket that closes one, or of the last token."""
    depth = 0
    for index in range(opener, len(tokens)):
        depth += tokens[index].kind in _OPENERS
        depth -= tokens[index].kind in _CLOSERS
        if depth == 0:
            return index
    return len(tokens) - 1


_OPENERS = ("LPAR", "LSQB", "LBRACE")
_CLOSERS = ("RPAR", "RSQB", "RBRACE")


def _one_line(text: str) -> str:
    """Return a text with its lines joined, or "..." for most of a long one."""
    joined = " ".join(text.split())
    return joined if len(joined) <= 80 else f"{joined[:40]} ..."


def _as_fork(source: Source, tokens: list[Token], position: int) -> str | None:
    """Return a hint at how a fork is written: `( a | b )`, where `(a, b)` is guessed, or `[a, b]`.

    The token at `position` is the bracket behind an arrow, or the comma in it.
    """
    opener, depth = position, 0
    while opener > 0 and (depth or tokens[opener].kind not in _OPENERS):
        depth += (tokens[opener].kind in _CLOSERS) - (tokens[opener].kind in _OPENERS)
        opener -= 1
    if opener == 0 or tokens[opener - 1].kind != "ARROW" or tokens[opener].kind not in _OPENERS:
        return None
    closer = _closer(tokens, opener)
    branches, start, depth = [], opener + 1, 0
    for index in range(opener + 1, closer + 1):
        kind = tokens[index].kind
        if depth == 0 and (kind in ("COMMA", "VBAR") or index == closer) and index > start:
            branches.append(source.text[tokens[start].start : tokens[index - 1].end])
            start = index + 1
        depth += (kind in _OPENERS) - (kind in _CLOSERS)
    fork = _one_line(f"( {' | '.join(branches)} )") if len(branches) > 1 else "( a | b )"
    return f"a fork stands in round brackets, its branches parted by `|`: `-> {fork}`"


def _innermost_bracket(tokens: list[Token]) -> str:
    """Return the kind of the bracket that is open at the end of some tokens, or ""."""
    stack: list[str] = []
    for token in tokens:
        if token.kind in ("LPAR", "LSQB", "LBRACE"):
            stack.append(token.kind)
        elif token.kind in ("RPAR", "RSQB", "RBRACE") and stack:
            stack.pop()
    return stack[-1] if stack else ""


def _expected_words(expected: set[str], bracket: str) -> str:
    closer = {"LPAR": "RPAR", "LSQB": "RSQB"}.get(bracket, "")
    if closer and {"COMMA", closer} <= expected:
        return f"`,` or {_SYMBOLS[closer]}"
    for kinds, words in _EXPECTATIONS:
        if kinds <= expected and len(expected) - len(kinds) < 40:
            return words
    known = [_SYMBOLS[kind] for kind in sorted(expected) if kind in _SYMBOLS]
    return " or ".join(known[:3]) if known else "something else"


def _help(source: Source, start: str, tokens: list[Token], position: int) -> str | None:
    token = tokens[position]
    if start == "setting":
        return _SETTING
    if token.kind in ("COMMA", *_OPENERS):
        fork = _as_fork(source, tokens, position)
        if fork is not None:
            return fork
    return _help_in_header(tokens, position) or _help_in_line(tokens, position)


def _help_in_header(tokens: list[Token], position: int) -> str | None:
    """Return a hint at what is written in the first line of a definition, or in an import."""
    token = tokens[position]
    first = tokens[0].kind
    if token.kind == "AS" and first == "IMPORT":
        return "what is imported keeps its name: leave out `as` and the name behind it"
    is_header = first in ("MODEL", "BLOCK") or "MODEL" in [t.kind for t in tokens[:2]]
    if token.kind == "COLON" and is_header and _innermost_bracket(tokens[:position]) == "LPAR":
        return "parameters have names and defaults, no types: `(n)`, or `(n = 3)`"
    return None


def _help_in_line(tokens: list[Token], position: int) -> str | None:
    token = tokens[position]
    if token.kind == "COLON" and tokens[0].kind in ("MODEL", "BLOCK", "TRAIN"):
        return "its lines stand in braces: `{ ... }`"
    if token.kind == "FLOOR_DIVIDE" and position == 0:
        return "comments begin with `#`"
    if tokens[0].kind == "INPUT":
        name = tokens[1].text if len(tokens) > 1 else "x"
        if token.kind == "LPAR" and tokens[-1].kind == "RPAR":
            shape = ", ".join(t.text for t in tokens[position + 1 : -1] if t.kind != "COMMA")
            return f"the sizes stand in square brackets: `input {name}: [{shape}]`"
        return f"an input is written `input {name}: [28, 28, 1]`"
    following = tokens[position + 1].text if position + 1 < len(tokens) else ""
    if token.kind == "EQUAL" and following == ">":
        return "write the arrow as `->`"
    if position <= 1 and tokens[0].kind == "NAME":
        keyword = nearest(tokens[0].text, _LINE_KEYWORDS)
        if keyword and token.kind in ("NAME", "EQUAL", "COLON", "LBRACE"):
            return f"did you mean `{keyword}`?"
        if token.kind == "EQUAL":
            return (
                f"names are given behind the arrows: `... -> Dense(3) as {tokens[0].text}`;"
                f" a constant is written `const {tokens[0].text} = ...`"
            )
        if token.kind == "COLON":
            return "settings stand inside `train { ... }`"
        if token.kind == "LPAR":
            return "a line begins with tensors: `x -> Dense(3) as y`"
    before = [t.kind for t in tokens[max(position - 3, 0) : position]]
    if before in (["AS", "NAME", "LSQB"], ["COMMA", "NAME", "LSQB"]):
        name = tokens[position - 2].text
        return f"`as {name}[]` puts a tensor into a list, at its end; the brackets stay empty"
    if token.kind in _KEYWORD_KINDS and position > 0:
        return f"`{token.text}` is a word of the language and cannot be a name here"
    if token.kind == "LBRACE":
        return "`{` opens the lines of a `model`, `block` or `train`"
    if token.text == "*" and tokens[position - 1].text == "*":
        return "there is no power operator; write the product out"
    return None


_KEYWORD_KINDS = {
    "CONST", "IMPORT", "FROM", "EXTERN", "BLOCK", "MODEL", "SEQUENTIAL", "FUNCTIONAL",
    "SUBCLASS", "INPUT", "LAYER", "OUTPUT", "TRAIN", "REPEAT", "FOR", "IN", "IF", "ELSE", "AS",
    "AND", "OR", "NOT",
}  # fmt: skip


def _help_at_end(tokens: list[Token]) -> str | None:
    kinds = [token.kind for token in tokens]
    if kinds[-1] in ("MODEL", "BLOCK"):
        word = tokens[-1].text
        return f"give it a name: `{word} Name {{ ... }}`"
    if kinds[0] in ("MODEL", "BLOCK", "TRAIN") or "MODEL" in kinds[:2]:
        return "its lines stand in braces: `{ ... }`"
    if kinds[-1] == "IF":
        return "say on which condition: `if stride > 1 { ... }`"
    if kinds == ["NAME"]:
        return f"give it somewhere to go: `{tokens[0].text} -> Dense(3) as y`"
    if kinds[-1] == "ARROW":
        return "name the layer that comes next, or delete the arrow"
    return None
