"""The command line of a script, and what it writes for `--predict`."""

from __future__ import annotations

import keyword
from dataclasses import dataclass

from nndsl import graph
from nndsl.plan.code import Code, call, dict_of, list_of, literal, name, tuple_of
from nndsl.plan.expressions import Spelling
from nndsl.plan.model import Data
from nndsl.shapes import ShapedModel

#: Parameters that `np.savez` has of its own.
_NAMES_OF_SAVEZ = ("file", "allow_pickle")
#: Data that no file on the command line takes the place of.
WITHOUT_FILE = ("datasets", "batches")


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The arguments that a script takes; `saves` if there will be a model to use again."""

    training: graph.Training
    data: Data
    spelling: Spelling
    saves: bool

    def expression(self, setting: str, default: str) -> Code:
        """Return what a setting was given, or its default."""
        value = self.training.get(setting)
        return self.spelling.expression(value) if value is not None else Code(default)

    def arguments(self) -> tuple[Code, ...]:
        """Return the lines that add arguments of the command line."""

        def add(flag: str, *more: tuple[str, Code]) -> Code:
            return call("parser.add_argument", [(None, literal(flag)), *more])

        positive, integer = ("type", Code("positive")), ("type", Code("int"))
        path = ("type", Code("Path"))
        without = "the data of your function" if self.data.kind == "extern" else "synthetic data"
        data_help = _help(f"an .npz file; {without} without it")
        data = ("default", self.data.default_path) if self.data.default_path else data_help
        of_file = [] if self.data.kind in WITHOUT_FILE else [add("--data", path, data)]
        limit = add("--limit", positive, _metavar("N"), _help("use only the first N samples"))
        lines = [
            add("--epochs", positive, ("default", self.expression("epochs", "1"))),
            add("--batch-size", positive, ("default", self.expression("batch_size", "32"))),
            *of_file,
            *([limit] if self.data.kind != "batches" else []),
            add("--seed", integer, ("default", self.expression("seed", "0"))),
            add("--output-dir", path, ("default", Code("Path()")), _help("where results go")),
            add(
                "--resume",
                ("action", literal("store_true")),
                _help("go on with a run that was stopped"),
            ),
        ]
        if self.saves:
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
        names = [] if self.data.kind in WITHOUT_FILE else ["data"]
        names += ["evaluate", "predict"] if self.saves else []
        return tuple_of([Code(f"args.{name}") for name in names]) if names else None


def predictions(shaped: ShapedModel, style: str) -> Code:
    """Return the arguments of `np.savez` that name by output what the model predicts."""
    outputs = list(shaped.outputs)
    names = [f"{one}_" if one in _NAMES_OF_SAVEZ else one for one in outputs]
    if style == "subclass" and len(outputs) > 1:
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


def _metavar(text: str) -> tuple[str, Code]:
    return "metavar", literal(text)


def _help(text: str) -> tuple[str, Code]:
    return "help", literal(text)
