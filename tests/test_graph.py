"""Pictures: nothing overlaps, few crossings, the same bytes, and no way out for hostile strings."""

from __future__ import annotations

import math
import os
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import geometry
import pytest
from graphviz import drawn_by_dot

from nndsl.cli.main import main
from nndsl.compiler import check_source
from nndsl.drawing import words
from nndsl.drawing.build import build
from nndsl.drawing.colours import CHANGES, DARK, FAMILIES, LIGHT, fill
from nndsl.drawing.figure import Choice, Figure, Node
from nndsl.drawing.svg import svg
from nndsl.drawing.text_formats import dot, mermaid
from nndsl.outline import Outline, outline
from nndsl.source import Source

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
import layout_table  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "examples").rglob("*.nn"))
#: Lines that cannot be drawn without crossings.
CROSSINGS = {"wide_and_deep": 1}

HOSTILE = """
block Odd(word) = Dense(3) -> Dropout(0.1)
model M {
    input x: [3]
    x -> Odd("</text><script>alert(1)</script>") -> Odd("]]>--!>\\\\\\" ' onload=") as y
    output y
}
"""


def outline_of(text: str) -> Outline:
    checked = check_source(Source("<test>", text))
    return outline(next(iter(checked.shaped.models.values())))


def example(name: str, folder: str = "") -> Outline:
    path = next(path for path in FILES if path.stem == name and path.parent.name.endswith(folder))
    return outline_of(path.read_text(encoding="utf-8"))


def nodes_of(figure: Figure) -> list[Node]:
    return [node for nodes, _ in geometry.levels(figure) for node in nodes]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_pictures_are_clear(path: Path) -> None:
    view = outline_of(path.read_text(encoding="utf-8"))
    figure = build(view)
    assert geometry.problems(figure) == []
    assert geometry.crossings(figure) <= CROSSINGS.get(path.stem, 0)
    assert svg(figure) == svg(build(view))


@pytest.mark.parametrize("name", ["resnet50", "googlenet", "transformer_base"])
def test_flat_and_open_pictures_are_clear(name: str) -> None:
    for choice in (Choice(flat=True), Choice(depth=9)):
        figure = build(example(name), choice)
        assert geometry.problems(figure) == []
        assert geometry.crossings(figure) == 0


def test_resnet_is_laid_out_at_once() -> None:
    view = example("resnet50")
    assert len([unit for unit in view.units if unit.rule]) + 1 == 177
    best = 1.0
    for _ in range(5):
        start = time.process_time()
        build(view, Choice(flat=True))
        best = min(best, time.process_time() - start)
    assert best < 0.15  # 60 ms on a machine that does nothing else


def test_the_spine_is_straight() -> None:
    """What goes straight through a residual network stands under each other."""
    for depth in (0, 1):
        figure = build(example("resnet50"), Choice(depth=depth))
        assert all(len(wire.points) == 2 for wire in figure.wires)


def test_depth_expand_and_rounds() -> None:
    view = example("resnet50")
    folded = build(view, Choice(depth=0))
    assert {node.form for node in folded.nodes} == {"pill", "box", "folded"}
    stage = next(node for node in folded.nodes if node.name == "stage1")
    assert stage.title == "Stage(64, 3, 1)" and stage.detail == "32 layers"
    opened = build(view, Choice(depth=0, expand=("stage1",)))
    stage = next(node for node in opened.nodes if node.name == "stage1")
    assert stage.form == "open"
    assert [node.title for node in stage.nodes] == [
        "ConvBN(256, 1, 1)", "Bottleneck(64, 1)", "+", "relu", "repeat 2 ×",
    ]  # fmt: skip
    inner = build(view, Choice(depth=0, expand=("stage1_bottleneck",)))
    assert next(n for n in inner.nodes if n.name == "stage1").form == "open"
    flat = build(view, Choice(flat=True))
    assert len(flat.nodes) == 178 and not [n for n in flat.nodes if n.form == "open"]


def test_the_same_bytes_under_every_hash_seed(tmp_path: Path) -> None:
    """Pictures in every format, the table, and what changed."""
    program = (
        "import hashlib, sys\n"
        "from nndsl.cli.main import main\n"
        "model, other, folder = sys.argv[1:]\n"
        "for end in ('svg', 'html', 'mmd', 'dot', 'pdf', 'png'):\n"
        "    assert main(['graph', model, '--force', '-o', f'{folder}/graph.{end}']) == 0\n"
        "    made = open(f'{folder}/graph.{end}', 'rb').read()\n"
        "    print(end, hashlib.sha256(made).hexdigest())\n"
        "for form in ('text', 'markdown', 'json', 'csv'):\n"
        "    assert main(['summary', model, '--format', form]) == 0\n"
        "main(['diff', model, other])\n"
        "main(['diff', model, other, '--force', '-o', f'{folder}/diff.svg'])\n"
        "print(hashlib.sha256(open(f'{folder}/diff.svg', 'rb').read()).hexdigest())\n"
    )
    zoo = ROOT / "examples" / "zoo"
    said = set()
    for seed in ("0", "1"):
        command = [
            sys.executable,
            "-c",
            program,
            zoo / "wavenet.nn",
            zoo / "gpt2_small.nn",
            tmp_path,
        ]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "COLUMNS": "100"}
        done = subprocess.run(
            command, env=environment, capture_output=True, check=True, timeout=240
        )
        said.add(done.stdout)
    assert len(said) == 1 and said.pop().count(b"\n") > 100


