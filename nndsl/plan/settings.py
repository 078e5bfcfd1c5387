"""Settings of the training -> arguments of Keras's methods, by the form of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from nndsl import graph, vocabulary
from nndsl.plan.code import Code, dict_of, list_of, literal
from nndsl.plan.expressions import Spelling
from nndsl.shapes.logs import metric_name
from nndsl.training import SETTINGS
from nndsl.training.setting import NumberPerOutput, PartPerOutput
from nndsl.training.settings import CALLBACK_PATHS

Arguments = list[tuple[str | None, Code]]


def arguments_of(
    method: str, training: graph.Training, outputs: Iterable[str], spelling: Spelling
) -> Arguments:
    """Return the arguments of a method of `keras.Model` that settings were given for."""
    names = list(outputs)
    made: Arguments = []
    for name, setting in SETTINGS.items():
        value = training.get(name)
        if setting.goes != method or value is None:
            continue
        if isinstance(setting.form, PartPerOutput):
            made.append((name, _parts(value, names, setting.form.many, spelling)))
        elif isinstance(setting.form, NumberPerOutput):
            numbers = {output: _weight(value.get(output), spelling) for output in names}
            made.append((name, per_output(numbers)))
        else:
            made.append((name, spelling.expression(value)))
    return made


def _parts(
    value: dict[str, tuple[graph.Expression, ...]],
    outputs: list[str],
    many: bool,
    spelling: Spelling,
) -> Code:
    single = len(outputs) == 1
    codes = {}
    for output, parts in value.items():
        made = [spelling.expression(part) for part in parts]
        codes[output] = list_of(made) if many and (single or len(made) != 1) else made[0]
    return codes[outputs[0]] if single else dict_of(codes.items())


def _weight(value: graph.Expression | None, spelling: Spelling) -> Code:
    """Return a weight of a loss, for which Keras takes nothing but a float."""
    if value is None:
        return Code("1.0")
    if isinstance(value, graph.Literal) and isinstance(value.value, (int, float)):
        return literal(float(value.value))
    return Code(f"float({spelling.expression(value)})")


def with_named_metrics(training: graph.Training) -> graph.Training:
    """Return a training whose metrics say what they are called.

    Keras counts the names that it gives by itself, and would count on in a second `compile`.
    """
    counted: Counter[str] = Counter()
    settings = dict(training.settings)
    for setting in ("metrics", "weighted_metrics"):
        given = settings.get(setting)
        if given is not None:
            named = {
                output: tuple(_named(metric, metric_name(metric, counted)) for metric in metrics)
                for output, metrics in given.value.items()
            }
            settings[setting] = replace(given, value=named)
    return replace(training, settings=settings)


def _named(metric: graph.Expression, name: str | None) -> graph.Expression:
    if not isinstance(metric, graph.Object) or name is None:
        return metric
    signature = dict(vocabulary.signature("metrics", metric.name) or ())
    named = any(bound.parameter == "name" for bound in metric.arguments)
    if named or isinstance(signature.get("name"), str):
        return metric
    word = graph.Literal(metric.span, name)
    bound = graph.Bound("name", word, metric.span, positional=False)
    return replace(metric, arguments=(*metric.arguments, bound))


def per_output(values: dict[str, Code]) -> Code:
    """Return what belongs to the one output as it is, else a dictionary by output."""
    return next(iter(values.values())) if len(values) == 1 else dict_of(values.items())


# ---- Callbacks -----------------------------------------------------------------------------


def callbacks_of(training: graph.Training, spelling: Spelling) -> list[Code]:
    """Return the callbacks that were asked for. What they write goes to the output folder."""
    validated = training.held_out is not None
    made = []
    for given in training.get("callbacks") or ():
        if is_logger(given):
            continue
        if isinstance(given, graph.Object):
            shown = given if validated else _looking_at_loss(given)
            made.append(spelling.object(shown, paths_in="args.output_dir"))
        else:
            made.append(spelling.expression(given))
    return made


def is_logger(callback: graph.Expression) -> bool:
    """True for a `CSVLogger` that is not told whether to append."""
    return (
        isinstance(callback, graph.Object)
        and callback.name == "CSVLogger"
        and all(bound.parameter != "append" for bound in callback.arguments)
    )


def loggers_of(training: graph.Training, spelling: Spelling, append: str) -> list[Code]:
    """Return the loggers, which go on with their file where training goes on."""
    made = []
    for given in training.get("callbacks") or ():
        if isinstance(given, graph.Object) and is_logger(given):
            more = [("append", Code(append))]
            made.append(spelling.object(given, paths_in="args.output_dir", more=more))
    return made


def _looking_at_loss(callback: graph.Object) -> graph.Object:
    """Let a callback that is named alone look at the loss, where nothing is validated."""
    named_alone = callback.span.text == callback.name
    arguments = dict(vocabulary.signature("callbacks", callback.name) or ())
    if not named_alone or "monitor" not in arguments:
        return callback
    word = graph.Literal(callback.span, "loss")
    monitor = graph.Bound("monitor", word, callback.span, positional=False)
    return replace(callback, arguments=(*callback.arguments, monitor))


def in_output(path: Code) -> Code:
    """Return the expression of a path in the output folder."""
    return Code(f"args.output_dir / {path}")


def written_by_callbacks(training: graph.Training) -> list[str]:
    """Return the paths that callbacks write to, as far as they are told in the text."""
    found = []
    for given in training.get("callbacks") or ():
        for bound in getattr(given, "arguments", ()):
            value: Any = getattr(bound.value, "value", None)
            if bound.parameter in CALLBACK_PATHS - {"backup_dir"} and isinstance(value, str):
                found.append(value)
    return found
