"""How fast the language server answers, measured through the protocol, the server warm.

python benchmarks/editor.py            200 keystrokes on ResNet-50 and on a file of 1,000 lines
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from lsp_client import Client  # noqa: E402


def large_text(lines: int = 1000) -> str:
    """Return a text of so many lines that is right: a model of blocks, each used once."""
    parts = []
    names = []
    while sum(part.count("\n") for part in parts) < lines - len(names) - 12:
        name = f"Block{len(names)}"
        names.append(name)
        parts.append(
            f"block {name}(width) {{\n    input x\n"
            "    x -> Dense(width, relu) -> Dropout(0.1) as h\n"
            "    h -> Dense(width, relu) as deep\n    deep + x as y\n    output y\n}\n\n"
        )
    body = "\n          ".join(f"-> {name}(32)" for name in names)
    head = f"model Large {{\n    input x: [32]\n    x -> Dense(32, relu)\n          {body} as y\n"
    return "".join(parts) + head + "    output y\n}\n"


def timed(action: Callable[[], Any]) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def summary(times: list[float]) -> str:
    times = sorted(times)
    late = times[min(len(times) - 1, int(len(times) * 0.99))]
    return f"median {statistics.median(times):.1f} ms, 99th percentile {late:.1f} ms"


def measure(client: Client, name: str, text: str, keystrokes: int) -> list[str]:
    uri = client.open(name, text)
    client.published(uri)
    lines = text.split("\n")
    chance = random.Random(1)
    places = [n for n, line in enumerate(lines) if "Dense(" in line or "Conv" in line]
    keys, hovers, completions, hints = [], [], [], []
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": len(lines), "character": 0}}
    for _ in range(keystrokes):
        line = chance.choice(places)
        column = lines[line].index("(") + 1
        where = {"line": line, "character": column}
        behind = {"line": line, "character": column + 1}

        def key(where: Any = where) -> None:
            client.change(uri, {"range": {"start": where, "end": where}, "text": "1"})
            client.published(uri)

        def back(where: Any = where, behind: Any = behind) -> None:
            client.change(uri, {"range": {"start": where, "end": behind}, "text": ""})
            client.published(uri)

        keys.append(timed(key))
        completions.append(timed(lambda where=behind: client.at("completion", uri, where)))
        keys.append(timed(back))
        before = {"line": line, "character": column - 2}
        hovers.append(timed(lambda where=before: client.at("hover", uri, where)))
        hints.append(timed(lambda: client.about("inlayHint", uri, range=whole)))
    client.close(uri)
    return [
        f"| {name} | keystroke to diagnostics | {summary(keys)} |",
        f"| {name} | completion | {summary(completions)} |",
        f"| {name} | hover | {summary(hovers)} |",
        f"| {name} | all hints | {summary(hints)} |",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--keystrokes", type=int, default=200)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    (folder / "pyproject.toml").write_text("", encoding="utf-8")
    start = time.perf_counter()
    client = Client(folder)
    small = (ROOT / "examples" / "zoo" / "resnet50.nn").read_text(encoding="utf-8")
    client.published(client.open("first.nn", small))
    first = (time.perf_counter() - start) * 1000
    rows = measure(client, "resnet50.nn", small, options.keystrokes)
    rows += measure(client, "thousand.nn", large_text(), options.keystrokes // 2)
    client.end()
    print("| text | request | |", "|---|---|---|", *rows, sep="\n")
    print(f"\nfrom start to first diagnostics: {first:.0f} ms")


if __name__ == "__main__":
    main()
