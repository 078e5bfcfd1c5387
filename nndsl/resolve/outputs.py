"""Settings that say something of every output, in order or by name."""

from __future__ import annotations

from collections.abc import Sequence

from nndsl.diagnostic import Reporter, did_you_mean
from nndsl.resolve.setting_reports import wrong_value
from nndsl.syntax import tree


def by_output(
    reporter: Reporter, outputs: Sequence[str], setting: tree.Setting, *, many: bool = False
) -> dict[str, tree.Expression]:
    """Return the values of a setting by output. With `many`, a list may belong to one output."""
    values = setting.values
    count = len(outputs)
    if not outputs:
        return {}
    if any(value.name is not None for value in values):
        return _by_name(reporter, outputs, setting)
    items: Sequence[tree.Expression] = [value.value for value in values]
    if count == 1 and many and len(items) > 1:
        return {outputs[0]: tree.Sequence(setting.span, tuple(items), is_tuple=False)}
    if len(items) == 1 and isinstance(items[0], tree.Sequence) and not (many and count == 1):
        items = items[0].items
    if len(items) == count:
        return dict(zip(outputs, items, strict=True))
    names = ", ".join(f"{name}=..." for name in outputs)
    wrong_value(
        reporter,
        setting.span,
        setting.name.text,
        f"one for each of the {count} {_plural(setting)}" if count > 1 else "one",
        f"give them by output: `{setting.name.text}: {names}`",
    )
    return {}


def _by_name(
    reporter: Reporter, outputs: Sequence[str], setting: tree.Setting
) -> dict[str, tree.Expression]:
    result: dict[str, tree.Expression] = {}
    what = "input" if setting.name.text == "inputs" else "output"
    for value in setting.values:
        if value.name is None:
            expected = f"every value by the name of an {what}"
            wrong_value(reporter, value.span, setting.name.text, expected)
        elif value.name.text not in outputs:
            reporter.error(
                "T802",
                value.name.span,
                f"the model has no {what} `{value.name.text}`",
                f"not an {what}",
                expected=", ".join(f"`{name}`" for name in outputs),
                help=did_you_mean(reporter.guess(value.name.text, outputs)),
            )
        elif value.name.text in result:
            reporter.error("A211", value.span, f"`{value.name.text}` is given twice", "second time")
        else:
            result[value.name.text] = value.value
    return result


def _plural(setting: tree.Setting) -> str:
    return "inputs" if setting.name.text == "inputs" else "outputs"
