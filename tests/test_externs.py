"""Parts of the user's own Python: consent, the code that imports them, and that it runs."""

from __future__ import annotations

import ast
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from case_files import clean_cases

import nndsl
from nndsl.cli import main
from nndsl.plan.code import LOCAL, RESERVED, Code
from nndsl.plan.writer import _import_lines
from nndsl.syntax.tables import KEYWORDS

HERE = Path(__file__).resolve().parent

GATE = """
extern layer Gate(units, rate = 0.1) from "own_parts" -> [.., units]

model M {
    input x: [6, 4]
    x -> Gate(3) as y
    output y
}
"""


def model(declared: str, chain: str, train: str = "") -> str:
    body = f"model M {{\n    input x: [4]\n    x -> {chain} as y\n    output y\n}}\n"
    return f"{declared}\n{body}{train}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gate.nn").write_text(GATE, encoding="utf-8")
    return tmp_path


# ---- Consent -------------------------------------------------------------------------------


def test_compiling_asks_for_consent_and_checking_does_not() -> None:
    assert nndsl.check(GATE) == ()
    refused = nndsl.compile(GATE)
    assert refused.code is None
    (found,) = refused.diagnostics
    assert (found.code, found.severity) == ("X951", "error")
    assert "--allow-python" in str(found.help) and "allow-python = true" in str(found.help)
    assert '`Gate` from "own_parts"' in found.title
    assert nndsl.compile(GATE, allow_python=True).code


def test_consent_on_the_command_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "gate.nn"]) == 0
    assert main(["compile", "gate.nn"]) == 1
    assert "error[X951]" in capsys.readouterr().err
    assert not (folder / "gate.py").exists()
    assert main(["compile", "gate.nn", "--allow-python"]) == 0
    assert "which imports own_parts" in capsys.readouterr().err
    assert "from own_parts import Gate\n" in (folder / "gate.py").read_text(encoding="utf-8")
    assert main(["train", "gate.nn"]) == 1
    assert "error[X951]" in capsys.readouterr().err


def test_consent_of_a_project(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "pyproject.toml").write_text("[tool.nndsl]\nallow-python = true\n", encoding="utf-8")
    assert main(["compile", "gate.nn"]) == 0
    (folder / "pyproject.toml").write_text("[tool.nndsl]\nallow-python = false\n", encoding="utf-8")
    assert main(["compile", "gate.nn"]) == 1
    capsys.readouterr()
    (folder / "pyproject.toml").write_text("[tool.nndsl\n", encoding="utf-8")
    assert main(["compile", "gate.nn"]) == 2
    assert "is not TOML" in capsys.readouterr().err


def test_what_an_import_brings_in_needs_consent_too(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "parts.nn").write_text(
        'extern layer Gate(units) from "own_parts" -> [.., units]\n'
        "block Twice = Gate(2) -> Gate(2)\n",
        encoding="utf-8",
    )
    for name, chain in (("Gate", "Gate(3)"), ("Twice", "Twice")):
        text = model(f'import {name} from "parts.nn"', chain)
        (folder / "main.nn").write_text(text, encoding="utf-8")
        assert main(["check", "main.nn"]) == 0
        assert main(["compile", "main.nn"]) == 1
        assert "error[X951]" in capsys.readouterr().err
        assert main(["compile", "main.nn", "--allow-python", "--force"]) == 0
        code = (folder / "main.py").read_text(encoding="utf-8")
        assert "from own_parts import Gate\n" in code


def test_one_import_for_a_line_that_stands_in_two_files(folder: Path) -> None:
    line = 'extern layer Gate(units) from "own_parts" -> [.., units]\n'
    (folder / "parts.nn").write_text(line + "block Twice = Gate(2) -> Gate(2)\n", encoding="utf-8")
    text = model(f'{line}import Twice from "parts.nn"', "Twice -> Gate(2)")
    (folder / "main.nn").write_text(text, encoding="utf-8")
    assert main(["compile", "main.nn", "--allow-python"]) == 0
    code = (folder / "main.py").read_text(encoding="utf-8")
    assert code.count("import Gate") == 1 and "Gate_2" not in code


def test_two_parts_of_one_name(folder: Path) -> None:
    (folder / "parts.nn").write_text(
        'extern layer Gate(n) from "others" -> [.., n]\nblock Other = Gate(2)\n', encoding="utf-8"
    )
    declared = 'extern layer Gate(n) from "own_parts" -> [.., n]\nimport Other from "parts.nn"'
    (folder / "main.nn").write_text(model(declared, "Other -> Gate(3)"), encoding="utf-8")
    assert main(["compile", "main.nn", "--allow-python"]) == 0
    code = (folder / "main.py").read_text(encoding="utf-8")
    assert "from others import Gate as Gate_2\nfrom own_parts import Gate\n" in code
    assert "Gate_2(2, name=" in code and "Gate(3, name=" in code