def test_long_titles_are_cut_between_arguments() -> None:
    figure = build(example("mobilenet_v3_small"), Choice(depth=0))
    titles = [node.title for node in figure.nodes if node.title.startswith("Bottleneck")]
    assert "Bottleneck(3, 16, 16, 16, true, relu, 2)" in titles
    assert "Bottleneck(5, 40, 240, 40, true, ...)" in titles
    assert words.title("Long" * 20).endswith("...") and len(words.title("Long" * 20)) == 44


def test_shared_layers_are_marked() -> None:
    figure = build(example("siamese"))
    shared = [node for node in nodes_of(figure) if node.shared]
    assert len(shared) > len({node.shared for node in shared}) >= 2


def test_arrows_are_those_of_the_outline() -> None:
    view = example("googlenet")
    figure = build(view, Choice(flat=True))
    names = {node.key: node.name for node in figure.nodes}
    drawn = {(names[a], names[b]) for a, b, _ in figure.arrows}
    expected = {
        (maker.name, unit.name)
        for unit in view.units
        for maker in map(view.maker, unit.inputs)
        if maker
    }
    assert drawn == expected | {("probs", "probs")}


def test_svg_takes_any_string() -> None:
    for figure in (build(outline_of(HOSTILE)), build(outline_of(HOSTILE), Choice(depth=0))):
        text = svg(figure)
        root = ElementTree.fromstring(text)
        tags = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert tags <= {"svg", "title", "style", "rect", "g", "path", "text", "circle"}
        assert not [key for e in root.iter() for key in e.attrib if key.startswith("on")]
        assert "script" not in re.sub(r"&lt;/?script&gt;", "", text)
        assert any("</text><script>" in (e.text or "") for e in root.iter())


def test_mermaid_takes_any_string() -> None:
    text = mermaid(build(outline_of(HOSTILE)))
    assert "<script" not in text and "script#62;" in text
    for line in text.splitlines():
        assert line.count('"') in (0, 2)


needs_dot = pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz is not there")


