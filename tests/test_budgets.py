"""Texts that would grow without measure are refused at once, with the budget named."""

from __future__ import annotations

import pytest

from nndsl.compiler import Options, check_model
from nndsl.imports import Files
from nndsl.source import Source

MODEL = "model M {{\n    input x: [4]\n    x -> {} as y\n    output y\n}}\n"
DOUBLED = "".join(f"block B{i} = B{i - 1} -> B{i - 1}\n" for i in range(1, 41))
TEXTS = {
    "many rounds": MODEL.format("repeat 1000000000 { Dense(4) }"),
    "rounds in rounds": MODEL.format("repeat 1000 { repeat 1000 { repeat 1000 { Dense(4) } } }"),
    "rounds in a block": "block B(n) = repeat n { Dense(4) }\n" + MODEL.format("B(1000000000)"),
    "doubled": "block B0 = Dense(4)\n" + DOUBLED + MODEL.format("B40"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_budgets(name: str) -> None:
    found = check_model(Source("main.nn", TEXTS[name]), Options())  # without a budget, no end
    (error,) = found
    assert error.code == "X952"
    assert error.expected is not None and "at most 20,000" in error.expected


@pytest.mark.parametrize("count", [60, 64, 150, 5000])
def test_choices_in_choices(count: int) -> None:
    """Each `else if` stands in the `else` before it: there are as many as braces may be deep."""
    others = "".join(f" else if k == {n} {{\n x -> Dense({n}) as y\n}}" for n in range(1, count))
    choice = f"if k == 0 {{\n x as y\n}}{others} else {{\n x -> Dense(1) as y\n}}\n"
    text = f"block B(k) {{\n input x\n {choice} output y\n}}\n" + MODEL.format("B(3)")
    found = check_model(Source("main.nn", text), Options())
    assert [error.code for error in found] == ["X952"] * (count >= 64)


def test_a_file_that_imports_itself() -> None:
    text = 'import A from "main.nn"\nblock A(n) = Dense(n)\n' + MODEL.format("A(3)")
    files = Files(lambda path: path == "main.nn", lambda path: text)
    (error,) = check_model(Source("main.nn", text), Options(), files)
    assert error.code == "G704"
