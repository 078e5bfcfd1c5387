"""The training section -> the plan of the script around the model."""

from __future__ import annotations

import os.path
from collections.abc import Mapping
from typing import Any

from nndsl import graph
from nndsl.plan.code import Code, call, list_of, literal
from nndsl.plan.command_line import WITHOUT_FILE, CommandLine, predictions
from nndsl.plan.custom_loop import LoopPlanner
from nndsl.plan.data import Relocate, path_code, plan_data
from nndsl.plan.distribution import Sharing
from nndsl.plan.expressions import Spelling
from nndsl.plan.freezing import freezing
from nndsl.plan.model import CustomLoop, Data, TrainingPlan
from nndsl.plan.reading import Reading
from nndsl.plan.requirements import Requirements
from nndsl.plan.settings import (
    Arguments,
    arguments_of,
    callbacks_of,
    in_output,
    loggers_of,
    with_named_metrics,
    written_by_callbacks,
)
from nndsl.resolve.naming import keras_name
from nndsl.shapes import ShapedModel
from nndsl.training.distribution import backend_of

#: The value of each setting that is known when the script is written.
Values = Mapping[str, Any]
_DEFAULT_ROWS = 3
#: Settings that are paths of what is left behind.
_WRITTEN = ("save", "export", "history", "plot")


def plan_training(
    training: graph.Training,
    values: Values,
    shaped: ShapedModel,
    concrete: ShapedModel,
    style: str,
    spelling: Spelling,
    relocate: Relocate,
) -> TrainingPlan:
    """Return the plan of a script. `concrete` is the model with a number for each unknown size."""
    data = plan_data(training, values, shaped, concrete, spelling, relocate)
    script = _Script(training, values, shaped, style, spelling, relocate, data)
    return script.plan()


