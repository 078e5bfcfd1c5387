"""Types of tensors, `int32[?T, 16]`: their sizes and dtypes with the names in them resolved."""

from __future__ import annotations

from typing import Optional

from nndsl import graph
from nndsl.diagnostic import Reporter, did_you_mean
from nndsl.layers.arguments import DTYPES
from nndsl.resolve.expressions import resolve_number
from nndsl.resolve.scope import Scope
from nndsl.source import Span
from nndsl.syntax import tree

Dims = Optional[tuple["graph.Expression | str | None", ...]]

#: What Python calls the dtypes.
_DTYPE_WORDS = {"int": "int32", "float": "float32", "str": "string", "long": "int64"}


def resolve_dtype(reporter: Reporter, type_: tree.TensorType | None, default: str) -> str:
    """Return the dtype of a type, or the default where it says none."""
    if type_ is None or type_.dtype is None:
        return default
    text = type_.dtype.text
    if text in DTYPES:
        return text
    reporter.error(
        "A202",
        type_.dtype.span,
        f"unknown dtype `{text}`",
        "not a dtype of Keras",
        help=did_you_mean(_DTYPE_WORDS.get(text) or reporter.guess(text, DTYPES))
        or "such as `int32[28, 28]`",
    )
    return "float32"


def resolve_dims(scope: Scope, type_: tree.TensorType | None, *, rest: bool) -> Dims:
    """Return the sizes of a type; None if there are none, or if one is not understood.

    `rest` says whether `..` may stand among them.
    """
    if type_ is None:
        return None
    dims: list[graph.Expression | str | None] = []
    for dimension in type_.dimensions:
        if dimension.is_rest:
            if not rest or graph.Rest in map(type, dims):
                _report_rest(scope.reporter, dimension.span, anywhere=rest)
                return None
            dims.append(graph.Rest(dimension.span))
            continue
        if dimension.value is None:
            dims.append(dimension.unknown.text if dimension.unknown else None)
            continue
        if isinstance(dimension.value, tree.Reference) and dimension.value.name == "None":
            _report_batch(scope.reporter, dimension.span)
            return None
        size = resolve_number(scope, dimension.value)
        if size is None:
            return None
        dims.append(size)
    return tuple(dims)


def _report_rest(reporter: Reporter, span: Span, *, anywhere: bool) -> None:
    where = "only once in a shape" if anywhere else "only in the shapes of blocks"
    reporter.error(
        "A209",
        span,
        f"`..` stands {where}",
        "any number of axes",
        help=None if anywhere else "a model needs every axis: write `?` for each",
    )


def _report_batch(reporter: Reporter, span: Span) -> None:
    reporter.error(
        "S105",
        span,
        "the batch is not part of a shape",
        "not a size",
        expected="a positive integer, or `?`",
        received="None",
        help="leave it out; write `?` for another unknown size",
    )
