"""What `test_parity.py` asks both Keras and nndsl: layers, input shapes and arguments.

Whether a case is right or wrong is not written here: Keras decides. A case is
`case(layer, shape, *arguments, **arguments)`; a list of shapes stands for a list of tensors,
`T(...)` for a tensor given by name, `O(...)` for an object of Keras such as an initializer.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from nndsl.layers import find
from nndsl.layers.rule import LayerValue
from nndsl.vocabulary import KerasObject


@dataclass(frozen=True)
class T:
    """A tensor: its shape without the batch, its dtype."""

    shape: tuple[int | None, ...]
    dtype: str = "float32"


@dataclass(frozen=True)
class Case:
    layer: str
    tensors: dict[str, T | list[T]]
    values: dict[str, Any] = field(default_factory=dict)

    def of_floats(self) -> Case:
        """Return the case with tensors of floats."""
        return replace(
            self,
            tensors={
                name: (
                    [T(one.shape) for one in given] if isinstance(given, list) else T(given.shape)
                )
                for name, given in self.tensors.items()
            },
        )

    def __str__(self) -> str:
        shapes = [
            [t.shape for t in tensor] if isinstance(tensor, list) else tensor.shape
            for tensor in self.tensors.values()
        ]
        arguments = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{self.layer}({arguments}) on {', '.join(map(str, shapes))}"


def O(kind: str, name: str, **arguments: Any) -> KerasObject:  # noqa: N802, E743
    return KerasObject(kind, name, tuple(arguments.items()))


def L(layer: str, *positional: Any, **named: Any) -> LayerValue:  # noqa: N802
    """Return a layer as an argument."""
    rule = find(layer)
    assert rule is not None, layer
    given = {p.name: value for p, value in zip(rule.parameters, positional, strict=False)}
    return LayerValue(rule, tuple({**given, **named}.items()))


def case(layer: str, on: Any, *positional: Any, dtype_in: str = "float32", **named: Any) -> Case:
    rule = find(layer)
    assert rule is not None, layer
    first = [T(shape, dtype_in) for shape in on] if isinstance(on, list) else T(on, dtype_in)
    tensors: dict[str, T | list[T]] = {rule.tensors[0].name: first}
    values = {p.name: value for p, value in zip(rule.parameters, positional, strict=False)}
    for name, value in named.items():
        is_tensor = isinstance(value, T) or (
            isinstance(value, list) and isinstance((value or [0])[0], T)
        )
        (tensors if is_tensor else values)[name] = value
    return Case(layer, tensors, values)


def _convolutions() -> list[Case]:
    cases = []
    spatial = {1: (16,), 2: (12, 10), 3: (8, 7, 6)}
    for rank, sizes in spatial.items():
        last, first = (*sizes, 4), (4, *sizes)
        conv, transposed = f"Conv{rank}D", f"Conv{rank}DTranspose"
        for name in (conv, transposed):
            cases += [
                case(name, last, 8, 3),
                case(name, last, 8, (3,) * rank, padding="same", use_bias=False),
                case(name, last, 8, [2] * rank, 2, "same", activation="relu"),
                case(name, last, 8, 3, 2, padding="VALID", kernel_initializer="he_normal"),
                case(name, last, 8, 3, dilation_rate=2),
                case(name, last, 8, 3, strides=2, dilation_rate=2),
                case(name, first, 8, 3, data_format="channels_first"),
                case(name, sizes, 8, 3),
                case(name, (*last, 2), 8, 3),
                case(name, last, 8, (3,) * (rank + 1)),
                case(name, last, 8, 40),
                case(name, last, 8, 1),
                case(name, last, 0, 3),
                case(name, last, 8, 0),
                case(name, last, 8, 3, strides=0),
                case(name, last, 8, 3, padding="smae"),
                case(name, last, 8, 3, padding="causal"),
                case(name, last, 8, 3, activation="rleu"),
                case(name, last, 8, 3, kernel_initializer="glorot"),
                case(name, last, 8, 3, data_format="last"),
                case(name, last, 8, 3, kernel_regularizer=O("regularizers", "L2", l2=0.01)),
                case(name, last, 8, 3, bias_constraint=O("constraints", "MaxNorm", max_value=2)),
                case(name, last, 8.5, 3),
            ]
        cases += [
            case(conv, last, 8, 3, groups=2),
            case(conv, last, 8, 3, groups=3),
            case(conv, last, 9, 3, groups=2),
            case(conv, last, 8, 3, groups=0),
            case(conv, last, 8, 3, padding="causal", dilation_rate=2),
            case(transposed, last, 8, 3, 2, output_padding=1),
            case(transposed, last, 8, 3, 2, "same", output_padding=1),
            case(transposed, last, 8, 3, 2, "same", output_padding=0),
            case(transposed, last, 8, 2, 3, "same", output_padding=2),
            case(transposed, last, 8, 3, 2, output_padding=2),
            case(transposed, last, 8, 2, 3),
            case(transposed, last, 8, 2, 1, output_padding=0),
        ]
    for rank in (1, 2):
        sizes = spatial[rank]
        last, first = (*sizes, 4), (4, *sizes)
        for name, given in ((f"DepthwiseConv{rank}D", ()), (f"SeparableConv{rank}D", (8,))):
            cases += [
                case(name, last, *given, 3),
                case(name, last, *given, 3, depth_multiplier=2),
                case(name, last, *given, 3, strides=2, padding="same", use_bias=False),
                case(name, last, *given, 3, strides=2, dilation_rate=2),
                case(name, last, *given, 3, padding="causal"),
                case(name, last, *given, 3, depth_multiplier=0),
                case(name, first, *given, 3, data_format="channels_first"),
                case(name, sizes, *given, 3),
                case(name, last, *given, 30),
                case(name, last, *given, 3, depthwise_initializer="he_normal"),
            ]
    return cases


def _pooling() -> list[Case]:
    cases = []
    for rank, sizes in {1: (16,), 2: (12, 10), 3: (8, 7, 6)}.items():
        last, first = (*sizes, 4), (4, *sizes)
        for kind in ("Max", "Average"):
            name = f"{kind}Pooling{rank}D"
            cases += [
                case(name, last, 2),
                case(name, last),
                case(name, last, 3, 2, "same"),
                case(name, last, (2,) * rank, (1,) * rank),
                case(name, last, 1),
                case(name, last, 3, padding="SAME"),
                case(name, first, 2, data_format="channels_first"),
                case(name, sizes, 2),
                case(name, last, 30),
                case(name, last, 30, padding="same"),
                case(name, last, 0),
                case(name, last, 2, 0),
                case(name, last, (2,) * (rank + 1)),
            ]
            name = f"Global{kind}Pooling{rank}D"
            cases += [
                case(name, last),
                case(name, last, keepdims=True),
                case(name, first, "channels_first"),
                case(name, first, "channels_first", True),
                case(name, sizes),
                case(name, (*last, 3)),
                case(name, last, "first"),
            ]
    cases.append(case("GlobalAveragePooling1D", (16, 4), mask=T((16,), "bool")))
    return cases


def _reshaping() -> list[Case]:
    cases = [
        *(case("Flatten", shape) for shape in ((28, 28, 1), (7,), (), (1, 5), (5, 1))),
        case("Flatten", (3, 4), "channels_first"),
        case("Flatten", (3, 4), 5),
        *(
            case("Reshape", (4, 6), target)
            for target in (
                [24],
                [2, 3, 4],
                [-1],
                [6, -1],
                [5, -1],
                [-1, -1],
                [4, 7],
                [0, -1],
                [0],
                [-2, 12],
                24,
                [],
                [1, -1, 6],
                [-1, 6],
            )
        ),
        case("Reshape", (), [1]),
        case("Reshape", (), []),
        case("Permute", (3, 4, 5), [2, 1, 3]),
        case("Permute", (3, 4, 5), [2, 1]),
        case("Permute", (3, 4, 5), [0, 1, 2]),
        case("Permute", (3, 4, 5), [1, 1, 2]),
        case("Permute", (3,), [1]),
        case("RepeatVector", (4,), 3),
        case("RepeatVector", (4, 5), 3),
        case("RepeatVector", (4,), 0),
        case("RepeatVector", (4,), 2.5),
    ]
    shapes = {1: (9, 4), 2: (9, 8, 4), 3: (9, 8, 7, 4)}
    for rank, shape in shapes.items():
        first = (shape[-1], *shape[:-1])
        up, pad, crop = f"UpSampling{rank}D", f"ZeroPadding{rank}D", f"Cropping{rank}D"
        cases += [
            case(up, shape),
            case(up, shape, 3),
            case(up, shape, 1),
            case(up, shape, 0),
            case(up, shape, (2,) * rank),
            case(up, shape[:-1]),
            case(pad, shape),
            case(pad, shape, 2),
            case(pad, shape, 0),
            case(pad, shape, ((1, 2),) * rank if rank > 1 else (1, 2)),
            case(pad, shape, (1,) * rank),
            case(pad, shape, (1,) * (rank + 2)),
            case(pad, shape, 1.5),
            case(pad, first, 1, "channels_first"),
            case(pad, shape[:-1]),
            case(crop, shape),
            case(crop, shape, 2),
            case(crop, shape, 0),
            case(crop, shape, 3),
            case(crop, shape, 5),
            case(crop, shape, -1),
            case(crop, shape, ((1, 2),) * rank if rank > 1 else (1, 2)),
            case(crop, shape[:-1]),
        ]
        if rank > 1:
            cases.append(case(up, first, 2, "channels_first"))
            cases.append(case(crop, first, 2, "channels_first"))
            cases.append(case(crop, shape, (2, (1, 0), 3)[:rank]))
    cases += [
        case("UpSampling2D", (9, 8, 4), (2, 3), interpolation="bilinear"),
        case("UpSampling2D", (9, 8, 4), (2, 3), interpolation="Lanczos3"),
    ]
    return cases


def _merging() -> list[Case]:
    cases = []
    for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"):
        cases += [
            case(name, [(4, 5), (4, 5)]),
            case(name, [(4, 5), (4, 1)]),
            case(name, [(4, 5), (5,)]),
            case(name, [(1, 5), (4, 1)]),
            case(name, [(4, 5), (4, 6)]),
            case(name, [(4,), (3,)]),
            case(name, [(4,), (4,), (4,)]),
            case(name, [(4, 5)]),
            case(name, [(3, 4, 5), (4, 5)]),
            case(name, [(), (4,)]),
        ]
    cases += [
        case("Concatenate", [(4, 5), (4, 6)]),
        case("Concatenate", [(4, 5), (3, 5)]),
        case("Concatenate", [(4, 5), (3, 5)], 1),
        case("Concatenate", [(4, 5), (4, 5), (4, 5)], axis=-2),
        case("Concatenate", [(4, 5), (4,)]),
        case("Concatenate", [(4, 5), (4, 5)], 3),
        case("Concatenate", [(4, 5), (4, 5)], -4),
        case("Concatenate", [(4, 5), (4, 5)], 0),
        case("Concatenate", [(4, 5)]),
        case("Concatenate", [(), ()]),
        case("Concatenate", [(4, 5), (4, 5)], axis="last"),
        case("Dot", [(4,), (4,)], 1),
        case("Dot", [(4,), (4,)], axes=-1, normalize=True),
        case("Dot", [(4, 5), (6, 5)], axes=-1),
        case("Dot", [(4, 5), (6, 5)], axes=1),
        case("Dot", [(4, 5), (6, 4)], axes=(1, 2)),
        case("Dot", [(4, 5), (6, 4)], axes=[-2, -1]),
        case("Dot", [(4, 5), (4,)], axes=1),
        case("Dot", [(4, 5), (4,)], axes=2),
        case("Dot", [(4, 5), (4,)], axes=(1,)),
        case("Dot", [(4, 5), (4,)], axes="last"),
        case("Dot", [(2, 4, 5), (3, 5, 6)], axes=(3, 2)),
        case("Dot", [(4,), (4,), (4,)], 1),
    ]
    return cases


def _normalization() -> list[Case]:
    cases = []
    for name in (
        "BatchNormalization",
        "LayerNormalization",
        "RMSNormalization",
        "UnitNormalization",
        "GroupNormalization",
    ):
        first: tuple[Any, ...] = (2,) if name == "GroupNormalization" else ()
        cases += [
            case(name, (8,), *first),
            case(name, (4, 6, 8), *first),
            case(name, (4, 6, 8), *first, axis=4),
            case(name, (4, 6, 8), *first, axis=-5),
            case(name, (4, 6, 8), *first, axis="last"),
            case(name, (), *first),
        ]
        if name != "UnitNormalization":
            cases.append(case(name, (4, 6, 8), *first, axis=0))
        if name != "RMSNormalization":
            cases += [case(name, (4, 6, 8), *first, axis=axis) for axis in (1, -2)]
        if name in ("LayerNormalization", "RMSNormalization", "UnitNormalization"):
            cases += [case(name, (4, 6, 8), axis=axis) for axis in ([2, 3], [-1, 5])]
        if name in ("LayerNormalization", "UnitNormalization"):
            cases += [case(name, (4, 6, 8), axis=axis) for axis in ([1, 2], [-1, 1])]
        if name not in ("RMSNormalization", "UnitNormalization"):
            cases += [
                case(name, (4, 6, 8), *first, center=False),
                case(name, (4, 6, 8), *first, scale=False),
                case(name, (4, 6, 8), *first, center=False, scale=False),
                case(name, (4, 8), *first, gamma_regularizer="l2"),
                case(name, (4, 8), *first, gamma_initializer="one"),
                case(name, (4, 8), *first, gamma_initializer="unos"),
            ]
    cases += [
        case("BatchNormalization", (4, 8), renorm=True),
        case("BatchNormalization", (4, 8), mask=T((4,), "bool")),
        case("GroupNormalization", (4, 64)),
        case("GroupNormalization", (4, 8)),
        case("GroupNormalization", (4, 8), -1),
        case("GroupNormalization", (4, 8), 0),
        case("GroupNormalization", (4, 8), -2),
        case("GroupNormalization", (4, 6), 4),
    ]
    return cases


def _recurrent() -> list[Case]:
    cases = []
    for name, states in (("LSTM", 2), ("GRU", 1), ("SimpleRNN", 1)):
        cases += [
            case(name, (7, 4), 5),
            case(name, (7, 4), 5, return_sequences=True),
            case(name, (7, 4), 5, return_state=True),
            case(name, (7, 4), 5, return_sequences=True, return_state=True, go_backwards=True),
            case(name, (7, 4), 5, use_bias=False, unroll=True),
            case(name, (7, 4), 5, dropout=0.2, recurrent_dropout=0.1, seed=3),
            case(name, (7, 4), 5, stateful=True),
            case(name, (7, 4), 5, activation="rleu"),
            case(name, (7, 4), 5, activation=None),
            case(name, (4,), 5),
            case(name, (7, 7, 4), 5),
            case(name, (7, 4), 0),
            case(name, (7, 4), 5, initial_state=[T((5,))] * states),
            case(name, (7, 4), 5, mask=T((7,), "bool")),
        ]
    cases += [
        case("GRU", (7, 4), 5, reset_after=False),
        case("LSTM", (7, 4), 5, unit_forget_bias=False),
        case("LSTM", (7, 4), 5, use_cudnn="no"),
        case("GRU", (7, 4), 5, use_cudnn=False),
    ]
    return cases


def _attention() -> list[Case]:
    q, v = (6, 8), T((9, 10))
    name = "MultiHeadAttention"
    return [
        case(name, q, 2, 4, value=v),
        case(name, q, 2, 4, value=v, key=T((9, 3))),
        case(name, q, 2, 4, value=v, key=T((8, 3))),
        case(name, q, 2, 4, 5, value=v),
        case(name, q, 2, 4, value=v, use_bias=False),
        case(name, q, 2, 4, value=v, output_shape=7),
        case(name, q, 2, 4, value=v, output_shape=(7, 2)),
        case(name, q, 2, 4, value=v, use_gate=True, value_dim=3),
        case(name, q, 2, 4, value=v, attention_mask=T((6, 9), "bool")),
        case(name, q, 2, 4, value=v, attention_mask=T((1, 9), "bool")),
        case(name, q, 2, 4, value=T(q), use_causal_mask=True),
        case(name, q, 2, 4, value=T(q), dropout=0.1),
        case(name, q, 2, 4, value=T(q), dropout=0.1, flash_attention=True),
        case(name, q, 0, 4, value=v),
        case(name, q, 2, 0, value=v),
        case(name, q, 2, 4, value=v, sliding_window=0),
        case(name, (3, 6, 8), 2, 4, value=T((3, 6, 8)), attention_axes=2),
    ]


def _elementwise() -> list[Case]:
    cases = []
    for name, *given in (
        ("Activation", "relu"),
        ("Activation", None),
        ("Activation", "rleu"),
        ("ReLU",),
        ("ReLU", 6.0),
        ("ReLU", -1),
        ("ReLU", None, 0.1, 1),
        ("ReLU", None, -0.1),
        ("LeakyReLU",),
        ("LeakyReLU", 0.1),
        ("LeakyReLU", -0.1),
        ("LeakyReLU", None),
        ("ELU", 2),
        ("Softmax",),
        ("Softmax", 1),
        ("PReLU",),
        ("PReLU", "zeros", None, None, [1]),
        ("PReLU", "zeros", None, None, 2),
        ("PReLU", "zeros", None, None, 4),
        ("Dropout", 0.5),
        ("Dropout", 50),
        ("Dropout", -0.5),
        ("Dropout", 0.5, (None, 1, 8), 7),
        ("Dropout", 0.5, (None, 0, 8)),
        ("Dropout", 0.5, "all"),
        ("Dropout", "half"),
        ("AlphaDropout", 0.5),
        ("AlphaDropout", 1.5),
        ("GaussianDropout", 0.5),
        ("GaussianDropout", 1.5),
        ("GaussianNoise", 0.5),
        ("GaussianNoise", 1.5),
        ("SpatialDropout1D", 0.5),
        ("SpatialDropout2D", 0.5),
        ("SpatialDropout3D", 0.5),
        ("ActivityRegularization", 0.1, 0.1),
        ("ActivityRegularization", -0.1),
        ("Masking",),
        ("Masking", 1),
        ("Identity",),
        ("Rescaling", 0.5),
        ("Rescaling", 0.5, 1),
        ("Normalization",),
        ("Normalization", 1),
        ("Normalization", None),
        ("Normalization", [1, 2]),
        ("Normalization", 4),
        ("Normalization", -1, 0.0, 1.0),
        ("Normalization", -1, 0.0),
    ):
        cases += [case(name, shape, *given) for shape in ((3, 8), (5,), (2, 3, 8), (2, 2, 3, 8))]
    cases.append(case("Rescaling", (3, 8), [0.5] * 8, 1))
    cases.append(case("Softmax", (3, 8), mask=T((3, 8), "bool")))
    return cases


def _core() -> list[Case]:
    return [
        case("Dense", (8,), 4),
        case("Dense", (8,), 4, "relu", False),
        case("Dense", (3, 8), 4, kernel_initializer=O("initializers", "HeNormal", seed=1)),
        case("Dense", (3, 8), 4, kernel_initializer=O("regularizers", "L2")),
        case("Dense", (8,), 4, kernel_regularizer="l2", bias_constraint="non_neg"),
        case("Dense", (), 4),
        case("Dense", (8,), 0),
        case("Dense", (8,), -4),
        case("Dense", (8,), 4.0),
        case("Dense", (8,), 4, "rleu"),
        case("Dense", (8,), 4, lora_rank=2),
        case("Dense", (8,), 4, lora_rank=2, kernel_constraint="non_neg"),
        case("Embedding", (9,), 100, 8, dtype_in="int32"),
        case("Embedding", (9, 2), 100, 8, mask_zero=True, dtype_in="int32"),
        case("Embedding", (), 100, 8),
        case("Embedding", (9,), 100, 8, lora_rank=2),
        case("Embedding", (9,), 0, 8),
        case("Embedding", (9,), 100, 0),
        case("Embedding", (9,), 100, 8, "unifrom"),
    ]


def _einsum() -> list[Case]:
    name = "EinsumDense"
    return [
        case(name, (8,), "ab,bc->ac", 4),
        case(name, (8,), "ab,bc->ac", 4, bias_axes="c", activation="relu"),
        case(name, (6, 8), "abc,cd->abd", (None, 4), bias_axes="d"),
        case(name, (6, 8), "abc,cd->abd", (6, 4), bias_axes="bd"),
        case(name, (6, 8), "abc,cd->abd", (7, 4)),
        case(name, (6, 8), "abc,cde->abde", (None, 2, 4), bias_axes="de"),
        case(name, (6, 8), "abc,cde->abde", (None, 2, 4), bias_axes="d"),
        case(name, (6, 8), "abc,cde->abde", (None, 4)),
        case(name, (6, 8), "...x,xy->...y", 4),
        case(name, (6, 8), "...x,xy->...y", 4, bias_axes="y"),
        case(name, (6, 8), "ab...,bc->ac...", 4, bias_axes="c"),
        case(name, (6, 8), "abc,cd->ab", (6,)),
        case(name, (6, 8), "abc,cd->abe", (None, 4)),
        case(name, (6, 8), "abc,xd->abd", (None, 4)),
        case(name, (6, 8), "abc,cd", (None, 4)),
        case(name, (6, 8), "abcd,de->abce", (None, None, 4)),
        case(name, (6, 8), "abc,cd->abd", (None, 4), bias_axes="z"),
        case(name, (6, 8), "abc,cd->abd", (None, 4), bias_axes=""),
        case(name, (6, 8), "abc,cd->abd", (None, 4), bias_axes="b"),
        case(name, (6, 8), "abc,cd->abd", (None, 4), lora_rank=2),
        case(name, (6, 8), "abc,cd->abd", "wide"),
        case("ReversibleEmbedding", (9,), 100, 8),
        case("ReversibleEmbedding", (9,), 100, 8, tie_weights=False),
        case("ReversibleEmbedding", (9,), 100, 0),
        case("ReversibleEmbedding", (9, 8), 100, 8, reverse=True),
    ]


def _adaptive_pooling() -> list[Case]:
    cases = []
    for rank, shape in {1: (16, 4), 2: (12, 10, 4), 3: (8, 7, 6, 4)}.items():
        for kind in ("Max", "Average"):
            name = f"Adaptive{kind}Pooling{rank}D"
            cases += [
                case(name, shape, 4),
                case(name, shape, (3,) * rank),
                case(name, shape, (3,) * (rank + 1)),
                case(name, (4, *shape[:-1]), 4, "channels_first"),
                case(name, shape, 4, "Channels_first"),
                case(name, shape, 2.5),
            ]
    return cases


def _conv_lstm() -> list[Case]:
    cases = []
    for rank, shape in {1: (5, 9, 4), 2: (5, 9, 8, 4), 3: (5, 7, 6, 5, 4)}.items():
        name = f"ConvLSTM{rank}D"
        cases += [
            case(name, shape, 6, 3),
            case(name, shape, 6, 3, padding="same", return_sequences=True),
            case(name, shape, 6, 3, 2, return_state=True),
            case(name, shape, 6, 3, 2, dilation_rate=2),
            case(name, shape, 6, 3, use_bias=False, dilation_rate=2),
            case(name, (5, 4, *shape[1:-1]), 6, 3, data_format="channels_first"),
            case(name, shape, 6, 3, padding="causal"),
            case(name, shape, 6, 30),
            case(name, shape, 6, 3, stateful=True),
            case(name, shape[:-1], 6, 3),
        ]
    return cases


def _more_attention() -> list[Case]:
    cases = []
    for name in ("Attention", "AdditiveAttention"):
        cases += [
            case(name, [(6, 8), (9, 8)]),
            case(name, [(6, 8), (9, 5), (9, 8)]),
            case(name, [(6, 8), (9, 5), (9, 8)], return_attention_scores=True),
            case(name, [(6, 8), (9, 8)], use_scale=True, use_causal_mask=True, dropout=0.1),
            case(name, [(6, 8), (9, 8)], use_scale=False),
            case(name, [(6, 8), (9, 8)], mask=[T((6,), "bool"), T((9,), "bool")]),
            case(name, [(6, 8)]),
            case(name, [(6, 8)] * 4),
        ]
    cases += [
        case("Attention", [(6, 8), (9, 8)], score_mode="concat"),
        case("Attention", [(6, 8), (9, 8)], score_mode="sum"),
    ]
    name, v = "GroupQueryAttention", T((9, 8))
    return [
        *cases,
        case(name, (6, 8), 4, 6, 3, value=v),
        case(name, (6, 8), 4, 6, 4, value=v),
        case(name, (6, 8), 4, 6, 3, value=v, key=T((9, 5))),
        case(name, (6, 8), 4, 6, 3, value=v, key=T((7, 5))),
        case(name, (6, 8), 4, 6, 3, value=T((9, 5))),
        case(name, (6, 8), 4, 6, 3, value=v, use_gate=True, use_bias=False),
        case(name, (6, 8), 4, 6, 3, value=v, return_attention_scores=True),
        case(name, (6, 8), 4, 6, 3, value=v, use_causal_mask=True),
        case(name, (6, 8), 4, 6, 3, value=v, sliding_window=0),
        case(name, (6, 8), 4, 6, 3, value=v, dropout=0.1, flash_attention=True),
    ]


def _images() -> list[Case]:
    image = (12, 10, 3)
    cases = [case(name, image, 5, 6) for name in ("Resizing", "CenterCrop", "RandomCrop")]
    for name in ("Resizing", "CenterCrop", "RandomCrop"):
        cases.append(case(name, (3, 12, 10), 5, 6, data_format="channels_first"))
    for name, *given in (
        ("AugMix",),
        ("AugMix", (0, 1), 2, 2, 0.5),
        ("AugMix", (0, 255), 3, 3, 2),
        ("AutoContrast",),
        ("AutoContrast", 255),
        ("AutoContrast", (0, 1, 2)),
        ("ContrastLimitedAdaptiveHistogramEqualization",),
        ("CutMix",),
        ("CutMix", 2),
        ("Equalization",),
        ("Equalization", (0, 1), 64),
        ("MixUp",),
        ("MixUp", 0.4),
        ("RandAugment",),
        ("RandAugment", (0, 255), 2, 1.5),
        ("RandomBrightness", 0.2),
        ("RandomBrightness", (-0.5, 0.2), (0, 1)),
        ("RandomBrightness", 2),
        ("RandomColorDegeneration", 0.2),
        ("RandomColorDegeneration", 2),
        ("RandomColorJitter",),
        ("RandomColorJitter", (0, 255), 0.1, 0.1, 0.1, 0.1),
        ("RandomColorJitter", (0, 255), None, 2),
        ("RandomContrast", 0.2),
        ("RandomContrast", (0.1, 0.2)),
        ("RandomContrast", -0.2),
        ("RandomElasticTransform",),
        ("RandomElasticTransform", 0.5, (0.1, 0.5), "nearest", "mirror"),
        ("RandomElasticTransform", 0.5, 1.0, "bicubic"),
        ("RandomElasticTransform", 0.5, 1.0, "nearest", "fold"),
        ("RandomErasing",),
        ("RandomErasing", 0.5, 0.2, 3),
        ("RandomErasing", 1.5),
        ("RandomFlip",),
        ("RandomFlip", "horizontal", 3),
        ("RandomGaussianBlur",),
        ("RandomGaussianBlur", 0.5, 5, (0.1, 0.9)),
        ("RandomGaussianBlur", 0.5, 4),
        ("RandomGaussianBlur", 0.5, (3, 5)),
        ("RandomGrayscale",),
        ("RandomGrayscale", 2),
        ("RandomHue", 0.2),
        ("RandomHue", 2),
        ("RandomInvert",),
        ("RandomInvert", 2),
        ("RandomPerspective",),
        ("RandomPerspective", 1.0, 1.5),
        ("RandomPosterization", 3),
        ("RandomPosterization", 9),
        ("RandomPosterization", 0.5),
        ("RandomRotation", 0.2),
        ("RandomRotation", (-0.2, 0.3), "constant", "nearest"),
        ("RandomRotation", 0.2, "mirror"),
        ("RandomSaturation", 0.2),
        ("RandomSaturation", 2),
        ("RandomSharpness", 0.2),
        ("RandomSharpness", 2),
        ("RandomShear",),
        ("RandomShear", 0.2, (0.1, 0.2)),
        ("RandomShear", -0.2),
        ("RandomTranslation", 0.2, 0.1),
        ("RandomTranslation", (-0.2, 0.3), 0.1, "wrap"),
        ("RandomTranslation", 2, 0.1),
        ("RandomZoom", 0.2),
        ("RandomZoom", (-0.3, -0.2), 0.1),
        ("RandomZoom", 2),
        ("RandomZoom", -1),
        ("Solarization",),
        ("Solarization", 0.2, (0.1, 0.5)),
        ("Solarization", 2),
    ):
        cases.append(case(name, image, *given))
    return cases


def _encodings() -> list[Case]:
    cases = [
        case("CategoryEncoding", (3,)),
        case("CategoryEncoding", (3,), 0),
        case("CategoryEncoding", (3,), 5, "two_hot"),
        case("CategoryEncoding", (3,), 5, "count", count_weights=T((3,))),
        case("Discretization", (3,)),
        case("Discretization", (3,), [1.0, 2.0], 3),
        case("Discretization", (3,), [1.0, 2.0], sparse=True),
        case("Hashing", (3,), 0),
        case("Hashing", (3,), 5, sparse=True),
        case("Hashing", (3,), 5, salt=[1, 2]),
        case("Hashing", (3,), 5, salt=[1, 2, 3]),
        case("TextVectorization", (), ngrams=(1, 3), dtype_in="string"),
        case("TextVectorization", (), ngrams=[1, 3], dtype_in="string"),
        case("HashedCrossing", [(1,), (1,)], 5, dtype_in="int32"),
        case("HashedCrossing", [(1,)], 5),
        case("IntegerLookup", (3,), vocabulary_dtype="int32"),
        case("IntegerLookup", (3,), salt=3),
        case("IntegerLookup", (3,), salt=3, oov_method="farmhash"),
        case("IntegerLookup", (3,), vocabulary=[4, 5, 6], mask_token=0),
        case("StringLookup", (3,), vocabulary=["a", "a"], dtype_in="string"),
        case("StringLookup", (3,), vocabulary=[], dtype_in="string"),
        case("StringLookup", (3,), vocabulary=["a", "b"], max_tokens=2, dtype_in="string"),
        case("StringLookup", (3,), 1),
        case("StringLookup", (3,), pad_to_max_tokens=True),
        case("StringLookup", (3,), invert=True, output_mode="one_hot"),
        case("StringLookup", (3,), sparse=True),
        case("StringLookup", (3,), idf_weights=[1.0]),
        case("TextVectorization", (), dtype_in="string"),
        case("TextVectorization", (1,), 100, output_sequence_length=7, dtype_in="string"),
        case("TextVectorization", (), 100, standardize="upper", dtype_in="string"),
        case("TextVectorization", (), 100, split="line", dtype_in="string"),
        case("TextVectorization", (), 100, ngrams=2, output_mode="count", dtype_in="string"),
        case("TextVectorization", (), output_mode="count", output_sequence_length=3),
        case("TextVectorization", (), output_mode="count", ragged=True),
        case("TextVectorization", (), vocabulary=["a", "b"], output_mode="one_hot"),
        case("TextVectorization", (), vocabulary=["a", "b"], output_mode="count"),
        case("TextVectorization", (4,), vocabulary=["a"], output_mode="one_hot", split=None),
        case("TextVectorization", (1,), vocabulary=["a"], output_mode="one_hot", split=None),
        case("TextVectorization", (4,), vocabulary=["a"], output_mode="multi_hot", split=None),
    ]
    for mode in ("int", "one_hot", "multi_hot", "count"):
        cases += [case("Discretization", (3,), [1.0, 2.0], output_mode=mode)]
        cases += [case("Discretization", (1,), None, 4, output_mode=mode)]
        if mode != "one_hot":
            cases += [case("Hashing", (3,), 5, output_mode=mode, dtype_in="string")]
        cases += [case("CategoryEncoding", (n,), 5, mode, dtype_in="int32") for n in (3, 1)]
        cases += [case("HashedCrossing", [(1,), (1,)], 5, mode, dtype_in="int32")]
        cases += [case("StringLookup", (3,), vocabulary=["a", "b"], output_mode=mode)]
        cases += [case("StringLookup", (1,), 9, 2, vocabulary=["a", "b"], output_mode=mode)]
        cases += [case("StringLookup", (3,), vocabulary=["[UNK]", "b"], output_mode=mode)]
        cases += [case("StringLookup", (3,), 9, pad_to_max_tokens=True, output_mode=mode)]
        cases += [case("IntegerLookup", (3,), output_mode=mode, dtype_in="int64")]
        cases += [case("IntegerLookup", (3,), vocabulary=[4, 5], output_mode=mode, mask_token=0)]
    cases += [case("Hashing", (3, 4), 5)]
    for mode in ("int", "one_hot"):
        cases += [case("Discretization", (3, 4), [1.0, 2.0], output_mode=mode)]
        cases += [case("StringLookup", (3, 1), vocabulary=["a", "b"], output_mode=mode)]
    for mode in ("tf_idf", "tf-idf"):
        cases += [case("StringLookup", (3,), output_mode=mode)]
        cases += [case("StringLookup", (3,), vocabulary=["a"], output_mode=mode)]
        cases += [case("StringLookup", (3,), vocabulary=["a"], idf_weights=[0.5], output_mode=mode)]
    return cases


def _audio() -> list[Case]:
    mel, stft = "MelSpectrogram", "STFTSpectrogram"
    modes = ("log", "magnitude", "psd", "real", "imag", "angle", "stft", "loud")
    return [
        case(mel, (16000,)),
        case(mel, (16000,), 1024, 500, num_mel_bins=20),
        case(mel, (16000,), 1024, 500, 2048),
        *(case(stft, (2000, 2), mode) for mode in modes),
        case(stft, (2, 2000), expand_dims=True, data_format="channels_first"),
        case(stft, (2000, 2), expand_dims=True, mode="stft", padding="same"),
        case(stft, (2000, 2), frame_length=100, frame_step=30),
        case(stft, (2000, 2), frame_length=100, frame_step=130),
        case(stft, (2000, 2), frame_length=100, fft_length=64),
        case(stft, (2000, 2), frame_length=100, fft_length=512, scaling=None),
        case(stft, (2000, 2), scaling="loud"),
        case(stft, (20, 2)),
        case(stft, (2000,)),
    ]


def _wrappers() -> list[Case]:
    x = (7, 4)
    image = (5, 8, 9, 3)
    cases = []
    for name, states in (("LSTM", 4), ("GRU", 2), ("SimpleRNN", 2)):
        inner = L(name, 5, return_sequences=True)
        cases += [
            *(
                case("Bidirectional", x, L(name, 5), mode)
                for mode in ("sum", "concat", None, "add")
            ),
            case("Bidirectional", x, inner),
            case("Bidirectional", x, inner, None),
            case("Bidirectional", x, L(name, 5, return_state=True)),
            case("Bidirectional", x, L(name, 5, return_state=True), None),
            case("Bidirectional", x, L(name, 5, go_backwards=True)),
            case("Bidirectional", x, inner, backward_layer=L(name, 5, go_backwards=True)),
            case("Bidirectional", x, L(name, 5), backward_layer=L(name, 5, go_backwards=True)),
            case("Bidirectional", x, L(name, 5), backward_layer=L(name, 5)),
            case("Bidirectional", x, inner, initial_state=[T((5,))] * states),
            case("Bidirectional", x, L(name, 5, trainable=False)),
            case("Bidirectional", x, L(f"{name}Cell", 5)),
            case("RNN", x, L(f"{name}Cell", 5)),
            case("RNN", x, L(f"{name}Cell", 5), True),
            case("RNN", x, L(f"{name}Cell", 5, use_bias=False), True, True),
            case("RNN", x, L(f"{name}Cell", 0)),
            case("RNN", x, L(f"{name}Cell", 5, trainable=False)),
            case("RNN", x, [L(f"{name}Cell", 5), L("GRUCell", 3, reset_after=False)], True),
            case("Bidirectional", x, L("RNN", L(f"{name}Cell", 5))),
        ]
    return [
        *cases,
        case("RNN", x, L("StackedRNNCells", [L("LSTMCell", 3), L("SimpleRNNCell", 2)])),
        case("RNN", x, []),
        case("RNN", x, L("Dense", 3)),
        case("RNN", x, L("LSTM", 3)),
        case("RNN", x, L("LSTMCell", 5), stateful=True),
        case("RNN", (7,), L("LSTMCell", 5)),
        case("RNN", x, L("LSTMCell", 5), initial_state=[T((5,))] * 2),
        case("Bidirectional", image, L("ConvLSTM2D", 4, 3)),
        case("Bidirectional", x, L("Dense", 3)),
        case("Bidirectional", x, 5),
        case("TimeDistributed", x, L("Dense", 3)),
        case("TimeDistributed", x, L("Dense", 3), trainable=False),
        case("TimeDistributed", x, L("Dense", 3, trainable=False)),
        case("SpectralNormalization", x, L("Dense", 3), trainable=False),
        case("Bidirectional", x, L("LSTM", 3), trainable=False),
        case("RNN", x, L("LSTMCell", 3), trainable=False),
        case("LSTM", x, 3, trainable=False),
        case("ConvLSTM1D", (5, 9, 4), 6, 3, trainable=False),
        case("GroupQueryAttention", x, 2, 4, 2, value=T(x), trainable=False),
        case("MultiHeadAttention", x, 2, 4, value=T(x), trainable=False),
        case("TimeDistributed", (4,), L("Dense", 3)),
        case("TimeDistributed", image, L("Conv2D", 4, 3)),
        case("TimeDistributed", image, L("Flatten")),
        case("TimeDistributed", image, L("BatchNormalization")),
        case("LSTM", (5, 3), 4, mask=T((5, 1), "bool")),
        case("TimeDistributed", (3, 7, 4), L("LSTM", 6)),
        case("TimeDistributed", (3, 7, 4), L("TimeDistributed", L("Dense", 3))),
        case("TimeDistributed", (3, 7, 4), L("LSTM", 6), mask=T((3, 7), "bool")),
        case("TimeDistributed", x, 3),
        case("SpectralNormalization", x, L("Dense", 3)),
        case("SpectralNormalization", x, L("Dense", 3), 0),
        case("SpectralNormalization", x, L("Dense", 3), 3),
        case("SpectralNormalization", x, L("LSTM", 3)),
        case("SpectralNormalization", x, L("Flatten")),
        case("SpectralNormalization", (7,), L("Embedding", 10, 4)),
        case("SpectralNormalization", (8, 9, 3), L("Conv2D", 4, 3)),
        case("SpectralNormalization", (8, 9, 3), L("SeparableConv2D", 4, 3)),
        case("SpectralNormalization", x, L("SpectralNormalization", L("Dense", 3))),
        case("Pipeline", x, [L("Dense", 3), L("LayerNormalization")]),
        case("Pipeline", (8, 9, 3), [L("RandomFlip"), L("RandomZoom", 0.2)]),
        case("Pipeline", x, [L("LSTM", 3)]),
        case("Pipeline", x, []),
        case("Pipeline", x, 3),
        case("Pipeline", x, [L("Dense", 3)], training=True),
        case("Dropout", x, 0.5, training=True),
        case("Pipeline", x, [L("LSTM", 3), L("LSTM", 3)]),
    ]


CASES: list[Case] = [
    *_wrappers(),
    *_core(),
    *_elementwise(),
    *_convolutions(),
    *_pooling(),
    *_reshaping(),
    *_merging(),
    *_normalization(),
    *_recurrent(),
    *_attention(),
    *_einsum(),
    *_adaptive_pooling(),
    *_conv_lstm(),
    *_more_attention(),
    *_images(),
    *_encodings(),
    *_audio(),
]

#: Cases that are asked as they stand, since their variants are in one of the lists below.
ALONE: list[Case] = [
    case("Hashing", (1,), 5, output_mode="one_hot", dtype_in="string"),
    *(case("Softmax", shape, (1, 2)) for shape in ((3, 8), (2, 3, 8))),
    case("MultiHeadAttention", (6, 8), 2, 4, value=T((6, 8)), return_attention_scores=True),
]

#: What Keras builds and we refuse, with the reason; "fails when run" is put to the test.
STRICTER: list[tuple[str, Case]] = [
    *(
        ("fails when run", case("RMSNormalization", (4, 6, 8), axis=axis))
        for axis in (1, -2, [1, 2], [-1, 1])
    ),
    ("fails when run", case("Rescaling", (5,), [0.5] * 8, 1)),
    ("fails when run", case("EinsumDense", (4, 3), "ab,bz->az", [5])),
    ("fails when run", case("Attention", [(5, 3, 4), (6, 3, 4)])),
    ("fails when run", case("CategoryEncoding", (3,), 9, dtype_in="uint8")),
    ("fails when run", case("Softmax", (5, 4), mask=T((5,), "bool"))),
    ("fails when run", case("LSTM", (5, 3), 4, mask=T((), "bool"))),
    ("fails when run", case("GRU", (5, 3), 4, mask=T((4,), "bool"))),
    ("fails when run", case("SimpleRNN", (5, 3), 4, mask=T((5, 3), "bool"))),
    ("fails when run", case("RNN", (5, 3), L("GRUCell", 4), mask=T((6,), "bool"))),
    ("fails when run", case("ConvLSTM2D", (5, 6, 6, 3), 4, 2, mask=T((6,), "bool"))),
    ("fails when run", case("BatchNormalization", (5, 3, 4), mask=T((5,), "bool"))),
    ("fails when run", case("Dot", [(4,), (4,)], -1, normalize=True, dtype_in="int32")),
    (
        "fails when run",
        case("MultiHeadAttention", (5, 3, 4), 2, 2, value=T((6, 3, 4)), attention_axes=2),
    ),
    ("fails in training", case("RandomSaturation", (8, 8, 4), 0.5)),
    ("fails in training", case("RandAugment", (8, 8, 4))),
    ("fails in training", case("AdaptiveMaxPooling1D", (4, 3), 1)),
    ("fails in training", case("AdaptiveAveragePooling2D", (1, 4, 3), 2)),
    ("fails in training on other sizes", case("AdaptiveMaxPooling1D", (None, 3), 2)),
    *(
        (
            "fails when run: no input has that output",
            case(f"Conv{rank}DTranspose", shape, 8, 2, 2, "same", output_padding=0),
        )
        for rank, shape in ((1, (9, 4)), (2, (9, 9, 4)), (3, (9, 9, 9, 4)))
    ),
    ("fails when run: no such axis", case("Softmax", (3, 8), 5)),
    ("fails when run: no such axis", case("Softmax", (5,), (1, 2))),
    ("a float is taken as an unknown size", case("Reshape", (4, 6), [4.0, 6])),
    ("fails when run: negative padding", case("ZeroPadding2D", (9, 8, 4), -1)),
    ("fails when run: negative padding", case("ZeroPadding3D", (9, 8, 7, 4), -1)),
    ("fails when run: batch_dot refuses it", case("Dot", [(5, 4), (5, 4)], 0)),
    ("fails when run: moments over one axis twice", case("LayerNormalization", (5, 4), [1, 1])),
    ("counts from the end by accident", case("PReLU", (3, 8), shared_axes=[0])),
    ("counts from the end by accident", case("PReLU", (3, 8), shared_axes=[-1])),
    ("Keras silently makes it 1: everything dropped", case("LSTM", (7, 4), 5, dropout=50)),
    ("fails when run", case("LSTM", (7, 4), 5, initial_state=[T((5,)), T((6,))])),
    ("fails when run", case("GRU", (7, 4), 5, initial_state=[T((6,))])),
    ("fails when run", case("MultiHeadAttention", (8,), 2, 4, value=T((8,)))),
    ("fails when run", case("MultiHeadAttention", (6, 8), 2, 4, value=T((3, 6, 8)))),
    (
        "fails when run",
        case("MultiHeadAttention", (6, 8), 2, 4, value=T((9, 8)), attention_mask=T((9, 6), "bool")),
    ),
    (
        "works, but no documentation says so",
        case("UpSampling2D", (4, 4, 1), 2, None, "area"),
    ),
    ("Keras takes the batch for the height", case("Resizing", (28, 28), 5, 6)),
    ("Keras takes the batch for the height", case("RandomFlip", (28, 28))),
    ("fails when run", case("RandomBrightness", (2, 28, 28, 3), 0.1)),
    (
        "comes out with another shape than Keras says",
        case("Hashing", (3, 4), 5, output_mode="count"),
    ),
    ("comes out with another shape than Keras says", case("CategoryEncoding", (), 5)),
    ("fails when run", case("TextVectorization", (2,), dtype_in="string")),
    ("comes out with another shape than Keras says", case("MelSpectrogram", (2, 16000))),
    ("comes out with another shape than Keras says", case("AdaptiveMaxPooling2D", (16, 4), 2)),
    ("fails when run", case("AdaptiveMaxPooling1D", (16, 4), 0)),
    ("fails when run", case("Attention", [(6, 8), (9, 7)])),
    ("attends across the batch", case("Attention", [(8,), (8,)])),
    ("fails when run", case("AdditiveAttention", [(6, 8), (9, 8), (7, 8)])),
    ("fails when run", case("ReversibleEmbedding", (9, 7), 100, 8, reverse=True)),
    ("no image of that size", case("CenterCrop", (28, 28, 3), 0, 5)),
    ("fails when run", case("Resizing", (28, 28, 3), 5, 6, "bilinear", True, True)),
    ("bool is no number of units", case("Dense", (8,), True)),
    ("another shape comes out", case("Dense", (8,), 6, "glu")),
    (
        "whole numbers cannot be trained",
        case("Dense", (8,), 6, kernel_initializer="zeros", dtype="int32"),
    ),
    (
        "lists of lists have no names in the text",
        case("RNN", (7, 4), [L("LSTMCell", 5), L("GRUCell", 3)], return_state=True),
    ),
    (
        "fails when run",
        case("Bidirectional", (7, 4), L("LSTM", 5), initial_state=[T((5,)), T((6,))] * 2),
    ),
]

#: Where Keras's symbolic shape is wrong and ours is what comes out when the layer runs.
BETTER: list[tuple[str, Case, list[tuple[int | None, ...]]]] = [
    (
        "scores: Keras's compute_output_spec takes the query's length twice",
        case("MultiHeadAttention", (6, 8), 2, 4, value=T((9, 8)), return_attention_scores=True),
        [(None, 6, 8), (None, 2, 6, 9)],
    ),
    (
        "one_hot: Keras replaces the last axis where the layer adds one",
        case("Hashing", (3,), 5, output_mode="one_hot"),
        [(None, 3, 5)],
    ),
    (
        "Keras forgets that the text's axis of 1 goes",
        case("TextVectorization", (1,), vocabulary=["a"], output_mode="count", dtype_in="string"),
        [(None, 2)],
    ),
    (
        "Keras puts what `...` stands for in reverse order",
        case("EinsumDense", (2, 3, 4), "...x,xy->...y", 5),
        [(None, 2, 3, 5)],
    ),
]
