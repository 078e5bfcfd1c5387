"""nndsl: a compact text language for neural networks, compiled to Keras 3 code."""

__version__ = "0.1.0"
