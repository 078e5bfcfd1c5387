"""ShapedGraph -> ModulePlan: which style, which definitions, in which order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nndsl import graph
from nndsl.plan import code
from nndsl.plan.code import Code
from nndsl.plan.expressions import Spelling
from nndsl.plan.functional import plan_function, plan_functional_model
from nndsl.plan.lifting import Lifting
from nndsl.plan.loops import blocks_inside
from nndsl.plan.model import Function, LayerClass, ModulePlan, TrainingPlan
from nndsl.plan.sequential import plan_layer_list, plan_sequential_model
from nndsl.plan.subclass import plan_block_class, plan_subclass_model
from nndsl.plan.training import plan_training
from nndsl.plan.writer import ModuleNames
from nndsl.shapes import ShapedModel

_STRING = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\"""")
#: Keras walks a graph recursively: about 990 layers in a row are all that Python's limit allows.
_SAFE_DEPTH = 700


@dataclass(frozen=True, slots=True)
class PlanOptions:
    keras_from: str = "keras"
    #: Turns a data path of the source into one that holds where the script will stand.
    relocate: Callable[[str], str] = str


def make_plan(
    source: graph.Graph,
    shaped: ShapedModel,
    concrete: ShapedModel,
    settings: Mapping[str, Any],
    style: str,
    options: PlanOptions,
) -> ModulePlan:
    """Return the plan of a generated file. The model must be free of errors.

    `settings` are the values of the training settings, as far as they are known.
    """
    model, written = shaped.model, shaped
    blocks = _blocks_in_use(model.body)
    in_classes = style == "subclass"
    if in_classes:
        written, blocks = _for_classes(shaped, blocks)
    module = ModuleNames(source, model, blocks, shaped.promoting, classes=in_classes)
    package = code.literal(_package(source))
    functions: tuple[Function, ...] = ()
    classes: tuple[LayerClass, ...] = ()
    if style == "sequential":
        functions = tuple(plan_layer_list(module, block) for block in blocks)
        signature, groups, result = plan_sequential_model(module, model)
    elif style == "functional":
        functions = tuple(plan_function(module, block) for block in blocks)
        signature, groups, result = plan_functional_model(module, model)
    else:
        block_classes = [plan_block_class(module, block, written, package) for block in blocks]
        top, signature, groups, result = plan_subclass_model(module, written.model, package)
        classes = (*block_classes, top)
    training = None
    if source.training is not None and source.trained is model:
        defaults = {
            parameter: code.literal(value)
            for parameter, value in shaped.parameters.items()
            if isinstance(value, (int, float, str))
        }
        spelling = Spelling(module.constants, defaults)
        training = plan_training(
            source.training, settings, shaped, concrete, style, spelling, options.relocate
        )
    definitions = module.definitions(source)
    depth = _depth(shaped, style)
    return ModulePlan(
        style=style,
        title=_title(source, model),
        standard_imports=_standard_imports(training, depth is not None),
        imports=_imports(
            training, options.keras_from, _used_modules(functions, classes, groups, result)
        ),
        guarded=training is not None,
        register=_register(options.keras_from),
        recursion_limit=depth,
        constants=definitions,
        functions=functions,
        classes=classes,
        signature=signature,
        groups=groups,
        result=result,
        training=training,
    )


def _blocks_in_use(body: graph.Body) -> list[graph.Block]:
    """Return the blocks that a body applies, the inner ones before those that apply them."""
    found: dict[graph.Block, None] = {}

    def visit(inside: graph.Body) -> None:
        for block in blocks_inside(inside):
            if block not in found:
                visit(block.body)
                found[block] = None

    visit(body)
    return list(found)


def _for_classes(
    shaped: ShapedModel, blocks: list[graph.Block]
) -> tuple[ShapedModel, list[graph.Block]]:
    """Return the model and its blocks with loops that classes can hold."""
    lifting = Lifting(blocks)
    body = lifting.body(shaped.model.body)
    renewed = lifting.renewed
    return (
        replace(
            shaped,
            model=replace(shaped.model, body=body),
            block_dtypes={renewed[b]: dtypes for b, dtypes in shaped.block_dtypes.items()},
            masked_blocks=frozenset(renewed[block] for block in shaped.masked_blocks),
        ),
        lifting.blocks,
    )


def _package(source: graph.Graph) -> str:
    stem = source.source.name.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    return code.in_comment(stem) if stem.isidentifier() else "nn"


def _title(source: graph.Graph, model: graph.Model) -> Code:
    file = source.source.name.replace("\\", "/").rpartition("/")[2]
    if file.startswith("<"):  # standard input, or a string of the Python API
        return Code(f"{code.in_comment(model.name)}, compiled by nndsl.")
    return Code(f"{code.in_comment(model.name)}, compiled from {code.in_comment(file)}.")


def _depth(shaped: ShapedModel, style: str) -> Code | None:
    """Return the recursion limit that a deep model needs, or None."""
    count = shaped.applications
    if style == "subclass" or count < _SAFE_DEPTH:
        return None
    return code.literal(count * 10)


def _standard_imports(training: TrainingPlan | None, deep: bool) -> tuple[Code, ...]:
    modules = []
    if training is not None:
        modules.append(Code("import argparse"))
        if training.data.kind == "csv":
            modules.append(Code("import csv"))
    if deep:
        modules.append(Code("import sys"))
    if training is not None:
        modules.append(Code("from pathlib import Path"))
    return tuple(modules)


def _imports(
    training: TrainingPlan | None, keras_from: str, modules: Sequence[str]
) -> tuple[Code, ...]:
    numpy = [Code("import numpy as np")] if training is not None else []
    if keras_from == "tensorflow":
        # `tensorflow.keras` has no `ops`: they are those of Keras itself in any case.
        own = [Code(f"from keras import {module}") for module in modules if module == "ops"]
        layers = [Code("from tensorflow.keras import layers")] if "layers" in modules else []
        return (*numpy, *own, Code("from tensorflow import keras"), *layers)
    given = [Code(f"from keras import {', '.join(modules)}")] if modules else []
    return (Code("import keras"), *numpy, *given)


def _used_modules(
    functions: tuple[Function, ...],
    classes: tuple[LayerClass, ...],
    groups: tuple[tuple[Code, ...], ...],
    result: Code,
) -> tuple[str, ...]:
    """Return which of `layers` and `ops` a model is made of."""
    lines = [line for group in groups for line in group]
    lines += [line for function in functions for line in (*function.lines, function.result)]
    lines += [item for function in functions for item in function.items]
    lines += [line for made in classes for line in (made.base, *made.attributes)]
    lines += [line for made in classes for line in (*made.lines, made.result)]
    code_alone = " ".join(_STRING.sub("", line) for line in (*lines, result))
    return tuple(m for m in ("layers", "ops") if re.search(rf"\b{m}\.", code_alone))


def _register(keras_from: str) -> Code:
    """Return the decorator; `tensorflow.keras` knows it only by its older place."""
    place = "utils" if keras_from == "tensorflow" else "saving"
    return code.name(f"keras.{place}.register_keras_serializable")
