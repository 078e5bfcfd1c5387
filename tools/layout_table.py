"""Writes docs/layouts.md: how clear and how fast the pictures of the zoo are, beside Graphviz's.

    python3 dev.py pictures        write the table, and docs/pictures anew

Needs Graphviz, which is the yardstick and nothing else: `apt-get install graphviz`.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import geometry  # noqa: E402
from graphviz import drawn_by_dot  # noqa: E402

from nndsl.compiler import check_source  # noqa: E402
from nndsl.drawing.build import build  # noqa: E402
from nndsl.drawing.figure import Choice  # noqa: E402
from nndsl.drawing.svg import svg  # noqa: E402
from nndsl.drawing.text_formats import dot  # noqa: E402
from nndsl.outline import Outline, outline  # noqa: E402
from nndsl.source import Source  # noqa: E402

ZOO = ROOT / "examples" / "zoo"
PICTURES = ROOT / "docs" / "pictures"
PAGE = ROOT / "docs" / "layouts.md"
#: A WaveNet that is short enough for a page.
FOUR = {"dilations": "[1, 2, 4, 8]"}
#: The pictures of the documentation: the model, its constants, and what is drawn of it. Those
#: called `..._before.svg` were drawn before something was put right, and stay as they are.
SHOWN: dict[str, tuple[str, dict[str, str], Choice]] = {
    "resnet50": ("resnet50", {}, Choice(depth=0)),
    "transformer_base": ("transformer_base", {}, Choice()),
    "googlenet": ("googlenet", {}, Choice(expand=("inception_3a",))),
    "wavenet_after": ("wavenet", FOUR, Choice(depth=0)),
    "wavenet_open_after": ("wavenet", FOUR, Choice(depth=1)),
}

ABOUT = """\
# How clear the pictures are

Each model of the zoo, drawn flat: every layer a box, no blocks, every round of a loop. Beside it
what Graphviz's `dot` makes of the same boxes and lines: crossings of its curves, bends with
`splines=polyline`, whose lines are askew, where all lines here are level or upright. A crossing is
a place where lines of different tensors cross. Time is the processor's: what the picture takes once
the model is checked, and what the process `dot` takes.
Written by `python3 dev.py pictures`, on {machine}.

"""
HEAD = (
    "| model | layers | crossings | of dot | bends | of dot | ms | of dot |",
    "|---|--:|--:|--:|--:|--:|--:|--:|",
)


def main() -> int:
    if not shutil.which("dot"):
        print("dot is not there; on Debian: apt-get install graphviz", file=sys.stderr)
        return 2
    for name in SHOWN:
        (PICTURES / f"{name}.svg").write_text(shown(name), encoding="utf-8")
    rows = [row(path) for path in sorted(ZOO.glob("*.nn"))]
    machine = f"Python {sys.version_info[0]}.{sys.version_info[1]}"
    text = ABOUT.format(machine=machine) + "\n".join([*HEAD, *rows]) + "\n"
    PAGE.write_text(text, encoding="utf-8")
    print(text)
    return 0


def shown(name: str) -> str:
    """Return a picture of the documentation."""
    model, constants, choice = SHOWN[name]
    return svg(build(read(ZOO / f"{model}.nn", constants), choice))


def read(path: Path, constants: dict[str, str] | None = None) -> Outline:
    checked = check_source(Source(path.name, path.read_text(encoding="utf-8")), constants)
    graph = checked.shaped.graph
    free = [model for model in graph.models if model.name not in graph.nested]
    return outline(checked.shaped.models[free[-1].name])


def row(path: Path) -> str:
    view = read(path)
    best = 1e9
    for _ in range(5):
        start = time.process_time()
        figure = build(view, Choice(flat=True))
        best = min(best, time.process_time() - start)
    assert geometry.problems(figure) == [], path.name
    theirs = drawn_by_dot(dot(figure))
    numbers = [
        len(figure.nodes),
        geometry.crossings(figure),
        theirs.crossings,
        geometry.bends(figure),
        theirs.bends,
        round(1000 * best),
        round(1000 * theirs.seconds),
    ]
    print(path.stem, *numbers, file=sys.stderr)
    return f"| {view.root.title} | " + " | ".join(f"{number:,}" for number in numbers) + " |"


if __name__ == "__main__":
    sys.exit(main())
