"""The oracle: what was compiled, built in real Keras and held against everything we know of it.

Four witnesses have to agree about a model: what nndsl predicted, the emitted code in each style,
a model written by hand, and what a fresh process finds in a saved file. They are compared by the
names of layers, inputs and outputs, never by position: Keras sorts dicts of outputs by key, and
copying by position then swaps heads of equal shape without a word.

    compiled = nndsl.compile(text, style="functional")
    model = oracle.build(compiled)
    oracle.compare_with_prediction(model, compiled)

Run as a program, this file is the fresh process: it loads saved models and calls them, or runs
scripts.
"""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import json
import os
import runpy
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras.src.backend.common import global_state
from keras.src.utils.summary_utils import weight_memory_size

from nndsl.outline import outline
from nndsl.summary import summarize

if TYPE_CHECKING:
    from nndsl.compiler import CompiledModel

Arrays = dict[str, np.ndarray]
Shape = tuple[Any, ...]

#: What an unknown size becomes in random inputs.
UNKNOWN_SIZE = 12
#: How far outputs may be apart: of the same computation, and where another backend computes.
SAME_BACKEND, OTHER_BACKEND = 0.0, 1e-4
#: Seconds that a script or a fresh process may take.
PATIENCE = 300

#: What the modules of emitted code and of models by hand are called here.
_WRITTEN = ("emitted_", "reference_", "module_")
_FOLDER = tempfile.TemporaryDirectory(prefix="nndsl-oracle-")
_COUNTER = itertools.count()


def forget() -> None:
    """Let Keras forget the layers so far: else it goes on counting, `dense_7`.

    This is what `clear_session` does for Keras; it also drops all that TensorFlow has prepared for
    running and collects garbage, which makes most tests several times as slow.
    """
    global_state.GLOBAL_STATE_TRACKER = threading.local()
    global_state.GLOBAL_SETTINGS_TRACKER = threading.local()


# ---- Building ------------------------------------------------------------------------------


def import_file(path: Path, name: str | None = None) -> ModuleType:
    """Import a Python file by its path. It's registered, as Keras needs it to find classes."""
    name = name or path.stem
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None, path
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def import_code(code: str) -> ModuleType:
    """Import emitted code from a file of its own: TensorFlow reads the source of `call`."""
    name = f"emitted_{next(_COUNTER)}"
    path = Path(_FOLDER.name) / f"{name}.py"
    path.write_text(code, encoding="utf-8")
    return import_file(path)


def build(compiled: CompiledModel) -> keras.Model:
    """Run the emitted code and return the model that its `build_model()` makes."""
    assert compiled.code is not None, [d.title for d in compiled.diagnostics]
    forget()
    keras.utils.set_random_seed(0)
    return import_code(compiled.code).build_model()


def build_reference(path: Path) -> keras.Model:
    """Return the model that a hand-written file's `build()` makes."""
    forget()
    return import_file(path, f"reference_{path.stem}").build()


# ---- Layers --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Leaf:
    """What is compared of a layer. Shapes begin with the batch, None."""

    kind: str
    outputs: tuple[tuple[Shape, str], ...]
    trainable: int | None
    non_trainable: int | None


def leaf_layers(model: keras.Model) -> dict[str, keras.Layer]:
    """Return the layers that do the work by name, through nested models and blocks.

    A layer in a nested model is called by the names of both: `code/dense`.
    """
    leaves: dict[str, keras.Layer] = {}
    for name, layer in _walk(model, ""):
        known = leaves.setdefault(short_name(name), layer)
        assert known is layer, f"two layers are called {name}"
    return leaves


def _walk(layer: keras.Layer, prefix: str) -> Iterator[tuple[str, keras.Layer]]:
    for inner in layer._flatten_layers(include_self=False, recursive=False):
        # A Sequential holds a function of the user's in a Lambda; it has no weights.
        if isinstance(inner, (keras.layers.InputLayer, keras.layers.Lambda)):
            continue
        if _holds_others(inner):
            is_model = isinstance(inner, keras.Model)
            yield from _walk(inner, f"{prefix}{inner.name}/" if is_model else prefix)
        else:
            yield f"{prefix}{inner.name}", inner


def short_name(name: str) -> str:
    """Return a name without the models that are told by what follows: a block's name stands there.

    A shared block is a Sequential in one style, `tower/tower_dense`, and a Layer in another.
    """
    parts = name.split("/")
    pairs = zip(parts, parts[1:], strict=False)
    kept = [part for part, following in pairs if not following.startswith(f"{part}_")]
    return "/".join([*kept, parts[-1]])


