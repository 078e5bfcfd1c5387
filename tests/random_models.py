"""Draws whole models for `test_random_models.py`, valid by construction, and makes failures small.

A program is kept as a structure: `Program.text()` writes it down, `Meaning` says what shapes its
tensors have, by the layer functions of nndsl, and `smaller` takes parts of it away. Every step is
drawn, tried by `Meaning`, and kept only if it fits. Each tensor is followed twice: as declared, and
as it will be when run, with a number for every unknown size.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Union

from draws import RULES, Draw

from nndsl import vocabulary
from nndsl.layers.argument_types import OptionalType
from nndsl.layers.rule import (
    BadArgument,
    LayerError,
    LayerRule,
    LayerValue,
    Output,
    Parameter,
    Tensor,
)
from nndsl.resolve.naming import OPERATIONS_OF_MASKS, family
from nndsl.vocabulary import KerasObject

#: What an unknown size is when the model is run; as in the oracle, which needs Keras to import.
UNKNOWN_SIZE = 12
LARGEST_TENSOR = 1200
MOST_WEIGHTS = 12_000
#: Some operations of TensorFlow take no more axes, such as softmax.
MOST_AXES = 5

# ---- The structure of a program --------------------------------------------------------------


class Quoted(str):
    """A word that is written in quotes."""


@dataclass(frozen=True)
class Ref:
    """A constant or a parameter, perhaps times a number."""

    name: str
    factor: int = 1


@dataclass(frozen=True)
class Use:
    """A tensor by its name."""

    name: str


@dataclass(frozen=True)
class Arithmetic:
    """Operands between operators of one rank: `a + b - 2`, or a product."""

    operators: tuple[str, ...]
    operands: tuple[Any, ...]


@dataclass(frozen=True)
class Argument:
    name: str | None
    value: Any


@dataclass(frozen=True)
class Apply:
    callee: str
    arguments: tuple[Argument, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fork:
    """Branches side by side; a branch without stages is `_`."""

    branches: tuple[tuple[Stage, ...], ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Repeat:
    """Stages again and again, with other layers in each round."""

    count: int
    stages: tuple[Stage, ...]
    names: tuple[str, ...] = ()


Stage = Union[Apply, Fork, Repeat]
Stages = tuple[Stage, ...]


@dataclass(frozen=True)
class Input:
    name: str
    shape: tuple[int | str | None, ...] = ()
    dtype: str = "float32"


@dataclass(frozen=True)
class Flow:
    sources: tuple[Any, ...]
    stages: Stages = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """`if`, perhaps with `else`."""

    condition: str
    chosen: tuple[Line, ...]
    otherwise: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Loop:
    """`for` as a line."""

    variable: str
    items: str
    lines: tuple[Line, ...]


Line = Union[Flow, Choice, Loop]


@dataclass(frozen=True)
class Body:
    inputs: tuple[Input, ...]
    shared: tuple[tuple[str, Apply], ...] = ()
    flows: tuple[Line, ...] = ()
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """A block; `point_free` is one that is only a chain. A parameter's default may be REQUIRED.

    `is_model` is a model that others apply.
    """

    name: str
    parameters: tuple[tuple[str, Any], ...]
    body: Body
    point_free: bool = False
    is_model: bool = False


@dataclass(frozen=True)
class Program:
    constants: tuple[tuple[str, Any], ...]
    blocks: tuple[Block, ...]
    parameters: tuple[tuple[str, Any], ...]
    body: Body
    #: Lines that declare parts in Python.
    externs: tuple[str, ...] = ()

    def text(self) -> str:
        return Writer(self).text()


# ---- Writing ---------------------------------------------------------------------------------


class Writer:
    """Writes a program as the text of a `.nn` file."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.taken = {name for name, _ in program.constants}

    def text(self) -> str:
        program = self.program
        lines = [f"const {name} = {self.value(value)}" for name, value in program.constants]
        lines += program.externs
        for block in program.blocks:
            lines += self.block(block)
        lines += self.braced(
            f"model Drawn{self.header(program.parameters)}", program.body, True, program.parameters
        )
        return "\n".join(lines) + "\n"

    def block(self, block: Block) -> list[str]:
        kind = "model" if block.is_model else "block"
        head = f"{kind} {block.name}{self.header(block.parameters)}"
        if block.point_free:
            with_parameters = self.inside(block.parameters)
            return [f"{head} = {with_parameters.chain(block.body.flows[0].stages)}"]
        return self.braced(head, block.body, block.is_model, block.parameters)

    def header(self, parameters: Sequence[tuple[str, Any]]) -> str:
        given = [
            name if value is vocabulary.REQUIRED else f"{name}={self.value(value)}"
            for name, value in parameters
        ]
        return f"({', '.join(given)})" if given else ""

    def inside(self, parameters: Sequence[tuple[str, Any]]) -> Writer:
        """Return a writer that keeps words apart from these parameters."""
        inner = Writer(self.program)
        inner.taken |= {name for name, _ in parameters}
        return inner

    def braced(
        self, head: str, body: Body, is_model: bool, parameters: Sequence[tuple[str, Any]] = ()
    ) -> list[str]:
        inner = self.inside(parameters)
        lines = [
            f"input {i.name}" + (f": {i.dtype}{_shape_text(i.shape)}" if is_model else "")
            for i in body.inputs
        ]
        lines += [f"layer {name} = {inner.stage(made)}" for name, made in body.shared]
        lines += [text for line in body.flows for text in inner.line(line)]
        lines.append(f"output {', '.join(body.outputs)}")
        return [f"{head} {{", *(f"    {line}" for line in lines), "}"]

    def line(self, line: Line) -> list[str]:
        if isinstance(line, Loop):
            inside = self.lines(line.lines)
            return [f"for {line.variable} in {line.items} {{", *inside, "}"]
        if isinstance(line, Choice):
            lines = [f"if {line.condition} {{", *self.lines(line.chosen)]
            if line.otherwise:
                lines += ["} else {", *self.lines(line.otherwise)]
            return [*lines, "}"]
        return [self.flow(line)]

    def lines(self, lines: Sequence[Line]) -> list[str]:
        return [f"    {text}" for line in lines for text in self.line(line)]

    def flow(self, flow: Flow) -> str:
        sources = ", ".join(self.value(source) for source in flow.sources)
        chain = f" -> {self.chain(flow.stages)}" if flow.stages else ""
        return sources + chain + _as(flow.names)

    def chain(self, stages: Stages) -> str:
        return " -> ".join(map(self.stage, stages)) or "_"

    def stage(self, stage: Stage) -> str:
        if isinstance(stage, Fork):
            return f"( {' | '.join(map(self.chain, stage.branches))} ){_as(stage.names)}"
        if isinstance(stage, Repeat):
            return f"repeat {stage.count} {{ {self.chain(stage.stages)} }}{_as(stage.names)}"
        given = ", ".join(
            (f"{a.name}=" if a.name else "") + self.value(a.value) for a in stage.arguments
        )
        return stage.callee + (f"({given})" if given else "") + _as(stage.names)

    def value(self, value: Any) -> str:
        if isinstance(value, (list, tuple)):
            items = ", ".join(map(self.value, value))
            if isinstance(value, tuple) and value:
                return f"({items},)" if len(value) == 1 else f"({items})"
            return f"[{items}]"
        if isinstance(value, (KerasObject, LayerValue)):
            inner = value.arguments if isinstance(value, KerasObject) else value.values
            name = value.name if isinstance(value, KerasObject) else value.rule.name
            return f"{name}({', '.join(f'{n}={self.value(v)}' for n, v in inner)})"
        if isinstance(value, Ref):
            return value.name if value.factor == 1 else f"{value.name} * {value.factor}"
        if isinstance(value, Arithmetic):
            return self.arithmetic(value)
        return value.name if isinstance(value, Use) else self.literal(value)

    def literal(self, value: Any) -> str:
        if isinstance(value, str):
            bare = value.isidentifier() and value not in self.taken
            return value if bare and not isinstance(value, Quoted) else f'"{value}"'
        words = {True: "true", False: "false", None: "none"}
        return words[value] if value is None or isinstance(value, bool) else str(value)

    def arithmetic(self, value: Arithmetic) -> str:
        texts = [
            f"({self.value(o)})" if isinstance(o, Arithmetic) else self.value(o)
            for o in value.operands
        ]
        rest = (f" {op} {text}" for op, text in zip(value.operators, texts[1:], strict=True))
        return texts[0] + "".join(rest)


def _as(names: Sequence[str]) -> str:
    return f" as {', '.join(names)}" if names else ""


def _shape_text(shape: Sequence[int | str | None]) -> str:
    return "[" + ", ".join("?" if d is None else str(d) for d in shape) + "]"


# ---- Meaning ---------------------------------------------------------------------------------


class Misfit(Exception):
    """A step that does not fit where it was to stand."""


@dataclass(frozen=True)
class Flowing:
    """A tensor: as declared, as run, how large its values may be (a power of ten), what made it."""

    declared: Tensor
    real: Tensor
    power: float
    maker: str
    #: True behind `mask_zero`: the steps may have a mask, which Keras hands on.
    masked: bool = False

    @property
    def rank(self) -> int:
        return self.real.rank

    @property
    def dtype(self) -> str:
        return self.real.dtype


