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
from nndsl.layers.attention_checks import (
    attended_axes,
    check_alike,
    check_attention,
    check_axes,
    check_flash,
    check_groups,
    check_leading,
    check_mask_count,
    check_masks,
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
    check_alike(name, value, key)
    check_flash(name, flash_attention, dropout, return_attention_scores)
    check_axes(name, query, attention_axes)
    attended = attended_axes(query, attention_axes)
    others = [axis for axis in range(1, query.rank - 1) if axis not in attended]
    check_leading(name, query, value, others)
    masks = [query_mask, value_mask, key_mask]
    masked = [mask is not None for mask in masks] + [t.masked for t in (query, value, key)]
    check_masks(name, query, value, attention_mask, [use_causal_mask, *masked], attended)
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
    check_alike(name, value, key)
    check_flash(name, flash_attention, dropout, return_attention_scores)
    check_groups(name, num_query_heads, num_key_value_heads)
    check_masks(name, query, value, attention_mask, [], [1])
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
    check_mask_count("Attention", mask)
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
    check_mask_count("AdditiveAttention", mask)
    return _attend("AdditiveAttention", x, weights, return_attention_scores)


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
    check_leading(name, query, value, [*range(1, query.rank - 2)], broadcast=True)
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


def _scores(
    query: Tensor, value: Tensor, attention_axes: int | tuple[int, ...] | None, heads: int
) -> Tensor:
    axes = attended_axes(query, attention_axes)
    others = [size for axis, size in enumerate(query.shape[:-1]) if axis not in axes]
    steps = (query.shape[axis] for axis in axes)
    return Tensor((*others, heads, *steps, *(value.shape[axis] for axis in axes)))


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
    seen = (value.shape[axis] for axis in attended_axes(query, attention_axes))
    return times(*query.shape[1:-1], *seen, width)
