"""The picture as a page: folded, searched, clicked and zoomed in Chromium, where that is there."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from test_graph import FILES, HOSTILE, example, outline_of

from nndsl.cli.main import main
from nndsl.drawing.build import build
from nndsl.drawing.figure import Choice, Figure
from nndsl.drawing.page import page, payload
from nndsl.outline import Outline

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
needs_browser = pytest.mark.skipif(not CHROMIUM, reason="Chromium is not there")


def whole(view: Outline, choice: Choice | None = None) -> str:
    return page(build(view, choice, whole=True))


def visit(text: str, folder: Path, *, search: str, click: str) -> dict[str, Any]:
    """Return what a reader in Chromium meets, who does all that tests/browser/harness.html does."""
    (folder / "page.html").write_text(text, encoding="utf-8")
    return what_comes_of("harness.html", folder, {"search": search, "click": click})


def what_comes_of(harness: str, folder: Path, asked: Any) -> dict[str, Any]:
    """Return what a page of tests/browser, opened in a folder, writes down."""
    shutil.copy(ROOT / "tests" / "browser" / harness, folder)
    command = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
        "--virtual-time-budget=60000", "--disable-features=IsolateSandboxedIframes",
        f"--user-data-dir={folder / 'profile'}", "--dump-dom",
        f"file://{folder / harness}#{quote(json.dumps(asked))}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120)
    found = re.search(r'<pre id="result">(.*?)</pre>', done.stdout, re.S)
    assert found and found[1], done.stderr[-2000:]
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        found = [None, found[1].replace(entity, char)]
    result: dict[str, Any] = json.loads(found[1])
    return result


def faults(result: dict[str, Any]) -> list[str]:
    return [fault for found in result["faults"].values() for fault in found]


@needs_browser
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "search", "click"),
    [
        ("transformer_base", "dropout", "source"),
        ("googlenet", "inception", "probs"),
        ("siamese", "dense", "same"),
        ("unet", "conv2d", "image"),
    ],
)
def test_a_reader(name: str, search: str, click: str, tmp_path: Path) -> None:
    view = example(name)
    figure = build(view, whole=True)
    result = visit(page(figure), tmp_path, search=search, click=click)
    assert result["errors"] == [] and faults(result) == []
    boxes = list(figure.boxes())
    blocks = [box for box in boxes if box.form == "open"]
    assert result["ready"] == "yes"
    assert result["unfolded"] == len(boxes)
    assert result["folded"] == len(figure.nodes)
    assert result["folded"] < result["unfolded"] if blocks else True
    hits = [box for box in boxes if search in "\n".join([box.title, *box.facts]).lower()]
    assert hits and result["found"] == f"{len(hits)} found" and result["hit"] == len(hits)
    assert result["position"] == f"1 of {len(hits)}"
    assert result["selected"] == {"name": hits[0].name, "seen": True}
    clicked = next(box for box in boxes if box.name == click)
    assert result["panel"] and all(fact in result["details"] for fact in clicked.facts)
    if clicked.span:
        line = clicked.span.source.line_text(clicked.span.line)
        assert line in result["marked"] and f"line {clicked.span.line}" in result["details"]
    assert result["closed"] and result["zoomed"] and result["moved"]
    assert result["requests"] == [] and result["scripts"] == 2 and result["handlers"] == 0
    check_legend(figure, result)


def check_legend(figure: Figure, result: dict[str, Any]) -> None:
    """Every colour of the picture is explained by a sample of that colour, and legibly."""
    entries = result["legend"]
    assert [(entry["title"]) for entry in entries] == [title for _, title in figure.legend]
    shown = {box.family for box in figure.boxes()} - {"block"}
    for entry, (name, _) in zip(entries, figure.legend, strict=True):
        assert entry["seen"] and entry["passes"], "what lies under the legend can be clicked"
        if name == "shared":
            assert entry["frames"] == 2 and any(box.shared for box in figure.boxes())
        else:
            assert entry["frames"] == 1 and entry["boxes"] == [entry["sample"]]
            shown.discard(name)
    assert not shown, "families that the legend does not explain"
    assert len({entry["sample"] for entry in entries}) == len(entries)
    assert re.fullmatch(r"rgb\(\d+, \d+, \d+\)", result["legend_paper"])  # nothing shines through


@needs_browser
@pytest.mark.slow
def test_faults_are_found(tmp_path: Path) -> None:
    """What the test above looks for is there, if stripes are made narrower than nothing."""
    text = whole(example("unet")).replace("GAP_Y = 26", "GAP_Y = -40")
    text = re.sub(r"<meta http-equiv=[^>]*>", "", text)
    result = visit(text, tmp_path, search="conv2d", click="image")
    assert any("overlaps" in fault for fault in faults(result))
    assert any("a line goes through" in fault for fault in faults(result))


@needs_browser
@pytest.mark.slow
def test_hostile_strings_stay_text(tmp_path: Path) -> None:
    result = visit(whole(outline_of(HOSTILE)), tmp_path, search="<script>", click="y")
    assert result["errors"] == [] and faults(result) == []
    assert result["found"] == "1 found"
    assert result["scripts"] == 2 and result["handlers"] == 0 and result["requests"] == []
    assert any("</text><script>alert(1)</script>" in text for text in result["texts"])


def test_a_page_is_closed_to_all_but_its_script() -> None:
    text = whole(outline_of(HOSTILE))
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", text, re.S)
    assert [kind for kind, _ in scripts] == [' type="application/json" id="data"', ""]
    digest = base64.b64encode(hashlib.sha256(scripts[1][1].encode()).digest()).decode()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy.startswith("default-src 'none'; ") and f"'sha256-{digest}'" in policy
    assert "unsafe-inline" not in policy.partition("style-src")[0]
    assert not re.search(r"""(src|href)=|url\(|@import|https?://(?!www\.w3\.org/2000/svg)""", text)
    assert json.loads(scripts[0][1])["title"] == "M"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_folded_blocks_fit_into_open_ones(path: Path) -> None:
    figure = build(outline_of(path.read_text(encoding="utf-8")), whole=True)
    for box in figure.boxes():
        if box.closed is not None:
            assert box.x <= box.closed.x and box.y == box.closed.y
            assert box.closed.x + box.closed.width <= box.x + box.width
            assert box.closed.height + 4.0 <= box.height
    keys = {box.key for box in figure.boxes()} | {""}
    data = payload(figure)
    assert all({wire["source"], wire["target"], wire["parent"]} <= keys for wire in data["wires"])
    assert whole(outline_of(path.read_text(encoding="utf-8"))) == page(figure)


def test_what_is_folded_at_first() -> None:
    def folded(choice: Choice) -> set[str]:
        figure = build(example("resnet50"), choice, whole=True)
        return {box.name for box in figure.boxes() if box.is_closed}

    all_of_them = folded(Choice(depth=0))
    assert "stage1" in all_of_them and folded(Choice(depth=9)) == set()
    assert all_of_them - folded(Choice(depth=0, expand=("stage1",))) == {"stage1"}


def test_command(tmp_path: Path) -> None:
    source = ROOT / "examples" / "siamese.nn"
    for theme, colour in (("light", "#ffffff"), ("dark", "#16181d")):
        out = tmp_path / f"{theme}.html"
        assert main(["graph", str(source), "-o", str(out), "--theme", theme]) == 0
        text = out.read_text(encoding="utf-8")
        assert f"--paper:{colour}" in text and "prefers-color-scheme" not in text
