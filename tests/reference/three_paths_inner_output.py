"""three_paths_inner_output.nn, as a Keras user writes it by hand."""

import keras
from keras import layers


def build() -> keras.Model:
    x = keras.Input(shape=(16,), name="x")

    inner = layers.Dense(32, activation="relu")(x)
    inner = layers.Dense(16, activation="relu", name="inner")(inner)
    long_path = layers.Dense(8, name="long_path")(inner)
    short_path = layers.Dense(32, activation="relu")(x)
    short_path = layers.Dense(8, name="short_path")(short_path)
    direct = layers.Dense(8, name="direct")(x)
    total = layers.Add(name="total")([long_path, short_path, direct])

    return keras.Model(inputs=x, outputs=[total, inner], name="three_paths_inner_output")
