"""two_layer.nn, as a Keras user writes it by hand."""

import keras
from keras import layers


def build() -> keras.Model:
    model = keras.Sequential(name="two_layer")
    model.add(keras.Input(shape=(3,), name="features"))
    model.add(layers.Dense(64, activation="relu", name="my_first_layer"))
    model.add(layers.Dense(10, activation="softmax", name="my_last_layer"))
    return model
