"""The table of the zoo, docs/zoo.md: nothing in it is out of date."""

from __future__ import annotations

import re
import statistics
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from test_zoo import PARAMETERS, ZOO

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tools"))

import zoo_table  # noqa: E402
from keras_applications import source_of  # noqa: E402

_ROW = re.compile(
    r"\| \[(?P<model>\w+)\]\(\.\./examples/zoo/(?P<file>\w+)\.nn\) \| (?P<paper>.*?) \| "
    r"(?P<parameters>[\d,]+) \| (?P<tokens>\d+) \| (?P<keras>\d+) \| (?P<ratio>[\d.]+) \| "
    r"(?P<reference>.*) \|"
)
PAGE = zoo_table.PAGE.read_text(encoding="utf-8")
ROWS = {row["file"]: row for row in _ROW.finditer(PAGE)}
#: What is said when the table has to be written anew.
ANEW = "write docs/zoo.md anew: python3 dev.py zoo"


def test_every_model_has_a_row() -> None:
    assert list(ROWS) == list(ZOO), ANEW


@pytest.mark.parametrize("name", ZOO)
def test_row(name: str) -> None:
    row = ROWS[name]
    model, paper, parameters, tokens = zoo_table.nn_columns(ZOO[name])
    expected = (model, paper, f"{parameters:,}", str(tokens))
    assert (row["model"], row["paper"], row["parameters"], row["tokens"]) == expected, ANEW
    assert parameters == sum(PARAMETERS[name])
    assert row["ratio"] == f"{tokens / int(row['keras']):.2f}"
    by_hand = zoo_table.BY_HAND / f"{name}.py"
    if by_hand.is_file():
        found = zoo_table.python_tokens(by_hand.read_text(encoding="utf-8"))
        assert int(row["keras"]) == found, ANEW


@pytest.mark.skipif(find_spec("keras") is None, reason="reads the source of Keras")
@pytest.mark.parametrize("name", [n for n in ROWS if "applications" in ROWS[n]["reference"]])
def test_what_is_counted_of_keras(name: str) -> None:
    """It has the layers of the model, and nothing of what is left out."""
    source = source_of(ROWS[name]["reference"].strip("`").rpartition(".")[2])
    for word in ("load_weights", "raise", "include_top", "get_file", "pooling ==", '"""'):
        assert word not in source
    assert "layers.Conv2D(" in source and "Functional(" in source


def test_half_the_length() -> None:
    ratios = [int(row["tokens"]) / int(row["keras"]) for row in ROWS.values()]
    assert f"The median of the ratios is {statistics.median(ratios):.2f}." in PAGE
    assert statistics.median(ratios) <= 0.5


def test_tokens() -> None:
    text = "# a comment\n\nmodel M {\n    input x: [4]   # another\n    x -> Dense(2) as y\n}\n"
    # model M { ... } and its end; input x : [ 4 ] and its end; x -> Dense ( 2 ) as y and its end
    assert zoo_table.nn_tokens(text) == (4 + 1) + (6 + 1) + (8 + 1)
    python = (
        '"""A docstring."""\n\n\ndef f(x):  # a comment\n    """Another."""\n    return f"{x}_a"\n'
    )
    # def f ( x ) : and its end; in, return, the string, its end, out
    assert zoo_table.python_tokens(python) == (6 + 1) + (1 + 2 + 1 + 1)
