"""Walks loops and choices: every round of a loop with its values, of a choice the part chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nndsl import graph
from nndsl.diagnostic import has_errors
from nndsl.layers.rule import Tensor
from nndsl.shapes.evaluate import UNKNOWN, show
from nndsl.shapes.model import Known
from nndsl.shapes.report import call_labels, made_at, make_round
from nndsl.source import Span

if TYPE_CHECKING:
    from nndsl.shapes.made import Place
    from nndsl.shapes.walk import Walk


class TooLarge(Exception):
    """Raised in a walk that goes on and on; `loop` is the outermost loop that it is in."""

    def __init__(self, loop: Span | None = None) -> None:
        super().__init__()
        self.loop = loop


def walk_loop(walk: Walk, node: graph.LoopNode, place: Place) -> None:
    """Walk the rounds of a loop; what comes out of one goes into the next."""
    try:
        _walk_rounds(walk, node, place)
    except TooLarge as error:
        error.loop = node.span
        raise


def _walk_rounds(walk: Walk, node: graph.LoopNode, place: Place) -> None:
    rounds = _rounds(walk, node, place)
    region = node.region
    carried: list[Known] = [place.tensors.get(v) for v in region.given[: len(node.outputs)]]
    others = [place.tensors.get(value) for value in region.given[len(node.outputs) :]]
    if rounds is None:
        unknown = dict.fromkeys(node.variables, UNKNOWN)
        inside = _tensors_inside(region, [None] * len(region.given))
        was_dead, walk.in_dead = walk.in_dead, True
        prefix = f"{place.prefix}{node.name}1_"  # as in a first round: no layer has it twice
        walk_region(walk, region, place, unknown, inside, prefix)
        walk.in_dead = was_dead
        carried = [None] * len(node.outputs)
    made = [made_at(value, place.calls) for value in region.given]
    for number, values in enumerate(rounds or (), 1):
        walk.count_application()
        inside = _tensors_inside(region, [*carried, *others])
        prefix = f"{place.prefix}{node.name}{number}_"
        places = {i.value: span for i, span in zip(region.body.inputs, made, strict=True)}
        around = (*place.calls, make_round(node.items.span, number, values, places))
        walk_region(walk, region, place, values, inside, prefix, around)
        _note_in_round(walk, region.body, inside)
        made[: len(carried)] = [
            places.get(output.value, output.value.span) for output in region.body.outputs
        ]
        carried = [inside.get(output.value) for output in region.body.outputs]
        lost = carried and all(tensor is None for tensor in carried)
        if lost and has_errors(walk.reporter.findings):
            break  # what follows from a mistake is not told again
    for value, tensor in zip(node.outputs, carried, strict=True):
        place.tensors[value] = tensor


def _note_in_round(walk: Walk, body: graph.Body, inside: Mapping[graph.Value, Known]) -> None:
    """Note the dtype of what comes into a round, and out of lists there, and whether it is masked.

    A class may hold rounds as layers, which take these.
    """
    taken = (node.outputs[0] for node in body.nodes if isinstance(node, graph.ItemNode))
    for value in (*(input_.value for input_ in body.inputs), *taken):
        tensor = inside.get(value)
        if isinstance(tensor, Tensor):
            dtype, masked = walk.in_rounds.get(value, (tensor.dtype, False))
            alike = dtype if dtype == tensor.dtype else None
            walk.in_rounds[value] = (alike, masked or tensor.masked)


def walk_choice(walk: Walk, node: graph.ChoiceNode, place: Place) -> None:
    """Walk the part of a choice that is chosen; both if that is not known."""
    findings = len(walk.reporter.findings)
    condition = walk.evaluator.evaluate(node.condition, place.parameters)
    if condition is not UNKNOWN and not isinstance(condition, bool):
        walk.reporter.error(
            "A209",
            node.condition.span,
            "the condition of a choice is true or false",
            "neither",
            labels=call_labels(place.calls),
            expected="a comparison such as `stride > 1`, or `true` or `false`",
            received=show(condition),
        )
        condition = UNKNOWN
    if len(walk.reporter.findings) > findings:
        # What the condition was to keep away from its part would be told once more inside.
        place.tensors.update(dict.fromkeys(node.outputs))
        return
    if condition is UNKNOWN:
        for region in (node.chosen, node.otherwise):
            inside = _tensors_inside(region, [None] * len(region.given))
            walk_region(walk, region, place, {}, inside, place.prefix)
        place.tensors.update(dict.fromkeys(node.outputs))
        return
    region = node.chosen if condition else node.otherwise
    inside = _tensors_inside(region, [place.tensors.get(value) for value in region.given])
    walk_region(walk, region, place, {}, inside, place.prefix)
    for value, output in zip(node.outputs, region.body.outputs, strict=True):
        place.tensors[value] = inside.get(output.value)


def walk_region(
    walk: Walk,
    region: graph.Region,
    place: Place,
    values: Mapping[str, Any],
    inside: dict[graph.Value, Known],
    prefix: str,
    calls: tuple[Span, ...] | None = None,
) -> None:
    """Walk a loop's round, or a part of a choice; `calls` are more than lead to the node."""
    parameters = {**place.parameters, **values}
    calls = place.calls if calls is None else calls
    walk.walk_body(region.body, parameters, inside, prefix, calls, place.shared, place.inside)


