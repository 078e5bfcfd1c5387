"""Layers and blocks that keep their weights for a while."""

from __future__ import annotations

from collections.abc import Iterable

from nndsl import graph
from nndsl.plan.code import Code, literal, tuple_of
from nndsl.plan.forms import blocks_in_use, choose_forms
from nndsl.shapes import ShapedModel


def freezing(
    words: Iterable[graph.Word], shaped: ShapedModel, style: str, *, trainable: bool
) -> list[Code]:
    """Return the lines that let layers and blocks be trained, or not."""
    blocks = {n.name: n for n in shaped.model.body.nodes if isinstance(n, graph.BlockNode)}
    forms = choose_forms(shaped, blocks_in_use(shaped.model.body), style)
    layers = {layer.name for layer in shaped.layers}
    layers |= {name for name, node in blocks.items() if forms[node.block].makes_layer}
    lines: list[Code] = []
    for word in words:
        if word.text in layers:
            lines.append(Code(f"model.get_layer({literal(word.text)}).trainable = {trainable}"))
        else:
            lines += _inside(word.text, blocks.get(word.text), shaped, trainable)
    return lines


def _inside(
    name: str, node: graph.BlockNode | None, shaped: ShapedModel, trainable: bool
) -> list[Code]:
    """Return the lines for a block whose layers are layers of the model itself in this style."""
    prefix = f"{name}_"
    alike = {layer.name for layer in shaped.layers if layer.name.startswith(prefix)}
    inside = {layer.name for layer in shaped.layers if node and node.span in layer.calls[:1]}
    if not inside or alike == inside:
        condition = f"layer.name.startswith({literal(prefix)})"
    else:
        names = [literal(layer.name) for layer in shaped.layers if layer.name in inside]
        condition = f"layer.name in {tuple_of(names)}"
    return [
        Code("for layer in model.layers:"),
        Code(f"    if {condition}:"),
        Code(f"        layer.trainable = {trainable}"),
    ]
