"""tickets.nn, as in the Keras course notes."""

import keras
from keras import layers

VOCABULARY_SIZE = 10000
NUM_TAGS = 100
NUM_DEPARTMENTS = 4


def build() -> keras.Model:
    title = keras.Input(shape=(VOCABULARY_SIZE,), name="title")
    text_body = keras.Input(shape=(VOCABULARY_SIZE,), name="text_body")
    tags = keras.Input(shape=(NUM_TAGS,), name="tags")

    features = layers.Concatenate()([title, text_body, tags])
    features = layers.Dense(64, activation="relu", name="features")(features)
    priority = layers.Dense(1, activation="sigmoid", name="priority")(features)
    department = layers.Dense(NUM_DEPARTMENTS, activation="softmax", name="department")(features)

    return keras.Model(
        inputs=[title, text_body, tags],
        outputs=[priority, department],
        name="customer_ticket",
    )
