"""How the script gets its data: the readers of files, and data that are made up."""

from __future__ import annotations

import os.path
from collections.abc import Callable, Mapping
from typing import Any

from nndsl import graph
from nndsl.plan.code import Code, list_of, literal, name as code_name, tuple_of
from nndsl.plan.expressions import Spelling
from nndsl.plan.model import Data
from nndsl.plan.records import one_or_dict, plan_records
from nndsl.plan.targets import (
    BINARY,
    ONE_HOT,
    flattened,
    loss_name,
    made_up_input,
    made_up_target,
    sample_count,
    vocabulary_size,
)
from nndsl.shapes import ShapedModel
from nndsl.training.sources import DATASETS

#: Where the text of a path leads from: the source's folder; and where the script will stand.
Relocate = Callable[[str], str]


def path_code(path: str) -> Code:
    """Return the expression of a path that leads from the folder of the script."""
    if os.path.isabs(path):
        return Code(f"Path({literal(path)})")
    return Code(f"Path(__file__).parent / {literal(path.replace(os.sep, '/'))}")


def plan_data(
    training: graph.Training,
    values: Mapping[str, Any],
    shaped: ShapedModel,
    concrete: ShapedModel,
    spelling: Spelling,
    relocate: Relocate,
) -> Data:
    """Return how data are read, or made up."""
    source = training.get("data")
    inputs = shaped.model.body.inputs
    if source is None or source.kind == "synthetic":
        return _plan_synthetic(training, source, shaped, concrete, spelling)
    if source.kind == "datasets":
        return _plan_dataset(training, source, shaped, spelling)
    if source.function is not None:
        x, y = _arrays_of_npz(shaped)
        loaded, streams = spelling.expression(source.function), source.kind == "batches"
        return Data(source.kind, None, x, y, loaded=loaded, streams=streams)
    path = path_code(relocate(source.path))
    if source.kind in ("images", "text"):
        return _plan_folder(training, source, shaped, spelling, path)
    if source.kind == "tfrecord":
        return plan_records(training, values, shaped, path)
    weight = training.get("sample_weight")
    if source.kind == "csv":
        return _plan_csv(training, source, shaped, spelling, path)
    fields = source.fields
    x = one_or_dict({i.name: _array(fields, i.name, i.dtype) for i in inputs})
    y = one_or_dict({name: _array(fields, name, None) for name in shaped.outputs})
    weights = Code(f"data[{literal(weight.text)}]") if weight is not None else None
    return Data("npz", path, x, y, weights=weights)


def _arrays_of_npz(shaped: ShapedModel) -> tuple[Code, Code]:
    """Return what reads an archive with arrays that are called like the inputs and outputs."""
    inputs = shaped.model.body.inputs
    x = one_or_dict({i.name: _array({}, i.name, i.dtype) for i in inputs})
    return x, one_or_dict({name: _array({}, name, None) for name in shaped.outputs})


def _plan_dataset(
    training: graph.Training,
    source: graph.DataSource,
    shaped: ShapedModel,
    spelling: Spelling,
) -> Data:
    """Return how a data set of Keras is brought into the shapes of the model."""
    x, y = _arrays_of_npz(shaped)
    (input_,) = shaped.model.body.inputs
    given, dtype = DATASETS[source.path]
    shape = shaped.inputs[input_.name].shape[1:]
    options = Code("")
    if given is None:
        options = Code(f"num_words={vocabulary_size(input_, shaped.model, spelling)}")
        changed = f"keras.utils.pad_sequences(x, maxlen={shape[0]}, dtype={literal(input_.dtype)})"
    else:
        changed = "x" if shape == given else f"x.reshape(-1, {', '.join(map(str, shape))})"
        if dtype != input_.dtype:
            changed += f".astype({literal(input_.dtype)})"
    (output,) = shaped.outputs.values()
    assert output is not None
    sizes = output.shape[1:]
    name = loss_name(training.get("loss")[next(iter(shaped.outputs))][0])
    targets = f"np.eye({sizes[-1]})[y.ravel()]" if name in ONE_HOT else "y"
    return Data(
        "datasets",
        None,
        x,
        y,
        dataset=code_name(f"keras.datasets.{source.path}"),
        made_x=Code(changed),
        made_y=Code(targets),
        options=options,
    )


