"""Layouts of model parallelism, held against the variables of the model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from nndsl import graph
from nndsl.diagnostic import Label, Reporter, did_you_mean_text, write_instead
from nndsl.shapes.model import ShapedModel
from nndsl.shapes.variable_paths import (
    Variable,
    called_by_keras,
    keras_patterns,
    matching,
    variables,
)

#: Names with slashes between them, and `*` for any part of one: what can be matched in no time.
_PATTERN = re.compile(r"[A-Za-z0-9_*]+(/[A-Za-z0-9_*]+)+\Z")
#: Variables that a message names.
_SHOWN = 4


def check_layouts(
    layouts: Iterable[graph.Layout],
    sizes: Mapping[str, Any],
    shaped: ShapedModel,
    reporter: Reporter,
) -> None:
    """Report layouts that no variable has, or that do not fit; `sizes` are those of the axes."""
    _Checker(sizes, shaped, reporter).check(layouts)


class _Checker:
    def __init__(self, sizes: Mapping[str, Any], shaped: ShapedModel, reporter: Reporter) -> None:
        self.sizes = sizes
        self.reporter = reporter
        self.variables = variables(shaped)
        #: Whether all variables are known: a layer of the user's may have any.
        self.whole = all(weight.known for layer in shaped.layers for weight in layer.weights)
        self.taken: dict[str, graph.Layout] = {}

    def check(self, layouts: Iterable[graph.Layout]) -> None:
        for layout in layouts:
            if not _PATTERN.match(layout.pattern.text):
                self.no_pattern(layout)
                continue
            found = matching(layout.pattern.text, self.variables)
            if not found and self.whole:
                self.unknown(layout)
            elif self.axes_once(layout):
                self.fits(layout, found)
                self.taken_once(layout, found)
                self.told_apart(layout)

    def no_pattern(self, layout: graph.Layout) -> None:
        text = layout.pattern.text
        tamed = text.replace(".*", "*").replace(".", "/").strip("/^$")
        self.reporter.error(
            "T811",
            layout.pattern.span,
            "this names no variable",
            "no layer and variable",
            expected='a layer and its variable, such as "hidden/kernel"; `*` is any part of a name',
            help=write_instead(f'"{tamed}"') if tamed != text and _PATTERN.match(tamed) else None,
        )

    def unknown(self, layout: graph.Layout) -> None:
        text = layout.pattern.text
        paths = list(dict.fromkeys(variable.path for variable in self.variables))
        layer, _, own = text.rpartition("/")
        of_layer = [path for path in paths if path.startswith(f"{layer}/")]
        shown = of_layer or [path for path in paths if path.endswith(f"/{own}")] or paths
        more = ", ..." if len(shown) > _SHOWN else ""
        self.reporter.error(
            "T811",
            layout.pattern.span,
            f"the model has no variable `{text}`",
            "not known",
            expected=", ".join(f"`{path}`" for path in shown[:_SHOWN]) + more,
            help=did_you_mean_text(self.guess(text, paths)),
        )

    def guess(self, text: str, paths: Iterable[str]) -> str | None:
        """Return the variable that is likely meant, also by the longer name that Keras has."""
        found = called_by_keras(text, self.variables)
        return found[0].path if found else self.reporter.guess(text, paths)

    def axes_once(self, layout: graph.Layout) -> bool:
        """Report an axis of the devices that splits two axes of a variable."""
        seen = set()
        for axis in layout.axes:
            if axis is not None and axis.text in seen:
                self.reporter.error(
                    "T811",
                    axis.span,
                    f"`{axis.text}` splits two axes of one variable",
                    "second time",
                    help="write `none` for one of them",
                )
                return False
            seen.add(axis.text if axis is not None else None)
        return True

    def fits(self, layout: graph.Layout, found: Iterable[Variable]) -> None:
        """Report the first variable that has another number of axes, or cannot be split so."""
        for variable in found:
            shape = list(variable.shape)
            if len(shape) != len(layout.axes):
                self.reporter.error(
                    "T811",
                    layout.span,
                    f"`{variable.path}` has {_axes(len(shape))}, and the layout {len(layout.axes)}",
                    "another number of axes",
                    expected=f"one word for each axis of {shape}",
                    received=_axes(len(layout.axes)),
                )
                return
            for size, axis in zip(shape, layout.axes, strict=True):
                parts = self.sizes.get(axis.text) if axis is not None else None
                if axis is not None and isinstance(parts, int) and size % parts:
                    self.reporter.error(
                        "T811",
                        axis.span,
                        f"an axis of {size} cannot be split evenly between {parts} devices",
                        f"`{variable.path}` is {shape}",
                        expected=f"a multiple of {parts}",
                        received=str(size),
                    )
                    return

    def taken_once(self, layout: graph.Layout, found: Iterable[Variable]) -> None:
        """Report a variable that two layouts mean: Keras takes none of them then."""
        for variable in found:
            first = self.taken.setdefault(variable.path, layout)
            if first is not layout:
                self.reporter.error(
                    "T811",
                    layout.pattern.span,
                    f"`{variable.path}` has two layouts",
                    "second one",
                    labels=(Label(first.pattern.span, "first one"),),
                    help="only one pattern may mean it",
                )
                return

    def told_apart(self, layout: graph.Layout) -> None:
        """Report variables that Keras numbers as it goes, so that no pattern means some alone."""
        text = layout.pattern.text
        if keras_patterns(text, self.variables) is None:
            layer, _, inside = text.partition("/")
            all_of_them = re.sub(r"\d[^/]*(?=/)", "*", inside)
            self.reporter.error(
                "T811",
                layout.pattern.span,
                f"Keras does not tell the layers inside of `{layer}` apart by their names",
                "some of several",
                help=write_instead(f'"{layer}/{all_of_them}"', layout.pattern.span),
            )


def _axes(count: int) -> str:
    return f"{count} {'axis' if count == 1 else 'axes'}"
