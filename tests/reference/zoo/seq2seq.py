"""Translation with two deep LSTMs, by hand."""

import keras
from keras import layers

SOURCE_WORDS = 160000
TARGET_WORDS = 80000
WIDTH = 1000


def build(depth=4):
    source = keras.Input(shape=(None,), dtype="int32", name="source")
    target = keras.Input(shape=(None,), dtype="int32", name="target")
    x = layers.Embedding(SOURCE_WORDS, WIDTH)(source)
    y = layers.Embedding(TARGET_WORDS, WIDTH)(target)
    for _ in range(depth):
        x, h, c = layers.LSTM(WIDTH, return_sequences=True, return_state=True)(x)
        y = layers.LSTM(WIDTH, return_sequences=True)(y, initial_state=[h, c])
    word = layers.Dense(TARGET_WORDS, activation="softmax", name="word")(y)
    return keras.Model(inputs=[source, target], outputs=word, name="seq2seq")
