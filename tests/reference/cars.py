"""cars.nn, as a Keras user writes it by hand."""

import keras
from keras import layers


def build() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input(shape=(9,), name="car"),
            layers.BatchNormalization(momentum=0.9, name="scaled"),
            layers.Dense(64, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(1, name="mpg"),
        ],
        name="cars",
    )
