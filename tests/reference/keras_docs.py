"""keras_docs.nn, as a Keras user writes it by hand."""

import keras
from keras import layers


def build() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input(shape=(), dtype="string", name="text"),
            layers.TextVectorization(
                max_tokens=2000, output_mode="multi_hot", pad_to_max_tokens=True
            ),
            layers.Dense(32, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(3, activation="softmax", name="kind"),
        ],
        name="keras_docs",
    )
