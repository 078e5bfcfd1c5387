"""What becomes of a mask: every layer against Keras, on the draws of the differential test."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

pytestmark = pytest.mark.keras

keras = pytest.importorskip("keras")
pytest.importorskip("tensorflow")

from answers import called, forget, our_output  # noqa: E402
from draws import RULES, draw  # noqa: E402
from parity_cases import Case, T  # noqa: E402
from weights import shared_weights  # noqa: E402

from nndsl.layers.cells import CELLS  # noqa: E402
from nndsl.layers.masks import outgoing  # noqa: E402

TRIES = 36
#: How many of them have to be compared; the others are refused, or have no steps.
LEAST = 12
#: Layers of which fewer are, as most draws of them are refused by Keras or have no steps.
FEWER = {
    "Permute": 8,  # most permutations do not fit the rank that is drawn
    "ConvLSTM3D": 4,  # five axes, and kernels that have room in them
    "CategoryEncoding": 8,  # integers below a number of tokens, of one axis or none
    "HashedCrossing": 3,  # two tensors of integers of the same shape, one of few shapes
    "TextVectorization": 8,  # strings, with a vocabulary
}
#: Layers for whose output Keras 3.15 takes the input itself while it builds, its mask with it.
GIVES_INPUT = {"Equalization"}
#: Layers that make their mask in `call`, so only when they run: a symbolic call gives none.
WHEN_RUN = {"ReversibleEmbedding"}


def masked_tensor(tensor: T) -> Any:
    """Return a symbolic tensor that carries a mask of its steps."""
    made = keras.KerasTensor((None, *tensor.shape), dtype=tensor.dtype)
    steps = keras.KerasTensor((None, *tensor.shape[:1]), dtype="bool")
    keras.src.backend.set_keras_mask(made, steps)
    return made


def in_keras(case: Case, masks: list[bool]) -> tuple[list[bool], bool] | None:
    """Return which outputs carry a mask, and whether Keras warns of a lost one."""
    given = iter(masks)

    def make(tensor: T) -> Any:
        if next(given, False):
            return masked_tensor(tensor)
        return keras.KerasTensor((None, *tensor.shape), dtype=tensor.dtype)

    first = next(iter(case.tensors))
    ordered = Case(case.layer, {first: case.tensors[first], **case.tensors}, case.values)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with shared_weights():
                result = called(ordered, make)[1]
        except Exception:
            forget()
            return None
    lost = any("destroy the mask" in str(warning.message) for warning in caught)
    found = keras.tree.flatten(result)
    return [keras.src.backend.get_keras_mask(t) is not None for t in found], lost


@pytest.mark.parametrize("name", [name for name in RULES if name not in CELLS])
def test_masks(name: str) -> None:
    compared = 0
    for number in range(TRIES):
        case = draw(name, number, 0, lambda case: our_output(case) is not None)
        made = our_output(case)
        first = next(iter(case.tensors.values()))
        tensors = first if isinstance(first, list) else [first]
        if made is None or any(not tensor.shape for tensor in tensors):
            continue
        masks = [number % 2 == 0 or place == 0 for place, _ in enumerate(tensors)]
        theirs = in_keras(case, masks)
        if theirs is None:
            continue
        ours = outgoing(RULES[name].masks, masks, case.values, len(made.tensors))
        assert ours[1] == theirs[1], case
        expected = [False] * len(ours[0]) if name in WHEN_RUN else list(ours[0])
        assert expected == theirs[0] or name in GIVES_INPUT, case
        compared += 1
    assert compared >= FEWER.get(name, LEAST), f"only {compared} of {TRIES} draws were compared"


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("mask_zero", [False, True])
def test_a_mask_that_is_made_when_run(mask_zero: bool, reverse: bool) -> None:
    layer = keras.layers.ReversibleEmbedding(5, 4, mask_zero=mask_zero)
    result = layer(keras.ops.ones((2, 3), "int32"))
    if reverse:
        result = layer(
            keras.ops.convert_to_tensor(keras.ops.convert_to_numpy(result)), reverse=True
        )
    masked = keras.src.backend.get_keras_mask(result) is not None
    values = {"mask_zero": mask_zero, "reverse": reverse}
    rule = RULES["ReversibleEmbedding"]
    assert outgoing(rule.masks, [False], values, 1) == ((masked,), False)


#: What stands behind tensors that carry a mask: layers that keep, stop, lose, join and make one.
FLOWS = """
    tokens -> Embedding(20, 8, mask_zero=true) as kept
    tokens -> Embedding(20, 8) as plain
    kept -> LSTM(8, return_sequences=true) as sequence
    kept -> LSTM(8) as last
    kept -> Bidirectional(GRU(4, return_sequences=true)) -> Dropout(0.1) as both
    kept -> Dense(8) -> LayerNormalization as dense
    kept -> TimeDistributed(Dense(8)) as steps
    kept, dense -> Add as all_masked
    kept, plain -> Add as one_masked
    kept, plain -> Concatenate as joined
    kept -> GlobalAveragePooling1D as pooled
    plain -> Masking -> Activation(relu) as made
    made -> first as in_block
"""


def test_masks_in_a_compiled_model() -> None:
    """The walk through a model carries masks as Keras does, through blocks as well."""
    import oracle

    import nndsl

    names = [line.rpartition(" as ")[2] for line in FLOWS.strip().splitlines()]
    text = (
        "block first = Dense(8) -> GRU(8, return_sequences=true)\n"
        f"model M {{\n    input tokens: int32[10]\n{FLOWS}    output {', '.join(names)}\n}}\n"
    )
    compiled = nndsl.compile(text, style="functional")
    model = oracle.build(compiled)
    theirs = {
        name: keras.src.backend.get_keras_mask(tensor) is not None
        for name, tensor in zip(sorted(names), model.outputs, strict=True)  # as Keras sorts them
    }
    assert {name: tensor.masked for name, tensor in compiled.outputs.items()} == theirs
    assert set(theirs.values()) == {True, False}
