"""The zoo: networks of well-known papers, whose parameters have to be as many as others count."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import nndsl

if TYPE_CHECKING:
    from nndsl.compiler import CompiledModel

ZOO = {
    path.stem: path
    for path in sorted((Path(__file__).resolve().parent.parent / "examples/zoo").glob("*.nn"))
}

#: Trainable and other parameters. Each file says who counts them so.
PARAMETERS = {
    "alexnet": (61_100_840, 0),
    "autoencoder": (2_837_314, 0),
    "bert_base": (109_482_240, 0),
    "convnext_tiny": (28_589_128, 0),
    "densenet121": (7_978_856, 83_648),
    "efficientnet_b0": (5_288_548, 42_023),
    "googlenet": (6_998_552, 0),
    "gpt2_small": (124_439_808, 0),
    "gru_forecaster": (10_977, 0),
    "inception_v3": (23_817_352, 34_432),
    "lenet5": (61_706, 0),
    "mobilenet_v2": (3_504_872, 34_112),
    "mobilenet_v3_small": (2_542_856, 12_112),
    "resnet50": (25_583_592, 53_120),
    "resnet50v2": (25_568_360, 45_440),
    "seq2seq": (384_112_000, 0),
    "siamese": (38_951_745, 0),
    "squeezenet": (1_235_496, 0),
    "text_cnn": (5_990_402, 0),
    "transformer_base": (63_082_496, 0),
    "unet": (31_031_685, 0),
    "vae": (134_165, 0),
    "vgg16": (138_357_544, 0),
    "vit_b16": (86_567_656, 0),
    "wavenet": (421_504, 0),
    "wide_and_deep": (939_297, 0),
    "xception": (22_855_952, 54_528),
}
#: Those that are one chain of layers.
CHAINS = {"alexnet", "autoencoder", "gru_forecaster", "lenet5", "vgg16"}
#: Those that are built in Keras as well: small ones, with loops, a fork, a list, blocks in blocks,
#: nested models.
BUILT = ("lenet5", "squeezenet", "mobilenet_v2", "wavenet", "vae")
CASES = [
    (name, style)
    for name in ZOO
    for style in ("sequential", "functional", "subclass")
    if style != "sequential" or name in CHAINS
]


@cache
def compiled_as(name: str, style: str = "auto") -> CompiledModel:
    text = ZOO[name].read_text(encoding="utf-8")
    return nndsl.compile(text, style=style, name=ZOO[name].name, allow_python=True)


def test_table_is_complete() -> None:
    assert sorted(PARAMETERS) == sorted(ZOO)


@pytest.mark.parametrize("name", ZOO)
def test_parameters(name: str) -> None:
    compiled = compiled_as(name)
    # What the rules advise is what these networks are known to do without.
    assert [d for d in compiled.diagnostics if d.severity != "info"] == []
    # A layer in Python has none that are known.
    trainable = sum(layer.trainable or 0 for layer in compiled.layers)
    non_trainable = sum(layer.non_trainable or 0 for layer in compiled.layers)
    assert (trainable, non_trainable) == PARAMETERS[name]


@pytest.mark.parametrize("name", ZOO)
def test_source_of_the_count_is_named(name: str) -> None:
    lines = ZOO[name].read_text(encoding="utf-8").splitlines()
    comment = " ".join(line for line in lines[:4] if line.startswith("#"))
    assert f"{sum(PARAMETERS[name]):,} parameters" in comment
    assert max(map(len, lines)) <= 120


@pytest.mark.keras
@pytest.mark.parametrize("name", BUILT)
def test_styles_agree(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import oracle

    monkeypatch.syspath_prepend(ZOO[name].parent)  # where the Python is that it imports
    built, inputs, expected = None, None, None
    for style in ("sequential", "functional", "subclass"):
        if (name, style) not in CASES:
            continue
        compiled = compiled_as(name, style)
        model = oracle.build(compiled)
        oracle.compare_with_prediction(model, compiled)
        assert model.count_params() == sum(PARAMETERS[name])
        if built is None:
            built, inputs = model, oracle.random_inputs(compiled, rows=1)
            oracle.randomize_weights(built)
            expected = oracle.call(built, inputs, list(compiled.outputs))
        else:
            oracle.copy_weights(built, model)
            found = oracle.call(model, inputs, list(compiled.outputs))
            oracle.assert_same_outputs(found, expected)
