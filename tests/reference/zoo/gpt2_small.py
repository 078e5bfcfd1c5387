"""GPT-2 small, by hand."""

import keras
from keras import layers, ops

VOCABULARY = 50257
LENGTH = 1024
WIDTH = 768


class Embeddings(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.words = layers.Embedding(VOCABULARY, WIDTH)
        self.positions = layers.Embedding(LENGTH, WIDTH)

    def call(self, tokens):
        positions = self.positions(ops.arange(ops.shape(tokens)[1]))
        return self.words(tokens) + positions


def decoder(x, heads=12, rate=0.1):
    y = layers.LayerNormalization(epsilon=1e-5)(x)
    attention = layers.MultiHeadAttention(heads, WIDTH // heads, dropout=rate)
    y = attention(y, y, use_causal_mask=True)
    y = layers.Dropout(rate)(y)
    x = layers.Add()([x, y])
    y = layers.LayerNormalization(epsilon=1e-5)(x)
    y = layers.Dense(4 * WIDTH)(y)
    y = keras.activations.gelu(y, approximate=True)
    y = layers.Dense(WIDTH)(y)
    y = layers.Dropout(rate)(y)
    return layers.Add()([x, y])


def build():
    tokens = keras.Input(shape=(None,), dtype="int32", name="tokens")
    x = Embeddings()(tokens)
    x = layers.Dropout(0.1)(x)
    for _ in range(12):
        x = decoder(x)
    y = layers.LayerNormalization(epsilon=1e-5, name="y")(x)
    return keras.Model(inputs=tokens, outputs=y, name="gpt2_small")
