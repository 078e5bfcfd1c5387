"""TextCNN, by hand."""

import keras
from keras import layers


def build(classes=2):
    words = keras.Input(shape=(56,), dtype="int32", name="words")
    x = layers.Embedding(18765, 300)(words)
    branches = []
    for size in (3, 4, 5):
        branch = layers.Conv1D(100, size, activation="relu")(x)
        branches.append(layers.GlobalMaxPooling1D()(branch))
    x = layers.Concatenate()(branches)
    x = layers.Dropout(0.5)(x)
    sentiment = layers.Dense(classes, activation="softmax", name="sentiment")(x)
    return keras.Model(inputs=words, outputs=sentiment, name="text_cnn")
