"""SqueezeNet 1.1, by hand."""

import keras
from keras import layers


def fire(x, squeeze, expand):
    x = layers.Conv2D(squeeze, 1, activation="relu")(x)
    branch_1 = layers.Conv2D(expand, 1, activation="relu")(x)
    branch_2 = layers.Conv2D(expand, 3, padding="same", activation="relu")(x)
    return layers.Concatenate()([branch_1, branch_2])


def build(classes=1000):
    image = keras.Input(shape=(224, 224, 3), name="image")
    x = layers.Conv2D(64, 3, strides=2, activation="relu")(image)
    x = layers.MaxPooling2D(3, strides=2)(x)
    x = fire(x, 16, 64)
    x = fire(x, 16, 64)
    x = layers.MaxPooling2D(3, strides=2)(x)
    x = fire(x, 32, 128)
    x = fire(x, 32, 128)
    x = layers.MaxPooling2D(3, strides=2)(x)
    x = fire(x, 48, 192)
    x = fire(x, 48, 192)
    x = fire(x, 64, 256)
    x = fire(x, 64, 256)
    x = layers.Dropout(0.5)(x)
    x = layers.Conv2D(classes, 1, activation="relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    probs = layers.Softmax(name="probs")(x)
    return keras.Model(inputs=image, outputs=probs, name="squeezenet")
