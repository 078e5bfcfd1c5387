"""Where we and Keras disagree on purpose: the short list for `test_differential.py`.

`excuse` names the reason for a disagreement, or returns None, and then it is a bug of ours. Two
reasons are put to the test each time: that what we refuse fails when Keras runs it, and that a shape
of ours is what comes out when Keras runs it. The others stand in the tables here.
"""

from __future__ import annotations

from typing import Any

from answers import Answer, our_refusal, runs, symbolic_chain
from parity_cases import Case

from nndsl.layers.argument_types import ArgumentType, OptionalType
from nndsl.layers.rule import BadArgument, LayerError, LayerValue

FAILS = "fails when run"
OTHERWISE = "another shape comes out when run than Keras says"
TRUE_SHAPE = "our shape is what comes out when run, Keras's is not"
CARELESS = "an argument of a wrong type or range, which Keras does not look at"

#: Types of arguments with what Keras lets pass, and why it is no use.
LETS_PASS: dict[str, str] = {}

#: Refused by us though Keras builds and runs it: layer (None for any), words of our title, reason.
STRICTER: list[tuple[str | None, str, str]] = [
    (None, "three axes beside the batch, not 2", "Keras takes the batch for an axis of the image"),
    (None, "there are no weights of", "whole numbers and strings cannot be trained"),
    ("Attention", "takes sequences", "it would attend across the batch"),
    ("AdditiveAttention", "takes sequences", "it would attend across the batch"),
]


def excuse(case: Case, ours: Answer | None, theirs: Answer | None) -> str | None:
    """Return why the answers may differ, or None."""
    if ours is None and theirs is not None:
        return _stricter(case, theirs)
    if theirs is None and ours is not None:
        return _laxer(case)
    assert ours is not None and theirs is not None
    same_weights = ours[1:] == theirs[1:]
    same_shapes = [shape for shape, _ in ours[0]] == [shape for shape, _ in theirs[0]]
    if case.layer == "Pipeline" and same_weights and same_shapes:
        return "Pipeline computes while it is built: some layers keep a dtype that Keras says they change"
    came = _came_out(case)
    if came is not None and same_weights and _fits(ours, came) and not _fits(theirs, came):
        return TRUE_SHAPE
    return None


def _stricter(case: Case, theirs: Answer) -> str | None:
    error = our_refusal(case)
    if isinstance(error, BadArgument):
        kind = type(_inner(error.parameter.type)).__name__
        import os

        if os.environ.get("SHOW"):
            print(
                "BAD",
                kind,
                "range" if error.unfit.out_of_range else type(error.value).__name__,
                repr(error.value),
                case.layer,
                error.parameter.name,
            )
        return f"{CARELESS}"
    assert isinstance(error, LayerError)
    for layer, words, reason in STRICTER:
        if layer in (None, case.layer) and words in error.title:
            return reason
    if not _may_run(case):
        return None
    came = _came_out(case)
    if came is None:
        return FAILS
    return None if _fits(theirs, came) else OTHERWISE


def _laxer(case: Case) -> str | None:
    if case.layer == "Pipeline" and symbolic_chain(case):
        return "Pipeline computes while it is built: it fails where the layers would when run"
    if isinstance(case.values.get("vocabulary"), str):
        return "a file that is looked for when the model is built"
    return None


def _inner(type_: ArgumentType) -> ArgumentType:
    return type_.inner if isinstance(type_, OptionalType) else type_


def _may_run(case: Case) -> bool:
    """False for a pooling layer: one that is larger than its input ends the process."""
    return not any("MaxPooling" in name or "AveragePooling" in name for name in _layers(case))


def _layers(case: Case) -> list[str]:
    found = [case.layer]

    def look(value: Any) -> None:
        if isinstance(value, LayerValue):
            found.append(value.rule.name)
            for _, inner in value.values:
                look(inner)
        elif isinstance(value, (list, tuple)):
            for item in value:
                look(item)

    look(list(case.values.values()))
    return [name for name in found if not name.startswith(("Global", "Adaptive"))]


def _came_out(case: Case) -> list[tuple[tuple[int, ...], str]] | None:
    return runs(case) if _may_run(case) else None


def _fits(answer: Answer, came: list[tuple[tuple[int, ...], str]]) -> bool:
    """True if these shapes are what was promised; the batch is 2, an unknown size anything."""
    return len(answer[0]) == len(came) and all(
        len(shape) == len(real)
        and shape[:1] in ((None,), ())
        and all(a in (None, b) for a, b in zip(shape, real, strict=True))
        for (shape, _), (real, _) in zip(answer[0], came, strict=True)
    )