def _holds_others(layer: keras.Layer) -> bool:
    """True for a nested model, and for a block: a Layer class of emitted code, or by hand.

    Any other class is a part of a user's own, which is compared as a whole.
    """
    return isinstance(layer, keras.Model) or type(layer).__module__.startswith(_WRITTEN)


def kind_of(layer: keras.Layer) -> str:
    """Return the public name of a layer's class (GroupQueryAttention's own name is another)."""
    kind: type[keras.Layer] = type(layer)
    if getattr(keras.layers, kind.__name__, None) is kind:
        return kind.__name__
    public = [name for name, value in vars(keras.layers).items() if value is kind]
    return public[0] if public else kind.__name__


def count(weights: Sequence[Any]) -> int:
    return sum(int(np.prod(weight.shape)) for weight in weights)


def leaf(layer: keras.Layer) -> Leaf:
    """Return what is compared of a layer; its outputs are those of its first call.

    What is trainable is what a model shows: a layer with `trainable=False` says that nothing in it
    is, also of layers inside it that a model goes on training.
    """
    trainable = count([weight for weight in layer.weights if weight.trainable])
    return Leaf(
        kind_of(layer),
        tuple((tuple(t.shape), t.dtype) for t in keras.tree.flatten(layer.output)),
        trainable,
        count(layer.weights) - trainable,
    )


def leaves_of(model: keras.Model) -> dict[str, Leaf]:
    return {name: leaf(layer) for name, layer in leaf_layers(model).items()}


# ---- Comparing structure -------------------------------------------------------------------


def keras_shape(shape: Shape) -> Shape:
    """Return a predicted shape as Keras writes it: a named unknown size is None there."""
    return tuple(dim if isinstance(dim, int) else None for dim in shape)


def predicted_leaves(compiled: CompiledModel) -> dict[str, Leaf]:
    """Return what nndsl said about the layers before Keras was started."""
    layers = [layer for layer in compiled.layers if layer.kind != "InputLayer"]
    names = [short_name(layer.name) for layer in layers]
    assert len(names) == len(set(names)), names
    return {
        short_name(layer.name): Leaf(
            layer.kind,
            tuple((keras_shape(tensor.shape), tensor.dtype) for tensor in layer.outputs),
            layer.trainable,
            layer.non_trainable,
        )
        for layer in layers
    }


def compare_with_prediction(model: keras.Model, compiled: CompiledModel) -> None:
    """Assert that Keras and nndsl agree on every layer and on the sums of parameters."""
    predicted, found = predicted_leaves(compiled), leaves_of(model)
    if compiled.shaped is not None:
        dtypes = [*compiled.shaped.block_dtypes.values(), *compiled.shaped.in_rounds.values()]
        if any(None in some for some in dtypes):
            # A block or round that meets integers and floats: a class is built with floats.
            predicted, found = _without_dtypes(predicted), _without_dtypes(found)
    found = {name: _as_far_as_known(one, predicted.get(name)) for name, one in found.items()}
    _assert_same_leaves(found, predicted)
    assert compiled.shaped is not None
    if compiled.shaped.trainable is not None:  # else there are parts of a user's own
        assert count(model.trainable_weights) == compiled.shaped.trainable
        assert count(model.non_trainable_weights) == compiled.shaped.non_trainable
        compare_with_summary(model, compiled)


def _as_far_as_known(found: Leaf, predicted: Leaf | None) -> Leaf:
    """Return a layer without what a prediction leaves open: parts of a user's own, and behind."""
    if predicted is None or predicted.trainable is not None:
        return found
    return replace(
        found,
        outputs=found.outputs if predicted.outputs else (),
        trainable=None,
        non_trainable=None,
    )


def compare_with_summary(model: keras.Model, compiled: CompiledModel) -> None:
    """Assert that our summary has the counts, sizes and connections that Keras's has."""
    assert compiled.shaped is not None
    summary = summarize(outline(compiled.shaped))
    rows = {short_name(row.name): row for row in summary.rows if row.is_whole}
    layers = leaf_layers(model)
    for name, layer in layers.items():
        row = rows[name]
        assert row.parameters == layer.count_params(), name
        assert row.weight_bytes == weight_memory_size(layer.weights), name
        if compiled.style == "functional":
            _compare_connections(model, layer, row.connected_to)
    assert (
        summary.parameters == model.count_params() == sum(row.parameters for row in rows.values())
    )
    assert summary.trainable_bytes == weight_memory_size(model.trainable_weights)
    assert summary.non_trainable_bytes == weight_memory_size(model.non_trainable_weights)


