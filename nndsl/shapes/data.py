"""Checks of the data: that they are there and suit the model, and what layers learn from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nndsl import graph
from nndsl.diagnostic import Reporter
from nndsl.imports import Files
from nndsl.shapes.model import ShapedModel
from nndsl.shapes.own_batches import check_own_batches
from nndsl.training.sources import DATASET_PREFIX, DATASETS, SOURCES

#: Settings that name a data source.
_PLACES = ("data", "validation", "validation_data", "test_data")
#: Layers that learn from data before training, and the argument that makes that unnecessary.
ADAPTED = {
    "Normalization": "mean",
    "Discretization": "bin_boundaries",
    "IntegerLookup": "vocabulary",
    "StringLookup": "vocabulary",
    "TextVectorization": "vocabulary",
}
_COLOURS = (1, 3, 4)


def to_adapt(shaped: ShapedModel) -> Iterator[tuple[graph.LayerNode, graph.Input | None]]:
    """Yield the layers that have to learn from the data, each with the input that it reads."""
    inputs = {input_.value: input_ for input_ in shaped.model.body.inputs}
    for node in shaped.model.body.nodes:
        if not isinstance(node, graph.LayerNode) or node.layer.name not in ADAPTED:
            continue
        given = {bound.parameter for bound in node.arguments}
        if ADAPTED[node.layer.name] not in given:
            yield node, inputs.get(node.inputs[0])


def check_adapted(shaped: ShapedModel, reporter: Reporter) -> None:
    """Report layers that would have to learn from something else than an input."""
    for node, input_ in to_adapt(shaped):
        if input_ is None and not any(value.poisoned for value in node.inputs):
            name = node.layer.name
            reporter.error(
                "T807",
                node.span,
                f"`{name}` learns from the data, and no input leads straight to it",
                "not behind an input",
                help=f"put it behind an input, or give it `{ADAPTED[name]}=...`",
            )


def check_sources(
    training: graph.Training,
    values: Mapping[str, Any],
    shaped: ShapedModel,
    reporter: Reporter,
    files: Files | None,
) -> None:
    """Report data that are not there, or that the script could not read as it reads the first."""
    for place in _PLACES:
        source = training.get(place)
        if not isinstance(source, graph.DataSource):
            continue
        if source.function is not None:
            _check_function(training, place, source, reporter)
            if source.kind == "batches" and place == "data":
                check_own_batches(training, values, shaped, to_adapt(shaped), reporter)
            continue
        missing = _missing(source, files) if files is not None else None
        if missing is not None:
            reporter.warning(
                "T805",
                source.span,
                missing,
                "not found",
                help="paths are relative to the folder of this file",
            )
        if place != "data":
            _check_like_the_first(training, place, source, reporter)
        else:
            _check_suits(source, shaped, reporter)
            if source.kind == "tfrecord":
                from nndsl.shapes.features import check_features  # which few texts need

                check_features(training, shaped, values, reporter)
    _check_together(training, values, shaped, reporter)


def _missing(source: graph.DataSource, files: Files) -> str | None:
    """Return what is not there of what a source reads, if something is missing."""
    kind = SOURCES.get(source.kind)
    if kind is None or not kind.reads:
        return None
    if kind.reads == "folder" and files.entries is None:
        return None
    if kind.reads == "folder":
        from nndsl.data.places import class_folders  # which few texts need

        classes = class_folders(source.path, files)
        if classes is None:
            return f"there is no folder `{source.path}`"
        return None if classes else f"`{source.path}` has no folder for a class"
    if not kind.features:
        return None if files.exists(source.path) else f"there is no file `{source.path}`"
    from nndsl.data.places import record_files  # which few texts need

    found = record_files(source.path, files)
    return f"there is no file of records `{source.path}`" if found == [] else None


def _check_function(
    training: graph.Training, place: str, source: graph.DataSource, reporter: Reporter
) -> None:
    """Report a function for data to validate or test on where those for training are made up."""
    if place != "data" and training.get("data") is None:
        purpose = "testing" if place == "test_data" else "validation"
        reporter.error(
            "T804",
            source.span,
            f"the data for {purpose} is given, and that for training is made up",
            "only this is given",
            help="give `data` as well",
        )
    elif source.kind == "batches" and training.get("data").kind != "batches":
        reporter.error(
            "T804",
            source.span,
            f"`{place}` is read like `data`",
            "comes in batches",
            expected="arrays, by `extern data`",
        )


def _check_like_the_first(
    training: graph.Training, place: str, second: graph.DataSource, reporter: Reporter
) -> None:
    data = training.get("data")
    kind = data.kind if data else "npz"
    if kind == "batches":
        return  # `check_own_batches` says so
    if kind in ("synthetic", "datasets", "extern"):
        data, kind = None, "npz"
    same = data is None or second.kind == kind and _told(second) in (_told(data), {})
    if second.kind != kind or not same or (data is None and second.fields):
        purpose = "testing" if place == "test_data" else "validation"
        reporter.error(
            "T804",
            second.span,
            f"the data for {purpose} is read like the data for training",
            "another form",
            expected=f"`{kind}(...)` with the same names" if data else "`npz(...)` without names",
            help=f'write `{place}: {kind}("{second.path}")`',
        )


def _told(source: graph.DataSource) -> dict[str, object]:
    """Return what is said of where a file has each input and output."""
    words = {name: one.word for name, one in source.features.items()}
    return {name: (keys, words.get(name)) for name, keys in source.fields.items()}


def _check_suits(source: graph.DataSource, shaped: ShapedModel, reporter: Reporter) -> None:
    """Report a source that gives one input and one output to a model that has others."""
    if source.kind not in ("images", "text", "datasets"):
        return
    inputs, outputs = shaped.model.body.inputs, shaped.outputs
    if len(inputs) != 1 or len(outputs) != 1:
        received = f"{len(inputs)} inputs and {len(outputs)} outputs"
        _unsuitable(source, reporter, "a model with one input and one output", received)
        return
    tensor = shaped.inputs[inputs[0].name]
    if source.kind == "images":
        shape = tensor.shape[1:]
        sized = len(shape) == 3 and all(isinstance(size, int) for size in shape)
        if not sized or shape[2] not in _COLOURS:
            expected = (
                "an input of images, such as `input image: [64, 64, 3]`, with 1, 3 or 4 channels"
            )
            _unsuitable(source, reporter, expected, str(tensor))
    elif source.kind == "text" and tensor.dtype != "string":
        expected = "an input of strings: `input text: string[1]`"
        _unsuitable(source, reporter, expected, f"{tensor} of {tensor.dtype}")
    elif source.kind == "datasets":
        _check_dataset(source, tensor.shape[1:], reporter)


def _check_dataset(source: graph.DataSource, shape: tuple[object, ...], reporter: Reporter) -> None:
    given, _ = DATASETS[source.path]
    if given is None:
        fits = len(shape) == 1 and isinstance(shape[0], int)
        expected = "a number of steps to cut and fill the texts to: `input tokens: int32[200]`"
    else:
        fits = shape in (given, (*given, 1))
        expected = f"`[{', '.join(map(str, given))}]`"
    if not fits:
        sizes = ", ".join("?" if size is None else str(size) for size in shape)
        _unsuitable(source, reporter, expected, f"`[{sizes}]`", f"{DATASET_PREFIX}{source.path}")


def _unsuitable(
    source: graph.DataSource, reporter: Reporter, expected: str, received: str, name: str = ""
) -> None:
    reporter.error(
        "T808",
        source.span,
        f"`{name or source.kind}` does not suit the model",
        "other samples",
        expected=expected,
        received=received,
    )


def _check_together(
    training: graph.Training, values: Mapping[str, Any], shaped: ShapedModel, reporter: Reporter
) -> None:
    """Report settings that do not go together with the data or the model."""
    data = training.get("data")
    kind = SOURCES.get(data.kind) if data else None
    streams = kind is not None and kind.streams
    single = len(shaped.outputs) == 1

    def refuse(setting: str, title: str, help_: str | None = None) -> None:
        given = training.settings[setting]
        reporter.error("T808", given.span, title, "does not go together", help=help_)

    given = training.settings
    if "class_weight" in given and not single:
        refuse(
            "class_weight",
            "`class_weight` is for models with one output",
            "give `sample_weight`, an array with a number for each sample",
        )
    if "class_weight" in given and "sample_weight" in given:
        refuse("sample_weight", "samples are weighed in one way only")
    own = data is not None and data.kind == "batches"  # of which little is known
    if (
        "sample_weight" in given
        and not own
        and (kind is None or not (kind.fields or kind.features))
    ):
        refuse("sample_weight", "`sample_weight` names an array of `npz` or a column of `csv`")
    for setting in ("cache", "prefetch"):
        if setting in given and not streams:
            refuse(
                setting,
                f"`{setting}` is for what is read when it is needed: `images`, `text`, `tfrecord`",
                "leave it out",
            )
    if "augment" in given and len(shaped.inputs) != 1:
        refuse("augment", "`augment` is for models with one input")
    if "validation" in given and "validation_data" in given:
        refuse("validation_data", "`validation` and `validation_data` are both given")
    in_folders = kind is not None and kind.reads == "folder"
    if in_folders and isinstance(training.held_out, graph.LastPart):
        refuse(
            "validation", f"files in folders have no order: `last` does not go with `{data.kind}`"
        )
    part = training.held_out is not None and not isinstance(training.held_out, graph.DataSource)
    if in_folders and part and values.get("shuffle") is False:
        refuse(
            "shuffle",
            "a part of a folder is drawn by shuffling its files: in order, it is whole classes",
            f'leave it out, or validate on a folder of its own: `validation: {data.kind}("...")`',
        )
    if streams and training.get("class_weight") is not None:
        weights = training.get("class_weight")
        if isinstance(weights, graph.Word):
            refuse("class_weight", f"the classes of `{data.kind}` are not counted beforehand")
