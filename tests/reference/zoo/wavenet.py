"""WaveNet of a usual size, by hand."""

import keras
from keras import layers

CLASSES = 256
DILATIONS = [2**i for i in range(10)] * 2
RESIDUAL = 32
SKIP = 256


def gated(x, dilation):
    def conv(activation):
        return layers.Conv1D(
            RESIDUAL, 2, padding="causal", dilation_rate=dilation, activation=activation
        )(x)

    z = layers.Multiply()([conv("tanh"), conv("sigmoid")])
    x = layers.Add()([x, layers.Conv1D(RESIDUAL, 1)(z)])
    return x, layers.Conv1D(SKIP, 1)(z)


def build():
    amplitude = keras.Input(shape=(None,), dtype="int32", name="amplitude")
    x = layers.Embedding(CLASSES, RESIDUAL)(amplitude)
    skips = []
    for dilation in DILATIONS:
        x, skip = gated(x, dilation)
        skips.append(skip)
    skips.append(layers.Conv1D(SKIP, 1)(x))
    x = layers.Add()(skips)
    x = layers.Activation("relu")(x)
    x = layers.Conv1D(SKIP, 1, activation="relu")(x)
    following = layers.Conv1D(CLASSES, 1, activation="softmax", name="next")(x)
    return keras.Model(inputs=amplitude, outputs=following, name="wavenet")