def _compare_connections(
    model: keras.Model, layer: keras.Layer, connected_to: Sequence[str]
) -> None:
    """Hold the layers that it is connected to against Keras's.

    Operations are called otherwise there, and there are more of them: those that make masks. What
    is inside of nested models and shared blocks is connected to something else there.
    """
    if layer not in model.layers:
        return
    nodes = {id(node) for nodes in model._nodes_by_depth.values() for node in nodes}
    makers = [
        maker
        for node in layer._inbound_nodes
        if id(node) in nodes
        for tensor in node.input_tensors
        for maker in _makers(tensor)
    ]
    layers = {one.name for one in model.layers}
    layers_alone = (m for m in makers if isinstance(m, keras.Layer) and not _holds_others(m))
    found = [maker.name for maker in layers_alone]
    assert found == [name for name in connected_to if name in layers], layer.name


def _makers(tensor: keras.KerasTensor) -> Iterator[keras.Operation]:
    """Yield what made a tensor, through nested models and blocks that hold no layers."""
    maker, index, _ = tensor._keras_history
    if isinstance(maker, keras.Layer) and _holds_others(maker) and not any(_walk(maker, "")):
        for given in maker._inbound_nodes[index].input_tensors:
            yield from _makers(given)
    else:
        yield maker


def compare_with_reference(model: keras.Model, reference: keras.Model) -> None:
    """Assert that a model has the layers of a hand-written one: names, classes, shapes, sizes."""
    _assert_same_leaves(leaves_of(model), leaves_of(reference))
    assert count(model.trainable_weights) == count(reference.trainable_weights)
    assert count(model.non_trainable_weights) == count(reference.non_trainable_weights)
    assert model.name == reference.name


def _without_dtypes(leaves: Mapping[str, Leaf]) -> dict[str, Leaf]:
    return {
        name: replace(one, outputs=tuple((shape, "") for shape, _ in one.outputs))
        for name, one in leaves.items()
    }


def _assert_same_leaves(found: Mapping[str, Leaf], expected: Mapping[str, Leaf]) -> None:
    assert sorted(found) == sorted(expected)
    differing = {n: (found[n], expected[n]) for n in found if found[n] != expected[n]}
    assert not differing, differing


# ---- Comparing numbers ---------------------------------------------------------------------


def copy_weights(source: keras.Model, target: keras.Model) -> None:
    """Copy all weights from layer to layer of the same name."""
    sources, targets = leaf_layers(source), leaf_layers(target)
    assert sorted(sources) == sorted(targets)
    for name, layer in targets.items():
        there = [(variable.name, variable.shape) for variable in sources[name].weights]
        assert there == [(variable.name, variable.shape) for variable in layer.weights], name
        layer.set_weights(sources[name].get_weights())


def randomize_weights(model: keras.Model, seed: int = 0) -> None:
    """Move every weight a little: biases that are all zero would hide a swap of two heads."""
    random = np.random.default_rng(seed)
    for variable in model.weights:
        noise = random.uniform(-0.1, 0.1, variable.shape)
        variable.assign(keras.ops.convert_to_numpy(variable) + noise.astype(variable.dtype))
    learn_from_data(model)


#: What a layer that looks up words learns here.
TEXTS = ("a layer of units", "the mean loss", "returns a tensor")


def learn_from_data(model: keras.Model) -> None:
    """Have layers that are adapted to data do what they do behind `adapt`."""
    for layer in leaf_layers(model).values():
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()
        elif isinstance(layer, keras.layers.TextVectorization):
            layer.adapt(list(TEXTS))


def random_inputs(source: CompiledModel | keras.Model, rows: int = 4, seed: int = 0) -> Arrays:
    """Return an array for every input, by name. Whole numbers are small: they may be tokens."""
    random = np.random.default_rng(seed)
    tensors = _inputs_of(source)
    return {name: _random(random, rows, *tensor) for name, tensor in tensors.items()}


def _inputs_of(source: CompiledModel | keras.Model) -> dict[str, tuple[Shape, str]]:
    inputs = source.inputs
    if isinstance(inputs, Mapping):
        return {name: (keras_shape(t.shape), t.dtype) for name, t in inputs.items()}
    return {tensor.name: (tuple(tensor.shape), tensor.dtype) for tensor in inputs}


