"""Made-up data: inputs of the right shapes and dtypes, targets that suit the loss."""

from __future__ import annotations

from nndsl import graph
from nndsl.layers.rule import Tensor
from nndsl.plan.code import Code, list_of, literal, tuple_of
from nndsl.plan.expressions import Spelling
from nndsl.shapes import ShapedModel

#: What a loss wants for targets, by its name in lower case without underscores.
_SPARSE = {"sparsecategoricalcrossentropy"}
ONE_HOT = {
    "categoricalcrossentropy", "categoricalfocalcrossentropy", "categoricalhinge",
    "categoricalgeneralizedcrossentropy", "kldivergence", "kullbackleiblerdivergence", "kld",
}  # fmt: skip
BINARY = {
    "binarycrossentropy", "binaryfocalcrossentropy", "bce", "hinge", "squaredhinge", "dice",
    "tversky",
}  # fmt: skip
#: `compile` chooses one of the others by the shape of the targets.
_BY_TARGETS = {"crossentropy", "ce"}
_NON_NEGATIVE = {"poisson", "meansquaredlogarithmicerror", "msle"}
_CLASS_OF_SAMPLE = {"circle"}
_CLASS_SEQUENCE = {"ctc"}

#: Numbers in all the inputs together that the script may make up.
_MOST_NUMBERS = 2**23


def sample_count(shaped: ShapedModel) -> int:
    """Return how many samples to make up: a thousand, or fewer where they are large."""
    numbers = sum(_size(tensor) for tensor in shaped.inputs.values())
    count = 1024
    while count > 64 and count * numbers > _MOST_NUMBERS:
        count //= 2
    return count


def _size(tensor: Tensor) -> int:
    size = 1
    for dim in tensor.shape[1:]:
        size *= dim if isinstance(dim, int) else 1
    return size


def made_up_input(
    input_: graph.Input, tensor: Tensor, model: graph.Model, spelling: Spelling
) -> Code:
    """Return the expression of an input's made-up values."""
    shape = _shape(input_, tensor, spelling)
    if input_.dtype == "string":
        words = _vocabulary(input_, model, spelling)
        return Code(f"rng.choice({words}, size={shape})")
    if input_.dtype == "bool":
        return Code(f"rng.random({shape}) < 0.5")
    if "int" in input_.dtype:
        bound = vocabulary_size(input_, model, spelling)
        return Code(f"rng.integers({bound}, size={shape}, dtype={literal(input_.dtype)})")
    if input_.dtype in ("float32", "float64"):
        return Code(f"rng.random({shape}, dtype={literal(input_.dtype)})")
    return Code(f'rng.random({shape}, dtype="float32")')


def flattened(inputs: tuple[graph.Input, ...]) -> Code:
    """Return the expression of the first numbers of every sample, over all inputs."""
    if len(inputs) == 1:
        return _first_numbers("x", inputs[0])
    if not any(input_.dtype == "string" for input_ in inputs):
        part = "values.reshape(samples, -1)[:, :32]"
        return Code(f"np.concatenate([{part} for values in x.values()], axis=1)")
    parts = [_first_numbers(f"x[{literal(i.name)}]", i) for i in inputs]
    return Code(f"np.concatenate({list_of(parts)}, axis=1)")


def _first_numbers(values: str, input_: graph.Input) -> Code:
    if input_.dtype == "string":
        values = f"np.unique({values}, return_inverse=True)[1]"
    return Code(f"{values}.reshape(samples, -1)[:, :32]")


def _vocabulary(input_: graph.Input, model: graph.Model, spelling: Spelling) -> Code:
    """Return the words of made-up texts: those that a layer behind the input knows."""
    for node in model.body.nodes:
        if isinstance(node, graph.LayerNode) and input_.value in node.inputs:
            for bound in node.arguments:
                if bound.parameter == "vocabulary" and isinstance(bound.value, graph.Sequence):
                    return spelling.expression(bound.value)
    return literal(["red", "green", "blue", "white", "black"])


def _shape(input_: graph.Input, tensor: Tensor, spelling: Spelling) -> Code:
    """Return the shape with the number of samples; an unknown size stands as the one chosen."""
    dims = [Code("samples")]
    for dim, size in zip(input_.dims or (), tensor.shape[1:], strict=True):
        if dim is None or isinstance(dim, str):
            dims.append(literal(size))
        else:
            dims.append(spelling.expression(dim))
    return tuple_of(dims)


def vocabulary_size(input_: graph.Input, model: graph.Model, spelling: Spelling) -> Code:
    """Return how many different integers an input may hold: what its Embedding can look up."""
    for node in model.body.nodes:
        if input_.value not in node.inputs:
            continue
        if not isinstance(node, (graph.LayerNode, graph.SharedNode)):
            continue
        made = node.shared if isinstance(node, graph.SharedNode) else node
        for bound in made.arguments:
            if bound.parameter in ("input_dim", "num_tokens"):
                return spelling.expression(bound.value)
    return Code("2")


def made_up_target(loss: graph.Expression, tensor: Tensor) -> Code:
    """Return the expression of an output's made-up targets, which depend on the inputs."""
    dims = [dim for dim in tensor.shape[1:] if isinstance(dim, int)]
    scores = Code(f"scores({', '.join(str(dim) for dim in dims)})")
    name = loss_name(loss)
    if name in _SPARSE and dims:
        return Code(f"{scores}.argmax(axis=-1)")
    if name in _BY_TARGETS and dims:
        name = "binarycrossentropy" if dims[-1] == 1 else "categoricalcrossentropy"
    if name in ONE_HOT and dims:
        return Code(f"np.eye({dims[-1]})[{scores}.argmax(axis=-1)]")
    if name in BINARY:
        return Code(f'({scores} > 0).astype("float32")')
    if name in _NON_NEGATIVE:
        return Code(f"np.abs({scores})")
    if name in _CLASS_OF_SAMPLE:
        return Code("scores(4).argmax(axis=-1)")
    if name in _CLASS_SEQUENCE and len(dims) == 2:
        steps, classes = max(dims[0] // 2, 1), max(dims[1] - 1, 1)
        return Code(f"scores({steps}, {classes}).argmax(axis=-1) + 1")
    return scores


def loss_name(loss: graph.Expression) -> str:
    """Return the name of a loss in lower case without underscores."""
    text = loss.text if isinstance(loss, graph.Word) else ""
    if isinstance(loss, graph.Object):
        text = loss.name
    return text.replace("_", "").lower()
