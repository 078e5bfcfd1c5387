"""Keras's objects as we check them: optimizers, losses, initializers ... and their arguments.

What an argument accepts by itself stands in nndsl/vocabulary/accepted.py; here are the readers of
that, and what Keras asks of several arguments together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from nndsl import vocabulary
from nndsl.layers.argument_types import ArgumentType
from nndsl.layers.object_types import type_by_name
from nndsl.layers.rule import BadArgument, LayerError, Parameter
from nndsl.vocabulary.accepted import BY_CLASS, BY_KIND, BY_NAME


@cache
def parameters(kind: str, name: str) -> dict[str, Parameter]:
    """Return the arguments of a class of `keras.<kind>`, each with its type."""
    name = vocabulary.canonical(kind, name)
    return {
        argument: Parameter(argument, _type_of(kind, name, argument, default), default)
        for argument, default in vocabulary.signature(kind, name) or ()
    }


def _type_of(kind: str, name: str, argument: str, default: Any) -> ArgumentType:
    if isinstance(default, bool):
        return type_by_name("Bool")
    own = {**BY_KIND.get(kind, {}), **BY_CLASS.get(name, {})}
    return type_by_name(own.get(argument) or BY_NAME[argument])


def mistakes(kind: str, name: str, values: Mapping[str, Any]) -> Iterator[BadArgument | LayerError]:
    """Yield what Keras would refuse of an object's arguments, each by itself and then together."""
    known = parameters(kind, name)
    whole = True
    for argument, value in values.items():
        try:
            known[argument].convert(value)
        except BadArgument as bad:
            whole = False
            yield bad
    if whole:
        chosen = {p.name: p.default for p in known.values()}
        for check in (_optimizer, _CHECKS.get(vocabulary.canonical(kind, name))):
            if check is not None and (check is not _optimizer or kind == "optimizers"):
                yield from check(name, {**chosen, **values})


Check = Callable[[str, dict[str, Any]], Iterator[LayerError]]


def _refusal(title: str, expected: str, received: str, argument: str) -> LayerError:
    return LayerError("A205", title, expected=expected, received=received, argument=argument)


def _optimizer(name: str, chosen: dict[str, Any]) -> Iterator[LayerError]:
    clips = [c for c in ("clipnorm", "clipvalue", "global_clipnorm") if chosen.get(c) is not None]
    if len(clips) > 1:
        yield _refusal(
            f"{name}: gradients are clipped in one way only",
            "one of `clipnorm`, `clipvalue` and `global_clipnorm`",
            " and ".join(f"`{clip}`" for clip in clips),
            clips[-1],
        )


def _piecewise(name: str, chosen: dict[str, Any]) -> Iterator[LayerError]:
    boundaries, values = len(chosen["boundaries"]), len(chosen["values"])
    if not boundaries:
        yield _refusal(f"{name} needs a boundary", "one or more", "none", "boundaries")
    elif values != boundaries + 1:
        yield _refusal(
            f"{name}: there is one value before each boundary, and one after the last",
            f"{boundaries + 1} values for {boundaries} boundaries",
            str(values),
            "values",
        )


def _auc(name: str, chosen: dict[str, Any]) -> Iterator[LayerError]:
    if chosen["thresholds"] is None and chosen["num_thresholds"] < 2:
        yield _refusal(
            f"{name}: a curve needs more than one threshold",
            "an integer of at least 2",
            str(chosen["num_thresholds"]),
            "num_thresholds",
        )
    if chosen["num_labels"] is not None and not chosen["multi_label"]:
        yield _refusal(
            f"{name}: `num_labels` is for several labels",
            "`multi_label=true` beside it",
            "`num_labels` alone",
            "num_labels",
        )


def _classes(name: str, chosen: dict[str, Any]) -> Iterator[LayerError]:
    ids, classes = chosen["target_class_ids"], chosen.get("num_classes", 2)
    if not ids or not all(0 <= number < classes for number in ids):
        yield _refusal(
            f"{name}: `target_class_ids` are numbers of classes, counted from 0",
            f"numbers from 0 to {classes - 1}",
            ", ".join(str(number) for number in ids) or "none of them",
            "target_class_ids",
        )


def _checkpoint(name: str, chosen: dict[str, Any]) -> Iterator[LayerError]:
    endings = (".weights.h5",) if chosen["save_weights_only"] else (".keras", ".h5")
    if not str(chosen["filepath"]).endswith(endings):
        what = "weights are" if chosen["save_weights_only"] else "a model is"
        yield _refusal(
            f"{name}: {what} saved to a file that ends in `{endings[0]}`",
            f'a path such as "best{endings[0]}"',
            f'"{chosen["filepath"]}"',
            "filepath",
        )


def _backup(name: str, chosen: dict[str, Any]) -> Iterator[LayerError]:
    if not chosen["backup_dir"]:
        yield _refusal(f"{name} needs a folder", 'a path such as "backup"', '""', "backup_dir")


_CHECKS: dict[str, Check] = {
    "PiecewiseConstantDecay": _piecewise,
    "AUC": _auc,
    "IoU": _classes,
    "OneHotIoU": _classes,
    "BinaryIoU": _classes,
    "ModelCheckpoint": _checkpoint,
    "BackupAndRestore": _backup,
}