def _random(random: np.random.Generator, rows: int, shape: Shape, dtype: str) -> np.ndarray:
    sizes = (rows, *(UNKNOWN_SIZE if dim is None else dim for dim in shape[1:]))
    if "int" in dtype:
        return random.integers(0, 10, sizes).astype(dtype)
    if dtype == "string":
        return random.choice(TEXTS, sizes)
    if dtype == "bool":
        return random.random(sizes) < 0.5
    return random.standard_normal(sizes).astype(dtype)


def call(model: keras.Model, inputs: Arrays, names: Sequence[str]) -> Arrays:
    """Call a model and return its outputs by name; `names` are the outputs as declared."""
    texts = (value.dtype.kind == "U" for value in inputs.values())
    if any(texts):  # Keras takes no texts of numpy
        inputs = {name: keras.ops.convert_to_tensor(value) for name, value in inputs.items()}
    single = next(iter(inputs.values())) if len(inputs) == 1 else None
    outputs = model(inputs if single is None else single, training=False)
    if not isinstance(outputs, Mapping):
        listed = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        outputs = dict(zip(names, listed, strict=True))
    assert set(outputs) == set(names), sorted(outputs)
    return {name: np.asarray(keras.ops.convert_to_numpy(outputs[name])) for name in names}


def assert_same_outputs(found: Arrays, expected: Arrays, tolerance: float = SAME_BACKEND) -> None:
    """Assert that every output is the same, to the last bit where no tolerance is given.

    The tolerance is relative to the largest number of an output.
    """
    assert list(found) == list(expected)
    for name, value in expected.items():
        assert np.isfinite(value).all(), name
        assert found[name].shape == value.shape, name
        assert found[name].dtype == value.dtype, name
        if value.dtype == bool:
            assert np.array_equal(found[name], value), name
            continue
        scale = max(1.0, float(np.abs(value).max(initial=0.0)))
        assert np.abs(found[name] - value).max(initial=0.0) <= tolerance * scale, name


# ---- Fresh processes -----------------------------------------------------------------------


@dataclass(frozen=True)
class Saved:
    """A model to be saved, loaded in a fresh process, and called there."""

    compiled: CompiledModel
    model: keras.Model
    inputs: Arrays


def save_and_load_in_fresh_process(
    compiled: CompiledModel, model: keras.Model, inputs: Arrays, tmp_path: Path
) -> None:
    """Assert that a fresh process finds the same model in the `.keras` file."""
    failures = save_and_load({"model": Saved(compiled, model, inputs)}, tmp_path)
    assert not failures, failures["model"]


def save_and_load(
    cases: Mapping[str, Saved], tmp_path: Path, backend: str | None = None
) -> dict[str, str]:
    """Save the models, load all of them in one fresh process; return what failed, by case.

    The process may have another backend: then outputs are compared as far as floats go.

    Only what holds a class of its own, or a part of a user's, needs its module imported before.
    The others do without.
    """
    folders = {name: tmp_path / str(number) for number, name in enumerate(cases)}
    for name, case in cases.items():
        _write_case(case, folders[name])
    arguments = [__file__, "load", *map(str, folders.values())]
    run_python(arguments, tmp_path, backend=backend)
    tolerance = OTHER_BACKEND if backend else SAME_BACKEND
    failures = {}
    for name, case in cases.items():
        failure = _what_failed(case, folders[name], tolerance)
        if failure:
            failures[name] = failure
    return failures


def _write_case(case: Saved, folder: Path) -> None:
    folder.mkdir()
    case.model.save(folder / "model.keras")
    np.savez(folder / "inputs.npz", **case.inputs)
    outputs = json.dumps(list(case.compiled.outputs))
    (folder / "outputs.json").write_text(outputs, encoding="utf-8")
    own = "register_keras_serializable" in str(case.compiled.code)
    if own or case.compiled.graph.externs:
        (folder / "module.py").write_text(str(case.compiled.code), encoding="utf-8")


def _what_failed(case: Saved, folder: Path, tolerance: float = SAME_BACKEND) -> str | None:
    error = folder / "error.txt"
    if error.exists():
        return error.read_text(encoding="utf-8")
    with np.load(folder / "loaded.npz") as loaded:
        found = {name: loaded[name] for name in case.compiled.outputs}
    try:
        expected = call(case.model, case.inputs, list(case.compiled.outputs))
        assert_same_outputs(found, expected, tolerance)
    except AssertionError as difference:
        return f"the loaded model predicts something else: {difference}"
    return None


