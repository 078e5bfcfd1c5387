"""The summary: its table in every format, its sums, and the command."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path

import pytest

from nndsl.cli.main import main
from nndsl.compiler import Options, check_source, compile_source
from nndsl.diagnostic import has_errors
from nndsl.outline import outline
from nndsl.render import summary as render
from nndsl.source import Source
from nndsl.summary import Summary, summarize

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "examples").rglob("*.nn"))

TEXT = """
block Pair(units) = Dense(units, relu) -> Dropout(0.1)
model Small {
    input x: [8]
    input z: [4]
    layer same = Dense(4)
    x -> repeat 2 { Pair(4) } as h
    h -> same as a
    z -> same as b
    a + b -> BatchNormalization -> ops.exp as y
    output y
}
"""


def summary_of(text: str, depth: int | None = None, batch_size: int = 1) -> Summary:
    checked = check_source(Source("<test>", text))
    assert not checked.diagnostics, checked.diagnostics
    shaped = next(iter(checked.shaped.models.values()))
    return summarize(outline(shaped), depth=depth, batch_size=batch_size)


# ruff: noqa: E501
TABLE = """\
Model "Small"
──────────────────────────────────────────────────────────────────────────────────────────────────────
Layer                Type                Output shape  Params  Share    Mult-adds  Connected to
──────────────────────────────────────────────────────────────────────────────────────────────────────
x                    InputLayer          [8]                0
z                    InputLayer          [4]                0
h                    repeat: 2 rounds    [4]               56  ██████▏         48  x
  h1                 Pair(4)             [4]               36  ███▉            32  x
    h1_dense         Dense               [4]               36  ███▉            32  x
    h1_dropout       Dropout             [4]                0                      h1_dense
  h2                 Pair(4)             [4]               20  ██▏             16  h1_dropout
    h2_dense         Dense               [4]               20  ██▏             16  h1_dropout
    h2_dropout       Dropout             [4]                0                      h2_dense
same                 Dense               [4]               20  ██▏             32  h2_dropout, z
add_layer            Add                 [4]                0                      same, same
batch_normalization  BatchNormalization  [4]               16  █▊                  add_layer
y                    ops.exp             [4]                0                      batch_normalization
──────────────────────────────────────────────────────────────────────────────────────────────────────
Total params: 92 (368.00 B)
Trainable params: 84 (336.00 B)
Non-trainable params: 8 (32.00 B)
Multiply-adds: 80 per sample
Activations: 64.00 B at once for a batch of 1 when predicting, 192.00 B kept when training
"""

FOLDED = """\
Model "Small"
---------------------------------------------------------------------------------
Layer         Type          Output shape  Params  Share   Mult-adds  Connected to
---------------------------------------------------------------------------------
x             InputLayer    [8]                0
z             InputLayer    [4]                0
h             repeat: 2 ..  [4]               56  ######         48  x
same          Dense         [4]               20  ##             32  h, z
add_layer     Add           [4]                0                     same, same
batch_norm..  BatchNorma..  [4]               16  ##                 add_layer
y             ops.exp       [4]                0                     batch_norm..
---------------------------------------------------------------------------------
Total params: 92 (368.00 B)
Trainable params: 84 (336.00 B)
Non-trainable params: 8 (32.00 B)
Multiply-adds: 80 per sample
Activations: 64.00 B at once for a batch of 1 when predicting, 192.00 B kept when training
"""

MARKDOWN = """\
## Small

| Layer | Type | Output shape | Params | Share | Mult-adds | Connected to |
|---|---|---|--:|---|--:|---|
| x | InputLayer | \\[8\\] | 0 |  |  |  |
| z | InputLayer | \\[4\\] | 0 |  |  |  |
| **h** | repeat: 2 rounds | \\[4\\] | 56 | ██████▏ | 48 | x |
| &emsp;h1 | Pair(4) | \\[4\\] | 36 | ███▉ | 32 | x |
| &emsp;h2 | Pair(4) | \\[4\\] | 20 | ██▏ | 16 | h1 |
| same | Dense | \\[4\\] | 20 | ██▏ | 32 | h2, z |
| add_layer | Add | \\[4\\] | 0 |  |  | same, same |
| batch_normalization | BatchNormalization | \\[4\\] | 16 | █▊ |  | add_layer |
| y | ops.exp | \\[4\\] | 0 |  |  | batch_normalization |

