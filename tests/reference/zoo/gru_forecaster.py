"""The temperature of tomorrow from the weather of five days, by hand."""

import keras
from keras import layers


def build(units=32):
    weather = keras.Input(shape=(120, 14), name="weather")
    x = layers.GRU(units, recurrent_dropout=0.5, return_sequences=True)(weather)
    x = layers.GRU(units, recurrent_dropout=0.5)(x)
    x = layers.Dropout(0.5)(x)
    temperature = layers.Dense(1, name="temperature")(x)
    return keras.Model(inputs=weather, outputs=temperature, name="forecaster")