def _load_and_call(folder: Path) -> None:
    """Do the fresh process's part for one model."""
    module = folder / "module.py"
    if module.exists():
        import_file(module, f"module_{folder.name}")
    model = keras.models.load_model(folder / "model.keras")
    names = json.loads((folder / "outputs.json").read_text(encoding="utf-8"))
    with np.load(folder / "inputs.npz") as inputs:
        outputs = call(model, dict(inputs), names)
    np.savez(folder / "loaded.npz", **outputs)


@dataclass(frozen=True)
class Script:
    """An emitted script, the folder in which it is run, and what stands behind it."""

    compiled: CompiledModel
    folder: Path
    args: Sequence[str] = ("--epochs", "1")


def run_scripts(scripts: Sequence[Script], backend: str | None = None) -> list[str]:
    """Run scripts one after another in one fresh process; return what each of them printed.

    One that fails has its traceback there, with `FAILED` in front. Keras is imported once only,
    which takes longer than most scripts.
    """
    for script in scripts:
        assert script.compiled.code is not None
        (script.folder / "script.py").write_text(script.compiled.code, encoding="utf-8")
        (script.folder / "args.json").write_text(json.dumps(script.args), encoding="utf-8")
    folders = [str(script.folder.resolve()) for script in scripts]
    patience = PATIENCE * len(scripts)
    run_python([__file__, "run", *folders], Path(_FOLDER.name), patience, backend)
    return [(s.folder / "printed.txt").read_text(encoding="utf-8") for s in scripts]


def run_main(compiled: CompiledModel, arguments: Sequence[str], folder: Path) -> ModuleType:
    """Run the `main` of a script in this process, in a folder; return its module."""
    assert compiled.code is not None, compiled.diagnostics
    keras.utils.clear_session()
    before, directory, given = keras.config.dtype_policy(), Path.cwd(), sys.argv
    try:
        os.chdir(folder)
        module = import_code(compiled.code)
        sys.argv = ["script", *arguments]
        module.main()
    finally:
        os.chdir(directory)
        sys.argv = given
        keras.config.set_dtype_policy(before)
    return module


def weights_of(path: Path) -> list[np.ndarray]:
    return keras.models.load_model(path).get_weights()


def furthest(left: Sequence[np.ndarray], right: Sequence[np.ndarray]) -> float:
    """Return the largest difference of two lists of arrays."""
    assert [a.shape for a in left] == [b.shape for b in right]
    return max(float(np.abs(a - b).max()) for a, b in zip(left, right, strict=True))


def run_script(compiled: CompiledModel, args: Sequence[str], cwd: Path) -> str:
    """Run an emitted script as a user would, and return what it printed."""
    assert compiled.code is not None
    path = cwd / f"script_{next(_COUNTER)}.py"
    path.write_text(compiled.code, encoding="utf-8")
    return run_python([str(path), *args], cwd)


def run_python(
    args: Sequence[str], cwd: Path, patience: int = PATIENCE, backend: str | None = None
) -> str:
    """Run Python in a folder; assert that it ends well and return its standard output."""
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    if backend is not None:
        environment["KERAS_BACKEND"] = backend
    done = subprocess.run(
        [sys.executable, *args],
        cwd=cwd,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=patience,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


def _run(folder: Path) -> None:
    """Do the fresh process's part for one script: all that it leaves behind is put back."""
    limit, modules = sys.getrecursionlimit(), set(sys.modules)
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    sys.argv = ["script.py", *json.loads((folder / "args.json").read_text(encoding="utf-8"))]
    printed = folder / "printed.txt"
    with printed.open("w", encoding="utf-8") as file, contextlib.redirect_stdout(file):
        try:
            runpy.run_path(str(folder / "script.py"), run_name="__main__")
        except (Exception, SystemExit):
            print(f"FAILED\n{traceback.format_exc()}")
    sys.setrecursionlimit(limit)
    sys.path.remove(str(folder))
    for name in set(sys.modules) - modules:  # of the user's own, which may be called alike
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
            del sys.modules[name]


def _main() -> None:
    task, *folders = sys.argv[1:]
    for folder in map(Path, folders):
        forget()
        if task == "run":
            _run(folder)
            continue
        try:
            _load_and_call(folder)
        except Exception as error:
            (folder / "error.txt").write_text(f"{type(error).__name__}: {error}", encoding="utf-8")


if __name__ == "__main__":
    _main()
