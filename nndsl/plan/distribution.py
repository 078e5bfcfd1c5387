"""How training is shared out -> lines of the script, and what the script needs for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nndsl import graph
from nndsl.plan.code import Code, call, dict_of, literal, tuple_of
from nndsl.plan.model import SharingPlan
from nndsl.shapes import ShapedModel
from nndsl.shapes.variable_paths import keras_patterns, variables
from nndsl.training.distribution import STRATEGIES

Arguments = list[tuple[str | None, Code]]


class Sharing:
    """The lines of one way to share training out; none, where it is not asked for."""

    def __init__(
        self, training: graph.Training, values: Mapping[str, Any], shaped: ShapedModel
    ) -> None:
        self.given: graph.Distribution | None = training.get("distribute")
        self.kind = self.given.kind if self.given is not None else ""
        self.options: dict[str, Any] = values.get("distribute", {})
        self.shaped = shaped
        self.shuffles = values.get("shuffle", True)
        self.validation_batch = values.get("validation_batch_size")

    @property
    def on_jax(self) -> bool:
        """True where batches are dealt out by `keras.distribution`, to processes too."""
        return bool(self.kind) and STRATEGIES[self.kind].backend == "jax"

    @property
    def on_workers(self) -> bool:
        """True where Ray runs the training, in processes that it starts."""
        return self.kind == "ray"

    def plan(self) -> SharingPlan | None:
        if self.given is None:
            return None
        batch = self.options.get("batch")
        return SharingPlan(
            kind=self.kind,
            on_jax=self.on_jax,
            layouts=tuple(self._layouts()),
            model=literal(self.options.get("model", 1)),
            batch=literal(batch) if batch is not None else None,
            devices=literal((batch or 1) * self.options.get("model", 1)),
        )

    def parts(self, *, streams: bool) -> list[str]:
        """Return the templates of functions that `main` needs."""
        if not self.on_jax:
            return []
        report = ["report"] if self.on_workers else []
        return [*([] if streams else ["shares"]), f"distribute_{self.kind}", *report]

    # ---- Lines of `main`

    def beginning(self, *, streams: bool) -> list[Code]:
        """Return the lines in front of everything that computes."""
        if self.kind == "mirrored":
            devices: Arguments = []
            if "devices" in self.options:
                devices = [(None, literal(list(self.options["devices"])))]
            return [Code(f"strategy = {call('tf.distribute.MirroredStrategy', devices)}")]
        if not self.on_jax:
            return []
        return [Code(f"{'' if streams else 'distribution = '}distribute(args.batch_size)")]

    def within(self, lines: list[Code]) -> list[Code]:
        """Return lines that make variables, where they have to stand."""
        if self.kind != "mirrored":
            return lines
        return [Code("with strategy.scope():"), *(Code(f"    {line}") for line in lines)]

    def alone(self) -> list[Code]:
        """Return the lines behind the training, for what takes any number of rows."""
        if not self.on_jax:
            return []
        return [Code("keras.distribution.set_distribution(None)  # what follows is for one device")]

    def first_process_alone(self, *, writes: bool) -> list[Code]:
        """Return the lines behind which the first process goes on alone."""
        if not self.on_jax:
            return []
        tidy = [Code("    shutil.rmtree(args.output_dir)")] if writes else []
        return [Code("if jax.process_index() > 0:"), *tidy, Code("    return")]

    def folder_of_others(self) -> list[Code]:
        """Return the lines that keep what other processes write apart."""
        if not self.on_jax:
            return []
        return [
            Code("folder = args.output_dir"),
            Code("if jax.process_index() > 0:  # only the first process leaves something behind"),
            Code("    args.output_dir = Path(tempfile.mkdtemp())"),
        ]

    def batches(self, data: str, *, streams: bool, trains: bool) -> Code:
        """Return this process's part of the batches of some data."""
        size = "args.batch_size"
        if not trains and self.validation_batch is not None:
            size = literal(self.validation_batch)
        if streams:
            return Code(f"{data}.unbatch().batch({size}, drop_remainder=True)")
        shuffled = ", shuffle=True" if trains and self.shuffles else ""
        return Code(f"Shares({data}, {size}, distribution{shuffled})")

    # ---- Ray

    def launching(self) -> list[Code]:
        """Return the lines of `main` that have Ray train."""
        on_gpu = self.options.get("use_gpu", False)
        env = {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cuda" if on_gpu else "cpu"}
        scaling = call(
            "ray.train.ScalingConfig",
            [("num_workers", literal(self.options["workers"])), ("use_gpu", literal(on_gpu))],
        )
        keeping = "ray.train.CheckpointConfig(num_to_keep=1)"
        run = call(
            "ray.train.RunConfig",
            [
                ("storage_path", Code('str(args.output_dir / "ray")')),
                ("checkpoint_config", Code(keeping)),
            ],
        )
        trainer: Arguments = [
            (None, Code("train_on_worker")),
            ("train_loop_config", Code("vars(args)")),
            ("scaling_config", scaling),
            ("run_config", run),
        ]
        return [
            Code(f"ray.init(runtime_env={dict_of([('env_vars', literal(env))])})"),
            Code(f"result = {call('JaxTrainer', trainer)}.fit()"),
            Code('print("Reported by the first worker:", result.metrics)'),
        ]

    # ---- Layouts

    def _layouts(self) -> Iterable[Code]:
        """Yield the lines that say what splits the axes of which variables."""
        known = variables(self.shaped)
        for layout in self.given.layouts if self.given is not None else ():
            axes = tuple_of([literal(axis.text if axis else None) for axis in layout.axes])
            found = [literal(one) for one in keras_patterns(layout.pattern.text, known) or ()]
            if len(found) == 1:
                yield Code(f"layout[{found[0]}] = {axes}")
            else:
                yield Code(f"for path in {tuple_of(found)}:")
                yield Code(f"    layout[path] = {axes}")