def _tensors_inside(region: graph.Region, tensors: Sequence[Known]) -> dict[graph.Value, Known]:
    return {i.value: tensor for i, tensor in zip(region.body.inputs, tensors, strict=True)}


def _rounds(walk: Walk, node: graph.LoopNode, place: Place) -> list[dict[str, Any]] | None:
    """Return the values of a loop's variables in each round; None if they are not known."""
    items = walk.evaluator.evaluate(node.items, place.parameters)
    if items is UNKNOWN:
        return None
    if not node.variables:
        return _count(walk, node, place, items)
    if not isinstance(items, (list, tuple)):
        help_ = f"`range({items})` counts from 0" if type(items) is int else None
        expected = "a list such as `[32, 64]`"
        _wrong(walk, node, place, "`for` goes through a list", expected, items, help_)
        return None
    if len(items) > graph.MAX_NODES:
        walk.too_large(node.span, f"this loop goes round {len(items):,} times", place.calls)
        return None
    count = len(node.variables)
    if count == 1:
        return [{node.variables[0]: item} for item in items]
    for number, item in enumerate(items, 1):
        if not isinstance(item, (list, tuple)) or len(item) != count:
            names = ", ".join(node.variables)
            title = f"item {number} of this list has no values for `{names}`"
            _wrong(
                walk,
                node,
                place,
                title,
                f"{count} values: `({', '.join('...' for _ in range(count))})`",
                item,
            )
            return None
    return [dict(zip(node.variables, item, strict=True)) for item in items]


def _count(
    walk: Walk, node: graph.LoopNode, place: Place, count: Any
) -> list[dict[str, Any]] | None:
    if type(count) is not int or count < 0:
        help_ = "write `for x in [...] { ... }` to go through a list"
        is_list = isinstance(count, (list, tuple))
        _wrong(
            walk,
            node,
            place,
            "`repeat` takes a number of rounds",
            "an integer of at least 0",
            count,
            help_ if is_list else None,
        )
        return None
    if count > graph.MAX_NODES:
        walk.too_large(node.span, f"this loop goes round {count:,} times", place.calls)
        return None
    return [{}] * count


def _wrong(
    walk: Walk,
    node: graph.LoopNode,
    place: Place,
    title: str,
    expected: str,
    received: Any,
    help_: str | None = None,
) -> None:
    walk.reporter.error(
        "A209",
        node.items.span,
        title,
        "does not fit",
        labels=call_labels(place.calls),
        expected=expected,
        received=show(received),
        help=help_,
    )
