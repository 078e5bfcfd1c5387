"""Which nodes of a body an output depends on, and what is said about the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nndsl import graph

if TYPE_CHECKING:
    from nndsl.resolve.body import BodyResolver


def inputs_of(node: graph.GraphNode) -> tuple[graph.Value, ...]:
    """Return every tensor that a node uses, those given by name included."""
    if isinstance(node, (graph.LayerNode, graph.SharedNode)):
        named = tuple(value for tensor in node.tensor_arguments for value in tensor.values)
        return (*node.inputs, *named)
    return node.inputs


def split_dead(
    body: BodyResolver,
) -> tuple[tuple[graph.GraphNode, ...], tuple[graph.GraphNode, ...]]:
    """Return the nodes that lead to an output, and the others, which are warned of."""
    if not body.outputs or not body.names.whole:
        return tuple(body.nodes), ()
    needed = {output.value for output in body.outputs}
    live: list[graph.GraphNode] = []
    dead: list[graph.GraphNode] = []
    for node in reversed(body.nodes):
        if any(value in needed for value in node.outputs):
            live.append(node)
            needed.update(inputs_of(node))
        else:
            dead.append(node)
    live.reverse()
    dead.reverse()
    _warn(body, needed, dead)
    return tuple(live), tuple(dead)


def _warn(body: BodyResolver, needed: set[graph.Value], dead: list[graph.GraphNode]) -> None:
    """Warn of inputs, shared layers and ends of flows that nothing comes of."""
    used_by_dead = {value for node in dead for value in inputs_of(node)}
    for input_ in body.inputs:
        if input_.value not in needed and input_.value not in used_by_dead:
            body.reporter.warning(
                "G701",
                input_.span,
                f"the input `{input_.name}` is never used",
                "no output depends on it",
                help="delete it, or begin a flow with it",
            )
    for node in dead:
        if any(value in used_by_dead for value in node.outputs):
            continue  # the last node of a flow speaks for the whole flow
        name = node.outputs[0].name
        body.reporter.warning(
            "G701",
            node.span,
            f"`{name}` is never used" if name else "nothing comes of this",
            "no output depends on it",
            help=(
                "add it to the `output` line, or delete what makes it"
                if name
                else "name it with `as` and use it, or delete it"
            ),
        )
    for shared in body.shared:
        if shared.name not in body.used_shared:
            body.reporter.warning(
                "G701",
                shared.span,
                f"the layer `{shared.name}` is never applied",
                "made, but not used",
                help=f"apply it: `x -> {shared.name}`",
            )
