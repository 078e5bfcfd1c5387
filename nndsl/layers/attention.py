"""Attention."""

from __future__ import annotations

from nndsl.layers.arguments import (
    Bool,
    Constraint,
    Fraction,
    Initializer,
    OneTensor,
    OptionalBool,
    OptionalInt,
    OptionalIntOrInts,
    OptionalPositiveInt,
    OptionalSizes,
    OptionalTensor,
    OptionalTensors,
    PositiveInt,
    Regularizer,
    ScoreMode,
    Tensors,
)
from nndsl.layers.checks import fits, known_size, need_rank
from nndsl.layers.effort import times, total
from nndsl.layers.masks import KEEPS
from nndsl.layers.rule import LayerError, Output, Tensor, Weight, layer, shape_text


@layer("attention", masks=KEEPS)
def MultiHeadAttention(
    query: OneTensor,
    value: OneTensor,
    key: OptionalTensor,
    query_mask: OptionalTensor,
    value_mask: OptionalTensor,
    key_mask: OptionalTensor,
    attention_mask: OptionalTensor,
    num_heads: PositiveInt,
    key_dim: PositiveInt,
    value_dim: OptionalPositiveInt = None,
    dropout: Fraction = 0.0,
    use_bias: Bool = True,
    output_shape: OptionalSizes = None,
    attention_axes: OptionalIntOrInts = None,
    sliding_window: OptionalPositiveInt = None,
    flash_attention: OptionalBool = None,
    kernel_initializer: Initializer = "glorot_uniform",
    bias_initializer: Initializer = "zeros",
    kernel_regularizer: Regularizer = None,
    bias_regularizer: Regularizer = None,
    activity_regularizer: Regularizer = None,
    kernel_constraint: Constraint = None,
    bias_constraint: Constraint = None,
    use_gate: Bool = False,
    seed: OptionalInt = None,
    *,
    return_attention_scores: Bool = False,
    use_causal_mask: Bool = False,
) -> Output:
    """Let each step of `query` look at all steps of `value` through several heads.

    Input query `[targets, features]` and value (and key) `[sources, features]`, output
    `[targets, features of the query]`; `return_attention_scores=true` gives
    `[num_heads, targets, sources]` as well; weights: kernels `(features, num_heads, key_dim)` of
    query and key, `(features, num_heads, value_dim)` of value, `(num_heads, value_dim, features)`
    of the output, and a bias for each.

    `key_dim` is the size of one head, as a rule `features / num_heads`. For self-attention `value`
    is the tensor itself; `use_causal_mask=true` hides later steps.

    Example:
        input tokens: [50, 64]
        tokens -> MultiHeadAttention(8, 64, value=tokens)
    """
    name = "MultiHeadAttention"
    key = value if key is None else key
    check_attention(name, query, value, key)
    _check_alike(name, value, key)
    check_flash(name, flash_attention, dropout, return_attention_scores)
    _check_axes(name, query, attention_axes)
    attended = _attended(query, attention_axes)
    others = [axis for axis in range(1, query.rank - 1) if axis not in attended]
    _check_leading(name, query, value, others)
    masks = [query_mask, value_mask, key_mask]
    masked = [mask is not None for mask in masks] + [t.masked for t in (query, value, key)]
    _check_masks_of(name, query, value, attention_mask, [use_causal_mask, *masked], attended)
    width = value_dim or key_dim
    made = (output_shape,) if isinstance(output_shape, int) else output_shape or ()
    sizes = made or (known_size(name, query),)
    parts = [
        ("query", known_size(name, query), (num_heads, key_dim)),
        ("key", known_size(name, key), (num_heads, key_dim)),
    ]
    if use_gate:
        parts.append(("gate", known_size(name, query), (num_heads, width)))
    parts.append(("value", known_size(name, value), (num_heads, width)))
    weights = [
        *_projections(parts, use_bias),
        *_output_projection((num_heads, width), sizes, use_bias),
    ]
    tensors = [Tensor((*query.shape[:-1], *(made or query.shape[-1:])))]
    if return_attention_scores:
        tensors.append(_scores(query, value, attention_axes, num_heads))
    cost = total(
        [
            _cost_of_projections(weights, query, value),
            _cost_of_scores(query, value, attention_axes, num_heads * (key_dim + width)),
        ]
    )
    return Output(tuple(tensors), tuple(weights), cost)


