"""Draws whole models for `test_random_models.py`, valid by construction, and makes failures small.

A program is kept as a structure: `Program.text()` writes it down, `Meaning` says what shapes its
tensors have, by the layer functions of nndsl, and `smaller` takes parts of it away. Every step is
drawn, tried by `Meaning`, and kept only if it fits. Each tensor is followed twice: as declared, and
as it will be when run, with a number for every unknown size.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Union

from draws import RULES, Draw

from nndsl import vocabulary
from nndsl.layers.argument_types import KerasType, OptionalType
from nndsl.layers.rule import (
    BadArgument,
    LayerError,
    LayerRule,
    LayerValue,
    Output,
    Parameter,
    Tensor,
)
from nndsl.vocabulary import KerasObject

#: What an unknown size is when the model is run; as in the oracle, which needs Keras to import.
UNKNOWN_SIZE = 12
LARGEST_TENSOR = 1200
MOST_WEIGHTS = 12_000

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


Stage = Union[Apply, Fork]
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
class Body:
    inputs: tuple[Input, ...]
    shared: tuple[tuple[str, Apply], ...] = ()
    flows: tuple[Flow, ...] = ()
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """A block; `point_free` is one that is only a chain. A parameter's default may be REQUIRED."""

    name: str
    parameters: tuple[tuple[str, Any], ...]
    body: Body
    point_free: bool = False


@dataclass(frozen=True)
class Program:
    constants: tuple[tuple[str, Any], ...]
    blocks: tuple[Block, ...]
    parameters: tuple[tuple[str, Any], ...]
    body: Body

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
        for block in program.blocks:
            lines += self.block(block)
        lines += self.braced(f"model Drawn{self.header(program.parameters)}", program.body, True)
        return "\n".join(lines) + "\n"

    def block(self, block: Block) -> list[str]:
        head = f"block {block.name}{self.header(block.parameters)}"
        if block.point_free:
            with_parameters = self.inside(block.parameters)
            return [f"{head} = {with_parameters.chain(block.body.flows[0].stages)}"]
        return self.braced(head, block.body, False, block.parameters)

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
        inner = self.inside(self.program.parameters if is_model else parameters)
        lines = [
            f"input {i.name}" + (f": {i.dtype}{_shape_text(i.shape)}" if is_model else "")
            for i in body.inputs
        ]
        lines += [f"layer {name} = {inner.stage(made)}" for name, made in body.shared]
        lines += [inner.flow(flow) for flow in body.flows]
        lines.append(f"output {', '.join(body.outputs)}")
        return [f"{head} {{", *(f"    {line}" for line in lines), "}"]

    def flow(self, flow: Flow) -> str:
        sources = ", ".join(self.value(source) for source in flow.sources)
        chain = f" -> {self.chain(flow.stages)}" if flow.stages else ""
        return sources + chain + _as(flow.names)

    def chain(self, stages: Stages) -> str:
        return " -> ".join(map(self.stage, stages)) or "_"

    def stage(self, stage: Stage) -> str:
        if isinstance(stage, Fork):
            return f"( {' | '.join(map(self.chain, stage.branches))} ){_as(stage.names)}"
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
    STFTSpectrogram MelSpectrogram Pipeline AugMix RandAugment MixUp GroupQueryAttention
    MultiHeadAttention""".split()
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
            if isinstance(stage, Fork):
                branches = [self.stages(branch, tensors, frame) for branch in stage.branches]
                made: Flowings = tuple(tensor for branch in branches for tensor in branch)
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
        word = Apply("Activation", (Argument(None, stage.callee),), stage.names)
        return self.layer(word, tensors, frame, False)[0]

    def shared(self, stage: Apply, tensors: Flowings, frame: Frame) -> Flowings:
        name = stage.callee
        made = replace(frame.shared[name], names=stage.names)
        tensors, output = self.layer(made, tensors, frame, bool(stage.names))
        first = frame.first.setdefault(name, (tensors, output))
        if first[1].weights != output.weights or first[0][0].rank != tensors[0].rank:
            raise Misfit(f"{name} is made for another shape")
        return tensors

    def layer(
        self, stage: Apply, tensors: Flowings, frame: Frame, named: bool
    ) -> tuple[Flowings, Output]:
        rule = RULES[stage.callee]
        if not rule.takes_list and len(tensors) > 1:
            raise Misfit("one tensor is needed")
        values, by_name = self.arguments(rule, stage, frame)
        used = [*tensors, *(t for many in by_name.values() for t in _listed(many))]
        declared, real = (
            _applied(rule, tensors, by_name, values, which) for which in ("declared", "real")
        )
        _check(real)
        if len(declared.tensors) != (max(len(stage.names), 1) if named else 1):
            raise Misfit("another number of tensors")
        power = _power(rule, values, used)
        self.layers.append(rule.name)
        self.pairs += [(t.maker, rule.name) for t in used]
        kind = rule.name
        if len(self.layers) > self.limit or self.heavy() > MOST_HEAVY:
            raise Misfit("too many layers")
        made = zip(declared.tensors, real.tensors, strict=True)
        return tuple(Flowing(d, r, power, kind) for d, r in made), declared

    def heavy(self) -> int:
        return sum(name in HEAVY for name in self.layers)

    def arguments(
        self, rule: LayerRule, stage: Apply, frame: Frame
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the values of the arguments, and the tensors that are given by name."""
        values, tensors = {}, {}
        tensor_names = {p.name for p in rule.tensors}
        order = iter(rule.parameters)
        for argument in stage.arguments:
            name = argument.name or next(order).name
            if name in tensor_names:
                value = argument.value
                several = isinstance(value, (list, tuple))
                found = [frame.tensors[use.name] for use in (value if several else [value])]
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
        if not 0 < size <= LARGEST_TENSOR:
            raise Misfit("too large, or empty")
    if sum(weight.size for weight in made.weights) > MOST_WEIGHTS:
        raise Misfit("too many weights")


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

