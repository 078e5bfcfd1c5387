"""Layers that are values: arguments of others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nndsl.layers.errors import LayerError

if TYPE_CHECKING:
    from nndsl.layers.rule import LayerRule, Output


@dataclass(frozen=True, slots=True)
class LayerValue:
    """The value of a layer given as an argument: `TimeDistributed(Dense(3))`."""

    rule: LayerRule
    values: tuple[tuple[str, Any], ...] = ()

    def value(self, name: str) -> Any:
        """Return an argument of the layer, converted; its default if it is not given."""
        parameter = self.rule.by_name[name]
        return parameter.convert(dict(self.values).get(name, parameter.default))

    def apply(self, *tensors: Any, argument: str = "layer") -> Output:
        """Return what the layer gives for its call's tensors, in order.

        What the layer refuses in itself is the fault of `argument`, in which it stands.
        """
        given = {p.name: tensor for p, tensor in zip(self.rule.tensors, tensors, strict=False)}
        values = dict(self.values)
        for flag in self.rule.flags:
            if flag.name in values:
                raise LayerError(
                    "A205",
                    f"`{flag.name}` belongs to the call of `{self.rule.name}`, which the layer "
                    "around it makes",
                    expected=f"`{self.rule.name}` without it",
                    received=f"`{flag.name}`",
                    argument=argument,
                )
        try:
            return self.rule.apply(given, values)
        except LayerError as error:
            error.argument = argument if error.argument else None
            raise


def holds_extern(values: Iterable[Any]) -> bool:
    """True if one of an argument list's values is a layer of the user's, or holds one."""
    inside = (v for value in values for v in (value if isinstance(value, tuple) else (value,)))
    return any(isinstance(value, LayerValue) and value.rule.is_extern for value in inside)