@needs_dot
@pytest.mark.parametrize("name", ["resnet50", "siamese", "hostile"])
def test_graphviz_takes_dot(name: str) -> None:
    view = outline_of(HOSTILE) if name == "hostile" else example(name)
    done = subprocess.run(
        ["dot", "-Tplain"],
        input=dot(build(view)),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 0 and not done.stderr


@needs_dot
def test_no_more_crossings_than_graphviz() -> None:
    """Nine Inception blocks, each of which takes what all before it gave."""
    text = """
block Inception(n) {
    input x
    x -> ( Conv2D(n, 1) | Conv2D(n, 1) -> Conv2D(n, 3, padding=same)
         | Conv2D(n, 1) -> Conv2D(n, 5, padding=same)
         | MaxPooling2D(3, strides=1, padding=same) -> Conv2D(n, 1) ) -> Concatenate as y
    output y
}
model Fans {
    input x0: [32, 32, 3]
    x0 -> Inception(8) as x1
LINES    x9 -> GlobalAveragePooling2D -> Dense(10, softmax) as y
    output y
}
"""
    lines = [
        f"    {', '.join(f'x{j}' for j in range(i))} -> Concatenate -> Inception(8) as x{i}\n"
        for i in range(2, 10)
    ]
    figure = build(outline_of(text.replace("LINES", "".join(lines))), Choice(flat=True))
    assert geometry.problems(figure) == []
    assert geometry.crossings(figure) <= drawn_by_dot(dot(figure)).crossings


def test_the_table_of_layouts() -> None:
    rows = {}
    for line in (ROOT / "docs" / "layouts.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip().replace(",", "") for cell in line.strip("|").split("|")]
        if len(cells) == 8 and cells[1].isdecimal():
            rows[cells[0]] = (int(cells[1]), int(cells[2]), int(cells[4]))
            assert int(cells[2]) <= int(cells[3]), f"{cells[0]}: more crossings than Graphviz"
    for path in sorted((ROOT / "examples" / "zoo").glob("*.nn")):
        view = layout_table.read(path)
        figure = build(view, Choice(flat=True))
        found = (len(figure.nodes), geometry.crossings(figure), geometry.bends(figure))
        assert rows.pop(view.root.title) == found, "run `python3 dev.py pictures`"
    assert not rows


@pytest.mark.parametrize("name", layout_table.SHOWN)
def test_the_pictures_of_the_documentation(name: str) -> None:
    kept = layout_table.PICTURES / f"{name}.svg"
    same = kept.read_text(encoding="utf-8") == layout_table.shown(name)
    assert same, "run `python3 dev.py pictures`"


def test_many_lines_end_at_their_box() -> None:
    """Also where the last of them comes straight down, and would have all others beside it."""
    lines = "".join(f"    x{i} -> Dense(8) as x{i + 1}\n" for i in range(30))
    for count in (3, 6, 12, 30):
        sums = ", ".join(f"x{i}" for i in range(30 - count, 31))
        text = f"model M {{\n    input x0: [8]\n{lines}    {sums} -> Add as y\n    output y\n}}"
        figure = build(outline_of(text))
        assert geometry.problems(figure) == []
        total = next(node for node in figure.nodes if node.title == "Add")
        ends = [wire.points[-1][0] for wire in figure.wires if wire.target == total.key]
        assert len(ends) == count + 1
        apart = [b - a for a, b in pairwise(sorted(ends))]
        assert min(apart) > 5.0 and max(apart) < total.width / 2


def test_a_very_wide_model_takes_no_time() -> None:
    """A thousand branches of one tensor, and all of them into one box."""
    branches = "".join(f"    x -> Dense(8) as d{i}\n" for i in range(1000))
    names = ", ".join(f"d{i}" for i in range(1000))
    text = (
        f"model M {{\n    input x: [8]\n{branches}    {names} -> Concatenate as y\n    output y\n}}"
    )
    view = outline_of(text)
    start = time.process_time()
    figure = build(view, Choice(flat=True))
    assert time.process_time() - start < 10.0  # one second; it was a minute
    assert len(figure.wires) == 2001
    assert geometry.crossings(replace(figure, wires=figure.wires[-400:])) == 0


def test_what_is_wrong_with_a_picture_is_found() -> None:
    figure = build(outline_of(HOSTILE))
    wire = figure.wires[0]
    x, y = wire.points[-1]
    aside = replace(wire, points=(*wire.points[:-1], (x + 500.0, y)))
    found = geometry.problems(replace(figure, wires=(aside, *figure.wires[1:])))
    assert any("ends beside" in problem for problem in found)


def test_gates_go_straight_down() -> None:
    """A block with a line around it leads straight to the next; its second output crosses none."""
    path = ROOT / "examples" / "zoo" / "wavenet.nn"
    for depth, width in ((0, 500), (1, 800)):
        figure = build(layout_table.read(path), Choice(depth=depth))
        assert geometry.problems(figure) == []
        assert geometry.crossings(figure) == 0
        assert figure.width < width
    flat = build(layout_table.read(path), Choice(flat=True))
    assert geometry.problems(flat) == []
    assert geometry.crossings(flat) == 0


# ---- PNG and PDF ---------------------------------------------------------------------------


def test_png_is_the_picture() -> None:
    pytest.importorskip("pypdfium2")
    from PIL import Image

    from nndsl.drawing.paper import png

    figure = build(example("siamese"))
    data = png(figure, "light")
    assert data == png(figure, "auto")
    image = Image.open(BytesIO(data)).convert("RGB")
    assert image.size == (math.ceil(2 * figure.width), math.ceil(2 * figure.height))
    dark = Image.open(BytesIO(png(figure, "dark"))).convert("RGB")
    for node in nodes_of(figure):  # its colour, left of its words
        place = round(2 * node.x + 12), round(2 * node.y + node.height)
        colour = CHANGES.get(node.family, FAMILIES[node.family])[1]
        assert image.getpixel(place) == rgb(fill(colour, LIGHT))
        assert dark.getpixel(place) == rgb(fill(colour, DARK))
    assert image.getpixel((2, 2)) == rgb(LIGHT["paper"]) and dark.getpixel((2, 2)) == rgb(
        DARK["paper"]
    )


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def test_pdf_holds_the_words() -> None:
    pdfium = pytest.importorskip("pypdfium2")
    from nndsl.drawing.paper import pdf

    hostile = HOSTILE.replace("alert", "\u65e5\u672c")
    for text in ((ROOT / "examples" / "siamese.nn").read_text(encoding="utf-8"), hostile):
        figure = build(outline_of(text))
        data = pdf(figure, "light")
        assert data == pdf(figure, "light")
        document = pdfium.PdfDocument(data)
        assert len(document) == 1
        words = document[0].get_textpage().get_text_range()
        for node in nodes_of(figure):
            assert node.title.encode("cp1252", "replace").decode("cp1252") in words
        assert document[0].get_size() == pytest.approx((figure.width, figure.height), abs=0.1)
        document.close()


def test_a_large_picture_fits_into_png_and_pdf() -> None:
    pdfium = pytest.importorskip("pypdfium2")
    from PIL import Image

    from nndsl.drawing.paper import pdf, png

    lines = "x -> repeat 300 { Dense(3) -> Dropout(0.1) } as y"
    text = f"model M {{\n input x: [3]\n {lines}\n output y\n}}\n"
    figure = build(outline_of(text), Choice(flat=True))
    assert figure.height > 30_000
    assert max(pdfium.PdfDocument(pdf(figure, "light"))[0].get_size()) <= 14_400
    assert Image.open(BytesIO(png(figure, "light"))).size[1] > 20_000


def test_a_missing_library_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pypdfium2")
    path = tmp_path / "m.nn"
    path.write_text(HOSTILE, encoding="utf-8")
    monkeypatch.setitem(sys.modules, "reportlab.pdfgen.canvas", None)
    for ending in ("png", "pdf"):
        assert main(["graph", str(path), "-o", str(tmp_path / f"m.{ending}")]) == 2
        said = capsys.readouterr().err
        assert "reportlab is not installed" in said and "pip install 'nndsl[graph]'" in said
        assert not (tmp_path / f"m.{ending}").exists()


# ---- The command ---------------------------------------------------------------------------


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "m.nn"
    path.write_text((ROOT / "examples" / "siamese.nn").read_text(), encoding="utf-8")
    assert main(["graph", str(path)]) == 0
    assert (tmp_path / "m.svg").read_text().startswith("<svg ")
    pytest.importorskip("pypdfium2")
    for ending in ("mmd", "dot", "svg", "png", "pdf"):
        picture = tmp_path / f"picture.{ending}"
        assert main(["graph", str(path), "-o", str(picture)]) == 0
        first = picture.read_bytes()
        assert main(["graph", str(path), "-o", str(picture)]) == 0  # ours: overwritten
        assert picture.read_bytes() == first
        picture.write_bytes(first[:90] + b"x" + first[90:])
        assert main(["graph", str(path), "-o", str(picture)]) == 2
        assert "changed since" in capsys.readouterr().err
        assert main(["graph", str(path), "-o", str(picture), "--force"]) == 0
        assert picture.read_bytes() == first
    capsys.readouterr()
    assert main(["graph", str(path), "-o", "-", "--theme", "dark"]) == 0
    assert "prefers-color-scheme" not in capsys.readouterr().out


def test_command_with_mistakes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "m.nn"
    path.write_text(HOSTILE, encoding="utf-8")
    assert main(["graph", str(path), "-o", str(tmp_path / "m.gif")]) == 2
    assert ".svg" in capsys.readouterr().err
    assert main(["graph", str(path), "--expand", "ood"]) == 2
    assert "did you mean odd?" in capsys.readouterr().err
    assert main(["graph", str(path), "--expand", ""]) == 2
    assert "there is no block called ''" in capsys.readouterr().err
    path.write_text(
        "model M {\n input x: [3]\n x -> Dnse(3) as y\n output y\n}\n", encoding="utf-8"
    )
    assert main(["graph", str(path)]) == 1
    assert not (tmp_path / "m.svg").exists()


SHARED_BLOCK = """
block Encode(n) = Dense(n, relu) -> Dense(n)
model M {
    input left, right: [8]
    layer encode = Encode(3)
    left -> encode as a
    right -> encode as b
    a - b -> Dense(1) as y
    output y
}
"""


@pytest.mark.parametrize("depth", [0, 1])
def test_shared_blocks_are_marked(depth: int) -> None:
    """Open and folded: each has a second frame and says so, and the legend explains the frame."""
    figure = build(outline_of(SHARED_BLOCK), Choice(depth=depth))
    form = "open" if depth else "folded"
    boxes = [node for node in figure.boxes() if node.form == form]
    assert [node.shared for node in boxes] == ["encode", "encode"]
    assert all("shared" in f"{node.badge} {node.detail}" for node in boxes)
    assert ("shared", "Shared weights") in figure.legend
    drawn = svg(figure)
    frames = drawn.count('class="z f-shared"') if depth else drawn.count('class="z f-block"') + 1
    assert frames == 3  # two boxes, and the legend
    alone = SHARED_BLOCK.replace("encode as", "Encode(3) as").replace(
        "    layer encode = Encode(3)\n", ""
    )
    plain = build(outline_of(alone), Choice(depth=depth))
    assert not any(node.shared for node in plain.boxes())
    assert "shared" not in dict(plain.legend)
