"""`distribute` of a training section: a way to share training out, and what it is given."""

from __future__ import annotations

from collections.abc import Sequence

from nndsl import graph
from nndsl.diagnostic import did_you_mean, did_you_mean_text
from nndsl.resolve.expressions import resolve_expression
from nndsl.resolve.keras_parts import text_of
from nndsl.resolve.scope import Scope
from nndsl.resolve.setting_reports import unknown_argument, wrong_value
from nndsl.source import Span
from nndsl.syntax import tree
from nndsl.training.distribution import AXES, LAYOUT, MEANT, REFUSED, STRATEGIES, Strategy, folded

_SETTING = "distribute"
_ITEM = 'a variable and what splits each of its axes: `("hidden/kernel", [none, "model"])`'


def resolve_distribution(scope: Scope, value: tree.Expression) -> graph.Distribution | None:
    """Return how training is shared out, or None if that is not understood (it was reported)."""
    arguments: Sequence[tree.Argument] = ()
    if isinstance(value, tree.Reference):
        name, place = value.name, value.span
    elif isinstance(value, tree.Call):
        name, place, arguments = value.callee.text, value.callee.span, value.arguments
    else:
        wrong_value(scope.reporter, value.span, _SETTING, _known())
        return None
    strategy = STRATEGIES.get(name)
    if strategy is None:
        _unknown(scope, name, place)
        return None
    return _Reader(scope, strategy).read(value.span, place, arguments)


def _known() -> str:
    return ", ".join(f"`{name}`" for name in STRATEGIES)


def _unknown(scope: Scope, name: str, place: Span) -> None:
    """Report a way that there is not, or that Keras cannot go."""
    last = folded(name.rpartition(".")[2])
    if last in REFUSED:
        scope.reporter.error(
            "T810",
            place,
            REFUSED[last],
            "does not work",
            help="write `data_parallel`, which trains on several machines by jax,"
            " or `ray(workers=2)`",
        )
        return
    scope.reporter.error(
        "T804",
        place,
        f"wrong value for `{_SETTING}`",
        "not known",
        expected=_known(),
        help=did_you_mean(MEANT.get(last) or scope.reporter.guess(name, STRATEGIES)),
    )


class _Reader:
    def __init__(self, scope: Scope, strategy: Strategy) -> None:
        self.scope = scope
        self.reporter = scope.reporter
        self.strategy = strategy
        self.options: dict[str, graph.Expression] = {}
        self.layouts: tuple[graph.Layout, ...] = ()
        self.given: set[str] = set()

    def read(
        self, span: Span, place: Span, arguments: Sequence[tree.Argument]
    ) -> graph.Distribution | None:
        before = len(self.reporter.findings)
        for position, argument in enumerate(arguments):
            self.argument(position, argument)
        name = self.strategy.name
        missing = [one for one in self.strategy.options if one in self.strategy.required]
        missing = [one for one in missing if one not in self.given]
        if self.strategy.layout and LAYOUT not in self.given:
            missing.append(LAYOUT)
        if missing and len(self.reporter.findings) == before:
            example = {
                "workers": "2",
                "model": "2",
                LAYOUT: '[("hidden/kernel", [none, "model"])]',
            }
            written = [a.span.text for a in arguments]
            written += [f"{one}={example[one]}" for one in missing]
            self.reporter.error(
                "A207",
                place,
                f"`{name}` needs {' and '.join(f'`{one}`' for one in missing)}",
                "not given",
                help=f"write `{name}({', '.join(written)})`",
            )
        if len(self.reporter.findings) > before:
            return None
        return graph.Distribution(span, name, self.options, self.layouts)

    def argument(self, position: int, argument: tree.Argument) -> None:
        """Read an argument; the first may come without its name."""
        options = self.strategy.options
        names = [*options, *([LAYOUT] if self.strategy.layout else [])]
        name = argument.name.text if argument.name else ""
        if not name and position == 0 and names:
            name = names[0]
        if name in self.given:
            self.reporter.error("A211", argument.span, f"`{name}` is given twice", "second time")
        elif name in options:
            self.given.add(name)
            found = resolve_expression(self.scope, argument.value, options[name])
            if found is not None:
                self.options[name] = found
        elif name == LAYOUT and self.strategy.layout:
            self.given.add(name)
            self.read_layouts(argument.value)
        else:
            unknown_argument(self.reporter, argument, self.strategy.name, names)

    def read_layouts(self, value: tree.Expression) -> None:
        if not isinstance(value, tree.Sequence) or not value.items:
            self.wrong(value.span, f"a list of {_ITEM}")
            return
        pair = value.is_tuple and text_of(self.scope, value.items[0]) is not None
        found = [self.layout(item) for item in ((value,) if pair else value.items)]
        self.layouts = tuple(layout for layout in found if layout is not None)

    def layout(self, item: tree.Expression) -> graph.Layout | None:
        """Return which axes of the variables that a pattern means are split."""
        if not isinstance(item, tree.Sequence) or len(item.items) != 2:
            self.wrong(item.span, _ITEM)
            return None
        first, second = item.items
        pattern = text_of(self.scope, first)
        if pattern is None:
            self.wrong(first.span, 'a variable in quotes, such as "hidden/kernel"')
            return None
        if not isinstance(second, tree.Sequence) or not second.items:
            self.wrong(second.span, 'what splits each axis, in a list: `[none, "model"]`')
            return None
        before = len(self.reporter.findings)
        axes = tuple(self.axis(one) for one in second.items)
        if len(self.reporter.findings) > before:
            return None
        return graph.Layout(item.span, graph.Word(first.span, pattern), axes)

    def axis(self, value: tree.Expression) -> graph.Word | None:
        """Return the axis of the devices that splits one of a variable; None for `none`."""
        if isinstance(value, tree.Literal) and value.value is None:
            return None
        word = value.name if isinstance(value, tree.Reference) else text_of(self.scope, value)
        if word in AXES:
            return graph.Word(value.span, word)
        self.reporter.error(
            "T804",
            value.span,
            "devices have no such axis",
            "not an axis of the devices",
            expected='`none`, "batch" or "model"',
            help=did_you_mean_text(self.reporter.guess(word, AXES)) if word else None,
        )
        return None

    def wrong(self, span: Span, expected: str) -> None:
        wrong_value(self.reporter, span, _SETTING, expected)
