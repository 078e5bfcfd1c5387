"""A deep autoencoder, by hand."""

import keras
from keras import layers

PIXELS = 784
WIDTHS = (1000, 500, 250)


def build(code=30):
    image = keras.Input(shape=(PIXELS,), name="image")
    x = image
    for width in WIDTHS:
        x = layers.Dense(width, activation="sigmoid")(x)
    x = layers.Dense(code, name="encoded")(x)
    for width in reversed(WIDTHS):
        x = layers.Dense(width, activation="sigmoid")(x)
    decoded = layers.Dense(PIXELS, activation="sigmoid", name="decoded")(x)
    return keras.Model(inputs=image, outputs=decoded, name="autoencoder")
