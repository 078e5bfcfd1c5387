"""What a layer function is made of: tensors in, an output out, and the argument list between.

A layer of Keras is one function here. Its name is the Keras class, its parameters are first the
tensors of the layer's call, then the constructor's arguments with Keras's names, order and
defaults, then, by keyword only, the call's own flags such as `use_causal_mask`; its body computes
the output's shape and the weights; its docstring is the hover text and the reference page.
Everything else that has to know layers reads these functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Union

from nndsl.layers import arguments
from nndsl.layers.argument_types import ArgumentType, TensorType, Unfit
from nndsl.layers.effort import activation_bytes
from nndsl.layers.errors import (
    LayerError as LayerError,  # which layers raise
    UnknownOutput,
)
from nndsl.layers.floats import check_dtypes
from nndsl.layers.initializers import class_of, misfit
from nndsl.layers.masks import LOSES
from nndsl.layers.memory import remembered
from nndsl.layers.modes import BEHAVE_OTHERWISE_IN_TRAINING
from nndsl.layers.tracing import TracedAxes
from nndsl.layers.value import LayerValue as LayerValue, holds_extern
from nndsl.vocabulary import REQUIRED

#: A size: known, unknown (None), or unknown with a name, equal wherever the name stands (str).
Dim = Union[int, str, None]
Shape = tuple[Dim, ...]
#: Returns the value of an expression, given those of the parameters in it.
Evaluate = Callable[[Any, Mapping[str, Any]], Any]
#: The wrappers that can do with any layer that gives a tensor.
OPEN_WRAPPERS = ("TimeDistributed", "Pipeline")


@dataclass(frozen=True, slots=True)
class Tensor:
    """Shape (the batch axis first, always None) and dtype of a tensor.

    `masked` says that Keras knows which steps of it are only filled up, see `masks`. `origin` is
    what made it, once that is known: the number of a use (see `shapes.model.Use`) and of the
    output; an input of the model, counted from 0, has `(-1 - number, 0)`.
    """

    shape: Shape
    dtype: str = "float32"
    masked: bool = False
    origin: tuple[int, int] | None = field(default=None, compare=False, repr=False)

    @property
    def rank(self) -> int:
        return len(self.shape)

    def __str__(self) -> str:
        return shape_text(self.shape)


@dataclass(frozen=True, slots=True)
class Weight:
    """A variable that a layer owns; trainable, and of floats, unless said otherwise.

    One that is not `known` stands for all that a layer of the user's owns: nobody here can tell.
    `path` is where Keras has it in its layer, if that is not its name; `*` stands for what Keras
    numbers, the names of layers inside.
    """

    name: str
    shape: tuple[int, ...]
    trainable: bool = True
    dtype: str = "float32"
    known: bool = True
    path: str = ""

    def within(self, part: str, inner: str = "*") -> Weight:
        """Return it as it is called in a layer around its own, which Keras calls `inner` there."""
        return replace(self, name=f"{part}/{self.name}", path=f"{inner}/{self.path or self.name}")

    @property
    def size(self) -> int:
        """The number of its elements; 0 where that is not known."""
        size = int(self.known)
        for dim in self.shape:
            size *= dim
        return size


#: All that a layer owns of which nobody here can tell what it owns.
UNKNOWN_WEIGHTS = (Weight("weights", (), known=False),)


@dataclass(frozen=True)
class Output:
    """What applying a layer gives: one tensor or several, and the layer's weights.

    `multiply_adds` is what one sample costs in the dense, convolution, recurrent and attention
    families; None where it is not estimated or depends on a size that is not known. `built_for`
    are sizes that the layer keeps to once it is built, beside those of its weights. `when_traced`
    is the shape of its tensor that Keras finds where it traces the layer, if that is another.
    """

    tensors: tuple[Tensor, ...]
    weights: tuple[Weight, ...] = ()
    multiply_adds: int | None = None
    built_for: Shape = ()
    when_traced: Shape | None = None

    @cached_property
    def trainable(self) -> int | None:
        """The number of parameters that are trained; None where it is not known."""
        return self._count(True)

    @cached_property
    def largest_size(self) -> int:
        """The largest size of an axis of what it gives."""
        sizes = (dim for tensor in self.tensors for dim in tensor.shape)
        return max((size for size in sizes if isinstance(size, int)), default=0)

    @cached_property
    def activation_bytes(self) -> int | None:
        """The memory that what it gives takes for one sample."""
        return activation_bytes(self.tensors)

    @cached_property
    def non_trainable(self) -> int | None:
        return self._count(False)

    def _count(self, trainable: bool) -> int | None:
        if not all(weight.known for weight in self.weights):
            return None
        return sum(weight.size for weight in self.weights if weight.trainable is trainable)


def output(
    shape: Shape, *weights: Weight, dtype: str = "float32", multiply_adds: int | None = None
) -> Output:
    """Return the output of a layer that gives one tensor."""
    return Output((Tensor(tuple(shape), dtype),), weights, multiply_adds)


def kept_dtype(x: Tensor) -> str:
    """Return the dtype behind a layer that leaves values alone: Keras casts floats on entry."""
    return "float32" if "float" in x.dtype else x.dtype


class BadArgument(Exception):
    """An argument's value that its type does not accept, or (value REQUIRED) one that is missing.

    `unfit` holds what would have been accepted.
    """

    def __init__(self, parameter: Parameter, value: Any, unfit: Unfit) -> None:
        super().__init__(f"{parameter.name}: expected {unfit.expected}, received {value!r}")
        self.parameter = parameter
        self.value = value
        self.unfit = unfit


def dim_text(dim: Dim) -> str:
    if dim is None:
        return "?"
    return f"?{dim}" if isinstance(dim, str) else str(dim)


def shape_text(shape: Shape) -> str:
    """Return a shape without the batch axis, as it is written in a `.nn` file: `[28, 28, ?]`."""
    return "[" + ", ".join(dim_text(dim) for dim in shape[1:]) + "]"


@dataclass(frozen=True)
class Parameter:
    """One argument of a layer: its name, its type, and its default if it has one."""

    name: str
    type: ArgumentType
    default: Any = REQUIRED

    @property
    def required(self) -> bool:
        if isinstance(self.type, TensorType):
            return not self.type.optional
        return self.default is REQUIRED

    def convert(self, value: Any) -> Any:
        """Return the value as layer functions expect it; raise `BadArgument` if it is unfit."""
        if value is REQUIRED:
            raise BadArgument(self, value, self.type.refuse())
        try:
            return self.type.convert(value)
        except Unfit as unfit:
            raise BadArgument(self, value, unfit) from None


class LayerRule:
    """A layer function with its signature taken apart."""

    def __init__(
        self,
        function: Callable[..., Output],
        family: str,
        base: tuple[str, ...],
        pins_rank: bool,
        name: str = "",
        masks: str = LOSES,
        *,
        spread_last: bool = False,
        traced_axes: TracedAxes | None = None,
    ) -> None:
        self.function = function
        #: The axes whose sizes it has to know where Keras traces it, see `tracing`.
        self.traced_axes = traced_axes
        #: True if Keras's function takes the list of tensors behind the arguments, one by one.
        self.spread_last = spread_last
        #: What becomes of the mask of its input: one of the words in `masks`.
        self.masks = masks
        self.pins_rank = pins_rank
        self.family = family
        #: Those arguments of all layers that this one takes.
        self.base = tuple(p for p in BASE_PARAMETERS if p.name in base)
        self.name: str = name or function.__name__

    @cached_property
    def documentation(self) -> str:
        import inspect  # 10 ms that only readers of documentation pay

        return inspect.cleandoc(self.function.__doc__ or "")

    #: True for a layer or function of the user's own, of which only its declaration is known.
    is_extern = False

    def __repr__(self) -> str:
        return f"<layer {self.name}>"

    def evaluated_by(self, evaluate: Evaluate) -> LayerRule:
        """Return the rule with what gives expressions in it values; Keras's layers have none."""
        return self

    @cached_property
    def _parameters(self) -> tuple[Parameter, ...]:
        code = self.function.__code__
        annotations = self.function.__annotations__
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        defaults = dict(
            zip(
                reversed(code.co_varnames[: code.co_argcount]),
                reversed(self.function.__defaults__ or ()),
                strict=False,
            )
        )
        defaults.update(self.function.__kwdefaults__ or {})
        return tuple(
            Parameter(
                name,
                # Annotations are plain names of aliases, kept as text: no evaluation needed.
                arguments.argument_type(self.function.__globals__[annotations[name]]),
                defaults.get(name, REQUIRED),
            )
            for name in names
        )

    @cached_property
    def tensors(self) -> tuple[Parameter, ...]:
        """The tensors of the layer's call: the first comes over the arrow, others by name."""
        return tuple(p for p in self._parameters if p.type.is_tensor)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The constructor's own arguments, in Keras's order."""
        return self._parameters[len(self.tensors) : self.function.__code__.co_argcount]

    @cached_property
    def wraps(self) -> bool:
        """True if the layer is made of others, which are its arguments."""
        wrapped = {"LayerArgument", "LayerList", "LayerOrCells", "Cells"}
        return not wrapped.isdisjoint(self.function.__annotations__.values())

    @cached_property
    def _own_flags(self) -> tuple[Parameter, ...]:
        own = self._parameters[self.function.__code__.co_argcount :]
        return tuple(p for p in own if p not in self._base_seen)

    @cached_property
    def _base_seen(self) -> tuple[Parameter, ...]:
        """The arguments of all layers that this function sees to itself: by keyword only."""
        names = {p.name for p in BASE_PARAMETERS}
        own = self._parameters[self.function.__code__.co_argcount :]
        return tuple(p for p in own if p.name in names)

    @cached_property
    def flags(self) -> tuple[Parameter, ...]:
        """The arguments of the layer's call that are no tensors, such as `use_causal_mask`."""
        modes = (TRAINING,) if self.name in BEHAVE_OTHERWISE_IN_TRAINING else ()
        return (*self._own_flags, *modes)

    @cached_property
    def by_name(self) -> dict[str, Parameter]:
        """Every argument that may be given by name, those of all layers included."""
        return {p.name: p for p in (*self.parameters, *self.flags, *self.base)}

    @cached_property
    def _defaults(self) -> dict[str, Any]:
        """The arguments that have a default, converted."""
        own = (*self.parameters, *self._own_flags)
        return {p.name: p.convert(p.default) for p in own if not p.required}

    @property
    def takes_list(self) -> bool:
        """True for merge layers: all the tensors on the arrow come as one list."""
        type_ = self._parameters[0].type
        return isinstance(type_, TensorType) and type_.several

    def apply(self, tensors: Mapping[str, Any], values: Mapping[str, Any]) -> Output:
        """Return what the layer gives for these tensors and arguments, all by name.

        A tensor is a `Tensor`, a tuple of them where the layer takes a list, or None. `values`
        are as written: strings, numbers, lists, `KerasObject`s; names that the layer does not
        know are the caller's business. Raises `BadArgument` and `LayerError`. What a layer has
        given before is not worked out again.
        """
        return remembered(self, tensors, values, self._applied)

    def _applied(self, tensors: Mapping[str, Any], values: Mapping[str, Any]) -> Output:
        chosen: dict[str, Any] = {p.name: p.convert(tensors.get(p.name)) for p in self.tensors}
        for p in (*self.parameters, *self._own_flags):
            if p.name in values or p.required:
                chosen[p.name] = p.convert(values.get(p.name, REQUIRED))
            else:
                chosen[p.name] = self._defaults[p.name]
        for p in self._base_seen:
            chosen[p.name] = p.convert(values.get(p.name))
        for p in (*self.base, TRAINING):
            if p.name in values and p.name not in chosen:
                p.convert(values[p.name])
        self._refuse_glu(chosen)
        if self.wraps and self.name not in OPEN_WRAPPERS and holds_extern(chosen.values()):
            raise UnknownOutput  # what it would need of the layer inside was never declared
        if "." not in self.name:  # operations see to theirs themselves
            check_dtypes(self.name, [chosen[p.name] for p in self.tensors])
        made = self.function(**chosen)
        self._check_initializers(made, chosen)
        return _with_base(self, made, values)

    def _refuse_glu(self, chosen: Mapping[str, Any]) -> None:
        for argument in ("activation", "recurrent_activation"):
            if chosen.get(argument) == "glu":
                raise LayerError(
                    "A205",
                    f"{self.name}: `glu` halves the last axis, which Keras does not count with",
                    expected="an activation that keeps the shape",
                    received="`glu`",
                    help="multiply two layers, one of them with `sigmoid`: "
                    "`x -> ( Dense(8) | Dense(8, sigmoid) ) -> Multiply`",
                    argument=argument,
                )

    def _check_initializers(self, made: Output, chosen: Mapping[str, Any]) -> None:
        found = misfit(chosen, made.weights)
        if found is not None:
            argument, wanted, received = found
            raise LayerError(
                "A205",
                f"{self.name}: `{argument}` cannot make these weights",
                expected=wanted,
                received=received,
                help="`glorot_uniform`, `he_normal` and `zeros` make weights of any shape",
                argument=argument,
            )


