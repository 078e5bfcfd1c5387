"""How the script gets its data: the readers of files, and data that are made up."""

from __future__ import annotations

import os.path
from collections.abc import Callable

from nndsl import graph
from nndsl.plan.code import Code, dict_of, list_of, literal
from nndsl.plan.expressions import Spelling
from nndsl.plan.model import Data
from nndsl.plan.targets import flattened, made_up_input, made_up_target, sample_count
from nndsl.shapes import ShapedModel

#: Where the text of a path leads from: the source's folder; and where the script will stand.
Relocate = Callable[[str], str]


def path_code(path: str) -> Code:
    """Return the expression of a path that leads from the folder of the script."""
    if os.path.isabs(path):
        return Code(f"Path({literal(path)})")
    return Code(f"Path(__file__).parent / {literal(path.replace(os.sep, '/'))}")


def plan_data(
    training: graph.Training,
    shaped: ShapedModel,
    concrete: ShapedModel,
    spelling: Spelling,
    relocate: Relocate,
) -> Data:
    """Return how data are read, or made up."""
    source = training.get("data")
    inputs = shaped.model.body.inputs
    if source is None:
        return _plan_synthetic(training, shaped, concrete, spelling)
    fields = source.fields
    x = one_or_dict({i.name: _array(fields, i.name, i.dtype) for i in inputs})
    y = one_or_dict({name: _array(fields, name, None) for name in shaped.outputs})
    if source.function is not None:
        return Data("extern", None, x, y, loaded=spelling.expression(source.function))
    path = path_code(relocate(source.path))
    return _plan_csv(source, shaped, path) if source.kind == "csv" else Data("npz", path, x, y)


def _plan_synthetic(
    training: graph.Training, shaped: ShapedModel, concrete: ShapedModel, spelling: Spelling
) -> Data:
    inputs = shaped.model.body.inputs
    made_x = {
        i.name: made_up_input(i, concrete.inputs[i.name], shaped.model, spelling) for i in inputs
    }
    made_y = {}
    for name, tensor in concrete.outputs.items():
        assert tensor is not None  # a model with errors has no plan
        made_y[name] = made_up_target(training.get("loss")[name][0], tensor)
    return Data(
        kind="synthetic",
        default_path=None,
        x=one_or_dict({i.name: _array({}, i.name, i.dtype) for i in inputs}),
        y=one_or_dict({name: _array({}, name, None) for name in shaped.outputs}),
        made_x=one_or_dict(made_x),
        made_y=one_or_dict(made_y),
        samples=literal(sample_count(concrete)),
        flat=flattened(inputs),
    )


def one_or_dict(values: dict[str, Code]) -> Code:
    """Return the one value as it is, else a dictionary by name."""
    return next(iter(values.values())) if len(values) == 1 else dict_of(values.items())


def _array(fields: dict[str, tuple[str, ...]], name: str, dtype: str | None) -> Code:
    """Return the expression of an array in an `.npz` archive."""
    key = fields.get(name, (name,))[0]
    text = f"data[{literal(key)}]"
    if dtype is not None:
        text += f".astype({literal(dtype)})"
    return Code(text)


def _plan_csv(source: graph.DataSource, shaped: ShapedModel, path: Code) -> Data:
    """Return the columns to read; one input without columns gets all that are no targets."""
    inputs = shaped.model.body.inputs
    targets = {name: source.fields.get(name, (name,)) for name in shaped.outputs}
    rest = None
    x = {}
    for input_ in inputs:
        names = source.fields.get(input_.name)
        if names is None and len(inputs) == 1:
            rest = list_of([literal(name) for names in targets.values() for name in names])
            listed = Code("features")
        else:
            listed = list_of([literal(name) for name in names or (input_.name,)])
        dtype = "" if input_.dtype == "float32" else f", {literal(input_.dtype)}"
        x[input_.name] = Code(f"columns({listed}{dtype})")
    y = {
        name: Code(f"columns({list_of([literal(column) for column in names])})")
        for name, names in targets.items()
    }
    return Data("csv", path, one_or_dict(x), one_or_dict(y), rest_without=rest)