- Total params: 92 (368.00 B)
- Trainable params: 84 (336.00 B)
- Non-trainable params: 8 (32.00 B)
- Multiply-adds: 80 per sample
- Activations: 64.00 B at once for a batch of 1 when predicting, 192.00 B kept when training
"""

CSV = """\
name,type,depth,is_whole,outputs,trainable_parameters,non_trainable_parameters,weight_bytes,multiply_adds,activation_bytes,connected_to
x,InputLayer,0,True,[8],0,0,0,,32,
z,InputLayer,0,True,[4],0,0,0,,16,
h,repeat: 2 rounds,0,True,[4],56,0,224,48,64,x
same,Dense,0,True,[4],20,0,80,32,32,h z
add_layer,Add,0,True,[4],0,0,0,,16,same same
batch_normalization,BatchNormalization,0,True,[4],8,8,64,,16,add_layer
y,ops.exp,0,True,[4],0,0,0,,16,batch_normalization
"""


def test_text() -> None:
    assert render.render_summary(summary_of(TEXT)) == TABLE


def test_folded_in_ascii_on_a_narrow_terminal() -> None:
    assert render.render_summary(summary_of(TEXT, 0), plain=True, width=80) == FOLDED


def test_markdown() -> None:
    assert render.render_summary_markdown(summary_of(TEXT, 1)) == MARKDOWN


def test_csv() -> None:
    assert render.render_summary_csv(summary_of(TEXT, 0)) == CSV


def test_json() -> None:
    data = json.loads(render.render_summary_json(summary_of(TEXT, 1)))
    rows = {row["name"]: row for row in data["rows"]}
    assert data["parameters"] == 92 and data["weight_bytes"] == 368
    assert data["activations"] == {"batch_size": 1, "predicting_bytes": 64, "training_bytes": 192}
    assert rows["h"]["is_whole"] is False and rows["h1"]["is_whole"] is True
    assert rows["h1"]["depth"] == 1 and rows["h1"]["type"] == "Pair(4)"
    assert rows["h2"]["outputs"] == [{"shape": [4], "dtype": "float32"}]
    assert rows["same"]["connected_to"] == ["h2", "z"]
    assert rows["add_layer"]["multiply_adds"] is None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_sums_at_every_depth(path: Path) -> None:
    """However much is folded, the rows that are whole add up to the model."""
    text = path.read_text(encoding="utf-8")
    full = summary_of(text)
    deepest = max(row.depth for row in full.rows)
    for depth in range(deepest + 2):
        summary = summary_of(text, depth)
        whole = [row for row in summary.rows if row.is_whole]
        assert sum(row.parameters for row in whole) == full.parameters
        assert sum(row.weight_bytes for row in whole) == full.weight_bytes
        assert sum(row.multiply_adds or 0 for row in whole) == full.multiply_adds
        assert max(row.depth for row in summary.rows) <= depth
        names = [row.name for row in summary.rows]
        assert all(source in names for row in whole for source in row.connected_to)
    assert [row.name for row in summary_of(text, deepest).rows] == [row.name for row in full.rows]


def test_peak_of_memory() -> None:
    """By hand: `a` waits while the others come and go."""
    summary = summary_of(
        """
model M {
    input x: [10]
    x -> Dense(100) as a
    a -> Dense(30) -> Dense(20) as b
    a, b -> Concatenate as y
    output y
}
""",
        batch_size=3,
    )
    # x 10, a 100, dense 30, b 20, y 120: most is there at the end, a + b + y.
    assert summary.memory.predicting == 3 * 4 * (100 + 20 + 120)
    assert summary.memory.training == 3 * 4 * (10 + 100 + 30 + 20 + 120)


def test_weights_of_other_dtypes() -> None:
    summary = summary_of("""
model M {
    input x: [4]
    x -> Normalization -> Dense(2, dtype=float16) -> Dense(3, dtype=mixed_float16) as h
    h -> SpectralNormalization(Dense(2, dtype=float16)) as y
    output y
}
""")
    sizes = [row.weight_bytes for row in summary.rows]
    assert sizes == [0, 4 * 4 + 4 * 4 + 8, 2 * 10, 4 * 9, 2 * (8 + 2)]


def test_unknown_sizes() -> None:
    text = """
model M {
    input x: [?, 4]
    x -> Dense(8) -> LSTM(3) as y
    output y
}
"""
    summary = summary_of(text)
    assert summary.unknown_costs == ("dense", "y")
    assert summary.memory.predicting is None and summary.memory.training is None
    text = render.render_summary(summary)
    assert "Multiply-adds: 0 per sample, without 2 layers whose sizes are unknown" in text
    assert "`--unknown 100` counts each `?` as 100" in text


def test_names_cannot_break_out_of_the_table() -> None:
    text = """
