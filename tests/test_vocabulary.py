"""The table of Keras's parts: it is what the installed Keras says, and its readers agree."""

from __future__ import annotations

import copy
import importlib
import importlib.metadata
import inspect
import runpy
from pathlib import Path
from typing import Any

import pytest

from nndsl import vocabulary
from nndsl.vocabulary import REQUIRED, table

ROOT = Path(__file__).parent.parent
WITH_IDENTIFIERS = sorted(table.IDENTIFIERS)


def minor(version: str) -> list[str]:
    return version.split(".")[:2]


@pytest.fixture(scope="module")
def keras() -> Any:
    """Keras, if it is of the minor version that the table was made from."""
    installed = importlib.metadata.version("keras")
    if minor(installed) != minor(table.KERAS_VERSION):
        pytest.skip(f"the table is of Keras {table.KERAS_VERSION}, installed is {installed}")
    return importlib.import_module("keras")


@pytest.mark.keras
def test_the_table_is_what_the_tool_writes(keras: Any) -> None:
    maker = runpy.run_path(str(ROOT / "tools" / "make_vocabulary.py"))

    def without_version(text: str) -> str:
        return text.replace(keras.__version__, "").replace(table.KERAS_VERSION, "")

    written = maker["TABLE"].read_text(encoding="utf-8")
    assert without_version(maker["table"]()) == without_version(written)


@pytest.mark.keras
@pytest.mark.parametrize("kind", WITH_IDENTIFIERS)
def test_keras_accepts_every_identifier(keras: Any, kind: str) -> None:
    for text, name in table.IDENTIFIERS[kind].items():
        if vocabulary.choices_by_targets(kind, text):
            continue
        value = getattr(keras, kind).get(text)
        part = value if inspect.isfunction(value) else type(value)
        assert getattr(getattr(keras, kind), name) is part, text


@pytest.mark.keras
@pytest.mark.parametrize("kind", sorted(table.CHOSEN_BY_TARGETS))
def test_compile_accepts_the_words_that_depend_on_the_targets(keras: Any, kind: str) -> None:
    import numpy as np

    for word in table.CHOSEN_BY_TARGETS[kind]:
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "softmax")])
        parts = {"loss": word} if kind == "losses" else {"loss": "mse", "metrics": [word]}
        model.compile(optimizer="sgd", **parts)
        model.train_on_batch(np.zeros((2, 4)), np.eye(3)[:2])


@pytest.mark.keras
def test_keras_refuses_what_the_table_leaves_out(keras: Any) -> None:
    for kind, text in [
        ("initializers", "constant"),  # found, but its value is then missing
        ("optimizers", "lamb"),
        ("metrics", "acc"),  # only `compile` knows it
        ("metrics", "ce"),
        ("activations", "LeakyReLU"),
    ]:
        with pytest.raises((ValueError, KeyError, TypeError)):
            getattr(keras, kind).get(text)


@pytest.mark.keras
def test_no_argument_hides_behind_kwargs(keras: Any) -> None:
    # The one refuses the arguments of its base class, the other ignores them.
    exceptions = {"LossScaleOptimizer", "ReduceLROnPlateau"}
    for kind, classes in table.OBJECTS.items():
        module = keras.optimizers.schedules if kind == "schedules" else getattr(keras, kind)
        for name in classes:
            part = getattr(module, name)
            if not inspect.isclass(part) or name in exceptions:
                continue
            own = inspect.signature(part.__init__).parameters.values()
            if any(p.kind is p.VAR_KEYWORD for p in own):
                known = {argument for argument, _ in classes[name]}
                for base in part.__mro__[1:-1]:
                    parameters = list(inspect.signature(base.__init__).parameters.values())[1:]
                    named = {p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD}
                    assert named <= known, name


def test_identifiers_stand_for_known_classes_and_keep_their_order() -> None:
    for kind, known in table.IDENTIFIERS.items():
        assert list(known) == sorted(known)
        assert vocabulary.identifiers(kind) == tuple(known)
        if kind not in ("losses",):  # strings for losses stand for functions as well
            for text, name in known.items():
                assert name in table.OBJECTS[kind], text


