"""How training is shared out to devices, processes and machines: each way is declared once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nndsl.layers.argument_types import ArgumentType, BoolType, IntType, ListType, TextType

COUNT = IntType("a positive integer", 1)
DEVICES = ListType('a list of devices, such as `["GPU:0", "GPU:1"]`', TextType("a device"))

#: The argument that says which variables are split.
LAYOUT = "layout"
#: The axes along which the devices of `model_parallel` stand.
AXES = ("batch", "model")


@dataclass(frozen=True, slots=True)
class Strategy:
    """A way to share training out: what does it, and with which backend.

    `layout` says whether it takes one: which variable is split along which axis of the devices.
    """

    name: str
    backend: str
    doc: str
    options: dict[str, ArgumentType] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    layout: bool = False

    @property
    def arguments(self) -> list[tuple[str, str, bool]]:
        """What it is given: the name, what it takes in words, and whether it must be given."""
        found = [(n, t.description, n in self.required) for n, t in self.options.items()]
        if self.layout:
            found.append((LAYOUT, "variables, each with what splits its axes", True))
        return found

    @property
    def snippet(self) -> str:
        """The way with places for what must be given; "" if nothing has to be."""
        needed = [name for name, _, required in self.arguments if required]
        places = (f"{name}=${{{number}}}" for number, name in enumerate(needed, 1))
        return f"{self.name}({', '.join(places)})" if needed else ""


_ALL = (
    Strategy(
        "mirrored",
        "tensorflow",
        "Every device of this machine has the model, and a part of each batch.",
        {"devices": DEVICES},
    ),
    Strategy(
        "data_parallel",
        "jax",
        "The same on jax; on several machines too, each with a process of its own.",
    ),
    Strategy(
        "model_parallel",
        "jax",
        "Large weights are split between devices, by `layout`.",
        {"model": COUNT, "batch": COUNT},
        frozenset({"model"}),
        layout=True,
    ),
    Strategy(
        "ray",
        "jax",
        "Workers of a Ray cluster have the model, and a part of each batch.",
        {"workers": COUNT, "use_gpu": BoolType("`true` or `false`")},
        frozenset({"workers"}),
    ),
)

#: Way -> its declaration.
STRATEGIES = {strategy.name: strategy for strategy in _ALL}

#: What is asked for by other names, in lower case without underscores -> the way that works.
MEANT = {
    "mirroredstrategy": "mirrored",
    "multigpu": "mirrored",
    "dataparallel": "data_parallel",
    "ddp": "data_parallel",
    "distributeddataparallel": "data_parallel",
    "modelparallel": "model_parallel",
    "fsdp": "model_parallel",
    "tensorparallel": "model_parallel",
    "raytrain": "ray",
}
#: What Keras 3 cannot do -> why, and what to write instead.
REFUSED = {
    **dict.fromkeys(
        ("multiworkermirrored", "multiworkermirroredstrategy", "multiworker"),
        "`fit` of Keras 3 fails with `MultiWorkerMirroredStrategy`"
        " (https://github.com/keras-team/keras/issues/20585)",
    ),
    **dict.fromkeys(
        ("parameterserver", "parameterserverstrategy"),
        "Keras 3 does not train with `ParameterServerStrategy`",
    ),
    **dict.fromkeys(
        ("tpu", "tpustrategy"),
        "Keras 3 does not train with `TPUStrategy`; jax finds TPUs by itself",
    ),
    "horovod": "Horovod does not know Keras 3",
}


def folded(name: str) -> str:
    """Return a name as it stands in the tables above."""
    return name.replace("_", "").lower()


def backend_of(values: Mapping[str, Any]) -> str | None:
    """Return the backend that the settings ask for, whether by name or by how they share out."""
    given = values.get("distribute")
    named: str | None = values.get("backend")
    return named or (STRATEGIES[given[""]].backend if given else None)
