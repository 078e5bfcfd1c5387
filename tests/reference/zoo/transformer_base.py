"""The transformer, base model, by hand."""

import keras
import numpy as np
from keras import layers, ops

VOCABULARY = 37000
WIDTH = 512
HEADS = 8
RATE = 0.1


class Positions(layers.Layer):
    """Adds sines and cosines to scaled embeddings."""

    def call(self, x):
        feature = np.arange(WIDTH)
        frequency = np.exp(feature // 2 * (-9.21034 * 2 / WIDTH)).astype("float32")
        phase = (feature % 2 * 1.570796).astype("float32")
        step = ops.arange(ops.shape(x)[1], dtype="float32")[:, None]
        return x * 22.62742 + ops.sin(step * frequency + phase)


def embed(tokens, words):
    return layers.Dropout(RATE)(Positions()(words(tokens)))


def attend(x, memory, **kwargs):
    return layers.MultiHeadAttention(HEADS, WIDTH // HEADS)(x, memory, **kwargs)


def add_norm(x, new):
    x = layers.Add()([x, layers.Dropout(RATE)(new)])
    return layers.LayerNormalization(epsilon=1e-5)(x)


def feed_forward(x):
    return layers.Dense(WIDTH)(layers.Dense(2048, activation="relu")(x))


def encoder(x):
    x = add_norm(x, attend(x, x))
    return add_norm(x, feed_forward(x))


def decoder(x, memory):
    x = add_norm(x, attend(x, x, use_causal_mask=True))
    x = add_norm(x, attend(x, memory))
    return add_norm(x, feed_forward(x))


def build():
    source = keras.Input(shape=(None,), dtype="int32", name="source")
    target = keras.Input(shape=(None,), dtype="int32", name="target")
    words = layers.Embedding(VOCABULARY, WIDTH)
    memory = embed(source, words)
    for _ in range(6):
        memory = encoder(memory)
    x = embed(target, words)
    for _ in range(6):
        x = decoder(x, memory)
    return keras.Model(inputs=[source, target], outputs=x, name="transformer_base")
