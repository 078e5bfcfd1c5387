"""How fast the language server answers, measured through the protocol, the server warm.

python benchmarks/editor.py            200 keystrokes on ResNet-50 and on a file of 1,000 lines

Each row gives the time that a client waits, and the time of the processor that the server spent in
it: on a machine that others use as well, only the second says much.
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


Times = list[tuple[float, float]]


def spent(client: Client) -> float:
    """Return the milliseconds of the processor that a server has used; 0 where nobody counts."""
    if not sys.platform.startswith("linux"):
        return 0
    return time.clock_gettime((~client.process.pid << 3) | 2) * 1000  # its clock, see clock_getres


def timed(client: Client, action: Callable[[], Any]) -> tuple[float, float]:
    start, used = time.perf_counter(), spent(client)
    action()
    return (time.perf_counter() - start) * 1000, spent(client) - used


def summary(times: Times) -> str:
    return f"{_in_order([wall for wall, _ in times])} | {_in_order([used for _, used in times])}"


def _in_order(times: list[float]) -> str:
    times = sorted(times)
    late = times[min(len(times) - 1, int(len(times) * 0.99))]
    return f"{statistics.median(times):.1f} ms, {late:.1f} ms"


def measure(client: Client, name: str, text: str, keystrokes: int) -> list[str]:
    uri = client.open(name, text)
    client.published(uri)
    lines = text.split("\n")
    chance = random.Random(1)
    places = [n for n, line in enumerate(lines) if "Dense(" in line or "Conv" in line]
    keys: Times = []
    others: dict[str, Times] = {"completion": [], "hover": [], "all hints": []}
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

        before = {"line": line, "character": column - 2}
        keys.append(timed(client, key))
        others["completion"].append(
            timed(client, lambda where=behind: client.at("completion", uri, where))
        )
        keys.append(timed(client, back))
        others["hover"].append(timed(client, lambda where=before: client.at("hover", uri, where)))
        others["all hints"].append(
            timed(client, lambda: client.about("inlayHint", uri, range=whole))
        )
    client.close(uri)
    rows = {"keystroke to diagnostics": keys, **others}
    return [f"| {name} | {request} | {summary(times)} |" for request, times in rows.items()]


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
    first, used = (time.perf_counter() - start) * 1000, spent(client)
    rows = measure(client, "resnet50.nn", small, options.keystrokes)
    rows += measure(client, "thousand.nn", large_text(), options.keystrokes // 2)
    client.end()
    head = (
        "| text | request | waited: median, 99th percentile | processor: median, 99th percentile |"
    )
    print(head, "|---|---|---|---|", *rows, sep="\n")
    print(f"\nfrom start to first diagnostics: {first:.0f} ms, {used:.0f} ms of the processor")


if __name__ == "__main__":
    main()
