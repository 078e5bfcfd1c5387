"""Models that are hard to write down in Python: three styles, one meaning, in real Keras."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import nndsl
from nndsl.compiler import CompiledModel

if TYPE_CHECKING:
    import oracle

pytestmark = pytest.mark.keras

MODELS = sorted((Path(__file__).parent / "styles").glob("*.nn"))
STYLES = ("sequential", "functional", "subclass")
#: Models that are to be saved and loaded, all in one process.
TO_SAVE: dict[str, oracle.Saved] = {}


def compiled_styles(text: str, name: str) -> dict[str, CompiledModel]:
    """Return what each style makes of a text, without those that cannot express it."""
    compiled = {style: nndsl.compile(text, style=style, name=name) for style in STYLES}
    for style, result in compiled.items():
        codes = [d.code for d in result.diagnostics if d.severity == "error"]
        assert codes in ([], ["G710"]) and (style == "sequential" or not codes), codes
    return {style: result for style, result in compiled.items() if result.code}


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_styles_agree(path: Path) -> None:
    import oracle

    compiled = compiled_styles(path.read_text(encoding="utf-8"), path.name)
    first, expected, inputs = None, None, None
    for style, result in compiled.items():
        model = oracle.build(result)
        oracle.compare_with_prediction(model, result)
        if first is None:
            first, inputs = model, oracle.random_inputs(result)
            oracle.randomize_weights(model)
            expected = oracle.call(model, inputs, list(result.outputs))
        else:
            oracle.copy_weights(first, model)
            oracle.assert_same_outputs(oracle.call(model, inputs, list(result.outputs)), expected)
        TO_SAVE[f"{path.stem}, {style}"] = oracle.Saved(result, model, inputs)


def test_saved_models_load(tmp_path: Path) -> None:
    import oracle

    assert oracle.save_and_load(TO_SAVE, tmp_path) == {}
    TO_SAVE.clear()


@pytest.fixture(scope="module")
def printed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[Path, str]:
    """What the scripts printed of those models that were asked for."""
    import oracle

    tests = [item for item in request.session.items if isinstance(item, pytest.Function)]
    asked = [test for test in tests if test.function is test_script_runs]
    scripts = {}
    for path in (test.callspec.params["path"] for test in asked):
        text = path.read_text(encoding="utf-8")
        style = "subclass" if "save:" not in text else "auto"
        compiled = nndsl.compile(text, style=style, name=path.name)
        scripts[path] = oracle.Script(compiled, tmp_path_factory.mktemp(path.stem))
    return dict(zip(scripts, oracle.run_scripts(list(scripts.values())), strict=True))


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_script_runs(path: Path, printed: dict[Path, str]) -> None:
    assert "FAILED" not in printed[path], printed[path][-4000:]
    assert "Predictions:" in printed[path]


CARRIED = """
block Turns(n) {
    input x
    input b
    for i in range(n) {
        x, b -> Add -> Dense(8) as x
        for j in range(2) {
            x, b -> Add -> Dense(8) as b
        }
    }
    output x
}
model Inner {
    input x: [8]
    x -> Dense(8) as state
    for i in range(2) {
        x, state -> Add -> Dense(8) as x
        x -> Dense(8) as state
    }
    output x
}
model M {
    input x: [8]
    layer shared = Dense(8)
    x -> Inner -> Dense(8) as first
    x, first -> Turns(2) as y
    for i in range(2) {
        y, first -> Multiply -> shared as y
        y -> shared -> Dense(8) as first
    }
    output y
}
"""

#: What rounds of a loop make, and a choice or a list leaves.
LEFT = """
model M(deep = false, n = 3) {
    input x: [8]
    x -> Dense(4) as b
    if deep { b -> Dense(8) as y } else { x -> Dense(8) as y }
    for i in range(n) {
        y -> Dense(8) -> Dense(3) as left[]
        if i == 2 and not deep {
            y, left[i] -> Concatenate -> Dense(8) as y
        } else {
            y -> Dense(8) as y
        }
    }
    left[0], y -> Concatenate as z
    output z
}
"""


@pytest.mark.parametrize("style", ["functional", "subclass"])
@pytest.mark.parametrize(("text", "left_out"), [(CARRIED, "y_i2_j1_b"), (LEFT, "b")])
def test_what_a_loop_makes_for_nothing(text: str, left_out: str, style: str) -> None:
    """Functional Keras leaves it out, a class has it: each as predicted, and said before."""
    import oracle

    compiled = nndsl.compile(text, style=style, model="M")
    codes = {d.code for d in compiled.diagnostics}
    assert codes - {"L310"} == {"G701"}  # that linear layers follow each other is another matter
    oracle.compare_with_prediction(oracle.build(compiled), compiled)
    names = [layer.name for layer in compiled.layers]
    assert (left_out in names) is (style == "subclass")


@pytest.mark.parametrize("style", ["sequential", "functional", "subclass"])
def test_chain_deeper_than_python_recurses(style: str, tmp_path: Path) -> None:
    import oracle

    chain = " -> ".join(["Dense(2)"] * 1000)
    text = f"model Deep {{\n    input x: [2]\n    x -> {chain} as y\n    output y\n}}\n"
    script = nndsl.compile(text, style=style)
    (tmp_path / "deep.py").write_text(script.code, encoding="utf-8")
    # In a process of its own: the limit that the script sets must not help the other tests.
    code = "import deep; print(deep.build_model().count_params())"
    assert oracle.run_python(["-c", code], tmp_path).split()[-1] == str(1000 * 6)


def test_import_from_tensorflow(tmp_path: Path) -> None:
    import oracle

    text = next(path for path in MODELS if path.stem == "single").read_text(encoding="utf-8")
    for style in ("sequential", "subclass"):
        compiled = nndsl.compile(text, style=style, keras_from="tensorflow")
        assert "from tensorflow import keras" in compiled.code
        assert "\nimport keras\n" not in compiled.code
        oracle.run_script(compiled, ["--epochs", "1"], tmp_path)
