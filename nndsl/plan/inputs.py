"""`keras.Input(...)` for the inputs of a model."""

from __future__ import annotations

from nndsl import graph
from nndsl.plan.code import Code, call, literal, tuple_of
from nndsl.plan.expressions import Spelling


def shape_code(input_: graph.Input, spelling: Spelling, *, batch: bool = False) -> Code:
    """Return an input's shape as a tuple, with None for what is unknown."""
    dims = [Code("None")] if batch else []
    for dim in input_.dims or ():
        unknown = dim is None or isinstance(dim, str)
        dims.append(Code("None") if unknown else spelling.expression(dim))  # type: ignore[arg-type]
    return tuple_of(dims)


def input_call(input_: graph.Input, spelling: Spelling) -> Code:
    """Return `keras.Input(shape=(28, 28, 1), name="image")`."""
    arguments: list[tuple[str | None, Code]] = [("shape", shape_code(input_, spelling))]
    if input_.dtype != "float32":
        arguments.append(("dtype", literal(input_.dtype)))
    arguments.append(("name", literal(input_.name)))
    return call("keras.Input", arguments)
