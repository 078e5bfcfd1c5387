"""ShapedGraph -> ModulePlan: which style, which definitions, in which order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nndsl import graph
from nndsl.plan import code
from nndsl.plan.code import Code
from nndsl.plan.custom_loop import MODULES
from nndsl.plan.expressions import Spelling
from nndsl.plan.forms import Form, blocks_in_use, choose_forms
from nndsl.plan.functional import (
    plan_function,
    plan_functional_builder,
    plan_functional_model,
)
from nndsl.plan.lifting import Lifting
from nndsl.plan.model import Definition, Function, LayerClass, ModulePlan, TrainingPlan
from nndsl.plan.sequential import (
    plan_layer_list,
    plan_sequential_block,
    plan_sequential_builder,
    plan_sequential_model,
)
from nndsl.plan.sparse import SparseTensors
from nndsl.plan.split import folders_of, shares_of
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
    #: A file for each source.
    split: bool = False


def make_plans(
    source: graph.Graph,
    shaped: ShapedModel,
    concrete: ShapedModel,
    settings: Mapping[str, Any],
    style: str,
    options: PlanOptions,
) -> dict[str, ModulePlan]:
    """Return the plans of the generated files by their paths, that of the model first.

    The model must be free of errors. `settings` are the values of the training settings, as far as
    they are known.
    """
    written, blocks = shaped, blocks_in_use(shaped.model.body)
    forms: Mapping[graph.Block, Form] = choose_forms(shaped, blocks, style)
    if Form.CLASS in forms.values() or style == "subclass":
        written, blocks, forms = _with_loops_of_classes(shaped, blocks, forms, style)
    sparse = SparseTensors(written.model.body, forms)
    shares = shares_of(source, written.model.body, blocks, split=options.split)
    defined: dict[graph.Block, ModuleNames] = {}
    plans: dict[str, ModulePlan] = {}
    for share in shares:
        model_class = shaped.model.name if share.is_main and style == "subclass" else None
        module = ModuleNames(share, model_class, forms, shaped.promoting, sparse, defined)
        definitions = [_plan_block(module, block, written) for block in share.blocks]
        if share.is_main:
            training = _training(source, shaped, concrete, settings, style, module, options)
            build = _plan_build(module, written, style, definitions)
            depth = _depth(shaped, style)
            plan = _module_plan(module, definitions, defined, options, build, training, depth)
            plan = replace(plan, title=_title(source, shaped.model))
            plans = {share.path: plan, **plans}
        else:
            plans[share.path] = _module_plan(module, definitions, defined, options)
        defined.update(dict.fromkeys(share.blocks, module))
    for folder in folders_of(share.module for share in shares):
        plans["/".join((*folder, "__init__.py"))] = _empty_plan(folder)
    return plans


def _plan_build(
    module: ModuleNames, written: ShapedModel, style: str, definitions: list[Definition]
) -> Function:
    """Return `build_model`; the class of a subclassed model is added to the definitions."""
    if style == "sequential":
        return plan_sequential_model(module, written.model)
    if style == "functional":
        return plan_functional_model(module, written.model)
    top, build = plan_subclass_model(module, written.model, _package(module))
    definitions.append(top)
    return build


def _training(
    source: graph.Graph,
    shaped: ShapedModel,
    concrete: ShapedModel,
    settings: Mapping[str, Any],
    style: str,
    module: ModuleNames,
    options: PlanOptions,
) -> TrainingPlan | None:
    if source.training is None or source.trained is not shaped.model:
        return None
    defaults = {
        parameter: code.literal(value)
        for parameter, value in shaped.parameters.items()
        if isinstance(value, (int, float, str))
    }
    spelling = Spelling(module.constants, defaults)
    return plan_training(
        source.training, settings, shaped, concrete, style, spelling, options.relocate
    )


def _module_plan(
    module: ModuleNames,
    definitions: Sequence[Definition],
    defined: Mapping[graph.Block, ModuleNames],
    options: PlanOptions,
    build: Function | None = None,
    training: TrainingPlan | None = None,
    depth: Code | None = None,
) -> ModulePlan:
    """Return the plan of one file, with the title of a file of blocks."""
    constants = module.definitions()
    every = [*definitions, *([build] if build is not None else [])]
    used = _used_modules(every, constants)
    if training is not None and training.augment is not None:
        used = tuple(dict.fromkeys((*used, "layers")))
        used = tuple(part for part in ("keras", "layers", "ops") if part in used)
    return ModulePlan(
        title=Code(f"Blocks, compiled from {_path_text(module.share.source.split('/'))}."),
        standard_imports=_standard_imports(training, depth is not None),
        imports=_imports(training, options.keras_from, used),
        own_imports=module.imports(defined),
        guarded=training is not None,
        register=_register(options.keras_from),
        recursion_limit=depth,
        constants=constants,
        definitions=tuple(definitions),
        build=build,
        training=training,
    )


def _empty_plan(folder: Sequence[str]) -> ModulePlan:
    """Return the plan of the file that makes a folder a package."""
    title = Code(f"Blocks, in the folder {_path_text(folder)}.")
    return ModulePlan(title, (), (), (), False, Code(""), None, (), (), None, None)


def _plan_block(module: ModuleNames, block: graph.Block, shaped: ShapedModel) -> Definition:
    """Return a block or nested model in its form."""
    form = module.forms[block]
    if form is Form.CLASS:
        return plan_block_class(module, block, shaped, _package(module))
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
    met = {
        block: [shaped.in_rounds.get(i.value, ("float32", False)) for i in block.body.inputs]
        for block in lifting.rounds
    }
    written = replace(
        shaped,
        model=replace(shaped.model, body=body),
        block_dtypes={
            **{renewed[b]: dtypes for b, dtypes in shaped.block_dtypes.items()},
            **{block: tuple(dtype for dtype, _ in pairs) for block, pairs in met.items()},
        },
        masked_blocks=frozenset(
            {
                *(renewed[block] for block in shaped.masked_blocks),
                *(block for block, pairs in met.items() if any(masked for _, masked in pairs)),
            }
        ),
        switched_blocks=frozenset(renewed[block] for block in shaped.switched_blocks),
    )
    return written, lifting.blocks, lifting.forms


def _package(module: ModuleNames) -> Code:
    """Return what a class is registered under beside its own name."""
    if not module.share.is_main:
        return code.literal(".".join(module.share.module))
    stem = module.share.source.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    return code.literal(code.in_comment(stem) if stem.isidentifier() else "nn")


def _path_text(parts: Iterable[str]) -> Code:
    return Code("/".join(code.in_comment(part) for part in parts))


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
        if training.data.records is not None:
            modules.append(Code("import glob"))
        if training.later is not None:
            modules.append(Code("import importlib.util"))
        if "plot" in training.parts:
            modules.append(Code("import json"))
        if training.loop is not None and "itertools." in training.loop.held_out:
            modules.append(Code("import itertools"))
        if (
            {"augmented", "shares"} & set(training.parts)
            or training.loop is not None
            and "math." in training.loop.steps
        ):
            modules.append(Code("import math"))
        if training.backend is not None:
            modules.append(Code("import os"))
        lines = [line for group in (*training.main, *training.worker) for line in group]
        if "report" in training.parts or any("shutil.rmtree" in line for line in lines):
            modules.append(Code("import shutil"))
        if "report" in training.parts:
            modules.append(Code("import socket"))
        if Code("import shutil") in modules:
            modules.append(Code("import tempfile"))
    if deep:
        modules.append(Code("import sys"))
    if training is not None:
        modules.append(Code("from pathlib import Path"))
    return tuple(modules)


def _draws(training: TrainingPlan | None) -> bool:
    return training is not None and "plot" in training.parts


def _backend_modules(training: TrainingPlan | None) -> list[Code]:
    """Return the imports of what Keras computes with, where the script uses it by itself."""
    if training is None:
        return []
    names = {str(training.loop.backend)} if training.loop is not None else set()
    reads = training.data.records is not None
    if reads or any("tf.data." in line for group in training.main for line in group):
        names.add("tensorflow")
    return [MODULES[name] for name in sorted(names)]


def _imports(
    training: TrainingPlan | None, keras_from: str, modules: Sequence[str]
) -> tuple[Code, ...]:
    numpy = [Code("import numpy as np")] if training is not None else []
    figure = [Code("from matplotlib.figure import Figure")] if _draws(training) else []
    backend = _backend_modules(training)
    parts = [module for module in modules if module != "keras"]
    whole = len(parts) < len(modules)
    sharing = training.sharing if training is not None else None
    if sharing is not None:
        backend.append(MODULES["jax" if sharing.on_jax else "tensorflow"])
    on_workers = training is not None and bool(training.worker)
    numpy += [Code("import ray"), Code("import ray.train.collective")] if on_workers else []
    figure += [Code("from ray.train.v2.jax import JaxTrainer")] if on_workers else []
    if keras_from == "tensorflow":
        # `tensorflow.keras` has no `ops`: they are those of Keras itself in any case.
        own = [Code(f"from keras import {module}") for module in parts if module == "ops"]
        keras = [Code("from tensorflow import keras")] if whole else []
        layers = [Code("from tensorflow.keras import layers")] if "layers" in parts else []
        return (*numpy, *backend, *own, *figure, *keras, *layers)
    given = [Code(f"from keras import {', '.join(parts)}")] if parts else []
    plain = sorted([*([Code("import keras")] if whole else []), *numpy, *backend])
    return (*plain, *given, *figure)


def _used_modules(
    definitions: Sequence[Definition], constants: Sequence[tuple[Code, Code]]
) -> tuple[str, ...]:
    """Return which of `keras` itself, `layers` and `ops` a file uses."""
    lines: list[str] = [value for _, value in constants]
    for made in definitions:
        lines += (made.signature, *made.lines, made.result)
        if isinstance(made, LayerClass):
            lines += (made.base, *made.attributes, made.build_inputs, "keras.saving")
        else:
            lines.append(made.returns)
    code_alone = " ".join(_STRING.sub("", line) for line in lines)
    return tuple(m for m in ("keras", "layers", "ops") if re.search(rf"(?<!\.)\b{m}\.", code_alone))


def _register(keras_from: str) -> Code:
    """Return the decorator; `tensorflow.keras` knows it only by its older place."""
    place = "utils" if keras_from == "tensorflow" else "saving"
    return code.name(f"keras.{place}.register_keras_serializable")
