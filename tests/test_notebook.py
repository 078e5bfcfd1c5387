"""Models in notebooks: what is shown, what is defined, and that Keras is imported late."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from test_graph import HOSTILE
from test_page import needs_browser, what_comes_of

import nndsl

NET = """
model Net(width = 8) {
    input x: [4]
    x -> Dense(width, relu) -> Dense(3, softmax) as y
    output y
}
"""
OWN = """
extern layer Gate(units) from "mylib" -> [.., units]
model Net {
    input x: [4]
    x -> Gate(3) as y
    output y
}
"""


def image_in(html: str) -> str:
    (found,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]*)"', html)
    return base64.b64decode(found).decode()


# ---- nndsl.Model ---------------------------------------------------------------------------


def test_what_a_model_shows() -> None:
    model = nndsl.Model(NET)
    assert repr(model) == "<nndsl.Model Net: 2 layers and operations>"
    html = model._repr_html_()
    picture = ElementTree.fromstring(image_in(html))
    texts = [element.text for element in picture.iter() if element.tag.endswith("text")]
    assert "Net" in texts and texts.count("Dense") == 2
    assert "Total params: 67" in html and "layers.Dense(" in html
    assert model.code == nndsl.compile(NET).code
    assert model.summary() in html.replace("&quot;", '"')
    assert model.svg(theme="dark") != model.svg() and model.page().startswith("<!doctype html>")
    assert nndsl.Model(NET, constants={"width": "16"}).summary() != model.summary()


def test_mistakes_are_told_with_carets() -> None:
    with pytest.raises(nndsl.ModelError) as caught:
        nndsl.Model(NET.replace("Dense(3", "Dnse(3"), name="<cell>")
    text = str(caught.value)
    assert "--> <cell>:4" in text and "^^^^" in text and "Dense" in text
    assert len(caught.value.findings) == 1
    shown = "\n".join(caught.value._render_traceback_())
    assert "\x1b[" in shown and re.sub(r"\x1b\[[\d;]*m", "", shown).strip() == text.strip()
    with pytest.raises(ValueError, match="style must be one of"):
        nndsl.Model(NET, style="wild")


def test_warnings_are_shown() -> None:
    text = NET.replace("-> Dense(3", "-> Dropout(0.9) -> Dense(3")
    html = nndsl.Model(text)._repr_html_()
    assert "warning[" in html and "^" in html


def test_hostile_strings_stay_text() -> None:
    html = nndsl.Model(HOSTILE)._repr_html_()
    assert "<script" not in html and "onload='" not in html
    rest = re.sub(r'src="[^"]*"', "", html)
    assert set(re.findall(r"<(\w+)", rest)) == {"div", "img", "details", "summary"}


def test_python_of_the_user_needs_consent() -> None:
    model = nndsl.Model(OWN)
    assert "data:image" in model._repr_html_() and "Keras code" not in model._repr_html_()
    for attempt in (model.build, lambda: model.code):
        with pytest.raises(nndsl.ModelError, match="allow_python=True"):
            attempt()
    assert "from mylib import Gate" in nndsl.Model(OWN, allow_python=True).code


def test_a_model_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "parts.nn").write_text("block Two(n) = Dense(n) -> Dense(n)\n", encoding="utf-8")
    text = 'import Two from "parts.nn"\n' + NET.replace("Dense(width, relu)", "Two(width)")
    assert "Two" in nndsl.Model(text, file=str(tmp_path / "net.nn")).code.replace("two", "Two")


def test_seeing_a_model_imports_no_keras() -> None:
    script = (
        "import sys, nndsl\n"
        f"model = nndsl.Model({NET!r})\n"
        "model._repr_html_()\n"
        "assert not {'keras', 'tensorflow', 'numpy', 'IPython'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_without_keras_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "keras"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'nndsl\[tensorflow\]'"):
        nndsl.Model(NET).build()


# ---- The magic -----------------------------------------------------------------------------


@pytest.fixture
def shell() -> Any:
    testing = pytest.importorskip("IPython.core.interactiveshell")
    shell = testing.InteractiveShell()
    shell.run_line_magic("load_ext", "nndsl")
    return shell


def test_the_cell_magic(shell: Any) -> None:
    shown = shell.run_cell_magic("nndsl", "", NET)
    assert "data:image" in shown._repr_html_()
    assert isinstance(shell.user_ns["model"], nndsl.Model)
    assert shell.user_ns["build_model"].__self__ is shell.user_ns["model"]
    shell.run_cell_magic("nndsl", "small --set width=2 --style subclass", NET)
    small = shell.user_ns["small"]
    assert "width=2" in small.code and small.style == "subclass"
    assert "build_small" in shell.user_ns
    for theme in ("light", "dark"):
        shown = shell.run_cell_magic("nndsl", f"--theme {theme}", NET)
        assert image_in(shown._repr_html_()) == shell.user_ns["model"].svg(theme=theme)


def test_the_line_magic(shell: Any, tmp_path: Path) -> None:
    path = tmp_path / "my net.nn"
    path.write_text(NET, encoding="utf-8")
    shown = shell.run_line_magic("nndsl", f"'{path}' net --depth 1")
    assert repr(shown) == "<nndsl.Model Net: 2 layers and operations>"
    assert shell.user_ns["net"].name == "Net"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("not-a-name", "no name of a variable"),
        ("class", "no name of a variable"),
        ("--style wild", "invalid choice"),
        ("--set width", "CONST=VALUE"),
        ("'open", "No closing quotation"),
        ("--depth x", "a number such as 1"),
    ],
)
def test_mistakes_in_the_line(shell: Any, line: str, said: str) -> None:
    with pytest.raises(nndsl.ModelError, match=said):
        shell.run_cell_magic("nndsl", line, NET)
    assert "model" not in shell.user_ns


# ---- Where it is shown ---------------------------------------------------------------------


@needs_browser
@pytest.mark.slow
def test_in_a_frame_of_its_own(tmp_path: Path) -> None:
    """Colab shows what a cell gives in a frame of another origin, dark or light: no script of ours
    is needed there, nothing is asked for, and the text takes the colour that is around it."""
    model = nndsl.Model(NET.replace("-> Dense(3", "-> Dropout(0.9) -> Dense(3"))
    found = what_comes_of("frame.html", tmp_path, {"output": model._repr_html_()})
    assert found["origin"] == "null" and found["violations"] == [] and found["errors"] == []
    assert found["requests"] == [] and not found["wide"]
    assert min(found["picture"]) > 200 and found["opened"] == [True, True]
    assert "Total params: 67" in found["texts"][0] and "layers.Dense(" in found["texts"][1]
    assert set(found["colours"]) == {"rgb(213, 213, 213)"}


# ---- A notebook that is executed -----------------------------------------------------------


def executed(cells: list[str], **options: Any) -> list[Any]:
    """Return the outputs of each cell of a notebook that Jupyter executes."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    nbclient.NotebookClient(book, timeout=300, kernel_name="python3", **options).execute()
    return [cell.outputs for cell in book.cells]


