"""Mistakes of the corpus as they are written in Keras, each a function named by `mistake`.

`tools/make_mistakes.py --keras` calls them, and records what Keras says.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
from keras import layers

#: What each mistake is called in the corpus -> the mistake in Keras.
MISTAKES: dict[str, Callable[[], object]] = {}


def mistake(title: str) -> Callable[[Callable[[], object]], Callable[[], object]]:
    def add(function: Callable[[], object]) -> Callable[[], object]:
        MISTAKES[title] = function
        return function

    return add


def trained(
    shape: tuple[int, ...],
    stack: list[keras.Layer],
    loss: object,
    y: np.ndarray,
    dtype: str = "float32",
    **fit: object,
) -> object:
    """Train a stack of layers for one epoch on as many zeros as there are labels."""
    model = keras.Sequential([keras.Input(shape, dtype=dtype), *stack])
    model.compile(loss=loss, run_eagerly=True)
    return model.fit(np.zeros((len(y), *shape), dtype), y, **{"verbose": 0, "epochs": 1, **fit})


def rows(count: int, classes: int) -> np.ndarray:
    return np.eye(classes, dtype="float32")[np.arange(count) % classes]


@mistake("two recurrent layers, the first of which gives one step")
def _() -> object:
    return keras.Sequential([keras.Input((20, 8)), layers.LSTM(100), layers.LSTM(100)])


@mistake("grey images of 48 by 48")
def _() -> object:
    return keras.Sequential([keras.Input((48, 48)), layers.Conv2D(32, 3, activation="relu")])


@mistake("the number of images in the shape of one")
def _() -> object:
    return keras.Sequential([keras.Input((60000, 28, 28, 1)), layers.Conv2D(10, (5, 5))])


@mistake("a U-Net of 358 pixels")
def _() -> object:
    image = keras.Input((358, 358, 1))
    a = layers.Conv2D(32, 3, activation="relu", padding="same")(image)
    b = layers.Conv2D(64, 3, activation="relu", padding="same")(layers.MaxPooling2D()(a))
    c = layers.Conv2D(128, 3, activation="relu", padding="same")(layers.MaxPooling2D()(b))
    up = layers.Conv2DTranspose(64, 3, strides=2, activation="relu", padding="same")(c)
    return layers.Concatenate()([up, b])


@mistake("a window larger than what is left of the image")
def _() -> object:
    return keras.Sequential(
        [
            keras.Input((10, 10, 1)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 3, activation="relu"),
        ]
    )


@mistake("a shape that holds more than comes")
def _() -> object:
    return keras.Sequential(
        [keras.Input((300,)), layers.Dense(700, "relu"), layers.Reshape((1, 15, 700))]
    )


@mistake("channels in front, as another library has them")
def _() -> object:
    return keras.Sequential([keras.Input((1, 31, 31)), layers.Conv2D(16, 7, activation="tanh")])


@mistake("the arguments of Keras 1")
def _() -> object:
    return layers.Convolution2D(64, 7, subsample=2, border_mode="same", activation="relu")


@mistake("windows of 3 by 3 that became steps of 3")
def _() -> object:
    return keras.Sequential(
        [keras.Input((136, 136, 3)), layers.Convolution2D(112, 3, 3, padding="same")]
    )


@mistake("`nb_epoch`")
def _() -> object:
    return trained((2,), [layers.Dense(1, "sigmoid")], "bce", np.zeros((4, 1)), nb_epoch=2000)


@mistake("the rate of an optimizer, as Keras 1 had it")
def _() -> object:
    return keras.optimizers.SGD(lr=0.1, momentum=0.9, nesterov=True)


@mistake("an initializer of Keras 1")
def _() -> object:
    return layers.Dense(512, "relu", init="uniform")


@mistake("layers of Keras 0")
def _() -> object:
    return layers.TimeDistributedDense(1, "sigmoid")


@mistake("a sentence of vectors that is no sequence")
def _() -> object:
    return keras.Sequential([keras.Input((79, 64)), layers.Reshape((20, 32)), layers.LSTM(16)])


@mistake("the words of PyTorch")
def _() -> object:
    return layers.Linear(20, 64)


@mistake("one unit with softmax")
def _() -> object:
    stack = [layers.Dense(32, "relu"), layers.Dense(1, "softmax")]
    return trained((10,), stack, "mse", np.zeros((4, 1)))


@mistake("logits for a loss of probabilities")
def _() -> object:
    stack = [layers.Dense(32, "relu"), layers.Dense(4)]
    return trained((64,), stack, "sparse_categorical_crossentropy", np.arange(4))


@mistake("softmax for a loss of logits")
def _() -> object:
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return trained((6,), [layers.Dense(8, "softmax")], loss, np.arange(8))


@mistake("predictions that are all 0")
def _() -> object:
    return trained((15,), [layers.Dense(128, "relu"), layers.Dense(1, "relu")], "mse", -rows(4, 1))


@mistake("numbers of classes for the loss of rows")
def _() -> object:
    stack = [layers.Flatten(), layers.Dense(179, "softmax")]
    return trained((9, 9, 1), stack, "categorical_crossentropy", np.arange(8))


@mistake("ten units for six classes")
def _() -> object:
    return trained((48,), [layers.Dense(10, "softmax")], "categorical_crossentropy", rows(8, 6))


@mistake("one word more than rows")
def _() -> object:
    embedding = layers.Embedding(10000, 5)
    return embedding(np.array([[10000]]))


@mistake("a number that nothing logs")
def _() -> object:
    stop = keras.callbacks.EarlyStopping(monitor="value_loss", patience=100)
    return trained((20,), [layers.Dense(1)], "mse", np.zeros((4, 1)), callbacks=[stop])


@mistake("weights of 0 behind relu")
def _() -> object:
    stack = [layers.Dense(64, "relu", kernel_initializer="zeros"), layers.Dense(1)]
    return trained((10,), stack, "mse", np.ones((4, 1)))


@mistake("every step, where one answer is wanted")
def _() -> object:
    stack = [layers.LSTM(8, return_sequences=True), layers.Dense(11, "softmax")]
    return trained((6, 4), stack, "categorical_crossentropy", rows(4, 11))


@mistake("ten digits on one sigmoid")
def _() -> object:
    stack = [layers.Dense(64, "relu"), layers.Dense(1, "sigmoid")]
    return trained((784,), stack, "binary_crossentropy", np.arange(10))


@mistake("an autoencoder of 23 pixels")
def _() -> object:
    stack = [
        layers.MaxPooling2D(2, padding="same"),
        layers.UpSampling2D(2),
        layers.Conv2D(16, 3, activation="relu"),
        layers.Conv2D(1, 3, activation="sigmoid", padding="same"),
    ]
    return trained((23, 23, 1), stack, "binary_crossentropy", np.zeros((2, 23, 23, 1)))


@mistake("a sum of two sizes")
def _() -> object:
    block = layers.MaxPooling2D(2, padding="same")(keras.Input((224, 224, 32)))
    smaller = layers.MaxPooling2D(2, padding="same")(block)
    return layers.Add()([smaller, block])


@mistake("a convolution of features")
def _() -> object:
    return keras.Sequential([keras.Input((7200,)), layers.Dense(64, "relu"), layers.Conv1D(64, 3)])


@mistake('"true" as a text')
def _() -> object:
    return keras.Sequential([keras.Input((61, 215)), layers.LSTM(256, return_sequences="true")])


@mistake("one-hot words for an `Embedding`")
def _() -> object:
    text = keras.Input((72, 5000))
    return layers.LSTM(256)(layers.Embedding(5000, 200, mask_zero=True)(text))


@mistake("several labels at once, and softmax")
def _() -> object:
    labels = np.array([[1, 0, 1, 0, 0, 0, 0], [0, 1, 1, 1, 0, 0, 0]], "float32")
    return trained((50,), [layers.Dense(7, "softmax")], "categorical_crossentropy", labels)


@mistake("a state that is kept, for batches of any size")
def _() -> object:
    return keras.Sequential([keras.Input((5, 2)), layers.GRU(300, stateful=True)])


@mistake("an argument with two slips of the pen")
def _() -> object:
    return layers.LSTM(128, returns_sequnces=True)


@mistake("colours in front")
def _() -> object:
    return keras.Sequential(
        [
            keras.Input((3, 32, 32)),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
        ]
    )


@mistake("rows of 0 and 1 for the loss of numbers")
def _() -> object:
    stack = [layers.Dense(2, "softmax")]
    return trained((2,), stack, "sparse_categorical_crossentropy", rows(4, 2))


@mistake("a fourth convolution of one pixel")
def _() -> object:
    return keras.Sequential([keras.Input((1, 1, 64)), layers.Conv2D(128, 3, activation="relu")])


@mistake("twenty features as one step")
def _() -> object:
    return keras.Sequential([keras.Input((1, 20)), layers.Conv1D(64, 3, activation="relu")])


@mistake("a window of 35 over 27 steps")
def _() -> object:
    return keras.Sequential([keras.Input((27, 128)), layers.MaxPooling1D(35)])