class _Script:
    def __init__(
        self,
        training: graph.Training,
        values: Values,
        shaped: ShapedModel,
        style: str,
        spelling: Spelling,
        relocate: Relocate,
        data: Data,
    ) -> None:
        self.training = training
        self.values = values
        self.shaped = shaped
        self.style = style
        self.spelling = spelling
        self.relocate = relocate
        self.data = data
        self.name = keras_name(shaped.model.name)
        self.saved: tuple[str, ...] = values.get("save", ())
        self.models = [path for path in self.saved if path.endswith(".keras")]
        self.custom = values.get("loop") == "custom"
        #: A loop that is written out is written for one backend.
        self.backend = backend_of(values) or ("tensorflow" if self.custom else None)
        self.sharing = Sharing(training, values, shaped)
        self.reading = Reading(training, values, shaped, data, spelling, relocate)
        self.held_out = training.held_out is not None
        #: Where the history is drawn.
        self.plotted: tuple[str, ...] = values.get("plot", ())
        self.evaluates = self._option("evaluate", "", self.held_out)
        self.rows = self._option("predict", "", 0 if data.kind == "batches" else _DEFAULT_ROWS)
        self.line = CommandLine(training, data, spelling, saves=bool(self.models))

    def _option(self, setting: str, option: str, default: Any) -> Any:
        return self.values.get(setting, {}).get(option, default)

    def plan(self) -> TrainingPlan:
        building, *work = (
            self.building(),
            self.weights(),
            self.compiling(),
            [*self.reading.lines(), *([] if self.custom else self.reading.converting())],
            self.fitting(),
            self.fine_tuning(),
            self.reading.converting() if self.custom else [],
            self.ending(),
        )
        main, worker = [[*self.beginning(), *building], *work], []
        if self.sharing.on_workers:
            main = [self.beginning(), self.sharing.launching()]
            worker = [[Code("args = argparse.Namespace(**config)"), *building], *work]
        sharing = self.sharing.plan()
        requirements = Requirements(
            self.training, dict(self.values), self.shaped, self.data, self.backend
        )
        return TrainingPlan(
            data=self.data,
            parts=self.parts(),
            arguments=self.line.arguments(),
            main=tuple(tuple(group) for group in main if group),
            worker=tuple(tuple(group) for group in worker if group),
            for_predicting=bool(self.models),
            saved=literal(self.models[0]) if self.models else None,
            predictions=predictions(self.shaped, self.style),
            paths=self.line.paths(),
            count=Code("len(data[0])" if self.single else "len(keras.tree.flatten(data)[0])"),
            given=self.reading.given,
            converts=self.reading.converts,
            backend=literal(self.backend) if self.backend is not None else None,
            needed=requirements.needed,
            later=requirements.later,
            seeds_epochs=self.seeds_epochs,
            augment=self.augment(),
            loop=self.loop(),
            sharing=sharing,
        )

    def loop(self) -> CustomLoop | None:
        if not self.custom:
            return None
        backend = self.backend or "tensorflow"
        shaped, spelling = self.shaped, self.spelling
        planner = LoopPlanner(self.training, self.values, shaped, self.data, spelling, backend)
        return planner.plan()

    # ---- Functions beside `main`

    def parts(self) -> tuple[str, ...]:
        kind, streams = self.data.kind, self.data.streams
        files = kind if kind in ("npz", "csv", "images", "text", "tfrecord") else "npz"
        own = kind == "batches"  # of which files are no part
        read = not (kind in ("datasets", "batches") and not self.models)
        parts = [f"load_{files}"] if read else []
        if self.data.records is not None:
            decoded = {"image": "decode_images", "tensor": "decode_tensors"}
            parts = [part for word, part in decoded.items() if word in self.data.records.words]
            parts.append("load_tfrecord")
            if self.reading.fraction is not None:
                parts.append("split_last_records" if self.reading.in_order else "split_records")
        if kind in ("synthetic", "datasets"):
            parts.append({"synthetic": "synthetic_data", "datasets": "download"}[kind])
        if not streams or (own and self.models):
            parts.append("take")
        if self.reading.fraction is not None and not streams:
            parts.append("split_last" if self.reading.in_order else "split")
        if self.reading.converts:
            parts.append("tensors")
        if self.training.get("augment"):
            parts.append("augment_batches" if streams or self.custom else "augmented")
        if self.values.get("class_weight") == "balanced":
            parts.append("balanced")
        if any(path.endswith(".keras") for path in self.values.get("weights", ())):
            parts.append("copy_weights")
        parts += self.sharing.parts(streams=streams)
        if self.plotted:
            parts.append("plot")
        parts.append("checkpoint")
        if (self.custom and not streams) or (own and self.models):
            parts.append("batches")
        if self.custom and own:
            parts.append("as_arrays")
        if self.custom:
            parts += [f"steps_{self.backend}", "train"]
        if self.evaluates or self.models or self.reading.tests:
            parts.append("evaluate")
        if self.models:
            parts.append("use_saved_model")
        parts += ["train_on_worker"] if self.sharing.on_workers else []
        return (*parts, "arguments")

    def augment(self) -> Code | None:
        """Return the layers that change samples in training."""
        layers = [self.spelling.expression(one) for one in self.training.get("augment") or ()]
        if not layers:
            return None
        return (
            list_of(layers) if self.data.streams else Code(f"keras.Sequential({list_of(layers)})")
        )

    # ---- Lines of `main`

    def beginning(self) -> list[Code]:
        lines = [Code("args = parse_arguments()")]
        if self.models:
            lines += [
                Code("if args.evaluate or args.predict:"),
                Code("    use_saved_model(args)"),
                Code("    return"),
                Code(""),
            ]
        if self.sharing.on_workers:
            lines += [Code("if args.summary:"), Code("    build_model().summary()")]
            lines += [Code("    return"), *self.whole_paths()]
        return lines

    def whole_paths(self) -> list[Code]:
        """Return the lines for paths that hold in processes of other folders as well."""
        lines = [Code("args.output_dir = args.output_dir.resolve()")]
        if self.data.default_path is not None:
            lines.append(Code("args.data = args.data.resolve()"))
        elif self.data.kind not in WITHOUT_FILE:
            lines += [
                Code("if args.data is not None:"),
                Code("    args.data = args.data.resolve()"),
            ]
        return lines

    def building(self) -> list[Code]:
        lines = [
            *self.sharing.beginning(streams=self.data.streams),
            Code("keras.utils.set_random_seed(args.seed)"),
        ]
        policy = self.training.get("precision")
        if policy is not None:
            name = self.spelling.expression(policy)
            lines.append(Code(f"keras.config.set_dtype_policy({name})"))
        lines += self.sharing.within([Code("model = build_model()")])
        if self.sharing.on_workers:
            return lines
        return [*lines, Code("model.summary()"), Code("if args.summary:"), Code("    return")]

    def weights(self) -> list[Code]:
        lines = []
        for path in self.values.get("weights", ()):
            where = path_code(self.relocate(path))
            if path.endswith(".keras"):
                loaded = f"keras.models.load_model({where}, compile=False)"
                lines.append(Code(f"copy_weights({loaded}, model)"))
            else:
                lines.append(Code(f"model.load_weights({where})"))
        frozen = self.training.get("freeze") or ()
        return [*lines, *freezing(frozen, self.shaped, self.style, trainable=False)]

    def compiling(self, optimizer: graph.Expression | None = None) -> list[Code]:
        training = with_named_metrics(self.training) if self.tuned else self.training
        given = arguments_of("compile", training, self.shaped.outputs, self.spelling)
        if optimizer is not None:
            made = ("optimizer", self.spelling.expression(optimizer))
            given = [made, *(argument for argument in given if argument[0] != "optimizer")]
        return self.sharing.within([call("model.compile", given)])

    def fitting(self) -> list[Code]:
        lines = self.sharing.folder_of_others() if self.writes_in_fit else []
        lines.append(Code("args.output_dir.mkdir(parents=True, exist_ok=True)"))
        folders = {os.path.dirname(path) for path in self.written()}
        for folder in sorted(folders - {""}):
            made = f"(args.output_dir / {literal(folder)})"
            lines.append(Code(f"{made}.mkdir(parents=True, exist_ok=True)"))
        for path in self.plotted:
            lines.append(Code(f"plot = Plot({in_output(literal(path))})"))
        lines.append(Code(f"checkpoint = {self.checkpoint('checkpoint')}"))
        first = self.line.expression("initial_epoch", "0")
        callbacks = callbacks_of(self.training, self.spelling)
        if self.shares_callbacks:
            lines.append(Code(f"callbacks = {list_of(callbacks)}"))
            callbacks = [Code("*callbacks")]
        fit = self.fit("args.epochs", f"checkpoint.restore() if args.resume else {first}")
        call_ = self._fit(fit, [*callbacks, *self.logger("args.resume")], "checkpoint")
        if not self.tuned:
            return [*lines, call_]
        lines += [
            Code(f"tuning = {self.checkpoint('fine_tuning')}"),
            Code("if not (args.resume and tuning.path.exists()):"),
            Code(f"    {call_}"),
        ]
        return lines

    def checkpoint(self, kind: str) -> Code:
        where = in_output(literal(f"{self.name}.{kind}.npz"))
        if self.sharing.on_jax and self.writes_in_fit:
            where = Code(f"folder / {literal(f'{self.name}.{kind}.npz')}")
        given = [Code("model"), where]
        given += [Code("args.seed")] if self.seeds_epochs else []
        given += [Code("plot")] if self.plotted else []
        return call("Checkpoint", [(None, value) for value in given])

    @property
    def single(self) -> bool:
        """True if `x` is one array."""
        return len(self.shaped.inputs) == 1

    @property
    def writes_in_fit(self) -> bool:
        """True if something else than the checkpoint may be written while it is trained."""
        return bool({"callbacks", "history", "plot"} & set(self.training.settings))

    @property
    def seeds_epochs(self) -> bool:
        return self.backend == "torch" or (self.backend == "jax" and not self.custom)

    @property
    def shares_callbacks(self) -> bool:
        """True if two phases have callbacks in common."""
        return self.tuned and bool(callbacks_of(self.training, self.spelling))

    @property
    def tuned(self) -> bool:
        return "fine_tune" in self.training.settings

    def _fit(self, arguments: Arguments, callbacks: list[Code], last: str) -> Code:
        report = [Code(f"Report({last}.path)")] if self.sharing.on_workers else []
        listed = list_of([*callbacks, Code(last), *report])
        method = "train" if self.custom else "model.fit"
        return call(method, [*arguments, ("callbacks", listed)])

    def fit(self, epochs: str, first: str) -> Arguments:
        times: Arguments = [("epochs", Code(epochs)), ("initial_epoch", Code(first))]
        if self.custom:
            return self._train(times)
        made: Arguments = [(None, self.reading.given), ("batch_size", Code("args.batch_size"))]
        if self.data.streams:
            made = [(None, Code("data"))]
        elif self.training.get("augment"):
            made = [(None, Code("Augmented(data, args.batch_size, args.seed)"))]
        made += times
        if self.sharing.on_jax:
            shares = self.sharing.batches("data", streams=self.data.streams, trains=True)
            made = [(None, shares), *times]
        if self.held_out and self.sharing.on_jax:
            shares = self.sharing.batches("held_out", streams=self.data.streams, trains=False)
            made.append(("validation_data", shares))
        elif self.held_out:
            made.append(("validation_data", Code("held_out")))
        made += self._class_weight()
        given = arguments_of("fit", self.training, self.shaped.outputs, self.spelling)
        if self.data.streams:  # Keras asks who shuffles
            given = [argument for argument in given if argument[0] != "shuffle"]
            given.append(("shuffle", Code("False")))
        if self.sharing.on_jax:  # it is told to the shares
            given = [argument for argument in given if argument[0] != "validation_batch_size"]
        return [*made, *given]

    def _train(self, times: Arguments) -> Arguments:
        """Return the arguments of the loop that is written out."""
        made: Arguments = [(None, Code("model")), (None, Code("data"))]
        made += [(None, Code("held_out"))] if self.held_out else []
        made += [] if self.data.streams else [("batch_size", Code("args.batch_size"))]
        made += times
        if not self.data.streams and self.values.get("shuffle", True):
            made.append(("seed", Code("args.seed")))
        return [*made, *self._class_weight()]

    def _class_weight(self) -> Arguments:
        weights = self.values.get("class_weight")
        if weights == "balanced":
            return [("class_weight", Code("balanced(data[1])"))]
        if weights is None:
            return []
        by_class = ", ".join(f"{i}: {literal(w)}" for i, w in enumerate(weights))
        return [("class_weight", Code(f"{{{by_class}}}"))]

    def logger(self, append: str) -> list[Code]:
        """Return the callbacks that keep the history and draw it, if they were asked for."""
        found = [
            Code(f"keras.callbacks.CSVLogger(args.output_dir / {literal(path)}, append={append})")
            for path in self.values.get("history", ())
        ]
        found += loggers_of(self.training, self.spelling, append)
        return [*found, Code("plot")] if self.plotted else found

    def fine_tuning(self) -> list[Code]:
        """Return the second phase: other layers are trained, often by a slower optimizer."""
        if not self.tuned:
            return []
        options: dict[str, graph.Given] = self.training.get("fine_tune")
        frozen = self.training.get("freeze") or ()
        lines = [*freezing(frozen, self.shaped, self.style, trainable=True)]
        if "freeze" in options:
            again = options["freeze"].value
            lines += freezing(again, self.shaped, self.style, trainable=False)
        optimizer = options["optimizer"].value if "optimizer" in options else None
        lines += self.compiling(optimizer)
        epochs = Code("1")
        if "epochs" in options:
            epochs = self.spelling.operand(options["epochs"].value, 1)
        first = "max(args.epochs, tuning.restore()) if args.resume else args.epochs"
        shared = [Code("*callbacks")] if self.shares_callbacks else []
        fit = self.fit(f"args.epochs + {epochs}", first)
        return [*lines, self._fit(fit, [*shared, *self.logger("True")], "tuning")]

    def written(self) -> list[str]:
        """Return the paths of what the script leaves behind."""
        paths = [path for name in _WRITTEN for path in self.values.get(name, ())]
        return [*paths, *written_by_callbacks(self.training)]

    def ending(self) -> list[Code]:
        lines = self.sharing.alone()
        if self.evaluates:
            data, title = ("held_out", "Held out") if self.held_out else ("data", "Evaluated")
            arguments: Arguments = [(None, Code(data)), (None, literal(title))]
            lines.append(
                call("evaluate", [(None, Code("model")), *arguments, *self.options("evaluate")])
            )
        if self.reading.tests:
            lines.append(Code('evaluate(model, test, "Test")'))
        lines += self.sharing.first_process_alone(writes=self.writes_in_fit)
        lines += self.saving()
        if self.rows:
            rows = "held_out" if self.held_out else "data"
            if self.data.streams:
                lines.append(Code(f"rows = next(iter({rows}.unbatch().batch({self.rows})))[0]"))
            else:
                lines.append(Code(f"rows = take({rows}[0], slice({self.rows}))"))
            given = {"verbose": Code("0"), **dict(self.options("predict"))}
            made = call("model.predict", [(None, Code("rows")), *given.items()])
            lines.append(Code(f'print("Predictions:", {made}, sep="\\n")'))
        written = self.written()
        if written:
            said = literal(f"Saved {', '.join(dict.fromkeys(written))} in")
            lines.append(Code(f"print({said}, args.output_dir.resolve())"))
        names = ["checkpoint", "tuning"] if self.tuned else ["checkpoint"]
        return [*lines, *(Code(f"{name}.path.unlink(missing_ok=True)") for name in names)]

    def options(self, setting: str) -> Arguments:
        given: dict[str, graph.Given] = self.training.get(setting) or {}
        return [(n, self.spelling.expression(g.value)) for n, g in given.items() if n]

    def saving(self) -> list[Code]:
        lines: list[Code] = []
        for path in self.saved:
            method = "save" if path.endswith(".keras") else "save_weights"
            lines.append(Code(f"model.{method}(args.output_dir / {literal(path)})"))
        for path in self.values.get("export", ()):
            onnx = [("format", literal("onnx"))] if path.endswith(".onnx") else []
            # Keras takes no Path here.
            where = Code(f"str({in_output(literal(path))})")
            lines.append(Code(call("model.export", [(None, where), *onnx])))
        if self.models and self.rows:
            where = in_output(literal(self.models[0]))
            lines.append(Code(f"model = keras.models.load_model({where})"))
        return lines