@pytest.mark.slow
def test_a_notebook() -> None:
    outputs = executed(
        [
            "%load_ext nndsl",
            "%%nndsl" + NET,
            "import sys; print({'keras', 'tensorflow'} & set(sys.modules))",
            "%%nndsl" + NET.replace("Dense(3", "Dnse(3"),
            "print(model.name)",
        ],
        allow_errors=True,
    )
    (shown,) = outputs[1]
    assert shown.output_type == "execute_result"
    assert "data:image/svg+xml" in shown.data["text/html"]
    assert shown.data["text/plain"] == "<nndsl.Model Net: 2 layers and operations>"
    assert outputs[2][0].text == "set()\n"
    (error,) = outputs[3]
    assert error.output_type == "error" and error.ename == "ModelError"
    said = "\n".join(error.traceback)
    assert "^^^^" in said and "Traceback" not in said
    assert outputs[4][0].text == "Net\n"  # as it was
    json.dumps(outputs)


@pytest.mark.keras
def test_a_notebook_trains() -> None:
    outputs = executed(
        [
            "%load_ext nndsl",
            "%%nndsl" + NET,
            "built = build_model(width=5)\nprint(type(built).__name__, built.count_params())",
            "import numpy\nmodel.keras.compile(loss='mse')\n"
            "model.keras.fit(numpy.zeros((8, 4)), numpy.zeros((8, 3)), verbose=0)\n"
            "print(model.keras is model.keras, model.keras.output_shape)",
        ]
    )
    assert "43" in "".join(output.get("text", "") for output in outputs[2])
    assert "True (None, 3)" in "".join(output.get("text", "") for output in outputs[3])
