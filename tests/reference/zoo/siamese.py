"""Do two drawings show the same letter, by hand."""

import keras
from keras import layers, ops


def build():
    encoder = keras.Sequential(
        [
            keras.Input(shape=(105, 105, 1)),
            layers.Conv2D(64, 10, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(128, 7, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(128, 4, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(256, 4, activation="relu"),
            layers.Flatten(),
            layers.Dense(4096, activation="sigmoid"),
        ]
    )
    left = keras.Input(shape=(105, 105, 1), name="left")
    right = keras.Input(shape=(105, 105, 1), name="right")
    distance = ops.abs(encoder(left) - encoder(right))
    same = layers.Dense(1, activation="sigmoid", name="same")(distance)
    return keras.Model(inputs=[left, right], outputs=same, name="siamese")