@layer("attention", masks=KEEPS)
def GroupQueryAttention(
    query: OneTensor,
    value: OneTensor,
    key: OptionalTensor,
    query_mask: OptionalTensor,
    value_mask: OptionalTensor,
    key_mask: OptionalTensor,
    attention_mask: OptionalTensor,
    head_dim: PositiveInt,
    num_query_heads: PositiveInt,
    num_key_value_heads: PositiveInt,
    dropout: Fraction = 0.0,
    use_bias: Bool = True,
    sliding_window: OptionalPositiveInt = None,
    flash_attention: OptionalBool = None,
    kernel_initializer: Initializer = "glorot_uniform",
    bias_initializer: Initializer = "zeros",
    kernel_regularizer: Regularizer = None,
    bias_regularizer: Regularizer = None,
    activity_regularizer: Regularizer = None,
    kernel_constraint: Constraint = None,
    bias_constraint: Constraint = None,
    use_gate: Bool = False,
    seed: OptionalInt = None,
    *,
    return_attention_scores: Bool = False,
    use_causal_mask: Bool = False,
) -> Output:
    """Attention through several heads that share fewer heads of keys and values.

    Input query `[targets, features]` and value (and key) `[sources, features]`, output
    `[targets, features]`; `return_attention_scores=true` gives
    `[num_query_heads, targets, sources]` as well; weights: kernels
    `(features, num_query_heads, head_dim)` of query, `(features, num_key_value_heads, head_dim)` of
    key and value, `(num_query_heads, head_dim, features)` of the output, and a bias for each.

    `num_query_heads` is a multiple of `num_key_value_heads`; for self-attention `value` is the
    tensor itself.

    Example:
        input tokens: [50, 64]
        tokens -> GroupQueryAttention(16, 8, 2, value=tokens)
    """
    name = "GroupQueryAttention"
    key = value if key is None else key
    need_rank(name, query, "[targets, features]")
    check_attention(name, query, value, key)
    _check_alike(name, value, key)
    check_flash(name, flash_attention, dropout, return_attention_scores)
    _check_groups(name, num_query_heads, num_key_value_heads)
    _check_masks_of(name, query, value, attention_mask, [], [1])
    features = known_size(name, query)
    if known_size(name, value) != features:
        raise LayerError(
            "S103",
            f"{name}: query and value must have the same features",
            expected=f"[sources, {features}]",
            received=shape_text(value.shape),
        )
    query_heads, heads = (num_query_heads, head_dim), (num_key_value_heads, head_dim)
    parts = [("query", features, query_heads), ("key", known_size(name, key), heads)]
    if use_gate:
        parts.append(("gate", features, query_heads))
    parts.append(("value", features, heads))
    weights = [
        *_projections(parts, use_bias),
        *_output_projection(query_heads, (features,), use_bias),
    ]
    tensors = [Tensor(query.shape)]
    if return_attention_scores:
        tensors.append(Tensor((None, num_query_heads, query.shape[1], value.shape[1])))
    cost = total(
        [
            _cost_of_projections(weights, query, value),
            _cost_of_scores(query, value, None, num_query_heads * 2 * head_dim),
        ]
    )
    return Output(tuple(tensors), tuple(weights), cost)


@layer("attention", masks=KEEPS)
def Attention(
    x: Tensors,
    mask: OptionalTensors,
    use_scale: Bool = False,
    score_mode: ScoreMode = "dot",
    dropout: Fraction = 0.0,
    seed: OptionalInt = None,
    *,
    return_attention_scores: Bool = False,
    use_causal_mask: Bool = False,
) -> Output:
    """Let each step of the query look at all steps of the value, without weights of its own.

    Inputs query `[targets, features]`, value `[sources, width]` and perhaps key
    `[sources, features]`, output `[targets, width]`; `return_attention_scores=true` gives
    `[targets, sources]` as well; weights: scale `()` with `use_scale`, concat_score_weight `()`
    with `score_mode=concat`.

    The order on the arrow is query, value, key; without a key the value is the key.

    Example:
        input query: [20, 64]
        input memory: [50, 64]
        query, memory -> Attention(use_scale=true)
    """
    weights = [Weight("scale", ())] if use_scale else []
    if score_mode == "concat":
        weights.append(Weight("concat_score_weight", ()))
    _check_masks("Attention", mask)
    return _attend("Attention", x, weights, return_attention_scores)


@layer("attention", masks=KEEPS)
def AdditiveAttention(
    x: Tensors,
    mask: OptionalTensors,
    use_scale: Bool = True,
    dropout: Fraction = 0.0,
    *,
    return_attention_scores: Bool = False,
    use_causal_mask: Bool = False,
) -> Output:
    """Bahdanau's attention: scores are the sum of `tanh(query + key)`.

    Inputs query `[targets, features]`, value `[sources, width]` and perhaps key
    `[sources, features]`, output `[targets, width]`; `return_attention_scores=true` gives
    `[targets, sources]` as well; weights: scale `(features,)` with `use_scale`.

    The order on the arrow is query, value, key; without a key the value is the key.

    Example:
        input query: [20, 64]
        input memory: [50, 64]
        query, memory -> AdditiveAttention
    """
    weights = [Weight("scale", (known_size("AdditiveAttention", x[0]),))] if use_scale else []
    _check_masks("AdditiveAttention", mask)
    return _attend("AdditiveAttention", x, weights, return_attention_scores)


