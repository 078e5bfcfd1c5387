"""U-Net with padding, by hand."""

import keras
from keras import layers


def double(x, filters):
    for _ in range(2):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return x


def build():
    image = keras.Input(shape=(256, 256, 1), name="image")
    x = image
    skips = []
    for filters in (64, 128, 256, 512):
        x = double(x, filters)
        if filters == 512:
            x = layers.Dropout(0.5)(x)
        skips.append(x)
        x = layers.MaxPooling2D()(x)
    x = double(x, 1024)
    x = layers.Dropout(0.5)(x)
    for filters, skip in zip((512, 256, 128, 64), reversed(skips), strict=True):
        x = layers.UpSampling2D()(x)
        x = layers.Conv2D(filters, 2, padding="same", activation="relu")(x)
        x = layers.Concatenate()([skip, x])
        x = double(x, filters)
    x = layers.Conv2D(2, 3, padding="same", activation="relu")(x)
    mask = layers.Conv2D(1, 1, activation="sigmoid", name="mask")(x)
    return keras.Model(inputs=image, outputs=mask, name="unet")
