"""Layers around other layers."""

from __future__ import annotations

from dataclasses import replace

from nndsl.layers.arguments import (
    Any_,
    LayerArgument,
    LayerList,
    MergeMode,
    OneTensor,
    OptionalLayer,
    OptionalTensor,
    OptionalTensors,
    PositiveInt,
)
from nndsl.layers.checks import fits
from nndsl.layers.effort import times, total
from nndsl.layers.masks import KEEPS, SEQUENCES
from nndsl.layers.rule import (
    Dim,
    LayerError,
    LayerValue,
    Output,
    Tensor,
    Weight,
    layer,
    output,
    shape_text,
)
from nndsl.layers.tracing import is_traceable

#: What Bidirectional can turn around.
READERS = ("LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")


@layer("recurrent", masks=SEQUENCES)
def Bidirectional(
    x: OneTensor,
    initial_state: OptionalTensors,
    mask: OptionalTensor,
    layer: LayerArgument,
    merge_mode: MergeMode = "concat",
    weights: Any_ = None,
    backward_layer: OptionalLayer = None,
) -> Output:
    """Read a sequence forwards with one layer, backwards with a second, and join what they give.

    Input `[steps, features]`, output `[2 * units]`, or `[steps, 2 * units]` where the layer returns
    sequences; `[units]` with a `merge_mode` such as `sum`, two outputs with `merge_mode=none`, then
    the states of both; weights: those of the layer, twice.

    What the layer gives, `return_sequences` and so on, is said in the layer itself.

    Example:
        input series: [?, 16]
        series -> Bidirectional(LSTM(32))
    """
    other = backward_layer or layer
    for value, argument in ((layer, "layer"), (other, "backward_layer")):
        if value.rule.name not in READERS:
            raise _not_inside(
                "Bidirectional", value, "a recurrent layer, such as `LSTM(64)`", argument
            )
    _check_directions(layer, backward_layer)
    half = len(initial_state or ()) // 2
    states = (initial_state[:half], initial_state[half:]) if initial_state else (None, None)
    forward = layer.apply(x, states[0], mask)
    backward = other.apply(x, states[1], mask, argument="backward_layer")
    made = _merged(forward.tensors[0], backward.tensors[0], merge_mode)
    owned = (
        *(weight.within("forward", "forward_*") for weight in forward.weights),
        *(weight.within("backward", "backward_*") for weight in backward.weights),
    )
    held = (*forward.tensors[1:], *backward.tensors[1:])
    tensors = tuple(Tensor(tensor.shape) for tensor in (*made, *held))
    return Output(tensors, owned, total([forward.multiply_adds, backward.multiply_adds]))


def _check_directions(forward: LayerValue, backward: LayerValue | None) -> None:
    """Refuse two layers that read in one direction, or that give other things."""
    turned = bool(forward.value("go_backwards"))
    if turned and backward is None:
        raise LayerError(
            "A205",
            "Bidirectional turns the layer around by itself",
            expected="a layer without `go_backwards`, or a `backward_layer` without it",
            received="`go_backwards=true`",
            argument="layer",
        )
    if backward is None:
        return
    if turned == bool(backward.value("go_backwards")):
        raise LayerError(
            "A205",
            "Bidirectional: both layers read in one direction",
            expected="`go_backwards=true` in one of them",
            received=f"`go_backwards={str(turned).lower()}` in both",
            argument="backward_layer",
        )
    for name in ("stateful", "return_sequences", "return_state"):
        if forward.value(name) != backward.value(name):
            raise LayerError(
                "A205",
                f"Bidirectional: both layers need the same `{name}`",
                expected=f"`{name}={str(forward.value(name)).lower()}` in both",
                received=f"`{name}={str(backward.value(name)).lower()}`",
                argument="backward_layer",
            )


def _merged(forward: Tensor, backward: Tensor, mode: str | None) -> tuple[Tensor, ...]:
    a, b = forward.shape, backward.shape
    same = len(a) == len(b) and all(map(fits, a[:-1], b[:-1]))
    if mode is None:
        return forward, backward
    if not same or (mode != "concat" and a[-1] != b[-1]):
        raise LayerError(
            "S103",
            "Bidirectional: the two layers give shapes that do not fit together",
            expected=shape_text(a),
            received=shape_text(b),
            help="`merge_mode=none` keeps them apart",
            argument="backward_layer",
        )
    size: Dim = a[-1]
    if mode == "concat":
        size = a[-1] + b[-1] if isinstance(a[-1], int) and isinstance(b[-1], int) else None
    return (Tensor((*a[:-1], size)),)


