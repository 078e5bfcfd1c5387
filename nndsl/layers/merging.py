"""Layers that make one tensor of several."""

from __future__ import annotations

from nndsl.layers.arguments import Bool, Int, IntOrInts, Tensors
from nndsl.layers.checks import axis_of, fits, known_product
from nndsl.layers.floats import need_floats
from nndsl.layers.masks import ALL, ANY, STOPS
from nndsl.layers.rule import (
    Dim,
    LayerError,
    Output,
    Shape,
    Tensor,
    layer,
    output,
    shape_text,
)


@layer("merging", masks=ALL)
def Add(x: Tensors) -> Output:
    """Add the tensors element by element.

    Inputs `[...]` of one shape, output the same; no weights. Axes of size 1 are repeated.

    Two tensors or more; `a + b` makes the same layer.

    Example:
        input a: [64]
        input b: [64]
        a, b -> Add
    """
    return _elementwise("Add", x)


@layer("merging", masks=ALL)
def Subtract(x: Tensors) -> Output:
    """Subtract the second of two tensors from the first.

    Inputs `[...]` of one shape, output the same; no weights. Axes of size 1 are repeated.

    `a - b` makes the same layer.

    Example:
        input a: [64]
        input b: [64]
        a, b -> Subtract
    """
    _need_two("Subtract", x)
    return _elementwise("Subtract", x)


@layer("merging", masks=ALL)
def Multiply(x: Tensors) -> Output:
    """Multiply the tensors element by element.

    Inputs `[...]` of one shape, output the same; no weights. Axes of size 1 are repeated.

    Two tensors or more; `a * b` makes the same layer.

    Example:
        input features: [14, 14, 32]
        input gate: [1, 1, 32]
        features, gate -> Multiply
    """
    return _elementwise("Multiply", x)


@layer("merging", masks=ALL)
def Average(x: Tensors) -> Output:
    """Average the tensors element by element.

    Inputs `[...]` of one shape, output the same; no weights. Axes of size 1 are repeated.

    Example:
        input a: [10]
        input b: [10]
        a, b -> Average
    """
    return _elementwise("Average", x)


@layer("merging", masks=ALL)
def Maximum(x: Tensors) -> Output:
    """Keep the largest element at each place.

    Inputs `[...]` of one shape, output the same; no weights. Axes of size 1 are repeated.

    Example:
        input a: [64]
        input b: [64]
        a, b -> Maximum
    """
    return _elementwise("Maximum", x)


@layer("merging", masks=ALL)
def Minimum(x: Tensors) -> Output:
    """Keep the smallest element at each place.

    Inputs `[...]` of one shape, output the same; no weights. Axes of size 1 are repeated.

    Example:
        input a: [64]
        input b: [64]
        a, b -> Minimum
    """
    return _elementwise("Minimum", x)


@layer("merging", masks=ANY)
def Concatenate(x: Tensors, axis: Int = -1) -> Output:
    """Join the tensors along one axis.

    Inputs `[..., n]` that are equal in all other axes, output `[..., sum of n]`; no weights.

    `axis` counts the batch as 0; -1 is the last axis.

    Example:
        input title: [64]
        input tags: [100]
        title, tags -> Concatenate
    """
    first = x[0]
    joined = axis_of("Concatenate", first, axis)
    shape = list(first.shape)
    known = first
    for other in x[1:]:
        if _differ(known, other, joined):
            before = next(tensor for tensor in x if _differ(tensor, other, joined))
            raise _concatenate_error(x, before, other, joined)
        # A size that one does not know may be known to others, which have to agree.
        sizes = zip(known.shape, other.shape, strict=True)
        known = Tensor(tuple(a if isinstance(a, int) else b for a, b in sizes), first.dtype)
        shape[joined] = _sum(shape[joined], other.shape[joined])
    return output(tuple(shape))


@layer("merging", masks=STOPS)
def Dot(x: Tensors, axes: IntOrInts, normalize: Bool = False) -> Output:
    """Multiply two tensors and sum along one axis of each, for each example by itself.

    Inputs `[a, n]` and `[b, n]`, output `[a, b]` for `axes=-1`; two vectors give `[1]`; no
    weights.

    `axes` counts the batch as 0; `normalize=true` gives the cosine of the angle between vectors.

    Example:
        input left: [64]
        input right: [64]
        left, right -> Dot(axes=1, normalize=true)
    """
    _need_two("Dot", x)
    pair = (axes, axes) if isinstance(axes, int) else axes
    if len(pair) != 2:
        raise LayerError(
            "A203",
            "Dot needs one axis of each tensor",
            expected="an integer or two",
            received=str(list(pair)),
            argument="axes",
        )
    left, right = (axis_of("Dot", t, axis, "axes") for t, axis in zip(x, pair, strict=True))
    if 0 in (left, right):
        raise LayerError(
            "A203",
            "Dot cannot sum over the batch",
            expected="axes from 1 on, or negative ones counted from the last",
            received=str(axes if isinstance(axes, int) else list(pair)),
            argument="axes",
        )
    a, b = x[0].shape[left], x[1].shape[right]
    if a != b and (isinstance(a, int) or isinstance(b, int)):
        raise LayerError(
            "S103",
            "Dot needs the same size on both axes",
            expected=f"axis {left} of the first equal to axis {right} of the second",
            received=f"{shape_text(x[0].shape)} and {shape_text(x[1].shape)}",
            argument="axes",
        )
    if normalize:
        need_floats("Dot", *x)
    shape = _without(x[0].shape, left) + _without(x[1].shape, right)[1:]
    return output(shape if len(shape) > 1 else (*shape, 1))


