"""Every layer function against the layer of Keras that it stands for.

Keras is asked by a symbolic call on `keras.Input`: what it accepts must come out of ours with the
same shapes, dtypes and numbers of parameters, what it refuses must be refused. Each case is asked
again with other dtypes, with unknown sizes, and, of ours alone, with named unknown sizes.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

pytestmark = pytest.mark.keras

keras = pytest.importorskip("keras")
pytest.importorskip("tensorflow")

from answers import (  # noqa: E402
    Answer,
    called,
    forget,
    keras_answer,
    our_answer,
    our_output,
    our_refusal,
    runs,
    symbolic,
)
from exceptions import listed  # noqa: E402
from hypothesis import (  # noqa: E402
    HealthCheck,
    given,
    settings,
    strategies as st,  # noqa: E402
)
from keras.src.backend.common import global_state  # noqa: E402
from parity_cases import ALONE, BETTER, CASES, STRICTER, Case, case  # noqa: E402
from weights import shared_weights  # noqa: E402

from nndsl.layers import all_layers  # noqa: E402
from nndsl.layers.cells import CELLS  # noqa: E402
from nndsl.layers.floats import NEED_FLOATS, TAKE_STRINGS  # noqa: E402
from nndsl.layers.inside import MADE_INSIDE  # noqa: E402
from nndsl.layers.refused import refused  # noqa: E402
from nndsl.layers.rule import REQUIRED, LayerValue  # noqa: E402
from nndsl.resolve.naming import keras_name  # noqa: E402

#: Arguments that every layer takes, whether or not its signature spells them out.
BASE = {"name", "trainable", "dtype"}


def variants(asked: Case) -> Iterator[Case]:
    """Yield the case, then the case with other dtypes and with unknown sizes."""
    yield asked
    name, given_ = next(iter(asked.tensors.items()))
    tensors = given_ if isinstance(given_, list) else [given_]

    def with_tensors(changed: list[Any]) -> Case:
        first = changed if isinstance(given_, list) else changed[0]
        return replace(asked, tensors={**asked.tensors, name: first})

    for dtype in ("int32", "float64"):
        yield with_tensors([replace(t, dtype=dtype) for t in tensors])
    for index, tensor in enumerate(tensors):
        for axis in range(len(tensor.shape)):
            shape = (*tensor.shape[:axis], None, *tensor.shape[axis + 1 :])
            yield with_tensors(
                [*tensors[:index], replace(tensor, shape=shape), *tensors[index + 1 :]]
            )
    yield with_tensors([replace(t, shape=(None,) * len(t.shape)) for t in tensors])


def named(asked: Case) -> Case:
    """Return the case with a name for each unknown size of the first tensor."""
    name, given_ = next(iter(asked.tensors.items()))
    tensors = given_ if isinstance(given_, list) else [given_]
    changed = [
        replace(t, shape=tuple(f"N{i}" if dim is None else dim for i, dim in enumerate(t.shape)))
        for t in tensors
    ]
    first = changed if isinstance(given_, list) else changed[0]
    return replace(asked, tensors={**asked.tensors, name: first})


def assert_same(asked: Case) -> None:
    for variant in variants(asked):
        theirs, ours = keras_answer(variant), our_answer(variant)
        if variant is not asked and ours is None and listed(variant, our_refusal(variant)):
            continue
        assert ours == theirs, f"{variant}: ours is {ours}, Keras's is {theirs}"
        assert our_answer(named(variant)) == theirs, f"{named(variant)}"


@pytest.mark.parametrize("asked", CASES, ids=str)
def test_case(asked: Case) -> None:
    assert_same(asked)


@pytest.mark.parametrize("asked", ALONE, ids=str)
def test_case_alone(asked: Case) -> None:
    assert our_answer(asked) == keras_answer(asked)


@pytest.mark.parametrize(("reason", "asked"), STRICTER, ids=str)
def test_stricter(reason: str, asked: Case) -> None:
    assert keras_answer(asked) is not None
    assert our_answer(asked) is None
    if reason.startswith("fails when run"):
        assert runs(asked) is None


@pytest.mark.parametrize(("reason", "asked", "shapes"), BETTER, ids=str)
def test_better(reason: str, asked: Case, shapes: list[tuple[int | None, ...]]) -> None:
    ours, theirs = our_answer(asked), keras_answer(asked)
    assert ours is not None and theirs is not None
    assert [shape for shape, _ in ours[0]] == shapes
    assert [shape for shape, _ in runs(asked) or ()] == [(2, *shape[1:]) for shape in shapes]
    assert ours[1:] == theirs[1:]
    assert ours != theirs, "Keras has mended it: make this an ordinary case"


@pytest.mark.parametrize("name", sorted(all_layers()))
def test_signature(name: str) -> None:
    rule = all_layers()[name]
    layer = getattr(keras.layers, name)
    assert layer is getattr(keras.layers, rule.name)
    theirs = [
        (p.name, REQUIRED if p.default is p.empty else p.default)
        for p in list(inspect.signature(layer.__init__).parameters.values())[1:]
        if p.kind is not p.VAR_KEYWORD and p.name not in BASE
    ]
    ours = [(p.name, p.default) for p in rule.parameters]
    assert [repr(pair) for pair in ours] == [repr(pair) for pair in theirs]
    every = inspect.signature(layer.__init__).parameters.values()
    takes = {p.name for p in every if p.name in BASE - {"name"}}
    if any(p.kind is p.VAR_KEYWORD for p in every):
        takes = BASE - {"name"}
    assert {p.name for p in rule.base} == takes
    in_call = list(inspect.signature(layer.call).parameters.values())[1:]
    given_by_name = [p.name for p in in_call[1:] if p.kind is not p.VAR_KEYWORD]
    assert sorted(given_by_name) == sorted(p.name for p in (*rule.tensors[1:], *rule.flags))


def test_no_layer_is_missing() -> None:
    public = {name for name in dir(keras.layers) if not name.startswith("_")}
    assert public == {*all_layers(), *refused()}
    assert not set(refused()) & set(all_layers())


@pytest.mark.parametrize("name", sorted({rule.name for rule in all_layers().values()}))
def test_every_layer_has_a_case(name: str) -> None:
    asked = [one for one in CASES if one.layer == name]
    if name in CELLS:  # they stand in RNN
        asked = [one for one in CASES if one.layer == "RNN" and f"<layer {name}>" in str(one)]
    assert any(our_answer(one) is not None for one in asked)


@pytest.mark.parametrize("name", sorted({rule.name for rule in all_layers().values()}))
def test_layers_made_inside(name: str) -> None:
    """Keras numbers the layers that others make inside as any other: `dropout_1` behind them."""
    families = {keras_name(rule.name): rule.name for rule in all_layers().values()}
    made = set()
    for asked in CASES:
        if asked.layer == name and our_answer(asked) is not None:
            forget()
            keras_answer(asked)
            numbers = global_state.get_global_attribute("object_name_uids")
            made |= {families[known] for known in numbers if known in families} - given_to(asked)
    assert made - {name} == set(MADE_INSIDE.get(name, ()))


def test_paths_of_weights() -> None:
    """What layouts of `model_parallel` go by; Keras counts what a `*` stands for."""
    seen = set()
    for asked in CASES:
        ours = our_output(asked)
        kind = (asked.layer, tuple(w.path for w in ours.weights) if ours is not None else ())
        if ours is None or not ours.weights or kind in seen:
            continue
        seen.add(kind)
        forget()
        with shared_weights():
            made, _ = called(asked, symbolic)
        theirs = sorted((v.path.partition("/")[2], tuple(v.shape)) for v in made.weights)
        for weight in ours.weights:
            path = re.compile((weight.path or weight.name).replace("*", "[^/]*"))
            theirs.remove(
                next(one for one in theirs if path.fullmatch(one[0]) and one[1] == weight.shape)
            )
        assert not theirs, asked
    assert len(seen) > 60


def given_to(value: Any) -> set[str]:
    """Return the layers that are arguments of a case, and of those layers."""
    if isinstance(value, Case):
        return given_to(list(value.values.values()))
    if isinstance(value, LayerValue):
        return {value.rule.name} | given_to([inner for _, inner in value.values])
    if isinstance(value, (list, tuple)):
        return {name for item in value for name in given_to(item)}
    return set()


@pytest.mark.parametrize("name", sorted(NEED_FLOATS))
def test_fails_on_integers(name: str) -> None:
    asked = next(one for one in CASES if one.layer == name and our_answer(one) is not None)
    changed = of_dtype(asked, "int32")
    assert runs(asked) is not None and runs(changed) is None
    assert our_answer(changed) is None


def of_dtype(asked: Case, dtype: str) -> Case:
    """Return the case with another dtype in its first tensor, or tensors."""
    tensor, given_ = next(iter(asked.tensors.items()))
    several = isinstance(given_, list)
    changed = [replace(one, dtype=dtype) for one in (given_ if several else [given_])]
    return replace(asked, tensors={**asked.tensors, tensor: changed if several else changed[0]})


@pytest.mark.parametrize("name", sorted({r.name for r in all_layers().values()} - set(CELLS)))
def test_strings(name: str) -> None:
    """Keras fails on strings, if only in training, or makes strings that it says are floats."""
    accepted = [one for one in CASES if one.layer == name and our_answer(one) is not None]
    changed = [of_dtype(one, "string") for one in accepted[:12]]
    if name in TAKE_STRINGS:
        assert any(our_answer(one) is not None and runs(one) is not None for one in changed)
    else:
        assert not all(keeps_its_word(one) for one in changed)
        assert all(our_answer(one) is None for one in changed)


def keeps_its_word(asked: Case) -> bool:
    """True if what comes out, and in training, is of the dtypes that Keras said."""
    said: Answer | None = keras_answer(asked)
    if said is None:
        return False
    modes = [asked]
    if any(flag.name == "training" for flag in all_layers()[asked.layer].flags):
        modes.append(replace(asked, values={**asked.values, "training": True}))
    dtypes = [dtype for _, dtype in said[0]]
    return all([dtype for _, dtype in runs(one) or ()] == dtypes for one in modes)


@pytest.mark.parametrize("name", sorted({rule.name for rule in all_layers().values()}))
def test_documentation(name: str) -> None:
    """One sentence, then the shapes and the weights."""
    purpose, _, rest = all_layers()[name].documentation.partition("\n\n")
    assert purpose.endswith(".") and len(purpose) < 200
    assert "nput" in rest and "utput" in rest and "weights" in rest


SIZES = st.integers(1, 9)


@st.composite
def windows(draw: st.DrawFn) -> Case:
    rank = draw(st.integers(1, 3))
    first = draw(st.booleans())
    channels = draw(st.integers(1, 4))
    spatial = draw(st.tuples(*[SIZES | st.none()] * rank))
    shape = (channels, *spatial) if first else (*spatial, channels)
    each = st.integers(1, 3) | st.tuples(*[st.integers(1, 4)] * rank)
    values: dict[str, Any] = {
        "data_format": "channels_first" if first else "channels_last",
        "strides": draw(each),
        "padding": draw(st.sampled_from(["valid", "same"])),
    }
    family = draw(st.sampled_from(["Conv", "Transpose", "Depthwise", "Separable", "Pooling"]))
    if family == "Pooling":
        values["pool_size"] = draw(each)
        kind = draw(st.sampled_from(["Max", "Average"]))
        return case(f"{kind}Pooling{rank}D", shape, **values)
    values |= {
        "kernel_size": draw(each),
        "dilation_rate": draw(each),
        "use_bias": draw(st.booleans()),
    }
    if family == "Transpose":
        values |= {"filters": draw(st.integers(1, 4)), "output_padding": draw(st.none() | each)}
        return case(f"Conv{rank}DTranspose", shape, **values)
    if family == "Conv" or rank == 3:
        values |= {"filters": draw(st.integers(1, 4)), "groups": draw(st.integers(1, 2))}
        return case(f"Conv{rank}D", shape, **values)
    values["depth_multiplier"] = draw(st.integers(1, 3))
    if family == "Separable":
        values["filters"] = draw(st.integers(1, 4))
    return case(f"{family}Conv{rank}D", shape, **values)


def is_stricter(asked: Case) -> bool:
    """True for transposed convolutions that TensorFlow could not run (see STRICTER)."""
    return "Transpose" in asked.layer and asked.values["padding"] == "same"


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(windows())
def test_windows(asked: Case) -> None:
    theirs, ours = keras_answer(asked), our_answer(asked)
    if ours is None and theirs is not None:
        assert is_stricter(asked)
    else:
        assert ours == theirs
