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

from nndsl.layers.cells import CELLS  # noqa: E402
from nndsl.layers.masks import outgoing  # noqa: E402

DRAWS = 12


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
    for number in range(3 * DRAWS):
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
        assert (list(ours[0]), ours[1]) == theirs, case
        compared += 1
    assert compared or name in NEVER, "no draw was compared"


#: Layers whose inputs are drawn without steps, or that no text can give a mask.
NEVER: frozenset[str] = frozenset()
