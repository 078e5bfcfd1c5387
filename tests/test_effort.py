"""Multiply-adds and activation memory against figures worked out by hand, or known from papers."""

from __future__ import annotations

from typing import Any

import pytest
from parity_cases import L, T, case

from nndsl.layers import find
from nndsl.layers.effort import activation_bytes
from nndsl.layers.rule import LayerValue, Output, Tensor


def made(layer: str, shape: Any, *positional: Any, **named: Any) -> Output:
    asked = case(layer, shape, *positional, **named)
    tensors: dict[str, Any] = {}
    for name, given in asked.tensors.items():
        several = [
            Tensor((None, *t.shape)) for t in (given if isinstance(given, list) else [given])
        ]
        tensors[name] = tuple(several) if isinstance(given, list) else several[0]
    rule = find(layer)
    assert rule is not None
    return rule.apply(tensors, asked.values)


@pytest.mark.parametrize(
    ("layer", "shape", "arguments", "named", "cost"),
    [
        ("Dense", (784,), (128,), {}, 784 * 128),
        ("Dense", (7, 10), (3,), {}, 7 * 10 * 3),
        ("Dense", (None, 10), (3,), {}, None),
        ("EinsumDense", (7, 10), ("abc,cd->abd", (None, 3)), {}, 7 * 10 * 3),
        ("EinsumDense", (7, 10), ("...c,cde->...de", (3, 2)), {}, 7 * 10 * 3 * 2),
        ("Embedding", (7,), (100, 8), {}, None),
        ("ReversibleEmbedding", (7, 8), (100, 8), {"reverse": True}, 7 * 100 * 8),
        # A kernel as often as it is put down.
        ("Conv1D", (100, 4), (8, 5), {}, 96 * 5 * 4 * 8),
        ("Conv2D", (224, 224, 3), (64, 3), {"padding": "same"}, 86_704_128),  # VGG's first
        ("Conv2D", (32, 32, 8), (16, 3), {"groups": 4, "strides": 2}, 15 * 15 * 9 * 2 * 16),
        ("Conv2D", (8, 32, 32), (16, 3), {"data_format": "channels_first"}, 30 * 30 * 9 * 8 * 16),
        ("Conv2D", (None, 32, 3), (16, 3), {}, None),
        ("Conv3D", (8, 8, 8, 2), (4, 3), {}, 6**3 * 27 * 2 * 4),
        # Transposed: once for each place of the input.
        ("Conv2DTranspose", (16, 16, 8), (4, 3, 2), {}, 16 * 16 * 9 * 8 * 4),
        # MobileNet: depthwise and pointwise at 112 x 112 with 32 and 64 channels.
        ("DepthwiseConv2D", (112, 112, 32), (3,), {"padding": "same"}, 112 * 112 * 9 * 32),
        (
            "SeparableConv2D",
            (112, 112, 32),
            (64, 3),
            {"padding": "same"},
            112 * 112 * (9 * 32 + 32 * 64),
        ),
        # Four gates, each with features and units.
        ("LSTM", (10, 6), (8,), {}, 10 * 4 * 8 * (6 + 8)),
        ("GRU", (10, 6), (8,), {}, 10 * 3 * 8 * (6 + 8)),
        ("SimpleRNN", (10, 6), (8,), {}, 10 * 8 * (6 + 8)),
        ("SimpleRNN", (None, 6), (8,), {}, None),
        ("RNN", (10, 6), (L("LSTMCell", 8),), {}, 10 * 4 * 8 * (6 + 8)),
        ("RNN", (10, 6), ([L("SimpleRNNCell", 8), L("GRUCell", 2)],), {}, 10 * (112 + 60)),
        ("ConvLSTM2D", (5, 8, 8, 3), (4, 3), {}, 5 * 6 * 6 * 9 * (3 + 4) * 16),
        ("Bidirectional", (10, 6), (L("LSTM", 8),), {}, 2 * 10 * 4 * 8 * (6 + 8)),
        ("TimeDistributed", (10, 6), (L("Dense", 8),), {}, 10 * 6 * 8),
        ("SpectralNormalization", (6,), (L("Dense", 8),), {}, 6 * 8),
        # Attention: projections of query, key, value and output; scores and what they pick.
        (
            "MultiHeadAttention",
            (16, 32),
            (4, 8),
            {"value": T((20, 24))},
            16 * 32 * 32 + 2 * 20 * 24 * 32 + 16 * 32 * 32 + 2 * 16 * 20 * 32,
        ),
        (
            "GroupQueryAttention",
            (16, 32),
            (8, 4, 2),
            {"value": T((20, 32))},
            2 * 16 * 32 * 32 + 2 * 20 * 32 * 16 + 2 * 16 * 20 * 32,
        ),
        ("Attention", [(6, 8), (9, 8)], (), {}, 6 * 9 * (8 + 8)),
        ("Attention", [(6, 8), (9, 5), (9, 8)], (), {}, 6 * 9 * (8 + 5)),
        ("MaxPooling2D", (8, 8, 3), (), {}, None),
        ("Flatten", (8, 8, 3), (), {}, None),
    ],
)
def test_multiply_adds(
    layer: str, shape: Any, arguments: tuple[Any, ...], named: dict[str, Any], cost: int | None
) -> None:
    assert made(layer, shape, *arguments, **named).multiply_adds == cost


