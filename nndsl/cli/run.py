"""Running a generated script as its user would, from a temporary place."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from nndsl.cli.files import FileProblem
from nndsl.cli.writing import with_header


def run_script(code: str, name: str, arguments: Sequence[str], modules: Path | None = None) -> int:
    """Run generated code in a process of its own; return its exit status.

    It runs in the current folder, so that what it saves is found there. `modules` is a folder of
    modules that it imports.
    """
    if importlib.util.find_spec("keras") is None:
        raise FileProblem(
            "training needs Keras and a backend, which are not installed here:"
            ' pip install ".[tensorflow]" in the folder of nndsl, or pip install keras tensorflow'
        )
    with tempfile.TemporaryDirectory(prefix="nndsl-") as folder:
        script = Path(folder) / "nndsl_model.py"  # a name that hides no module of Python's
        script.write_text(with_header(code), encoding="utf-8")
        sys.stderr.write(f"training {name}\n")
        sys.stderr.flush()
        process = subprocess.Popen(
            [sys.executable, str(script), *arguments], env=_environment(modules)
        )
        return _wait(process)


def _wait(process: subprocess.Popen[bytes]) -> int:
    """Wait for a script, which ends with nndsl; return the exit status."""
    stopped = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True
        process.terminate()

    before = signal.signal(signal.SIGTERM, stop)
    try:
        status = process.wait()
    except KeyboardInterrupt:
        process.wait()  # the script got the interrupt as well, and ends by itself
        return 130
    finally:
        signal.signal(signal.SIGTERM, before)
    if stopped:
        sys.stderr.write("Stopped; with --resume the run goes on.\n")
    return status if status >= 0 else 128 - status


def _environment(modules: Path | None) -> dict[str, str]:
    """Return the environment, in which Python finds the modules of a folder."""
    if modules is None:
        return dict(os.environ)
    folders = [str(modules), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(folders)}
