"""What is said about a name of the language, as plain data: the same for every reader of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: The kinds of entries that are no parts of `keras.<kind>`.
LAYER, OPERATION = "layer", "operation"


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument: what it takes in words, and its default as it is written in a `.nn` file.

    `default` is None where the argument must be given, and for tensors, which cannot be written
    `none`. `since` is the first version of Keras that has it, if an older one is supported that
    has not.
    """

    name: str
    takes: str
    required: bool
    default: str | None = None
    since: str | None = None

    @property
    def written(self) -> str:
        return self.name if self.default is None else f"{self.name}={self.default}"


@dataclass(frozen=True, slots=True)
class Entry:
    """All that is said about one name."""

    #: "layer", "operation", or the kind of the part of Keras: "activation", "loss" ...
    kind: str
    #: Which list it stands in: "Convolution", "Activations".
    group: str
    name: str
    #: Other names for the same.
    aliases: tuple[str, ...]
    #: What it does, in one sentence.
    summary: str
    #: What else there is to say, by paragraphs: shapes and weights first.
    notes: tuple[str, ...]
    #: What stands in front of the arrow; None for what is only written inside of arguments.
    source: str | None
    #: The tensors that are given by name.
    tensors: tuple[Argument, ...]
    arguments: tuple[Argument, ...]
    #: Arguments of the call: by name, like all others.
    flags: tuple[Argument, ...]
    #: Arguments that every layer takes.
    common: tuple[Argument, ...]
    #: The lines of a model, the last of which applies it.
    example: tuple[str, ...]
    #: Keras's page about it.
    link: str
    #: The first version of Keras that has it, if an older one is supported that has not.
    since: str | None = None

    @property
    def pieces(self) -> tuple[str, ...]:
        """The arguments as they are written, those that must be given first."""
        required = [one.written for one in self.arguments if one.required]
        optional = [one.written for one in self.arguments if not one.required]
        needed = [f"{one.name}=..." for one in self.tensors if one.required]
        others = [f"{one.name}=..." for one in self.tensors if not one.required]
        flags = [one.written for one in self.flags]
        return (*required, *needed, *optional, *others, *flags)

    @property
    def signature(self) -> str:
        """How it is written in a `.nn` file, in one line."""
        arrow = f"{self.source} -> " if self.source else ""
        return f"{arrow}{self.name}" + (f"({', '.join(self.pieces)})" if self.pieces else "")

    @property
    def runs(self) -> bool:
        """True if the example is the lines of a model, and not a line of its training."""
        return bool(self.example) and " -> " in self.example[-1]

    def grouped(self) -> list[tuple[tuple[str, ...], str]]:
        """Return what the arguments take, with those together that take the same."""
        groups: dict[str, list[str]] = {}
        for one in (*self.arguments, *self.tensors, *self.flags):
            takes = f"{one.takes}; since Keras {one.since}" if one.since else one.takes
            groups.setdefault(takes, []).append(one.name)
        return [(tuple(names), takes) for takes, names in groups.items()]


@dataclass(frozen=True, slots=True)
class Group:
    """Names that stand in one list, with one line about each, or none."""

    title: str
    #: What the names are for: how they are written.
    usage: str
    names: tuple[tuple[str, str], ...]


def listed(names: Sequence[str]) -> str:
    """Return names in backticks: `a`, `b` or `c`."""
    quoted = [f"`{name}`" for name in names]
    return " or ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))
