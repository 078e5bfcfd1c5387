"""Lists of tensors, as they are in one round: what goes in, and which one an index takes out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from nndsl import graph
from nndsl.diagnostic import Label
from nndsl.shapes.evaluate import UNKNOWN, show
from nndsl.shapes.model import Known, MaybeTensor, TensorList, single
from nndsl.shapes.report import call_labels

if TYPE_CHECKING:
    from nndsl.shapes.made import Place
    from nndsl.shapes.walk import Walk

#: Tensors that are taken out of lists all at once, in all: a list that every round of a loop
#: merges costs the square of its length.
MAX_TAKEN = 200_000


def walk_list(walk: Walk, node: graph.ListNode, place: Place) -> None:
    """Put tensors into a list; nothing is known of one that something unknown is put into."""
    before: Known = TensorList()
    if node.before is not None:
        before = place.tensors.get(node.before)
    if isinstance(before, TensorList):
        for value in node.items:
            before = before.with_last(single(place.tensors.get(value)))
    place.tensors[node.outputs[0]] = before


def walk_item(walk: Walk, node: graph.ItemNode, place: Place) -> None:
    (output,) = node.outputs
    place.tensors[output] = None
    found = place.tensors.get(node.taken_from)
    index = walk.evaluator.evaluate(node.index, place.parameters)
    if not isinstance(found, TensorList) or index is UNKNOWN:
        return
    if isinstance(index, slice):
        if all(end is None or type(end) is int for end in (index.start, index.stop, index.step)):
            place.tensors[output] = TensorList(found.tensors()[index])
            return
    elif type(index) is int and -len(found) <= index < len(found):
        place.tensors[output] = found.item(index)
        return
    walk.reporter.error(
        "S116",
        node.index.span,
        f"`{node.taken_from.name}` has no such item",
        "not in the list",
        labels=call_labels(place.calls),
        expected=(
            f"an index from {-len(found)} to {len(found) - 1}" if found else "no index: it is empty"
        ),
        received=show(index),
    )


def is_empty(
    walk: Walk, node: graph.LayerNode | graph.SharedNode | graph.OperationNode, place: Place
) -> bool:
    """Report a layer or operation that only empty lists arrive at; return whether it is one."""
    lists = [place.tensors.get(value) for value in node.inputs]
    if not lists or not all(isinstance(found, TensorList) and not found for found in lists):
        return False
    first = node.inputs[0]
    walk.reporter.error(
        "S116",
        node.span,
        f"`{first.name or first.span.text}` is empty here",
        "no tensor arrives",
        labels=(Label(first.span, "the list"), *call_labels(place.calls)),
        expected="one tensor or more",
    )
    return True


def tensors_of(walk: Walk, values: Iterable[graph.Value], place: Place) -> list[MaybeTensor]:
    """Return the tensors that some values are, those in lists one by one."""
    tensors: list[MaybeTensor] = []
    for value in values:
        found = place.tensors.get(value)
        if isinstance(found, TensorList):
            walk.count_taken(len(found))
            tensors += found.tensors()
        else:
            tensors.append(found)
    return tensors
