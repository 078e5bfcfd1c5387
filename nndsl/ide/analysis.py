"""A text as it is known while it is typed: its tokens, its tree, and what a check finds out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from nndsl import graph
from nndsl.compiler import Checked, Options, check_all
from nndsl.diagnostic import Diagnostic
from nndsl.ide.names import Index, index_names
from nndsl.imports import Files
from nndsl.layers.rule import LayerRule, Tensor, Weight, shape_text
from nndsl.memory import Memory
from nndsl.shapes.model import MaybeTensor, Part, Step, Use
from nndsl.source import Source
from nndsl.syntax import tree
from nndsl.syntax.lexer import Token
from nndsl.syntax.parser import Read


@dataclass(slots=True)
class Place:
    """A stage of the text, each time that the model comes by: what it gives, and its weights."""

    start: int
    end: int
    rule: LayerRule | None = None
    uses: list[Use] = field(default_factory=list)
    outputs: list[tuple[MaybeTensor, ...]] = field(default_factory=list)
    inputs: list[tuple[MaybeTensor, ...]] = field(default_factory=list)
    #: By the name of a layer, so that what is shared counts once.
    weights: list[dict[tuple[str, str], Weight]] = field(default_factory=list)

    @property
    def shapes(self) -> str:
        """What it gives, as a text says it: the first time, and the last if they differ."""
        texts = list(dict.fromkeys(tensors_text(tensors) for tensors in self.outputs))
        texts = [text for text in texts if text]
        if len(texts) > 1:
            return f"{texts[0]} … {texts[-1]}"
        return texts[0] if texts else ""

    @property
    def parameters(self) -> int | None:
        """All of its weights together; None if some of them are not known."""
        weights: dict[tuple[str, str], Weight] = {}
        for found in self.weights:
            weights |= found
        if not all(weight.known for weight in weights.values()):
            return None
        return sum(weight.size for weight in weights.values())


def tensor_text(tensor: Tensor) -> str:
    dtype = "" if tensor.dtype == "float32" else tensor.dtype
    return dtype + shape_text(tensor.shape)


def tensors_text(tensors: tuple[MaybeTensor, ...]) -> str:
    if not tensors or None in tensors:
        return ""
    return ", ".join(tensor_text(tensor) for tensor in tensors if tensor is not None)


class Analysis:
    """All that is known of one text. What few requests need is worked out when it is asked for."""

    def __init__(
        self, source: Source, options: Options, files: Files | None, memory: Memory | None = None
    ) -> None:
        self.source = source
        self.options = options
        self.files = files
        self.memory = memory or Memory()
        #: What was known of the version before has moved to this one from here on.
        self.read: Read = self.memory.read(source)

    @cached_property
    def checked(self) -> Checked:
        parsed = (self.read.module, self.read.problems)
        return check_all(self.source, self.options, self.files, parsed, self.memory)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        return self.checked.diagnostics

    @property
    def tokens(self) -> list[Token]:
        return self.read.tokens

    @cached_property
    def names(self) -> Index:
        return index_names(self.module)

    @property
    def module(self) -> tree.Module:
        return self.read.module

    @cached_property
    def places(self) -> dict[tuple[int, int], Place]:
        """Return the stages of this text that models come by, by where they stand."""
        places: dict[tuple[int, int], Place] = {}
        for model in self.checked.shaped.models.values():
            seen: set[int] = set()
            if model.walked is not None:
                for step in self._walk(model.walked, places):
                    seen.add(step.index)
            for use in model.uses:
                if use.index not in seen:
                    self._add_use(use, places)
        return places

    def _walk(self, part: Part, places: dict[tuple[int, int], Place]) -> Iterator[Use]:
        for step in part.steps:
            if isinstance(step, Use):
                self._add_use(step, places)
                yield step
                continue
            inside: list[Use] = []
            for inner in step.parts:
                inside += self._walk(inner, places)
            yield from inside
            self._add_step(step, inside, places)

    def _add_use(self, use: Use, places: dict[tuple[int, int], Place]) -> None:
        place = self._place(use.span.source, use.span.start, use.span.end, places)
        if place is None:
            return
        place.rule = use.rule
        place.uses.append(use)
        place.inputs.append(use.inputs)
        place.outputs.append(use.outputs)
        place.weights.append({(use.name, w.name): w for w in use.weights})

    def _add_step(
        self, step: Step, inside: list[Use], places: dict[tuple[int, int], Place]
    ) -> None:
        if isinstance(step.node, graph.ChoiceNode) or not step.parts:
            return
        place = self._place(step.node.span.source, step.node.span.start, step.node.span.end, places)
        if place is None:
            return
        place.inputs.append(step.parts[0].inputs)
        place.outputs.append(step.parts[-1].outputs)
        place.weights.append({(u.name, w.name): w for u in inside for w in u.weights})

    def _place(
        self, source: Source, start: int, end: int, places: dict[tuple[int, int], Place]
    ) -> Place | None:
        if source is not self.source:
            return None
        return places.setdefault((start, end), Place(start, end))

    def place_at(self, offset: int) -> Place | None:
        """Return the innermost stage at an offset."""
        around = [p for p in self.places.values() if p.start <= offset <= p.end]
        return min(around, key=lambda place: place.end - place.start, default=None)

    def token_at(self, offset: int) -> Token | None:
        """Return the word at an offset, or the one that ends there."""
        ending = None
        for token in self.tokens:
            if token.kind == "_NL":
                continue
            if token.start <= offset < token.end:
                return token
            if token.end == offset:
                ending = token
            if token.start > offset:
                break
        return ending
