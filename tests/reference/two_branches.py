"""two_branches.nn, as a Keras user writes it by hand."""

import keras
from keras import layers


def build() -> keras.Model:
    image = keras.Input(shape=(28, 28, 1), name="image")

    fine = layers.Conv2D(16, 3, activation="relu", name="fine")(image)
    fine = layers.MaxPooling2D()(fine)
    fine = layers.Flatten()(fine)
    coarse = layers.Conv2D(16, 7, strides=2, activation="relu", name="coarse")(image)
    coarse = layers.Flatten()(coarse)
    both = layers.Concatenate(name="both")([fine, coarse])
    hidden = layers.Dense(64, activation="relu")(both)
    probs = layers.Dense(10, activation="softmax", name="probs")(hidden)

    return keras.Model(inputs=image, outputs=probs, name="two_branches")