Flowings = tuple[Flowing, ...]


@dataclass
class Frame:
    """What names mean in one body."""

    values: dict[str, Any]
    tensors: dict[str, Flowing] = field(default_factory=dict)
    shared: dict[str, Apply] = field(default_factory=dict)
    #: What a shared layer was applied to first, and the weights that this gave.
    first: dict[str, tuple[Flowings, Output]] = field(default_factory=dict)


#: Layers behind which values are small again.
TAMING = frozenset(
    """tanh sigmoid softmax softsign hard_tanh hard_sigmoid relu6 LayerNormalization Softmax LSTM
    GRU SimpleRNN UnitNormalization RMSNormalization CategoryEncoding Hashing Embedding
    GroupNormalization""".split()
)
#: Layers whose code is large, so that a model has only a few of them.
HEAVY = frozenset(
    """LSTM GRU SimpleRNN RNN Bidirectional TimeDistributed ConvLSTM1D ConvLSTM2D ConvLSTM3D
    STFTSpectrogram Pipeline AugMix RandAugment MixUp GroupQueryAttention
    MultiHeadAttention""".split()
)
#: Layers for whole numbers only. All are small, as those of inputs are 0 to 9.
LOOKING_UP = frozenset(
    "Embedding ReversibleEmbedding CategoryEncoding IntegerLookup Hashing".split()
)
#: Of the others, those that take them as well: many layers of Keras fail on them when run, or give
#: another dtype than they said.
TAKES_INTEGERS = LOOKING_UP | frozenset(
    """Dense EinsumDense Flatten Reshape Permute Identity Rescaling Discretization
    LayerNormalization BatchNormalization Normalization""".split()
)
MOST_HEAVY = 4
LARGEST_POWER = 6.0


