"""A lexer for Pygments, which finds it by itself: so documentation colours blocks of `nn`.

pygmentize model.nn
"""

from __future__ import annotations

from pygments.lexer import RegexLexer, bygroups, words
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
    Whitespace,
)

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_KINDS = ("layer", "function", "loss", "metric", "optimizer", "callback", "data", "batches")


class NndslLexer(RegexLexer):
    """Colours the text of a `.nn` file."""

    name = "nndsl"
    aliases = ["nndsl", "nn"]
    filenames = ["*.nn"]
    mimetypes = ["text/x-nndsl"]
    url = ""

    tokens = {
        "root": [
            (r"[^\S\n]+", Whitespace),
            (r"\n", Whitespace),
            (r"#.*", Comment.Single),
            (r'"', String.Double, "string"),
            (
                rf"(extern)(\s+)({'|'.join(_KINDS)})(\s+)({_NAME})",
                bygroups(Keyword.Declaration, Whitespace, Keyword.Type, Whitespace, Name.Class),
            ),
            (
                rf"(model|block)(\s+)({_NAME})",
                bygroups(Keyword.Declaration, Whitespace, Name.Class),
            ),
            (
                rf"(const|layer)(\s+)({_NAME})(?=\s*=)",
                bygroups(Keyword.Declaration, Whitespace, Name.Constant),
            ),
            (rf"(as)(\s+)({_NAME})", bygroups(Keyword, Whitespace, Name.Variable)),
            (rf"({_NAME})(\s*)(=)(?!=)", bygroups(Name.Attribute, Whitespace, Operator)),
            (rf"^(\s*)({_NAME})(?=\s*:)", bygroups(Whitespace, Name.Attribute)),
            (
                rf"(ops)(\.)({_NAME})",
                bygroups(Name.Namespace, Punctuation, Name.Function),
            ),
            (
                words(
                    ("sequential", "functional", "subclass", "model", "block", "train", "extern",
                     "const", "layer", "input", "output"),
                    prefix=r"\b", suffix=r"\b",
                ),
                Keyword.Declaration,
            ),
            (words(("import", "from"), prefix=r"\b", suffix=r"\b"), Keyword.Namespace),
            (r"\b(repeat|for|in|if|else|as)\b", Keyword),
            (words(("and", "or", "not"), prefix=r"\b", suffix=r"\b"), Operator.Word),
            (words(("true", "false", "none"), prefix=r"\b", suffix=r"\b"), Keyword.Constant),
            (r"[A-Z][A-Za-z0-9_]*", Name.Class),
            (
                r"([0-9][0-9_]*(\.[0-9_]*)?|\.[0-9][0-9_]*)([eE][+-]?[0-9]+)?",
                Number,
            ),
            (_NAME, Name),
            (r"->|\||==|!=|<=|>=|//|[-+*/%<>=]", Operator),
            (r"\.\.\.?|[()\[\]{},:.?]", Punctuation),
            (r".", Text),
        ],
        "string": [
            (r'[^"\\\n]+', String.Double),
            (r"\\.", String.Escape),
            (r'"', String.Double, "#pop"),
            (r"\n", Whitespace, "#pop"),
        ],
    }  # fmt: skip
