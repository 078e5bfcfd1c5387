"""The lines of `main` that read the data, hold a part out, and let layers learn from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nndsl import graph
from nndsl.plan.code import Code, call, literal
from nndsl.plan.data import Relocate, path_code
from nndsl.plan.expressions import Spelling
from nndsl.plan.model import Data
from nndsl.plan.records import reading_records
from nndsl.shapes import ShapedModel
from nndsl.shapes.data import to_adapt


@dataclass(frozen=True, slots=True)
class Reading:
    """How the data of a training are read."""

    training: graph.Training
    values: Mapping[str, Any]
    shaped: ShapedModel
    data: Data
    spelling: Spelling
    relocate: Relocate

    @property
    def caches(self) -> bool:
        """True if what was read is kept in memory."""
        return bool(self.values.get("cache")) and self.data.streams

    @property
    def shuffles(self) -> bool:
        return bool(self.values.get("shuffle", True))

    @property
    def fraction(self) -> graph.Expression | None:
        """The part of the data that is held out, if it is not a source of its own."""
        given = self.training.held_out
        if isinstance(given, graph.LastPart):
            return given.fraction
        return None if isinstance(given, graph.DataSource) else given

    @property
    def in_order(self) -> bool:
        return isinstance(self.training.held_out, graph.LastPart)

    @property
    def tests(self) -> bool:
        """True if there are data for a test at the end."""
        return self.training.get("test_data") is not None or self.data.kind == "datasets"

    @property
    def given(self) -> Code:
        """How `evaluate` is given the data; `fit` the same."""
        if self.data.streams:
            return Code("data")
        return Code("*data[:2], sample_weight=data[2]" if self.data.weights else "*data")

    @property
    def converts(self) -> bool:
        """True if there are texts in arrays."""
        texts = any(tensor.dtype == "string" for tensor in self.shaped.inputs.values())
        return texts and not self.data.streams

    def lines(self) -> list[Code]:
        if self.data.kind == "batches":
            return [Code(f"data = {self.data.loaded}"), *self._others()]
        read = self._batches() if self.data.streams else self._arrays()
        lines = [*read, *self._others()]
        if self.caches and self.training.held_out is not None:
            lines.append(Code("held_out = held_out.cache()"))
        return [*lines, *self._adapting()]

    def converting(self) -> list[Code]:
        """Return the line that makes tensors of texts, if there are any."""
        if not self.converts:
            return []
        names = ["data"]
        names += ["held_out"] if self.training.held_out is not None else []
        names += ["test"] if self.tests else []
        made = ", ".join(f"tensors({name})" for name in names)
        return [Code(f"{', '.join(names)} = {made}")]

    def _arrays(self) -> list[Code]:
        if self.data.kind == "datasets":
            lines = [Code("data, test = download()"), Code("data = take(data, slice(args.limit))")]
        elif self.data.kind == "synthetic":
            seed = self.data.seed or Code("args.seed")
            read = f"synthetic_data({seed}) if args.data is None else load_data(args.data)"
            lines = [Code(f"data = take({read}, slice(args.limit))")]
        elif self.data.kind == "extern":
            read = f"{self.data.loaded} if args.data is None else load_data(args.data)"
            lines = [Code(f"data = take({read}, slice(args.limit))")]
        else:
            lines = [Code("data = take(load_data(args.data), slice(args.limit))")]
        if self.fraction is not None:
            part = self.spelling.expression(self.fraction)
            seed = Code("") if self.in_order else Code(", args.seed")
            lines.append(Code(f"data, held_out = split(data, {part}{seed})"))
        return lines

    def _folders(self) -> list[Code]:
        """Return the lines for batches that are read from a folder when they are needed."""
        seed: tuple[str | None, Code] = ("seed", Code("args.seed"))
        if self.fraction is None:
            order = seed if self.shuffles else ("shuffle", Code("False"))
            lines = [Code(f"data = {self._folder(Code('args.data'), order)}")]
        else:
            part = ("validation_split", self.spelling.expression(self.fraction))
            halves = [
                Code(f"{name} = {self._folder(Code('args.data'), part, half, seed)}")
                for name, half in (
                    ("data", ("subset", literal("training"))),
                    ("held_out", ("subset", literal("validation"))),
                )
            ]
            lines = halves
        lines += [
            Code("if args.limit:"),
            Code("    data = data.take(-(-args.limit // args.batch_size))"),
        ]
        if self.caches:
            # Batches come in a new order all the same.
            again = ".shuffle(len(data), seed=args.seed)" if self.shuffles else ""
            lines.append(Code(f"data = data.cache(){again}"))
        return lines

    def _batches(self) -> list[Code]:
        """Return the lines for batches that are read when they are needed."""
        if self.data.records is not None:
            part = self.spelling.expression(self.fraction) if self.fraction is not None else None
            lines = reading_records(
                self.data, part, in_order=self.in_order, shuffles=self.shuffles, caches=self.caches
            )
        else:
            lines = self._folders()
        if self.training.get("augment"):
            rest = ("*rest", "*rest") if self.data.weights is not None else ("y", "y")
            changed = f"lambda x, {rest[0]}: (augment(x, training=True), {rest[1]})"
            lines.append(Code(f"data = data.map({changed})"))
        ahead = self.training.get("prefetch")
        if ahead is not None:
            word = isinstance(ahead, graph.Word)
            number = Code("tf.data.AUTOTUNE") if word else self.spelling.expression(ahead)
            lines.append(Code(f"data = data.prefetch({number})"))
        return lines

    def _folder(self, path: Code, *more: tuple[str | None, Code]) -> Code:
        return call("load_data", [(None, path), (None, Code("args.batch_size")), *more])

    def _others(self) -> list[Code]:
        """Return the lines that read data to validate or test on from places of their own."""
        lines = []
        for name, source in (
            ("held_out", self.training.held_out),
            ("test", self.training.get("test_data")),
        ):
            if isinstance(source, graph.DataSource) and source.function is not None:
                lines.append(Code(f"{name} = {self.spelling.expression(source.function)}"))
            elif isinstance(source, graph.DataSource):
                path = path_code(self.relocate(source.path))
                read = f"load_data({path})"
                if self.data.records is not None:
                    read = f"load_data(read_records({path}), args.batch_size)"
                elif self.data.streams:
                    read = self._folder(path, ("shuffle", Code("False")))
                lines.append(Code(f"{name} = {read}"))
        return lines

    def _adapting(self) -> list[Code]:
        """Return the lines that let layers learn from the training data."""
        lines = []
        for node, input_ in to_adapt(self.shaped):
            if input_ is None:
                continue
            if self.data.records is not None:
                key = f"[{literal(input_.name)}]" if len(self.shaped.inputs) > 1 else ""
                values = f"data.map(lambda x, *_: x{key})"
            elif self.data.streams:
                values = "data.map(lambda x, y: x)"
            elif len(self.shaped.inputs) == 1:
                values = "data[0]"
            else:
                values = f"data[0][{literal(input_.name)}]"
            lines.append(Code(f"model.get_layer({literal(node.name.text)}).adapt({values})"))
        return lines
