"""siamese.nn, as a Keras user writes it by hand."""

import keras
from keras import layers


def build() -> keras.Model:
    left = keras.Input(shape=(None,), dtype="int32", name="left")
    right = keras.Input(shape=(None,), dtype="int32", name="right")
    embed = layers.Embedding(5000, 64, mask_zero=True, name="embed")
    encode = layers.LSTM(32, name="encode")

    a = encode(embed(left))
    b = encode(embed(right))
    x = layers.Dot(axes=1, normalize=True)([a, b])
    same = layers.Dense(1, activation="sigmoid", name="same")(x)

    return keras.Model(inputs=[left, right], outputs=same, name="siamese")
