"""Entries of the parts of Keras that are no layers: activations, initializers, losses ..."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from nndsl import vocabulary
from nndsl.layers.objects import parameters
from nndsl.reference.entry import Argument, Entry, Group, listed
from nndsl.reference.links import part_link
from nndsl.reference.rules import argument
from nndsl.reference.summaries import SUMMARIES
from nndsl.vocabulary.versions import SINCE


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of parts: what one is called, and lines that use it, `{}` standing for it."""

    singular: str
    lines: tuple[str, ...]

    @property
    def usage(self) -> str:
        """The line that uses one, with dots in its place."""
        return next(line.strip().replace("{}", "...") for line in self.lines if "{}" in line)


_DENSE = "input features: [20]"

#: The kinds that the language has a place for.
_KINDS = {
    "activations": _Kind("activation", (_DENSE, "features -> Dense(64, activation={})")),
    "initializers": _Kind("initializer", (_DENSE, "features -> Dense(64, kernel_initializer={})")),
    "regularizers": _Kind("regularizer", (_DENSE, "features -> Dense(64, kernel_regularizer={})")),
    "constraints": _Kind("constraint", (_DENSE, "features -> Dense(64, kernel_constraint={})")),
    "losses": _Kind("loss", ("train {", "    loss: {}", "}")),
    "metrics": _Kind("metric", ("train {", "    metrics: {}", "}")),
    "optimizers": _Kind("optimizer", ("train {", "    optimizer: {}", "}")),
    "schedules": _Kind("schedule", ("train {", "    optimizer: Adam({})", "}")),
}
#: Parts that can be written nowhere, and why.
_NO_PLACE = {
    "glu": "it halves the last axis, which no layer counts with; `x -> ops.glu` does it",
    "threshold": "`activation` has no place for its arguments; use `x -> ops.threshold(0.5, 0)`",
}
#: Arguments for those that cannot do without; what is missing here has no example.
_GIVEN = {
    "STFT": None,
    "IoU": "num_classes=3, target_class_ids=[0, 1]",
    "MeanIoU": "num_classes=3",
    "OneHotIoU": "num_classes=3, target_class_ids=[0, 1]",
    "OneHotMeanIoU": "num_classes=3",
    "PrecisionAtRecall": "recall=0.9",
    "RecallAtPrecision": "precision=0.9",
    "SensitivityAtSpecificity": "specificity=0.9",
    "SpecificityAtSensitivity": "sensitivity=0.9",
    "LossScaleOptimizer": "Adam()",
    "CosineDecay": "1e-3, decay_steps=1000",
    "CosineDecayRestarts": "1e-3, first_decay_steps=1000",
    "ExponentialDecay": "1e-2, decay_steps=1000, decay_rate=0.9",
    "InverseTimeDecay": "1e-2, decay_steps=1000, decay_rate=0.5",
    "PiecewiseConstantDecay": "boundaries=[1000, 2000], values=[1e-2, 1e-3, 1e-4]",
    "PolynomialDecay": "1e-2, decay_steps=1000",
}


def kinds() -> tuple[str, ...]:
    return tuple(_KINDS)


def names() -> list[str]:
    """Return every name and every word that stands for one."""
    return [name for kind in _KINDS for name in (*_classes(kind), *_words(kind))]


def find(name: str) -> tuple[Entry, ...]:
    """Return what is said about a name: a class, a function, or a word such as `mse`."""
    found = []
    for kind in _KINDS:
        meant = _meant(kind, name)
        found += [entry(kind, one) for one in ((meant,) if meant else _choices(kind, name))]
    return tuple(found)


@cache
def class_of(name: str) -> str | None:
    """Return the class or function that a name or word stands for: `Adam` for `adam`."""
    return next((meant for kind in _KINDS if (meant := _meant(kind, name))), None)


def groups() -> tuple[Group, ...]:
    """Return the parts of Keras in their lists."""
    return tuple(
        Group(
            kind.capitalize(),
            _KINDS[kind].usage,
            tuple((name, SUMMARIES[kind][name]) for name in _classes(kind)),
        )
        for kind in _KINDS
    )


def entry(kind: str, name: str) -> Entry:
    """Return what is said about a class or function of `keras.<kind>`."""
    since = SINCE.get(kind, {})
    arguments = tuple(
        argument(one, since.get(f"{name}.{one.name}")) for one in parameters(kind, name).values()
    )
    return Entry(
        kind=_KINDS[kind].singular,
        group=kind.capitalize(),
        name=name,
        aliases=_aliases(kind, name),
        summary=SUMMARIES[kind][name],
        notes=_notes(kind, name),
        source=None,
        tensors=(),
        arguments=arguments,
        flags=(),
        common=(),
        example=_example(kind, name, arguments),
        link=part_link(kind, name),
        since=since.get(name),
    )


def refusal(name: str) -> str | None:
    """Return why the language has no place for a part of Keras, or None."""
    return _NO_PLACE.get(name) or vocabulary.refusal(name)


@cache
def _classes(kind: str) -> list[str]:
    return [name for name in vocabulary.names(kind) if refusal(name) is None]


def _words(kind: str) -> tuple[str, ...]:
    """Return the words for the parts of a kind, without those that stand for several."""
    words = () if kind == "schedules" else vocabulary.identifiers(kind)
    return tuple(word for word in words if not _choices(kind, word))


def _choices(kind: str, word: str) -> tuple[str, ...]:
    """Return what a word may stand for, if Keras chooses by the targets."""
    if word in vocabulary.names(kind):
        return ()
    chosen = vocabulary.choices_by_targets(kind, word)
    return tuple(one for name in chosen if (one := _meant(kind, name)))


def _meant(kind: str, name: str) -> str | None:
    """Return the class that a name or a word stands for, if this kind has it."""
    classes = _classes(kind)
    if (meant := vocabulary.canonical(kind, name)) in classes:
        return meant
    if kind == "schedules" or vocabulary.choices_by_targets(kind, name):
        return None
    meant = vocabulary.meaning(kind, name) or name
    if kind == "losses" and meant not in classes:  # a word stands for the function of its name
        return _class_of_function(meant)
    return meant if meant in classes else None


@cache
def _class_of_function(name: str) -> str | None:
    folded = name.replace("_", "")
    return next((one for one in _classes("losses") if one.lower() == folded), None)


def _aliases(kind: str, name: str) -> tuple[str, ...]:
    return tuple(word for word in _words(kind) if word != name and _meant(kind, word) == name)


def _notes(kind: str, name: str) -> tuple[str, ...]:
    """Return what is to be said of some: activations are stages, and some words mean several."""
    if kind == "activations":
        return (f"A stage of its own as well: `features -> {name}`.",)
    words = () if kind == "schedules" else vocabulary.identifiers(kind)
    standing = [word for word in words if name in _choices(kind, word)]
    return (f"{listed(standing)} stands for it where the targets suit it.",) if standing else ()


def _example(kind: str, name: str, arguments: tuple[Argument, ...]) -> tuple[str, ...]:
    """Return lines that use it: by a word if there is one, else with the arguments it needs."""
    needed = [one for one in arguments if one.required]
    given = _GIVEN.get(name, "")
    if given is None or (needed and not given):
        return ()
    words = [word for word in (name, *_aliases(kind, name)) if word in _words(kind)]
    plain = sorted(words, key=lambda word: (word != word.lower(), -len(word)))
    written = plain[0] if plain and not given else f"{name}({given})"
    return tuple(line.replace("{}", written) for line in _KINDS[kind].lines)
