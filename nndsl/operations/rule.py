"""How a function of `keras.ops` is declared, and what all of them check.

An operation is a `LayerRule` without weights: its tensors come first, from the arrow or by name,
then the arguments of the function, in Keras's order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nndsl.layers.checks import axis_range
from nndsl.layers.rule import (
    Dim,
    LayerError,
    LayerRule,
    Output,
    Shape,
    Tensor,
    output,
    shape_text,
)


def operation(
    family: str, *, spread_last: bool = False
) -> Callable[[Callable[..., Output]], LayerRule]:
    """Declare a function as an operation; `max_` is `ops.max`.

    Keras's function takes the tensors of the list behind the arguments if they are `spread_last`.
    """

    def declare(function: Callable[..., Output]) -> LayerRule:
        name = f"ops.{function.__name__.rstrip('_')}"
        return LayerRule(function, family, (), False, name=name, spread_last=spread_last)

    return declare


def result(shape: Sequence[Dim], dtype: str) -> Output:
    """Return the output of an operation that gives one tensor."""
    return output(tuple(shape), dtype=dtype)


def example_along(name: str) -> str:
    """Return the part of a docstring that shows an operation along an axis."""
    return f"\n\nExample:\n    input series: [50, 8]\n    series -> ops.{name.rstrip('_')}(axis=1)"


def replaced(shape: Shape, place: int, *sizes: Dim) -> Shape:
    """Return a shape with other sizes in the place of one: none, one or several."""
    return (*shape[:place], *sizes, *shape[place + 1 :])


def broadcast(a: Shape, b: Shape) -> Shape | None:
    """Return the shape of two of as many axes together, sizes of 1 repeated; None if there is none.

    Unlike the merge layers, Keras's operations take an unknown size for the known one it meets.
    """
    shape: list[Dim] = []
    for i, j in zip(a, b, strict=True):
        if i == 1 or j == 1:
            shape.append(j if i == 1 else i)
        elif i == j or isinstance(i, int) != isinstance(j, int):
            shape.append(i if isinstance(i, int) or i == j else j)
        elif isinstance(i, int):
            return None
        else:
            shape.append(None)
    return tuple(shape)


def axis_in(name: str, rank: int, axis: int, x: Tensor, argument: str = "axis") -> int:
    """Return an axis counted from the batch, 0; refuse one that there is not, and the batch."""
    if not -rank <= axis < rank:
        raise LayerError(
            "A203",
            f"`{name}`: there is no axis {axis}",
            expected=axis_range(rank - 1),
            received=f"{axis} for {shape_text(x.shape)}",
            argument=argument,
        )
    if axis % rank == 0:
        raise batch_error(name, f"axis {axis}", argument)
    return axis % rank


def axes_in(name: str, x: Tensor, axis: int | Sequence[int] | None) -> tuple[int, ...]:
    """Return the axes that a reduction goes over; `none` would be all, with the batch."""
    if axis is None:
        every = ", ".join(str(i) for i in range(1, x.rank))
        raise LayerError(
            "S105",
            f"without an axis, `{name}` takes the examples of a batch together",
            expected="an axis, counted from the batch, which is 0",
            received="no `axis`",
            help=f"write `{name}(axis=[{every}])` for all axes but the batch" if every else None,
        )
    given = (axis,) if isinstance(axis, int) else tuple(axis)
    return different(name, given, [axis_in(name, x.rank, one, x) for one in given])


def different(name: str, given: Sequence[int], axes: Sequence[int]) -> tuple[int, ...]:
    """Return the axes; refuse one that is given twice."""
    if len(set(axes)) < len(axes):
        raise LayerError(
            "A203",
            f"`{name}`: an axis is given twice",
            expected="different axes",
            received=str(list(given)),
            argument="axis",
        )
    return tuple(axes)


def need_axes(name: str, axes: Sequence[int]) -> None:
    """Refuse an empty list of axes, on which Keras fails when it runs."""
    if not axes:
        raise LayerError(
            "A203",
            f"`{name}` needs an axis",
            expected="one axis or more",
            received="an empty list",
            argument="axis",
        )


def axis_given(name: str, rank: int, axis: int, x: Tensor) -> int:
    """Return an axis of an operation for which Keras's default is the batch."""
    if axis == 0:
        raise LayerError(
            "S105",
            f"`{name}` goes along the batch, unless it is given another axis",
            expected="an axis behind the batch, which is axis 0",
            help="write `axis=1` for the first axis of an input, `axis=-1` for the last",
            argument="axis",
        )
    return axis_in(name, rank, axis, x)


def batch_error(name: str, received: str, argument: str | None = None) -> LayerError:
    """Return what to raise where an operation would act on the batch."""
    return LayerError(
        "S105",
        f"`{name}` would mix the examples of a batch",
        expected="the axes behind the batch, which is axis 0",
        received=received,
        argument=argument,
    )
