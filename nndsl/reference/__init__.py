"""What is said about layers and the other names of Keras: on the command line, in an editor, and
in the reference documentation.

All of it is read from the layers and the vocabulary; the texts are the layers' docstrings.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from nndsl.layers.refused import refusal, refused
from nndsl.operations import refused as operations_refused
from nndsl.reference import parts, rules
from nndsl.reference.entry import Argument, Entry, Group
from nndsl.reference.example import Worked, worked
from nndsl.suggest import nearest

__all__ = [
    "Argument",
    "Entry",
    "Group",
    "Worked",
    "data",
    "find",
    "find_groups",
    "groups",
    "near",
    "why_not",
    "worked",
]

#: How many misspelt names are guessed at.
_GUESSES = 3
#: What stands in front of a name in Python: `tf.keras.layers.Dense`, but not `ops.mean`.
_WHERE_KERAS_HAS_IT = re.compile(
    r"^(?:tf\.)?(?:keras\.)?(?:layers|activations|initializers|regularizers|constraints|losses"
    r"|metrics|optimizers(?:\.schedules)?)\.(?=\w)|^(?:tf\.)?keras\.(?=ops\.)"
)


def find(name: str) -> tuple[Entry, ...]:
    """Return what is said about a name, by its kinds: `Identity` is a layer and an initializer."""
    known = rules.all_rules()
    found = [rules.entry(known[name])] if name in known else []
    return (*found, *parts.find(name))


def groups() -> tuple[Group, ...]:
    """Return all names in their lists, the layers first."""
    made = []
    every = {rule.name: rule for rule in rules.all_rules().values()}
    for title in rules.titles():
        members = [rule for rule in every.values() if rules.group_of(rule) == title]
        names = tuple((rule.name, rules.summary_of(rule)) for rule in members)
        made.append(Group(title, rules.usage_of(members), names))
    return (*made, *parts.groups())


def find_groups(title: str) -> tuple[Group, ...]:
    """Return the lists of this title: "losses", "products", or "operations" for all of them."""
    wanted = rules.OPERATIONS.lower() if title == "ops" else title.lower()
    every = [(group.title.lower(), group) for group in groups()]
    found = tuple(g for name, g in every if wanted in (name, name.partition(":")[0]))
    return found or tuple(g for name, g in every if wanted == name.rpartition(": ")[2])


def data(one: Entry | Group) -> dict[str, Any]:
    """Return an entry or a list for a program to read, with what the example gives."""
    known = asdict(one)
    if isinstance(one, Entry):
        known["signature"] = one.signature
        known["gives"] = asdict(worked(one.example)) if one.runs else None
    return known


def near(name: str) -> tuple[str, ...]:
    """Return the names that someone may have meant: those that hold the text, or the nearest."""
    name = _WHERE_KERAS_HAS_IT.sub("", name)
    folded = name.lower().replace("_", "")
    names = _names()
    if len(folded) > 1:
        holding = [n for n in names if folded in n.lower().replace("_", "")]
        if holding:
            return tuple(n for n in holding if _main_name(n) not in holding or _main_name(n) == n)
    guesses: list[str] = []
    while len(guesses) < _GUESSES and (guess := nearest(name, names)):
        guesses.append(guess)
        names = [n for n in names if _main_name(n) != _main_name(guess)]
    return tuple(guesses)


def why_not(name: str) -> str | None:
    """Return why the language does not have a name of Keras, or None."""
    operation = operations_refused.refusal(name.removeprefix("ops."))
    if name.startswith("ops.") and operation:
        return operation
    return refusal(name) or parts.refusal(name)


def _main_name(name: str) -> str | None:
    """Return the name of which this one is another, such as `Conv2D` for `Convolution2D`."""
    rule = rules.all_rules().get(name)
    return rule.name if rule else parts.class_of(name)


def _names() -> list[str]:
    """Return every name once, those of layers first."""
    classes = (name for name in refused() if not name.islower())
    return list(dict.fromkeys([*rules.all_rules(), *parts.names(), *classes]))
