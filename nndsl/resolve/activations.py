"""Activations as stages: `x -> relu`, `x -> leaky_relu(negative_slope=0.1)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nndsl import graph, layers, vocabulary
from nndsl.resolve.argument_reports import unknown_argument
from nndsl.resolve.stages import apply_layer, make_layer, takes_one
from nndsl.syntax import tree

if TYPE_CHECKING:
    from nndsl.resolve.body import BodyResolver

Values = tuple[graph.Value, ...]

#: Activations with arguments are made by these layers, which name the arguments alike.
ACTIVATION_LAYERS = {"relu": "ReLU", "leaky_relu": "LeakyReLU", "elu": "ELU", "softmax": "Softmax"}


def apply_activation(
    body: BodyResolver, values: Values, stage: tree.Apply, names: tuple[tree.Identifier, ...]
) -> Values | None:
    """Apply an activation; None if it cannot be (it was reported)."""
    name = stage.callee.text
    activation = layers.find("Activation")
    assert activation is not None
    if not takes_one(body, values, stage, f"`{name}`"):
        return None
    if not stage.arguments:
        if any(value.poisoned for value in values):
            return values
        word = graph.Bound(
            "activation", graph.Word(stage.callee.span, name), stage.callee.span, True
        )
        return make_layer(body, stage.span, activation, (word,), (), values, names)
    rule = layers.find(ACTIVATION_LAYERS.get(name, ""))
    signature = [p for p, _ in vocabulary.signature("activations", name) or ()]
    for argument in stage.arguments:
        if argument.name is None:
            body.reporter.error(
                "A210",
                argument.span,
                f"the arguments of `{name}` are given by name",
                "no name",
                help=f"such as `{signature[0]}=...`" if signature else "it takes none",
            )
            return None
        if argument.name.text not in signature:
            unknown_argument(body.scope, name, argument.name, signature)
            return None
    if rule is not None:
        return apply_layer(body, values, stage, rule, names)
    from nndsl.resolve.operations import apply_operation  # the function takes what no layer does

    callee = tree.Identifier(stage.callee.span, f"ops.{name}")
    return apply_operation(body, values, tree.Apply(stage.span, callee, stage.arguments), names)
