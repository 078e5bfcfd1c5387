"""What Keras's `fit` will call the numbers that it logs, and the callbacks that look at them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from nndsl import graph, vocabulary
from nndsl.diagnostic import Fix, Reporter, did_you_mean, write_instead
from nndsl.resolve.naming import keras_name
from nndsl.shapes.model import ShapedModel

#: The argument in which a callback names a number, and what it is without it.
_MONITOR, _DEFAULT = "monitor", "val_loss"


def log_names(training: graph.Training, shaped: ShapedModel) -> tuple[str, ...] | None:
    """Return the names of what is logged after an epoch, without those of validation.

    None if that cannot be told, as a metric of the user's own may have any name, and one that is
    misspelt is called otherwise once it is mended.
    """
    if training.failed & {"metrics", "weighted_metrics"}:
        return None
    names = ["loss"]
    single = len(shaped.outputs) == 1
    if not single:
        names += [f"{output}_loss" for output in shaped.outputs]
    counted: Counter[str] = Counter()
    for setting in ("metrics", "weighted_metrics"):
        for output, metrics in (training.get(setting) or {}).items():
            for metric in metrics:
                name = metric_name(metric, counted)
                if name is None:
                    return None
                prefix = "" if single else f"{output}_"
                taken = f"{prefix}{name}" in names
                names.append(f"{prefix}weighted_{name}" if taken else f"{prefix}{name}")
    return tuple(dict.fromkeys(names))


def metric_name(metric: graph.Expression, counted: Counter[str]) -> str | None:
    """Return what Keras calls a metric: by its word, its `name`, or its class, counted."""
    if isinstance(metric, graph.Word):
        return metric.text
    if not isinstance(metric, graph.Object):
        return None
    for bound in metric.arguments:
        if bound.parameter == "name":
            return str(bound.value.value) if isinstance(bound.value, graph.Literal) else None
    for argument, default in vocabulary.signature("metrics", metric.name) or ():
        if argument == "name" and isinstance(default, str):
            return default
    name = keras_name(metric.name)
    counted[name] += 1
    return f"{name}_{counted[name] - 1}" if counted[name] > 1 else name


def monitored(callback: graph.Expression) -> graph.Bound | str | None:
    """Return what a callback looks at: as it was given, or as Keras has it; None if nothing."""
    if not isinstance(callback, graph.Object):
        return None
    given = next((b for b in callback.arguments if b.parameter == _MONITOR), None)
    if given is not None:
        return given
    arguments = dict(vocabulary.signature("callbacks", callback.name) or ())
    return _DEFAULT if _MONITOR in arguments else None


def check_monitors(training: graph.Training, shaped: ShapedModel, reporter: Reporter) -> None:
    """Report callbacks that look at numbers which nothing logs."""
    validated = training.held_out is not None
    names = log_names(training, shaped)
    known = [*(names or ()), "learning_rate"]
    if validated and names:
        known += [f"val_{name}" for name in names]
    for callback, looked_at in _looking(training):
        if isinstance(looked_at, graph.Bound):
            value = looked_at.value
            text = value.text if isinstance(value, graph.Word) else getattr(value, "value", None)
            if names and isinstance(text, str) and text not in known:
                _unknown_monitor(reporter, looked_at, text, known, names, validated)
        elif not validated and _needs_monitor(callback) and not _is_short(callback):
            reporter.error(
                "T806",
                callback.span,
                f"`{callback.name}` looks at `val_loss`, and nothing is validated",
                "there will be no such number",
                help="write `monitor=loss`, or add `validation: 0.2`",
                fix=_add_argument(callback, "monitor=loss"),
            )
    for callback in training.get("callbacks") or ():
        if names and isinstance(callback, graph.Object):
            _check_path(reporter, callback, known)


def _check_path(reporter: Reporter, callback: graph.Object, known: list[str]) -> None:
    """Report a path that names a number which nothing logs: Keras puts the numbers into it."""
    given = {bound.parameter: bound.value for bound in callback.arguments}
    path = given.get("filepath")
    if not isinstance(path, graph.Literal) or not isinstance(path.value, str):
        return
    counted = ["epoch", "batch"] if "save_freq" in given else ["epoch"]
    for name in _fields(path.value):
        if name in known or name in counted:
            continue
        guess = _as_logged(name, known) or reporter.guess(name, [*known, *counted])
        written = path.span.text.replace(f"{{{name}", f"{{{guess}")
        reporter.error(
            "T806",
            path.span,
            f"there will be no number `{name}` to put into the path",
            "Keras stops when it saves",
            expected=", ".join(f"`{name}`" for name in (*counted, *known)),
            help=write_instead(written) if guess else f"leave `{{{name}}}` out",
        )


def _fields(path: str) -> list[str]:
    """Return the names in the braces of a path; none if Python cannot read it."""
    if "{" not in path:
        return []
    from string import Formatter  # 9 ms that few texts need

    try:
        return [name for _, name, _, _ in Formatter().parse(path) if name and name.isidentifier()]
    except ValueError:
        return []


def _as_logged(name: str, known: Iterable[str]) -> str | None:
    """Return what is called so today: `acc` was the word of Keras 1 for `accuracy`."""
    longer = f"{name}uracy" if name.endswith("acc") else ""
    return longer if longer in known else None


def _looking(training: graph.Training) -> Iterator[tuple[graph.Object, graph.Bound | str]]:
    for callback in training.get("callbacks") or ():
        looked_at = monitored(callback)
        if looked_at is not None:
            yield callback, looked_at


def _is_short(callback: graph.Object) -> bool:
    """True for a callback that is named alone: the script gives it a number that there is."""
    return callback.span.text == callback.name


def _needs_monitor(callback: graph.Object) -> bool:
    """False for a checkpoint that saves every time, whatever the numbers are."""
    if "Checkpoint" not in callback.name:
        return True
    best = [b.value for b in callback.arguments if b.parameter == "save_best_only"]
    return any(isinstance(value, graph.Literal) and bool(value.value) for value in best)


def _unknown_monitor(
    reporter: Reporter,
    bound: graph.Bound,
    text: str,
    known: list[str],
    names: tuple[str, ...],
    validated: bool,
) -> None:
    of_validation = text.removeprefix("val_")
    if text.startswith("val_") and not validated and of_validation in names:
        help_: str | None = f"write `monitor={of_validation}`, or add `validation: 0.2`"
        label = "nothing is validated"
    else:
        guess = _as_logged(text, known) or reporter.guess(text, known)
        help_, label = did_you_mean(guess), "nothing logs this"
        longer = _as_logged(of_validation, names)
        if guess is None and longer is not None and not validated:
            help_ = f"write `monitor=val_{longer}`, and add `validation: 0.2`"
    reporter.error(
        "T806",
        bound.value.span,
        f"there will be no number `{text}` to look at",
        label,
        expected=", ".join(f"`{name}`" for name in known),
        help=help_,
    )


def _add_argument(callback: graph.Object, text: str) -> Fix | None:
    written = callback.span.text
    if not written.endswith(")"):
        return None
    inside = written[:-1].rstrip()
    comma = "" if inside.endswith(("(", ",")) else ", "
    return Fix(f"add `{text}`", ((callback.span, f"{inside}{comma}{text})"),))
