"""The functions of `keras.ops` that are no stages here, and why."""

from __future__ import annotations

#: Functions that take weights as tensors, and the layer that has its own.
_WEIGHTS = {
    "batch_normalization": "BatchNormalization",
    "conv": "Conv2D",
    "conv_transpose": "Conv2DTranspose",
    "depthwise_conv": "DepthwiseConv2D",
    "layer_normalization": "LayerNormalization",
    "rms_normalization": "RMSNormalization",
    "separable_conv": "SeparableConv2D",
}
#: Functions that a layer calls, and has nothing to add to.
_LAYER = {
    "adaptive_average_pool": "AdaptiveAveragePooling2D",
    "adaptive_max_pool": "AdaptiveMaxPooling2D",
    "average_pool": "AveragePooling2D",
    "max_pool": "MaxPooling2D",
    "multi_hot": "CategoryEncoding",
    "stft": "STFTSpectrogram",
}
#: Functions that mix the examples of a batch, and what does the like for each example.
_BATCH = {
    "append": "ops.concatenate",
    "dot": "ops.einsum",
    "flipud": "ops.flip",
    "inner": "ops.einsum",
    "kron": "ops.einsum",
    "outer": "ops.einsum",
    "ravel": "Flatten",
    "tensordot": "ops.einsum",
    "vdot": "ops.einsum",
    "vsplit": "ops.split",
    "vstack": "ops.concatenate",
}
#: Functions that another one does as well.
_SAME = {
    "array_split": "ops.split",
    "dsplit": "ops.split(n, axis=2)",
    "dstack": "ops.concatenate(axis=2)",
    "fliplr": "ops.flip(axis=1)",
    "hsplit": "ops.split(n, axis=1)",
    "hstack": "ops.concatenate(axis=1)",
    "rearrange": "ops.reshape` and `ops.transpose",
}
_REASONS = {
    "it makes a tensor of numbers: what a model works on comes from its inputs": """
        arange array bartlett blackman convert_to_tensor empty eye full geomspace hamming hanning
        identity kaiser linspace logspace ones tri zeros
    """,
    "it takes a Python function": """
        associative_scan cond custom_gradient fori_loop jvp map scan switch vectorize
        vectorized_map while_loop
    """,
    "what comes out is no tensor": "convert_to_numpy dtype is_tensor ndim shape size",
    "how many elements come out depends on the values": "nonzero unique",
    "it is about complex numbers, which no layer takes": """
        angle conj conjugate eig fft fft2 ifft2 imag irfft isreal istft real rfft view_as_complex
        view_as_real
    """,
    "it belongs to a loss or metric: name that in `train`": """
        binary_crossentropy categorical_crossentropy ctc_loss in_top_k psnr
        sparse_categorical_crossentropy
    """,
    "it counts or places things over the whole batch, or names the batch's size": """
        bincount broadcast_to histogram scatter scatter_update segment_max segment_min
        segment_prod segment_sum slice slice_update
    """,
    "it is not taken up here, as few networks need it": """
        allclose argpartition average bitwise_and bitwise_invert bitwise_left_shift
        bitwise_not bitwise_or bitwise_right_shift bitwise_xor cbrt cdist cholesky cholesky_inverse
        corrcoef correlate cross ctc_decode deg2rad det diag diagflat diagonal digitize eigh
        empty_like erfc extract_sequences fabs fold fmax fmin fmod full_like gcd heaviside hypot i0
        inv isclose isin isneginf isposinf lcm ldexp left_shift logaddexp2
        logdet lstsq lu_factor matrix_rank meshgrid moments nanargmax nanargmin nancumprod nancumsum
        nanmax nanmean nanmedian nanmin nanpercentile nanprod nanquantile nanstd nansum nanvar
        nextafter percentile pinv polar ptp qr quantile rad2deg right_shift rot90
        saturate_cast searchsorted select signbit sinc slogdet solve solve_triangular svd trace
        trapezoid unfold unravel_index vander view
    """,
}


def refusal(name: str) -> str | None:
    """Return why a function of `keras.ops` is no stage, and what is; None for unknown names."""
    if name in _WEIGHTS:
        return f"it needs weights given as tensors; the layer `{_WEIGHTS[name]}` has its own"
    if name in _LAYER:
        return f"the layer `{_LAYER[name]}` does it"
    if name in _BATCH:
        return f"it would take the examples of a batch together; use `{_BATCH[name]}`"
    if name in _SAME:
        return f"write `{_SAME[name]}`"
    for reason, names in _REASONS.items():
        if name in names.split():
            return reason
    return None