@pytest.mark.parametrize(
    ("kind", "text", "name"),
    [
        ("activations", "swish", "silu"),
        ("initializers", "he_normal", "HeNormal"),
        ("losses", "mse", "mean_squared_error"),
        ("losses", "MeanSquaredError", "MeanSquaredError"),
        ("losses", "ce", "crossentropy"),
        ("metrics", "mse", "MeanSquaredError"),
        ("metrics", "acc", "Accuracy"),
        ("metrics", "ACC", "Accuracy"),
        ("optimizers", "rmsprop", "RMSprop"),
        ("optimizers", "RmsProp", "RMSprop"),
        ("optimizers", "lamb", None),
        ("activations", "Relu", None),
        ("activations", "threshold", None),
        ("initializers", "constant", None),
        ("regularizers", "none", None),
    ],
)
def test_the_meaning_of_an_identifier(kind: str, text: str, name: str | None) -> None:
    assert vocabulary.meaning(kind, text) == name
    assert vocabulary.knows(kind, text) is (name is not None)


def test_words_that_depend_on_the_targets() -> None:
    accuracies = ("BinaryAccuracy", "SparseCategoricalAccuracy", "CategoricalAccuracy")
    assert vocabulary.choices_by_targets("metrics", "accuracy") == accuracies
    assert vocabulary.choices_by_targets("metrics", "Accuracy") == accuracies
    assert vocabulary.choices_by_targets("metrics", "mae") == ()
    assert vocabulary.choices_by_targets("activations", "relu") == ()
    assert len(vocabulary.choices_by_targets("losses", "crossentropy")) == 3


def test_kinds_of_a_name() -> None:
    assert vocabulary.kinds_of("MeanSquaredError") == ("losses", "metrics")
    assert vocabulary.kinds_of("Adam") == ("optimizers",)
    assert vocabulary.kinds_of("l2") == ("regularizers",)
    assert vocabulary.kinds_of("Orthogonal") == ("initializers",)
    assert vocabulary.kinds_of("Dense") == ()
    assert vocabulary.kinds_of("Optimizer") == ()


def test_signatures() -> None:
    assert vocabulary.signature("regularizers", "L2") == (("l2", 0.01),)
    assert vocabulary.signature("regularizers", "l2") == (("l2", 0.01),)
    assert vocabulary.signature("regularizers", "L3") is None
    assert vocabulary.signature("activations", "hard_tanh") == ()
    needed = vocabulary.signature("schedules", "ExponentialDecay")
    assert needed is not None
    assert needed[:3] == tuple(
        (name, REQUIRED) for name in ("initial_learning_rate", "decay_steps", "decay_rate")
    )
    adam = vocabulary.signature("optimizers", "Adam")
    assert adam is not None
    assert adam[0] == ("learning_rate", 0.001)
    assert {"clipnorm", "weight_decay", "name"} <= {name for name, _ in adam}


def test_canonical_names_are_listed() -> None:
    for kind, known in table.ALIASES.items():
        for alias, name in known.items():
            assert vocabulary.canonical(kind, alias) == name
            assert name in vocabulary.names(kind)
            assert alias not in vocabulary.names(kind)
    assert vocabulary.canonical("losses", "Huber") == "Huber"


def test_every_argument_name_occurs_once() -> None:
    for classes in table.OBJECTS.values():
        for name, arguments in classes.items():
            assert len(dict(arguments)) == len(arguments), name


def test_required_stays_one_object() -> None:
    assert repr(REQUIRED) == "REQUIRED"
    assert copy.deepcopy(REQUIRED) is REQUIRED


def test_attributes_that_keras_uses() -> None:
    assert {"build", "call", "layers", "name", "input", "metrics"} <= vocabulary.MODEL_ATTRIBUTES
    assert not any(name.startswith("_") for name in vocabulary.MODEL_ATTRIBUTES)
    assert "features" not in vocabulary.MODEL_ATTRIBUTES