class Meaning:
    """Applies the layers of a program to tensors, and remembers which were applied."""

    def __init__(self) -> None:
        self.blocks: dict[str, Block] = {}
        self.constants: dict[str, Any] = {}
        self.layers: list[str] = []
        self.pairs: list[tuple[str, str]] = []
        self.limit = 60

    def stages(self, stages: Stages, tensors: Flowings, frame: Frame) -> Flowings:
        for stage in stages:
            tensors = self.stage(stage, tensors, frame)
        return tensors

    def stage(self, stage: Stage, tensors: Flowings, frame: Frame) -> Flowings:
        """Return what a stage gives; raise `Misfit`, all counts as before, if it does not fit."""
        layers, pairs = len(self.layers), len(self.pairs)
        try:
            if isinstance(stage, Repeat):
                made: Flowings = tensors
                for _ in range(stage.count):
                    made = self.stages(stage.stages, made, frame)
                if len(made) != len(tensors):
                    raise Misfit("another number of tensors goes into the next round")
            elif isinstance(stage, Fork):
                branches = [self.stages(branch, tensors, frame) for branch in stage.branches]
                made = tuple(tensor for branch in branches for tensor in branch)
            else:
                made = self.apply(stage, tensors, frame)
            _name(stage.names, made, frame)
        except Misfit:
            del self.layers[layers:], self.pairs[pairs:]
            raise
        return made

    def apply(self, stage: Apply, tensors: Flowings, frame: Frame) -> Flowings:
        if stage.callee in frame.shared:
            return self.shared(stage, tensors, frame)
        if stage.callee in self.blocks:
            return self.block(self.blocks[stage.callee], stage, tensors, frame)
        if stage.callee in RULES:
            return self.layer(stage, tensors, frame, bool(stage.names))[0]
        if stage.callee == "softmax" and stage.arguments:
            return self.layer(replace(stage, callee="Softmax"), tensors, frame, False)[0]
        word = Apply("Activation", (Argument(None, stage.callee),), stage.names)
        return self.layer(word, tensors, frame, False)[0]

    def shared(self, stage: Apply, tensors: Flowings, frame: Frame) -> Flowings:
        name = stage.callee
        made = replace(frame.shared[name], names=stage.names)
        tensors, output = self.layer(made, tensors, frame, bool(stage.names))
        first = frame.first.setdefault(name, (tensors, output))
        sizes = [(one.weights, one.built_for) for one in (first[1], output)]
        if sizes[0] != sizes[1] or first[0][0].rank != tensors[0].rank:
            raise Misfit(f"{name} is made for another shape")
        return tensors

    def layer(
        self, stage: Apply, tensors: Flowings, frame: Frame, named: bool
    ) -> tuple[Flowings, Output]:
        rule = RULES[stage.callee]
        if not rule.takes_list and len(tensors) > 1:
            raise Misfit("one tensor is needed")
        values, by_name = self.arguments(rule, stage, frame, tensors)
        used = [*tensors, *(t for many in by_name.values() for t in _listed(many))]
        declared, real = (
            _applied(rule, tensors, by_name, values, which) for which in ("declared", "real")
        )
        _check(real)
        _check_dtypes(rule, values, used)
        _check_run(rule, values, used)
        if len(declared.tensors) != (max(len(stage.names), 1) if named else 1):
            raise Misfit("another number of tensors")
        power = _power(rule, values, used)
        self.layers.append(rule.name)
        self.pairs += [(t.maker, rule.name) for t in used]
        kind = rule.name
        if len(self.layers) > self.limit or self.heavy() > MOST_HEAVY:
            raise Misfit("too many layers")
        made = zip(declared.tensors, real.tensors, strict=True)
        masked = values.get("mask_zero", False) or any(t.masked for t in used)
        return tuple(Flowing(d, r, power, kind, masked) for d, r in made), declared

    def heavy(self) -> int:
        return sum(name in HEAVY for name in self.layers)

    def arguments(
        self, rule: LayerRule, stage: Apply, frame: Frame, coming: Flowings
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the values of the arguments, and the tensors that are given by name."""
        known = {**frame.tensors, "_": coming[0]}
        values, tensors = {}, {}
        tensor_names = {p.name for p in rule.tensors}
        order = iter(rule.parameters)
        for argument in stage.arguments:
            name = argument.name or next(order).name
            if name in tensor_names:
                value = argument.value
                several = isinstance(value, (list, tuple))
                found = [known[use.name] for use in (value if several else [value])]
                tensors[name] = found if several else found[0]
            else:
                values[name] = evaluate(argument.value, frame)
        return values, tensors

    def block(self, block: Block, stage: Apply, tensors: Flowings, frame: Frame) -> Flowings:
        if len(tensors) != len(block.body.inputs):
            raise Misfit("another number of inputs")
        values = {**self.constants, **dict(block.parameters)}
        for (name, _), argument in zip(block.parameters, stage.arguments, strict=False):
            values[argument.name or name] = evaluate(argument.value, frame)
        if vocabulary.REQUIRED in values.values():
            raise Misfit("a parameter is missing")
        inner = Frame(values, shared=dict(block.body.shared))
        inputs = (i.name for i in block.body.inputs)
        inner.tensors.update(zip(inputs, tensors, strict=True))
        made: Flowings = ()
        for flow in block.body.flows:
            made = self.flow(flow, inner)
        if block.point_free:
            if len(made) != 1:
                raise Misfit("several tensors come out")
            return made
        return tuple(inner.tensors[name] for name in block.body.outputs)

    def flow(self, flow: Flow, frame: Frame) -> Flowings:
        sources = tuple(self.source(source, frame) for source in flow.sources)
        made = self.stages(flow.stages, sources, frame)
        _name(flow.names, made, frame)
        return made

    def source(self, source: Any, frame: Frame) -> Flowing:
        """Return the tensor that a name or arithmetic stands for."""
        if isinstance(source, Use):
            return frame.tensors[source.name]
        assert isinstance(source, Arithmetic)
        result = self.operand(source.operands[0], frame)
        for operator, operand in zip(source.operators, source.operands[1:], strict=True):
            result = self.combined(operator, result, self.operand(operand, frame))
        if not isinstance(result, Flowing):
            raise Misfit("a number, no tensor")
        return result

    def operand(self, operand: Any, frame: Frame) -> Any:
        if isinstance(operand, (Use, Arithmetic)):
            return self.source(operand, frame)
        return evaluate(operand, frame)

    def combined(self, operator: str, left: Any, right: Any) -> Any:
        if isinstance(left, Flowing) and isinstance(right, Flowing):
            kind = {"+": "Add", "-": "Subtract", "*": "Multiply"}[operator]
            made, _ = self.layer(Apply(kind), (left, right), Frame({}), False)
            return made[0]
        tensor = left if isinstance(left, Flowing) else right
        if not isinstance(tensor, Flowing) or "float" not in tensor.dtype:
            raise Misfit("no tensor of floats")
        number = right if tensor is left else left
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise Misfit("no number")
        return replace(tensor, maker=operator, power=tensor.power + 0.5)


def _name(names: Sequence[str], tensors: Flowings, frame: Frame) -> None:
    if names and len(names) != len(tensors):
        raise Misfit("as many names as tensors")
    frame.tensors.update(zip(names, tensors, strict=False))


def evaluate(value: Any, frame: Frame) -> Any:
    """Return the value of an argument's expression."""
    if isinstance(value, Ref):
        found = frame.values[value.name]
        if value.factor != 1 and (not isinstance(found, int) or isinstance(found, bool)):
            raise Misfit("no number")
        return found * value.factor if value.factor != 1 else found
    if isinstance(value, (list, tuple)):
        return type(value)(evaluate(item, frame) for item in value)
    if isinstance(value, LayerValue):
        inner = tuple((name, evaluate(one, frame)) for name, one in value.values)
        return LayerValue(value.rule, inner)
    return str(value) if isinstance(value, Quoted) else value


def _listed(value: Any) -> list[Flowing]:
    return value if isinstance(value, list) else [value]


def _applied(
    rule: LayerRule, tensors: Flowings, by_name: dict[str, Any], values: dict[str, Any], which: str
) -> Output:
    """Apply a layer's function to the tensors as `declared`, or as they are when run (`real`)."""
    first = tuple(getattr(t, which) for t in tensors)
    given: dict[str, Any] = {rule.tensors[0].name: first if rule.takes_list else first[0]}
    for name, many in by_name.items():
        seen = tuple(getattr(t, which) for t in _listed(many))
        given[name] = seen if isinstance(many, list) else seen[0]
    try:
        return rule.apply(given, values)
    except (BadArgument, LayerError) as error:
        raise Misfit(str(error)) from None


def _check(made: Output) -> None:
    """Refuse what would be too large, or empty."""
    for tensor in made.tensors:
        size = 1
        for dim in tensor.shape[1:]:
            size *= dim if isinstance(dim, int) else LARGEST_TENSOR + 1
        if not 0 < size <= LARGEST_TENSOR or tensor.rank > MOST_AXES:
            raise Misfit("too large, or empty")
    if sum(weight.size for weight in made.weights) > MOST_WEIGHTS:
        raise Misfit("too many weights")


def _check_dtypes(rule: LayerRule, values: dict[str, Any], used: Sequence[Flowing]) -> None:
    """Refuse floats where something is looked up, and integers where Keras fails on them."""
    inner = [v.rule.name for v in values.values() if isinstance(v, LayerValue)]
    looks_up = any(name in LOOKING_UP for name in (rule.name, *inner))
    if used[0].dtype == "bool":
        raise Misfit("a mask is given by name only")
    if looks_up and "float" in used[0].dtype:
        raise Misfit("integers are needed")
    if rule.name not in TAKES_INTEGERS and not all("float" in t.dtype for t in used[:-1]):
        raise Misfit("floats are needed")
    if rule.name not in TAKES_INTEGERS and used[-1].dtype not in ("float32", "bool"):
        raise Misfit("floats are needed")
    if rule.name not in TAKES_INTEGERS and len(used) == 1 and "float" not in used[0].dtype:
        raise Misfit("floats are needed")


def _check_run(rule: LayerRule, values: dict[str, Any], used: Sequence[Flowing]) -> None:
    """Refuse what Keras builds, and fails on when run."""
    x = used[0]
    many = values.get("scale")
    if isinstance(many, (list, tuple)) and len(many) != x.real.shape[-1]:
        raise Misfit("a number for each channel is needed, also where their number is unknown")
    dilation = values.get("dilation_rate", 1)
    if "Transpose" in rule.name and dilation not in (1, (1,) * (x.rank - 2), [1] * (x.rank - 2)):
        raise Misfit("TensorFlow dilates these on a graphics card only")
    inner = [v for v in values.values() if isinstance(v, LayerValue)]
    parts = [(rule.name, values), *((v.rule.name, dict(v.values)) for v in inner)]
    for name, given in parts:
        strides = given.get("strides", 1)
        uneven = isinstance(strides, (list, tuple)) and len(set(strides)) > 1
        if uneven and ("Depthwise" in name or "Separable" in name):
            raise Misfit("TensorFlow strides these alike in all directions")
        if given.get("recurrent_activation", "sigmoid") not in TAMING:
            raise Misfit("what goes round grows without end")
    if rule.name == "MultiHeadAttention":
        lengths = {t.real.shape[1] for t in used}
        if values.get("return_attention_scores") and len(lengths) > 1:
            raise Misfit("Keras says that the scores have the query's length twice")
        if any(t.masked for t in used):
            raise Misfit("Keras takes the masks off what it is given, for what is run later")
    if rule.name == "RandomShear" and any(
        isinstance(values.get(name), (int, float)) for name in ("x_factor", "y_factor")
    ):
        raise Misfit("Keras saves it, and refuses to load it, which S122 says")
    if rule.name == "RandomCrop":
        raise Misfit("Keras crops only in training, and says nothing of it")
    unknown = not isinstance(x.declared.shape[-1], int)
    if unknown and isinstance(many, (list, tuple)):
        raise Misfit("Keras tells the size when it traces a class, else not")
    if x.rank > 3 and any("..." in given.get("equation", "") for _, given in parts):
        raise Misfit("Keras says the elided axes backwards")
    if rule.name == "Softmax" and x.masked:
        raise Misfit("the mask of the steps does not fit")


def _power(rule: LayerRule, values: dict[str, Any], used: Sequence[Flowing]) -> float:
    """Return how large values may become, as a power of ten; refuse what may overflow."""
    powers = [t.power for t in used]
    if rule.name in TAMING or values.get("activation") in TAMING:
        return 0.0
    power = sum(powers) + 1 if rule.name in ("Multiply", "Dot") else max(powers) + 0.4
    if power > LARGEST_POWER:
        raise Misfit("values become too large")
    return power


# ---- Drawing arguments -----------------------------------------------------------------------

#: Left out: what depends on libraries or files, on data, on chance, or on a graphics card;
#: MelSpectrogram gives another number of frames than Keras says.
NOT_DRAWN = frozenset(
    """Equalization TextVectorization StringLookup HashedCrossing LSTMCell GRUCell SimpleRNNCell
    StackedRNNCells Masking MelSpectrogram ContrastLimitedAdaptiveHistogramEqualization""".split()
)
NOT_GIVEN = frozenset(
    """data_format quantization_config gptq_unpacked_column_size weights flash_attention stateful
    sparse ragged renorm renorm_clipping training dtype mean variance adjust logit_soft_cap
    use_cudnn unroll moving_mean_initializer moving_variance_initializer value_range groups
    crop_to_aspect_ratio pad_to_aspect_ratio reverse_dtype backward_layer sliding_window
    attention_axes fill_mode lora_alpha scale_factor mask_value synchronized bounding_box_format
    embeddings_constraint max_value threshold value_dim_ noise_shape""".split()
)
ACTIVATIONS = tuple(
    word
    for word in vocabulary.identifiers("activations")
    if word not in ("exponential", "glu", "sparse_sigmoid", "sparse_plus", "sparsemax")
)
RANDOM_WEIGHTS = ("glorot_uniform", "he_normal", "lecun_normal", "random_normal", "orthogonal")
INITIALIZERS = (
    *RANDOM_WEIGHTS,
    KerasObject("initializers", "RandomNormal", (("stddev", 0.1),)),
    KerasObject("initializers", "TruncatedNormal", (("mean", 0.0), ("stddev", 0.1))),
    KerasObject("initializers", "VarianceScaling", (("mode", Quoted("fan_avg")),)),
)
PLAIN_INITIALIZERS = ("zeros", "ones", KerasObject("initializers", "Constant", (("value", 0.5),)))
REGULARIZERS = (
    "l2",
    "l1",
    KerasObject("regularizers", "L2", (("l2", 1e-4),)),
    KerasObject("regularizers", "L1L2", (("l1", 0.01), ("l2", 0.01))),
)
CONSTRAINTS = (
    "non_neg",
    KerasObject("constraints", "MaxNorm", (("max_value", 2), ("axis", 0))),
    KerasObject("constraints", "UnitNorm"),
)
WRAPPED = tuple("""Dense Dense Conv1D Conv2D Flatten LSTM LayerNormalization Activation ReLU
    BatchNormalization Dropout Rescaling EinsumDense MaxPooling1D Reshape""".split())
SPECTRAL = ("Dense", "Conv1D", "Conv2D", "Conv3D", "DepthwiseConv2D", "Embedding")


class Arguments(Draw):
    """Draws arguments of a layer that mostly fit a tensor, by their types or by a recipe."""

    def arguments(self, rule: LayerRule, depth: int) -> dict[str, Any]:
        return self.fitting(rule, None, depth)

    def fitting(self, rule: LayerRule, x: Flowing | None, depth: int = 0) -> dict[str, Any]:
        """Return arguments by name, those that a recipe gives and some of the others."""
        recipe: Callable[..., dict[str, Any]] | None = RECIPES.get(rule.name)
        known = recipe(self, x or ANY_TENSOR) if recipe else {}
        own = (*rule.parameters, *(rule.flags if depth == 0 else ()))
        made: dict[str, Any] = {}
        for parameter in own:
            if parameter.name in known:
                made[parameter.name] = known[parameter.name]
            elif parameter.required or (self.chance(0.1) and self.may_be_given(rule, parameter)):
                made[parameter.name] = self.value(parameter.type, rule, parameter.name, depth)
        if self.chance(0.03) and rule.base and rule.base[0].name == "trainable":
            made["trainable"] = self.chance(0.3)
        return made

    def may_be_given(self, rule: LayerRule, parameter: Parameter) -> bool:
        recipe_owns = rule.name in WHOLE_RECIPES
        return parameter.name not in NOT_GIVEN and not recipe_owns

    def _NumberType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        low, high = max(type_.minimum or 0, 0.1), min(type_.maximum or 1, 0.9)
        return round(self.random.uniform(low, high), 2)

    def _IntType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        if type_.minimum is None:
            return self.random.choice([-2, -1, 1, 1, 2, 3])
        return type_.minimum + self.random.choice([0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 7])

    def _ChoiceType(self, type_: Any, *of: Any) -> Any:  # noqa: N802
        word = self.random.choice(type_.words)
        return Quoted(word) if self.chance(0.2) else word

    def _KerasType(self, type_: Any, rule: Any, name: str, *of: Any) -> Any:  # noqa: N802
        if type_.kind == "activations":
            words: Sequence[Any] = ACTIVATIONS
        elif type_.kind == "initializers":
            plain = any(part in name for part in ("bias", "beta", "gamma", "alpha"))
            words = PLAIN_INITIALIZERS if plain else INITIALIZERS
        else:
            words = REGULARIZERS if type_.kind == "regularizers" else CONSTRAINTS
        return self.random.choice(words)

    def _LayerType(self, type_: Any, rule: LayerRule, name: str, depth: int) -> Any:  # noqa: N802
        names: Sequence[str] = WRAPPED
        if rule.name == "SpectralNormalization":
            names = SPECTRAL
        elif rule.name == "Bidirectional":
            names = ("LSTM", "GRU", "SimpleRNN")
        elif rule.name in ("RNN", "StackedRNNCells"):
            names = ("LSTMCell", "GRUCell", "SimpleRNNCell")
        inner = RULES[self.random.choice(names)]
        return LayerValue(inner, tuple(self.arguments(inner, depth + 1).items()))


ANY_TENSOR = Flowing(Tensor((None, 6, 4)), Tensor((None, 6, 4)), 0.5, "")


def _sizes(x: Flowing) -> list[int]:
    return [d if isinstance(d, int) else UNKNOWN_SIZE for d in x.real.shape[1:]]


def _divisor(r: random.Random, number: int) -> int:
    return r.choice([d for d in range(1, number + 1) if number % d == 0] or [1])


def _reshape(a: Arguments, x: Flowing) -> dict[str, Any]:
    size = 1
    for dim in _sizes(x):
        size *= dim
    known: list[int] = []
    for _ in range(a.random.choice([0, 1, 1, 1, 2, 3])):
        known.append(_divisor(a.random, size))
        size //= known[-1]
    known.append(size if a.chance(0.5) else -1)
    a.random.shuffle(known)
    return {"target_shape": known if a.chance(0.5) else tuple(known)}


def _permute(a: Arguments, x: Flowing) -> dict[str, Any]:
    dims = list(range(1, x.rank))
    a.random.shuffle(dims)
    return {"dims": tuple(dims) if a.chance(0.5) else dims}


def _dot(a: Arguments, x: Flowing) -> dict[str, Any]:
    axis = a.random.randint(1, max(x.rank - 1, 1))
    axes = a.random.choice([-1, axis, (axis, axis), (axis, 1), (-1, -1)])
    return {"axes": axes, **({"normalize": True} if a.chance(0.2) else {})}


def _einsum(a: Arguments, x: Flowing) -> dict[str, Any]:
    units = a.random.randint(1, 8)
    letters = "abcde"[: x.rank]
    elided = {"equation": Quoted("...x,xy->...y"), "output_shape": units, "bias_axes": "y"}
    forms: list[dict[str, Any]] = [
        *([elided] if x.rank < 4 else []),  # else Keras says the elided axes backwards
        {
            "equation": Quoted(f"{letters},{letters[-1]}z->{letters[:-1]}z"),
            "output_shape": [*(None for _ in letters[1:-1]), units],
        },
    ]
    if x.rank == 3:
        heads = [None, a.random.randint(1, 3), units]
        forms.append({"equation": Quoted("abc,cde->abde"), "output_shape": heads})
        forms[-1]["bias_axes"] = Quoted("de")
    return a.random.choice(forms)


def _embedding(a: Arguments, x: Flowing) -> dict[str, Any]:
    wide = {"input_dim": a.random.randint(10, 20), "output_dim": a.random.randint(1, 8)}
    return {**wide, **({"mask_zero": True} if a.chance(0.3) else {})}


def _groups(a: Arguments, x: Flowing) -> dict[str, Any]:
    return {"groups": a.random.choice([-1, _divisor(a.random, (_sizes(x) or [1])[-1])])}


def _rescaling(a: Arguments, x: Flowing) -> dict[str, Any]:
    one = {"scale": a.random.choice([0.5, 0.1, -1, 2])}
    more = {**one, "offset": -0.5}
    if x is not ANY_TENSOR:
        more = {"scale": [0.5] * (_sizes(x) or [1])[-1], "offset": 0.25}
    return a.random.choice([one, {**one, "offset": -0.5}, more])


def _moments(a: Arguments, x: Flowing) -> dict[str, Any]:
    size = (_sizes(x) or [1])[-1]
    one: dict[str, Any] = {"mean": 0.5, "variance": 2}
    many = {"mean": [0.1] * size, "variance": (1.5,) * size}
    return a.random.choice([{**one, "axis": None}, one, many, {**one, "invert": True}])


def _heads(a: Arguments, x: Flowing) -> dict[str, Any]:
    heads = a.random.choice([1, 2, 4])
    groups = _divisor(a.random, heads)
    return {"head_dim": 2, "num_query_heads": heads, "num_key_value_heads": groups}


def _lookup(a: Arguments, x: Flowing) -> dict[str, Any]:
    words = a.random.sample(range(10), a.random.randint(2, 6))
    return {"vocabulary": words}


def _bins(a: Arguments, x: Flowing) -> dict[str, Any]:
    bins = sorted(a.random.sample([-1.5, -1.0, -0.5, 0.0, 0.5, 1.0], a.random.randint(1, 4)))
    mode = {"output_mode": a.random.choice(["one_hot", "multi_hot", "count"])}
    return {"bin_boundaries": bins, **(mode if a.chance(0.4) else {})}


def _categories(a: Arguments, x: Flowing) -> dict[str, Any]:
    mode = {"output_mode": a.random.choice(["one_hot", "multi_hot", "count"])}
    return {"num_tokens": a.random.randint(10, 14), **(mode if a.chance(0.7) else {})}


def _spectrogram(a: Arguments, x: Flowing) -> dict[str, Any]:
    mode = a.random.choice(["magnitude", "psd", "real", "imag", "stft"])
    return {"mode": mode, "frame_length": 4, "frame_step": a.random.randint(1, 4)}


def _sigmoid_or_not(a: Arguments, x: Flowing) -> dict[str, Any]:
    return {"axis": -1} if a.chance(0.3) else {}


def _axis(a: Arguments, x: Flowing) -> dict[str, Any]:
    return {"axis": a.random.choice([*range(1, x.rank), -1])} if a.chance(0.4) else {}


def _steps(a: Arguments, x: Flowing) -> dict[str, Any]:
    """Arguments of what reads a sequence: often it gives the whole one."""
    return {"return_sequences": True} if a.chance(0.5) else {}


RECIPES: dict[str, Callable[[Arguments, Flowing], dict[str, Any]]] = {
    "Reshape": _reshape,
    "Permute": _permute,
    "Dot": _dot,
    "EinsumDense": _einsum,
    "Embedding": _embedding,
    "ReversibleEmbedding": _embedding,
    "GroupNormalization": _groups,
    "Rescaling": _rescaling,
    "Normalization": _moments,
    "GroupQueryAttention": _heads,
    "IntegerLookup": _lookup,
    "Discretization": _bins,
    "CategoryEncoding": _categories,
    "STFTSpectrogram": _spectrogram,
    "Softmax": _sigmoid_or_not,
    "Concatenate": _axis,
    "BatchNormalization": _axis,
    "LayerNormalization": _axis,
    "UnitNormalization": _axis,
    **{name: _steps for name in ("LSTM", "GRU", "SimpleRNN", "RNN")},
}
#: Layers whose other arguments are left as they are.
WHOLE_RECIPES = frozenset(
    """IntegerLookup Normalization STFTSpectrogram Discretization CategoryEncoding
    GroupQueryAttention Softmax Concatenate Dot PReLU Hashing Activation
    AutoContrast Solarization""".split()
)


# ---- Drawing programs ------------------------------------------------------------------------

#: Names that Keras, Python or the emitted code use themselves, beside quiet ones.
NAMES = tuple("""x y z a b c h q k v w left right skip features hidden total deep merged head tail
    dense dense_1 dense_2 conv2d relu tanh softmax dropout flatten lstm concatenate inputs outputs
    call build name dtype self keras layers Model np tf numpy lambda class def return import_
    print len list dict str int super type metrics losses loss weights trainable optimizer fit
    predict summary input_1 input_layer out result tensors training mask kwargs args i j n filters
    build_model Layer register get_config add_loss branch_1 branch branches shape batch main path
    activation activation_1 identity batch_normalization layer_normalization reshape embedding
    async await yield not_ None_ is_ with_ pass_ del global nonlocal try raise assert while
    state states cell units axis value query key json main_ script data train_ epochs history
    left_1 x_1 x_2 _hidden __private Upper CamelCase average maximum dot permute""".split())
#: Names that are also those of the operations that arithmetic with numbers makes.
OPERATIONS = ("add", "add_1", "multiply", "subtract", "subtract_1", "multiply_2")
BLOCK_NAMES = tuple(
    """Res Unit Mix Stem Inner conv_bn ConvBN Model Layer Block Keras np Sequential Functional
    Dense2 MLP Attend X class stem build Encoder tf name _Hidden""".split()
)
WORDS = ("relu", "tanh", "sigmoid", "gelu", "silu", "softplus", "elu", "softmax", "linear", "mish")
CALLED = (
    ("relu", "max_value", 6),
    ("relu", "negative_slope", 0.1),
    ("leaky_relu", "negative_slope", 0.2),
    ("elu", "alpha", 0.7),
    ("softmax", "axis", -1),
)
MERGES = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot")
PAIRED = ("Attention", "AdditiveAttention")
#: Layers that keep the shape of any tensor of floats.
KEEPING = (
    "Dropout", "GaussianNoise", "LayerNormalization", "BatchNormalization", "ReLU", "LeakyReLU",
    "ELU", "PReLU", "Activation", "Identity", "Softmax", "UnitNormalization", "RMSNormalization",
    "ActivityRegularization", "AlphaDropout", "GaussianDropout", "Rescaling",
)  # fmt: skip
#: Layers that take axes away, which are drawn less often, so that models do not end early.
FLATTENING = frozenset(n for n in RULES if n.startswith("Global")) | {"Flatten", "Reshape"}


def _weight(name: str) -> int:
    """Return how often a layer is drawn."""
    if name in FLATTENING:
        return 2
    return 1 if name.startswith("Random") or name in ("AugMix", "CutMix", "MixUp") else 6


class Drawing:
    """Draws one program."""

    def __init__(self, seed: int | str) -> None:
        self.arguments = Arguments(f"model {seed}")
        self.random = self.arguments.random
        self.chance = self.arguments.chance
        self.meaning = Meaning()
        self.frame = Frame({})
        self.unused: list[str] = []
        self.is_chain = self.chance(0.2)
        self.scalars = self.chance(0.6)
        self.names = [*NAMES, *(() if self.scalars else OPERATIONS)]
        self.block_names = list(BLOCK_NAMES)
        self.random.shuffle(self.block_names)
        self.taken: set[str] = set()
        self.depth = 0
        drawable = sorted(set(RULES) - NOT_DRAWN - set(MERGES) - set(PAIRED))
        self.drawable = [name for name in drawable for _ in range(_weight(name))]

    # ---- The whole

    def program(self) -> Program:
        constants = self.constants()
        blocks = []
        for _ in range(self.random.choice([0, 0, 1, 1, 2, 3])):
            block = self.block()
            if block is not None:
                self.meaning.blocks[block.name] = block
                blocks.append(block)
        self.meaning.layers.clear()
        self.meaning.pairs.clear()
        parameters = self.parameters(self.random.choice([0, 0, 1, 2]))
        body = self.model_body(parameters)
        return Program(constants, tuple(blocks), parameters, body)

    def constants(self) -> tuple[tuple[str, Any], ...]:
        made: dict[str, Any] = {}
        for _ in range(self.random.choice([0, 0, 1, 2])):
            name = self.new_name(keep=True)
            made[name] = self.random.choice([2, 3, 4, 0.5, Quoted("tanh"), Quoted("same")])
        self.meaning.constants = {n: evaluate(v, self.frame) for n, v in made.items()}
        return tuple(made.items())

    def parameters(self, count: int, optional: float = 1.0) -> tuple[tuple[str, Any], ...]:
        """Draw parameters; those without a default come first, here with a value to try."""
        made = []
        for _ in range(count):
            value = self.random.choice([2, 3, 4, 5, 0.5, Quoted("relu"), Quoted("same")])
            made.append((self.new_name(), value))
        return tuple(made)

    def new_name(self, keep: bool = False) -> str:
        """Return a name that nothing has yet; `keep` one from all bodies."""
        while True:
            name = self.random.choice(self.names)
            if self.chance(0.3):
                name = f"t{len(self.taken)}"
            free = name not in self.taken and name not in self.meaning.blocks
            if free and name not in self.meaning.constants:
                self.taken.add(name)
                return name

    # ---- Bodies

    def enter(self, parameters: Sequence[tuple[str, Any]]) -> None:
        self.frame = Frame({**self.meaning.constants, **dict(parameters)})
        self.frame.values = {k: evaluate(v, self.frame) for k, v in self.frame.values.items()}
        self.unused = []

    def model_body(self, parameters: tuple[tuple[str, Any], ...]) -> Body:
        self.enter(parameters)
        inputs = self.inputs()
        shared = self.shared_layers()
        wanted = self.random.choice([5, 8, 10, 12, 16, 20, 25, 30, 40, 50])
        flows: list[Flow] = []
        if self.is_chain:
            flows.append(self.long_chain(wanted))
        while len(self.meaning.layers) < wanted and not self.is_chain and len(flows) < 30:
            flow = self.flow()
            if flow is not None:
                flows.append(flow)
        return self.finished(inputs, shared, flows)

    def finished(
        self, inputs: Sequence[Input], shared: dict[str, Apply], flows: list[Flow]
    ) -> Body:
        """Return the body with all that is left over as outputs; nothing unused stays."""
        applied = {name for name in shared if name in self.frame.first}
        made = {name for flow in flows for name in defined(flow)}
        outputs = [name for name in self.unused if name in made]
        if not outputs:
            outputs = [flows[-1].names[0]]
        rest = [name for name in sorted(made - set(outputs)) if self.chance(0.04)]
        outputs = [*outputs, *rest]
        self.random.shuffle(outputs)
        kept = [i for i in inputs if i.name not in self.unused]
        pairs = tuple((name, made) for name, made in shared.items() if name in applied)
        return Body(tuple(kept), pairs, tuple(flows), tuple(outputs))

    def inputs(self) -> list[Input]:
        made: list[Input] = []
        for _ in range(1 if self.is_chain else self.random.choice([1, 1, 2, 2, 3, 4])):
            shape, dtype = self.input_type(made)
            made.append(Input(self.new_name(), shape, dtype))
            self.declare(made[-1])
        return made

    def input_type(self, before: list[Input]) -> tuple[tuple[int | str | None, ...], str]:
        r = self.random
        if before and len(before[-1].shape) == 2 and self.chance(0.1):
            return before[-1].shape[:1], "bool"
        if before and before[-1].dtype != "bool" and self.chance(0.4):
            return before[-1].shape, before[-1].dtype
        size: Callable[[], int] = lambda: r.randint(4, 10)  # noqa: E731
        steps = r.choice([size(), size(), None, "?T"]) if self.chance(0.7) else "?S"
        known = steps if isinstance(steps, int) or steps is None else steps
        kinds = [
            ((r.randint(2, 12),), "float32"),
            ((size(), r.randint(1, 6)), "float32"),
            ((known, r.randint(1, 6)), "float32"),
            ((size(), size(), r.randint(1, 4)), "float32"),
            ((size(), size(), r.randint(1, 4)), "float32"),
            ((None, None, r.randint(1, 3)), "float32"),
            ((r.randint(4, 6), r.randint(4, 6), r.randint(4, 6), 2), "float32"),
            ((3, r.randint(4, 6), r.randint(4, 6), 2), "float32"),
            ((size(),), "int32"),
            ((known,), "int32"),
            ((r.randint(1, 4),), r.choice(["int64", "uint8"])),
        ]
        return r.choice(kinds)

    def declare(self, input_: Input) -> None:
        declared = tuple(d[1:] if isinstance(d, str) else d for d in input_.shape)
        real = tuple(d if isinstance(d, int) else UNKNOWN_SIZE for d in input_.shape)
        shapes = (Tensor((None, *shape), input_.dtype) for shape in (declared, real))
        self.frame.tensors[input_.name] = Flowing(*shapes, 0.5, "input")
        self.unused.append(input_.name)

    def shared_layers(self) -> dict[str, Apply]:
        made: dict[str, Apply] = {}
        for _ in range(self.random.choice([0, 0, 1, 2])):
            x = self.random.choice(list(self.frame.tensors.values()))
            for _ in range(30):
                stage = self.layer(x, tuple_names=False)
                given = [a.value for a in stage.arguments] if stage is not None else []
                tensors = [v for g in given for v in (g if isinstance(g, list) else [g])]
                if stage is not None and not any(isinstance(v, Use) for v in tensors):
                    name = self.new_name()
                    made[name] = self.frame.shared[name] = stage
                    break
        return made

    # ---- Blocks

    def block(self) -> Block | None:
        """Draw a block for a tensor of some kind; None if nothing came of it."""
        before = set(self.taken)
        self.taken -= before - set(self.meaning.constants)
        try:
            parameters = self.parameters(self.random.choice([0, 1, 1, 2, 3]))
            self.enter(parameters)
            name = next(n for n in self.block_names if n not in self.taken)
            self.block_names.remove(name)
            self.meaning.layers.clear()
            try:
                body, point_free = self.block_body()
            except Misfit:
                return None
            if body is None:
                return None
            if parameters and self.chance(0.3):
                parameters = ((parameters[0][0], vocabulary.REQUIRED), *parameters[1:])
            return Block(name, parameters, body, point_free)
        finally:
            self.taken = before

    def block_body(self) -> tuple[Body | None, bool]:
        shape, dtype = self.input_type([])
        if self.chance(0.4) or self.is_chain:
            self.declare(Input("x", shape, dtype))
            tensor = self.frame.tensors.pop("x")  # a chain has no name for what comes in
            self.depth += 1
            try:
                chain = self.chain((tensor,), self.random.randint(1, 4))
            finally:
                self.depth -= 1
            if not chain[0]:
                return None, True
            return Body((Input("x"),), (), (Flow((Use("x"),), chain[0]),)), True
        inputs = [Input(self.new_name()) for _ in range(self.random.choice([1, 1, 1, 2, 3]))]
        for input_ in inputs:
            if self.chance(0.2):
                shape, dtype = self.input_type([])
            self.declare(replace(input_, shape=shape, dtype=dtype))
        shared = self.shared_layers()
        flows = [flow for _ in range(self.random.randint(1, 4)) if (flow := self.flow())]
        if not flows:
            return None, False
        body = self.finished(inputs, shared, flows)
        used = tuple(i for i in inputs if any(i.name in tensors_used(flow) for flow in flows))
        body = replace(body, inputs=used, outputs=self.block_outputs(body, flows))
        return body, False

    def block_outputs(self, body: Body, flows: list[Flow]) -> tuple[str, ...]:
        """Return the outputs of a block, merged to one in most cases."""
        wanted = self.random.choice([1, 1, 2, 3])
        names = list(body.outputs)
        while len(names) > wanted:
            sources = tuple(Use(name) for name in names[:2])
            tensors = tuple(self.frame.tensors[name] for name in names[:2])
            merge = self.merge(tensors)
            if merge is None:
                break
            name = self.new_name()
            flows.append(Flow(sources, (replace(merge, names=(name,)),)))
            self.meaning.stage(flows[-1].stages[-1], tensors, self.frame)
            names = [*names[2:], name]
        object.__setattr__(body, "flows", tuple(flows))
        return tuple(names)

    # ---- Flows

    def source_names(self, count: int) -> list[str]:
        """Choose tensors, such as are not used yet before others."""
        fresh = [n for n in self.unused if n in self.frame.tensors]
        chosen: list[str] = []
        for _ in range(count):
            pool = fresh if fresh and self.chance(0.6) else list(self.frame.tensors)
            chosen.append(self.random.choice(pool))
        return chosen

    def flow(self) -> Flow | None:
        for _ in range(20):
            mark = len(self.meaning.layers), len(self.meaning.pairs)
            before = dict(self.frame.tensors)
            try:
                flow = self.try_flow()
            except Misfit:
                del self.meaning.layers[mark[0] :], self.meaning.pairs[mark[1] :]
                self.frame.tensors = before
                continue
            used = set(tensors_used(flow))
            self.unused = [n for n in self.unused if n not in used]
            self.unused += [n for n in defined(flow) if n not in used]
            return flow
        return None

    def try_flow(self) -> Flow:
        kind = self.random.random()
        if kind < 0.15:
            source = self.arithmetic(2)
            tensor = self.meaning.source(source, self.frame)
            if self.chance(0.3):
                flow = Flow((source,), (), (self.new_name(),))
                _name(flow.names, (tensor,), self.frame)
                return flow
            sources, tensors = (source,), (tensor,)
        else:
            names = self.source_names(1 if kind < 0.75 else self.random.choice([2, 2, 2, 3]))
            sources = tuple(Use(name) for name in names)
            tensors = tuple(self.frame.tensors[name] for name in names)
        stages, made = self.chain(tensors, self.random.choice([1, 1, 2, 2, 3, 4, 6]))
        if not stages:
            raise Misfit("nothing fits")
        last = stages[-1]
        if not last.names:
            names_made = tuple(self.new_name() for _ in made)
            stages = (*stages[:-1], replace(last, names=names_made))
            _name(names_made, made, self.frame)
        return Flow(sources, stages)

    def long_chain(self, wanted: int) -> Flow:
        (name, tensor), *_ = self.frame.tensors.items()
        stages: Stages = ()
        tensors: Flowings = (tensor,)
        for _ in range(wanted):
            stage = self.stage(tensors, forks=False)
            if stage is None:
                continue
            before = dict(self.frame.tensors)
            try:
                made = self.meaning.stage(stage, tensors, self.frame)
            except Misfit:
                continue
            if len(made) != 1:
                self.frame.tensors = before
                continue
            tensors, stages = made, (*stages, stage)
        if not stages:
            stages = (Apply("Identity"),)
        last = self.new_name()
        self.unused = [last]
        stages = (*stages[:-1], replace(stages[-1], names=(last,)))
        self.frame.tensors[last] = tensors[0]
        return Flow((Use(name),), stages)

    def arithmetic(self, depth: int) -> Arithmetic:
        """Draw arithmetic; the first operand is a tensor."""
        product = self.chance(0.35)
        operators, operands = [], [self.operand(depth)]
        for _ in range(self.random.choice([1, 1, 2, 3])):
            operators.append("*" if product else self.random.choice("+-"))
            operands.append(self.operand(depth))
        if self.scalars and self.chance(0.5):
            number = self.random.choice([2, 0.5, 1.5, *self.numbers()])
            operators.append("*" if product else self.random.choice("+-"))
            operands.insert(self.random.choice([0, len(operands)]), number)
        return Arithmetic(tuple(operators), tuple(operands))

    def numbers(self) -> list[Ref]:
        return [
            Ref(name)
            for name, value in self.frame.values.items()
            if isinstance(value, (int, float)) and not isinstance(value, bool)
        ]

    def operand(self, depth: int) -> Any:
        if depth > 1 and self.chance(0.15):
            return self.arithmetic(depth - 1)
        return Use(self.source_names(1)[0])

    # ---- Stages

    def chain(self, tensors: Flowings, length: int) -> tuple[Stages, Flowings]:
        """Draw stages and apply them; several tensors that come in are merged first."""
        stages: Stages = ()
        while len(stages) < length or (len(tensors) > 1 and not self.may_end(stages)):
            stage = self.stage(tensors)
            if stage is None:
                break
            if isinstance(stage, Apply) and not stage.names and self.chance(0.1):
                stage = replace(stage, names=(self.new_name(),))
            try:
                tensors = self.meaning.stage(stage, tensors, self.frame)
            except Misfit:
                if len(self.meaning.layers) >= self.meaning.limit - 2 or self.chance(0.2):
                    break
                continue
            stages = (*stages, stage)
        if len(tensors) > 1 and not self.may_end(stages):
            raise Misfit("tensors are left over")
        return stages, tensors

    def may_end(self, stages: Stages) -> bool:
        """True if several tensors at the end of a chain may be named."""
        return bool(stages) and self.depth == 0 and bool(stages[-1].names or self.chance(0.1))

    def stage(self, tensors: Flowings, forks: bool = True) -> Stage | None:
        if len(tensors) > 1:
            if self.chance(0.1) and forks and self.depth < 2:
                return self.fork(tensors)
            return self.block_call(tensors) if self.chance(0.2) else self.merge(tensors)
        kind = self.random.random()
        if kind < 0.12:
            return Apply(self.word())
        if kind < 0.16:
            word, name, value = self.random.choice(CALLED)
            return self.unless_shared(Apply(word, (Argument(name, value),)))
        if kind < 0.21 and self.depth < 2:
            return self.loop(tensors)
        if kind < 0.34 and forks and self.depth < 2:
            return self.fork(tensors)
        if kind < 0.45 and self.meaning.blocks:
            return self.block_call(tensors)
        if kind < 0.55 and self.frame.shared:
            return self.shared_call(tensors)
        return self.layer(tensors[0])

    def word(self) -> str:
        free = [w for w in WORDS if w not in self.frame.shared and w not in self.meaning.blocks]
        return self.random.choice(free)

    def unless_shared(self, stage: Apply) -> Apply | None:
        return None if stage.callee in self.frame.shared else stage

    def shared_call(self, tensors: Flowings) -> Apply | None:
        name = self.random.choice(list(self.frame.shared))
        return self.named(Apply(name), tensors)

    def named(self, stage: Apply, tensors: Flowings) -> Apply | None:
        """Return the stage with as many names as tensors come out, if several do."""
        if self.fits(stage, tensors):
            return stage
        for count in (2, 3, 5):
            named = replace(stage, names=tuple(f"_{i}" for i in range(count)))
            if self.fits(named, tensors):
                return replace(named, names=tuple(self.new_name() for _ in range(count)))
        return None

    def fits(self, stage: Stage, tensors: Flowings) -> bool:
        """True if a stage fits; nothing is changed."""
        layers, pairs = len(self.meaning.layers), len(self.meaning.pairs)
        tried = replace(self.frame, tensors=dict(self.frame.tensors), first=dict(self.frame.first))
        try:
            self.meaning.stage(stage, tensors, tried)
        except Misfit:
            return False
        del self.meaning.layers[layers:], self.meaning.pairs[pairs:]
        return True

    def block_call(self, tensors: Flowings) -> Apply | None:
        if not self.meaning.blocks:
            return None
        block = self.random.choice(list(self.meaning.blocks.values()))
        for _ in range(5):
            stage = Apply(block.name, self.block_arguments(block))
            if self.fits(stage, tensors):
                count = len(block.body.outputs) or 1
                named = count > 1 and self.chance(0.7) or self.chance(0.1)
                names = tuple(self.new_name() for _ in range(count)) if named else ()
                return replace(stage, names=names)
        return None

    def block_arguments(self, block: Block) -> tuple[Argument, ...]:
        made: list[Argument] = []
        for name, default in block.parameters:
            required = default is vocabulary.REQUIRED
            if not required and self.chance(0.5):
                continue
            known = [Ref(n) for n in self.frame.values]
            plain = [1, 2, 3, 4, 6, 0.5, "relu", "tanh", "same", "valid", default]
            value = self.random.choice([*plain, *known])
            if value is vocabulary.REQUIRED:
                value = 3
            positional = len(made) < len(block.parameters) and self.chance(0.5)
            in_order = all(a.name is None for a in made) and (
                block.parameters[len(made)][0] == name
            )
            made.append(Argument(None if positional and in_order else name, value))
        return tuple(made)

    def merge(self, tensors: Flowings) -> Apply | None:
        kinds = [*MERGES, "Add", "Concatenate", *(PAIRED if self.chance(0.4) else ())]
        self.random.shuffle(kinds)
        for kind in kinds:
            for _ in range(2):
                values = self.arguments.fitting(RULES[kind], tensors[0])
                stage = self.named(Apply(kind, self.written(RULES[kind], values)), tensors)
                if stage is not None:
                    return stage
        return None

    def fork(self, tensors: Flowings) -> Fork | None:
        """Draw branches that can be merged; if they cannot, the last of them keep the shape."""
        branches: list[Stages] = []
        self.depth += 1
        before = dict(self.frame.tensors)
        counts = len(self.meaning.layers), len(self.meaning.pairs)
        try:
            for _ in range(self.random.choice([2, 2, 2, 3, 4])):
                branches.append(self.branch(tensors))
            fork: Fork | None = Fork(tuple(branches))
            made = self.meaning.stages((fork,), tensors, self.frame) if fork else ()
            if self.merge(made) is None:
                fork = Fork(tuple(self.keeping(tensors) for _ in branches))
        except Misfit:
            fork = None
        finally:
            self.depth -= 1
            self.frame.tensors = before
            del self.meaning.layers[counts[0] :], self.meaning.pairs[counts[1] :]
        return fork

    def loop(self, tensors: Flowings) -> Repeat | None:
        """Draw a loop whose rounds keep the shape, or may change it."""
        stages = self.keeping(tensors)
        if self.chance(0.5):
            drawn = self.layer(tensors[0])
            stages = (*stages, drawn) if drawn is not None and not drawn.names else stages
        if self.chance(0.15) and stages:
            stages = (Repeat(self.random.choice([1, 2]), stages), *self.keeping(tensors))
        # Without a round, functional Keras would drop what makes other tensors that it uses.
        alone = not any(tensors_used(Flow((), stages)))
        loop = Repeat(self.random.choice([0 if alone else 1, 1, 2, 2, 3]), stages)
        return loop if stages and self.fits(loop, tensors) else None

    def branch(self, tensors: Flowings) -> Stages:
        if len(tensors) == 1 and self.chance(0.25):
            return ()
        if self.chance(0.5) and len(tensors) == 1:
            return self.keeping(tensors)
        return self.chain(tensors, self.random.choice([1, 1, 2, 3]))[0]

    def keeping(self, tensors: Flowings) -> Stages:
        """Draw stages that leave the shape as it is."""
        stages: Stages = ()
        for _ in range(self.random.choice([0, 1, 1, 2])):
            rule = RULES[self.random.choice(KEEPING)]
            stage = Apply(rule.name, self.written(rule, self.arguments.fitting(rule, tensors[0])))
            if stage.callee not in self.frame.shared and self.fits(stage, tensors):
                stages = (*stages, stage)
        return stages

    # ---- Layers

    def layer(self, x: Flowing, tuple_names: bool = True) -> Apply | None:
        """Draw a layer that fits a tensor."""
        for _ in range(60):
            rule = RULES[self.random.choice(self.drawable)]
            if rule.name in self.frame.shared or rule.name in self.meaning.blocks:
                continue
            values = self.arguments.fitting(rule, x)
            tensors = self.tensor_arguments(rule, x, values)
            if tensors is None:
                continue
            given = self.written(rule, values)
            stage = Apply(rule.name, (*given, *tensors))
            named = self.named(stage, (x,)) if tuple_names else stage
            if named is not None and self.fits(named, (x,)):
                return named
        return None

    def tensor_arguments(
        self, rule: LayerRule, x: Flowing, values: dict[str, Any]
    ) -> list[Argument] | None:
        """Draw the tensors that are given by name; None if there are none for a layer."""
        made = []
        for parameter in rule.tensors[1:]:
            pool = self.named_tensors(rule, parameter.name, x)
            if parameter.required:
                if not pool and self.chance(0.5):
                    return None
                chosen = "_" if not pool or self.chance(0.3) else self.random.choice(pool)
                made.append(Argument(parameter.name, Use(chosen)))
            elif parameter.name == "initial_state" and self.chance(0.4):
                made += self.initial_state(rule, values)
            elif parameter.name in ("key", "mask", "attention_mask") and self.chance(0.3) and pool:
                made.append(Argument(parameter.name, Use(self.random.choice(pool))))
        return made

    def named_tensors(self, rule: LayerRule, name: str, x: Flowing) -> list[str]:
        """Return the names of the tensors that may be given for an argument."""
        steps = x.real.shape[1:] if rule.name == "Softmax" else x.real.shape[1:2]
        if name == "mask":
            return [
                n
                for n, t in self.frame.tensors.items()
                if t.dtype == "bool" and t.real.shape[1:] == steps
            ]
        return [n for n, t in self.frame.tensors.items() if t.rank == x.rank and "float" in t.dtype]

    def initial_state(self, rule: LayerRule, values: dict[str, Any]) -> list[Argument]:
        """Give a recurrent layer its state, and as many units as the state has."""
        counts = {"LSTM": 2, "GRU": 1, "SimpleRNN": 1}
        vectors: dict[Any, list[str]] = {}
        for name, tensor in self.frame.tensors.items():
            if tensor.rank == 2 and tensor.dtype == "float32":
                vectors.setdefault(tensor.real.shape[-1], []).append(name)
        sizes = [size for size in vectors if isinstance(size, int) and size <= 8]
        if rule.name not in counts or not sizes:
            return []
        values["units"] = size = self.random.choice(sizes)
        states = [Use(self.random.choice(vectors[size])) for _ in range(counts[rule.name])]
        return [Argument("initial_state", states)]

    def written(self, rule: LayerRule, values: dict[str, Any]) -> tuple[Argument, ...]:
        """Return the arguments by position or name, some of them as constants or parameters."""
        made: list[Argument] = []
        positional = True
        for index, (name, value) in enumerate(values.items()):
            in_order = index < len(rule.parameters) and rule.parameters[index].name == name
            positional = positional and in_order and self.chance(0.8)
            spelled = self.reference(rule, name) if self.chance(0.3) else None
            made.append(
                Argument(None if positional else name, value if spelled is None else spelled)
            )
        return tuple(made)

    def reference(self, rule: LayerRule, name: str) -> Ref | None:
        """Return a constant or parameter that may stand for an argument."""
        type_ = rule.by_name[name].type
        inner = type_.inner if isinstance(type_, OptionalType) else type_
        found: list[Ref] = []
        for known, value in self.frame.values.items():
            if isinstance(value, str) and value in inner.words:
                found.append(Ref(known))
            elif isinstance(value, int) and name in ("units", "filters", "pool_size", "n"):
                found += [Ref(known), Ref(known, 2)]
        return self.random.choice(found) if found else None


def defined(line: Line) -> Iterator[str]:
    """Yield the names that a line gives; those of lists as `skips[]`."""
    if not isinstance(line, Flow):
        for inner in inside(line):
            yield from defined(inner)
        return
    yield from line.names
    yield from (name for stage in _walk(line.stages) for name in stage.names)


def inside(line: Line) -> tuple[Line, ...]:
    """Return the lines in a choice or loop."""
    if isinstance(line, Choice):
        return (*line.chosen, *line.otherwise)
    return line.lines if isinstance(line, Loop) else ()


def base(name: str) -> str:
    """Return the name of a list for that of an item: `skips` for `skips[0]`."""
    return name.partition("[")[0]


def _walk(stages: Stages) -> Iterator[Stage]:
    for stage in stages:
        yield stage
        if isinstance(stage, Fork):
            for branch in stage.branches:
                yield from _walk(branch)
        elif isinstance(stage, Repeat):
            yield from _walk(stage.stages)


def tensors_used(line: Line) -> Iterator[str]:
    if not isinstance(line, Flow):
        for inner in inside(line):
            yield from tensors_used(inner)
        return
    for source in line.sources:
        yield from _names_in(source)
    for stage in _walk(line.stages):
        if isinstance(stage, Apply):
            for argument in stage.arguments:
                yield from _names_in(argument.value)


def flows_in(lines: Sequence[Line]) -> Iterator[Flow]:
    for line in lines:
        if isinstance(line, Flow):
            yield line
        else:
            yield from flows_in(inside(line))


def _names_in(value: Any) -> Iterator[str]:
    if isinstance(value, Use):
        if value.name != "_":
            yield value.name
    elif isinstance(value, Arithmetic):
        for operand in value.operands:
            yield from _names_in(operand)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _names_in(item)


def draw_plain(seed: int | str) -> tuple[Program, Drawing]:
    """Return the program of a seed, and what is known of it; `structures.py` makes more of it."""
    for attempt in range(100):
        drawing = Drawing(f"{seed}.{attempt}" if attempt else seed)
        program = drawing.program()
        if len(drawing.meaning.layers) >= 5 and not _names_of_masks(program):
            return program, drawing
    raise AssertionError(f"nothing came of seed {seed}")


def _names_of_masks(program: Program) -> bool:
    """True if a name may be that of an operation that Keras makes for masks; that is refused.

    It is so wherever there may be masks in the file.
    """
    if "mask" not in program.text():
        return False
    bodies = (program.body, *(block.body for block in program.blocks))
    names = [name for body in bodies for line in body.flows for name in defined(line)]
    names += [input_.name for input_ in program.body.inputs]
    made = {name for many in OPERATIONS_OF_MASKS.values() for name in many}
    return any(family(name) in made for name in names)


# ---- Shrinking -------------------------------------------------------------------------------


def shrink(program: Program, fails: Callable[[str], bool]) -> Program:
    """Return a smaller program whose text fails as well."""
    seen = {program.text()}
    changed = True
    while changed:
        changed = False
        for smaller in _smaller(program):
            text = smaller.text()
            if text in seen:
                continue
            seen.add(text)
            if fails(text):
                program, changed = smaller, True
                break
    return program


def _smaller(program: Program) -> Iterator[Program]:
    for body in _smaller_bodies(program.body):
        yield _pruned(replace(program, body=body))
    for index, block in enumerate(program.blocks):
        for less in _smaller_blocks(block):
            yield replace(program, blocks=_with(program.blocks, index, less))
    for name in ("constants", "parameters", "blocks", "externs"):
        for less in _without_one(getattr(program, name), least=0):
            yield replace(program, **{name: less})


def _pruned(program: Program) -> Program:
    """Return the program without lines, layers, inputs and blocks that nothing uses."""
    body = _pruned_body(program.body, inputs=True)
    text = replace(program, body=body, blocks=()).text()
    blocks: tuple[Block, ...] = ()
    for block in reversed(program.blocks):
        if re.search(rf"(?<!\w){re.escape(block.name)}(?!\w)", text):
            text += "".join(Writer(program).block(block))
            blocks = (block, *blocks)
    return replace(program, body=body, blocks=blocks)


def _pruned_body(body: Body, inputs: bool = False) -> Body:
    needed = set(body.outputs)
    kept: list[Line] = []
    for flow in reversed(body.flows):
        if needed.intersection(map(base, defined(flow))):
            kept.insert(0, flow)
            needed.update(map(base, tensors_used(flow)))
    callees = {s.callee for f in flows_in(kept) for s in _walk(f.stages) if isinstance(s, Apply)}
    shared = tuple(pair for pair in body.shared if pair[0] in callees)
    used = tuple(i for i in body.inputs if i.name in needed) if inputs else body.inputs
    return Body(used, shared, tuple(kept), body.outputs)


def _smaller_blocks(block: Block) -> Iterator[Block]:
    for body in _smaller_bodies(block.body):
        if block.point_free and not (
            len(body.flows) == 1 and isinstance(body.flows[0], Flow) and body.flows[0].stages
        ):
            continue
        yield replace(block, body=body if block.point_free else _pruned_body(body))
    for less in _without_one(block.parameters):
        yield replace(block, parameters=less)


def _smaller_bodies(body: Body) -> Iterator[Body]:
    for flow in body.flows:
        for name in defined(flow):
            if body.outputs != (name,) and body.outputs:
                yield replace(body, outputs=(name,))
    for less in _without_one(body.outputs):
        yield replace(body, outputs=less)
    for index, flow in enumerate(body.flows):
        yield from _without_flow(body, index)
        for smaller in _smaller_flows(flow):
            yield replace(body, flows=_with(body.flows, index, smaller))
    for index, (name, made) in enumerate(body.shared):
        for less in _smaller_stages((made,)):
            if len(less) == 1:
                yield replace(body, shared=_with(body.shared, index, (name, less[0])))


def _without_flow(body: Body, index: int) -> Iterator[Body]:
    """Take a line out; what it defined is one of its sources from there on."""
    flow = body.flows[index]
    if any("[" in name for name in defined(flow)):
        return  # the items of the list would be others
    flows = body.flows[:index] + body.flows[index + 1 :]
    for source in dict.fromkeys(tensors_used(flow)):
        other = {name: source for name in defined(flow)}
        yield Body(
            body.inputs,
            body.shared,
            tuple(renamed(one, other) for one in flows),
            tuple(dict.fromkeys(n for n in body.outputs if n not in other)) or body.outputs,
        )


def renamed(value: Any, other: dict[str, str]) -> Any:
    """Return a structure that uses other tensors."""
    if isinstance(value, Use):
        return Use(other.get(value.name, value.name))
    if isinstance(value, Arithmetic):
        return replace(value, operands=renamed(value.operands, other))
    if isinstance(value, Argument):
        return replace(value, value=renamed(value.value, other))
    if isinstance(value, Apply):
        return replace(value, arguments=renamed(value.arguments, other))
    if isinstance(value, Fork):
        return replace(value, branches=renamed(value.branches, other))
    if isinstance(value, Repeat):
        return replace(value, stages=renamed(value.stages, other))
    if isinstance(value, Choice):
        parts = renamed(value.chosen, other), renamed(value.otherwise, other)
        return Choice(value.condition, *parts)
    if isinstance(value, Loop):
        return replace(value, lines=renamed(value.lines, other))
    if isinstance(value, Flow):
        sources, stages = renamed(value.sources, other), renamed(value.stages, other)
        return replace(value, sources=sources, stages=stages)
    if isinstance(value, (list, tuple)):
        return type(value)(renamed(item, other) for item in value)
    return value


def _smaller_flows(flow: Line) -> Iterator[Line]:
    if isinstance(flow, Choice):
        for part in (flow.chosen, flow.otherwise):
            yield from part if len(part) == 1 else ()
        for name in ("chosen", "otherwise"):
            for index, line in enumerate(getattr(flow, name)):
                for smaller in _smaller_flows(line):
                    yield replace(flow, **{name: _with(getattr(flow, name), index, smaller)})
        return
    if isinstance(flow, Loop):
        for index, line in enumerate(flow.lines):
            for smaller in _smaller_flows(line):
                yield replace(flow, lines=_with(flow.lines, index, smaller))
        return
    for less in _without_one(flow.sources):
        yield replace(flow, sources=less)
    for index, source in enumerate(flow.sources):
        for operand in source.operands if isinstance(source, Arithmetic) else ():
            yield replace(flow, sources=_with(flow.sources, index, operand))
        if isinstance(source, Arithmetic) and len(source.operands) > 2:
            for less in _without_one(source.operands):
                smaller = Arithmetic(source.operators[1:], less)
                yield replace(flow, sources=_with(flow.sources, index, smaller))
    for stages in _smaller_stages(flow.stages):
        if stages:
            last = replace(stages[-1], names=stages[-1].names or flow.stages[-1].names)
            yield replace(flow, stages=(*stages[:-1], last))


def _smaller_stages(stages: Stages) -> Iterator[Stages]:
    yield from _without_one(stages, least=0)
    for index, stage in enumerate(stages):
        before, after = stages[:index], stages[index + 1 :]
        if stage.names:
            yield (*before, replace(stage, names=()), *after)
        if isinstance(stage, Repeat):
            yield (*before, *stage.stages, *after)
            if stage.count > 1:
                yield (*before, replace(stage, count=stage.count - 1), *after)
            for inner in _smaller_stages(stage.stages):
                if inner:
                    yield (*before, replace(stage, stages=inner), *after)
            continue
        if isinstance(stage, Apply):
            for less in _without_one(stage.arguments, least=0):
                yield (*before, replace(stage, arguments=less), *after)
            continue
        for branch in stage.branches:
            yield (*before, *branch, *after)
        for fewer in _without_one(stage.branches, least=2):
            yield (*before, replace(stage, branches=fewer), *after)
        for number, branch in enumerate(stage.branches):
            for smaller in _smaller_stages(branch):
                changed = replace(stage, branches=_with(stage.branches, number, smaller))
                yield (*before, changed, *after)


def _without_one(items: tuple[Any, ...], least: int = 1) -> Iterator[tuple[Any, ...]]:
    for index in range(len(items)):
        if len(items) > least:
            yield items[:index] + items[index + 1 :]


def _with(items: tuple[Any, ...], index: int, item: Any) -> tuple[Any, ...]:
    return (*items[:index], item, *items[index + 1 :])
