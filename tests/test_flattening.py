"""A block that is written out where it is applied: the same layers, the same shapes."""

from __future__ import annotations

from pathlib import Path

import pytest

from nndsl.compiler import Options
from nndsl.ide.analysis import Analysis
from nndsl.ide.flattening import flatten_block
from nndsl.source import Source
from nndsl.syntax import tree

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted((ROOT / "examples").rglob("*.nn"))

TEXT = """\
block Deep(units, rate = 0.1) {
    input x, other
    const twice = units * 2
    layer first = Dense(twice, relu)
    x -> first -> Dropout(rate) as h
    if units > 3 {
        h, other -> Concatenate as both
    } else {
        h as both
    }
    both -> repeat 2 { Dense(units * 2) } as deep
    output deep
}

model M {
    input a: [8]
    input b: [4]
    a -> Dense(8) as h
    h -> relu -> Deep(1 + 3, other=b) as y
    y -> Dense(3, softmax) as digit
    output digit
}
"""
WRITTEN = """\
    h -> relu as deep_input
    const twice = (1 + 3) * 2
    layer first = Dense(twice, relu)
    deep_input -> first -> Dropout(0.1) as h_2
    if (1 + 3) > 3 {
        h_2, b -> Concatenate as both
    } else {
        h_2 as both
    }
    both -> repeat 2 { Dense((1 + 3) * 2) } as y
"""


def analysed(text: str) -> Analysis:
    return Analysis(Source("text.nn", text), Options(rules=None), None)


def after(analysis: Analysis, offset: int) -> str | None:
    """Return the text after a block was written out; None if that is not offered."""
    action = flatten_block(analysis, offset)
    if action is None:
        return None
    ((span, new),) = action.edits
    text = analysis.source.text
    return text[: span.start] + new + text[span.end :]


def layers(analysis: Analysis) -> list[object]:
    """Return all layers of all models that no other applies: what each is, makes and owns."""
    assert not [d for d in analysis.diagnostics if d.severity == "error"], analysis.source.text
    return [
        (name, use.rule.name, use.values, use.inputs, use.outputs, [w.shape for w in use.weights])
        for name, model in analysis.checked.shaped.models.items()
        for use in model.uses
    ]


def test_a_block_with_lines() -> None:
    analysis = analysed(TEXT)
    text = after(analysis, TEXT.index("Deep(1"))
    assert text is not None and WRITTEN in text
    assert layers(analysed(text)) == layers(analysis)


def applications(analysis: Analysis) -> list[int]:
    """Return where the blocks of a text are applied."""
    symbols = analysis.names.file.values()
    blocks = [s for s in symbols if isinstance(s.line, tree.Block) and s.kind == "block"]
    return [place.start for symbol in blocks for place in symbol.uses]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_block_of_the_examples(path: Path) -> None:
    analysis = analysed(path.read_text(encoding="utf-8"))
    before = layers(analysis)
    for offset in applications(analysis):
        text = after(analysis, offset)
        if text is not None:
            assert layers(analysed(text)) == before, text


def test_most_blocks_can_be_written_out() -> None:
    count = written = 0
    for path in EXAMPLES:
        analysis = analysed(path.read_text(encoding="utf-8"))
        for offset in applications(analysis):
            count += 1
            written += after(analysis, offset) is not None
    assert written > count / 2, (written, count)


@pytest.mark.parametrize(
    "application",
    ["x -> Part(1, 2, 3)", "x -> Part", "x -> Part(_)", "x -> (Part(3) | _) -> Add", "x -> Part(3"],
)
def test_what_cannot_be_written_out_is_left(application: str) -> None:
    text = (
        "block Part(n) {\n    input a\n    a -> Dense(n) as b\n    output b\n}\n"
        f"model M {{\n    input x: [3]\n    {application} as y\n    output y\n}}\n"
    )
    assert after(analysed(text), text.index("Part", 20)) is None
