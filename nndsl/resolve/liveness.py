"""Which nodes of a body an output depends on, and what is said about the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from nndsl import graph

Nodes = tuple[graph.GraphNode, ...]

if TYPE_CHECKING:
    from nndsl.resolve.body import BodyResolver


def inputs_of(node: graph.GraphNode) -> tuple[graph.Value, ...]:
    """Return every tensor that a node uses, those given by name included."""
    if isinstance(node, (graph.LayerNode, graph.SharedNode)):
        named = tuple(value for tensor in node.tensor_arguments for value in tensor.values)
        return (*node.inputs, *named)
    return node.inputs


def split_dead(body: BodyResolver) -> tuple[Nodes, Nodes]:
    """Return the nodes that lead to an output, and the others, which are warned of."""
    if not body.outputs or not body.names.whole:
        return tuple(body.nodes), ()
    needed = {output.value for output in body.outputs}
    live, dead = _divide(body.nodes, needed, body.blocks.parts)
    _warn(body, needed, live, dead)
    return live, dead


def live_nodes(body: BodyResolver, outputs: Sequence[graph.Value]) -> tuple[Nodes, Nodes]:
    """Return the nodes of a loop or choice that lead to its outputs, and the others."""
    if not outputs or not body.names.whole:
        return tuple(body.nodes), ()
    needed = set(outputs)
    live, dead = _divide(body.nodes, needed, body.blocks.parts)
    _warn(body, needed, live, dead)
    return live, dead


class BlockParts:
    """The parts of blocks that are needed, where a block's application needs not all of it.

    Functional Keras drops the layers that no output depends on, also those inside a block; in a
    subclassed model they would stay. So they are left out of the code: the block is written
    without them. Each part is made once, for all applications that need the same outputs.
    """

    def __init__(self) -> None:
        self._parts: dict[tuple[graph.Block, tuple[bool, ...]], graph.Block] = {}

    def keep(self, blocks: Iterable[graph.Block]) -> None:
        """Forget the parts of all other blocks."""
        alive = set(blocks)
        for key, part in list(self._parts.items()):  # a part of a part stands behind that
            if key[0] in alive:
                alive.add(part)
            else:
                del self._parts[key]

    def needed(self, node: graph.BlockNode, needed: set[graph.Value]) -> graph.BlockNode:
        """Return the application of what is needed of a block."""
        whole = node.block.body
        wanted = tuple(value in needed for value in node.outputs)
        broken = any(output.value.poisoned for output in whole.outputs)
        if broken or len(wanted) != len(whole.outputs) or len(node.inputs) != len(whole.inputs):
            return node  # there are mistakes in the block
        key = (node.block, wanted)
        if key not in self._parts:
            self._parts[key] = self._part(*key)
        part = self._parts[key]
        if part is node.block:
            return node
        inputs = zip(node.inputs, whole.inputs, strict=True)
        outputs = list(zip(node.outputs, whole.outputs, wanted, strict=True))
        return replace(
            node,
            block=part,
            inputs=tuple(value for value, input_ in inputs if input_ in part.body.inputs),
            outputs=tuple(value for value, _, is_wanted in outputs if is_wanted),
            unused=tuple((value, out.value) for value, out, is_wanted in outputs if not is_wanted),
        )

    def _part(self, block: graph.Block, wanted: tuple[bool, ...]) -> graph.Block:
        """Return a block with those outputs, or the block itself if they need all that is in it."""
        body = block.body
        pairs = zip(body.outputs, wanted, strict=True)
        outputs = tuple(output for output, is_wanted in pairs if is_wanted)
        needed = {output.value for output in outputs}
        live, dead = _divide(body.nodes, needed, self)
        inputs = tuple(input_ for input_ in body.inputs if input_.value in needed)
        if live == body.nodes and inputs == body.inputs:
            return block
        applied = graph.shared_in(live)
        part = replace(
            body,
            inputs=inputs,
            shared=tuple(shared for shared in body.shared if shared in applied),
            nodes=live,
            outputs=outputs,
            dead=(*dead, *body.dead),
        )
        return replace(block, body=part, whole=block.whole or block)


def _divide(
    nodes: Sequence[graph.GraphNode], needed: set[graph.Value], parts: BlockParts
) -> tuple[Nodes, Nodes]:
    """Return the nodes that make something needed, and the others; `needed` gets what they use."""
    live: list[graph.GraphNode] = []
    dead: list[graph.GraphNode] = []
    for node in reversed(nodes):
        if needed.isdisjoint(node.outputs):
            dead.append(node)
            continue
        if isinstance(node, graph.BlockNode) and not node.is_whole:
            node = parts.needed(node, needed)
        live.append(node)
        needed.update(inputs_of(node))
    return tuple(reversed(live)), tuple(reversed(dead))


def _unused(node: graph.GraphNode) -> tuple[str, str]:
    """Return what is said of a node that no output depends on, and what to do."""
    name = node.outputs[0].name
    if node.outputs[0].is_list:
        title = f"what goes into `{name}` here is never taken out"
        return title, f"take it out, such as with `{name}[-1]`, or delete what makes it"
    if name:
        help_ = "add it to the `output` line, or delete what makes it"
        return f"`{name}` is never used", help_
    return "nothing comes of this", "name it with `as` and use it, or delete it"


def _warn(body: BodyResolver, needed: set[graph.Value], live: Nodes, dead: Nodes) -> None:
    """Warn of inputs, outputs of blocks, shared layers and flows that nothing comes of."""
    used_by_dead = {value for node in dead for value in inputs_of(node)}
    for input_ in body.inputs if not body.is_region else ():
        if input_.value not in needed and input_.value not in used_by_dead:
            body.reporter.warning(
                "G701",
                input_.span,
                f"the input `{input_.name}` is never used",
                "no output depends on it",
                help="delete it, or begin a flow with it",
            )
    for applied in (node for node in live if isinstance(node, graph.BlockNode)):
        for value, _ in applied.unused:
            if value.name and value not in used_by_dead:
                body.reporter.warning(
                    "G701",
                    applied.span,
                    f"`{value.name}` is never used",
                    "no output depends on it",
                    help=f"add it to the `output` line; `{applied.block.name}` is compiled without "
                    "the layers that only it needs",
                )
    for node in dead:
        if any(value in used_by_dead for value in node.outputs):
            continue  # the last node of a flow speaks for the whole flow
        title, help_ = _unused(node)
        body.reporter.warning("G701", node.span, title, "no output depends on it", help=help_)
    for name, shared in body.names.shared.items():  # in a region, those around it as well
        if shared in body.shared and name not in body.used_shared:
            body.reporter.warning(
                "G701",
                shared.span,
                f"the layer `{name}` is never applied",
                "made, but not used",
                help=f"apply it: `x -> {name}`",
            )
