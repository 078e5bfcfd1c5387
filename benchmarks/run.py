"""How long a user waits: `python benchmarks/run.py` (or `python3 dev.py bench`).

Whole processes, side by side: each round runs every command once, so that a busy machine slows
all of them alike; what counts are the ratios of medians. Writes `benchmarks/results.md`.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICKETS = ROOT / "examples" / "tickets.nn"
RESNET = ROOT / "examples" / "zoo" / "resnet50.nn"
RESULTS = Path(__file__).resolve().parent / "results.md"
NNDSL = Path(sys.executable).with_name("nndsl")

#: The ticket model with a mistake, and the same model with the same mistake in Keras.
WRONG = TICKETS.read_text(encoding="utf-8").replace(
    "Dense(64, relu) as features", "Reshape([7, 7]) as features"
)
WRONG_IN_KERAS = """
import keras
from keras import layers
title = keras.Input(shape=(10000,), name="title")
text_body = keras.Input(shape=(10000,), name="text_body")
tags = keras.Input(shape=(100,), name="tags")
x = layers.Concatenate()([title, text_body, tags])
features = layers.Reshape([7, 7], name="features")(x)
"""
FORMAT_ONLY = """
import lark, jinja2, black
black.format_str(open({path!r}).read(), mode=black.Mode())
"""


def commands(folder: Path) -> dict[str, list[str]]:
    """Return the commands by name."""
    wrong = folder / "wrong.nn"
    wrong.write_text(WRONG, encoding="utf-8")
    compiled = folder / "tickets.py"
    subprocess.run([NNDSL, "compile", TICKETS, "-o", compiled], check=True, capture_output=True)
    python = sys.executable
    thousand = folder / "thousand.nn"
    thousand.write_text(thousand_lines(), encoding="utf-8")
    empty = folder / "empty.nn"
    empty.write_text("", encoding="utf-8")
    return {
        "python -c pass": [python, "-c", "pass"],
        "nndsl check (tickets)": [str(NNDSL), "check", str(TICKETS)],
        "nndsl check (tickets, wrong shape)": [str(NNDSL), "check", str(wrong)],
        "nndsl fmt (nothing)": [str(NNDSL), "fmt", "--check", str(empty)],
        "nndsl fmt (1,000 lines)": [str(NNDSL), "fmt", "--check", str(thousand)],
        "nndsl check (resnet50)": [str(NNDSL), "check", str(RESNET)],
        "nndsl summary (resnet50)": [str(NNDSL), "summary", str(RESNET)],
        "nndsl graph (resnet50)": [str(NNDSL), "graph", str(RESNET), "-o", "-"],
        "nndsl compile (tickets)": [str(NNDSL), "compile", str(TICKETS), "-o", "-"],
        "import lark, jinja2, black; format": [
            python,
            "-c",
            FORMAT_ONLY.format(path=str(compiled)),
        ],
        "Keras raises the same shape error": [python, "-c", WRONG_IN_KERAS],
    }


def thousand_lines() -> str:
    """Return a text of a thousand lines, made of the examples; it need not be one model."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples").rglob("*.nn"))]
    lines = "".join(texts * 2).splitlines()
    ends = [number for number, line in enumerate(lines, 1) if line == "}" and number <= 1000]
    return "\n".join(lines[: ends[-1]]) + "\n"


def measure(run: dict[str, list[str]], rounds: int) -> dict[str, list[float]]:
    """Run every command in every round; return the seconds of each."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    times: dict[str, list[float]] = {name: [] for name in run}
    for number in range(rounds + 1):
        for name, command in run.items():
            start = time.perf_counter()
            subprocess.run(command, capture_output=True, env=environment, check=False)
            if number:  # the first round warms the disk and writes bytecode
                times[name].append(time.perf_counter() - start)
    return times


def table(times: dict[str, list[float]]) -> str:
    """Return medians, spread, and the ratio to an empty Python process."""
    base = statistics.median(times["python -c pass"])
    lines = ["| process | median | fastest - slowest | of `python -c pass` |", "|---|---|---|---|"]
    for name, values in times.items():
        median = statistics.median(values)
        spread = f"{min(values) * 1000:.0f} - {max(values) * 1000:.0f} ms"
        lines.append(f"| {name} | {median * 1000:.0f} ms | {spread} | {median / base:.1f} |")
    return "\n".join(lines)


def conclusions(times: dict[str, list[float]]) -> str:
    middle: Callable[[str], float] = lambda name: statistics.median(times[name])  # noqa: E731
    check = middle("nndsl check (tickets)") / middle("python -c pass")
    error = middle("Keras raises the same shape error") / middle(
        "nndsl check (tickets, wrong shape)"
    )
    compile_ = middle("nndsl compile (tickets)") / middle("import lark, jinja2, black; format")
    summary = middle("nndsl summary (resnet50)") / middle("nndsl check (resnet50)")
    fmt = middle("nndsl fmt (1,000 lines)") - middle("nndsl fmt (nothing)")
    return (
        f"- formatting 1,000 lines takes {fmt * 1000:.0f} ms beyond start-up\n"
        f"- a summary takes {summary:.2f} times a check of the same model\n"
        f"- a check takes {check:.1f} times an empty Python process\n"
        f"- a shape error is told {error:.0f} times faster than by Keras\n"
        f"- compiling takes {compile_:.2f} times importing lark, jinja2 and black and formatting\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--no-write", action="store_true", help="only print the results")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        times = measure(commands(Path(folder)), options.rounds)
    machine = (
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores,"
        f" {platform.system()}; {options.rounds} rounds"
    )
    text = f"# Benchmarks\n\n{machine}\n\n{table(times)}\n\n{conclusions(times)}"
    sys.stdout.write(text)
    if not options.no_write:
        RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
