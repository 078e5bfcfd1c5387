"""Where we and Keras disagree on purpose: the short list for `test_differential.py`.

`excuse` names the reason for a disagreement, or returns None, and then it is a bug of ours. Some
reasons are put to the test each time: that what we refuse fails when Keras runs it, and that a
shape of ours is what comes out when Keras runs it. The others stand in the tables here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from answers import Answer, after_one_another, computed, our_refusal, runs
from parity_cases import Case, T

from nndsl.layers import all_layers
from nndsl.layers.argument_types import ArgumentType, BoolType, OptionalType
from nndsl.layers.rule import BadArgument, LayerError, LayerValue

# Put to the test each time.
FAILS = "fails when run"
OTHERWISE = "another shape comes out when run than Keras says"
TRUE_SHAPE = "our shape is what comes out when run, Keras's is not"
COMPUTES = "Pipeline computes while it is built; its layers alone do as we say"
NO_EFFECT = "nothing of the kind that is wanted, and Keras computes the same without it"

INTEGERS = "fails when run on integers: `test_parity.py` puts every such layer to the test"
STRINGS = "fails when run on strings, or in training: `test_parity.py` puts every layer to the test"
TRUTH = "`true` or `false` is wanted: Keras takes anything for one of them"
BOOLEAN = "a number is wanted: Keras takes `true` for 1"
EMPTY = "an empty word or list, which Keras takes for none given"
A_FILE = "a file, which is looked for when the model is built"


@dataclass(frozen=True)
class Careless:
    """A wrong argument that Keras makes something of: whose, which, how wrong, and why.

    That it works all the same is put to the test each time: what fails is not listed here, nor
    what has no effect. A layer of None is any layer; an argument is a pattern.
    """

    layer: str | None
    argument: str
    wrong: Callable[[Any], bool]
    reason: str
    #: Shows that it is needed.
    example: Case

    def fits(self, case: Case, error: BadArgument) -> bool:
        here = self.layer is None or any(name == self.layer for name, _ in _layers(case))
        named = re.fullmatch(self.argument, error.parameter.name)
        return bool(here and named and self.wrong(error.value)) and _works_in_training(case)


CARELESS = (
    Careless(
        None,
        ".*_initializer",
        lambda value: value is None,
        "no initializer: Keras takes its own",
        Case("Dense", {"x": T((4,))}, {"units": 2, "bias_initializer": None}),
    ),
    Careless(
        "RMSNormalization",
        "epsilon",
        lambda value: value is None,
        "no number: Keras takes its own",
        Case("RMSNormalization", {"x": T((3,))}, {"epsilon": None}),
    ),
    Careless(
        None,
        "epsilon|mask_value",
        lambda value: isinstance(value, (list, tuple)),
        "no number: meets the numbers of the tensor by broadcasting",
        Case("Masking", {"x": T((3,))}, {"mask_value": [1, 2, 3]}),
    ),
    Careless(
        None,
        "width|height|num_bins",
        lambda value: value == 0,
        "a size of 0, which holds nothing",
        Case("CenterCrop", {"x": T((4, 4, 4))}, {"height": 1, "width": 0}),
    ),
    Careless(
        "AugMix",
        "chain_depth",
        lambda value: value == 0,
        "a chain of nothing",
        Case("AugMix", {"x": T((4, 4, 3))}, {"chain_depth": 0}),
    ),
    Careless(
        "EinsumDense",
        "output_shape",
        lambda value: value == 0,
        "a size of 0, which holds nothing",
        Case("EinsumDense", {"x": T((4,))}, {"equation": "ab...,bc->ac...", "output_shape": 0}),
    ),
    Careless(
        "Reshape",
        "target_shape",
        lambda value: value == ["zz"],
        "no integer: counts for a size that is not known",
        Case("Reshape", {"x": T((4,))}, {"target_shape": ["zz"]}),
    ),
    Careless(
        None,
        "dropout|recurrent_dropout",
        lambda value: isinstance(value, (int, float)) and not 0 <= value <= 1,
        "Keras cuts it to between 0 and 1",
        Case("SimpleRNN", {"x": T((4, 3))}, {"units": 2, "dropout": 2.5}),
    ),
    Careless(
        "Permute",
        "dims",
        lambda value: value == "",
        "counts for an empty list",
        Case("Permute", {"x": T(())}, {"dims": ""}),
    ),
    Careless(
        "Softmax",
        "axis",
        lambda value: value is None,
        "over all axes, the batch as well",
        Case("Softmax", {"x": T((4,))}, {"axis": None}),
    ),
    Careless(
        "Hashing",
        "num_bins",
        lambda value: isinstance(value, float),
        "TensorFlow takes the whole number below",
        Case("Hashing", {"x": T((4,))}, {"num_bins": 2.5}),
    ),
    Careless(
        "RandomFlip",
        "mode",
        lambda value: value == (),
        "it flips nothing",
        Case("RandomFlip", {"x": T((8, 8, 3))}, {"mode": ()}),
    ),
    Careless(
        "RandomRotation",
        "factor",
        lambda value: value in ((), "", None),
        "counts for 0",
        Case("RandomRotation", {"x": T((8, 8, 3))}, {"factor": ()}),
    ),
    Careless(
        None,
        "factor|.*_factor",
        lambda value: isinstance(value, (tuple, list)) and len(value) == 2,
        "outside of the range that Keras names, whose check compares the wrong ends of a pair",
        Case("RandomRotation", {"x": T((8, 8, 3))}, {"factor": (1, 2)}),
    ),
    Careless(
        "RandomBrightness",
        "factor",
        lambda value: value is None,
        "counts for 0",
        Case("RandomBrightness", {"x": T((8, 8, 3))}, {"factor": None}),
    ),
    Careless(
        None,
        "value_range",
        lambda value: isinstance(value, (tuple, list)) and len(value) > 2,
        "the numbers behind the first two are not looked at",
        Case("RandomErasing", {"x": T((8, 8, 3))}, {"value_range": [1, 2, 3]}),
    ),
)

#: Refused by us, though Keras builds and runs it: layer (None for any), words of ours, the reason.
STRICTER: tuple[tuple[str | None, str, str], ...] = (
    (None, "Adaptive.* beside the batch, not", "another shape comes out than Keras says"),
    (None, "three axes beside the batch, not 2", "Keras takes the batch for an axis of the image"),
    (None, "Adaptive.* needs to know", "TensorFlow has to know the size in training"),
    (None, "Adaptive.* the larger of its windows", "fails in training"),
    (None, "takes images of three channels", "fails in training"),
    (None, "computes with floats only", INTEGERS),
    (None, "works on numbers, not on strings", STRINGS),
    ("Concatenate", "has no axis", "of one tensor, whose axes Keras does not count"),
    (None, "halves the last axis, which Keras", "with a unit or two, it meets all by broadcasting"),
    ("RMSNormalization", "the last axes only", "a size of 1, or that of the last axis by chance"),
    ("EinsumDense", "more axes than the equation", "sizes of 1, or equal ones, meet by chance"),
    (None, "there are no weights of", "whole numbers and strings cannot be trained"),
    (None, "takes sequences", "it would attend across the batch"),
    (None, "cannot attend along", "it would attend across the batch"),
    (None, "must have the same steps", "tensors of other ranks or of size 1 meet by chance"),
    (None, "takes one axis beside the batch", "it fits only where two sizes are equal by chance"),
    ("PReLU", "to share a slope", "Keras counts from the end by accident"),
    ("TimeDistributed", "beside the batch, not", "it does not ask what its layer takes"),
    ("Activation", "halves the last axis", "the last axis is the batch"),
    (None, "the mask does not fit", "a mask of another rank meets by chance"),
    ("Dot", "has no axis", "Keras counts round and round"),
    (None, "must have the same features", "a single feature meets all by broadcasting"),
    (None, "initial state does not fit", "states too many or of size 1 are not looked at"),
    ("CategoryEncoding", "takes other integers", "fails for most sizes of the tensor"),
    ("IntegerLookup", "`vocabulary` does not fit", "a word that spells an integer, beside another"),
    (None, "states of stacked cells", "lists of lists have no names in the text"),
)


def excuse(case: Case, ours: Answer | None, theirs: Answer | None) -> str | None:
    """Return why the answers may differ, or None."""
    if theirs is None:
        return _laxer(case)
    if ours is None:
        return _stricter(case, theirs)
    if case.layer == "Pipeline" and after_one_another(case) == ours[0]:
        return COMPUTES
    without = [((*shape[:1], *shape[2:]), dtype) for shape, dtype in theirs[0]]
    if case.layer == "TextVectorization" and ours == (without, *theirs[1:]):
        return "Keras forgets that the text's axis of 1 goes"
    scores = case.values.get("return_attention_scores") and ours[0][:1] == theirs[0][:1]
    if case.layer == "MultiHeadAttention" and scores and ours[1:] == theirs[1:]:
        return "the scores: Keras takes the query's first axis twice"
    came = [found for size in (3, 5) if (found := _came_out(case, size)) is not None]
    if came and ours[1:] == theirs[1:] and all(_fits(ours, found) for found in came):
        return None if all(_fits(theirs, found) for found in came) else TRUE_SHAPE
    return None


def _laxer(case: Case) -> str | None:
    if case.layer == "Pipeline" and after_one_another(case) is not None:
        return COMPUTES
    if any(isinstance(values.get("vocabulary"), str) for _, values in _layers(case)):
        return A_FILE
    return None


def _stricter(case: Case, theirs: Answer) -> str | None:
    error = our_refusal(case)
    if isinstance(error, BadArgument):
        reason = _careless(case, error) or _wrong_besides(case, error)
        if reason is not None:
            return reason
    elif case.layer == "Pipeline" and after_one_another(case) != theirs[0]:
        return COMPUTES
    if isinstance(error, LayerError) and listed(case, error) == INTEGERS:
        return INTEGERS
    if _may_run(case):
        came = _came_out(case)
        if came is None:
            return FAILS
        if not _fits(theirs, came):
            return OTHERWISE
        if not _works_in_training(case):
            return FAILS
    return listed(case, error) if isinstance(error, LayerError) else None


def _careless(case: Case, error: BadArgument) -> str | None:
    type_: ArgumentType = error.parameter.type
    if isinstance(type_.inner if isinstance(type_, OptionalType) else type_, BoolType):
        return TRUTH
    if isinstance(error.value, bool):
        return BOOLEAN
    if isinstance(type_, OptionalType) and error.value in ("", (), []):
        return EMPTY
    for entry in CARELESS:
        if entry.fits(case, error):
            return entry.reason
    return NO_EFFECT if _without_effect(case, error) else None


def _without_effect(case: Case, error: BadArgument) -> bool:
    """True if all numbers come out as without the argument, in training if that can be run."""
    if error.parameter.required or not _may_run(case):
        return False
    left_out = replace(case, values=_without(case.values, error))
    for asked, plain in (
        (_in_training(case), _in_training(left_out)),
        (case, left_out),
        (_in_training(case.of_floats()), _in_training(left_out.of_floats())),
    ):
        with_it, without = computed(asked), computed(plain)
        if with_it is not None and without is not None:
            return len(with_it) == len(without) and all(map(np.array_equal, with_it, without))
    return False


def _without(values: dict[str, Any], error: BadArgument) -> dict[str, Any]:
    """Return arguments without the one that is refused, of a layer or of one inside it."""
    name, wrong = error.parameter.name, error.value

    def plain(value: Any) -> Any:
        if isinstance(value, LayerValue):
            return replace(value, values=tuple(_without(dict(value.values), error).items()))
        return type(value)(map(plain, value)) if isinstance(value, (list, tuple)) else value

    return {k: plain(v) for k, v in values.items() if (k, v) != (name, wrong)}


def _wrong_besides(case: Case, error: BadArgument) -> str | None:
    """Return why we refuse the layer with a right argument as well, if that is listed."""
    values = _without(case.values, error)
    if error.parameter.required and len(values) < len(case.values):
        values[error.parameter.name] = 1
    mended = replace(case, values=values)
    besides = our_refusal(mended)
    return listed(mended, besides) if isinstance(besides, LayerError) else None


def _works_in_training(case: Case) -> bool:
    training = _in_training(case)
    return (runs(training) or runs(training.of_floats())) is not None


def _in_training(case: Case) -> Case:
    flags = {flag.name for flag in all_layers()[case.layer].flags}
    return replace(
        case, values={**case.values, **({"training": True} if "training" in flags else {})}
    )


def listed(case: Case, error: BadArgument | LayerError | None) -> str | None:
    """Return the reason why we refuse what Keras takes, of those in the table."""
    for layer, words, reason in STRICTER:
        if layer in (None, case.layer) and re.search(words, getattr(error, "title", "")):
            return reason
    return None


def _may_run(case: Case) -> bool:
    """False for a pooling layer: a window larger than its input ends the process."""
    return not any("Pooling" in name and "Global" not in name for name, _ in _layers(case))


def _layers(case: Case) -> list[tuple[str, dict[str, Any]]]:
    """Return the layer and those inside it, with their arguments."""
    found = [(case.layer, case.values)]

    def look(value: Any) -> None:
        if isinstance(value, LayerValue):
            found.append((value.rule.name, dict(value.values)))
            look([inner for _, inner in value.values])
        elif isinstance(value, (list, tuple)):
            for item in value:
                look(item)

    look(list(case.values.values()))
    return found


def _came_out(case: Case, unknown: int = 3) -> list[tuple[tuple[int, ...], str]] | None:
    """Return what comes out when run, of numbers if not of what was drawn."""
    if not _may_run(case):
        return None
    return runs(case, unknown) or runs(case.of_floats(), unknown)


def _fits(answer: Answer, came: list[tuple[tuple[int, ...], str]]) -> bool:
    """True if these shapes are what was promised; the batch is 2, an unknown size anything."""
    return len(answer[0]) == len(came) and all(
        len(shape) == len(real)
        and shape[:1] in ((None,), ())
        and all(a in (None, b) for a, b in zip(shape, real, strict=True))
        for (shape, _), (real, _) in zip(answer[0], came, strict=True)
    )
