"""The functions of `keras.ops` that are no stages here, and why."""

from __future__ import annotations

_LAYER = {
    "adaptive_average_pool": "AdaptiveAveragePooling2D",
    "adaptive_max_pool": "AdaptiveMaxPooling2D",
    "average_pool": "AveragePooling2D",
    "batch_normalization": "BatchNormalization",
    "conv": "Conv2D",
    "conv_transpose": "Conv2DTranspose",
    "depthwise_conv": "DepthwiseConv2D",
    "layer_normalization": "LayerNormalization",
    "max_pool": "MaxPooling2D",
    "multi_hot": "CategoryEncoding",
    "rms_normalization": "RMSNormalization",
    "separable_conv": "SeparableConv2D",
    "stft": "STFTSpectrogram",
}
_BATCH = "it would take the examples of a batch together"
_INSTEAD = {
    "append": "ops.concatenate",
    "array_split": "ops.split",
    "dot": "ops.einsum",
    "dsplit": "ops.split",
    "dstack": "ops.stack",
    "hsplit": "ops.split",
    "hstack": "ops.concatenate",
    "inner": "ops.einsum",
    "kron": "ops.einsum",
    "outer": "ops.einsum",
    "ravel": "Flatten",
    "rearrange": "ops.reshape",
    "tensordot": "ops.einsum",
    "vdot": "ops.einsum",
    "vsplit": "ops.split",
    "vstack": "ops.concatenate",
}
_REASONS = {
    "it makes a tensor of nothing: what a model works on comes from its inputs": """
        arange array bartlett blackman convert_to_tensor empty eye full geomspace hamming hanning
        identity kaiser linspace logspace ones tri vander zeros
    """,
    "it takes a Python function": """
        associative_scan cond custom_gradient fori_loop jvp map scan switch vectorize
        vectorized_map while_loop
    """,
    "what comes out is no tensor that layers work on": """
        convert_to_numpy dtype is_tensor ndim shape size nonzero unique histogram
        view_as_complex view_as_real view
    """,
    "it belongs to a loss or metric: name that in `train`": """
        binary_crossentropy categorical_crossentropy ctc_decode ctc_loss in_top_k psnr
        sparse_categorical_crossentropy
    """,
    "its shape is that of another tensor's contents, or fixed with the batch": """
        bincount broadcast_to fold istft scatter scatter_update searchsorted segment_max segment_min
        segment_prod segment_sum select slice slice_update unfold unravel_index
        extract_sequences
    """,
    "it stands in no network that we know of; an extern Python layer can call it": """
        allclose angle argpartition average bitwise_and bitwise_invert bitwise_left_shift
        bitwise_not bitwise_or bitwise_right_shift bitwise_xor cbrt cdist cholesky cholesky_inverse
        conj conjugate corrcoef correlate cross deg2rad det diag diagflat diagonal digitize eig eigh
        empty_like erfc fabs fft fft2 fliplr flipud fmax fmin fmod full_like gcd heaviside hypot i0
        ifft2 imag inv irfft isclose isin isneginf isposinf isreal lcm ldexp left_shift logaddexp2
        logdet lstsq lu_factor matrix_rank meshgrid moments nanargmax nanargmin nancumprod nancumsum
        nanmax nanmean nanmedian nanmin nanpercentile nanprod nanquantile nanstd nansum nanvar
        nextafter percentile pinv polar ptp qr quantile rad2deg real rfft right_shift rot90
        saturate_cast signbit sinc slogdet solve solve_triangular svd trace trapezoid
    """,
}


def refusal(name: str) -> str | None:
    """Return why a function of `keras.ops` is no stage, and what is; None for unknown names."""
    if name in _LAYER:
        return f"it needs weights given as tensors; the layer `{_LAYER[name]}` has its own"
    if name in _INSTEAD:
        return f"{_BATCH}; use `{_INSTEAD[name]}`"
    for reason, names in _REASONS.items():
        if name in names.split():
            return reason
    return None
