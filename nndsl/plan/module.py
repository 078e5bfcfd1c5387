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
from nndsl.plan.forms import Form, blocks_in_use, choose_forms
from nndsl.plan.functional import (
    plan_function,
    plan_functional_builder,
    plan_functional_model,
)
from nndsl.plan.lifting import Lifting
from nndsl.plan.model import Definition, LayerClass, ModulePlan, TrainingPlan
from nndsl.plan.sequential import (
    plan_layer_list,
    plan_sequential_block,
    plan_sequential_builder,
    plan_sequential_model,
)
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
    blocks = blocks_in_use(model.body)
    forms: Mapping[graph.Block, Form] = choose_forms(shaped, blocks, style)
    if Form.CLASS in forms.values() or style == "subclass":
        written, blocks, forms = _with_loops_of_classes(shaped, blocks, forms, style)
    is_class = style == "subclass"
    module = ModuleNames(source, model, blocks, forms, shaped.promoting, classes=is_class)
    package = code.literal(_package(source))
    definitions = [_plan_block(module, block, written, package) for block in blocks]
    if style == "sequential":
        build = plan_sequential_model(module, written.model)
    elif style == "functional":
        build = plan_functional_model(module, written.model)
    else:
        top, build = plan_subclass_model(module, written.model, package)
        definitions.append(top)
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
    used = _used_modules([*definitions, build])
    if training is not None and training.augment is not None:
        used = tuple(dict.fromkeys(("layers", *used)))
    depth = _depth(shaped, style)
    return ModulePlan(
        title=_title(source, model),
        standard_imports=_standard_imports(training, depth is not None),
        imports=_imports(training, options.keras_from, used),
        own_imports=module.constants.imports(),
        guarded=training is not None,
        register=_register(options.keras_from),
        recursion_limit=depth,
        constants=module.definitions(source),
        definitions=tuple(definitions),
        build=build,
        training=training,
    )


def _plan_block(
    module: ModuleNames, block: graph.Block, shaped: ShapedModel, package: Code
) -> Definition:
    """Return a block or nested model in its form."""
    form = module.forms[block]
    if form is Form.CLASS:
        return plan_block_class(module, block, shaped, package)
    if form is Form.FUNCTION:
        return plan_function(module, block)
    if form is Form.LIST:
        return plan_layer_list(module, block)
    if form is Form.MODEL:
        return plan_functional_builder(module, block)
    builder = plan_sequential_builder if block.is_model else plan_sequential_block
    return builder(module, block)


def _with_loops_of_classes(
    shaped: ShapedModel,
    blocks: list[graph.Block],
    forms: Mapping[graph.Block, Form],
    style: str,
) -> tuple[ShapedModel, list[graph.Block], Mapping[graph.Block, Form]]:
    """Return the model, its blocks and their forms, with loops that classes can hold."""
    lifting = Lifting(forms, blocks)
    body = lifting.outer_body(shaped.model.body, in_class=style == "subclass")
    renewed = lifting.renewed
    written = replace(
        shaped,
        model=replace(shaped.model, body=body),
        block_dtypes={renewed[b]: dtypes for b, dtypes in shaped.block_dtypes.items()},
        masked_blocks=frozenset(renewed[block] for block in shaped.masked_blocks),
        switched_blocks=frozenset(renewed[block] for block in shaped.switched_blocks),
    )
    return written, lifting.blocks, lifting.forms


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
        if "augmented" in training.parts:
            modules.append(Code("import math"))
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


def _used_modules(definitions: Sequence[Definition]) -> tuple[str, ...]:
    """Return which of `layers` and `ops` a model is made of."""
    lines: list[str] = []
    for made in definitions:
        lines += (*made.lines, made.result)
        if isinstance(made, LayerClass):
            lines += (made.base, *made.attributes)
    code_alone = " ".join(_STRING.sub("", line) for line in lines)
    return tuple(m for m in ("layers", "ops") if re.search(rf"\b{m}\.", code_alone))


def _register(keras_from: str) -> Code:
    """Return the decorator; `tensorflow.keras` knows it only by its older place."""
    place = "utils" if keras_from == "tensorflow" else "saving"
    return code.name(f"keras.{place}.register_keras_serializable")
