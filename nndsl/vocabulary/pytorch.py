"""Names of PyTorch, and what is written here instead: for people who know them better.

All of it is for messages about names that Keras does not have.
"""

from __future__ import annotations

#: Layers: the layer of Keras, and how many arguments in front are sizes that Keras finds out.
LAYERS = {
    "Linear": ("Dense", 1),
    "LazyLinear": ("Dense", 0),
    **{f"Conv{n}d": (f"Conv{n}D", 1) for n in (1, 2, 3)},
    **{f"ConvTranspose{n}d": (f"Conv{n}DTranspose", 1) for n in (1, 2, 3)},
    **{f"BatchNorm{n}d": ("BatchNormalization", 1) for n in (1, 2, 3)},
    "LayerNorm": ("LayerNormalization", 1),
    "GroupNorm": ("GroupNormalization", 0),
    "RMSNorm": ("RMSNormalization", 1),
    **{f"MaxPool{n}d": (f"MaxPooling{n}D", 0) for n in (1, 2, 3)},
    **{f"AvgPool{n}d": (f"AveragePooling{n}D", 0) for n in (1, 2, 3)},
    **{f"AdaptiveAvgPool{n}d": (f"AdaptiveAveragePooling{n}D", 0) for n in (1, 2, 3)},
    **{f"AdaptiveMaxPool{n}d": (f"AdaptiveMaxPooling{n}D", 0) for n in (1, 2, 3)},
    **{f"Dropout{n}d": (f"SpatialDropout{n}D", 0) for n in (1, 2, 3)},
    **{f"ZeroPad{n}d": (f"ZeroPadding{n}D", 0) for n in (1, 2, 3)},
    "MultiheadAttention": ("MultiHeadAttention", 1),
    "Upsample": ("UpSampling2D", 0),
    "view": ("Reshape", 0),
    "cat": ("Concatenate", 0),
    "permute": ("Permute", 0),
}
#: Activations that PyTorch has as layers.
ACTIVATIONS = {
    name.lower(): name.lower()
    for name in "relu relu6 elu selu gelu silu celu sigmoid tanh softmax softplus softsign".split()
} | {
    "leakyrelu": "leaky_relu",
    "logsoftmax": "log_softmax",
    "logsigmoid": "log_sigmoid",
    "hardtanh": "hard_tanh",
    "hardsigmoid": "hard_sigmoid",
    "hardswish": "hard_silu",
}
OPERATIONS = {
    "cat": "ops.concatenate",
    "concat": "ops.concatenate",
    "unsqueeze": "ops.expand_dims",
    "view": "ops.reshape",
    "permute": "ops.transpose",
    "bmm": "ops.matmul",
    "mm": "ops.matmul",
    "clamp": "ops.clip",
    "topk": "ops.top_k",
    "pow": "ops.power",
    "chunk": "ops.split",
}
#: Losses, optimizers and schedules, as they are written here.
PARTS = {
    "MSELoss": "mean_squared_error",
    "L1Loss": "mean_absolute_error",
    "SmoothL1Loss": "Huber",
    "HuberLoss": "Huber",
    "CrossEntropyLoss": "SparseCategoricalCrossentropy(from_logits=true)",
    "NLLLoss": "sparse_categorical_crossentropy",
    "BCELoss": "binary_crossentropy",
    "BCEWithLogitsLoss": "BinaryCrossentropy(from_logits=true)",
    "KLDivLoss": "kl_divergence",
    "StepLR": "Adam(learning_rate=ExponentialDecay(1e-3, 1000, 0.1, staircase=true))",
    "ExponentialLR": "Adam(learning_rate=ExponentialDecay(1e-3, 1000, 0.9))",
    "CosineAnnealingLR": "Adam(learning_rate=CosineDecay(1e-3, 10000))",
}
#: Arguments, by the names that Keras may have for them.
ARGUMENTS = {
    "lr": ("learning_rate",),
    "dim": ("axis", "axes"),
    "p": ("rate",),
    "eps": ("epsilon",),
    "stride": ("strides",),
    "dilation": ("dilation_rate",),
    "bias": ("use_bias",),
    "out_features": ("units",),
    "out_channels": ("filters",),
    "hidden_size": ("units",),
    "num_embeddings": ("input_dim",),
    "embedding_dim": ("output_dim",),
    "keepdim": ("keepdims",),
    "betas": ("beta_1", "beta_2"),
    "gamma": ("decay_rate",),
}
#: Arguments that Keras does without.
LEAVE_OUT = {
    **dict.fromkeys(
        ("in_features", "in_channels", "input_size", "num_features", "normalized_shape"),
        "Keras takes it from what comes in",
    ),
    "batch_first": "the batch always comes first",
    "inplace": "nothing is changed in place",
}


def stage(name: str) -> tuple[str, int] | None:
    """Return what stands behind an arrow instead, and how many sizes in front it does without."""
    last = name.rpartition(".")[2]
    if last in LAYERS and not name.startswith("ops."):
        return LAYERS[last]
    meant = ACTIVATIONS.get(last.lower()) or OPERATIONS.get(last)
    return (meant, 0) if meant else None


def part(name: str) -> str | None:
    """Return what is written for a loss, optimizer or schedule, or None."""
    return PARTS.get(name.rpartition(".")[2])


def argument(name: str, known: list[str]) -> list[str]:
    """Return what an argument is called in a callee that has the known ones."""
    return [one for one in ARGUMENTS.get(name, ()) if one in known]


def left_out(name: str) -> str | None:
    """Return why Keras does without an argument; None if it does not."""
    return LEAVE_OUT.get(name)
