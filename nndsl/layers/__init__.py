"""Keras's layers, one function a layer, a file per Keras family. Look one up by name here."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from nndsl.layers.rule import LayerRule

#: The files of this package that hold layers, one per family.
FAMILIES = (
    "core",
    "convolution",
    "pooling",
    "normalization",
    "regularization",
    "reshaping",
    "merging",
    "activation",
    "recurrent",
    "recurrent_convolution",
    "cells",
    "wrappers",
    "attention",
    "preprocessing",
    "augmentation",
    "color",
    "encoding",
    "audio",
)


@cache
def all_layers() -> dict[str, LayerRule]:
    """Return every layer by its name and by Keras's other names for it."""
    rules: dict[str, LayerRule] = {}
    for family in FAMILIES:
        for name, value in vars(import_module(f"nndsl.layers.{family}")).items():
            if isinstance(value, LayerRule):
                rules[name] = value
    return rules


def find(name: str) -> LayerRule | None:
    """Return the layer of that name, or None."""
    return all_layers().get(name)
