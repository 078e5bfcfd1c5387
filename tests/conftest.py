"""Settings that have to stand before TensorFlow is imported."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
# The tensors are small, and there is a process a core: more threads would only wait for each other.
for _name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

#: The files that take a minute or more, the longest first.
LONG = (
    "test_differential.py",
    "test_styles.py",
    "test_examples.py",
    "test_objects.py",
    "test_random_models.py",
    "test_cases.py",
    "test_distribution.py",
    "test_learning.py",
    "test_externs.py",
    "test_operations.py",
    "test_custom_loops.py",
    "test_corpus_keras.py",
    "test_backends.py",
    "test_robustness.py",
    "test_training.py",
    "test_fmt.py",
    "test_masks.py",
    "test_parity.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no process is left alone with it in the end."""
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))