def test_a_file_does_not_hide_the_module_that_it_imports(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compile", "gate.nn", "--allow-python", "-o", "own_parts.py"]) == 2
    assert "would hide the module own_parts" in capsys.readouterr().err


# ---- What is known, and what is not --------------------------------------------------------


def test_counts_of_what_is_not_ours_are_unknown() -> None:
    compiled = nndsl.compile(GATE, allow_python=True)
    (layer,) = compiled.layers
    assert (layer.trainable, layer.non_trainable) == (None, None)
    assert [weight.known for weight in layer.weights] == [False]
    assert str(layer.outputs[0]) == "[6, 3]"
    assert compiled.shaped is not None
    assert compiled.shaped.trainable is None and compiled.shaped.non_trainable is None


def test_layers_behind_an_unknown_shape_are_listed() -> None:
    text = model('extern layer Mystery from "m"', "Dense(3) -> Mystery -> Dense(5) as z -> relu")
    layers = nndsl.compile(text, allow_python=True).layers
    found = [(layer.name, layer.kind, layer.trainable) for layer in layers]
    assert found == [
        ("dense", "Dense", 15),
        ("mystery", "Mystery", None),
        ("z", "Dense", None),
        ("y", "Activation", None),
    ]
    assert layers[0].outputs and not layers[1].outputs


def test_a_shared_layer_of_unknown_and_known_tensors_is_listed_once() -> None:
    text = """
extern layer Mystery from "m"
model M {
    input x: [4]
    layer d = Dense(3)
    x -> Mystery -> d as a
    x -> d as b
    a, b -> Concatenate as y
    output y
}
"""
    layers = nndsl.compile(text, allow_python=True).layers
    assert [(layer.name, layer.trainable) for layer in layers] == [
        ("mystery", None), ("d", 15), ("y", None),
    ]  # fmt: skip


def test_a_wrapped_layer_of_ones_own_is_counted_as_unknown() -> None:
    text = GATE.replace("x -> Gate(3)", "x -> TimeDistributed(Gate(3))")
    (layer,) = nndsl.compile(text, allow_python=True).layers
    assert (layer.kind, layer.trainable, str(layer.outputs[0])) == (
        "TimeDistributed",
        None,
        "[6, 3]",
    )


def test_a_promised_output_of_unknown_shape_can_be_trained_on() -> None:
    train = "train {\n    loss: mse\n}\n"
    declared = 'extern layer Mystery from "m"'
    assert [d.code for d in nndsl.check(model(declared, "Mystery", train))] == ["T803"]
    promised = model(declared, "Mystery", train).replace("output y", "output y: [7]")
    compiled = nndsl.compile(promised, allow_python=True)
    assert compiled.code and "y = scores(7)\n" in compiled.code


# ---- What comes out of names and strings ---------------------------------------------------


def test_nothing_but_names_comes_out_of_an_extern_line() -> None:
    """The statements of the file are those of a harmless one, whatever is written."""
    for module in ("os", "a.b.c", "_private", "x1"):
        text = GATE.replace("own_parts", module)
        code = nndsl.compile(text, allow_python=True).code
        assert code is not None
        imports = [n for n in ast.parse(code).body if isinstance(n, ast.ImportFrom)]
        assert [(n.module, n.names[0].name) for n in imports] == [(module, "Gate")]
    for module in (
        "os;x",
        "os\\nx",
        "os#",
        "os\\tx",
        "x" * 201,
        "a.",
        ".a",
        "a-b",
        "a b",
        "1a",
        "é",
    ):
        assert [d.code for d in nndsl.check(GATE.replace("own_parts", module))] == ["G713"], module


@pytest.mark.parametrize("module", ["math", "os", "matplotlib", "numpy"])
def test_a_file_does_not_hide_what_scripts_import(
    module: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "model.nn"
    source.write_text("model M {\ninput x: [4]\nx -> Dense(1) as y\noutput y\n}\n")
    assert main(["compile", str(source), "-o", str(tmp_path / f"{module}.py")]) != 0
    assert f"would hide the module {module}" in capsys.readouterr().err


def test_imports_are_in_the_order_of_isort() -> None:
    """By what is imported, under whatever name: constants, classes, functions."""
    wanted = [("m", "scores"), ("m", "Gate"), ("m", "ZED"), ("a", "late")]
    lines = _import_lines([(module, Code(it), Code(f"{it}_")) for module, it in wanted])
    assert [line.split()[1:4:2] for line in lines] == [
        ["a", "late"], ["m", "ZED"], ["m", "Gate"], ["m", "scores"],
    ]  # fmt: skip


def test_local_variables_of_scripts_do_not_hide_imports() -> None:
    """Names that the functions of a script assign to are never those of an import."""
    extern = 'extern loss {} from "m"'
    train = 'train {{\n    loss: {}\n    validation: 0.2\n    save: "a/m.keras"\n}}\n'
    more = {"args", "parser", "main", "split", "load_data", "print", "np", "keras"}
    names = sorted((LOCAL | more) - set(KEYWORDS))
    for name in names:
        text = model(extern.format(name), "Dense(3)", train.format(name))
        code = nndsl.compile(text, allow_python=True).code
        assert code is not None and f"import {name} as {name}_\n" in code
        assert f"model.compile(loss={name}_)" in code


def test_the_list_of_local_variables_is_whole() -> None:
    """What `main` assigns to, in all the training sections of the cases."""
    bound: set[str] = set()
    for case in clean_cases():
        code = case.compile().code if "training" in case.id else None
        for node in ast.parse(code or "").body:
            if isinstance(node, ast.FunctionDef) and node.name == "main":
                bound |= {
                    inside.id
                    for inside in ast.walk(node)
                    if isinstance(inside, ast.Name) and isinstance(inside.ctx, ast.Store)
                }
    assert "data" in bound
    assert bound <= LOCAL | RESERVED


def test_a_check_imports_nothing_of_the_users(folder: Path) -> None:
    (folder / "own_parts.py").write_text("raise SystemExit('imported')\n", encoding="utf-8")
    for command in (["check", "gate.nn"], ["compile", "gate.nn", "--allow-python"]):
        done = subprocess.run(
            [sys.executable, "-m", "nndsl", *command], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr


# ---- Held against Keras --------------------------------------------------------------------

WHOLE = """
extern layer Gate(units, rate = 0.1) from "own_parts" -> [.., units]
extern layer Attend(units) from "own_parts" (x: [?T, ?F], memory: [?S, ?F])
    -> [?T, units], int32[?T]
extern layer Mix from "own_parts" [left: [?T, ?D], right: [?T, ?D]] -> [?T, ?D]
extern function shift(by = 2) from "own_parts" -> [..]

block Gated(n) {
    input x
    x -> Gate(n) -> repeat 2 { Gate(n, 0.2) } -> shift(by=0.5) as y
    output y
}

model Whole(deep = true) {
    input x: [6, 4]
    input memory: [5, 4]
    layer shared = Gate(4)
    x -> shared as h
    memory -> shared as m
    if deep {
        h -> Gated(4) as h
    }
    h, m -> Attend(4) as found, place
    h, found -> Mix -> TimeDistributed(Gate(3)) -> Flatten -> Dense(3, softmax) as y
    output y, place
}
"""


@pytest.mark.keras
def test_styles_agree_and_saved_models_load(tmp_path: Path) -> None:
    import oracle

    built, inputs, expected = None, None, None
    cases = {}
    for style in ("functional", "subclass"):
        compiled = nndsl.compile(WHOLE, style=style, allow_python=True)
        model = oracle.build(compiled)
        oracle.compare_with_prediction(model, compiled)
        if built is None:
            built, inputs = model, oracle.random_inputs(compiled)
            oracle.randomize_weights(built)
            expected = oracle.call(built, inputs, list(compiled.outputs))
        else:
            oracle.copy_weights(built, model)
            oracle.assert_same_outputs(oracle.call(model, inputs, list(compiled.outputs)), expected)
        for name, tensor in compiled.outputs.items():
            assert (
                expected[name].shape[1:] == tensor.shape[1:]
                and expected[name].dtype == tensor.dtype
            )
        cases[style] = oracle.Saved(compiled, model, inputs)
    assert oracle.save_and_load(cases, tmp_path) == {}


@pytest.mark.keras
def test_a_chain_is_sequential_and_loads(tmp_path: Path) -> None:
    import oracle

    declared = (
        'extern layer Gate(units) from "own_parts" -> [.., units]\n'
        'extern function shift(by = 2) from "own_parts" -> [..]\n'
    )
    text = model(declared, "Gate(5) -> shift -> shift(by=0.5) -> Dense(3, softmax)")
    compiled = nndsl.compile(text, allow_python=True)
    assert compiled.style == "sequential"
    sequential = oracle.build(compiled)
    oracle.randomize_weights(sequential)
    inputs = oracle.random_inputs(compiled)
    functional = nndsl.compile(text, style="functional", allow_python=True)
    other = oracle.build(functional)
    other.set_weights(sequential.get_weights())
    expected = oracle.call(sequential, inputs, ["y"])
    oracle.assert_same_outputs(oracle.call(other, inputs, ["y"]), expected)
    cases = {
        "sequential": oracle.Saved(compiled, sequential, inputs),
        "functional": oracle.Saved(functional, other, inputs),
    }
    assert oracle.save_and_load(cases, tmp_path) == {}


TRAINED = """
extern layer Gate(units) from "own_parts" -> [.., units]
extern loss Focal(gamma = 2.0) from "own_parts"
extern metric Largest from "own_parts"
extern optimizer Plain(learning_rate = 0.01) from "own_parts"
extern data load_rows(rows = 64, seed = 0) from "own_parts"

{style} model Trained {{
    input x: [4]
    x -> Gate(8) -> Dense(2, softmax) as y
    output y
}}

train {{
    data: load_rows(200)
    validation: load_rows(rows=50, seed=1)
    optimizer: Plain(learning_rate=0.5)
    loss: Focal(gamma=1.0)
    metrics: accuracy, Largest
    epochs: 20
    save: "trained.keras"
}}
"""


@pytest.mark.keras
@pytest.mark.parametrize("style", ["sequential", "subclass"])
def test_own_parts_train(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, style: str) -> None:
    """`nndsl train` finds the module beside the file; the saved model is loaded back."""
    (tmp_path / "trained.nn").write_text(TRAINED.format(style=style), encoding="utf-8")
    source = (HERE / "own_parts.py").read_text(encoding="utf-8")
    (tmp_path / "own_parts.py").write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "nndsl", "train", "trained.nn", "--allow-python"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    scores = done.stdout.split("Held out:")[1].splitlines()[0]
    accuracy = float(scores.split("accuracy ")[1].split(",")[0])
    assert accuracy > 0.9 and "largest" in scores, scores
    assert (tmp_path / "trained.keras").is_file()


IN_BATCHES = """
extern batches batches(rows, kind) from "own_parts"

model Trained {
    input x: [4]
    x -> Dense(8, relu) -> Dense(2, softmax) as y
    output y
}

train {
    LOOP
    data: batches(200, "KIND")
    validation: batches(50, "KIND")
    optimizer: Adam(0.05)
    loss: sparse_categorical_crossentropy
    metrics: accuracy
    epochs: 20
    save: "trained.keras"
}
"""


@pytest.mark.keras
def test_own_batches_train(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Data sets of TensorFlow, Keras and PyTorch, by `fit`; one in a loop that is written out."""
    import oracle

    kinds = [("tf", ""), ("py", ""), ("tf", "loop: custom")]
    kinds += [("torch", "")] if importlib.util.find_spec("torch") else []
    for kind, loop in kinds:
        text = IN_BATCHES.replace("KIND", kind).replace("LOOP", loop)
        oracle.run_main(nndsl.compile(text, allow_python=True), [], tmp_path)
        scores = capsys.readouterr().out.split("Held out:")[1].splitlines()[0]
        assert float(scores.split("accuracy ")[1].split(",")[0]) > 0.9, (kind, scores)
    module = oracle.import_file(HERE / "own_parts.py")
    x, y = module.load_rows(40, seed=1)
    np.savez(tmp_path / "rows.npz", x=x, y=y)
    compiled = nndsl.compile(text, allow_python=True)
    oracle.run_main(compiled, ["--evaluate", "rows.npz", "--batch-size", "7"], tmp_path)
    assert "Evaluated: " in capsys.readouterr().out
    oracle.run_main(compiled, ["--predict", "rows.npz"], tmp_path)
    with np.load(tmp_path / "predictions.npz") as predictions:
        assert predictions["y"].shape == (40, 2)


@pytest.mark.keras
@pytest.mark.parametrize("kind", ["tf", "once"])
def test_own_batches_in_a_loop_of_jax(kind: str, tmp_path: Path) -> None:
    """Tensors of another library become arrays, and no batch of a stream is lost."""
    import keras

    loop = "loop: custom\n    backend: jax"
    text = IN_BATCHES.replace("KIND", kind).replace("LOOP", loop)
    text = text.replace("epochs: 20", "epochs: 1").replace(
        f'batches(50, "{kind}")', 'batches(50, "tf")'
    )
    compiled = nndsl.compile(text, allow_python=True)
    (tmp_path / "script.py").write_text(str(compiled.code), encoding="utf-8")
    shutil.copy(HERE / "own_parts.py", tmp_path)
    command = [sys.executable, "script.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "val_loss" in done.stdout
    saved = keras.models.load_model(tmp_path / "trained.keras")
    assert int(saved.optimizer.iterations) == 8


def test_flat_code_has_the_same_layers() -> None:
    """Blocks and loops expanded: of one's own layers too, also behind an unknown shape."""
    for text in (WHOLE, WHOLE.replace(" -> [.., units]", "").replace("output y", "output y: [3]")):
        flat = nndsl.compile(text, flat=True, allow_python=True)
        whole = nndsl.compile(text, allow_python=True)
        assert flat.diagnostics == () and flat.code and "def gated" not in flat.code
        assert sorted(layer.name for layer in flat.layers) == sorted(
            layer.name for layer in whole.layers
        )
        assert flat.code.count("Gate(") == 5 and flat.code.count("shift(") == 1
