"""The training section -> the plan of `main`: compile, data, fit, evaluate, save."""

from __future__ import annotations

import os.path
from collections.abc import Callable

from nndsl import graph
from nndsl.plan.code import Code, call, dict_of, list_of, literal
from nndsl.plan.expressions import Spelling
from nndsl.plan.model import Data, TrainingPlan
from nndsl.plan.targets import flattened, made_up_input, made_up_target, sample_count
from nndsl.shapes import ShapedModel

#: Where the text of a path leads from: the source's folder; and where the script will stand.
Relocate = Callable[[str], str]


def plan_training(
    training: graph.Training,
    shaped: ShapedModel,
    concrete: ShapedModel,
    spelling: Spelling,
    relocate: Relocate,
) -> TrainingPlan:
    """Return the plan of `main`. `concrete` is the model with a number for each unknown size."""
    validation = training.validation
    second = validation if isinstance(validation, graph.DataSource) else None
    fraction = None
    if validation is not None and not isinstance(validation, graph.DataSource):
        fraction = spelling.expression(validation)
    has_held_out = validation is not None
    return TrainingPlan(
        compile_arguments=_compile_arguments(training, shaped, spelling),
        epochs=_setting(training.epochs, "1", spelling),
        batch_size=_setting(training.batch_size, "32", spelling),
        seed=literal(training.seed),
        data=_plan_data(training, shaped, concrete, spelling, relocate),
        fraction=fraction,
        validation_path=_path_code(relocate(second.path)) if second else None,
        evaluate=has_held_out if training.evaluate is None else training.evaluate,
        predict=literal(training.predict) if training.predict > 0 else None,
        save=literal(training.save) if training.save else None,
        saved_message=literal(f"Saved {training.save}"),
        save_folder=_folder_of(training.save),
    )


def _folder_of(path: str | None) -> Code | None:
    folder = os.path.dirname(path or "")
    return literal(folder) if folder else None


def _setting(value: graph.Expression | None, default: str, spelling: Spelling) -> Code:
    return spelling.expression(value) if value is not None else Code(default)


# ---- Compile -------------------------------------------------------------------------------


def _compile_arguments(training: graph.Training, shaped: ShapedModel, spelling: Spelling) -> Code:
    single = len(shaped.outputs) == 1
    given: list[tuple[str | None, Code]] = []
    if training.optimizer is not None:
        given.append(("optimizer", spelling.expression(training.optimizer)))
    losses = {name: spelling.expression(loss) for name, loss in training.loss.items()}
    given.append(("loss", _per_output(losses, single)))
    if training.metrics:
        metrics = {}
        for name, values in training.metrics.items():
            codes = [spelling.expression(value) for value in values]
            metrics[name] = list_of(codes) if single or len(codes) != 1 else codes[0]
        given.append(("metrics", _per_output(metrics, single)))
    if training.loss_weights:
        given_weights = training.loss_weights
        weights = {name: _weight(given_weights.get(name), spelling) for name in losses}
        given.append(("loss_weights", _per_output(weights, single)))
    return Code(call("model.compile", given))


def _weight(value: graph.Expression | None, spelling: Spelling) -> Code:
    """Return a weight of a loss, for which Keras takes nothing but a float."""
    if value is None:
        return Code("1.0")
    if isinstance(value, graph.Literal) and isinstance(value.value, (int, float)):
        return literal(float(value.value))
    return Code(f"float({spelling.expression(value)})")


def _per_output(values: dict[str, Code], single: bool) -> Code:
    """Return what belongs to the one output as it is, else a dictionary by output."""
    return next(iter(values.values())) if single else dict_of(values.items())


# ---- Data ----------------------------------------------------------------------------------


def _path_code(path: str) -> Code:
    if os.path.isabs(path):
        return Code(f"Path({literal(path)})")
    return Code(f"Path(__file__).parent / {literal(path.replace(os.sep, '/'))}")


def _plan_data(
    training: graph.Training,
    shaped: ShapedModel,
    concrete: ShapedModel,
    spelling: Spelling,
    relocate: Relocate,
) -> Data:
    source = training.data
    inputs = shaped.model.body.inputs
    if source is None:
        return _plan_synthetic(training, shaped, concrete, spelling)
    path = _path_code(relocate(source.path))
    if source.kind == "csv":
        return _plan_csv(source, shaped, path)
    fields = source.fields
    x = {i.name: _array(fields, i.name, i.dtype) for i in inputs}
    y = {name: _array(fields, name, None) for name in shaped.outputs}
    return Data("npz", path, _one_or_dict(x), _one_or_dict(y))


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
        made_y[name] = made_up_target(training.loss[name], tensor)
    return Data(
        kind="synthetic",
        default_path=None,
        x=_one_or_dict({i.name: _array({}, i.name, i.dtype) for i in inputs}),
        y=_one_or_dict({name: _array({}, name, None) for name in shaped.outputs}),
        made_x=_one_or_dict(made_x),
        made_y=_one_or_dict(made_y),
        samples=literal(sample_count(concrete)),
        flat=flattened(inputs),
    )


def _one_or_dict(values: dict[str, Code]) -> Code:
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
    return Data("csv", path, _one_or_dict(x), _one_or_dict(y), rest_without=rest)
