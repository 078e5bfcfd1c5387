"""Lists of tensors as Python's lists: `skips = []`, `skips.append(x)`, `skips[2 - i]`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from nndsl import graph
from nndsl.plan.code import Code, list_of
from nndsl.plan.expressions import Spelling
from nndsl.resolve.liveness import inputs_of

if TYPE_CHECKING:
    from nndsl.plan.variables import Variables


def tensors_code(values: Sequence[graph.Value], variables: Mapping[graph.Value, Code]) -> Code:
    """Return several tensors as a list, those of a list one by one: `[x, *skips]`."""
    if len(values) == 1 and values[0].is_list:
        return variables[values[0]]
    return list_of([starred(value, variables[value]) for value in values])


def one_of(listed: graph.Value) -> str:
    """Return what one of a list is called: `skip` for one of `skips`."""
    word = listed.name or "items"
    return word[:-1] if len(word) > 2 and word.endswith("s") else f"{word}_item"


def starred(value: graph.Value, code: Code) -> Code:
    return Code(f"*{code}") if value.is_list else code


def item_code(
    node: graph.ItemNode, variables: Mapping[graph.Value, Code], spelling: Spelling
) -> Code:
    return Code(f"{variables[node.taken_from]}[{spelling.expression(node.index)}]")


def list_lines(node: graph.ListNode, variables: Variables, index: int) -> list[Code]:
    """Return the lines that make a list, or put tensors into one, which stays in its variable."""
    (output,) = node.outputs
    items = [variables[value] for value in node.items]
    if node.before is None:
        return [Code(f"{variables.define_value(output, index)} = {list_of(items)}")]
    variable = variables[node.before]
    variables.hold(output, variable)
    return [Code(f"{variable}.append({item})") for item in items]


def written_in_place(body: graph.Body) -> dict[graph.Value, int]:
    """Return the items that need no variable, each with the index of the node that uses it.

    An item is written where it is used if that is once, and nothing is put into a list between.
    """
    users: dict[graph.Value, list[int]] = {}
    for index, node in enumerate(body.nodes):
        for value in inputs_of(node):
            users.setdefault(value, []).append(index)
    outputs = {output.value for output in body.outputs}
    found: dict[graph.Value, int] = {}
    last_change = len(body.nodes)
    for index in range(len(body.nodes) - 1, -1, -1):
        node = body.nodes[index]
        if isinstance(node, graph.ListNode) or graph.regions(node):
            last_change = index
        elif isinstance(node, graph.ItemNode):
            (value,) = node.outputs
            used = users.get(value, [])
            if value.name is None and value not in outputs and len(used) == 1:
                if used[0] < last_change:
                    found[value] = used[0]
    return found


def made_of_lists(body: graph.Body) -> set[graph.Value]:
    """Return the values that are made of what is in a list, which holds more further down."""
    items = {n.outputs[0] for n in body.nodes if isinstance(n, graph.ItemNode)}
    found: set[graph.Value] = set()
    changes = False
    for node in reversed(body.nodes):
        of_list = any(value.is_list or value in items for value in inputs_of(node))
        if changes and of_list:
            found.update(node.outputs)
        changes = changes or isinstance(node, graph.ListNode) or bool(graph.regions(node))
    return found
