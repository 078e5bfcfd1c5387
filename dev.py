#!/usr/bin/env python3
"""From a clone to a running nndsl, with nothing but Python 3.10 or newer.

    python3 dev.py demo         train the digits example
    python3 dev.py check        lint, types, and the tests that do without Keras
    python3 dev.py test         lint, types, and all tests
    python3 dev.py bench        run the benchmarks
    python3 dev.py editors      try real editors: Neovim, Vim; fetches a newer Neovim if need be
    python3 dev.py grammar      make the parser's tables anew, after a change of the grammar
    python3 dev.py mistakes     write docs/mistakes.md anew; with --keras, ask Keras about each
    python3 dev.py vocabulary   make the table of Keras's parts anew, from the Keras installed
    python3 dev.py reference    write docs/reference anew, after a change of a layer
    python3 dev.py rules        find the rules anew and write docs/rules, after a change of a rule
    python3 dev.py zoo          write docs/zoo.md anew, after a change of a model of the zoo
    python3 dev.py pictures     write docs/pictures and docs/layouts.md anew; needs Graphviz
    python3 dev.py tutorial     write what comes out of the texts in docs/tutorial and docs/ru
    python3 dev.py site         build the documentation into site/, strict about broken links
    python3 dev.py release      build wheel and sdist into dist/, and judge them
    python3 dev.py help         print this

What follows check or test goes to pytest, what follows bench to the benchmarks, what follows site
to mkdocs. The first run makes an environment in .venv and installs there what the command needs;
later runs need no network.
"""

import sys

if sys.version_info < (3, 10):  # noqa: UP036 (no newer syntax here, so that older ones get to this)
    sys.exit("dev.py needs Python 3.10 or newer; this is {}.{}.".format(*sys.version_info))

import hashlib
import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "nndsl-installed.json"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")

#: As many processes as this at most run tests: each holds a TensorFlow of its own in memory.
MOST_PROCESSES = 4
LINT = [
    ["-m", "ruff", "check"],
    ["-m", "black", "--check", "."],
    ["-m", "mypy"],
]

#: The commands that run a script each, and the extras that it needs beside `dev`.
SCRIPTS = {
    "bench": ("benchmarks/run.py", "tensorflow"),
    "editors": ("tools/try_editors.py",),
    "grammar": ("tools/make_parser.py",),
    "mistakes": ("tools/make_mistakes.py", "tensorflow"),
    "pictures": ("tools/layout_table.py",),
    "reference": ("tools/make_reference.py",),
    "release": ("tools/release.py",),
    "rules": ("tools/make_rules.py",),
    "tutorial": ("tools/make_tutorial.py",),
    "vocabulary": ("tools/make_vocabulary.py", "tensorflow"),
    "zoo": ("tools/zoo_table.py", "tensorflow"),
}


def main(arguments: list[str]) -> int:
    command, *rest = arguments or ["help"]
    if command == "demo":
        prepare("tensorflow")
        return run(BIN / "nndsl", "train", "examples/digits.nn", *rest)
    if command == "check":
        prepare("dev")
        return run_all([*LINT, ["-m", "pytest", "-m", "not keras", *rest]])
    if command == "test":
        prepare("tensorflow", "dev")
        return run_all([*LINT, ["-m", "pytest", *side_by_side(), *rest]])
    if command in SCRIPTS:
        script, *extras = SCRIPTS[command]
        prepare(*extras, "dev")
        return run(PYTHON, script, *rest)
    if command == "site":
        prepare("docs")
        return run(PYTHON, "-m", "mkdocs", "build", "--strict", *rest)
    if command in ("help", "-h", "--help"):
        print(__doc__.strip())
        return 0
    print(f"dev.py knows no command {command!r}.\n\n{__doc__.strip()}", file=sys.stderr)
    return 2


def side_by_side() -> list[str]:
    """Return the options that let pytest use the cores: a process each, a file whole in one."""
    count = min(os.cpu_count() or 1, MOST_PROCESSES)
    return ["-n", str(count), "--dist", "loadfile", "--no-loadscope-reorder"]


def prepare(*extras: str) -> None:
    """Make the environment and install nndsl with these extras, unless that was done before."""
    stamp = read_stamp()
    if stamp and stamp["place"] != place():  # scripts of another Python or folder do not run
        print(f"{VENV} was made by another Python or in another folder: making it anew.")
        shutil.rmtree(VENV)
        stamp = {}
    requirements = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    installed = set(stamp.get("extras", ()))
    if stamp.get("requirements") == requirements and installed.issuperset(extras):
        return
    if not PYTHON.exists():
        status = run(sys.executable, "-m", "venv", VENV)
        if status:
            shutil.rmtree(VENV, ignore_errors=True)
            stop(status, "Python could not make .venv. On Debian: apt-get install python3-venv")
    wanted = sorted(installed.union(extras))
    target = f".[{','.join(wanted)}]"
    print("Installing what is needed; the first time this takes a minute or two.")
    status = run(PYTHON, "-m", "pip", "install", "--quiet", "--editable", target)
    if status:
        message = "pip could not install what nndsl needs. The first run needs a package index."
        if "tensorflow" in extras:
            message += " TensorFlow may have no packages yet for a very new Python."
        stop(status, message)
    stamp = {"place": place(), "requirements": requirements, "extras": wanted}
    STAMP.write_text(json.dumps(stamp), encoding="utf-8")


def place() -> list[str]:
    return [f"{sys.version_info[0]}.{sys.version_info[1]}", str(ROOT)]


def read_stamp() -> dict:
    """Return what was installed by an earlier run, or an empty dictionary."""
    try:
        return json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def run_all(commands: list[list[str]]) -> int:
    """Run all commands, also after one that fails; return the first status that is not 0."""
    failed = {}
    for command in commands:
        status = run(PYTHON, *command)
        if status:
            failed[command[1]] = status
    if failed:
        print(f"\ndev.py: failed: {', '.join(failed)}", file=sys.stderr)
    return next(iter(failed.values()), 0)


def run(*command: "str | Path") -> int:
    """Print a command and run it in the clone's folder; return its exit status."""
    words = [str(word) for word in command]
    shown = words if os.name == "nt" else [shlex.quote(word) for word in words]
    print("+", " ".join(shown), flush=True)
    try:
        status = subprocess.run(words, cwd=ROOT).returncode
    except OSError as error:
        print(f"dev.py: {words[0]}: {error.strerror}", file=sys.stderr)
        return 127
    except KeyboardInterrupt:
        return 130
    return status if status >= 0 else 128 - status  # ended by a signal: as a shell would say it


def stop(status: int, message: str) -> None:
    print(f"\ndev.py: {message}", file=sys.stderr)
    raise SystemExit(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
