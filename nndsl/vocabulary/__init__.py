"""The parts of Keras that are named or built inside arguments and settings: initializers,
regularizers, constraints, activations, losses, metrics, optimizers and schedules.

`table.py` is made from the installed Keras by `tools/make_vocabulary.py`; this file reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nndsl.vocabulary.required import REQUIRED
from nndsl.vocabulary.table import (
    ALIASES,
    CHOSEN_BY_TARGETS,
    IDENTIFIERS,
    KERAS_VERSION,
    MODEL_ATTRIBUTES,
    OBJECTS,
)

#: The parts of Keras that are known: "activations", "initializers" and so on.
KINDS = tuple(OBJECTS)

__all__ = [
    "KINDS",
    "KERAS_VERSION",
    "MODEL_ATTRIBUTES",
    "REQUIRED",
    "KerasObject",
    "canonical",
    "choices_by_targets",
    "identifiers",
    "keras_version",
    "keras_versions",
    "kinds_of",
    "knows",
    "meaning",
    "names",
    "refusal",
    "signature",
]


@dataclass(frozen=True, slots=True)
class KerasObject:
    """The value of an expression such as `L2(1e-4)`: an object of `keras.<kind>`."""

    kind: str
    name: str
    arguments: tuple[tuple[str, Any], ...] = ()


def identifiers(kind: str) -> tuple[str, ...]:
    """Return the strings that Keras accepts for a kind, such as `relu` for "activations"."""
    return tuple(IDENTIFIERS.get(kind, ()))


def meaning(kind: str, identifier: str) -> str | None:
    """Return the class or function that a string stands for, such as `he_normal`: `HeNormal`.

    Two are no public names, as `compile` chooses by the targets: `crossentropy` of "losses", and
    `Accuracy` of "metrics"; see `choices_by_targets`.
    """
    found = IDENTIFIERS.get(kind, {}).get(identifier)  # callbacks have no identifiers
    if found is None and (kind == "optimizers" or choices_by_targets(kind, identifier)):
        found = IDENTIFIERS[kind].get(identifier.lower())  # Keras lowers these alone
    return found


def knows(kind: str, identifier: str) -> bool:
    return meaning(kind, identifier) is not None


def choices_by_targets(kind: str, identifier: str) -> tuple[str, ...]:
    """Return what a string may stand for where `compile` looks at the targets, otherwise nothing.

    The three are for binary targets, for sparse categories, and for other categories.
    """
    return CHOSEN_BY_TARGETS.get(kind, {}).get(identifier.lower(), ())


def names(kind: str) -> tuple[str, ...]:
    """Return the classes (functions for "activations") of a kind, each by one name."""
    return tuple(OBJECTS[kind])


def canonical(kind: str, name: str) -> str:
    """Return the one name of a class that has several: `L2` for `l2`."""
    return ALIASES[kind].get(name, name)


def kinds_of(name: str) -> tuple[str, ...]:
    """Return the kinds (in a fixed order) that have a class of this name."""
    return tuple(kind for kind in OBJECTS if canonical(kind, name) in OBJECTS[kind])


def keras_versions() -> tuple[str, ...]:
    """Return the supported versions of Keras, the oldest first."""
    from nndsl.vocabulary.versions import KNOWN  # only for those who ask

    return KNOWN


def keras_version(text: str) -> str | None:
    """Return the supported version of Keras that is meant by "3.14" or "3.14.1", or None."""
    minor = ".".join(text.split(".")[:2])
    known = minor in keras_versions() and text.replace(".", "").isdecimal()
    return minor if known else None


def refusal(name: str) -> str | None:
    """Return why no text can make a class of Keras, or None if one can."""
    from nndsl.vocabulary.accepted import REFUSED  # which a text without objects does without

    return REFUSED.get(name)


def signature(kind: str, name: str) -> tuple[tuple[str, Any], ...] | None:
    """Return the arguments of `keras.<kind>.<name>` with their defaults, in order.

    The kind "schedules" is `keras.optimizers.schedules`. An argument without a default has
    `REQUIRED`.
    """
    return OBJECTS[kind].get(canonical(kind, name))