def _check_masks(name: str, masks: tuple[Tensor, ...] | None) -> None:
    if masks is not None and len(masks) not in (2, 3):
        raise LayerError(
            "S103",
            f"{name} takes a mask for each of query and value",
            expected="`mask=[query_mask, value_mask]`",
            received=str(len(masks)),
            argument="mask",
        )


def _attend(name: str, x: tuple[Tensor, ...], weights: list[Weight], scores: bool) -> Output:
    if len(x) not in (2, 3):
        raise LayerError(
            "S103",
            f"{name} takes two or three tensors",
            expected="query and value, perhaps key, as in `q, v -> " + name + "`",
            received=str(len(x)),
        )
    query, value, key = x[0], x[1], x[-1]
    check_attention(name, query, value, key)
    _check_leading(name, query, value, [*range(1, query.rank - 2)], broadcast=True)
    if not fits(query.shape[-1], key.shape[-1]):
        raise LayerError(
            "S103",
            f"{name}: query and key must have the same features",
            expected=f"[sources, {query.shape[-1]}]",
            received=shape_text(key.shape),
            help=f"`Dense({query.shape[-1]})` in front of one of them makes them equal",
        )
    tensors = [Tensor((*query.shape[:-1], value.shape[-1]))]
    if scores:
        tensors.append(Tensor((*query.shape[:-1], key.shape[-2])))
    width = times(*query.shape[1:-1], value.shape[-2])
    cost = total([times(width, query.shape[-1]), times(width, value.shape[-1])])
    return Output(tuple(tensors), tuple(weights), cost)


def _projections(parts: list[tuple[str, int, tuple[int, int]]], use_bias: bool) -> list[Weight]:
    """Return the weights that bring each part from its features to heads of one size."""
    weights = []
    for part, features, heads in parts:
        weights.append(Weight(f"{part}/kernel", (features, *heads)))
        if use_bias:
            weights.append(Weight(f"{part}/bias", heads))
    return weights


def _output_projection(
    heads: tuple[int, int], sizes: tuple[int, ...], use_bias: bool
) -> list[Weight]:
    kernel = Weight("attention_output/kernel", (*heads, *sizes))
    return [kernel, Weight("attention_output/bias", sizes)] if use_bias else [kernel]


def _check_alike(name: str, value: Tensor, key: Tensor) -> None:
    """Refuse a step count known of only one of value and key, which Keras takes for another."""
    for a, b in zip(value.shape[1:-1], key.shape[1:-1], strict=True):
        if isinstance(a, int) != isinstance(b, int):
            raise LayerError(
                "S103",
                f"{name}: value and key must have the same steps",
                expected="value and key alike but for the last axis",
                received=f"{shape_text(value.shape)} and {shape_text(key.shape)}",
            )


def _attended(query: Tensor, axes: int | tuple[int, ...] | None) -> list[int]:
    """Return the axes that attention goes along: all between batch and features if not given."""
    given = (axes,) if isinstance(axes, int) else axes
    if not given:
        return list(range(1, query.rank - 1))
    return [axis % query.rank for axis in given]


def _scores(
    query: Tensor, value: Tensor, attention_axes: int | tuple[int, ...] | None, heads: int
) -> Tensor:
    axes = _attended(query, attention_axes)
    others = [size for axis, size in enumerate(query.shape[:-1]) if axis not in axes]
    steps = (query.shape[axis] for axis in axes)
    return Tensor((*others, heads, *steps, *(value.shape[axis] for axis in axes)))


def _check_axes(name: str, query: Tensor, axes: int | tuple[int, ...] | None) -> None:
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


def _check_leading(
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


def _cost_of_projections(weights: list[Weight], query: Tensor, value: Tensor) -> int | None:
    """Return the multiply-adds of bringing each part into heads, and the heads together."""
    steps = {"key": value, "value": value}
    return total(
        times(weight.size, *steps.get(weight.name.split("/")[0], query).shape[1:-1])
        for weight in weights
        if weight.name.endswith("kernel")
    )


def _cost_of_scores(
    query: Tensor, value: Tensor, attention_axes: int | tuple[int, ...] | None, width: int
) -> int | None:
    """Return the multiply-adds of scores and of what they pick, `width` for each pair of steps."""
    seen = (value.shape[axis] for axis in _attended(query, attention_axes))
    return times(*query.shape[1:-1], *seen, width)


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


def _check_masks_of(
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


def _check_groups(name: str, query_heads: int, heads: int) -> None:
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
