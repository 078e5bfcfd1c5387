"""Names of Keras 1 and 2, and what is written now: much that is copied still has them.

All of it is for messages about names that Keras does not have.
"""

from __future__ import annotations

from nndsl.diagnostic import write_instead

#: Arguments of any layer, by the names that they may have now.
ARGUMENTS = {
    # Keras 1
    "output_dim": ("units",),
    "nb_filter": ("filters",),
    "nb_row": ("kernel_size",),
    "nb_col": ("kernel_size",),
    "filter_length": ("kernel_size",),
    "filter_size": ("kernel_size",),
    "subsample": ("strides",),
    "subsample_length": ("strides",),
    "stride_length": ("strides",),
    "stride": ("strides",),
    "border_mode": ("padding",),
    "dim_ordering": ("data_format",),
    "atrous_rate": ("dilation_rate",),
    "pool_length": ("pool_size",),
    "init": ("kernel_initializer", "embeddings_initializer"),
    "inner_init": ("recurrent_initializer",),
    "inner_activation": ("recurrent_activation",),
    "W_regularizer": ("kernel_regularizer", "embeddings_regularizer"),
    "U_regularizer": ("recurrent_regularizer",),
    "b_regularizer": ("bias_regularizer",),
    "W_constraint": ("kernel_constraint", "embeddings_constraint"),
    "b_constraint": ("bias_constraint",),
    "dropout_W": ("dropout",),
    "dropout_U": ("recurrent_dropout",),
    "bias": ("use_bias",),
    "p": ("rate",),
    "sigma": ("stddev",),
    "concat_axis": ("axis",),
    "dot_axes": ("axes",),
    "gamma_init": ("gamma_initializer",),
    "beta_init": ("beta_initializer",),
    # Keras 2
    "lr": ("learning_rate",),
    "alpha": ("negative_slope",),
    "num_units": ("units",),
}
#: Arguments that Keras now does without, with the reason, where the layer has no such argument.
LEAVE_OUT = {
    "input_shape": "the `input` line says it",
    "batch_input_shape": "the `input` line says it, without the batch",
    "batch_shape": "the `input` line says it, without the batch",
    "input_dim": "Keras takes it from what comes in",
    "batch_size": "the batch is not part of a model",
    "input_dtype": "the `input` line says it",
    "input_length": "Keras takes it from what comes in",
    "weights": "weights are loaded, not given to a layer",
    "consume_less": "Keras chooses how it is computed",
    "implementation": "Keras chooses how it is computed",
    "time_major": "the steps come behind the batch",
    "decay": "a schedule does it: `learning_rate=InverseTimeDecay(...)`",
    "mode": "the layer does only this",
}
#: Settings that are called otherwise here, or were in Keras 1.
SETTINGS = {
    **dict.fromkeys(("nb_epoch", "nb_epochs", "num_epochs", "n_epochs"), "epochs"),
    **dict.fromkeys(("validation_split", "val_split", "validation_data"), "validation"),
    **dict.fromkeys(("objective", "criterion"), "loss"),
    **dict.fromkeys(("batchsize", "batch"), "batch_size"),
    "dataset": "data",
}
#: Settings that belong into another.
SETTING_HINTS = {
    "show_accuracy": "write `metrics: accuracy`",
    "lr": "it belongs to the optimizer: `optimizer: Adam(1e-3)`",
    "learning_rate": "it belongs to the optimizer: `optimizer: Adam(1e-3)`",
    "class_mode": "the loss says it",
    "steps": "write `steps_per_epoch`",
}
#: What is meant by arguments that say something else than any of now.
HINTS = {"keep_prob": "write `rate`, the part that is dropped: 1 less what is kept"}
#: Layers that there are no more, and those that do the same.
LAYERS = {
    "CuDNNLSTM": "LSTM",
    "CuDNNGRU": "GRU",
    "TimeDistributedDense": "Dense",
    "AtrousConvolution1D": "Conv1D",
    "AtrousConvolution2D": "Conv2D",
    "Deconvolution2D": "Conv2DTranspose",
    "Deconvolution3D": "Conv3DTranspose",
    "SyncBatchNormalization": "BatchNormalization",
    "BatchNorm": "BatchNormalization",
}


def argument(name: str, known: list[str]) -> list[str]:
    """Return what an argument of Keras 1 or 2 is called now, if its callee has it."""
    return [one for one in ARGUMENTS.get(name, ()) if one in known][:1]


def left_out(name: str) -> str | None:
    """Return why an argument is not given any more; None if it still is, or never was."""
    return LEAVE_OUT.get(name)


def setting(name: str) -> str | None:
    """Return a hint at a setting of `train` that is called otherwise; None for others."""
    known = SETTINGS.get(name)
    return write_instead(known) if known else SETTING_HINTS.get(name)
