"""Blocks of the insides of loops, for classes: a class makes the layers of a loop in lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from nndsl import graph
from nndsl.plan.code import Names
from nndsl.plan.forms import Form
from nndsl.plan.loops import parameters_used
from nndsl.plan.tensor_lists import one_of
from nndsl.resolve.liveness import inputs_of


def becomes_block(body: graph.Body) -> bool:
    """True if the inside of a loop holds more than layers."""
    return bool(body.shared or body.constants or any(map(graph.regions, body.nodes)))


class Lifting:
    """Makes blocks of loops that hold more than layers, for classes.

    A class makes the layers of a loop in lists. Loops and choices inside of loops would need lists
    in lists, which Keras does not save.
    """

    def __init__(self, forms: Mapping[graph.Block, Form], blocks: Sequence[graph.Block]) -> None:
        self.names = Names(block.name for block in blocks)
        #: The blocks as they are written, the inner ones before those that apply them.
        self.blocks: list[graph.Block] = []
        self.renewed: dict[graph.Block, graph.Block] = {}
        self.forms: dict[graph.Block, Form] = {}
        self.shared: dict[graph.SharedBlock, graph.SharedBlock] = {}
        #: The blocks that loops became.
        self.rounds: list[graph.Block] = []
        for block in blocks:
            body = self.outer_body(block.body, in_class=forms[block] is Form.CLASS)
            new = block if body is block.body else replace(block, body=body)
            self.add(block, new, forms[block])

    def add(self, block: graph.Block, new: graph.Block, form: Form) -> None:
        self.renewed[block] = new
        self.forms[new] = form
        self.blocks.append(new)

    def outer_body(self, body: graph.Body, *, in_class: bool) -> graph.Body:
        """Return a body, in a class with loops of nothing but layers; the same if it is so."""
        self.in_class = in_class
        return self.body(body)

    def body(self, body: graph.Body) -> graph.Body:
        shared = tuple(map(self.renewed_shared, body.shared))
        nodes = tuple(map(self.node, body.nodes))
        pairs = zip((*shared, *nodes), (*body.shared, *body.nodes), strict=True)
        alike = all(a is b for a, b in pairs)
        return body if alike else replace(body, shared=shared, nodes=nodes)

    def renewed_shared(self, shared: graph.Shared) -> graph.Shared:
        if isinstance(shared, graph.SharedLayer) or self.renewed[shared.block] is shared.block:
            return shared
        new = replace(shared, block=self.renewed[shared.block])
        return self.shared.setdefault(shared, new)

    def node(self, node: graph.GraphNode) -> graph.GraphNode:
        if isinstance(node, graph.BlockNode):
            block = self.renewed[node.block]
            shared = node.shared and self.renewed_shared(node.shared)
            assert not isinstance(shared, graph.SharedLayer)
            alike = block is node.block and shared is node.shared
            return node if alike else replace(node, block=block, shared=shared)
        if isinstance(node, graph.ChoiceNode):
            chosen, otherwise = self.region(node.chosen), self.region(node.otherwise)
            alike = chosen is node.chosen and otherwise is node.otherwise
            return node if alike else replace(node, chosen=chosen, otherwise=otherwise)
        if isinstance(node, graph.LoopNode):
            region = self.region(node.region)
            body = region.body
            if self.in_class and becomes_block(body):
                region = graph.Region(self.round(node, body), region.given)
            return node if region is node.region else replace(node, region=region)
        return node

    def region(self, region: graph.Region) -> graph.Region:
        body = self.body(region.body)
        return region if body is region.body else graph.Region(body, region.given)

    def round(self, node: graph.LoopNode, body: graph.Body) -> graph.Body:
        """Return a body that applies a block, which is made of the inside of a loop."""
        parts = RoundParts(body)
        core = parts.core
        block = self.block(node, core)
        fresh = {i.value: _alike(i.value) for i in body.inputs}
        front = [_item(taken, fresh) for taken in parts.front]
        given = tuple(fresh[input_.value] for input_ in core.inputs)
        results = tuple(
            graph.Value(o.span, parts.words.get(o.value), is_list=o.value.is_list)
            for o in core.outputs
        )
        fresh.update(zip((output.value for output in core.outputs), results, strict=True))
        arguments = tuple(
            graph.Bound(p.name, graph.ParameterUse(node.span, p.name), node.span, False)
            for p in block.parameters
        )
        applied = graph.BlockNode(node.span, "", block, arguments, given, results)
        back = [_put(put, fresh) for put in parts.back]
        return graph.Body(
            tuple(replace(i, value=fresh[i.value]) for i in body.inputs),
            (),
            (*front, applied, *back),
            tuple(replace(output, value=fresh[output.value]) for output in body.outputs),
        )

    def block(self, node: graph.LoopNode, body: graph.Body) -> graph.Block:
        used = sorted(set(parameters_used(body)))
        parameters = tuple(graph.Parameter(text, None, node.span) for text in used)
        name = self.names.unique(node.name)
        block = graph.Block(name, parameters, body, node.span, 1, borrowed=_borrowed(body))
        self.add(block, block, Form.CLASS)
        self.rounds.append(block)
        return block


def _borrowed(body: graph.Body) -> tuple[graph.Shared, ...]:
    """Return the shared layers and blocks that a body applies, and does not make itself."""
    found = graph.shared_in(body.nodes)
    waiting = [body]
    while waiting:
        inside = waiting.pop()
        found -= set(inside.shared)
        for node in inside.nodes:
            if isinstance(node, graph.BlockNode):
                found |= set(node.block.borrowed)
            waiting += [region.body for region in graph.regions(node)]
    found -= set(body.shared)
    return tuple(sorted(found, key=lambda shared: shared.name))


def _alike(value: graph.Value) -> graph.Value:
    return graph.Value(value.span, value.name, is_list=value.is_list)


def _item(node: graph.ItemNode, fresh: dict[graph.Value, graph.Value]) -> graph.ItemNode:
    made = graph.Value(node.span)
    fresh[node.outputs[0]] = made
    return replace(node, taken_from=fresh[node.taken_from], outputs=(made,))


def _put(node: graph.ListNode, fresh: dict[graph.Value, graph.Value]) -> graph.ListNode:
    assert node.before is not None
    items = tuple(fresh[value] for value in node.items)
    made = fresh[node.outputs[0]] = _alike(node.outputs[0])
    return replace(node, before=fresh[node.before], items=items, outputs=(made,))


class RoundParts:
    """What of the inside of a loop becomes a block, and what of it stays in the loop.

    Lists of tensors stay outside where that is possible: the block is given what is taken out of
    them, and gives what is put into them. A list that is used in another way goes through it.
    """

    def __init__(self, body: graph.Body) -> None:
        constants = {constant.name for constant in body.constants}
        self.front: list[graph.ItemNode] = []
        self.back: list[graph.ListNode] = []
        #: What tensors are called that come out of the block for a list.
        self.words: dict[graph.Value, str] = {}
        lists = [input_ for input_ in body.inputs if input_.value.is_list]
        outside = [input_ for input_ in lists if self._stays(input_.value, body, constants)]
        stay = {id(node) for node in (*self.front, *self.back)}
        nodes = tuple(node for node in body.nodes if id(node) not in stay)
        #: The lists that go through the block.
        self.through = [input_ for input_ in lists if input_ not in outside]
        handed = tuple(
            graph.Input(node.outputs[0], one_of(node.taken_from), "", None, node.span)
            for node in self.front
        )
        self.core = replace(
            body,
            inputs=(*(i for i in body.inputs if i not in outside), *handed),
            nodes=nodes,
            outputs=self._outputs(body, nodes),
        )

    def _stays(self, value: graph.Value, body: graph.Body, constants: set[str]) -> bool:
        """Return whether a list can stay outside; note what is taken out of it and put into it."""
        taken: list[graph.ItemNode] = []
        put: list[graph.ListNode] = []
        current = value
        for node in body.nodes:
            if current not in inputs_of(node):
                continue
            if isinstance(node, graph.ListNode) and node.before is current:
                put.append(node)
                current = node.outputs[0]
            elif isinstance(node, graph.ItemNode) and current is value:
                if node.outputs[0].is_list or constants & set(parameters_used(node.index)):
                    return False
                taken.append(node)
            else:
                return False
        self.front += taken
        self.back += put
        return True

    def _outputs(
        self, body: graph.Body, nodes: Sequence[graph.GraphNode]
    ) -> tuple[graph.BodyOutput, ...]:
        made = {value for node in nodes for value in node.outputs}
        moved = {put.outputs[0] for put in self.back}
        left = {i.value for i in body.inputs if i.value.is_list} - {i.value for i in self.through}
        outputs = [o for o in body.outputs if o.value not in moved | left]
        known = {output.value for output in outputs}
        for put in self.back:
            for value in put.items:
                if value in made and value not in known:
                    known.add(value)
                    self.words[value] = value.name or one_of(put.outputs[0])
                    outputs.append(graph.BodyOutput(self.words[value], value, value.span))
        return tuple(outputs)


def rounds_through_lists(body: graph.Body) -> Iterator[graph.LoopNode]:
    """Yield the loops whose inside would be a block through which two lists or more go."""
    for node in body.nodes:
        if isinstance(node, graph.BlockNode):
            yield from rounds_through_lists(node.block.body)
        for region in graph.regions(node):
            yield from rounds_through_lists(region.body)
            is_loop = isinstance(node, graph.LoopNode)
            if is_loop and becomes_block(region.body) and len(RoundParts(region.body).through) > 1:
                yield node  # type: ignore[misc]
