"""What layers gave before: a layer is a function of its tensors and arguments, and of nothing else.

So what is applied twice alike, in a block that stands in a model many times or in a text that is
checked again after a keystroke, is worked out once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from nndsl.layers.value import LayerValue
from nndsl.vocabulary import KerasObject

if TYPE_CHECKING:
    from nndsl.layers.rule import LayerRule, Output

#: So many outputs are kept; then all are forgotten.
MAX_KEPT = 10_000
_kept: dict[Any, Output] = {}


class _NoKey(Exception):
    """A value that what it gives cannot be told by."""


def remembered(
    rule: LayerRule,
    tensors: Mapping[str, Any],
    values: Mapping[str, Any],
    apply: Callable[[Mapping[str, Any], Mapping[str, Any]], Output],
) -> Output:
    """Return what a layer gives; `apply` works it out if it has not been before."""
    try:
        tensors_key = [(name, _operand_key(value)) for name, value in tensors.items()]
        given = (rule, *tensors_key, None, *[(name, _key(v)) for name, v in values.items()])
        found = _kept.get(given)
    except (_NoKey, TypeError):  # one of them is no tensor
        return apply(tensors, values)
    if found is None:
        found = apply(tensors, values)
        if len(_kept) >= MAX_KEPT:
            _kept.clear()
        _kept[given] = found
    return found


def forget() -> None:
    """Forget all outputs: what is asked from here on is worked out."""
    _kept.clear()


def _operand_key(value: Any) -> Any:
    """Return the key of a tensor or several; of a number, where an operation takes one."""
    kind = type(value)
    if kind is tuple:
        return tuple(map(_operand_key, value))
    return (kind, value) if kind is int or kind is bool or kind is float else value


def _key(value: Any) -> Any:
    """Return what tells a value from all others; `1`, `1.0` and `true` are equal, and differ."""
    kind = type(value)
    if kind is str or value is None:
        return value
    if kind is int or kind is bool or kind is float:
        return kind, value
    if kind is list or kind is tuple:
        return (kind, *map(_key, value))
    if kind is KerasObject:
        return kind, value.kind, value.name, _key(value.arguments)
    if kind is LayerValue and not value.rule.is_extern:
        return value.rule, _key(value.values)
    if kind is slice:
        return kind, _key(value.start), _key(value.stop), _key(value.step)
    if value is Ellipsis:
        return value
    raise _NoKey
