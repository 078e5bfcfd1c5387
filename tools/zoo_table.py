"""Writes docs/zoo.md: how long each model of the zoo is, beside the same in Keras.

    python3 dev.py zoo             write the table
    python3 dev.py zoo --check     say whether it is as it would be written; changes nothing
    python3 dev.py zoo ResNet50    print what is counted of one of Keras's applications

Tokens are counted by nndsl's own lexer and by Python's. What a `.nn` file imports counts as if it
stood in it, be it in Python.
"""

from __future__ import annotations

import ast
import difflib
import io
import re
import statistics
import sys
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from keras_applications import source_of

from nndsl.compiler import check_source
from nndsl.source import Source
from nndsl.syntax.layout import RawLine, lay_out
from nndsl.syntax.lexer import NEWLINE, lex

ROOT = Path(__file__).resolve().parent.parent
ZOO = ROOT / "examples" / "zoo"
BY_HAND = ROOT / "tests" / "reference" / "zoo"
PAGE = ROOT / "docs" / "zoo.md"

ABOUT = """\
# The zoo

Networks of well-known papers, each in a file of [examples/zoo](../examples/zoo). The parameters are
those of the publication or of the implementation that the file names.

How long is a model? The table counts the tokens of the `.nn` file, and those of the same network in
Keras: of Keras's own source where `keras.applications` has it, else of a model written by hand, as
Keras's guides write models. What a `.nn` file imports counts with it, be it from the standard
library or in Python. Tokens are what the two grammars see: words, numbers, marks, the ends
of statements, and in Python the indentation, in whose place a `.nn` file has braces. Comments and
docstrings do not count. Of Keras's source only the functions that make this model count, without
imports, the loading of weights, checks, and what only other variants need.

"""

_IMPORT = re.compile(r'^import .* from "std/([\w/]+\.nn)"', re.MULTILINE)
_EXTERN = re.compile(r'^extern .* from "(\w+)"', re.MULTILINE)


@dataclass(frozen=True)
class Row:
    """A model of the zoo: what is in its own columns, and what it is compared with."""

    file: str
    model: str
    paper: str
    parameters: int
    tokens: int
    keras_tokens: int
    reference: str

    @property
    def ratio(self) -> float:
        return self.tokens / self.keras_tokens

    def line(self) -> str:
        cells = (
            f"[{self.model}](../examples/zoo/{self.file}.nn)",
            self.paper,
            f"{self.parameters:,}",
            str(self.tokens),
            str(self.keras_tokens),
            f"{self.ratio:.2f}",
            self.reference,
        )
        return f"| {' | '.join(cells)} |"


# ---- Counting


def nn_tokens(text: str) -> int:
    """Return how many tokens a `.nn` text has, with one for the end of every statement."""
    source = Source("model.nn", text)
    tokens, _, _ = lex(source)
    lines, *_ = lay_out(source, tokens)
    return sum(token.kind != NEWLINE for token in tokens) + _count_lines(lines)


def _count_lines(lines: Sequence[RawLine]) -> int:
    return sum(1 + _count_lines(line.body or ()) for line in lines)


def python_tokens(text: str) -> int:
    """Return how many tokens a Python text has, with those of indentation and of line ends."""
    plain = ast.unparse(_WithoutTexts().visit(ast.parse(text)))  # nor commas at the end of a list
    count, depth = 0, 0
    for token in tokenize.generate_tokens(io.StringIO(plain).readline):
        name = tokenize.tok_name[token.type]
        if name == "FSTRING_START":  # from Python 3.12 on; before, an f-string is one token
            count += depth == 0
            depth += 1
        elif name == "FSTRING_END":
            depth -= 1
        elif depth == 0 and name not in ("NL", "ENDMARKER"):
            count += 1
    return count


class _WithoutTexts(ast.NodeTransformer):
    """Takes docstrings out."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        return None if isinstance(node.value, ast.Constant) else node


# ---- The table


def rows() -> list[Row]:
    return [row_of(path) for path in sorted(ZOO.glob("*.nn"))]


def row_of(path: Path) -> Row:
    text = path.read_text(encoding="utf-8")
    model, paper, parameters, tokens = nn_columns(path)
    application = re.search(r"keras\.applications\.(\w+)", text)
    by_hand = BY_HAND / f"{path.stem}.py"
    if by_hand.is_file():
        reference = f"[by hand](../{by_hand.relative_to(ROOT).as_posix()})"
        source = by_hand.read_text(encoding="utf-8")
    elif application:
        reference = f"`{application.group()}`"
        source = source_of(application.group(1))
    else:
        raise SystemExit(f"{path.name} is compared with nothing: write {by_hand}")
    return Row(path.stem, model, paper, parameters, tokens, python_tokens(source), reference)


def nn_columns(path: Path) -> tuple[str, str, int, int]:
    """Return the columns that need no Keras: model, paper, parameters and tokens."""
    text = path.read_text(encoding="utf-8")
    title = text.partition("\n")[0]
    paper = re.search(r"\((.*)\)", title)
    if paper is None:
        raise SystemExit(f"{path.name} names no paper in its first line")
    imported = {ROOT / "nndsl" / "std" / name for name in _IMPORT.findall(text)}
    texts = [text, *(file.read_text(encoding="utf-8") for file in sorted(imported))]
    shaped = list(check_source(Source(path.name, text)).shaped.models.values())[-1]
    modules = [path.with_name(f"{name}.py") for name in _EXTERN.findall(text)]
    tokens = sum(map(nn_tokens, texts))
    tokens += sum(python_tokens(module.read_text(encoding="utf-8")) for module in modules)
    # Those of a layer in Python are unknown here, and 0, as a test finds in Keras.
    parameters = sum((one.trainable or 0) + (one.non_trainable or 0) for one in shaped.layers)
    return shaped.model.name, paper.group(1), parameters, tokens


def page() -> str:
    found = rows()
    median = statistics.median(row.ratio for row in found)
    lines = [
        *ABOUT.splitlines(),
        "| model | paper | parameters | tokens | in Keras | ratio | compared with |",
        "|---|---|--:|--:|--:|--:|---|",
        *(row.line() for row in found),
        "",
        f"The median of the ratios is {median:.2f}.",
        "",
        "`python3 dev.py zoo` writes this page.",
    ]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    if arguments and arguments != ["--check"]:
        print(source_of(arguments[0]), end="")
        return 0
    made = page()
    if not arguments:
        PAGE.write_text(made, encoding="utf-8")
        print(made.splitlines()[-3])
        return 0
    old = PAGE.read_text(encoding="utf-8").splitlines()
    changes = list(difflib.unified_diff(old, made.splitlines(), "docs/zoo.md", "now", lineterm=""))
    print("\n".join(changes) or "docs/zoo.md is up to date")
    return 1 if changes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
