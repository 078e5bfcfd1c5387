"""AlexNet in one column, by hand."""

import keras
from keras import layers


def build(classes=1000):
    image = keras.Input(shape=(224, 224, 3), name="image")
    x = layers.ZeroPadding2D(2)(image)
    x = layers.Conv2D(64, 11, strides=4, activation="relu")(x)
    x = layers.MaxPooling2D(3, strides=2)(x)
    x = layers.Conv2D(192, 5, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(3, strides=2)(x)
    for filters in (384, 256, 256):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(3, strides=2)(x)
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dropout(0.5)(x)
        x = layers.Dense(4096, activation="relu")(x)
    probs = layers.Dense(classes, activation="softmax", name="probs")(x)
    return keras.Model(inputs=image, outputs=probs, name="alexnet")
