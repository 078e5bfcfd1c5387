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
    "test_random_models.py",
    "test_differential.py",
    "test_styles.py",
    "test_examples.py",
    "test_operations.py",
    "test_masks.py",
    "test_parity.py",
    "test_corpus_keras.py",
    "test_cases.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no process is left alone with it in the end."""
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))
