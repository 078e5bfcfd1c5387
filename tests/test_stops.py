"""Runs that are stopped by signals at a random time, and go on: they end as if nothing had been.

As a program it stops as many runs as it is told, and prints how far their weights are from those
of a run that was never stopped: `python tests/test_stops.py 10 --seed 1`.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from test_training import SLOW

import nndsl

pytestmark = pytest.mark.keras

TOLERANCE = 1e-6
SIGNALS = (signal.SIGKILL, signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True)
class Stop:
    """A run that was stopped: by what, behind which epoch, and how far apart its end is."""

    how: int
    epoch: int
    apart: float


def epochs_done(folder: Path) -> int:
    import numpy as np

    path = folder / "slow.checkpoint.npz"
    if not path.exists():
        return 0
    with np.load(path) as state:
        return int(state["epoch"])


def compiled() -> nndsl.CompiledModel:
    return nndsl.compile(SLOW, name="slow.nn")


def stop(folder: Path, how: int, epoch: int, after: float) -> int:
    """Stop a run so many seconds after an epoch; return how many it had done."""
    folder.mkdir(parents=True)
    script = folder / "slow.py"
    script.write_text(str(compiled().code), encoding="utf-8")
    command = [sys.executable, str(script), "--output-dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while epochs_done(folder) < epoch:
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(after)
    process.send_signal(how)
    assert process.wait() != 0, "it was done before"
    assert not (folder / "slow.keras").exists()
    return epochs_done(folder)


def go_on(folder: Path, whole: Path) -> float:
    """Let a run go on, and return how far it ends from one that was never stopped."""
    import oracle

    oracle.run_main(compiled(), ["--output-dir", str(folder), "--resume"], folder)
    ends = [oracle.weights_of(path / "slow.keras") for path in (whole, folder)]
    left = {path.name for path in folder.iterdir()} - {"slow.py"}
    assert left == {"slow.keras"}, left
    return oracle.furthest(*ends)


def stops(ways: Iterable[tuple[int, int, float]], folder: Path) -> list[Stop]:
    """Stop as many runs, each in its own way, two at a time; meanwhile one goes through."""
    import oracle

    # A shell has what it starts in the background ignore Ctrl-C, and so would the scripts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    whole = folder / "whole"
    whole.mkdir()
    with ThreadPoolExecutor(2) as pool:
        started = [
            (folder / str(number), way[0], pool.submit(stop, folder / str(number), *way))
            for number, way in enumerate(ways)
        ]
        oracle.run_main(compiled(), ["--output-dir", str(whole)], whole)
    return [Stop(how, done.result(), go_on(place, whole)) for place, how, done in started]


def test_runs_go_on_where_they_were_stopped(tmp_path: Path) -> None:
    for found in stops([(signal.SIGKILL, 1, 0.05), (signal.SIGINT, 3, 0.05)], tmp_path):
        assert found.epoch >= 1 and found.apart <= TOLERANCE, found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=10)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        rng = random.Random(args.seed)
        ways = [
            (rng.choice(SIGNALS), rng.randint(1, 20), rng.uniform(0, 0.2))
            for _ in range(args.count)
        ]
        all_stops = stops(ways, Path(place))
    for one in all_stops:
        name = signal.Signals(one.how).name
        print(f"{name:8} behind epoch {one.epoch:2}  apart {one.apart:.1e}")
    print("largest difference:", max(one.apart for one in all_stops))
    sys.exit(max(one.apart for one in all_stops) > TOLERANCE)
