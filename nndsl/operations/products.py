"""Operations that multiply tensors and add up: matrices, Einstein sums, attention."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nndsl.layers.arguments import (
    Bool,
    OneTensor,
    OptionalBool,
    OptionalNumber,
    OptionalTensor,
    Tensors,
    Text,
)
from nndsl.layers.checks import fits
from nndsl.layers.rule import Dim, LayerError, Output, Tensor, shape_text
from nndsl.operations.promotion import (
    need_floats,
    need_numbers,
    no_booleans,
    no_strings,
    promote,
)
from nndsl.operations.rule import batch_error, broadcast, operation, result


@operation("products")
def matmul(x1: OneTensor, x2: OneTensor) -> Output:
    """Multiply the matrices of the last two axes.

    Inputs `[..., a, n]` and `[..., n, b]`, output `[..., a, b]`.

    Example:
        input a: [20, 64]
        input b: [64, 50]
        a, b -> ops.matmul
    """
    name = "ops.matmul"
    if x1.rank < 3 or x1.rank != x2.rank:
        raise LayerError(
            "S101",
            f"`{name}` takes matrices: tensors with as many axes, two or more beside the batch",
            expected="[..., a, n] and [..., n, b]",
            received=f"{shape_text(x1.shape)} and {shape_text(x2.shape)}",
            help="`Dot(axes=-1)` multiplies vectors; `ops.expand_dims(axis=1)` adds an axis",
        )
    lead = broadcast(x1.shape[1:-2], x2.shape[1:-2])
    if not fits(x1.shape[-1], x2.shape[-2]) or lead is None:
        raise LayerError(
            "S103",
            f"`{name}`: the shapes do not match",
            expected="[..., a, n] and [..., n, b]",
            received=f"{shape_text(x1.shape)} and {shape_text(x2.shape)}",
            help="`ops.swapaxes(1, 2)` turns a matrix round" if x1.rank == 3 else None,
        )
    dtype = promote(name, x1, x2)
    if x1.dtype == x2.dtype == "int8":
        dtype = "int32"
    if dtype == "string":
        raise no_strings(name)
    return result([None, *lead, x1.shape[-2], x2.shape[-1]], dtype)


@operation("products", spread_last=True)
def einsum(operands: Tensors, subscripts: Text) -> Output:
    """Multiply tensors and add up over the letters that the output does not have.

    Two tensors or more: `q, k -> ops.einsum("bqd,bkd->bqk")`. The batch has a letter too, which
    every tensor begins with.

    Example:
        input q: [20, 64]
        input k: [50, 64]
        q, k -> ops.einsum("bqd,bkd->bqk")
    """
    letters, target = _letters(subscripts, operands)
    sizes: dict[str, Dim] = {}
    for spec, tensor in zip(letters, operands, strict=True):
        if len(spec) != tensor.rank:
            raise _einsum_error(
                f"`{spec}` does not name every axis",
                f"{tensor.rank} letters, the batch counted",
                f"{spec} for {shape_text(tensor.shape)}",
            )
        for letter, size in zip(spec[1:], tensor.shape[1:], strict=True):
            known = sizes.setdefault(letter, size)
            merged = broadcast((known,), (size,)) if fits(known, size) else None
            if merged is None:
                raise _einsum_error(f"`{letter}` has two sizes", str(known), str(size))
            sizes[letter] = merged[0]
    need_numbers("ops.einsum", *operands)
    dtype = promote("ops.einsum", *operands)
    if dtype == "bool":
        raise no_booleans("ops.einsum")
    if all(tensor.dtype == "int8" for tensor in operands):
        dtype = "int32"
    return result([None, *(sizes[letter] for letter in target[1:])], dtype)


def _letters(subscripts: str, operands: Sequence[Tensor]) -> tuple[list[str], str]:
    """Return the letters of each tensor and of the output, or refuse the equation."""
    match = re.fullmatch(r"([a-z]+(?:,[a-z]+)*)->([a-z]+)", subscripts.replace(" ", ""))
    if match is None:
        raise _einsum_error(
            "the equation has another form",
            "letters for each tensor, and for the output behind an arrow: `bij,bjk->bik`",
            f'"{subscripts}"',
        )
    specs, target = match[1].split(","), match[2]
    if len(specs) != len(operands):
        raise _einsum_error(
            f"the equation is for {_counted(len(specs))}",
            f"letters for {_counted(len(operands))}, with a comma between two",
            f'"{subscripts}"',
        )
    batch = target[0]
    if any(spec[0] != batch or batch in spec[1:] for spec in (*specs, target)):
        error = batch_error("ops.einsum", f'"{subscripts}"', "subscripts")
        error.help = _with_batch(specs, target, operands)
        raise error
    seen = set("".join(specs))
    repeated = len(set(target)) < len(target) or any(len(set(s)) < len(s) for s in specs)
    if not set(target) <= seen or repeated:
        raise _einsum_error(
            "a letter stands twice, or only in the output",
            "each letter once in a tensor, and those of the output in one of them",
            f'"{subscripts}"',
        )
    return specs, target


def _counted(tensors: int) -> str:
    return f"{tensors} tensor{'' if tensors == 1 else 's'}"


def _with_batch(specs: list[str], target: str, operands: Sequence[Tensor]) -> str:
    """Return what to write where the batch has no letter, or stands elsewhere."""
    if any(len(spec) != operand.rank - 1 for spec, operand in zip(specs, operands, strict=True)):
        return "begin every part with the same letter, which stands for the batch"
    used = set("".join((*specs, target)))
    letter = next((letter for letter in "bnzaxy" if letter not in used), "?")
    parts = ",".join(letter + spec for spec in specs)
    return f"give the batch a letter: `{parts}->{letter}{target}`"


def _einsum_error(title: str, expected: str, received: str) -> LayerError:
    return LayerError(
        "A203",
        f"`ops.einsum`: {title}",
        expected=expected,
        received=received,
        argument="subscripts",
    )


@operation("products")
def dot_product_attention(
    query: OneTensor,
    key: OneTensor,
    value: OneTensor,
    bias: OptionalTensor = None,
    mask: OptionalTensor = None,
    scale: OptionalNumber = None,
    is_causal: Bool = False,
    flash_attention: OptionalBool = None,
    attn_logits_soft_cap: OptionalNumber = None,
) -> Output:
    """Attend: sum the values by how well their keys fit each query.

    Query `[steps, heads, size]`, key and value `[others, heads, size]`, output like the query. The
    queries may have a multiple of the heads of keys and values, if these have more than one.

    `bias`, which is added to the scores, and `mask`, which is true where to attend, are `[heads,
    steps, others]`, each of them perhaps 1.

    Example:
        input q: [20, 8, 16]
        input k: [50, 8, 16]
        input v: [50, 8, 16]
        q, k, v -> ops.dot_product_attention
    """
    name = "ops.dot_product_attention"
    need_floats(name, query, key, value)
    if flash_attention:
        raise LayerError(
            "A205",
            f"`{name}`: TensorFlow has no flash attention",
            expected="`flash_attention=false`, or left out",
            received="`true`",
            argument="flash_attention",
        )
    if attn_logits_soft_cap is not None:
        raise LayerError(
            "A205",
            f"`{name}` takes `attn_logits_soft_cap` only with JAX on a TPU",
            expected="`attn_logits_soft_cap` left out",
            received=str(attn_logits_soft_cap),
            argument="attn_logits_soft_cap",
        )
    if any(t.rank != 4 for t in (query, key, value)) or not _attends(query, key, value):
        shapes = (shape_text(t.shape) for t in (query, key, value))
        raise LayerError(
            "S103",
            f"`{name}`: the shapes do not match",
            expected="[steps, heads, size], and [others, heads, size] twice",
            received=", ".join(shapes),
        )
    if bias is not None:
        need_numbers(name, bias)
        _need_scores(name, "bias", bias, query, key)
    if mask is not None:
        if mask.dtype != "bool":
            raise LayerError(
                "D902",
                f"the mask of `{name}` is of {mask.dtype}",
                expected="a tensor of booleans",
                received=mask.dtype,
                help="compare it first: `mask > 0`; what is added to the scores is the `bias`",
            )
        _need_scores(name, "mask", mask, query, key)
    return result(query.shape, promote(name, query, key, value))


def _attends(query: Tensor, key: Tensor, value: Tensor) -> bool:
    heads, groups = query.shape[2], key.shape[2]
    shared = isinstance(heads, int) and isinstance(groups, int) and groups > 1
    whole = fits(heads, groups) or (shared and heads % groups == 0)  # type: ignore[operator]
    alike = all(fits(key.shape[axis], value.shape[axis]) for axis in (1, 2, 3))
    return whole and alike and fits(query.shape[3], key.shape[3])


def _need_scores(name: str, argument: str, given: Tensor, query: Tensor, key: Tensor) -> None:
    """Refuse a bias or mask that does not go with `[heads, steps, others]`."""
    scores = (None, query.shape[2], query.shape[1], key.shape[1])
    pairs = zip(given.shape[1:], scores[1:], strict=False)
    if given.rank != 4 or not all(a == 1 or fits(a, b) for a, b in pairs):
        raise LayerError(
            "S103",
            f"`{name}`: the {argument} does not fit",
            expected=f"{shape_text(scores)}, each of them perhaps 1",
            received=shape_text(given.shape),
            help=(
                "`ops.expand_dims(axis=1)` gives a tensor the axis of the heads"
                if given.rank == 3
                else None
            ),
        )
