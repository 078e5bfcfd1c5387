"""Functions of `keras.ops`, one function an operation, a file per family.

They stand behind an arrow like layers: `x -> ops.mean(axis=1)`. What Keras's batch is axis 0 of,
an operation sees too; one that would take the examples of a batch together is refused.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from nndsl.layers.rule import LayerRule

#: The files of this package that hold operations, one per family.
FAMILIES = (
    "maths",
    "activations",
    "arithmetic",
    "reductions",
    "sequences",
    "shaping",
    "joining",
    "picking",
    "images",
    "products",
)


@cache
def all_operations() -> dict[str, LayerRule]:
    """Return every operation by its name: `ops.mean`."""
    rules: dict[str, LayerRule] = {}
    for family in FAMILIES:
        for value in vars(import_module(f"nndsl.operations.{family}")).values():
            if isinstance(value, LayerRule):
                rules[value.name] = value
    return rules


def find(name: str) -> LayerRule | None:
    """Return the operation of that name, or None."""
    return all_operations().get(name)
