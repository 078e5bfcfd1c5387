"""multi_head.nn, as a Keras user writes it by hand."""

import keras
from keras import layers

VOCABULARY_SIZE = 5000


def build() -> keras.Model:
    post = keras.Input(shape=(100,), dtype="int32", name="post")

    x = layers.Embedding(VOCABULARY_SIZE, 32)(post)
    x = layers.Conv1D(64, 5, activation="relu")(x)
    x = layers.MaxPooling1D(4)(x)
    x = layers.Conv1D(64, 5, activation="relu")(x)
    x = layers.GlobalMaxPooling1D()(x)
    trunk = layers.Dense(64, activation="relu", name="trunk")(x)

    rude = layers.Dense(1, activation="sigmoid", name="rude")(trunk)
    age = layers.Dense(1, name="age")(trunk)
    topic = layers.Dense(10, activation="softmax", name="topic")(trunk)

    return keras.Model(inputs=post, outputs=[rude, age, topic], name="posts")
