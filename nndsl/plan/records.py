"""How the script reads TFRecords: what it takes out of each record, and the lines of `main`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nndsl import graph
from nndsl.layers.rule import Tensor
from nndsl.plan.code import Code, call, dict_of, literal, name as code_name, tuple_of
from nndsl.plan.model import Data, Records
from nndsl.shapes import ShapedModel
from nndsl.shapes.features import Stored, stored_features
from nndsl.training.sources import BUFFER


def plan_records(
    training: graph.Training, values: Mapping[str, Any], shaped: ShapedModel, path: Code
) -> Data:
    """Return how the features of records become inputs and targets."""
    stored = stored_features(training, shaped, values)
    inputs = {name: stored[name] for name in shaped.inputs}
    outputs = {name: stored[name] for name in shaped.outputs}
    targets = dict(_specifications(outputs))
    weight = training.get("sample_weight")
    weights = None
    if weight is not None:
        targets[weight.text] = _specification(Code(""), "float32")
        weights = Code(f"found[{literal(weight.text)}]")
    options = values.get("data", {})
    compression = options.get("compression")
    given = Code(f", compression_type={literal(compression.upper())}") if compression else Code("")
    return Data(
        "tfrecord",
        path,
        one_or_dict({n: _read(one, shaped.inputs[n]) for n, one in inputs.items()}),
        one_or_dict({n: _read(one, None) for n, one in outputs.items()}),
        weights=weights,
        streams=True,
        options=given,
        records=Records(
            features=_coded(_specifications(inputs)),
            targets=_coded(targets.items()),
            buffer=literal(options.get("buffer", BUFFER)),
            words=frozenset(one.word for one in stored.values()),
        ),
    )


def one_or_dict(values: dict[str, Code]) -> Code:
    """Return the one value as it is, else a dictionary by name."""
    return next(iter(values.values())) if len(values) == 1 else dict_of(values.items())


def _coded(pairs: Any) -> tuple[tuple[Code, Code], ...]:
    return tuple((literal(name), made) for name, made in dict(pairs).items())


def _specifications(stored: Mapping[str, Stored]) -> Iterator[tuple[str, Code]]:
    """Yield the features by their names, each with what TensorFlow has to know of it."""
    for one in stored.values():
        if one.word != one.stored or one.shape is None:
            yield one.feature, _specification(Code(""), "string")
        elif one.varies:
            yield one.feature, _specification(_sizes(one.shape[1:]), one.stored, varies=True)
        else:
            yield one.feature, _specification(_sizes(one.shape), one.stored)


def _specification(sizes: Code, stored: str, *, varies: bool = False) -> Code:
    dtype = code_name(f"tf.{stored}")
    if varies:
        return Code(f"tf.io.FixedLenSequenceFeature([{sizes}], {dtype}, allow_missing=True)")
    return Code(f"tf.io.FixedLenFeature([{sizes}], {dtype})")


def _sizes(shape: tuple[int | None, ...]) -> Code:
    return Code(", ".join(literal(size) for size in shape))


def _read(stored: Stored, tensor: Tensor | None) -> Code:
    """Return what makes an input, or targets where there is no tensor, of a feature."""
    made = f"found[{literal(stored.feature)}]"
    shape, dtype = stored.shape or (), code_name(f"tf.{stored.dtype}")
    sizes = tuple_of([literal(size) for size in shape])
    if stored.word == "image":
        given = f"{tuple_of([literal(size) for size in shape[:2]])}, {literal(shape[2])}"
        method = "" if tensor is not None else ', "nearest"'  # classes have nothing in between
        made = f"decode_images({made}, {given}{method})"
    elif stored.word == "raw":
        made = f"tf.io.decode_raw({made}, {dtype})"
        made = f"tf.reshape({made}, {tuple_of([literal(size) for size in (-1, *shape)])})"
    elif stored.word == "tensor":
        made = f"decode_tensors({made}, {dtype}, {sizes})"
    if tensor is not None and tensor.dtype != stored.dtype:
        made = f"tf.cast({made}, {code_name(f'tf.{tensor.dtype}')})"
    return Code(made)


def reading_records(
    data: Data, fraction: Code | None, *, in_order: bool, shuffles: bool, caches: bool
) -> list[Code]:
    """Return the lines of `main` that make batches of records, and hold a part of them out."""
    assert data.records is not None
    lines = [Code("records = read_records(args.data, args.limit)")]
    if fraction is not None:
        seed = "" if in_order else ", args.seed"
        lines.append(Code(f"records, rest = split(records, {fraction}{seed})"))
    if caches:
        lines.append(Code("records = records.cache()"))
    if shuffles:
        given = [(None, data.records.buffer), ("seed", Code("args.seed"))]
        lines.append(Code(f"records = {call('records.shuffle', given)}"))
    lines.append(Code("data = load_data(records, args.batch_size)"))
    if fraction is not None:
        lines.append(Code("held_out = load_data(rest, args.batch_size)"))
    return lines
