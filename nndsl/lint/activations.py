"""What becomes of values in a layer: the activation, wherever it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nndsl import graph
from nndsl.layers.rule import LayerRule, LayerValue
from nndsl.record import Record
from nndsl.shapes.model import Use
from nndsl.source import Span

#: Layers that are an activation, and what it is called.
LAYERS = {
    "Softmax": "softmax",
    "ReLU": "relu",
    "LeakyReLU": "leaky_relu",
    "PReLU": "leaky_relu",
    "ELU": "elu",
}
#: Other names of activations.
ALIASES = {"swish": "silu", "hard_swish": "hard_silu", "hard_sigmoid": "hard_sigmoid"}
#: Operations that are activations.
OPERATIONS = frozenset(
    "relu relu6 sigmoid tanh softmax log_softmax softplus softsign silu selu elu celu gelu"
    " leaky_relu hard_sigmoid hard_silu hard_tanh log_sigmoid sparsemax mish".split()
)
#: What gives values between 0 and 1.
PROBABILITIES = frozenset({"sigmoid", "softmax", "hard_sigmoid", "sparsemax", "sparse_sigmoid"})
LINEAR = "linear"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Made(Record):
    """The layer that does the work in a use: that of a `TimeDistributed` is the one inside it."""

    rule: LayerRule
    kind: str
    values: dict[str, Any]
    arguments: tuple[graph.Bound, ...]
    #: Where the layer is written, with its arguments.
    span: Span
    #: See `activation_of`.
    activation: str | None

    def value(self, name: str) -> Any:
        """Return the value of an argument, its default if it is not given; None if unknown."""
        return _value(self.rule, self.values, name)

    @property
    def only_scales(self) -> bool:
        """True for an `EinsumDense` that adds nothing up: "...c,c->...c", a factor a channel."""
        equation = self.value("equation")
        if not isinstance(equation, str) or equation.count(",") != 1 or "->" not in equation:
            return False
        given, _, made = equation.partition("->")
        return set(given.partition(",")[2]) <= set(made)

    def argument(self, name: str) -> graph.Bound | None:
        return next((a for a in self.arguments if a.parameter == name), None)


def made_in(use: Use) -> Made:
    """Return the layer of a use, without `TimeDistributed` and `SpectralNormalization` around."""
    made: Made | None = use.known.get("made")
    if made is None:
        made = use.known["made"] = _made_in(use)
    return made


def _made_in(use: Use) -> Made:
    made = _made(use.rule, use.values, use.arguments, use.node.span)
    while made.kind in ("TimeDistributed", "SpectralNormalization"):
        bound, value = made.argument("layer"), made.values.get("layer")
        inner = bound.value if bound is not None else None
        if not isinstance(inner, graph.LayerObject) or not isinstance(value, LayerValue):
            break
        made = _made(value.rule, dict(value.values), inner.arguments, inner.span)
    return made


def _made(
    rule: LayerRule, values: dict[str, Any], arguments: tuple[graph.Bound, ...], span: Span
) -> Made:
    return Made(rule, rule.name, values, arguments, span, _activation(rule, values))


def _activation(rule: LayerRule, values: dict[str, Any]) -> str | None:
    kind = rule.name
    if kind in LAYERS:
        return LAYERS[kind]
    if kind.startswith("ops."):
        name = kind[4:]
        return ALIASES.get(name, name) if name in OPERATIONS else None
    if "activation" not in rule.by_name:
        return None
    name = _value(rule, values, "activation")
    if name is None:
        return LINEAR
    return ALIASES.get(name, name) if isinstance(name, str) else None


def _value(rule: LayerRule, values: dict[str, Any], name: str) -> Any:
    parameter = rule.by_name.get(name)
    if parameter is None:
        return None
    return parameter.convert(values.get(name, parameter.default))


def activation_of(made: Made) -> str | None:
    """Return the activation of a layer or operation; "linear" without one, None if it has none.

    Layers that do more than a sum of products have none of their own: they give None.
    """
    return made.activation


def place_of_activation(made: Made) -> Span:
    """Return where the activation is written: the argument, or the whole layer."""
    bound = made.argument("activation")
    return bound.value.span if bound is not None else made.span
