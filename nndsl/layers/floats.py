"""Which layers compute with floats only: on integers Keras builds them, and fails when they run.

By name and in one place, as their functions have nothing else to do with dtypes; a test runs them
all on integers. `Rescaling` makes floats of integers, and so do the layers that look them up.
"""

from __future__ import annotations

NEED_FLOATS = frozenset("""
    Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose
    DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D
    ConvLSTM1D ConvLSTM2D ConvLSTM3D
    AveragePooling1D AveragePooling2D AveragePooling3D MaxPooling3D
    AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling3D
    Attention ELU PReLU Softmax STFTSpectrogram UnitNormalization
    RandomContrast RandomSaturation
    """.split())
