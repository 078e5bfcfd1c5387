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
    OptionalTensor,
    PositiveInt,
    Regularizer,
)
from nndsl.layers.checks import fits, known_size
from nndsl.layers.rule import LayerError, Output, Tensor, Weight, layer, shape_text


@layer("attention")
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
    output_shape: OptionalIntOrInts = None,
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
    """
    name = "MultiHeadAttention"
    key = value if key is None else key
    check_attention(name, query, value, key, attention_mask)
    check_flash(name, flash_attention, dropout, return_attention_scores)
    width = value_dim or key_dim
    made = (output_shape,) if isinstance(output_shape, int) else output_shape or ()
    sizes = made or (known_size(name, query),)
    heads = {
        "query": (known_size(name, query), key_dim),
        "key": (known_size(name, key), key_dim),
        "value": (known_size(name, value), width),
    }
    if use_gate:
        heads["gate"] = (known_size(name, query), width)
    weights: list[Weight] = []
    for part, (features, size) in heads.items():
        weights.append(Weight(f"{part}/kernel", (features, num_heads, size)))
        if use_bias:
            weights.append(Weight(f"{part}/bias", (num_heads, size)))
    weights.append(Weight("attention_output/kernel", (num_heads, width, *sizes)))
    if use_bias:
        weights.append(Weight("attention_output/bias", sizes))
    tensors = [Tensor((*query.shape[:-1], *(made or query.shape[-1:])))]
    if return_attention_scores:
        tensors.append(Tensor((None, num_heads, query.shape[1], value.shape[1])))
    return Output(tuple(tensors), tuple(weights))


def check_attention(
    name: str, query: Tensor, value: Tensor, key: Tensor, attention_mask: Tensor | None
) -> None:
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
    if attention_mask is not None and query.rank == 3:
        wanted = (query.shape[1], value.shape[1])
        last = attention_mask.shape[-2:]
        if attention_mask.rank < 3 or not all(
            a == 1 or fits(a, b) for a, b in zip(last, wanted, strict=True)
        ):
            raise LayerError(
                "S103",
                f"{name}: the mask does not fit",
                expected=shape_text((None, query.shape[1], value.shape[1])),
                received=shape_text(attention_mask.shape),
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
