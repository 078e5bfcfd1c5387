"""What is known of inputs and labels: what `train` declares, and what is in the data file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nndsl import graph
from nndsl.data import Array, DataFile, read_data_file
from nndsl.imports import Files
from nndsl.lint.facts import BINARY, INT, MULTI_HOT, ONE_HOT, REAL, Facts
from nndsl.shapes.features import Stored
from nndsl.training.sources import SOURCES

#: Integers up to here are classes, if there are not nearly as many as there are samples.
_MAX_CLASSES = 1000


def declared_facts(
    given: Mapping[str, graph.Declared] | None, values: Mapping[str, Mapping[str, Any]]
) -> dict[str, Facts]:
    """Return what `labels` or `inputs` declares, by name."""
    return {name: _declared(one, values.get(name, {})) for name, one in (given or {}).items()}


def _declared(one: graph.Declared, values: Mapping[str, Any]) -> Facts:
    classes, shape = values.get("classes"), values.get("shape")
    low, high = values.get("low"), values.get("high")
    if shape is None and one.word in (ONE_HOT, MULTI_HOT):
        shape = (classes,)
    if one.word in (INT, BINARY):
        low, high = 0.0, float((classes or 2) - 1)
    elif one.word in (ONE_HOT, MULTI_HOT):
        low, high = 0.0, 1.0
    return Facts(one.span, one.word, classes, low, high, shape, None)


def read_source(source: graph.DataSource, files: Files | None) -> DataFile | None:
    """Return what is in a data file; None if it is not there, or cannot be looked at."""
    kind = SOURCES.get(source.kind)
    if files is None or files.open is None or kind is None or kind.reads != "file":
        return None
    path = source.path
    if kind.features:
        from nndsl.data.places import record_files  # which few texts need

        path = next(iter(record_files(path, files) or ()), path)
    try:
        with files.open(path) as stream:
            return read_data_file(source.kind, stream)
    except OSError:
        return None


def parts_of(
    source: graph.DataSource,
    file: DataFile,
    inputs: list[str],
    outputs: list[str],
    others: list[str],
) -> dict[str, tuple[str, ...]]:
    """Return what of a file each input and output takes: the names of arrays or columns.

    `others` are columns that are neither, such as weights of samples.
    """
    parts = {name: source.fields.get(name, (name,)) for name in (*inputs, *outputs)}
    if source.kind == "csv" and len(inputs) == 1 and inputs[0] not in source.fields:
        targets = {column for name in outputs for column in parts[name]} | set(others)
        parts[inputs[0]] = tuple(column for column in file.arrays if column not in targets)
    return parts


def facts_of(source: graph.DataSource, arrays: list[Array], *, is_label: bool) -> Facts | None:
    """Return what is known of the arrays or columns that one input or output takes."""
    values = [array.values for array in arrays if array.values is not None]
    if not arrays or len(values) < len(arrays):
        first = arrays[0] if arrays else None
        if first is None or source.kind == "csv":
            return None
        return Facts(source.span, None, None, None, None, first.shape[1:], first.dtype, source.path)
    low, high = min(v.low for v in values), max(v.high for v in values)
    first = arrays[0]
    shape = first.shape[1:] if source.kind == "npz" else (len(arrays),)
    form, classes = _form(first, low, high) if len(arrays) == 1 else (REAL, None)
    if not is_label and form != INT:
        form, classes = REAL, None
    return Facts(source.span, form, classes, low, high, shape, first.dtype, source.path)


def facts_of_feature(stored: Stored) -> Facts:
    """Return what is known of a feature of records: how it is said to be stored."""
    form = INT if stored.word == "int64" and stored.shape == () else None
    return Facts(stored.span, form, None, None, None, stored.shape, stored.dtype)


def facts_of_classes(source: graph.DataSource, arrays: list[Array], classes: int) -> Facts:
    """Return what is known of texts that the script numbers by `classes`."""
    form = BINARY if classes == 2 else INT
    high = float(classes - 1)
    return Facts(source.span, form, classes, 0.0, high, (len(arrays),), "int64", source.path)


def _form(array: Array, low: float, high: float) -> tuple[str | None, int | None]:
    """Return the form of an array, as far as its numbers tell, and how many classes there are."""
    values = array.values
    assert values is not None
    last = array.shape[-1] if len(array.shape) > 1 else None
    if array.one_hot:
        return ONE_HOT, last
    if not values.whole or low < 0:
        return REAL, None
    if high <= 1 and last is not None and last > 1 and len(array.shape) == 2:
        return MULTI_HOT, last
    if array.dtype.startswith("float"):
        return (BINARY, None) if high <= 1 else (None, None)  # numbers, or classes
    if high <= 1:
        return BINARY, None
    few = values.distinct is not None and values.distinct <= max(values.count // 4, 2)
    if high >= _MAX_CLASSES or not few:
        return None, None
    return INT, int(high) + 1 if values.complete else None
