"""What changed from one model to another: as text, as data, and in colours."""

from __future__ import annotations

import json
import time
from pathlib import Path

import geometry
import pytest
from test_graph import FILES, HOSTILE, outline_of

from nndsl.cli.main import main
from nndsl.comparison import Comparison, compare
from nndsl.drawing.beside import beside
from nndsl.drawing.build import build
from nndsl.drawing.figure import Choice
from nndsl.drawing.svg import svg
from nndsl.render.comparison import (
    render_comparison,
    render_comparison_json,
    render_comparison_markdown,
)

OLD = """
block Res(f) {
    input x
    x -> Conv2D(f, 3, padding=same, activation=relu) -> Conv2D(f, 3, padding=same) as d
    d + x -> relu as y
    output y
}
model Net {
    input image: [32, 32, 3]
    image -> Conv2D(16, 3, padding=same) -> repeat 2 { Res(16) } -> MaxPooling2D -> Res(16) as h
    h -> GlobalAveragePooling2D -> Dense(64, relu) -> Dense(10, softmax) as y
    output y
}
"""


def changed(*pairs: tuple[str, str]) -> Comparison:
    text = OLD
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return compare(outline_of(OLD), outline_of(text))


def told(found: Comparison) -> list[str]:
    """Return the lines about changes."""
    lines = render_comparison(found).splitlines()
    return [line.strip() for line in lines if line.strip()[:2] in ("+ ", "- ", "~ ")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_model_does_not_differ_from_itself(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = compare(outline_of(text), outline_of("# a remark\n" + text))
    assert found.is_empty() and len(found.kept) > 0
    assert "no difference" in render_comparison(found)
    assert set(found.kinds()[1].values()) == {"same"}


def test_arguments_and_what_follows_of_them() -> None:
    assert told(changed(("Dense(64, relu)", "Dense(96, relu)"))) == [
        "~ dense  Dense: units 64 → 96; output [64] → [96]; parameters 1,088 → 1,632",
        "~ y  Dense: parameters 650 → 970",
    ]
    assert told(changed(("Dense(64, relu)", "Dense(64)"))) == [
        "~ dense  Dense: activation relu → none"
    ]


def test_a_layer_is_put_in_and_taken_out() -> None:
    """The unnamed layers behind it get other names, which is no change."""
    found = changed(
        ("-> Dense(64, relu) ->", "-> Dense(32) -> Dense(64, relu) ->"), ("-> MaxPooling2D", "")
    )
    lines = told(found)
    assert "+ dense  Dense(units=32) [32], 544 parameters" in lines
    assert "- max_pooling2d  MaxPooling2D() [16, 16, 16]" in lines
    assert "~ dense → dense_1  Dense: parameters 1,088 → 2,112" in lines
    kinds = found.kinds()
    assert kinds[0]["max_pooling2d"] == "removed" and kinds[1]["dense"] == "added"
    assert kinds[1]["y"] == "same"


def test_another_type_under_the_same_name() -> None:
    (line,) = told(changed(("Dense(10, softmax) as y", 'EinsumDense("ab,bc->ac", 10) as y')))
    assert line.startswith("~ y  EinsumDense: type Dense → EinsumDense")


def test_rounds_and_blocks() -> None:
    assert told(changed(("repeat 2", "repeat 5"))) == ["~ res  repeat: rounds 2 → 5"]
    (line,) = told(changed(("-> Res(16) as h", "-> Res(16) -> Res(16) as h")))
    assert line == "+ res_1  Res(16): 4 layers, 4,640 parameters"
    found = changed(("relu) -> Conv2D(f", "relu) -> Dropout(0.1) -> Conv2D(f"))
    assert [change.path[-1] for change in found.changes] == ["res1: Res(16)", "h: Res(16)"]
    assert found.kinds()[1]["res2_dropout"] == "added"  # of a round that is not told of


def test_other_sources() -> None:
    old = """
model M {
    input a: [4]
    input b: [4]
    a -> Dense(4) as p
    b -> Dense(4) as q
    p -> Dense(2) as y
    q -> Dense(2) as z
    output p, y, z
}
"""
    found = compare(outline_of(old), outline_of(old.replace("p -> Dense(2)", "q -> Dense(2)")))
    assert "~ y  Dense: from p → q" in told(found)
    found = compare(outline_of(old), outline_of(old.replace("output p, y, z", "output p, y, q")))
    assert "~ output z [2] → -" in told(found) and "~ output q - → [4]" in told(found)


def test_totals() -> None:
    text = render_comparison(changed(("repeat 2", "repeat 3")))
    assert "parameters: 16,106 → 20,746 (+4,640, +28.8 %)" in text
    assert "layers and operations: 17 → 21 (+4, +23.5 %)" in text


def test_from_a_model_to_another_and_back() -> None:
    views = [outline_of(path.read_text(encoding="utf-8")) for path in FILES[:12]]
    for old in views:
        for new in views:
            there, back = compare(old, new), compare(new, old)
            kinds = [sum(change.kind == kind for change in there.changes) for kind in KINDS]
            mirrored = [sum(change.kind == kind for change in back.changes) for kind in KINDS]
            assert kinds[0] - kinds[1] == mirrored[1] - mirrored[0]
            assert len(there.kept) == len(back.kept)
            assert json.loads(render_comparison_json(there))["after"] == new.root.title


KINDS = ("added", "removed", "changed")


def test_large_models_take_no_time() -> None:
    def model(rate: str) -> str:
        lines = "\n".join(f"    x{i} -> Dropout({rate}) as x{i + 1}" for i in range(900))
        return f"model M {{\n    input x0: [3]\n{lines}\n    output x900\n}}\n"

    old, new = outline_of(model("0.1")), outline_of(model("0.2"))
    start = time.process_time()
    found = compare(old, new)
    assert time.process_time() - start < 5
    assert len(found.changes) == 900


def test_the_picture() -> None:
    found = changed(("-> MaxPooling2D", ""), ("64, relu) ->", "64, relu) -> Dropout(0.5) ->"))
    sides = [
        build(view, Choice(depth=9), kinds)
        for view, kinds in zip((found.before, found.after), found.kinds(), strict=True)
    ]
    figure = beside(*sides, "Net", "before and after")
    assert geometry.problems(figure) == []
    families = {(node.title, node.family) for node in figure.boxes()}
    assert ("MaxPooling2D", "removed") in families and ("Dropout", "added") in families
    assert len({node.key for node in figure.boxes()}) == len(list(figure.boxes()))
    assert {name for name, _ in figure.legend} == {"added", "removed", "changed", "same"}
    assert svg(figure).count("<g ") == sum(svg(side).count("<g ") for side in sides)


def test_hostile_strings_stay_text() -> None:
    found = compare(outline_of(HOSTILE), outline_of(HOSTILE.replace("alert(1)", "`|\x1b[31m")))

    for text in (render_comparison(found), render_comparison_markdown(found)):
        assert "\x1b" not in text
    found = compare(outline_of(HOSTILE), outline_of(OLD))
    assert json.loads(render_comparison_json(found))["before"] == "M"


# ---- The command ---------------------------------------------------------------------------


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = tmp_path / "old.nn", tmp_path / "new.nn"
    old.write_text(OLD, encoding="utf-8")
    new.write_text(OLD.replace("repeat 2", "repeat 4"), encoding="utf-8")
    assert main(["diff", str(old), str(new)]) == 0
    assert "~ res  repeat: rounds 2 → 4" in capsys.readouterr().out
    assert main(["diff", str(old), str(new), "--exit-code"]) == 1
    assert main(["diff", str(old), str(old), "--exit-code"]) == 0
    capsys.readouterr()
    assert main(["diff", str(old), str(new), "--format", "markdown"]) == 0
    assert "- changed: `res  repeat: rounds 2 → 4`" in capsys.readouterr().out
    assert main(["diff", str(old), str(new), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["changes"][0]["kind"] == "changed"
    for ending in ("svg", "html", "mmd", "dot"):
        picture = tmp_path / f"p.{ending}"
        assert main(["diff", str(old), str(new), "-o", str(picture)]) == 0
        assert "Res(16)" in picture.read_text(encoding="utf-8")


def test_command_with_mistakes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = tmp_path / "old.nn", tmp_path / "new.nn"
    old.write_text(OLD, encoding="utf-8")
    new.write_text(OLD.replace("MaxPooling2D", "MaxPoling2D"), encoding="utf-8")
    assert main(["diff", str(old), str(new)]) == 1
    assert "MaxPoling2D" in capsys.readouterr().err
    assert main(["diff", str(old), str(tmp_path / "none.nn")]) == 2
    assert main(["diff", "-", "-"]) == 2
    assert "standard input" in capsys.readouterr().err
    assert main(["diff", str(old), str(old), "-o", "p.gif"]) == 2
    capsys.readouterr()
    assert main(["diff", str(old), str(old), "--expand", "re"]) == 2
    assert "there is no block called 're'" in capsys.readouterr().err
