"""Where we and Keras disagree on an object on purpose: the list for `test_objects.py`.

Keras keeps anything and fails when the object is used, or never looks at it, or computes nonsense.
Most reasons are put to the test each time: the object is made and used, with the argument and with
another in its place. `LISTED` has the others, each for some classes, one argument and one way of
being wrong; `test_objects.py` fails for an entry that no draw needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
from object_draws import our_mistakes
from object_use import same, works

from nndsl.layers.argument_types import ArgumentType, BoolType, OptionalType
from nndsl.layers.objects import parameters
from nndsl.layers.rule import BadArgument, LayerError
from nndsl.vocabulary import KerasObject

# Put to the test each time, whatever the class and the argument.
FAILS = "fails when used"
TRUTH = "`true` or `false` is wanted: the same comes out as with the one that it counts for"
BOOLEAN = "a number is wanted: the same comes out as with 1 for `true`, or 0 for `false`"
EMPTY = "an empty word or list: the same comes out as with none given"
MANY = "one number is wanted: the same comes out as with its items, one by one"

ON_APPLYING = "the axis of an activation: known to fit or not only where it is applied"

Mistakes = list[tuple[KerasObject, BadArgument | LayerError]]
Proof = Callable[[KerasObject, str, Any], bool]


def without(made: KerasObject, argument: str) -> KerasObject:
    kept = tuple((name, value) for name, value in made.arguments if name != argument)
    return KerasObject(made.kind, made.name, kept)


def changed(made: KerasObject, argument: str, value: Any) -> KerasObject:
    values = tuple((name, value if name == argument else old) for name, old in made.arguments)
    return KerasObject(made.kind, made.name, values)


def ignored(made: KerasObject, argument: str, value: Any) -> bool:
    """True if the same comes out as without the argument."""
    return same(made, without(made, argument))


def as_if(other: Callable[[Any], Any]) -> Proof:
    """Return a test that the same comes out as with something in the place of the value."""
    return lambda made, argument, value: same(made, changed(made, argument, other(value)))


def fails_with(**others: Any) -> Proof:
    """Return a test that it fails beside other arguments, with which it is looked at."""

    def proof(made: KerasObject, argument: str, value: Any) -> bool:
        right = KerasObject(made.kind, made.name, tuple(others.items()))
        wrong = KerasObject(made.kind, made.name, (*right.arguments, (argument, value)))
        return works(right) is True and works(wrong) is False

    return proof


def one_by_one(made: KerasObject, argument: str, value: Any) -> bool:
    return bool(value) and all(
        same(changed(made, argument, [item]), changed(made, argument, item)) for item in value
    )


def no_variable(made: KerasObject, argument: str, value: Any) -> bool:
    try:
        keras.Variable(0.0, name=value)
    except ValueError:
        return True
    return False


# ---- What kind of wrong value


def anything(value: Any) -> bool:
    return True


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def no_number(value: Any) -> bool:
    return not is_number(value)


def no_text(value: Any) -> bool:
    return not isinstance(value, str)


def no_ints(value: Any) -> bool:
    return not isinstance(value, (list, tuple)) or not all(isinstance(v, int) for v in value)


def no_count(value: Any) -> bool:
    return not isinstance(value, int) or value < 1


def below_0(value: Any) -> bool:
    return is_number(value) and value < 0


def an_item_below_0(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and any(map(below_0, value))


def no_truth(value: Any) -> bool:
    return not isinstance(value, bool)


def no_frequency(value: Any) -> bool:
    return not isinstance(value, int) or value < 0


def no_update(value: Any) -> bool:
    return not isinstance(value, int) and value not in ("epoch", "batch")


def no_share(value: Any) -> bool:
    return is_number(value) and not 0 <= value <= 1


def no_weight(value: Any) -> bool:
    return no_number(value) or no_share(value)


def a_fraction(value: Any) -> bool:
    return isinstance(value, float) and not value.is_integer()


def a_float(value: Any) -> bool:
    return isinstance(value, float)


def an_int(value: Any) -> bool:
    return isinstance(value, int)


def whole_numbers(value: Any) -> bool:
    return (
        isinstance(value, (list, tuple)) and all(map(is_number, value)) and any(map(an_int, value))
    )


def falsy(value: Any) -> bool:
    return not value


def nothing(value: Any) -> bool:
    return value is None


def an_int_dtype(value: Any) -> bool:
    return isinstance(value, str) and "int" in value


def with_a_slash(value: Any) -> bool:
    return isinstance(value, str) and "/" in value


@dataclass(frozen=True)
class Entry:
    """Classes (or a kind of them), an argument, the wrong value, why, and the test of that."""

    classes: str
    argument: str
    wrong: Callable[[Any], bool]
    reason: str
    proof: Proof | None = None

    def fits(self, made: KerasObject, argument: str, value: Any) -> bool:
        named = made.name in self.classes.split() or made.kind == self.classes
        if not named or argument != self.argument or not self.wrong(value):
            return False
        return self.proof is None or self.proof(made, argument, value)


_SCALED = """GlorotNormal GlorotUniform HeNormal HeUniform LecunNormal LecunUniform
    VarianceScaling"""
_ADAM = "Muon looks at it only for weights that it leaves to Adam: here are none"
_AUTO = "Keras warns, and takes `auto`"
_STOPS = "fails when training stops"
_REDUCES = "fails when the rate is reduced"
_NOT_TRIED = "looked at only in training, which needs the package tensorboard: not tried"

LISTED = (
    Entry(_SCALED, "input_axes", no_ints, "looked at only beside `output_axes`", ignored),
    Entry(_SCALED, "output_axes", no_ints, "looked at only beside `input_axes`", ignored),
    Entry("optimizers", "ema_momentum", no_weight, "looked at only with `use_ema`", ignored),
    Entry(
        "optimizers", "ema_overwrite_frequency", no_count, "looked at only with `use_ema`", ignored
    ),
    Entry(
        "BinaryFocalCrossentropy",
        "alpha",
        no_number,
        "looked at only with `apply_class_balancing`",
        ignored,
    ),
    Entry("losses", "label_smoothing", falsy, "it counts for none", as_if(lambda _: 0.0)),
    Entry("losses", "label_smoothing", no_share, "targets outside 0 to 1 come out"),
    Entry("metrics", "label_smoothing", no_share, "targets outside 0 to 1 come out"),
    Entry("ScheduleFreeAdamW", "beta_2", no_share, "no average has such weights"),
    Entry("Muon", "adam_beta_2", no_weight, _ADAM, ignored),
    Entry("Muon", "adam_weight_decay", no_number, _ADAM, ignored),
    Entry("Muon", "epsilon", no_number, _ADAM, ignored),
    Entry("Muon", "muon_a", no_number, "looked at only if `ns_steps` is not 0", ignored),
    Entry("optimizers", "epsilon", below_0, "a number below 0 is added to keep above 0"),
    Entry(
        "LossScaleOptimizer",
        "dynamic_growth_steps",
        a_fraction,
        "no count of steps is ever equal to it",
        ignored,
    ),
    Entry("ScheduleFreeAdamW", "warmup_steps", below_0, "counts for 0", as_if(lambda _: 0)),
    Entry("losses", "dtype", an_int_dtype, "a loss of whole numbers: it would be rounded"),
    Entry("CategoricalCrossentropy", "axis", nothing, "all axes, where one is meant"),
    Entry("metrics", "class_id", below_0, "a class is counted from 0: Keras counts from the end"),
    Entry(
        "SparseCategoricalCrossentropy",
        "ignore_class",
        a_fraction,
        "no class has a number with a fraction: none is ignored",
        ignored,
    ),
    Entry("R2Score", "num_regressors", a_float, "counts for the whole number", as_if(int)),
    Entry(
        "IoU OneHotIoU",
        "target_class_ids",
        an_item_below_0,
        "a class is counted from 0: Keras counts from the end",
    ),
    Entry(
        "schedules",
        "initial_learning_rate",
        an_int,
        "a whole number, and Keras computes the schedule in whole numbers",
    ),
    Entry(
        "PiecewiseConstantDecay",
        "values",
        whole_numbers,
        "whole numbers, and Keras computes the schedule in whole numbers",
    ),
    Entry("metrics", "name", with_a_slash, "only a variable of that name is refused", no_variable),
    Entry("EarlyStopping ModelCheckpoint", "mode", anything, _AUTO, as_if(lambda _: "auto")),
    Entry("EarlyStopping", "verbose", no_number, _STOPS, fails_with(monitor="loss")),
    Entry("ModelCheckpoint", "verbose", a_float, "counts for 1", as_if(lambda _: 1)),
    Entry(
        "ModelCheckpoint",
        "initial_value_threshold",
        no_number,
        "looked at only with `save_best_only`",
        ignored,
    ),
    Entry("ReduceLROnPlateau", "verbose", no_number, _REDUCES, fails_with(patience=1)),
    Entry("ReduceLROnPlateau", "cooldown", no_number, _REDUCES, fails_with(patience=1)),
    Entry("ReduceLROnPlateau", "min_lr", no_number, _REDUCES, fails_with(patience=1)),
    Entry("ReduceLROnPlateau", "patience", below_0, "counts for 0", as_if(lambda _: 0)),
    Entry("ReduceLROnPlateau", "factor", below_0, "counts for 0", as_if(lambda _: 0.0)),
    Entry("RemoteMonitor", "field", no_text, "looked at only without `send_as_json`", ignored),
    Entry("RemoteMonitor", "field", no_text, "sent as a text", as_if(str)),
    Entry("AUC", "thresholds", falsy, "counts for an empty list", as_if(lambda _: [])),
    Entry("TensorBoard", "log_dir", no_text, _NOT_TRIED),
    Entry("TensorBoard", "histogram_freq", no_frequency, _NOT_TRIED),
    Entry("TensorBoard", "embeddings_freq", no_frequency, _NOT_TRIED),
    Entry("TensorBoard", "embeddings_metadata", no_text, _NOT_TRIED),
    Entry("TensorBoard", "update_freq", no_update, _NOT_TRIED),
    Entry("TensorBoard", "write_graph", no_truth, _NOT_TRIED),
    Entry("TensorBoard", "write_images", no_truth, _NOT_TRIED),
    Entry("TensorBoard", "write_steps_per_second", no_truth, _NOT_TRIED),
    Entry(
        "ExponentialDecay",
        "name",
        no_text,
        FAILS,
        fails_with(initial_learning_rate=0.1, decay_steps=9, decay_rate=0.5),
    ),
    Entry("CSVLogger", "filename", an_int, "the number of an open file, which it would close"),
)

#: The entries that a draw needed.
USED: set[Entry] = set()


def laxer(made: KerasObject) -> str | None:
    """Return why we may accept what Keras refuses, or None."""
    return ON_APPLYING if made.kind == "activations" and dict(made.arguments).get("axis") else None


def stricter(made: KerasObject, mistakes: Mistakes) -> str | None:
    """Return why we may refuse what Keras makes, or None."""
    plain = _alone(made, mistakes)
    for one in (made, plain):  # the first may fail for another reason, which tells nothing
        if works(one) is not False:
            reasons = [_careless(one if of is made else of, m) for of, m in mistakes]
            return None if None in reasons else reasons[0]
        if _are_to_blame(one, mistakes):
            return FAILS
    reasons = [_careless(of, mistake) for of, mistake in mistakes]
    return None if None in reasons else reasons[0]


def _alone(made: KerasObject, mistakes: Mistakes) -> KerasObject:
    """Return the object with nothing but what it requires and what is refused."""
    known = parameters(made.kind, made.name)
    refused = {_argument(mistake) for _, mistake in mistakes}
    kept = tuple((n, v) for n, v in made.arguments if n in refused or known[n].required)
    return KerasObject(made.kind, made.name, kept)


def _are_to_blame(made: KerasObject, mistakes: Mistakes) -> bool:
    """True if the object works without the refused arguments, or we refuse the others too."""
    known = parameters(made.kind, made.name)
    for _, mistake in mistakes:
        name = _argument(mistake)
        if name not in known or known[name].required:
            return True
        made = without(made, name)
    return works(made) is True or bool(our_mistakes(made))


def _careless(made: KerasObject, mistake: BadArgument | LayerError) -> str | None:
    by_itself = isinstance(mistake, BadArgument)
    name = _argument(mistake)
    known = parameters(made.kind, made.name)
    if name not in known:
        return None
    value = dict(made.arguments).get(name, known[name].default)
    for reason, is_wrong, proof in EVERYWHERE if by_itself else ():
        if is_wrong(known[name].type, value) and proof(made, name, value):
            return reason
    for entry in LISTED:
        if entry.fits(made, name, value):
            USED.add(entry)
            return entry.reason
    return None


def _argument(mistake: BadArgument | LayerError) -> str:
    return mistake.parameter.name if isinstance(mistake, BadArgument) else mistake.argument or ""


def _inner(type_: ArgumentType) -> ArgumentType:
    return type_.inner if isinstance(type_, OptionalType) else type_


def _takes(type_: ArgumentType, value: Any) -> bool:
    try:
        type_.convert(value)
    except Exception:
        return False
    return True


def _is_empty(type_: ArgumentType, value: Any) -> bool:
    takes_none = _takes(type_, None) and not _takes(type_, 1)
    return takes_none and not value if is_number(value) else value in ("", (), [])


EVERYWHERE: tuple[tuple[str, Callable[[ArgumentType, Any], bool], Proof], ...] = (
    (TRUTH, lambda type_, value: isinstance(_inner(type_), BoolType), as_if(bool)),
    (BOOLEAN, lambda type_, value: isinstance(value, bool), as_if(int)),
    (EMPTY, _is_empty, as_if(lambda _: None)),
    (
        MANY,
        lambda type_, value: isinstance(value, (list, tuple))
        and all(map(is_number, value))
        and _takes(type_, 0.5),
        one_by_one,
    ),
)
