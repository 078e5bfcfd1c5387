"""The names that Keras gives by itself: to operations, and to layers inside of layers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Optional, Union

from nndsl import graph
from nndsl.diagnostic import Reporter
from nndsl.layers.inside import MADE_INSIDE
from nndsl.resolve import order
from nndsl.resolve.naming import (
    FUNCTIONS_OF_SYMBOLS,
    OPERATIONS_OF_MASKS,
    keras_name,
    operation_names,
)
from nndsl.syntax import tree
from nndsl.syntax.names import lines_inside

Definition = Union[tree.Block, tree.Model]
#: Returns the block or model of a name, if there is one.
Find = Callable[[str], Optional[Definition]]


class Stages(NamedTuple):
    """What a definition applies, as it is written: all that is known before names are resolved."""

    #: The names of what it applies or makes, those inside arguments included.
    callees: tuple[str, ...]
    #: Functions of Keras that symbols and `ops.` stand for.
    functions: frozenset[str]
    makes_mask: bool


#: Returns what a definition applies.
StagesOf = Callable[[Definition], Stages]


def stages_of(definition: Definition) -> Stages:
    """Return what a definition applies."""
    calls = list(order.calls(definition))
    symbols = {
        FUNCTIONS_OF_SYMBOLS[symbol]
        for line in lines_inside(definition.body)
        if isinstance(line, tree.Flow)
        for source in line.sources
        for symbol in order.operators_of(source)
    }
    callees = tuple(call.callee.text for call in calls)
    functions = symbols | {name[4:] for name in callees if name.startswith("ops.")}
    return Stages(callees, frozenset(functions), any(map(_makes_mask, calls)))


def operations_in(definitions: Iterable[Stages]) -> set[str]:
    """Return what Keras may call the operations that are made in blocks and models."""
    stages = list(definitions)
    functions = {name for made in stages for name in made.functions}
    if any(made.makes_mask for made in stages):
        applied = {name for made in stages for name in made.callees}
        functions.update(f for name in applied for f in OPERATIONS_OF_MASKS.get(name, ()))
    return {name for made in functions for name in operation_names(made)}


def _makes_mask(call: tree.Apply | tree.Call) -> bool:
    names = {a.name.text for a in call.arguments or () if a.name is not None}
    return call.callee.text == "Masking" or not names.isdisjoint(("mask_zero", "mask"))


def layers_made_inside(model: tree.Model, find: Find, stages: StagesOf) -> set[str]:
    """Return what Keras calls the layers that layers of a model make inside themselves."""
    return {
        keras_name(inside)
        for name in names_applied(model, find, stages)
        for inside in MADE_INSIDE.get(name, ())
    }


def names_applied(definition: Definition, find: Find, stages: StagesOf) -> Iterator[str]:
    """Yield the names of all that a definition applies, through the blocks in it."""
    for applied in with_those_applied(definition, find, stages):
        yield from stages(applied).callees


def with_those_applied(
    definition: Definition, find: Find, stages: StagesOf
) -> Iterator[Definition]:
    """Yield a definition, and the blocks and models that it applies, through these as well."""
    waiting: list[Definition] = [definition]
    seen: set[str] = set()
    while waiting:
        applied = waiting.pop()
        yield applied
        for name in stages(applied).callees:
            inside = find(name) if name not in seen else None
            if inside is not None:
                seen.add(name)
                waiting.append(inside)


def check_names_of_nested(reporter: Reporter, model: graph.Model) -> None:
    """Report names in a nested model that TensorFlow cannot take for a layer.

    As a class, such a model is traced by itself, and a scope at the top begins with no `_`.
    """
    nodes = model.body.nodes
    applied = [(n.name.text, n.span) for n in nodes if isinstance(n, graph.LayerNode)]
    applied += [(n.name, n.span) for n in nodes if isinstance(n, graph.BlockNode)]
    applied += [(shared.name, shared.span) for shared in model.body.shared]
    for name, span in applied:
        if name.startswith("_"):
            reporter.error(
                "A208",
                span,
                f"a layer inside of a nested model cannot be called `{name}`",
                "TensorFlow wants a letter or a digit first",
                help=f"leave out what is in front: `{name.lstrip('_') or 'hidden'}`",
            )
