"""Lists in expressions: their items, their length, and the numbers of a range."""

from __future__ import annotations

from collections.abc import Sequence

from nndsl import graph
from nndsl.resolve.scope import Scope
from nndsl.syntax import tree

#: The functions of expressions.
FUNCTIONS = ("range", "len", "max", "min")


def function_call(
    scope: Scope, call: tree.Call, values: Sequence[graph.Expression | None]
) -> graph.Function | None:
    """Return a call of a function on values that were resolved; None if one was not."""
    named = next((argument for argument in call.arguments if argument.name is not None), None)
    if named is not None:
        scope.reporter.error(
            "A210", named.span, f"`{call.callee.text}` takes no names", "write the value alone"
        )
    whole = tuple(value for value in values if value is not None)
    if named is not None or len(whole) < len(values):
        return None
    return graph.Function(call.span, call.callee.text, whole)


#: Functions of Python that people look for in expressions.
_OF_PYTHON = {
    "abs", "enumerate", "float", "int", "list", "reversed", "round", "sorted", "str", "sum",
    "tuple", "zip",
}  # fmt: skip


def function_hint(name: str) -> str | None:
    """Return what is said to a function of Python that expressions do not have."""
    if name == "reversed":
        return "write `[::-1]` behind the list"
    known = ", ".join(f"`{function}`" for function in FUNCTIONS)
    return f"the functions of expressions are {known}" if name in _OF_PYTHON else None


def list_item(
    scope: Scope,
    expression: tree.Subscript,
    sequence: graph.Expression | None,
    parts: Sequence[graph.Expression | None],
) -> graph.Item | None:
    """Return an element of a list that a constant or parameter holds: `widths[0]`."""
    span = expression.span
    if isinstance(sequence, graph.Word):
        scope.reporter.error(
            "G706",
            span,
            "a slice is a tensor, which belongs in front of an arrow",
            "not an argument",
            help=f"write `{span.text} as part` on a line of its own, and use `part`",
        )
        return None
    if sequence is not None and len(parts) != 1:
        scope.reporter.error("A209", span, "a list has one index", "too many")
        return None
    part = parts[0] if parts else None
    return graph.Item(span, sequence, part) if sequence and part else None
