"""Parts of a user's own, as `tests/test_externs.py` declares them."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers, ops

register = keras.saving.register_keras_serializable(package="own_parts")


@register
class Gate(layers.Layer):
    """Half of a dense layer decides how much of the other half comes through."""

    def __init__(self, units, rate=0.1, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.rate = rate
        self.dense = layers.Dense(2 * units)
        self.dropout = layers.Dropout(rate)

    def build(self, input_shape):
        self.dense.build(input_shape)
        super().build(input_shape)

    def call(self, inputs, training=None):
        value, gate = ops.split(self.dense(inputs), 2, axis=-1)
        return self.dropout(value * ops.sigmoid(gate), training=training)

    def compute_output_shape(self, input_shape):  # which `TimeDistributed` asks for
        return (*input_shape[:-1], self.units)

    def get_config(self):
        return {**super().get_config(), "units": self.units, "rate": self.rate}


@register
class Attend(layers.Layer):
    """Look a sequence up in another; also say, for each step, where it found most."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, x_shape, memory_shape):
        self.query = self.add_weight(shape=(x_shape[-1], self.units), name="query")
        self.key = self.add_weight(shape=(memory_shape[-1], self.units), name="key")
        self.value = self.add_weight(shape=(memory_shape[-1], self.units), name="value")
        super().build(x_shape)

    def call(self, x, memory):
        query, key = ops.matmul(x, self.query), ops.matmul(memory, self.key)
        scores = ops.softmax(ops.einsum("btu,bsu->bts", query, key), axis=-1)
        found = ops.einsum("bts,bsu->btu", scores, ops.matmul(memory, self.value))
        return found, ops.cast(ops.argmax(scores, axis=-1), "int32")

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@register
class Mix(layers.Layer):
    """Take two tensors as one list, as merge layers do."""

    def call(self, inputs):
        left, right = inputs
        return left * 0.25 + right * 0.75


@register
def shift(x, by=2):
    return x + by


@register
class Focal(keras.losses.Loss):
    def __init__(self, gamma=2.0, name="focal", **kwargs):
        super().__init__(name=name, **kwargs)
        self.gamma = gamma

    def call(self, y_true, y_pred):
        one_hot = ops.one_hot(ops.reshape(ops.cast(y_true, "int32"), (-1,)), y_pred.shape[-1])
        right = ops.sum(one_hot * y_pred, axis=-1)
        return -((1 - right) ** self.gamma) * ops.log(right + 1e-7)

    def get_config(self):
        return {**super().get_config(), "gamma": self.gamma}


@register
def squared(y_true, y_pred):
    return ops.mean(ops.square(y_true - y_pred), axis=-1)


@register
class Largest(keras.metrics.Metric):
    """The largest value that was predicted so far."""

    def __init__(self, name="largest", **kwargs):
        super().__init__(name=name, **kwargs)
        self.value = self.add_variable(shape=(), initializer="zeros", name="value")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.value.assign(ops.maximum(self.value, ops.max(y_pred)))

    def result(self):
        return self.value

    def reset_state(self):
        self.value.assign(0.0)


@register
class Plain(keras.optimizers.SGD):
    """Gradient descent under another name."""


def load_rows(rows=64, seed=0):
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, 4)).astype("float32")
    return x, (x.sum(axis=1) > 0).astype("int32")


class Rows(keras.utils.PyDataset):
    """Rows in batches, as Keras's own class for data in Python has them."""

    def __init__(self, rows, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y = load_rows(rows)

    def __len__(self):
        return -(-len(self.x) // 25)

    def __getitem__(self, index):
        part = slice(25 * index, 25 * (index + 1))
        return self.x[part], self.y[part]


def batches(rows, kind):
    """Return rows in batches of any kind that `fit` takes."""
    if kind == "py":
        return Rows(rows)
    if kind == "once":  # a stream, which ends
        x, y = load_rows(rows)
        return ((x[first : first + 25], y[first : first + 25]) for first in range(0, rows, 25))
    if kind == "tf":
        import tensorflow as tf

        return tf.data.Dataset.from_tensor_slices(load_rows(rows)).batch(25)
    import torch

    tensors = [torch.from_numpy(values) for values in load_rows(rows)]
    return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(*tensors), batch_size=25)
