"""The root mean squared error of probabilities, over labels that are integers."""

import keras


@keras.saving.register_keras_serializable(package="root_mean_squared_error")
class RootMeanSquaredError(keras.metrics.Metric):
    def __init__(self, name="rmse", **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")
        self.samples = self.add_weight(name="samples", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        classes = y_pred.shape[-1]
        labels = keras.ops.reshape(keras.ops.cast(y_true, "int32"), (-1,))
        errors = keras.ops.square(keras.ops.one_hot(labels, classes) - y_pred)
        self.total.assign_add(keras.ops.sum(errors))
        self.samples.assign_add(keras.ops.cast(keras.ops.shape(y_pred)[0], "float32"))

    def result(self):
        return keras.ops.sqrt(keras.ops.divide_no_nan(self.total, self.samples))

    def reset_state(self):
        self.total.assign(0.0)
        self.samples.assign(0.0)
