"""All settings of `train`, in the order in which the documentation lists them.

To add an argument of `compile` or `fit` is to add a line here.
"""

from __future__ import annotations

from nndsl.layers.argument_types import (
    ArgumentType,
    BoolType,
    ChoiceType,
    EitherType,
    IntType,
    ListType,
    NumberType,
)
from nndsl.training.setting import (
    Column,
    Contents,
    Form,
    Names,
    NumberPerOutput,
    One,
    Options,
    Part,
    PartPerOutput,
    Parts,
    Paths,
    Setting,
    Sharing,
    Source,
)

COUNT = IntType("a positive integer", 1)
WHOLE = IntType("an integer of at least 0", 0)
FLAG = BoolType("`true` or `false`")
SEED = IntType("an integer from 0 to 2**32 - 1", 0, 2**32 - 1)
AUTO_OR_FLAG = EitherType("`auto`, `true` or `false`", ChoiceType("auto"), FLAG)
AUTO_OR_COUNT = EitherType("`auto` or a positive integer", ChoiceType("auto"), COUNT)
VERBOSITY = EitherType("`auto`, 0, 1 or 2", ChoiceType("auto"), IntType("", 0, 2))
EPOCHS_OF_VALIDATION = EitherType(
    "a positive integer, or a list of epochs", COUNT, ListType("", COUNT)
)
PER_CLASS = EitherType(
    "a number for each class in a list, or `balanced`",
    ListType("", NumberType("a number of at least 0", 0)),
    ChoiceType("balanced"),
)
LOOP = ChoiceType("fit", "custom")
BACKEND = ChoiceType("tensorflow", "jax", "torch")
POLICY = ChoiceType("mixed_float16", "mixed_bfloat16", "float32", "float64", "float16", "bfloat16")


def _one(name: str, type_: ArgumentType, goes: str, doc: str) -> Setting:
    return Setting(name, One(type_), goes, doc)


#: What `evaluate` and `predict` of Keras take beside the data.
_BATCHES: dict[str, Form] = {
    "batch_size": One(COUNT),
    "steps": One(COUNT),
    "verbose": One(VERBOSITY),
}

_ALL = (
    # What is learnt, and how.
    Setting("optimizer", Part("optimizers"), "compile", "How the weights are changed."),
    Setting("loss", PartPerOutput("losses"), "compile", "What is made small."),
    Setting("metrics", PartPerOutput("metrics", many=True), "compile", "What is shown beside it."),
    Setting(
        "weighted_metrics",
        PartPerOutput("metrics", many=True),
        "compile",
        "Metrics that count the samples by `sample_weight` and `class_weight`.",
    ),
    Setting("loss_weights", NumberPerOutput(), "compile", "How much each output's loss counts."),
    _one("steps_per_execution", AUTO_OR_COUNT, "compile", "Batches in one call of the graph."),
    _one("jit_compile", AUTO_OR_FLAG, "compile", "Whether XLA compiles the model."),
    _one("run_eagerly", FLAG, "compile", "Whether to run step by step, for debugging."),
    _one("auto_scale_loss", FLAG, "compile", "Whether float16 training scales the loss."),
    # How long, and on what.
    _one("epochs", COUNT, "", "How often all samples are gone through."),
    _one("batch_size", COUNT, "", "Samples in a step."),
    _one("initial_epoch", WHOLE, "", "The epoch to begin with, counted from 0."),
    _one("steps_per_epoch", COUNT, "fit", "Batches in an epoch, where not all."),
    _one("shuffle", FLAG, "fit", "Whether every epoch has another order."),
    _one("class_weight", PER_CLASS, "", "How much the samples of each class count."),
    Setting("callbacks", Parts("callbacks"), "", "What is done after every epoch or batch."),
    _one("loop", LOOP, "", "Whether Keras's `fit` trains, or a loop that is written out."),
    _one("verbose", VERBOSITY, "fit", "How much is printed."),
    # Held-out data.
    Setting("validation", Source(fraction=True), "", "What is held out to validate on."),
    Setting("validation_data", Source(), "", "The same, where it is a source of its own."),
    _one("validation_batch_size", COUNT, "fit", "Samples in a step of validation."),
    _one("validation_steps", COUNT, "fit", "Batches of validation, where not all."),
    _one("validation_freq", EPOCHS_OF_VALIDATION, "fit", "After which epochs to validate."),
    # Where the numbers come from.
    Setting("data", Source(), "", "What is learnt from."),
    Setting("test_data", Source(), "", "What is evaluated on at the end, and nothing else."),
    Setting("sample_weight", Column(), "", "How much each sample counts: an array or column."),
    Setting("augment", Parts("layers"), "", "Layers that change the samples in training only."),
    _one("cache", FLAG, "", "Whether what was read of a folder stays in memory."),
    _one("prefetch", AUTO_OR_COUNT, "", "Batches of a folder that are read ahead."),
    Setting("labels", Contents(), "", "What the labels are like, for checks alone."),
    Setting("inputs", Contents(of_inputs=True), "", "What the inputs are like, for checks alone."),
    _one("seed", SEED, "", "For everything random."),
    # The model before it is trained.
    _one("backend", BACKEND, "", "What Keras computes with."),
    Setting("distribute", Sharing(), "", "Which devices, processes or machines share the work."),
    _one("precision", POLICY, "", "What the layers compute and keep their weights in."),
    Setting("weights", Paths((".keras", ".weights.h5")), "", "The weights to begin with."),
    Setting("freeze", Names(), "", "Layers and blocks that keep their weights."),
    Setting(
        "fine_tune",
        Options({"epochs": One(COUNT), "optimizer": Part("optimizers"), "freeze": Names()}),
        "",
        "A second phase, in which what was frozen is trained as well.",
    ),
    # Afterwards.
    Setting(
        "evaluate",
        Options(_BATCHES, first=One(FLAG)),
        "",
        "Whether to evaluate on what was held out, or else on all.",
    ),
    Setting("predict", Options(_BATCHES, first=One(WHOLE)), "", "Rows to predict at the end."),
    Setting("save", Paths((".keras", ".weights.h5")), "", "Where the model or its weights go."),
    Setting("export", Paths((".onnx", "")), "", "Where what is served goes."),
    Setting("history", Paths((".csv",), several=False), "", "Where the losses of the epochs go."),
    Setting(
        "plot",
        Paths((".png", ".svg", ".pdf"), several=False),
        "",
        "Where a picture of the losses and metrics goes.",
    ),
)

#: Setting -> its declaration.
SETTINGS = {setting.name: setting for setting in _ALL}

#: Arguments of callbacks that are paths of what they write.
CALLBACK_PATHS = frozenset({"filepath", "directory", "log_dir", "filename", "backup_dir"})

#: What a callback is that is named without arguments: arguments that suit most trainings. In a
#: text, {name} is the model's name.
SHORT_CALLBACKS: dict[str, dict[str, float | bool | str]] = {
    "EarlyStopping": {"patience": 5, "restore_best_weights": True},
    "ModelCheckpoint": {"filepath": "{name}_best.keras", "save_best_only": True},
    "BackupAndRestore": {"backup_dir": "{name}_backup"},
    "TensorBoard": {"log_dir": "{name}_logs"},
    "CSVLogger": {"filename": "{name}_history.csv"},
    "ReduceLROnPlateau": {"factor": 0.5, "patience": 3},
}
