"""GoogLeNet without the auxiliary classifiers, by hand."""

import keras
from keras import layers


def conv(x, filters, size, strides=1):
    return layers.Conv2D(filters, size, strides=strides, padding="same", activation="relu")(x)


def pool(x, strides=2):
    return layers.MaxPooling2D(3, strides=strides, padding="same")(x)


def inception(x, one, reduce3, three, reduce5, five, projection):
    branch_1 = conv(x, one, 1)
    branch_2 = conv(conv(x, reduce3, 1), three, 3)
    branch_3 = conv(conv(x, reduce5, 1), five, 5)
    branch_4 = conv(pool(x, 1), projection, 1)
    return layers.Concatenate()([branch_1, branch_2, branch_3, branch_4])


def build(classes=1000):
    image = keras.Input(shape=(224, 224, 3), name="image")
    x = conv(image, 64, 7, 2)
    x = pool(x)
    x = conv(x, 64, 1)
    x = conv(x, 192, 3)
    x = pool(x)
    x = inception(x, 64, 96, 128, 16, 32, 32)
    x = inception(x, 128, 128, 192, 32, 96, 64)
    x = pool(x)
    x = inception(x, 192, 96, 208, 16, 48, 64)
    x = inception(x, 160, 112, 224, 24, 64, 64)
    x = inception(x, 128, 128, 256, 24, 64, 64)
    x = inception(x, 112, 144, 288, 32, 64, 64)
    x = inception(x, 256, 160, 320, 32, 128, 128)
    x = pool(x)
    x = inception(x, 256, 160, 320, 32, 128, 128)
    x = inception(x, 384, 192, 384, 48, 128, 128)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.4)(x)
    probs = layers.Dense(classes, activation="softmax", name="probs")(x)
    return keras.Model(inputs=image, outputs=probs, name="googlenet")
