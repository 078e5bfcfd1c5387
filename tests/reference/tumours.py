"""tumours.nn, as a Keras user writes it by hand."""

import keras
from keras import layers


def build() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input(shape=(30,), name="nuclei"),
            layers.Normalization(),
            layers.Dense(32, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(1, activation="sigmoid", name="malignant"),
        ],
        name="tumours",
    )
