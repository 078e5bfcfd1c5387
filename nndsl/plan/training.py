"""The training section -> the plan of the script around the model."""

from __future__ import annotations

import keyword
import os.path
from collections.abc import Mapping
from typing import Any

from nndsl import graph
from nndsl.plan.code import Code, call, dict_of, list_of, literal, name, tuple_of
from nndsl.plan.data import Relocate, path_code, plan_data
from nndsl.plan.expressions import Spelling
from nndsl.plan.freezing import freezing
from nndsl.plan.model import Data, TrainingPlan
from nndsl.plan.reading import Reading
from nndsl.plan.settings import (
    Arguments,
    arguments_of,
    callbacks_of,
    in_output,
    written_by_callbacks,
)
from nndsl.resolve.naming import keras_name
from nndsl.shapes import ShapedModel

#: The value of each setting that is known when the script is written.
Values = Mapping[str, Any]
_DEFAULT_ROWS = 3
#: Settings that are paths of what is left behind.
_WRITTEN = ("save", "export", "history", "plot")
#: Parameters that `np.savez` has of its own.
_NAMES_OF_SAVEZ = ("file", "allow_pickle")


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
    data = plan_data(training, shaped, concrete, spelling, relocate)
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
        self.backend: str | None = values.get("backend")
        self.reading = Reading(training, shaped, data, spelling, relocate)
        self.held_out = training.held_out is not None
        #: Where the history is drawn.
        self.plotted: tuple[str, ...] = values.get("plot", ())
        self.evaluates = self._option("evaluate", "", self.held_out)
        self.rows = self._option("predict", "", _DEFAULT_ROWS)

    def _option(self, setting: str, option: str, default: Any) -> Any:
        return self.values.get(setting, {}).get(option, default)

    def _expression(self, setting: str, default: str) -> Code:
        value = self.training.get(setting)
        return self.spelling.expression(value) if value is not None else Code(default)

    def plan(self) -> TrainingPlan:
        main = (
            self.beginning(),
            self.weights(),
            self.compiling(),
            self.reading.lines(),
            self.fitting(),
            self.fine_tuning(),
            self.ending(),
        )
        return TrainingPlan(
            data=self.data,
            parts=self.parts(),
            arguments=self.arguments(),
            main=tuple(tuple(group) for group in main if group),
            for_predicting=bool(self.models),
            saved=literal(self.models[0]) if self.models else None,
            predictions=self.predictions(),
            paths=self.paths(),
            given=self.reading.given,
            converts=self.reading.converts,
            backend=literal(self.backend) if self.backend is not None else None,
            needed=Code(
                f"keras {self.backend or 'tensorflow'}{' matplotlib' if self.plotted else ''}"
            ),
            seeds_epochs=self.seeds_epochs,
            augment=self.augment(),
        )

    # ---- Functions beside `main`

    def parts(self) -> tuple[str, ...]:
        kind, streams = self.data.kind, self.data.streams
        files = kind if kind in ("npz", "csv", "images", "text") else "npz"
        read = not (kind == "datasets" and not self.models)
        parts = [f"load_{files}"] if read else []
        if kind in ("synthetic", "datasets"):
            parts.append({"synthetic": "synthetic_data", "datasets": "download"}[kind])
        if not streams:
            parts.append("take")
        if self.reading.fraction is not None and not streams:
            parts.append("split_last" if self.reading.in_order else "split")
        if self.reading.converts:
            parts.append("tensors")
        if self.training.get("augment"):
            parts.append("augment_batches" if streams else "augmented")
        if self.values.get("class_weight") == "balanced":
            parts.append("balanced")
        if any(path.endswith(".keras") for path in self.values.get("weights", ())):
            parts.append("copy_weights")
        parts.append("checkpoint")
        if self.plotted:
            parts.append("plot")
        if self.evaluates or self.models or self.reading.tests:
            parts.append("evaluate")
        if self.models:
            parts.append("use_saved_model")
        return (*parts, "arguments")

    def arguments(self) -> tuple[Code, ...]:
        """Return the lines that add arguments of the command line."""

        def add(flag: str, *more: tuple[str, Code]) -> Code:
            return call("parser.add_argument", [(None, literal(flag)), *more])

        integer, path = ("type", Code("int")), ("type", Code("Path"))
        without = "the data of your function" if self.data.kind == "extern" else "synthetic data"
        data_help = _help(f"an .npz file; {without} without it")
        data = ("default", self.data.default_path) if self.data.default_path else data_help
        of_file = [] if self.data.kind == "datasets" else [add("--data", path, data)]
        lines = [
            add("--epochs", integer, ("default", self._expression("epochs", "1"))),
            add("--batch-size", integer, ("default", self._expression("batch_size", "32"))),
            *of_file,
            add("--limit", integer, _metavar("N"), _help("use only the first N samples")),
            add("--seed", integer, ("default", self._expression("seed", "0"))),
            add("--output-dir", path, ("default", Code("Path()")), _help("where results go")),
            add(
                "--resume",
                ("action", literal("store_true")),
                _help("go on with a run that was stopped"),
            ),
        ]
        if self.models:
            for_evaluation = "evaluate the saved model on a file, without training"
            for_predictions = "write the saved model's predictions for a file"
            lines += [
                add("--evaluate", path, _metavar("FILE"), _help(for_evaluation)),
                add("--predict", path, _metavar("FILE"), _help(for_predictions)),
            ]
        summary = ("action", literal("store_true")), _help("show the model, without training")
        return (*lines, add("--summary", *summary))

    def paths(self) -> Code | None:
        """Return the arguments of the command line that are paths of what is read."""
        names = [] if self.data.kind == "datasets" else ["data"]
        names += ["evaluate", "predict"] if self.models else []
        return tuple_of([Code(f"args.{name}") for name in names]) if names else None

    def predictions(self) -> Code:
        """Return the arguments of `np.savez` that name by output what the model predicts."""
        outputs = list(self.shaped.outputs)
        names = [f"{one}_" if one in _NAMES_OF_SAVEZ else one for one in outputs]
        if self.style == "subclass" and len(outputs) > 1:
            if names == outputs:
                return Code("**predictions")
            values = [Code(f"predictions[{literal(one)}]") for one in outputs]
        elif len(outputs) > 1:
            listed = list_of([literal(one) for one in names])
            return Code(f"**dict(zip({listed}, predictions))")
        else:
            values = [Code("predictions")]
        pairs = list(zip(names, values, strict=True))
        if any(keyword.iskeyword(one) for one in names):
            return Code(f"**{dict_of(pairs)}")
        return Code(", ".join(f"{name(one)}={value}" for one, value in pairs))

    def augment(self) -> Code | None:
        """Return the layers that change samples in training."""
        layers = [self.spelling.expression(one) for one in self.training.get("augment") or ()]
        return Code(f"keras.Sequential({list_of(layers)})") if layers else None

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
        lines.append(Code("keras.utils.set_random_seed(args.seed)"))
        policy = self.training.get("precision")
        if policy is not None:
            name = self.spelling.expression(policy)
            lines.append(Code(f"keras.config.set_dtype_policy({name})"))
        lines += [Code("model = build_model()"), Code("model.summary()")]
        return [*lines, Code("if args.summary:"), Code("    return")]

    def weights(self) -> list[Code]:
        lines = []
        for path in self.values.get("weights", ()):
            where = path_code(self.relocate(path))
            if path.endswith(".keras"):
                lines.append(Code(f"copy_weights(keras.models.load_model({where}), model)"))
            else:
                lines.append(Code(f"model.load_weights({where})"))
        frozen = self.training.get("freeze") or ()
        return [*lines, *freezing(frozen, self.shaped, self.style, trainable=False)]

    def compiling(self, optimizer: graph.Expression | None = None) -> list[Code]:
        given = arguments_of("compile", self.training, self.shaped.outputs, self.spelling)
        if optimizer is not None:
            made = ("optimizer", self.spelling.expression(optimizer))
            given = [made, *(argument for argument in given if argument[0] != "optimizer")]
        return [Code(call("model.compile", given))]

    def fitting(self) -> list[Code]:
        lines = [Code("args.output_dir.mkdir(parents=True, exist_ok=True)")]
        folders = {os.path.dirname(path) for path in self.written()}
        for folder in sorted(folders - {""}):
            made = f"(args.output_dir / {literal(folder)})"
            lines.append(Code(f"{made}.mkdir(parents=True, exist_ok=True)"))
        lines.append(Code(f"checkpoint = {self.checkpoint('checkpoint')}"))
        for path in self.plotted:
            lines.append(Code(f"plot = Plot({in_output(literal(path))})"))
        first = self._expression("initial_epoch", "0")
        callbacks = callbacks_of(self.training, self.spelling)
        if self.tuned and callbacks:
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
        given = [(None, Code("model")), (None, where)]
        return call(
            "Checkpoint", [*given, (None, Code("args.seed"))] if self.seeds_epochs else given
        )

    @property
    def seeds_epochs(self) -> bool:
        return self.backend in ("jax", "torch")

    @property
    def tuned(self) -> bool:
        return "fine_tune" in self.training.settings

    def _fit(self, arguments: Arguments, callbacks: list[Code], last: str) -> Code:
        listed = list_of([*callbacks, Code(last)])
        return call("model.fit", [*arguments, ("callbacks", listed)])

    def fit(self, epochs: str, first: str) -> Arguments:
        made: Arguments = [(None, self.reading.given), ("batch_size", Code("args.batch_size"))]
        if self.data.streams:
            made = [(None, Code("data"))]
        elif self.training.get("augment"):
            made = [(None, Code("Augmented(data, args.batch_size, args.seed)"))]
        made += [("epochs", Code(epochs)), ("initial_epoch", Code(first))]
        if self.held_out:
            made.append(("validation_data", Code("held_out")))
        weights = self.values.get("class_weight")
        if weights == "balanced":
            made.append(("class_weight", Code("balanced(data[1])")))
        elif weights is not None:
            by_class = ", ".join(f"{i}: {literal(w)}" for i, w in enumerate(weights))
            made.append(("class_weight", Code(f"{{{by_class}}}")))
        return [*made, *arguments_of("fit", self.training, self.shaped.outputs, self.spelling)]

    def logger(self, append: str) -> list[Code]:
        """Return the callbacks that keep the history and draw it, if they were asked for."""
        found = [
            Code(f"keras.callbacks.CSVLogger(args.output_dir / {literal(path)}, append={append})")
            for path in self.values.get("history", ())
        ]
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
        shared = [Code("*callbacks")] if self.training.get("callbacks") else []
        fit = self.fit(f"args.epochs + {epochs}", first)
        return [*lines, self._fit(fit, [*shared, *self.logger("True")], "tuning")]

    def written(self) -> list[str]:
        """Return the paths of what the script leaves behind."""
        paths = [path for name in _WRITTEN for path in self.values.get(name, ())]
        return [*paths, *written_by_callbacks(self.training)]

    def ending(self) -> list[Code]:
        lines: list[Code] = []
        if self.evaluates:
            data, title = ("held_out", "Held out") if self.held_out else ("data", "Evaluated")
            arguments: Arguments = [(None, Code(data)), (None, literal(title))]
            lines.append(
                call("evaluate", [(None, Code("model")), *arguments, *self.options("evaluate")])
            )
        if self.reading.tests:
            lines.append(Code('evaluate(model, test, "Test")'))
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


def _metavar(text: str) -> tuple[str, Code]:
    return "metavar", literal(text)


def _help(text: str) -> tuple[str, Code]:
    return "help", literal(text)
