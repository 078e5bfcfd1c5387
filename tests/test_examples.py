"""Every example, in every style that can express it, held against Keras and a model by hand."""

from __future__ import annotations

import ast
import csv
import re
import shutil
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import black
import numpy as np
import pytest

import nndsl

if TYPE_CHECKING:
    from nndsl.compiler import CompiledModel

pytestmark = pytest.mark.keras

keras = pytest.importorskip("keras")
import oracle  # noqa: E402  (it imports Keras)

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = {path.stem: path for path in sorted((ROOT / "examples").glob("*.nn"))}
REFERENCES = {path.stem: path for path in sorted((ROOT / "tests/reference").glob("*.py"))}

#: The examples that are one chain: only these can be a Sequential model.
CHAINS = {
    "cars",
    "constant_dense",
    "digit_images",
    "digit_records",
    "digits",
    "keras_docs",
    "tumours",
    "two_layer",
}
#: The examples without a `train` section.
UNTRAINED = {"constant_dense", "two_layer"}
#: What an emitted file may import beside the standard library; records are read by TensorFlow.
ALLOWED_IMPORTS = {"keras", "numpy"}
READ_BY_TENSORFLOW = {"digit_records"}

CASES = [
    (example, style)
    for example in EXAMPLES
    for style in ("sequential", "functional", "subclass")
    if style != "sequential" or example in CHAINS
]
#: The scripts that are run: in the simplest style and as a subclass, as each takes ten seconds.
TRAINED = [
    (example, style)
    for example, style in CASES
    if example not in UNTRAINED and not (style == "functional" and example in CHAINS)
]

each_example = pytest.mark.parametrize("example", EXAMPLES)
each_case = pytest.mark.parametrize(("example", "style"), CASES)
each_trained = pytest.mark.parametrize(("example", "style"), TRAINED)


@cache
def compiled_as(example: str, style: str = "auto") -> CompiledModel:
    path = EXAMPLES[example]
    return nndsl.compile(path.read_text(encoding="utf-8"), style=style, name=str(path))


@cache
def model_of(example: str, style: str) -> Any:
    """The built model, with the weights of the one written by hand."""
    model = oracle.build(compiled_as(example, style))
    oracle.copy_weights(reference_of(example), model)
    oracle.learn_from_data(model)
    return model


@cache
def reference_of(example: str) -> Any:
    model = oracle.build_reference(REFERENCES[example])
    oracle.randomize_weights(model)
    return model


# ---- The examples themselves ---------------------------------------------------------------


def test_every_example_has_a_model_by_hand() -> None:
    assert set(EXAMPLES) == set(REFERENCES)
    assert set(EXAMPLES) >= CHAINS | UNTRAINED


@each_example
def test_the_first_line_says_what_is_shown(example: str) -> None:
    first = EXAMPLES[example].read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith(f"# {example}.nn: ")
    assert len(first) > len(f"# {example}.nn: ") + 20


def test_the_data_are_what_their_readme_says() -> None:
    data = ROOT / "examples/data"
    with np.load(data / "digits.npz") as digits:
        image, digit = digits["image"], digits["digit"]
    assert (image.shape, image.dtype, image.max()) == ((1797, 8, 8, 1), "uint8", 16)
    assert (digit.shape, digit.dtype) == ((1797,), "uint8")
    assert set(np.bincount(digit)) <= set(range(174, 184))
    cars = np.genfromtxt(data / "cars.csv", delimiter=",", names=True)
    assert cars.shape == (392,)
    assert len(cars.dtype.names) == 10
    assert all(np.isfinite(cars[column]).all() for column in cars.dtype.names)
    assert ((cars["usa"] + cars["europe"] + cars["japan"]) == 1).all()
    assert (cars["mpg"].min(), cars["mpg"].max()) == (9, 46.6)
    tumours = np.genfromtxt(data / "tumours.csv", delimiter=",", names=True)
    assert (tumours.shape, len(tumours.dtype.names)) == ((569,), 31)
    assert tumours["malignant"].sum() == 212
    assert sorted(folder.name for folder in (data / "digit_images").iterdir()) == list("0123456789")
    assert {len(list(folder.iterdir())) for folder in (data / "digit_images").iterdir()} == {40}
    with (data / "keras_docs.csv").open(encoding="ascii", newline="") as file:
        kinds = [row["kind"] for row in csv.DictReader(file)]
    assert Counter(kinds) == {"layer": 308, "operation": 500, "measure": 146}


# ---- Compiling -----------------------------------------------------------------------------


