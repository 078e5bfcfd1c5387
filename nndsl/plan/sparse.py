"""Which tensors Keras takes for sparse though they are not: products with a number, for one.

`keras.ops.multiply` looks for the mark in both operands, and takes what has none, as a number, for
sparse. Layers of Keras do not mind; but to learn the shape of what a class of the user's gives,
Keras runs its `call` on tensors of that kind, which few layers can take. A cast takes the mark off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nndsl import graph
from nndsl.plan.code import Code
from nndsl.plan.forms import Form

#: What gives a sparse tensor only if all that goes into it is sparse.
_IF_ALL_ARE = frozenset(
    """ops.add ops.subtract Add Subtract Multiply Average Maximum Minimum Concatenate Dot""".split()
)
#: The other layers that give a sparse tensor for a sparse one.
_IF_IT_IS = frozenset("Identity Flatten Reshape Permute Equalization RandomGrayscale".split())

WHY_WITHOUT_MARK = Code("# Keras takes a product with a number for sparse; what is cast is dense.")


def without_mark(tensor: Code) -> Code:
    """Return a tensor as Keras takes it for dense; when it runs, this costs nothing."""
    return Code(f"ops.cast({tensor}, {tensor}.dtype)")


class SparseTensors:
    """The tensors that bear the mark, in a model and in all the blocks that it applies."""

    def __init__(self, body: graph.Body, forms: Mapping[graph.Block, Form]) -> None:
        self.forms = forms
        self.values: set[graph.Value] = set()
        known = -1
        while known < len(self.values):  # what comes out of a loop may go into its next round
            known = len(self.values)
            for inside in (body, *(block.body for block in forms)):
                self._walk(inside)

    def harmful(self, node: graph.GraphNode) -> list[graph.Value]:
        """Return the tensors that have to be without the mark before a node can take them."""
        if not self.values or not self._is_traced(node):
            return []
        return [v for v in node.inputs if v in self.values and not v.is_list]

    def _is_traced(self, node: graph.GraphNode) -> bool:
        """True for what Keras runs to learn what comes out of it."""
        if isinstance(node, graph.BlockNode):
            return self.forms[node.block] is Form.CLASS
        if isinstance(node, (graph.LayerNode, graph.SharedNode)):
            rule, _ = graph.called(node)
            return rule.is_extern or rule.name == "Pipeline"
        return False

    def _walk(self, body: graph.Body) -> None:
        for node in body.nodes:
            if isinstance(node, (graph.OperationNode, graph.LayerNode, graph.SharedNode)):
                if self._gives_marked(node):
                    self.values.update(node.outputs)
            elif isinstance(node, (graph.ListNode, graph.ItemNode)):
                if not self.values.isdisjoint(node.inputs):
                    self.values.update(node.outputs)
            elif isinstance(node, graph.BlockNode):
                # A class computes with tensors of its own, which are what they are.
                if self.forms[node.block] is not Form.CLASS:
                    self._hand_on(node.inputs, (i.value for i in node.block.body.inputs))
                    self._hand_on((o.value for o in node.block.body.outputs), node.outputs)
            for region in graph.regions(node):
                inputs = [input_.value for input_ in region.body.inputs]
                outputs = [output.value for output in region.body.outputs]
                self._hand_on(region.given, inputs)
                self._walk(region.body)
                self._hand_on(outputs, node.outputs)
                if isinstance(node, graph.LoopNode):
                    self._hand_on(outputs, inputs)

    def _hand_on(self, given: Iterable[graph.Value], taken: Iterable[graph.Value]) -> None:
        # Outputs that nothing needs may be missing on one side: they are marked for nobody.
        pairs = zip(given, taken, strict=False)
        self.values.update(there for here, there in pairs if here in self.values)

    def _gives_marked(self, node: graph.OperationNode | graph.LayerNode | graph.SharedNode) -> bool:
        marked = [value in self.values for value in node.inputs]
        if not isinstance(node, graph.OperationNode):
            name = graph.called(node)[0].name
            return all(marked) if name in _IF_ALL_ARE else any(marked) and name in _IF_IT_IS
        has_number = any(operand.number is not None for operand in node.operands)
        if node.operation.name == "ops.multiply":
            return any(marked) or has_number
        return any(marked) and not (
            node.operation.name in _IF_ALL_ARE and (has_number or not all(marked))
        )
