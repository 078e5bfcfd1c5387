"""Models written without their structure: the same layers, line by line."""

from __future__ import annotations

import ast
import dataclasses
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from structures import draw_program

import nndsl
from nndsl.compiler import CompiledModel, check_source
from nndsl.diagnostic import has_errors
from nndsl.flatten import MAX_FLAT, flatten
from nndsl.shapes import LayerInfo, infer_shapes
from nndsl.source import Source

if TYPE_CHECKING:
    import keras

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
TEXTS = {
    path.relative_to(EXAMPLES).as_posix().removesuffix(".nn"): path.read_text(encoding="utf-8")
    for path in sorted(EXAMPLES.rglob("*.nn"))
}
#: Random models that have blocks, loops or choices.
DRAWN = {
    f"seed {seed}": text
    for seed in range(120)
    if any(word in (text := draw_program(seed)[0].text()) for word in ("block ", "for ", "if "))
    # A nested model is built for what it declares, and knows less of its sizes than flat code.
    if text.count("\nmodel ") + text.startswith("model ") == 1
}
STYLES = ("sequential", "functional", "subclass")
#: What is built in Keras too; of the random models, so many.
BUILT = ("inception", "zoo/squeezenet")
BUILT_DRAWN = 8

SHARED_IN_A_BLOCK = """
block Twice(units) {
    input x: [units]
    layer once = Dense(units)
    layer both = Dense(units, relu)
    x -> both -> both -> once as y
    output y
}
model M(depth = 2, rate = 0.1) {
    input x: [4]
    layer step = Dense(4)
    x -> repeat depth { step -> Twice(4) -> Dropout(rate) } -> Dense(3) as y
    output y
}
"""
NESTED_AND_SHARED = """
block Residual(units) {
    input x
    layer twice = Dense(units)
    x -> BatchNormalization -> twice -> relu -> twice -> repeat 2 { Dense(units) } as deep
    x + deep as y
    output y
}
model Encoder(units = 4) {
    input x: [?, 4]
    input z: [?, 4]
    layer same = Residual(4)
    x -> same -> Dense(units) as a
    z -> same(training=false) -> Dense(units) as b
    a, b -> Add as code
    output code
}
model M(units = 4) {
    input x: [5, 4]
    layer step = Residual(units)
    layer encode = Encoder(units)
    x -> repeat 2 { step } -> Residual(4) as h
    h -> encode(z=x) as p
    x, h -> encode as q
    x -> Encoder(3, z=h) as r
    p, q, r -> Concatenate -> Flatten -> Dense(3) as y
    output y
}
"""


@cache
def compiled_as(text: str, style: str, *, flat: bool) -> CompiledModel:
    return nndsl.compile(text, style=style, name="model.nn", flat=flat, allow_python=True)


@pytest.mark.parametrize("name", [*TEXTS, *DRAWN])
def test_layers_are_the_same(name: str) -> None:
    """What is written is checked as any other model, and has the same layers in the same order."""
    checked = check_source(Source("model.nn", TEXTS.get(name) or DRAWN[name]))
    for model, shaped in checked.shaped.models.items():
        flat, _ = flatten(checked.shaped, model)
        assert flat is not None
        expanded, problems = infer_shapes(flat)
        assert not has_errors(problems), problems
        found = expanded.models[model]
        assert {layer.name: facts(layer) for layer in found.layers} == {
            layer.name.replace("/", "_"): facts(layer) for layer in shaped.layers
        }
        assert found.outputs == shaped.outputs
        assert found.trainable == shaped.trainable


def facts(layer: LayerInfo) -> LayerInfo:
    """Return a layer without where it comes from; one of a nested model is called by both."""
    return dataclasses.replace(layer, calls=(), name=layer.name.replace("/", "_"))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", TEXTS)
def test_every_layer_stands_by_itself(name: str, style: str) -> None:
    compiled = compiled_as(TEXTS[name], style, flat=True)
    if compiled.code is None:
        assert style == "sequential"
        assert [d.code for d in compiled.diagnostics if d.severity == "error"] == ["G710"]
        return
    module = ast.parse(compiled.code)
    (build,) = (n for n in module.body if getattr(n, "name", "") == "build_model")
    before = module.body[: module.body.index(build)]  # behind it is what trains the model
    model = [n for n in before if isinstance(n, ast.ClassDef)] or [build]
    assert len(model) == 1
    structure = (ast.For, ast.If, ast.IfExp, ast.ListComp, ast.Starred, ast.JoinedStr)
    assert not [n for n in ast.walk(model[0]) if isinstance(n, structure)]
    made = [
        node.func.attr
        for node in ast.walk(model[0])
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and getattr(node.func.value, "id", "") == "layers"
    ]
    of_keras = [layer for layer in compiled.layers if layer.trainable is not None]
    assert len(made) >= len(of_keras)  # and those inside of wrappers


def test_too_large() -> None:
    chain = f"repeat {MAX_FLAT} {{ Dense(2, relu) }}"
    text = f"model M {{\n input x: [2]\n x -> {chain} as y\n output y\n}}"
    compiled = nndsl.compile(text, flat=True)
    assert compiled.code is None
    assert [(d.code, d.received) for d in compiled.diagnostics] == [
        ("X952", f"{2 * MAX_FLAT + 1:,}")
    ]


def test_parameters_that_the_structure_hangs_on_are_written_out() -> None:
    compiled = compiled_as(SHARED_IN_A_BLOCK, "functional", flat=True)
    assert "def build_model(rate: float = 0.1)" in str(compiled.code)
    given = nndsl.compile(SHARED_IN_A_BLOCK, flat=True, constants={"depth": "5"})
    assert str(given.code).count("layers.Dropout(rate") == 5


def in_keras() -> dict[str, str]:
    # A rule may refuse what is drawn, such as a softmax over one unit.
    written = (n for n, t in DRAWN.items() if compiled_as(t, "functional", flat=False).code)
    drawn = {name: DRAWN[name] for name in islice(written, BUILT_DRAWN)}
    return (
        {name: TEXTS[name] for name in BUILT}
        | drawn
        | {
            "shared": SHARED_IN_A_BLOCK,
            "nested": NESTED_AND_SHARED,
        }
    )


def copy_flat_weights(structured: keras.Model, flat: keras.Model) -> None:
    """Copy weights to layers of the same name; nested models are gone in flat code."""
    import oracle

    layers = oracle.leaf_layers(structured)
    targets = oracle.leaf_layers(flat)
    assert sorted(name.replace("/", "_") for name in layers) == sorted(targets)
    for name, layer in layers.items():
        targets[name.replace("/", "_")].set_weights(layer.get_weights())


@pytest.mark.keras
@pytest.mark.parametrize("name", in_keras())
def test_agrees_with_the_structured_code(name: str) -> None:
    import oracle

    text = in_keras()[name]
    structured = compiled_as(text, "functional", flat=False)
    model = oracle.build(structured)
    oracle.randomize_weights(model)
    inputs = oracle.random_inputs(structured, rows=2)
    expected = oracle.call(model, inputs, list(structured.outputs))
    for style in STYLES:
        flat = compiled_as(text, style, flat=True)
        if flat.code is None:
            assert style == "sequential"
            continue
        built = oracle.build(flat)
        oracle.compare_with_prediction(built, flat)
        copy_flat_weights(model, built)
        oracle.assert_same_outputs(oracle.call(built, inputs, list(flat.outputs)), expected)
