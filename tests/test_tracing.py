"""What Keras cannot trace in a class, held against what the layers say of themselves."""

from __future__ import annotations

import pytest

import nndsl

pytestmark = pytest.mark.keras

keras = pytest.importorskip("keras")

IMAGE = "float32[?, ?, 3]"
HALF = "float32[?, 8, 3]"
STEPS = "float32[?, 4]"
WORDS = "int32[?]"
#: A layer, its input with an open size, and whether Keras can trace it.
LAYERS = [
    ("CutMix", IMAGE, False),
    ("RandomErasing", HALF, False),
    ("RandomPerspective", IMAGE, False),
    ("RandomElasticTransform", HALF, False),
    ("RandomCrop(4, 4)", IMAGE, False),
    ("ContrastLimitedAdaptiveHistogramEqualization", IMAGE, False),
    ("UpSampling2D(2, interpolation=bilinear)", HALF, False),
    ("UpSampling2D(2, interpolation=lanczos5)", IMAGE, False),
    ("UpSampling2D(2)", IMAGE, True),
    ("MixUp", IMAGE, True),
    ("RandomFlip", IMAGE, True),
    ("RandomShear(0.2, 0.2)", IMAGE, True),
    ("RandomZoom(0.2)", IMAGE, True),
    ("RandomRotation(0.2)", IMAGE, True),
    ("RandomTranslation(0.2, 0.2)", IMAGE, True),
    ("RandomGaussianBlur", IMAGE, True),
    ("Resizing(4, 4, crop_to_aspect_ratio=true)", HALF, True),
    ("CenterCrop(4, 4)", IMAGE, True),
    ("Conv2DTranspose(4, 3, strides=2)", IMAGE, True),
    ("LSTM(4, unroll=true)", STEPS, False),
    ("GRU(4, unroll=true)", STEPS, False),
    ("SimpleRNN(4, unroll=true)", STEPS, False),
    ("RNN(LSTMCell(4), unroll=true)", STEPS, False),
    ("LSTM(4)", STEPS, True),
    (
        "Bidirectional(LSTM(4), backward_layer=LSTM(4, go_backwards=true, unroll=true))",
        STEPS,
        False,
    ),
    ("CategoryEncoding(5, one_hot)", WORDS, False),
    ("CategoryEncoding(5, one_hot)", "int32[]", True),
    ("IntegerLookup(vocabulary=[1, 2], output_mode=one_hot)", WORDS, False),
    ("Hashing(5, output_mode=one_hot)", WORDS, False),
    ("Discretization([0.5], output_mode=one_hot)", "float32[?]", False),
    ("Embedding(5, 4)", WORDS, True),
    ("TimeDistributed(UpSampling2D(interpolation=bicubic))", "float32[2, ?, ?, 3]", False),
    ("TimeDistributed(LSTM(4, unroll=true))", "float32[?, 3, 4]", True),
]


@pytest.mark.parametrize(("layer", "shape", "traceable"), LAYERS)
def test_a_class_is_refused_where_keras_fails_to_trace_it(
    layer: str, shape: str, traceable: bool
) -> None:
    """Keras is asked with the layer in a class of its own, ours with the style."""
    import oracle

    text = f"model M {{\n    input x: {shape}\n    x -> {layer} as y\n    output y\n}}\n"
    assert _codes(nndsl.compile(text, style="functional")) == []
    compiled = nndsl.compile(text, style="subclass")
    assert _codes(compiled) == ([] if traceable else ["S110"])
    functional = oracle.build(nndsl.compile(text, style="functional"))
    inner = functional.layers[-1]

    class Traced(keras.layers.Layer):
        def build(self, shape: object) -> None:
            pass

        def call(self, x: object) -> object:
            return inner(x)

    given = keras.Input(functional.inputs[0].shape[1:], dtype=functional.inputs[0].dtype)
    if traceable:
        Traced()(given)
        oracle.build(compiled)
    else:
        with pytest.raises(Exception, match="Could not automatically infer"):
            Traced()(given)


SHARED = """
model M {
    input x: [?, ?, 3]
    layer b = B
    x -> b%s as y
    output y
}
"""
FORK = "block B {\n    input x\n    x -> ( _ | RandomErasing ) -> Add as y\n    output y\n}"
CHAIN = "block B = Conv2D(3, 3, padding=same) -> RandomErasing"


def test_a_shared_block_that_is_no_chain_is_a_class_in_every_style() -> None:
    text = FORK + SHARED % " -> b"
    assert _codes(nndsl.compile(text, style="functional")) == ["S110"]
    known = text.replace("[?, ?, 3]", "[8, 8, 3]")
    assert _codes(nndsl.compile(known, style="functional")) == []


@pytest.mark.parametrize(("again", "style"), [("", "sequential"), (" -> b", "functional")])
def test_a_shared_chain_is_no_class_and_needs_no_sizes(again: str, style: str) -> None:
    """Keras asks each layer of a Sequential for the shape of its output, and traces none."""
    import oracle

    text = CHAIN + SHARED % again
    assert _codes(nndsl.compile(text, style="subclass")) == ["S110"]
    compiled = nndsl.compile(text)
    assert _codes(compiled) == []
    assert compiled.style == style
    oracle.compare_with_prediction(oracle.build(compiled), compiled)


def _codes(compiled: nndsl.CompiledModel) -> list[str]:
    return [d.code for d in compiled.diagnostics if d.severity == "error"]
