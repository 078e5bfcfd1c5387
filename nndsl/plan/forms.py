"""What becomes of blocks and nested models: functions of tensors, lists of layers, or layers.

What is one layer of Keras (a nested model, a shared block, and what stands inside these) is made
by a class or by a function that returns a model, and then applied. Every block has one form, so
its body is written once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from nndsl import graph
from nndsl.plan.obstacles import obstacle_to_sequential
from nndsl.shapes import ShapedModel


class Form(Enum):
    """How a block is written."""

    #: A function of tensors, which makes the layers as it goes.
    FUNCTION = "function"
    #: A function that returns a list of layers.
    LIST = "list"
    #: A class; for a nested model, of `keras.Model`.
    CLASS = "class"
    #: A function that returns a `keras.Sequential`.
    SEQUENTIAL = "sequential"
    #: A function that returns a functional `keras.Model`.
    MODEL = "model"

    @property
    def makes_layer(self) -> bool:
        """True for what is called to make a layer, and then applied like one."""
        return self in (Form.CLASS, Form.SEQUENTIAL, Form.MODEL)

    @property
    def is_builder(self) -> bool:
        """True for functions that return a model."""
        return self in (Form.SEQUENTIAL, Form.MODEL)


def blocks_inside(body: graph.Body) -> Iterator[graph.Block]:
    """Yield the blocks that a body applies, those in loops and choices included."""
    for node in body.nodes:
        if isinstance(node, graph.BlockNode):
            yield node.block
        for region in graph.regions(node):
            yield from blocks_inside(region.body)


def blocks_in_use(body: graph.Body) -> list[graph.Block]:
    """Return the blocks that a body applies, the inner ones before those that apply them."""
    found: dict[graph.Block, None] = {}

    def visit(inside: graph.Body) -> None:
        for block in blocks_inside(inside):
            if block not in found:
                visit(block.body)
                found[block] = None

    visit(body)
    return list(found)


def choose_forms(
    shaped: ShapedModel, blocks: Sequence[graph.Block], style: str
) -> dict[graph.Block, Form]:
    """Return the form of each block; `blocks` are in the order of `blocks_in_use`."""
    if style == "subclass":
        return dict.fromkeys(blocks, Form.CLASS)
    if style == "sequential":
        return {b: Form.SEQUENTIAL if b.is_model else Form.LIST for b in blocks}
    bodies = (shaped.model.body, *(block.body for block in blocks))
    layers = set(_shared_blocks(bodies))
    forms: dict[graph.Block, Form] = {}
    for block in reversed(blocks):
        if block.is_model:
            forms[block] = Form.MODEL
        elif block not in layers:
            forms[block] = Form.FUNCTION
        else:
            forms[block] = Form.SEQUENTIAL if _is_plain_chain(block, shaped) else Form.CLASS
            layers.update(blocks_inside(block.body))
    return forms


def _shared_blocks(bodies: Iterable[graph.Body]) -> Iterator[graph.Block]:
    for body in bodies:
        for shared in graph.shared_in(body.nodes):
            if isinstance(shared, graph.SharedBlock):
                yield shared.block


def _is_plain_chain(block: graph.Block, shaped: ShapedModel) -> bool:
    """True if `keras.Sequential` can hold a block that is applied several times.

    It is built for one shape and turns whole numbers into floats.
    """
    return (
        block in shaped.steady_blocks
        and block not in shaped.masked_blocks
        and obstacle_to_sequential(block.body) is None
    )
