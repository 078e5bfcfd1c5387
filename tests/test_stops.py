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


def start(script: Path, folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    # A shell has what it starts in the background ignore Ctrl-C, and so would the script.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    command = [sys.executable, str(script), "--output-dir", str(folder), *arguments]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def epochs_done(folder: Path) -> int:
    import numpy as np

    path = folder / "slow.checkpoint.npz"
    if not path.exists():
        return 0
    with np.load(path) as state:
        return int(state["epoch"])


def stop(folder: Path, whole: Path, how: int, epoch: int, after: float) -> Stop:
    """Stop a run so many seconds after an epoch, let it go on, and compare its end."""
    import oracle

    compiled = nndsl.compile(SLOW, name="slow.nn")
    folder.mkdir(parents=True)
    script = folder / "slow.py"
    script.write_text(str(compiled.code), encoding="utf-8")
    process = start(script, folder)
    while epochs_done(folder) < epoch:
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(after)
    process.send_signal(how)
    assert process.wait() != 0, "it was done before"
    assert not (folder / "slow.keras").exists()
    done = epochs_done(folder)
    oracle.run_main(compiled, ["--output-dir", str(folder), "--resume"], folder)
    ends = [oracle.weights_of(path / "slow.keras") for path in (whole, folder)]
    left = {path.name for path in folder.iterdir()} - {"slow.py"}
    assert left == {"slow.keras"}, left
    return Stop(how, done, oracle.furthest(*ends))


def never_stopped(folder: Path) -> None:
    import oracle

    folder.mkdir()
    compiled = nndsl.compile(SLOW, name="slow.nn")
    oracle.run_main(compiled, ["--output-dir", str(folder)], folder)


def stops(count: int, seed: int, folder: Path) -> list[Stop]:
    """Stop as many runs, each in its own way."""
    rng = random.Random(seed)
    whole = folder / "whole"
    never_stopped(whole)
    return [
        stop(folder / str(n), whole, rng.choice(SIGNALS), rng.randint(1, 20), rng.uniform(0, 0.2))
        for n in range(count)
    ]


def test_runs_go_on_where_they_were_stopped(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    never_stopped(whole)
    for how, epoch in ((signal.SIGKILL, 1), (signal.SIGINT, 3)):
        found = stop(tmp_path / str(int(how)), whole, how, epoch, 0.05)
        assert found.epoch >= 1 and found.apart <= TOLERANCE, found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=10)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        all_stops = stops(args.count, args.seed, Path(place))
    for one in all_stops:
        name = signal.Signals(one.how).name
        print(f"{name:8} behind epoch {one.epoch:2}  apart {one.apart:.1e}")
    print("largest difference:", max(one.apart for one in all_stops))
    sys.exit(max(one.apart for one in all_stops) > TOLERANCE)
