"""inception.nn, as a Keras user writes it by hand."""

import keras
from keras import layers


def conv_bn(x, filters, size=3, stride=1, *, name):
    x = layers.Conv2D(
        filters, size, strides=stride, padding="same", use_bias=False, name=f"{name}_conv2d"
    )(x)
    x = layers.BatchNormalization(name=f"{name}_batch_normalization")(x)
    return layers.Activation("relu", name=f"{name}_relu")(x)


def inception(x, a, b, c, pool, *, name):
    path_1 = conv_bn(x, a, 1, name=f"{name}_conv_bn")
    path_2 = conv_bn(x, b, 1, name=f"{name}_conv_bn_1")
    path_2 = conv_bn(path_2, b * 2, 3, name=f"{name}_conv_bn_2")
    path_3 = conv_bn(x, c, 1, name=f"{name}_conv_bn_3")
    path_3 = conv_bn(path_3, c * 2, 5, name=f"{name}_conv_bn_4")
    path_4 = layers.MaxPooling2D(3, strides=1, padding="same", name=f"{name}_max_pooling2d")(x)
    path_4 = conv_bn(path_4, pool, 1, name=f"{name}_conv_bn_5")
    return layers.Concatenate(name=f"{name}_out")([path_1, path_2, path_3, path_4])


def build(classes: int = 10) -> keras.Model:
    image = keras.Input(shape=(32, 32, 3), name="image")

    x = conv_bn(image, 16, stride=2, name="stem")
    x = inception(x, 16, 16, 8, 8, name="first")
    x = layers.MaxPooling2D()(x)
    x = inception(x, 32, 32, 16, 16, name="second")
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    probs = layers.Dense(classes, activation="softmax", name="probs")(x)

    return keras.Model(inputs=image, outputs=probs, name="tiny_inception")
