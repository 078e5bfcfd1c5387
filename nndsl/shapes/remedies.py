"""What mends a layer that gets a tensor which it does not take: there, or where that was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nndsl import edits, graph
from nndsl.diagnostic import Fix, Label
from nndsl.layers.rule import LayerError, Tensor
from nndsl.record import Record
from nndsl.shapes.model import Use
from nndsl.source import Span

#: Layers that leave the number of axes as it is, as far as looking for what changed it goes.
_PASSES = frozenset(
    "Dropout BatchNormalization LayerNormalization Activation ReLU LeakyReLU SpatialDropout1D"
    " GaussianNoise AlphaDropout Masking Identity".split()
)
_RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"})


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Remedy(Record):
    """A help line with its fix, and what is said about the layer that is to be changed."""

    help: str | None
    fix: Fix | None
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Written(Record):
    """A layer as it is written."""

    span: Span
    arguments: tuple[graph.Bound, ...]

    def argument(self, name: str) -> graph.Bound | None:
        return next((a for a in self.arguments if a.parameter == name), None)


def remedy(
    error: LayerError,
    layer: Written,
    tensors: Sequence[Tensor | None],
    uses: Sequence[Use],
) -> Remedy:
    """Return what mends an error of a layer that gets these tensors."""
    first = tensors[0] if tensors else None
    if error.code == "S101" and first is not None and error.expected is not None:
        missing = error.expected.count(",") + 2 - first.rank
        found = _lost_axes(first, missing, uses)
        found = found or _embedded_rows(first, missing, uses)
        if found is not None:
            return found
    if error.code == "S106" and first is not None and error.stage is not None:
        place = _behind_the_input(first, uses)
        if place is not None:
            what = f"put `{error.stage}` behind the input"
            return Remedy(
                f"{what}, or give the data so; `data_format=channels_first` takes them as they are",
                edits.fix(what, edits.insert_before(place.span, error.stage)),
                (Label(place.span, f"the first to take {place.inputs[0]}"),),
            )
    change = None
    if error.stage is not None:
        what = f"put `{error.stage}` in front"
        change = edits.fix(what, edits.insert_before(layer.span, error.stage))
    elif error.setting is not None:
        name, value = error.setting
        what = f"write `{name}={value}`"
        change = edits.fix(what, edits.set_argument(layer, name, value), safe=False)
    elif error.code == "S109" and error.argument is not None:
        bound = layer.argument(error.argument)
        drop = edits.drop_argument(layer.span, bound) if bound is not None else None
        change = edits.fix(f"leave `{error.argument}` out", drop)
    return Remedy(error.help, change)


def _lost_axes(tensor: Tensor, missing: int, uses: Sequence[Use]) -> Remedy | None:
    """Return how to get axes back that a layer above has given up."""
    maker = _maker(tensor, uses)
    while maker is not None and maker.rule.name in _PASSES and maker.inputs:
        maker = _maker(maker.inputs[0], uses)
    if maker is None or missing < 1:
        return None
    kind, written = maker.rule.name, Written(maker.span, maker.arguments)
    if missing == 1 and kind in _RECURRENT and not maker.value("return_sequences"):
        return _keep_sequences(f"`{kind}`", written)
    if missing == 1 and kind == "Bidirectional":
        inner = maker.argument("layer")
        made = inner.value if inner is not None else None
        if isinstance(made, graph.LayerObject) and made.layer.name in _RECURRENT:
            return _keep_sequences(f"`{made.layer.name}`", Written(made.span, made.arguments))
    before = maker.inputs[0].rank if maker.inputs else 0
    gives_up = kind == "Flatten" or (kind.startswith("Global") and "Pooling" in kind)
    if gives_up and before == tensor.rank + missing:
        return Remedy(
            f"leave `{kind}` out, or put it behind",
            edits.fix(f"leave `{kind}` out", edits.remove_stage(maker.span)),
            (Label(maker.span, "gives up the axes"),),
        )
    return None


def _embedded_rows(tensor: Tensor, missing: int, uses: Sequence[Use]) -> Remedy | None:
    """Return what helps an `Embedding` that was given rows where it takes numbers."""
    maker = _maker(tensor, uses)
    while maker is not None and maker.rule.name in _PASSES and maker.inputs:
        maker = _maker(maker.inputs[0], uses)
    if missing != -1 or maker is None or maker.rule.name != "Embedding":
        return None
    *kept, last = maker.inputs[0].shape[1:]
    if not kept:
        return None
    wanted = ", ".join("?" if size is None else str(size) for size in kept)
    rows = "an axis of size 1" if last == 1 else "rows of 0 and 1"
    return Remedy(
        f"`Embedding` takes the number of each word and adds an axis: give it `int32[{wanted}]`, "
        f"without {rows}",
        None,
        (Label(maker.span, f"makes {maker.outputs[0]} of {maker.inputs[0]}"),),
    )


def _behind_the_input(tensor: Tensor, uses: Sequence[Use]) -> Use | None:
    """Return the first of the layers that made a tensor, if it takes such an image, too."""
    maker = first = _maker(tensor, uses)
    while maker is not None and maker.inputs:
        first, maker = maker, _maker(maker.inputs[0], uses)
    if first is None or first.calls or first.inputs[0].rank != tensor.rank:
        return None
    return first if first.inputs[0].shape[1] in (1, 3, 4) else None


def _keep_sequences(what: str, written: Written) -> Remedy:
    text = "return_sequences=true"
    return Remedy(
        f"add `{text}` to {what} in front: without it, only the last step comes out",
        edits.fix(f"add `{text}`", edits.set_argument(written, "return_sequences", "true")),
        (Label(written.span, "gives its last step alone"),),
    )


def _maker(tensor: Tensor, uses: Sequence[Use]) -> Use | None:
    """Return what made a tensor; None for an input."""
    number = tensor.origin[0] if tensor.origin is not None else -1
    return uses[number] if 0 <= number < len(uses) else None
