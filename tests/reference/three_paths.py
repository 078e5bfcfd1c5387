"""three_paths.nn, as a Keras user writes it by hand."""

import keras
from keras import layers


def build() -> keras.Model:
    x = keras.Input(shape=(16,), name="x")

    long_path = layers.Dense(32, activation="relu")(x)
    long_path = layers.Dense(16, activation="relu")(long_path)
    long_path = layers.Dense(8)(long_path)
    short_path = layers.Dense(32, activation="relu")(x)
    short_path = layers.Dense(8)(short_path)
    direct = layers.Dense(8)(x)
    total = layers.Add(name="total")([long_path, short_path, direct])

    return keras.Model(inputs=x, outputs=total, name="three_paths")