#: Left out: what depends on libraries or files, on data, on chance, or on a graphics card.
NOT_DRAWN = frozenset(
    """Equalization TextVectorization StringLookup HashedCrossing LSTMCell GRUCell SimpleRNNCell
    StackedRNNCells Masking ContrastLimitedAdaptiveHistogramEqualization""".split()
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
        if self.chance(0.03) and any(p.name == "trainable" for p in rule.base):
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
    forms = [
        {"equation": Quoted("...x,xy->...y"), "output_shape": units, "bias_axes": "y"},
        {
            "equation": Quoted(f"{letters},{letters[-1]}z->{letters[:-1]}z"),
            "output_shape": [*(None for _ in letters[1:-1]), units],
        },
    ]
    if x.rank == 3:
        heads = [None, a.random.randint(1, 3), units]
        forms.append({"equation": Quoted("abc,cde->abde"), "output_shape": heads})
        forms[-1]["bias_axes"] = "de"
    return a.random.choice(forms)


def _embedding(a: Arguments, x: Flowing) -> dict[str, Any]:
    wide = {"input_dim": a.random.randint(10, 20), "output_dim": a.random.randint(1, 8)}
    return {**wide, **({"mask_zero": True} if a.chance(0.3) else {})}


def _groups(a: Arguments, x: Flowing) -> dict[str, Any]:
    return {"groups": a.random.choice([-1, _divisor(a.random, (_sizes(x) or [1])[-1])])}


def _rescaling(a: Arguments, x: Flowing) -> dict[str, Any]:
    one = {"scale": a.random.choice([0.5, 0.1, -1, 2])}
    many = {"scale": [0.5] * (_sizes(x) or [1])[-1], "offset": 0.25}
    return a.random.choice([one, {**one, "offset": -0.5}, many])


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
    mode = {"output_mode": a.random.choice(["one_hot", "multi_hot", "count"])}
    return {"vocabulary": words, **(mode if a.chance(0.4) else {})}


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


def _mel(a: Arguments, x: Flowing) -> dict[str, Any]:
    return {"fft_length": 8, "sequence_stride": 4, "num_mel_bins": 4, "power_to_db": False}


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
    "MelSpectrogram": _mel,
    "Softmax": _sigmoid_or_not,
    "Concatenate": _axis,
    "BatchNormalization": _axis,
    "LayerNormalization": _axis,
    "UnitNormalization": _axis,
    **{name: _steps for name in ("LSTM", "GRU", "SimpleRNN", "RNN")},
}
#: Layers whose other arguments are left as they are.
WHOLE_RECIPES = frozenset(
    """IntegerLookup Normalization STFTSpectrogram MelSpectrogram Discretization CategoryEncoding
    GroupQueryAttention Softmax Concatenate Dot PReLU Hashing Activation
    AutoContrast Solarization""".split()
)
