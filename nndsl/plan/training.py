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
    if single:
        return next(iter(values.values()))
    return dict_of(values.items())


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
    # Outputs without a loss or a metric need no targets.
    targets = [name for name in shaped.outputs if name in training.loss or name in training.metrics]
    kind = source.kind if source else "synthetic"
    x_is_dict = len(inputs) > 1
    y_is_dict = len(shaped.outputs) > 1
    if source is not None and source.kind == "csv":
        return _plan_csv(source, shaped, targets, relocate, x_is_dict, y_is_dict)
    fields = source.fields if source else {}
    x = [(literal(i.name), _array(fields, i.name, i.dtype)) for i in inputs]
    y = [(literal(name), _array(fields, name, None)) for name in targets]
    data = Data(
        kind=kind,
        default_path=_path_code(relocate(source.path)) if source else None,
        x=tuple(x),
        y=tuple(y),
        x_is_dict=x_is_dict,
        y_is_dict=y_is_dict,
        samples=literal(sample_count(concrete)),
        flat=flattened(inputs),
        made_x=(
            ()
            if source
            else tuple(
                (
                    literal(i.name),
                    made_up_input(i, concrete.inputs[i.name], shaped.model, spelling),
                )
                for i in inputs
            )
        ),
        made_y=() if source else tuple(_made_targets(training, concrete, targets)),
    )
    return data


def _made_targets(
    training: graph.Training, concrete: ShapedModel, targets: list[str]
) -> list[tuple[Code, Code]]:
    result = []
    for name in targets:
        tensor = concrete.outputs[name]
        assert tensor is not None
        loss = training.loss.get(name) or next(iter(training.metrics[name]))
        result.append((literal(name), made_up_target(loss, tensor)))
    return result


def _array(fields: dict[str, tuple[str, ...]], name: str, dtype: str | None) -> Code:
    """Return the expression of an array in an `.npz` archive."""
    key = fields.get(name, (name,))[0]
    text = f"data[{literal(key)}]"
    if dtype is not None and dtype != "string":
        text += f".astype({literal(dtype)})"
    return Code(text)


def _plan_csv(
    source: graph.DataSource,
    shaped: ShapedModel,
    targets: list[str],
    relocate: Relocate,
    x_is_dict: bool,
    y_is_dict: bool,
) -> Data:
    inputs = shaped.model.body.inputs
    target_columns = [c for name in targets for c in source.fields.get(name, (name,))]
    rest = None
    x = []
    for input_ in inputs:
        columns = source.fields.get(input_.name)
        if columns is None and not x_is_dict:
            rest = list_of([literal(column) for column in target_columns])
            x.append((literal(input_.name), Code("columns(features)")))
            continue
        listed = list_of([literal(column) for column in columns or (input_.name,)])
        dtype = "" if input_.dtype == "float32" else f", {literal(input_.dtype)}"
        x.append((literal(input_.name), Code(f"columns({listed}{dtype})")))
    y = []
    for name in targets:
        listed = list_of([literal(c) for c in source.fields.get(name, (name,))])
        y.append((literal(name), Code(f"columns({listed})")))
    return Data(
        kind="csv",
        default_path=_path_code(relocate(source.path)),
        x=tuple(x),
        y=tuple(y),
        x_is_dict=x_is_dict,
        y_is_dict=y_is_dict,
        rest_without=rest,
    )