block Same(a, b) = repeat 2 { Dense(3) }
model M {
    input x: [3]
    x -> Same("|<b>`*_", "\\n\x1b[31m") as y
    output y
}
"""
    checked = check_source(Source("<test>", text))
    assert not has_errors(checked.diagnostics)
    summary = summarize(outline(checked.shaped.models["M"]), depth=0)
    for rendered in (
        render.render_summary(summary),
        render.render_summary_markdown(summary),
        render.render_summary_csv(summary),
    ):
        assert "\x1b" not in rendered
    row = next(r for r in render.render_summary_markdown(summary).split("\n") if "Same" in r)
    assert len(re.findall(r"(?<!\\)\|", row)) == 7
    assert "<b>" not in row
    assert list(csv.reader(io.StringIO(render.render_summary_csv(summary))))[2][0] == "y"


# ---- The command ---------------------------------------------------------------------------


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "m.nn"
    path.write_text(TEXT + "train {\n loss: mse\n batch_size: 64\n}\n", encoding="utf-8")
    assert main(["summary", str(path)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith('Model "Small"\n') and "for a batch of 64" in out and not err
    assert main(["summary", str(path), "--batch-size", "2", "--depth", "0", "--format", "csv"]) == 0
    assert capsys.readouterr().out == CSV
    assert main(["summary", str(path), "--color", "always"]) == 0
    assert "\x1b[1mh " in capsys.readouterr().out


def test_command_with_unknown_sizes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "m.nn"
    path.write_text(
        "model M {\n input x: [?, 4]\n x -> Dense(8) -> Flatten -> relu as y\n output y\n}\n",
        encoding="utf-8",
    )
    assert main(["summary", str(path), "--unknown", "10"]) == 0
    assert "320" in capsys.readouterr().out
    for wrong in ("0", "-1", "x", "1e9", "99999999999"):
        assert main(["summary", str(path), "--unknown", wrong]) == 2
    assert main(["summary", str(path), "--depth", "-1"]) == 2


def test_command_with_mistakes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "m.nn"
    path.write_text(
        "model M {\n input x: [4]\n x -> Dnse(8) as y\n output y\n}\n", encoding="utf-8"
    )
    assert main(["summary", str(path)]) == 1
    out, err = capsys.readouterr()
    assert not out and "did you mean `Dense`" in err
    path.write_text(TEXT + TEXT.replace("Small", "Other").replace("Pair", "Two"), encoding="utf-8")
    assert main(["summary", str(path)]) == 1
    assert "which one" in capsys.readouterr().err
    assert main(["summary", str(path), "--model", "Other"]) == 0
    assert main(["summary", str(tmp_path / "none.nn")]) == 2


@pytest.mark.keras
@pytest.mark.parametrize("name", ["digits", "siamese", "inception"])
def test_what_keras_prints(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows and totals are those of the table that `model.summary()` prints."""
    import oracle

    source = Source(name, (ROOT / "examples" / f"{name}.nn").read_text(encoding="utf-8"))
    compiled = compile_source(source, Options(style="functional"))
    assert compiled.shaped is not None
    printed: list[str] = []
    monkeypatch.setenv("COLUMNS", "320")  # rich would break the lines at 80
    oracle.build(compiled).summary(line_length=300, print_fn=printed.append)
    text = "\n".join(printed)
    summary = summarize(outline(compiled.shaped))
    keras_rows = {}
    for line in text.split("\n"):
        cells = [cell.strip() for cell in line.split("│")[1:-1]]
        if cells and "(" in cells[0]:
            keras_rows[cells[0].split(" ")[0]] = cells
    for row in summary.rows:
        if row.is_whole and not row.kind.startswith("ops."):
            cells = keras_rows[row.name]
            shape = ", ".join(
                str(d) if isinstance(d, int) else "None" for d in row.outputs[0].shape
            )
            assert cells[0] == f"{row.name} ({row.kind})"
            assert cells[1] == f"({shape})"
            assert cells[2] == f"{row.parameters:,}"
    for title, said in render.totals(summary)[:3]:
        assert f"{title}: {said}" in text


@pytest.mark.keras
@pytest.mark.parametrize(
    "path", [path for path in FILES if path.parent.name == "zoo"], ids=lambda path: path.stem
)
def test_counts_are_those_of_keras(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every model of the zoo: counts, bytes and connections, layer by layer.

    The weights are not made, only their shapes, so that the largest models take no memory. The
    other examples are held in tests/test_examples.py.
    """
    import keras
    import oracle

    monkeypatch.syspath_prepend(str(path.parent))  # where the Python of the text stands
    source = Source(path.name, path.read_text(encoding="utf-8"))
    compiled = compile_source(source, Options(style="functional", consent=lambda: True))
    with keras.StatelessScope(initialize_variables=False):
        model = oracle.build(compiled)
        oracle.compare_with_summary(model, compiled)


def test_documentation(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What docs/seeing.md shows is what comes out; NNDSL_UPDATE=1 writes that into it."""
    monkeypatch.chdir(ROOT)
    path = ROOT / "docs" / "seeing.md"
    text = path.read_text(encoding="utf-8")
    found = re.compile(r"(?<=^\$ nndsl )(summary .*?)\n(.*?)(?=^```)", re.S | re.M)
    assert found.search(text)

    def run(shown: re.Match[str]) -> str:
        assert main(shown[1].split()) == 0
        return f"{shown[1]}\n{capsys.readouterr().out}"

    made = found.sub(run, text)
    if os.environ.get("NNDSL_UPDATE"):
        path.write_text(made, encoding="utf-8")
    assert text == made
