"""Text -> tokens. Never raises: what is no token becomes a diagnostic and an ERROR token."""

from __future__ import annotations

import re
from typing import NamedTuple

from nndsl.diagnostic import Diagnostic
from nndsl.source import Source, Span
from nndsl.syntax.tables import KEYWORDS, PUNCTUATION, TERMINALS


class Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


NEWLINE = "_NL"
#: Text that is no token. It has been reported; the line that it stands in cannot be read.
ERROR = "ERROR"
_PUNCTUATION_PATTERN = "|".join(re.escape(text) for text in PUNCTUATION)
_TOKEN = re.compile(
    "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in TERMINALS if kind != "_NL")
    + rf"|(?P<_NL>\r?\n)|(?P<PUNCTUATION>{_PUNCTUATION_PATTERN})"
)


def lex(source: Source) -> tuple[list[Token], list[Span], list[Diagnostic]]:
    """Return the tokens (newlines among them), the places of the comments, and the problems."""
    text = source.text
    tokens: list[Token] = []
    comments: list[Span] = []
    problems: list[Diagnostic] = []
    position = 1 if text.startswith("\ufeff") else 0
    match_at = _TOKEN.match
    length = len(text)
    while position < length:
        match = match_at(text, position)
        if match is None:
            end = _skip_unknown(source, position, problems)
            tokens.append(Token(ERROR, text[position:end], position, end))
            position = end
            continue
        kind = match.lastgroup
        end = match.end()
        if kind == "NAME":
            word = match.group()
            tokens.append(Token(KEYWORDS.get(word, "NAME"), word, position, end))
        elif kind == "PUNCTUATION":
            word = match.group()
            tokens.append(Token(PUNCTUATION[word], word, position, end))
        elif kind == "COMMENT":
            comments.append(Span(position, end, source))
        elif kind != "WS_INLINE":
            tokens.append(Token(str(kind), match.group(), position, end))
        position = end
    return tokens, comments, problems


def _skip_unknown(source: Source, position: int, problems: list[Diagnostic]) -> int:
    """Report the characters from here on that begin no token, as one; return where they end."""
    text = source.text
    if text[position] in "\"'":
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        closing = text.find(text[position], position + 1, end)
        end = closing + 1 if closing >= 0 else end
        problems.append(_bad_quote(Span(position, end, source)))
        return end
    end = position + 1
    while end < len(text) and _TOKEN.match(text, end) is None and text[end] not in "\"'":
        end += 1
    shown = text[position : min(end, position + 12)]
    problems.append(
        Diagnostic(
            "T003",
            "error",
            f"unexpected character {ascii(shown)}",
            Span(position, end, source),
            "this is no part of the language",
            help=_HELP.get(text[position]),
        )
    )
    return end


_HELP = {
    ";": "one statement to a line; no semicolons",
    "\t": "indent with spaces",
    "\r": "end lines with a newline",
    "@": "there is no matrix product in a flow: use a layer such as `Dot`",
    "^": "there is no power operator; write the product out",
    "&": "write `and`",
    "!": "write `not`",
    "→": "write the arrow as `->`",
    "×": "write the product as `*`",
    "\u00a0": "this is a no-break space: replace it with a plain one",
    "“": 'write strings with straight quotes: "..."',
}


def _bad_quote(span: Span) -> Diagnostic:
    if span.text.startswith("'"):
        inner = span.text.strip("'")
        return Diagnostic(
            "T003",
            "error",
            "strings are written with double quotes",
            span,
            "single quotes",
            help=(
                "use double quotes, or none where Keras takes a word: `padding=same`"
                if not inner.isidentifier()
                else f'write `"{inner}"`, or just `{inner}` where Keras takes a word'
            ),
        )
    return Diagnostic(
        "T003",
        "error",
        "this string has no end",
        span,
        "begins here",
        help='close it with `"` on the same line',
    )
