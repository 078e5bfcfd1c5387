"""Will a user install an app, by hand."""

import keras
from keras import layers

CROSSES = 100000


def embed(x, words):
    return layers.Flatten()(layers.Embedding(words, 32)(x))


def build():
    numbers = keras.Input(shape=(16,), name="numbers")
    device = keras.Input(shape=(1,), dtype="int32", name="device")
    installed = keras.Input(shape=(1,), dtype="int32", name="installed")
    shown = keras.Input(shape=(1,), dtype="int32", name="shown")
    wide = layers.HashedCrossing(CROSSES, output_mode="one_hot")((installed, shown))
    deep = layers.Concatenate()(
        [numbers, embed(device, 100), embed(installed, 1000), embed(shown, 1000)]
    )
    for width in (1024, 512, 256):
        deep = layers.Dense(width, activation="relu")(deep)
    x = layers.Concatenate()([wide, deep])
    installs = layers.Dense(1, activation="sigmoid", name="installs")(x)
    return keras.Model(
        inputs=[numbers, device, installed, shown], outputs=installs, name="wide_and_deep"
    )
