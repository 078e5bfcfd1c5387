"""A model as rules see it: every layer where it is applied, what it takes and who takes it.

Blocks, loops and choices are gone through already: a rule that goes from a layer to the next one
need not know how they are written. The view is made once for all rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from nndsl import edits, graph
from nndsl.diagnostic import Label
from nndsl.layers.rule import Tensor
from nndsl.lint.activations import LINEAR, Made, activation_of, made_in, place_of_activation
from nndsl.record import Record
from nndsl.shapes.arrows import Arrows
from nndsl.shapes.model import ShapedModel, Use
from nndsl.source import Span

if TYPE_CHECKING:
    from nndsl.lint.training import Trained

#: Layers that pass values on one by one, perhaps in another shape.
PASSES = frozenset(
    "Reshape Flatten Permute Identity Dropout ActivityRegularization RepeatVector Cropping1D"
    " Cropping2D Cropping3D ops.reshape ops.transpose ops.squeeze ops.expand_dims ops.identity"
    " ops.moveaxis ops.swapaxes ops.getitem".split()
)
#: Layers that are a sum of products with a kernel of their own, and may have an activation.
DENSE = frozenset(
    "Dense EinsumDense Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose"
    " SeparableConv1D SeparableConv2D DepthwiseConv1D DepthwiseConv2D".split()
)


_UNITS = ("units", "filters")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Head(Record):
    """How an output of the model is made, as far as it can be told."""

    output: graph.BodyOutput
    tensor: Tensor
    #: The last activation; "linear" where a layer without one ends, None if it cannot be told.
    activation: str | None
    #: What applies it, and where it stands.
    use: Use | None
    made: Made | None
    place: Span

    @property
    def name(self) -> str:
        return self.output.name

    @property
    def units(self) -> int | None:
        """The size of the last axis, over which Keras takes classes."""
        size = self.tensor.shape[-1] if self.tensor.rank > 1 else None
        return size if isinstance(size, int) else None

    @property
    def units_place(self) -> Span | None:
        """Where the number of units is written; None if it cannot be told."""
        bounds = [self.made.argument(name) for name in _UNITS] if self.made is not None else []
        return next((bound.value.span for bound in bounds if bound is not None), None)

    def labels(self, text: str) -> tuple[Label, ...]:
        """Return a label for a message about the loss: what the head does, at its place."""
        return (Label(self.place, text),) if self.use is not None else ()

    def activated(self, word: str) -> edits.Edits | None:
        """Return what gives the output another activation."""
        if self.made is None or self.use is None:
            return None
        if self.made.kind == "Activation" and self.made.span.text.startswith("Activation"):
            return edits.set_argument(self.made, "activation", word)
        if "activation" in self.made.rule.by_name and self.made.kind != "Activation":
            bound = self.made.argument("activation")
            if word == LINEAR and bound is not None:
                return edits.drop_argument(self.made.span, bound)
            return edits.set_argument(self.made, "activation", word)
        if word == LINEAR:
            return edits.remove_stage(self.use.span)
        return edits.replaced(self.made.span, word)

    @property
    def is_dense(self) -> bool:
        """True if a layer such as `Dense` ends the output, so that no activation means none."""
        return self.made is not None and self.made.kind in DENSE


class View(Arrows[Use]):
    """One model. `told` are the codes of the errors that were found before; where there are some
    it is not `whole`: what is absent may only have not been understood."""

    def __init__(
        self, shaped: ShapedModel, trained: Trained | None, told: Collection[str] = ()
    ) -> None:
        self.shaped = shaped
        self.model = shaped.model
        self.trained = trained
        self.told = told
        self.whole = not told
        #: Those of which is known what comes in and goes out.
        self.uses = tuple(u for u in shaped.uses if u.live and u.inputs and u.outputs)
        super().__init__(self.uses)

    def of(self, *kinds: str) -> Iterator[Use]:
        """Yield the uses of layers and operations of these names."""
        return (use for use in self.uses if use.rule.name in kinds)

    def input_of(self, tensor: Tensor) -> graph.Input | None:
        """Return the input of the model that a tensor is; None if a layer made it."""
        if tensor.origin is None or tensor.origin[0] >= 0:
            return None
        return self.model.body.inputs[-1 - tensor.origin[0]]

    def before(self, use: Use) -> Use | None:
        """Return what made the first tensor that a use takes."""
        return self.maker(use.inputs[0]) if use.inputs else None

    def after(self, use: Use) -> tuple[Use, ...]:
        """Return what takes a tensor that a use made."""
        takers = (taker for tensor in use.outputs if tensor for taker in self.users(tensor))
        return tuple({taker.index: taker for taker in takers}.values())

    def only_after(self, use: Use) -> Use | None:
        """Return the one that takes what a use made, if there is no other and no output is it."""
        takers = self.after(use)
        return takers[0] if len(takers) == 1 and not self.is_output(use) else None

    def is_output(self, use: Use) -> bool:
        """True if an output of the model is what a use made."""
        return use.index in self._outputs

    @cached_property
    def _outputs(self) -> set[int]:
        tensors = self.shaped.outputs.values()
        return {t.origin[0] for t in tensors if t is not None and t.origin is not None}

    # ---- Heads

    @cached_property
    def heads(self) -> dict[str, Head]:
        """How each output is made, by its name; those in error are left out."""
        heads = {}
        for output in self.model.body.outputs:
            tensor = self.shaped.outputs.get(output.name)
            if tensor is not None:
                heads[output.name] = self._head(output, tensor)
        return heads

    def _head(self, output: graph.BodyOutput, tensor: Tensor) -> Head:
        use = self.maker(tensor)
        while use is not None:
            made = made_in(use)
            activation = activation_of(made)
            passes = made.kind in PASSES or (made.kind == "Activation" and activation == LINEAR)
            if not passes:
                known = activation if made.kind in DENSE or activation != LINEAR else None
                return Head(output, tensor, known, use, made, place_of_activation(made))
            use = self.before(use)
        return Head(output, tensor, None, None, None, output.span)
