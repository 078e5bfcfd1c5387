"""What a text declares of the user's Python: `extern layer Gate(units) from "mylib.layers"`.

The Python is imported by the code that comes out, never here: the declaration is all that is known.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Union

from nndsl.expression import Expression, Parameter, Rest
from nndsl.layers.argument_types import AnyType, TensorType
from nndsl.layers.errors import LayerError, UnknownOutput
from nndsl.layers.masks import UNTOLD
from nndsl.layers.rule import (
    BASE_PARAMETERS,
    UNKNOWN_WEIGHTS,
    Dim,
    Evaluate,
    LayerRule,
    Output,
    Parameter as RuleParameter,
    Tensor,
    shape_text,
)
from nndsl.layers.sizes import Sizes, Wanted
from nndsl.record import Record
from nndsl.source import Span
from nndsl.vocabulary import REQUIRED

#: What can be declared. Layers and functions stand in flows, the others in a training section.
KINDS = ("layer", "function", "loss", "metric", "optimizer", "callback", "data", "batches")
#: Functions of data, which are called whatever they are called: of arrays, and of batches.
SOURCES = ("data", "batches")
STAGES = ("layer", "function")

#: A size is an expression, a name (`?T`), None for any (`?`), or `Rest` for any number of axes.
Dims = tuple[Union[Expression, str, None], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ExternTensor(Record):
    """A tensor that is taken or given; `dims` None means any shape, `dtype` "" any dtype."""

    name: str
    dtype: str
    dims: Dims | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Extern(Record):
    """A declaration. `outputs` is None where nothing is said of what comes out.

    `takes_list` says that the tensors come as one list, and `has_parameters` that a parameter list
    was written, be it empty.
    """

    kind: str
    name: str
    module: str
    parameters: tuple[Parameter, ...]
    has_parameters: bool
    tensors: tuple[ExternTensor, ...]
    takes_list: bool
    outputs: tuple[ExternTensor, ...] | None
    span: Span

    @property
    def is_called(self) -> bool:
        """False for a plain function, which is handed over as it is: `extern loss my_loss`."""
        return self.has_parameters or self.name.lstrip("_")[:1].isupper() or self.kind in SOURCES


class ExternRule(LayerRule):
    """A layer or function of the user's own, as blocks and models see layers."""

    is_extern = True

    def __init__(self, extern: Extern, evaluate: Evaluate | None = None) -> None:
        self.extern = extern
        self.name = extern.name
        self.family = "extern"
        self.base = BASE_PARAMETERS if extern.kind == "layer" else ()
        self.masks = UNTOLD
        self.traced_axes = None
        self.pins_rank = False
        self.spread_last = False
        self._evaluate = evaluate

    def evaluated_by(self, evaluate: Evaluate) -> ExternRule:
        made = copy.copy(self)
        made._evaluate = evaluate
        return made

    @cached_property
    def _parameters(self) -> tuple[RuleParameter, ...]:
        return (*self.tensors, *self.parameters)

    @cached_property
    def tensors(self) -> tuple[RuleParameter, ...]:
        if self.extern.takes_list:
            return (RuleParameter("inputs", TensorType("tensors", several=True)),)
        return tuple(RuleParameter(t.name, TensorType("a tensor")) for t in self.extern.tensors)

    @cached_property
    def parameters(self) -> tuple[RuleParameter, ...]:
        any_value = AnyType("any value")
        # A default is the Python's own: what it is here, it is for shapes alone.
        return tuple(
            RuleParameter(p.name, any_value, REQUIRED if p.default is None else _THEIR_OWN)
            for p in self.extern.parameters
        )

    @cached_property
    def wraps(self) -> bool:
        return False

    @cached_property
    def flags(self) -> tuple[RuleParameter, ...]:
        return ()

    # ---- Shapes

    def apply(self, tensors: Mapping[str, Any], values: Mapping[str, Any]) -> Output:
        """Return what the declaration promises for these tensors and arguments."""
        known = Sizes()
        given = self._given(tensors)
        if len(given) != len(self.extern.tensors):
            raise LayerError(
                "S115",
                f"`{self.name}` takes {len(self.extern.tensors)} tensors, and gets {len(given)}",
                expected=", ".join(f"`{tensor.name}`" for tensor in self.extern.tensors),
                received=f"{len(given)} tensors",
            )
        for declared, tensor in zip(self.extern.tensors, given, strict=True):
            self._check(declared, tensor, known, values)
        outputs = self.extern.outputs
        if outputs is None:
            raise UnknownOutput
        if known.rest is None and outputs and outputs[0].dims is not None:
            self._learn_rest(outputs[0], given[0], known, values)
        made = tuple(
            Tensor((None, *known.fill(self._sizes(output.dims or (), values))), output.dtype)
            for output in outputs
        )
        return Output(made, () if self.extern.kind == "function" else UNKNOWN_WEIGHTS)

    def _given(self, tensors: Mapping[str, Any]) -> tuple[Tensor, ...]:
        found: list[Tensor] = []
        for parameter in self.tensors:
            value = parameter.convert(tensors.get(parameter.name))
            found += value if isinstance(value, tuple) else (value,)
        return tuple(found)

    def _check(
        self, declared: ExternTensor, tensor: Tensor, known: Sizes, values: Mapping[str, Any]
    ) -> None:
        """Refuse a tensor that is not as it was declared."""
        what = f"`{self.name}` takes `{declared.name}` of"
        if declared.dtype and declared.dtype != tensor.dtype:
            raise LayerError(
                "S112",
                f"{what} {declared.dtype}, and gets {tensor.dtype}",
                expected=declared.dtype,
                received=tensor.dtype,
            )
        if declared.dims is None:
            return
        pattern = self._sizes(declared.dims, values)
        if not known.fit(pattern, tensor.shape[1:]):
            wanted, found = known.text(pattern), shape_text(tensor.shape)
            raise LayerError(
                "S112", f"{what} {wanted}, and gets {found}", expected=wanted, received=found
            )

    def _learn_rest(
        self, output: ExternTensor, tensor: Tensor, known: Sizes, values: Mapping[str, Any]
    ) -> None:
        """Let `..` stand for the axes of the tensor that nothing is written for."""
        pattern = self._sizes(output.dims or (), values)
        anything = [size if size is Ellipsis else None for size in pattern]
        if Ellipsis in pattern and not known.fit(anything, tensor.shape[1:]):
            raise LayerError(
                "S101",
                f"`{self.name}` takes a tensor with an axis for each size that it gives",
                expected=f"at least {len(pattern) - 1} axes behind the batch",
                received=shape_text(tensor.shape),
            )

    def _sizes(self, dims: Dims, values: Mapping[str, Any]) -> list[Wanted]:
        """Return sizes with the values of the arguments in them."""
        return [self._size(dim, values) for dim in dims]

    def _size(self, dim: Expression | str | None, values: Mapping[str, Any]) -> Dim | Any:
        if dim is None or isinstance(dim, str):
            return dim
        if isinstance(dim, Rest):
            return Ellipsis
        assert self._evaluate is not None, "shapes are asked for by what evaluates expressions"
        size = self._evaluate(dim, self._arguments(values))
        if type(size) is int and size > 0:
            return size
        if isinstance(size, (int, float, str, list, tuple)):
            raise LayerError(
                "A209",
                f"a size of `{self.name}` is a positive integer",
                expected=f"a positive integer for `{dim.span.text}`",
                received=str(size),
            )
        return None  # it could not be evaluated, which was reported

    def _arguments(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of all parameters that have one."""
        assert self._evaluate is not None
        found = dict(values)
        for parameter in self.extern.parameters:
            if parameter.name not in found and parameter.default is not None:
                found[parameter.name] = self._evaluate(parameter.default, {})
        return found


class _TheirOwn:
    """The default of a parameter in the user's Python, which equals nothing that a text says."""

    def __repr__(self) -> str:
        return "the default in Python"


_THEIR_OWN = _TheirOwn()
