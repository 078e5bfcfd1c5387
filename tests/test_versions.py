"""Older Kerases: the table of what they lack, what is said of it, and how one is asked for."""

from __future__ import annotations

import importlib
import importlib.metadata
import runpy
from pathlib import Path
from typing import Any

import pytest

import nndsl
from nndsl import vocabulary
from nndsl.layers import all_layers
from nndsl.operations import all_operations
from nndsl.vocabulary import table
from nndsl.vocabulary.versions import KNOWN, SINCE, UNTIL

ROOT = Path(__file__).parent.parent
MODEL = """
model M {
    input x: [4, 8]
    x -> MultiHeadAttention(2, 4, value=x, use_gate=true) -> Dense(3) as y
    output y
}
"""


def position(version: str) -> int:
    return KNOWN.index(version)


@pytest.fixture(scope="module")
def installed() -> str:
    """The installed Keras, if it is one of those that the table was made from."""
    version = ".".join(importlib.metadata.version("keras").split(".")[:2])
    if version not in KNOWN:
        pytest.skip(f"the table is of Keras {', '.join(KNOWN)}, installed is {version}")
    return version


@pytest.fixture(scope="module")
def parts(installed: str) -> dict[str, set[str]]:
    """What the installed Keras has, as the tool sees it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "tools"))
        tool = runpy.run_path(str(ROOT / "tools" / "make_versions.py"))
        described: dict[str, Any] = tool["describe"]()
    return {kind: set(names) for kind, names in described["parts"].items()}


@pytest.mark.keras
def test_the_installed_keras_has_what_the_table_says(
    installed: str, parts: dict[str, set[str]]
) -> None:
    for kind, names in SINCE.items():
        for name, since in names.items():
            whole = since if "." not in name else max(since, names.get(name.split(".")[0], since))
            assert (name in parts[kind]) is (position(whole) <= position(installed)), name
    for kind, names in UNTIL.items():
        for name, until in names.items():
            assert (name in parts[kind]) is (position(until) >= position(installed)), name


@pytest.mark.keras
def test_what_the_installed_keras_lacks_is_in_the_table(
    installed: str, parts: dict[str, set[str]]
) -> None:
    for kind, name in ours():
        whole = name.split(".")[0]
        if name not in parts[kind] and (whole == name or whole in parts[kind]):
            assert position(SINCE[kind][name]) > position(installed), name


def ours() -> list[tuple[str, str]]:
    """Return all that a text can use, by kind: names, and arguments behind a dot."""
    found = []
    for kind, classes in table.OBJECTS.items():
        for name, arguments in classes.items():
            found += [(kind, name), *((kind, f"{name}.{argument}") for argument, _ in arguments)]
    for rule in all_layers().values():
        own = [p.name for p in (*rule.parameters, *rule.tensors[1:], *rule.flags)]
        found += [("layers", rule.name), *(("layers", f"{rule.name}.{name}") for name in own)]
    for rule in all_operations().values():
        name = rule.name.removeprefix("ops.")
        found += [("ops", name), *(("ops", f"{name}.{p.name}") for p in rule.parameters)]
    return found


def test_the_newest_is_that_of_the_other_table() -> None:
    assert KNOWN[-1] == ".".join(table.KERAS_VERSION.split(".")[:2])
    assert len(KNOWN) >= 3
    assert list(KNOWN) == sorted(KNOWN, key=lambda version: [int(p) for p in version.split(".")])


def test_what_was_removed_is_said() -> None:
    """Nothing was, so far: when something is, messages of unknown names have to tell."""
    assert not UNTIL


def test_versions_are_told_by_their_first_two_numbers() -> None:
    assert vocabulary.keras_version("3.14") == "3.14"
    assert vocabulary.keras_version("3.14.1") == "3.14"
    for text in ("3", "3.1", "2.15", "3.99", "3.14.x", "newest", ""):
        assert vocabulary.keras_version(text) is None


def test_the_python_interface_takes_a_version() -> None:
    assert [d.code for d in nndsl.check(MODEL, keras="3.13.2")] == ["A214"]
    assert nndsl.check(MODEL, keras="3.14") == nndsl.check(MODEL) == ()
    assert nndsl.compile(MODEL, keras="3.13").code is None
    assert nndsl.compile(MODEL, keras="3.14").code is not None
    for ask in (nndsl.check, nndsl.compile):
        with pytest.raises(ValueError, match=r"one of 3\.13, 3\.14, 3\.15"):
            ask(MODEL, keras="3.12")
