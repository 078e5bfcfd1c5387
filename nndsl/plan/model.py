"""What the templates are given: every decision made, every piece of text ready."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Union

from nndsl.plan.code import Code


@dataclass(frozen=True, slots=True)
class Function:
    """A block as a function, or one that builds a model; an empty line parts groups."""

    template: ClassVar[str] = "parts/function.py.j2"

    name: Code
    signature: Code
    lines: tuple[Code, ...]
    result: Code
    returns: Code = Code("")


@dataclass(frozen=True, slots=True)
class LayerClass:
    """A block or model as a class: `attributes` are the lines of `__init__`."""

    template: ClassVar[str] = "parts/class.py.j2"

    name: Code
    base: Code
    package: Code
    signature: Code
    attributes: tuple[Code, ...]
    build_inputs: Code
    lines: tuple[Code, ...]
    result: Code
    #: Constructor parameters as (key, attribute), for `get_config`.
    config: tuple[tuple[Code, Code], ...]
    #: True for a block that a mask comes into.
    passes_masks: bool = False
    #: True for one that is called with `training`.
    takes_training: bool = False
    #: False for one that takes floats other than float32, which Keras would cast on entry.
    autocast: bool = True


Definition = Union[Function, LayerClass]


@dataclass(frozen=True, slots=True)
class Records:
    """How records are read: features by name for inputs, and for targets and weights."""

    features: tuple[tuple[Code, Code], ...]
    targets: tuple[tuple[Code, Code], ...]
    #: How many records are shuffled at a time.
    buffer: Code
    #: The ways in which features are stored, for the functions that they need.
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Data:
    """How the script gets its data. `kind` is that of the source."""

    kind: str
    default_path: Code | None
    #: What is read: an array, or a dictionary of arrays by the names of inputs or outputs.
    x: Code
    y: Code
    #: For csv: the names of columns that are no features, where features are all others.
    rest_without: Code | None = None
    #: For synthetic: expressions of made-up inputs and targets, and how many samples.
    made_x: Code = Code("")
    made_y: Code = Code("")
    samples: Code = Code("")
    #: A few numbers of each sample, which the targets are made from.
    flat: Code = Code("")
    #: For extern and batches: the call of the user's function.
    loaded: Code = Code("")
    seed: Code | None = None
    #: What weighs the samples.
    weights: Code | None = None
    #: For csv: the texts of the target, in the order of their numbers.
    classes: Code | None = None
    #: For a data set of Keras: its module; `made_x` and `made_y` bring `x` and `y` into shape.
    dataset: Code = Code("")
    #: Whether the samples come in batches; those of the user's own are what `fit` takes.
    streams: bool = False
    #: For folders: what the labels are like, further arguments, and if texts stand in a column.
    label_mode: Code = Code("")
    options: Code = Code("")
    one_column: bool = False
    records: Records | None = None

    @property
    def read_by_tensorflow(self) -> bool:
        """True for files that TensorFlow reads as they are needed, whatever Keras computes with."""
        return self.streams and self.kind != "batches"


@dataclass(frozen=True, slots=True)
class CustomLoop:
    """The training loop written out: what differs from one training to another."""

    backend: Code
    #: How what compiles a step is called, in brackets; None if the step runs as it stands.
    compiled: Code | None
    #: What is gone through in an epoch, and for a first batch; None where none can be taken.
    batches: Code
    first: Code | None
    #: The order of the samples in an epoch; None if they come in their own.
    order: Code | None
    #: How many batches there are.
    steps: Code
    #: What is gone through to validate, if anything is, and after which epochs; None for all.
    held_out: Code
    validates: bool
    validated: Code | None
    verbose: Code
    shows: Code
    #: The classes of a batch, where they weigh differently, and how many there are.
    labels: Code | None
    classes: Code
    #: How many samples there are in a batch, and whether it may bring weights for them.
    rows: Code
    weighted: bool
    #: Whether the optimizer scales the loss, or keeps averages of the weights.
    scales: bool
    averages: bool
    augments: bool


@dataclass(frozen=True, slots=True)
class SharingPlan:
    """How training is shared out to devices; `kind` is the word for it."""

    kind: str
    #: Whether `keras.distribution` does it, to processes too.
    on_jax: bool
    #: The lines that say what splits the axes of which variables.
    layouts: tuple[Code, ...]
    #: The sizes of the axes of devices, `batch` None where it takes all that there are; and how
    #: many devices there have to be, or a multiple of which number.
    model: Code
    batch: Code | None
    devices: Code


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """The script around a model: its functions, its command line, and the lines of `main`."""

    data: Data
    #: The templates of the functions that `main` needs, in order.
    parts: tuple[str, ...]
    #: Lines that add the arguments of the command line.
    arguments: tuple[Code, ...]
    #: The lines of `main`, in groups.
    main: tuple[tuple[Code, ...], ...]
    #: Whether the data may be read without the targets.
    for_predicting: bool
    #: The path of the saved model, from the output folder; and the arguments of `np.savez` that
    #: name its predictions by output.
    saved: Code | None
    predictions: Code
    #: The arguments of the command line that are paths of what is read.
    paths: Code | None
    #: How many samples there are in `data`.
    count: Code
    #: How `evaluate` and `fit` are given the data: `*data`, or `data` where it comes in batches.
    given: Code
    #: Whether texts of numpy have to be turned into tensors.
    converts: bool
    #: What Keras computes with, if the text says so: it has to be known before Keras is imported.
    backend: Code | None
    #: What has to be installed, in the words of pip; and the modules of it that are looked for
    #: beforehand, as Keras imports them only when it needs them.
    needed: Code
    later: Code | None
    #: Whether every epoch begins with a seed of its own: only TensorFlow shuffles alike after a
    #: run was stopped, and a `Dropout` of torch has no state that could be kept.
    seeds_epochs: bool
    #: The layers that change samples in training.
    augment: Code | None
    #: The training loop, if it is written out.
    loop: CustomLoop | None
    #: The lines of what every worker of Ray does, in groups.
    worker: tuple[tuple[Code, ...], ...] = ()
    #: How the work is shared out, if it is.
    sharing: SharingPlan | None = None


@dataclass(frozen=True, slots=True)
class ModulePlan:
    """A whole generated file."""

    title: Code
    standard_imports: tuple[Code, ...]
    imports: tuple[Code, ...]
    #: What is imported of the user's own Python, and of other generated files.
    own_imports: tuple[Code, ...]
    #: Whether a script says what to install, where it cannot import Keras.
    guarded: bool
    #: The decorator that makes a class known to Keras's loader.
    register: Code
    recursion_limit: Code | None
    constants: tuple[tuple[Code, Code], ...]
    #: Blocks and nested models, each in front of those that use it; the model, if it is a class.
    definitions: tuple[Definition, ...]
    #: The function `build_model`; None in a file of blocks.
    build: Function | None
    training: TrainingPlan | None