@each_case
def test_compiles_without_a_finding(example: str, style: str) -> None:
    compiled = compiled_as(example, style)
    assert compiled.diagnostics == ()
    assert compiled.style == style
    assert compiled.code


@each_example
def test_the_simplest_style_is_chosen(example: str) -> None:
    assert compiled_as(example).style == ("sequential" if example in CHAINS else "functional")


@pytest.mark.parametrize("example", sorted(set(EXAMPLES) - CHAINS))
def test_what_is_no_chain_cannot_be_sequential(example: str) -> None:
    compiled = compiled_as(example, "sequential")
    assert compiled.code is None
    errors = [d for d in compiled.diagnostics if d.severity == "error"]
    assert [error.code for error in errors] == ["G710"]
    assert errors[0].span.text


def test_emitted_code_is_clean(tmp_path: Path) -> None:
    for example, style in CASES:
        code = str(compiled_as(example, style).code)
        (tmp_path / f"{example}_{style}.py").write_text(code, encoding="utf-8")
        assert black.format_str(code, mode=black.Mode()) == code, (example, style)
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr


@each_case
def test_imports_nothing_else(example: str, style: str) -> None:
    imported = set()
    for node in ast.walk(ast.parse(str(compiled_as(example, style).code))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(str(node.module).split(".")[0])
    imported -= {"tensorflow"} if example in READ_BY_TENSORFLOW else set()
    assert imported <= ALLOWED_IMPORTS | set(sys.stdlib_module_names)


# ---- In real Keras -------------------------------------------------------------------------


@each_case
def test_keras_agrees_with_the_prediction(example: str, style: str) -> None:
    oracle.compare_with_prediction(model_of(example, style), compiled_as(example, style))


@each_case
def test_it_is_the_model_written_by_hand(example: str, style: str) -> None:
    oracle.compare_with_reference(model_of(example, style), reference_of(example))


@each_case
def test_outputs_are_those_of_the_model_by_hand(example: str, style: str) -> None:
    compiled = compiled_as(example, style)
    names = list(compiled.outputs)
    inputs = oracle.random_inputs(compiled)
    expected = oracle.call(reference_of(example), inputs, names)
    oracle.assert_same_outputs(oracle.call(model_of(example, style), inputs, names), expected)
    for name, value in expected.items():
        assert value.shape[1:] == oracle.keras_shape(compiled.outputs[name].shape[1:])
        assert np.ptp(value) > 0, f"{name} says nothing"


def test_a_saved_model_loads_in_a_fresh_process(tmp_path: Path) -> None:
    cases = {}
    for example, style in CASES:
        compiled = compiled_as(example, style)
        inputs = oracle.random_inputs(compiled)
        cases[f"{example}-{style}"] = oracle.Saved(compiled, model_of(example, style), inputs)
    assert oracle.save_and_load(cases, tmp_path) == {}


def test_constant_dense_is_constant() -> None:
    """The Dense layer of the notes: every output is half the sum of the inputs."""
    model = oracle.build(compiled_as("constant_dense"))
    inputs = {"x": np.array([[1.0, 2.0, 3.0, 4.0]], "float32")}
    assert oracle.call(model, inputs, ["y"])["y"].tolist() == [[5.0, 5.0, 5.0]]


# ---- Running the scripts -------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a user has it: the emitted scripts beside the data."""
    folder = tmp_path_factory.mktemp("scripts")
    shutil.copytree(ROOT / "examples/data", folder / "data")
    return folder


@pytest.fixture(scope="module")
def runs(folder: Path) -> dict[tuple[str, str], str]:
    """What every script with training printed in one epoch.

    Each is in a folder of its own, so that saved models don't meet.
    """
    scripts = []
    for example, style in TRAINED:
        own = folder / f"{example}_{style}"
        own.mkdir()
        (own / "data").symlink_to(folder / "data")
        scripts.append(oracle.Script(compiled_as(example, style), own))
    return dict(zip(TRAINED, oracle.run_scripts(scripts), strict=True))


@each_trained
def test_the_script_runs(
    example: str, style: str, runs: dict[tuple[str, str], str], folder: Path
) -> None:
    printed = runs[example, style]
    assert "FAILED" not in printed, printed[-4000:]
    assert "Total params" in printed
    assert "val_loss" in printed
    assert np.isfinite(held_out(printed, "loss"))
    save = re.search(r'^ *save: *"(.+)"', EXAMPLES[example].read_text(encoding="utf-8"), re.M)
    if save:
        assert (folder / f"{example}_{style}" / save[1]).exists()


def test_digits_are_recognized(folder: Path) -> None:
    """The main job: the whole training, and what is on disk afterwards."""
    printed = oracle.run_script(compiled_as("digits"), [], folder)
    assert held_out(printed, "accuracy") >= 0.97
    model = keras.models.load_model(folder / "digits.keras")
    with np.load(folder / "data/digits.npz") as digits:
        said = model.predict(digits["image"].astype("float32"), verbose=0).argmax(axis=1)
        assert (said == digits["digit"]).mean() >= 0.97


def test_cars_are_predicted(folder: Path) -> None:
    """Off by less than 3 miles a gallon, where always saying the mean is off by 6.5."""
    printed = oracle.run_script(compiled_as("cars"), [], folder)
    assert held_out(printed, "mean_absolute_error") <= 3.0
    model = keras.models.load_model(folder / "cars.keras")
    cars = np.genfromtxt(folder / "data/cars.csv", delimiter=",", skip_header=1, dtype="float32")
    said = model.predict(cars[:, 1:], verbose=0)[:, 0]
    assert np.abs(said - cars[:, 0]).mean() <= 3.0


def held_out(printed: str, metric: str) -> float:
    """Return a metric of the evaluation that a script prints at its end."""
    found = re.findall(rf"{metric}\W+([0-9.]+)", printed)
    assert found, printed[-1000:]
    return float(found[-1])


# ---- Lists in order and dictionaries by name ----------------------------------------------


@pytest.mark.parametrize("style", ["functional", "subclass"])
def test_lists_and_names_compile_alike(style: str) -> None:
    by_order = compile_arguments(compiled_as("tickets", style))
    by_name = compile_arguments(compiled_as("tickets_by_name", style))
    assert by_order == by_name
    assert by_name["loss"] == {
        "priority": "mean_squared_error",
        "department": "categorical_crossentropy",
    }
    assert by_name["metrics"] == {"priority": ["mean_absolute_error"], "department": ["accuracy"]}


def compile_arguments(compiled: CompiledModel) -> dict[str, Any]:
    """Return what the script's main() hands to `Model.compile`; nothing is trained."""
    oracle.forget()  # the optimizer has a name as well
    module = oracle.import_code(str(compiled.code))

    class Compiled(Exception):
        pass

    def note(model: Any, **arguments: Any) -> None:
        raise Compiled(arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.Model, "compile", note)
        patch.setattr(sys, "argv", ["script"])
        with pytest.raises(Compiled) as caught:
            module.main()
    arguments = dict(caught.value.args[0])
    arguments["optimizer"] = keras.saving.serialize_keras_object(arguments["optimizer"])
    arguments["metrics"] = {
        name: list(metric) if isinstance(metric, (list, tuple)) else [metric]
        for name, metric in arguments["metrics"].items()
    }
    return arguments


# ---- The oracle itself ---------------------------------------------------------------------


def test_the_oracle_sees_two_heads_swapped() -> None:
    """Equally shaped heads: names and shapes agree, only the numbers tell."""
    names = ["kind", "size", "age"]
    swapped = oracle.build_reference(REFERENCES["three_paths_three_outputs"])
    oracle.copy_weights(reference_of("three_paths_three_outputs"), swapped)
    inputs = oracle.random_inputs(swapped)
    outputs = oracle.call(swapped, inputs, names)
    oracle.assert_same_outputs(
        outputs, oracle.call(reference_of("three_paths_three_outputs"), inputs, names)
    )
    outputs["size"], outputs["age"] = outputs["age"], outputs["size"]
    with pytest.raises(AssertionError, match="size"):
        oracle.assert_same_outputs(outputs, oracle.call(swapped, inputs, names))


def test_the_oracle_sees_another_layer() -> None:
    with pytest.raises(AssertionError):
        oracle.compare_with_reference(reference_of("tickets"), reference_of("two_layer"))


def test_the_oracle_sees_other_weights_in_a_file(tmp_path: Path) -> None:
    compiled = compiled_as("two_layer")
    model = oracle.build(compiled)
    inputs = oracle.random_inputs(compiled)
    saved = oracle.Saved(compiled, model, inputs)
    oracle._write_case(saved, tmp_path / "0")
    wrong = {"my_last_layer": np.zeros((4, 10), "float32")}
    np.savez(tmp_path / "0" / "loaded.npz", **wrong)
    assert "something else" in str(oracle._what_failed(saved, tmp_path / "0"))
