"""The names that Keras gives by itself: to operations, and to layers inside of layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Optional, Union

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


def operations_in(definitions: Sequence[Definition]) -> set[str]:
    """Return what Keras may call the operations that are made in blocks and models."""
    functions = {
        FUNCTIONS_OF_SYMBOLS[symbol]
        for definition in definitions
        for line in lines_inside(definition.body)
        if isinstance(line, tree.Flow)
        for source in line.sources
        for symbol in order.operators_of(source)
    }
    calls = [call for definition in definitions for call in order.calls(definition)]
    stages = (call.callee.text for call in calls)
    functions |= {name[4:] for name in stages if name.startswith("ops.")}
    if any(_makes_mask(call) for call in calls):
        applied = {call.callee.text for call in calls}
        functions.update(f for name in applied for f in OPERATIONS_OF_MASKS.get(name, ()))
    return {name for made in functions for name in operation_names(made)}


def _makes_mask(call: tree.Apply | tree.Call) -> bool:
    names = (a.name.text for a in call.arguments or () if a.name is not None)
    return call.callee.text == "Masking" or "mask_zero" in names


def layers_made_inside(model: tree.Model, find: Find) -> set[str]:
    """Return what Keras calls the layers that layers of a model make inside themselves."""
    return {
        keras_name(inside)
        for name in names_applied(model, find)
        for inside in MADE_INSIDE.get(name, ())
    }


def names_applied(definition: Definition, find: Find) -> Iterator[str]:
    """Yield the names of all that a definition applies, through the blocks in it."""
    for applied in with_those_applied(definition, find):
        yield from order.callees(applied)


def with_those_applied(definition: Definition, find: Find) -> Iterator[Definition]:
    """Yield a definition, and the blocks and models that it applies, through these as well."""
    waiting: list[Definition] = [definition]
    seen: set[str] = set()
    while waiting:
        applied = waiting.pop()
        yield applied
        for name in order.callees(applied):
            inside = find(name) if name not in seen else None
            if inside is not None:
                seen.add(name)
                waiting.append(inside)
