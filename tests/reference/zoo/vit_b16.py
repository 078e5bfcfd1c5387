"""Vision transformer, ViT-B/16, by hand."""

import keras
from keras import layers, ops

WIDTH = 768


class ClassTokenAndPositions(layers.Layer):
    def build(self, input_shape):
        self.token = self.add_weight(shape=(1, 1, WIDTH), initializer="zeros")
        self.positions = self.add_weight(shape=(1, input_shape[1] + 1, WIDTH))

    def call(self, patches):
        token = ops.broadcast_to(self.token, (ops.shape(patches)[0], 1, WIDTH))
        return ops.concatenate([token, patches], axis=1) + self.positions


def encoder(x, heads=12):
    y = layers.LayerNormalization(epsilon=1e-6)(x)
    y = layers.MultiHeadAttention(heads, WIDTH // heads)(y, y)
    x = layers.Add()([x, y])
    y = layers.LayerNormalization(epsilon=1e-6)(x)
    y = layers.Dense(4 * WIDTH, activation="gelu")(y)
    y = layers.Dense(WIDTH)(y)
    return layers.Add()([x, y])


def build(classes=1000):
    image = keras.Input(shape=(224, 224, 3), name="image")
    x = layers.Conv2D(WIDTH, 16, strides=16)(image)
    x = layers.Reshape((-1, WIDTH))(x)
    x = ClassTokenAndPositions()(x)
    for _ in range(12):
        x = encoder(x)
    x = layers.LayerNormalization(epsilon=1e-6)(x)
    probs = layers.Dense(classes, activation="softmax", name="probs")(x[:, 0])
    return keras.Model(inputs=image, outputs=probs, name="vit_b16")