def _with_base(rule: LayerRule, made: Output, values: Mapping[str, Any]) -> Output:
    """Return the output with what `dtype` and `trainable`, which every layer takes, make of it."""
    tensors, weights = made.tensors, made.weights
    if values.get("dtype"):
        trained = any(weight.trainable for weight in weights)
        if not rule.wraps and (trained or (weights and values["dtype"] == "string")):
            _check_dtype(rule, values)
        dtype = str(values["dtype"]).removeprefix("mixed_")
        if dtype == values["dtype"] and not rule.wraps:  # mixed: it computes so, and keeps float32
            weights = tuple(replace(w, dtype=dtype) if "float" in w.dtype else w for w in weights)
    if values.get("dtype") and not rule._base_seen:  # it has seen to its dtype itself
        tensors = tuple(Tensor(t.shape, dtype) if "float" in t.dtype else t for t in tensors)
    if values.get("trainable") is False:
        # Keras takes it for the weights of the layer itself, not of layers inside it.
        weights = tuple(w if "/" in w.name else replace(w, trainable=False) for w in weights)
    return replace(made, tensors=tensors, weights=weights)


def _check_dtype(rule: LayerRule, values: Mapping[str, Any]) -> None:
    """Refuse a dtype that the weights of a layer cannot have."""
    dtype = values["dtype"]
    orthogonal = [
        p.name
        for p in rule.parameters
        if dtype == "bfloat16" and class_of(values.get(p.name, p.default)) == "Orthogonal"
    ]
    if "float" not in dtype or orthogonal:
        what = f"`{orthogonal[0]}=orthogonal` cannot make" if orthogonal else "there are no"
        raise LayerError(
            "A205",
            f"{rule.name}: {what} weights of {dtype}",
            expected="`float32`, `float16`, `mixed_float16` or another dtype of floats",
            received=f"`{dtype}`",
            argument="dtype",
        )


#: What is a flag of the call of every layer that behaves in another way while training.
TRAINING = Parameter("training", arguments.argument_type(arguments.OptionalBool), None)
BASE_PARAMETERS = (
    Parameter("trainable", arguments.argument_type(arguments.Bool), True),
    Parameter("dtype", arguments.argument_type(arguments.DType), None),
)


def layer(
    family: str,
    *,
    base: tuple[str, ...] = ("trainable", "dtype"),
    pins_rank: bool = False,
    masks: str = LOSES,
    traced_axes: TracedAxes | None = None,
) -> Callable[[Callable[..., Output]], LayerRule]:
    """Declare a function as a layer of the given Keras family.

    `base` are the arguments of all layers that it takes; a few take not all of them. A layer
    that `pins_rank` can be applied only to as many axes as it was first applied to; `masks` says
    what becomes of a mask, `traced_axes` which sizes it needs to know in a class, see `tracing`.
    """

    def declare(function: Callable[..., Output]) -> LayerRule:
        return LayerRule(function, family, base, pins_rank, masks=masks, traced_axes=traced_axes)

    return declare
