"""Checks that many layers share: the rank of the input, known sizes, axes within the rank."""

from __future__ import annotations

from nndsl.layers.rule import Dim, LayerError, Shape, Tensor, Weight, dim_text, shape_text

_NUMBERS = ("no axis", "one axis", "two axes", "three axes", "four axes", "five axes", "six axes")


def axes_text(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else f"{count} axes"


def need_rank(layer: str, x: Tensor, form: str, help: str | None = None) -> None:
    """Refuse a tensor that has not as many axes as `form`, such as `[steps, features]`."""
    rank = form.count(",") + 2
    if x.rank != rank:
        raise LayerError(
            "S101",
            f"{layer} takes {axes_text(rank - 1)} beside the batch, not {x.rank - 1}",
            expected=form,
            received=shape_text(x.shape),
            help=help or _rank_help(layer, x, form),
            stage=None if help else _missing_axis(x, rank),
        )


def _missing_axis(x: Tensor, rank: int) -> str | None:
    """Return the stage that adds the one axis that a tensor lacks."""
    sizes = [dim if isinstance(dim, int) else -1 for dim in x.shape[1:]]
    if x.rank == 2 or x.rank != rank - 1 or sizes.count(-1) > 1:
        return None
    return f"Reshape([{', '.join(str(size) for size in (*sizes, 1))}])"


def _rank_help(layer: str, x: Tensor, form: str) -> str | None:
    """Say how to give a vector axes, how to add the one that is missing, or which layer fits."""
    rank = form.count(",") + 2
    if x.rank == 2 and rank == 3:
        return "put `Reshape([-1, 1])` in front to make steps of single numbers"
    if x.rank == 2:
        return f"put `Reshape({form})` in front, with numbers for the names"
    stage = _missing_axis(x, rank)
    if stage is not None:
        return f"put `{stage}` in front to add the axis that is missing"
    most = 2 if layer.startswith(("Depthwise", "Separable")) else 3
    if rank < x.rank <= most + 2:
        sibling = layer.replace(f"{rank - 2}D", f"{x.rank - 2}D")
        if sibling != layer:
            fits = f"`{sibling}` takes {axes_text(x.rank - 1)}"
            return f"{_without_batch(x)}; {fits}" if x.rank == rank + 1 else fits
    return _without_batch(x) if x.rank == rank + 1 else None


def _without_batch(x: Tensor) -> str:
    return (
        f"if {dim_text(x.shape[1])} is the batch, leave it out of the input's shape: "
        f"`{shape_text(x.shape[1:])}`"
    )


def axis_range(last: int) -> str:
    """Return which axes there are behind the batch, of which the last has this number."""
    if last < 1:
        return "a larger input"
    return f"an axis from 1 to {last}, or from -{last} to -1" if last > 1 else "axis 1, or -1"


def axis_of(layer: str, x: Tensor, axis: int, argument: str = "axis") -> int:
    """Return the axis counted from 0 (the batch), or refuse it when the tensor has no such axis."""
    if -x.rank <= axis < x.rank:
        return axis % x.rank
    raise LayerError(
        "A203",
        f"{layer}: the input has no axis {axis}",
        expected=axis_range(x.rank - 1),
        received=f"{axis} for {shape_text(x.shape)}",
        argument=argument,
    )


def known_size(layer: str, x: Tensor, axis: int = -1) -> int:
    """Return the size of an axis that weights are made for, or refuse when it is unknown."""
    size = x.shape[axis]
    if isinstance(size, int):
        return size
    help_: str | None = "give the input a size instead of `?`, or pool over the unknown axis first"
    if axis % x.rank == 0:
        which = "the size of the batch, which is never fixed"
        help_ = "choose another axis, such as -1" if x.rank > 1 else None
    elif axis % x.rank == x.rank - 1:
        which = "the size of the last axis"
    else:
        which = f"the size of axis {axis % x.rank}"
    raise LayerError(
        "S110",
        f"{layer} needs to know {which}",
        expected="a known size, as the weights depend on it",
        received=shape_text(x.shape),
        help=help_,
    )


def lora_weights(
    layer: str, kernel: Weight, rank: int | None, constraint: object
) -> tuple[Weight, ...]:
    """Return the kernel, frozen beside its two low-rank factors if LoRA is asked for."""
    if rank is None:
        return (kernel,)
    if constraint is not None:
        raise LayerError(
            "A205",
            f"{layer}: `lora_rank` and a constraint on `{kernel.name}` exclude each other",
            expected="one of the two",
            received="both",
            argument="lora_rank",
        )
    first, last = kernel.shape[:-1], kernel.shape[-1]
    return (
        Weight(kernel.name, kernel.shape, trainable=False),
        Weight(f"lora_{kernel.name}_a", (*first, rank)),
        Weight(f"lora_{kernel.name}_b", (rank, last)),
    )


def fits(a: Dim, b: Dim) -> bool:
    """Return False if two sizes surely differ."""
    return a == b or not (isinstance(a, int) and isinstance(b, int))


def known_product(shape: Shape) -> int:
    """Return the product of the known sizes."""
    product = 1
    for dim in shape:
        if isinstance(dim, int):
            product *= dim
    return product
