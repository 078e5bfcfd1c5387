"""What tensors and arguments of attention must fulfil; most of it Keras finds out when it runs."""

from __future__ import annotations

from nndsl.layers.checks import fits
from nndsl.layers.rule import LayerError, Tensor, shape_text


def check_mask_count(name: str, masks: tuple[Tensor, ...] | None) -> None:
    if masks is not None and len(masks) not in (2, 3):
        raise LayerError(
            "S103",
            f"{name} takes a mask for each of query and value",
            expected="`mask=[query_mask, value_mask]`",
            received=str(len(masks)),
            argument="mask",
        )


def check_alike(name: str, value: Tensor, key: Tensor) -> None:
    """Refuse a step count known of only one of value and key, which Keras takes for another."""
    for a, b in zip(value.shape[1:-1], key.shape[1:-1], strict=True):
        if isinstance(a, int) != isinstance(b, int):
            raise LayerError(
                "S103",
                f"{name}: value and key must have the same steps",
                expected="value and key alike but for the last axis",
                received=f"{shape_text(value.shape)} and {shape_text(key.shape)}",
            )


def attended_axes(query: Tensor, axes: int | tuple[int, ...] | None) -> list[int]:
    """Return the axes that attention goes along: all between batch and features if not given."""
    given = (axes,) if isinstance(axes, int) else axes
    if not given:
        return list(range(1, query.rank - 1))
    return [axis % query.rank for axis in given]


def check_axes(name: str, query: Tensor, axes: int | tuple[int, ...] | None) -> None:
    """Refuse to attend along the batch, the features, or axes that there are not."""
    numbers = (axes,) if isinstance(axes, int) else axes or ()
    for axis in numbers:
        if not 0 < (axis if axis >= 0 else axis + query.rank) < query.rank - 1:
            raise LayerError(
                "A203",
                f"{name} cannot attend along the axis {axis}",
                expected=f"an axis from 1 to {query.rank - 2}",
                received=f"{axis} for {shape_text(query.shape)}",
                argument="attention_axes",
            )


def check_leading(
    name: str, query: Tensor, value: Tensor, axes: list[int], broadcast: bool = False
) -> None:
    """Refuse other sizes of query and value along axes that attention does not go along."""
    for axis in axes:
        a, b = query.shape[axis], value.shape[axis]
        if not (fits(a, b) or (broadcast and b == 1)):
            raise LayerError(
                "S103",
                f"{name}: query and value differ in axis {axis}, which it does not attend along",
                expected=f"{a} along axis {axis}",
                received=f"{b} in {shape_text(value.shape)}",
            )


def check_attention(name: str, query: Tensor, value: Tensor, key: Tensor) -> None:
    """Refuse tensors that cannot attend to each other.

    Keras itself looks only at value against key; the rest fails at the first call.
    """
    if query.rank < 3 or value.rank != query.rank:
        raise LayerError(
            "S101",
            f"{name} takes sequences",
            expected="query [targets, features] and value [sources, features]",
            received=f"{shape_text(query.shape)} and {shape_text(value.shape)}",
            help="a recurrent layer in front gives its whole sequence with "
            "`return_sequences=true`; `Reshape` makes steps of a flat vector",
        )
    if key.rank != value.rank or not all(map(fits, value.shape[1:-1], key.shape[1:-1])):
        raise LayerError(
            "S103",
            f"{name}: value and key must have the same steps",
            expected="value and key alike but for the last axis",
            received=f"{shape_text(value.shape)} and {shape_text(key.shape)}",
        )


def check_masks(
    name: str,
    query: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    others: list[bool],
    attended: list[int],
) -> None:
    """Refuse masks that do not fit; `others` says which of those of steps there are."""
    wanted = (*(query.shape[axis] for axis in attended), *(value.shape[axis] for axis in attended))
    received = None
    if attention_mask is not None:
        last = attention_mask.shape[-len(wanted) :]
        fit = all(a == 1 or fits(a, b) for a, b in zip(last, wanted, strict=False))
        if attention_mask.rank <= len(wanted) or not fit:
            received = shape_text(attention_mask.shape)
    if query.rank > 3 and any(others):  # Keras makes them for sequences
        received = "a mask of the steps of a sequence"
    if received is not None:
        raise LayerError(
            "S103",
            f"{name}: the mask does not fit",
            expected=shape_text((None, *wanted)),
            received=received,
        )


def check_groups(name: str, query_heads: int, heads: int) -> None:
    if query_heads % heads:
        raise LayerError(
            "A205",
            f"{name}: the heads of queries must be a multiple of those of keys and values",
            expected=f"a divisor of {query_heads}",
            received=str(heads),
            argument="num_key_value_heads",
        )


def check_flash(name: str, flash: bool | None, dropout: float, scores: bool) -> None:
    if flash and (dropout > 0 or scores):
        raise LayerError(
            "A205",
            f"{name}: flash attention knows no dropout and gives no scores",
            expected="`flash_attention=false`, or neither of them",
            received="`dropout`" if dropout > 0 else "`return_attention_scores`",
            argument="flash_attention",
        )