def _plan_folder(
    training: graph.Training,
    source: graph.DataSource,
    shaped: ShapedModel,
    spelling: Spelling,
    path: Code,
) -> Data:
    """Return how the files of a folder become batches, by Keras's own loaders."""
    (input_,) = shaped.model.body.inputs
    (output,) = shaped.outputs
    shape = shaped.inputs[input_.name].shape[1:]
    name = loss_name(training.get("loss")[output][0])
    mode = "categorical" if name in ONE_HOT else "binary" if name in BINARY else "int"
    given: list[tuple[str | None, Code]] = []
    if source.kind == "images":
        colours = {1: "grayscale", 3: "rgb", 4: "rgba"}
        given.append(("image_size", tuple_of([literal(size) for size in shape[:2]])))
        if shape[2] != 3:
            given.append(("color_mode", literal(colours[shape[2]])))  # type: ignore[index]
        for option, value in source.options.items():
            given.append((option, spelling.expression(value)))
    return Data(
        source.kind,
        path,
        Code(""),
        Code(""),
        streams=True,
        label_mode=literal(mode),
        options=Code("".join(f"{option}={value}, " for option, value in given)),
        one_column=bool(shape) and source.kind == "text",
    )


def _plan_synthetic(
    training: graph.Training,
    source: graph.DataSource | None,
    shaped: ShapedModel,
    concrete: ShapedModel,
    spelling: Spelling,
) -> Data:
    inputs = shaped.model.body.inputs
    options = source.options if source is not None else {}
    made_x = {
        i.name: made_up_input(i, concrete.inputs[i.name], shaped.model, spelling) for i in inputs
    }
    made_y = {}
    for name, tensor in concrete.outputs.items():
        assert tensor is not None  # a model with errors has no plan
        made_y[name] = made_up_target(training.get("loss")[name][0], tensor)
    return Data(
        kind="synthetic",
        default_path=None,
        x=_arrays_of_npz(shaped)[0],
        y=_arrays_of_npz(shaped)[1],
        made_x=one_or_dict(made_x),
        made_y=one_or_dict(made_y),
        samples=(
            spelling.expression(options["samples"])
            if "samples" in options
            else literal(sample_count(concrete))
        ),
        seed=spelling.expression(options["seed"]) if "seed" in options else None,
        flat=flattened(inputs),
    )


def _array(fields: dict[str, tuple[str, ...]], name: str, dtype: str | None) -> Code:
    """Return the expression of an array in an `.npz` archive."""
    key = fields.get(name, (name,))[0]
    text = f"data[{literal(key)}]"
    if dtype is not None:
        text += f".astype({literal('str' if dtype == 'string' else dtype)})"
    return Code(text)


def _plan_csv(
    training: graph.Training,
    source: graph.DataSource,
    shaped: ShapedModel,
    spelling: Spelling,
    path: Code,
) -> Data:
    """Return the columns to read; one input without columns gets all that are no targets."""
    inputs = shaped.model.body.inputs
    weight = training.get("sample_weight")
    targets = {name: source.fields.get(name, (name,)) for name in shaped.outputs}
    others = [name for names in targets.values() for name in names]
    if weight is not None:
        others.append(weight.text)
    rest = None
    x = {}
    for input_ in inputs:
        names = source.fields.get(input_.name)
        if names is None and len(inputs) == 1:
            rest = list_of([literal(name) for name in others])
            listed = Code("features")
        else:
            listed = list_of([literal(name) for name in names or (input_.name,)])
        if input_.dtype == "string":
            cells = f"np.array([[row[name] for name in {listed}] for row in rows])"
        else:
            dtype = "" if input_.dtype == "float32" else f", {literal(input_.dtype)}"
            cells = f"columns({listed}{dtype})"
        x[input_.name] = Code(cells if input_.dims else f"{cells}[:, 0]")
    y = {
        name: Code(f"columns({list_of([literal(column) for column in names])})")
        for name, names in targets.items()
    }
    classes = source.options.get("classes")
    if classes is not None:
        y = _numbered(training, targets, spelling.expression(classes))
    weights = None
    if weight is not None:
        weights = Code(f"columns([{literal(weight.text)}])[:, 0]")
    return Data(
        "csv",
        path,
        one_or_dict(x),
        one_or_dict(y),
        rest_without=rest,
        weights=weights,
        classes=spelling.expression(classes) if classes is not None else None,
    )


def _numbered(
    training: graph.Training, targets: dict[str, tuple[str, ...]], classes: Code
) -> dict[str, Code]:
    """Return targets that are texts as the numbers of their classes."""
    made = {}
    for name, (column, *_) in targets.items():
        numbers = f"np.array([classes.index(row[{literal(column)}]) for row in rows])"
        one_hot = loss_name(training.get("loss")[name][0]) in ONE_HOT
        made[name] = Code(f"np.eye(len(classes))[{numbers}]" if one_hot else numbers)
    return made