def test_vgg16() -> None:
    """VGG16 at 224 x 224 takes 15.47 billion multiply-adds, as is well known."""
    total, size, channels = 0, 224, 3
    for filters, repeats in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(repeats):
            layer = made("Conv2D", (size, size, channels), filters, 3, padding="same")
            total, channels = total + (layer.multiply_adds or 0), filters
        size //= 2
    features = size * size * channels
    for units in (4096, 4096, 1000):
        total, features = total + (made("Dense", (features,), units).multiply_adds or 0), units
    assert total == 15_470_264_320


def test_activation_bytes() -> None:
    assert activation_bytes([Tensor((None, 10, 3))]) == 120
    assert activation_bytes([Tensor((None, 10), "float16"), Tensor((None,), "int64")]) == 28
    assert activation_bytes([Tensor((None, 4), "bool"), Tensor((None, 2), "bfloat16")]) == 8
    assert activation_bytes([Tensor((None, 4), "uint8")]) == 4
    assert activation_bytes([Tensor((None, None, 3))]) is None
    assert activation_bytes([Tensor((None, "T", 3))]) is None
    assert activation_bytes([Tensor((None, 3), "string")]) is None
    assert activation_bytes(made("LSTM", (7, 4), 5, return_state=True).tensors) == 3 * 5 * 4


def test_what_a_layer_in_a_layer_costs_is_not_lost() -> None:
    inner = L("TimeDistributed", L("Conv2D", 4, 3))
    assert isinstance(inner, LayerValue)
    cost = made("TimeDistributed", (2, 5, 8, 8, 3), inner).multiply_adds
    assert cost == 2 * 5 * 6 * 6 * 9 * 3 * 4


def test_effort_of_a_model() -> None:
    """A shared layer costs at every place that it is applied at; blocks are counted in full."""
    import nndsl

    text = """
block Twice(n) {
    input x
    layer same = Dense(n)
    x -> same -> same as y
    output y
}
model M {
    input x: [8]
    input ids: int32[?]
    layer both = Dense(4)
    x -> both as a
    x -> both -> Flatten as b
    ids -> Embedding(10, 4) -> GlobalAveragePooling1D as c
    a, b, c -> Concatenate -> Dense(6) -> Twice(6) as out
    output out
}
"""
    compiled = nndsl.compile(text)
    costs = {layer.name: (layer.multiply_adds, layer.activation_bytes) for layer in compiled.layers}
    assert costs["both"] == (2 * 8 * 4, 2 * 4 * 4)
    assert costs["out_same"] == (2 * 6 * 6, 2 * 6 * 4)
    assert costs["embedding"] == (None, None)
    assert compiled.shaped is not None
    assert compiled.shaped.multiply_adds == 2 * 8 * 4 + 12 * 6 + 2 * 6 * 6