@layer("recurrent", masks=KEEPS)
def TimeDistributed(x: OneTensor, mask: OptionalTensor, layer: LayerArgument) -> Output:
    """Apply a layer to each step of a sequence alike: `TimeDistributed(Conv2D(32, 3))`.

    Input `[steps, ...]`, output `[steps, ...]` with what the layer makes of the rest; weights:
    those of the layer.

    Example:
        input film: [10, 64, 64, 3]
        film -> TimeDistributed(Conv2D(16, 3))
    """
    if x.rank < 3:
        raise LayerError(
            "S101",
            "TimeDistributed needs steps of at least one axis",
            expected="[steps, features]",
            received=shape_text(x.shape),
            help="a recurrent layer in front gives its whole sequence with `return_sequences=true`",
        )
    if mask is not None and (mask.rank < 2 or not fits(mask.shape[1], x.shape[1])):
        raise LayerError(
            "S103",
            "TimeDistributed: the mask does not fit",
            expected=shape_text((None, x.shape[1])),
            received=shape_text(mask.shape),
        )
    made = _applied("TimeDistributed", layer, Tensor((None, *x.shape[2:]), x.dtype))
    owned = tuple(weight.within("layer") for weight in made.weights)
    shape = (x.shape[0], x.shape[1], *made.tensors[0].shape[1:])
    return output(shape, *owned, multiply_adds=times(x.shape[1], made.multiply_adds))


@layer("normalization")
def SpectralNormalization(
    x: OneTensor, layer: LayerArgument, power_iterations: PositiveInt = 1
) -> Output:
    """Keep the largest singular value of a layer's kernel at 1.

    Input and output as those of the layer; weights: those of the layer and, not trainable, the
    vector u `(1, the kernel's last size)`.

    Example:
        input image: [28, 28, 3]
        image -> SpectralNormalization(Conv2D(32, 3))
    """
    made = _applied("SpectralNormalization", layer, x)
    owned = tuple(weight.within("layer") for weight in made.weights)
    names = [f"layer/{name}" for name in ("kernel", "embeddings")]
    if layer.rule is SpectralNormalization:
        names = [f"layer/{name}" for name in names]
    kernels = [weight for weight in owned if weight.name in names]
    if not kernels or layer.rule.family == "recurrent":
        raise _not_inside(
            "SpectralNormalization",
            layer,
            "a layer with one kernel, such as `Dense(64)` or `Conv2D(32, 3)`",
        )
    vector = Weight("vector_u", (1, kernels[0].shape[-1]), False, kernels[0].dtype)
    shape = made.tensors[0].shape
    return output(shape, *owned, vector, multiply_adds=made.multiply_adds)


@layer("preprocessing", base=())
def Pipeline(x: OneTensor, mask: OptionalTensor, layers: LayerList) -> Output:
    """Several layers one after the other as one: `Pipeline([RandomFlip(), RandomZoom(0.2)])`.

    Input that of the first layer, output that of the last; weights: those of the layers.

    Example:
        input image: [224, 224, 3]
        image -> Pipeline([RandomFlip(horizontal), RandomRotation(0.1)])
    """
    if not layers:
        raise LayerError(
            "A203",
            "Pipeline needs a layer",
            expected="a list of layers, such as `[RandomFlip(), RandomZoom(0.2)]`",
            received="none",
            argument="layers",
        )
    made = []
    for value in layers:
        if not is_traceable(value.rule, value.value, x.shape):
            raise LayerError(
                "S110",
                f"`{value.rule.name}` in Pipeline needs to know the sizes of its input",
                expected="known sizes",
                received=shape_text(x.shape),
                help="give the input sizes instead of `?`, or apply the layers one by one",
            )
        one = _applied("Pipeline", value, x, "layers")
        made.append(one)
        (x,) = one.tensors
        if one.when_traced is not None:
            x = replace(x, shape=one.when_traced)
    owned = tuple(
        weight.within(str(number)) for number, one in enumerate(made) for weight in one.weights
    )
    return Output((x,), owned, total(one.multiply_adds for one in made))


def _applied(name: str, value: LayerValue, x: Tensor, argument: str = "layer") -> Output:
    """Return what an inner layer gives that takes one tensor and gives one."""
    if value.rule.takes_list or any(p.required for p in value.rule.tensors[1:]):
        raise _not_inside(name, value, "a layer that takes one tensor", argument)
    if value.rule is Pipeline and name == "TimeDistributed":
        raise _not_inside(
            name,
            value,
            "a layer that tells the shape of what it gives, which a Pipeline does not",
            argument,
            "wrap one by one: `-> TimeDistributed(Rescaling(0.5)) -> TimeDistributed(Dense(3))`",
        )
    made = value.apply(x, argument=argument)
    if len(made.tensors) > 1:
        raise LayerError(
            "A205",
            f"{name}: the inner layer gives {len(made.tensors)} tensors",
            expected="a layer that gives one tensor",
            received=f"`{value.rule.name}` that gives {len(made.tensors)}",
            help=("leave `return_state` out" if "return_state" in value.rule.by_name else None),
            argument=argument,
        )
    return made


def _not_inside(
    name: str,
    value: LayerValue,
    expected: str,
    argument: str = "layer",
    help: str | None = None,
) -> LayerError:
    return LayerError(
        "A209",
        f"{name} cannot wrap `{value.rule.name}`",
        expected=expected,
        received=f"`{value.rule.name}`",
        help=help,
        argument=argument,
    )
