"""constant_dense.nn, as a Keras user writes it by hand."""

import keras
from keras import layers


def build() -> keras.Model:
    constant = keras.initializers.Constant(0.5)
    return keras.Sequential(
        [
            keras.Input(shape=(4,), name="x"),
            layers.Dense(3, use_bias=False, kernel_initializer=constant, name="y"),
        ],
        name="constant_dense",
    )
