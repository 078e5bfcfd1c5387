"""BERT base, uncased, by hand."""

import keras
from keras import layers, ops

VOCABULARY = 30522
WIDTH = 768
LENGTH = 512


class Embeddings(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.words = layers.Embedding(VOCABULARY, WIDTH)
        self.positions = layers.Embedding(LENGTH, WIDTH)
        self.sentences = layers.Embedding(2, WIDTH)

    def call(self, tokens, segments):
        positions = self.positions(ops.arange(ops.shape(tokens)[1]))
        return self.words(tokens) + positions + self.sentences(segments)


def encoder(x, heads=12, rate=0.1):
    attention = layers.MultiHeadAttention(heads, WIDTH // heads, dropout=rate)
    attended = layers.Dropout(rate)(attention(x, x))
    x = layers.LayerNormalization(epsilon=1e-12)(layers.Add()([x, attended]))
    y = layers.Dense(4 * WIDTH, activation="gelu")(x)
    y = layers.Dense(WIDTH)(y)
    y = layers.Dropout(rate)(y)
    return layers.LayerNormalization(epsilon=1e-12)(layers.Add()([x, y]))


def build():
    tokens = keras.Input(shape=(LENGTH,), dtype="int32", name="tokens")
    segments = keras.Input(shape=(LENGTH,), dtype="int32", name="segments")
    x = Embeddings()(tokens, segments)
    x = layers.LayerNormalization(epsilon=1e-12)(x)
    x = layers.Dropout(0.1)(x)
    for _ in range(12):
        x = encoder(x)
    pooled = layers.Dense(WIDTH, activation="tanh", name="pooled")(x[:, 0])
    return keras.Model(
        inputs=[tokens, segments], outputs={"encoded": x, "pooled": pooled}, name="bert_base"
    )
