"""three_paths_three_outputs.nn, as a Keras user writes it by hand."""

import keras
from keras import layers


def build() -> keras.Model:
    x = keras.Input(shape=(16,), name="x")

    kind = layers.Dense(32, activation="relu")(x)
    kind = layers.Dense(16, activation="relu")(kind)
    kind = layers.Dense(4, activation="softmax", name="kind")(kind)
    size = layers.Dense(32, activation="relu")(x)
    size = layers.Dense(1, name="size")(size)
    age = layers.Dense(1, name="age")(x)

    return keras.Model(inputs=x, outputs=[kind, size, age], name="three_paths_three_outputs")