def broadcast(a: Shape, b: Shape) -> Shape | None:
    """Return the shape of an elementwise result, sizes of 1 being repeated; None if none is."""
    if len(a) < len(b):
        a, b = b, a
    lead = len(a) - len(b)
    shape = list(a[:lead])
    for i, j in zip(a[lead:], b, strict=True):
        if i == 1 or j == 1:
            shape.append(j if i == 1 else i)
        elif not fits(i, j):
            return None
        else:
            shape.append(i if i == j else None)
    return tuple(shape)


#: Sizes that differ by more are no matter of a few windows.
_MOST_BY_WINDOWS = 12


def _elementwise(name: str, x: tuple[Tensor, ...]) -> Output:
    shape: Shape | None = x[0].shape[1:]
    for other in x[1:]:
        merged = broadcast(shape, other.shape[1:]) if shape is not None else None
        if merged is None:
            odd = _odd_skip(x)
            raise LayerError(
                "S107" if odd else "S103",
                f"{name}: the shapes do not match",
                expected="equal shapes, or sizes of 1 where they differ",
                received=_shapes_text(x),
                help=odd or _merge_help(x),
            )
        shape = merged
    return output((None, *(shape or ())))


def _odd_skip(x: tuple[Tensor, ...]) -> str | None:
    """Say what helps when sizes differ a little: after windows, or halving an odd size."""
    a, b = x[0], next((t for t in x[1:] if t.rank == x[0].rank and _apart(x[0], t)), None)
    if b is None or not 4 <= a.rank <= 5:
        return None
    sizes = [(a.shape[axis], b.shape[axis]) for axis in _apart(a, b) if axis < a.rank - 1]
    known = [(i, j) for i, j in sizes if isinstance(i, int) and isinstance(j, int)]
    apart = {abs(i - j) for i, j in known}
    if not apart or min(map(min, known)) <= 2:
        return None
    odd = (
        "halving an odd size and doubling it again loses one: choose an input size that halves "
        f"evenly all the way, or cut the larger tensor with `Cropping{a.rank - 2}D`"
    )
    # Windows of odd sizes take the same even number away along every axis.
    windows = len(apart) == 1 and min(apart) % 2 == 0 and min(apart) <= _MOST_BY_WINDOWS
    if not windows:
        return odd if max(apart) <= 2 else None
    same = (
        "`padding=same` in the layers with windows keeps the size, of which each window of 3 "
        "takes 2 away without it"
    )
    return f"{same}; or {odd}" if max(apart) == 2 else same


def _merge_help(x: tuple[Tensor, ...]) -> str | None:
    """Name the layer that brings a shape to the first one, where a layer is enough."""
    a = x[0].shape
    which = next(i for i, t in enumerate(x) if t.shape != a)
    b, size = x[which].shape, a[-1]
    if not isinstance(size, int) or a[1:-1] != b[1:-1] or len(a) != len(b):
        return _smaller(x, which)
    projection = f"Conv2D({size}, 1)" if len(a) == 4 else f"Dense({size})"
    return f"`{projection}` on tensor {which + 1} brings its last axis to {size}"


def _smaller(x: tuple[Tensor, ...], which: int) -> str | None:
    """Name the layer that brings the larger of two maps, the first or another, to the other."""
    number, large, small = which, x[which], x[0]
    if large.rank != small.rank or not 3 <= large.rank <= 5:
        return None
    if known_product(large.shape[1:-1]) < known_product(small.shape[1:-1]):
        number, large, small = 0, small, large
    pairs = list(zip(large.shape[1:-1], small.shape[1:-1], strict=True))
    sizes = [(i, j) for i, j in pairs if isinstance(i, int) and isinstance(j, int) and j > 0]
    stride = -(-sizes[0][0] // sizes[0][1]) if sizes else 0
    even = stride > 1 and all(-(-i // stride) == j for i, j in sizes)
    if len(sizes) < len(pairs) or not even:
        return None
    stage = f"Conv{large.rank - 2}D({small.shape[-1]}, 1, strides={stride})"
    return f"`{stage}` on tensor {number + 1} brings it to {shape_text(small.shape)}"


def _apart(a: Tensor, b: Tensor) -> list[int]:
    """Return the axes along which two tensors of one rank surely differ."""
    pairs = enumerate(zip(a.shape, b.shape, strict=True))
    return [axis for axis, (i, j) in pairs if not fits(i, j)]


def _differ(a: Tensor, b: Tensor, joined: int) -> bool:
    """True if two tensors surely differ along other axes than the one that is joined."""
    return a.rank != b.rank or bool(set(_apart(a, b)) - {joined})


def _concatenate_error(
    x: tuple[Tensor, ...], first: Tensor, other: Tensor, joined: int
) -> LayerError:
    help_ = odd = _odd_skip(x)
    if odd is None and other.rank == first.rank:
        apart = _apart(first, other)
        if len(apart) == 1:
            help_ = f"`Concatenate(axis={apart[0]})` joins them along the axis that differs"
    return LayerError(
        "S107" if odd else "S103",
        "Concatenate: the shapes do not match",
        expected=f"equal shapes but for axis {joined}",
        received=_shapes_text(x),
        help=help_,
    )


def _shapes_text(x: tuple[Tensor, ...]) -> str:
    texts = [shape_text(t.shape) for t in x]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def _need_two(name: str, x: tuple[Tensor, ...]) -> None:
    if len(x) != 2:
        raise LayerError(
            "S103",
            f"{name} takes exactly two tensors",
            expected="two tensors, as in `a, b -> " + name + "`",
            received=f"{len(x)}: {_shapes_text(x)}",
        )


def _sum(a: Dim, b: Dim) -> Dim:
    return a + b if isinstance(a, int) and isinstance(b, int) else None


def _without(shape: Shape, axis: int) -> Shape:
    return shape[:axis] + shape[axis + 1 :]
