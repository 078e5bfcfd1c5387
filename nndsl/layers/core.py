"""The core layers of Keras."""

from __future__ import annotations

from nndsl.layers.arguments import (
    Activation,
    Any_,
    Bool,
    Constraint,
    DType,
    EinsumShape,
    Initializer,
    Number,
    OneTensor,
    OptionalNumber,
    OptionalPositiveInt,
    OptionalText,
    PositiveInt,
    Regularizer,
    Text,
)
from nndsl.layers.checks import fits, known_size, lora_weights
from nndsl.layers.effort import times
from nndsl.layers.einsum import solve
from nndsl.layers.masks import KEEPS, MAKES, OF_ZEROS
from nndsl.layers.rule import (
    LayerError,
    Output,
    Tensor,
    Weight,
    kept_dtype,
    layer,
    output,
    shape_text,
)


@layer("core", masks=KEEPS)
def Dense(
    x: OneTensor,
    units: PositiveInt,
    activation: Activation = None,
    use_bias: Bool = True,
    kernel_initializer: Initializer = "glorot_uniform",
    bias_initializer: Initializer = "zeros",
    kernel_regularizer: Regularizer = None,
    bias_regularizer: Regularizer = None,
    activity_regularizer: Regularizer = None,
    kernel_constraint: Constraint = None,
    bias_constraint: Constraint = None,
    lora_rank: OptionalPositiveInt = None,
    lora_alpha: OptionalNumber = None,
    quantization_config: Any_ = None,
) -> Output:
    """Multiply the last axis by a kernel and add a bias: `activation(x @ kernel + bias)`.

    Input `[..., features]`, output `[..., units]`; weights: kernel `(features, units)`, bias
    `(units,)`.

    With several axes every step is treated alike; `Flatten` in front brings them together.

    Example:
        input features: [20]
        features -> Dense(64, relu)
    """
    if x.rank < 2:
        raise LayerError(
            "S101",
            "Dense needs at least one axis beside the batch",
            expected="[..., features]",
            received=shape_text(x.shape),
        )
    kernel = Weight("kernel", (known_size("Dense", x), units))
    bias = (Weight("bias", (units,)),) if use_bias else ()
    weights = (*lora_weights("Dense", kernel, lora_rank, kernel_constraint), *bias)
    cost = times(*x.shape[1:-1], kernel.size)
    return output((*x.shape[:-1], units), *weights, multiply_adds=cost)


@layer("core", masks=OF_ZEROS)
def Embedding(
    x: OneTensor,
    input_dim: PositiveInt,
    output_dim: PositiveInt,
    embeddings_initializer: Initializer = "uniform",
    embeddings_regularizer: Regularizer = None,
    embeddings_constraint: Constraint = None,
    mask_zero: Bool = False,
    weights: Any_ = None,
    lora_rank: OptionalPositiveInt = None,
    lora_alpha: OptionalNumber = None,
    quantization_config: Any_ = None,
) -> Output:
    """Replace each integer by the row of a table that has that number.

    Input `int32[...]` with values from 0 to `input_dim - 1`, output `[..., output_dim]`; weights:
    embeddings `(input_dim, output_dim)`.

    With `mask_zero=true` the integer 0 is padding, which later recurrent layers skip.

    Example:
        input tokens: int32[?]
        tokens -> Embedding(10000, 64)
    """
    table = Weight("embeddings", (input_dim, output_dim))
    owned = lora_weights("Embedding", table, lora_rank, embeddings_constraint)
    return output((*x.shape, output_dim), *owned)


@layer("core", masks=MAKES)
def Masking(x: OneTensor, mask_value: Number = 0.0) -> Output:
    """Let later layers skip the steps whose features all equal `mask_value`.

    Input `[steps, features]`, output the same; no weights.

    Example:
        input series: [50, 8]
        series -> Masking(mask_value=-1)
    """
    return output(x.shape)


@layer("core", masks=KEEPS)
def Identity(x: OneTensor) -> Output:
    """Give the input back as it is.

    Input `[...]`, output the same; no weights.

    Example:
        input x: [20]
        x -> Identity
    """
    return output(x.shape, dtype=kept_dtype(x))


@layer("core", pins_rank=True)
def EinsumDense(
    x: OneTensor,
    equation: Text,
    output_shape: EinsumShape,
    activation: Activation = None,
    bias_axes: OptionalText = None,
    kernel_initializer: Initializer = "glorot_uniform",
    bias_initializer: Initializer = "zeros",
    kernel_regularizer: Regularizer = None,
    bias_regularizer: Regularizer = None,
    kernel_constraint: Constraint = None,
    bias_constraint: Constraint = None,
    lora_rank: OptionalPositiveInt = None,
    lora_alpha: OptionalNumber = None,
    gptq_unpacked_column_size: Any_ = None,
    quantization_config: Any_ = None,
) -> Output:
    """Multiply by a kernel along the axes that an equation such as `abc,cd->abd` names.

    Input of the equation's first part, output of its last: `output_shape` without the batch;
    weights: kernel of the second part, bias of the `bias_axes`.

    Each letter is an axis, the batch among them; `none` in `output_shape` stands for a size that is
    not known.

    Example:
        input tokens: [?, 64]
        tokens -> EinsumDense("abc,cd->abd", [none, 128], bias_axes="d")
    """
    made = solve(equation, x.shape, output_shape, bias_axes)
    kernel = Weight("kernel", made.kernel)
    bias = (Weight("bias", made.bias),) if made.bias is not None else ()
    weights = (*lora_weights("EinsumDense", kernel, lora_rank, kernel_constraint), *bias)
    cost = times(kernel.size, *made.outer)
    return Output((Tensor(made.output),), weights, cost, when_traced=made.full_output)


@layer("core", masks=OF_ZEROS)
def ReversibleEmbedding(
    x: OneTensor,
    input_dim: PositiveInt,
    output_dim: PositiveInt,
    tie_weights: Bool = True,
    embeddings_initializer: Initializer = "uniform",
    embeddings_regularizer: Regularizer = None,
    embeddings_constraint: Constraint = None,
    mask_zero: Bool = False,
    reverse_dtype: DType = None,
    logit_soft_cap: OptionalNumber = None,
    *,
    reverse: Bool = False,
) -> Output:
    """An Embedding that with `reverse=true` turns vectors back into scores for each integer.

    Input `int32[...]`, output `[..., output_dim]`; in reverse input `[..., output_dim]`, output
    `[..., input_dim]`; weights: embeddings `(input_dim, output_dim)`, without `tie_weights` reverse
    embeddings `(output_dim, input_dim)` as well.

    Example:
        input hidden: [50, 64]
        hidden -> ReversibleEmbedding(10000, 64, reverse=true)
    """
    weights = [Weight("embeddings", (input_dim, output_dim))]
    if not tie_weights:
        weights.append(Weight("reverse_embeddings", (output_dim, input_dim)))
    if not reverse:
        return output((*x.shape, output_dim), *weights)
    if x.rank < 2 or not fits(x.shape[-1], output_dim):
        raise LayerError(
            "S103",
            "ReversibleEmbedding in reverse takes vectors of its output's size",
            expected=f"[..., {output_dim}]",
            received=shape_text(x.shape),
        )
    cost = times(*x.shape[1:-1], input_dim, output_dim)
    return output((*x.shape[:-1], input_dim), *weights, multiply_adds=cost)
