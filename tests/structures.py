"""Gives random models more structure: what they compute is known to fit before.

A program of `random_models.py` is written in another way, so that it has models in it, shared
blocks, loops and choices as lines, lists of tensors and parts in Python. Layers change their names
by that, some are made again, and outputs are added; nndsl and Keras have to agree on all of it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from draws import RULES
from random_models import (
    HEAVY,
    KEEPING,
    Apply,
    Argument,
    Block,
    Body,
    Choice,
    Drawing,
    Flow,
    Flowing,
    Fork,
    Input,
    Line,
    Loop,
    Meaning,
    Program,
    Ref,
    Repeat,
    Stage,
    Stages,
    Use,
    defined,
    draw_plain,
    inside,
    renamed,
    tensors_used,
)

from nndsl import vocabulary
from nndsl.layers.rule import LayerValue
from nndsl.resolve.naming import OPERATIONS_LIKE_LAYERS, family

GATE = 'extern layer Gate(units, rate = 0.1) from "own_parts" -> [.., units]'
SHIFT = 'extern function shift(by = 2) from "own_parts" -> [..]'


def draw_program(seed: int | str) -> tuple[Program, Meaning]:
    """Return the program of a seed, and what was applied in it before it got its structure."""
    program, drawing = draw_plain(seed)
    return Structure(program, drawing, random.Random(f"structure {seed}")).made(), drawing.meaning


class Structure:
    """Rewrites one program, a few times, in one way after the other."""

    def __init__(self, program: Program, drawing: Drawing, chance: random.Random) -> None:
        self.program = program
        self.drawing = drawing
        self.random = chance
        #: What is known of the tensors of the model's own body, without what is added here.
        self.tensors: dict[str, Flowing] = drawing.frame.tensors

    def made(self) -> Program:
        ways: tuple[tuple[float, Callable[[], None]], ...] = (
            (0.4, self.nest),
            (0.4, self.take_out),
            (0.5, self.share),
            (0.2, self.share_in_loop),
            (0.25, self.call_python),
            (0.3, self.loop),
            (0.3, self.choose),
            (0.3, self.choose_in_block),
            (0.35, self.list),
        )
        for chance, way in ways:
            while self.random.random() < chance:
                way()
        return self.program

    # ---- The lines of the model

    @property
    def body(self) -> Body:
        return self.program.body

    def change(self, **parts: Any) -> None:
        self.program = replace(self.program, body=replace(self.body, **parts))

    def put(self, index: int, *lines: Line) -> None:
        """Put lines in the place of one."""
        flows = self.body.flows
        self.change(flows=(*flows[:index], *lines, *flows[index + 1 :]))

    def one_of(self, places: Sequence[Any]) -> Any:
        return self.random.choice(places) if places else None

    def lines(self, fits: Callable[[Flow], bool]) -> list[int]:
        """Return the places of the flows that fit."""
        flows = enumerate(self.body.flows)
        return [i for i, line in flows if isinstance(line, Flow) and fits(line)]

    def new_name(self) -> str:
        """Return a name that is no word of the program: neither a tensor nor an activation."""
        words = set(re.findall(r"\w+", self.program.text()))
        while (name := self.drawing.new_name()) in words:
            pass
        return name

    def before(self, index: int) -> Iterator[str]:
        """Yield the names of tensors that are known in front of a line."""
        for input_ in self.body.inputs:
            yield input_.name
        for line in self.body.flows[:index]:
            yield from (name for name in defined(line) if name in self.tensors)

    def block(self, name: str) -> Block | None:
        return next((block for block in self.program.blocks if block.name == name), None)

    # ---- Nested models

    def nest(self) -> None:
        """Make a model of a block, for what comes into it in one place."""
        index = self.one_of(self.lines(self._applies_a_block))
        if index is None:
            return
        flow = self.body.flows[index]
        assert isinstance(flow, Flow) and isinstance(flow.stages[0], Apply)
        block = self.block(flow.stages[0].callee)
        free = [n for n in self.drawing.block_names if n not in self.drawing.taken]
        if block is None or not free:
            return
        self.drawing.block_names.remove(free[0])
        inputs = tuple(
            Input(one.name, _shape(self.tensors[source.name]), self.tensors[source.name].dtype)
            for one, source in zip(block.body.inputs, flow.sources, strict=True)
        )
        body = replace(block.body, inputs=inputs)
        if block.point_free:
            body = self._of_chain(body)
        names = [name for line in body.flows for name in defined(line)]
        if any(name.startswith("_") for name in (*names, *(name for name, _ in body.shared))):
            return  # TensorFlow refuses it, and so do we
        model = Block(free[0], block.parameters, body, is_model=True)
        first = replace(flow.stages[0], callee=model.name)
        self.program = replace(self.program, blocks=(*self.program.blocks, model))
        self.put(index, replace(flow, stages=(first, *flow.stages[1:])))

    def _applies_a_block(self, flow: Flow) -> bool:
        stage = flow.stages[0] if flow.stages else None
        block = self.block(stage.callee) if isinstance(stage, Apply) else None
        return (
            block is not None
            and not block.is_model
            and vocabulary.REQUIRED not in (value for _, value in block.parameters)
            and all(isinstance(s, Use) and s.name in self.tensors for s in flow.sources)
        )

    def _of_chain(self, body: Body) -> Body:
        (flow,) = body.flows
        assert isinstance(flow, Flow)
        name, last = self.new_name(), flow.stages[-1]
        names = last.names or (self.new_name(),)
        flow = Flow((Use(name),), (*flow.stages[:-1], replace(last, names=names)))
        return Body((replace(body.inputs[0], name=name),), (), (flow,), names)

    # ---- Blocks and models of what a line begins with

    def take_out(self) -> None:
        """Make a block or a model of the stages that a line begins with."""
        places = [
            (index, count)
            for index in self.lines(self._begins_with_known)
            for count in range(1, len(self._stages(index)) + 1)
            if self._stands_alone(self._stages(index)[:count])
        ]
        place = self.one_of(places)
        free = [n for n in self.drawing.block_names if n not in self.drawing.taken]
        if place is None or not free:
            return
        index, count = place
        flow = self.body.flows[index]
        assert isinstance(flow, Flow)
        self.drawing.block_names.remove(free[0])
        inside, names = flow.stages[:count], flow.stages[count - 1].names
        result = self.new_name()
        named = (*inside[:-1], replace(inside[-1], names=(result,)))
        inputs = tuple(
            Input(self.new_name(), _shape(self.tensors[s.name]), self.tensors[s.name].dtype)
            for s in flow.sources
        )
        line = Flow(tuple(Use(i.name) for i in inputs), named)
        # TensorFlow refuses such a name inside of a nested model, and so do we.
        may_be_model = not any(n.startswith("_") for n in defined(line))
        is_model = self.random.random() < 0.6 and may_be_model
        if not is_model:
            inputs = tuple(Input(i.name) for i in inputs)
        made = Block(free[0], (), Body(inputs, (), (line,), (result,)), is_model=is_model)
        self.program = replace(self.program, blocks=(*self.program.blocks, made))
        applied = Apply(made.name, (), names)
        self.put(index, replace(flow, stages=(applied, *flow.stages[count:])))

    def _begins_with_known(self, flow: Flow) -> bool:
        return all(isinstance(s, Use) and s.name in self.tensors for s in flow.sources)

    def _stands_alone(self, stages: Stages) -> bool:
        """True if stages give one tensor, and use nothing of the model that they stand in."""
        last = stages[-1]
        if isinstance(last, Fork) or len(last.names) > 1 or "[]" in "".join(last.names):
            return False
        inner = Flow((), (*stages[:-1], replace(last, names=())))
        own = {name for name, _ in self.body.shared} | {block.name for block in self.program.blocks}
        return not (
            any(defined(inner))
            or any(tensors_used(inner))
            or any(callee in own for callee in _callees(inner.stages))
            or any(name not in self.drawing.meaning.constants for name in _references(inner))
        )

    # ---- Shared layers, blocks and models

    def share(self) -> None:
        """Share what a line begins with, and apply it once more to a tensor of the same shape."""
        index = self.one_of(
            self.lines(lambda flow: bool(flow.stages and self._may_share(flow.stages[0])))
        )
        if index is None:
            return
        flow = self.body.flows[index]
        assert isinstance(flow, Flow) and isinstance(flow.stages[0], Apply)
        first = flow.stages[0]
        name = self.new_name()
        applied = replace(flow, stages=(Apply(name, (), first.names), *flow.stages[1:]))
        block = self.block(first.callee)
        count = len(first.names) or (len(block.body.outputs) if block else 0) or 1
        names = tuple(self.new_name() for _ in range(count))
        again = Flow(self._alike(flow.sources, index), (Apply(name, (), names),))
        self.put(index, applied, again)
        pair = (name, replace(first, names=()))
        self.change(shared=(*self.body.shared, pair), outputs=(*self.body.outputs, *names))

    def _may_share(self, stage: Stage) -> bool:
        return (
            isinstance(stage, Apply)
            and (stage.callee in RULES or self.block(stage.callee) is not None)
            and not any(_has_tensor(argument.value) for argument in stage.arguments)
        )

    def _alike(self, sources: tuple[Any, ...], index: int) -> tuple[Any, ...]:
        """Return other tensors of the same shapes and dtypes, where there are such."""
        made = []
        for source in sources:
            found = self.tensors.get(source.name) if isinstance(source, Use) else None
            alike = [n for n in self.before(index) if found and _same(self.tensors[n], found)]
            made.append(Use(self.random.choice(alike)) if alike else source)
        return tuple(made)

    def share_in_loop(self) -> None:
        """Share a layer of a loop that leaves the shape as it is."""
        places = [
            (index, number)
            for index in self.lines(lambda flow: True)
            for number, stage in enumerate(self._stages(index))
            if isinstance(stage, Repeat) and _keeps(stage) and self._may_share(stage.stages[0])
        ]
        place = self.one_of(places)
        if place is None:
            return
        index, number = place
        flow = self.body.flows[index]
        loop = self._stages(index)[number]
        assert isinstance(flow, Flow) and isinstance(loop, Repeat)
        name = self.new_name()
        first = loop.stages[0]
        inner = replace(loop, stages=(Apply(name, (), first.names), *loop.stages[1:]))
        stages = (*flow.stages[:number], inner, *flow.stages[number + 1 :])
        self.put(index, replace(flow, stages=stages))
        self.change(shared=(*self.body.shared, (name, replace(first, names=()))))

    def _stages(self, index: int) -> Stages:
        line = self.body.flows[index]
        return line.stages if isinstance(line, Flow) else ()

    # ---- Python

    def call_python(self) -> None:
        """Let a line end in a layer or function of the user's own."""

        def fits(flow: Flow) -> bool:
            name = _only_name(flow)
            tensor = self.tensors.get(name) if name else None
            return tensor is not None and tensor.dtype == "float32" and tensor.rank >= 2

        index = self.one_of(self.lines(fits))
        if index is None:
            return
        flow = self.body.flows[index]
        assert isinstance(flow, Flow)
        names = flow.stages[-1].names
        size = self.tensors[names[0]].declared.shape[-1]
        part, line = Apply("shift", (Argument("by", 0.5),), names), SHIFT
        if isinstance(size, int) and self.random.random() < 0.6:
            part, line = Apply("Gate", (Argument(None, size),), names), GATE
        if not self.drawing.taken.isdisjoint(("Gate", "shift", "units", "rate", "by")):
            return
        named = (*self.tensors, *(name for name, _ in self.body.shared))
        if line is SHIFT and any(family(name) in OPERATIONS_LIKE_LAYERS for name in named):
            return  # a tensor called `add` before a function that adds is one name twice for Keras
        self.put(
            index, Flow(flow.sources, (*flow.stages[:-1], replace(flow.stages[-1], names=()), part))
        )
        if line not in self.program.externs:
            self.program = replace(self.program, externs=(*self.program.externs, line))

    # ---- Loops and choices as lines

    def loop(self) -> None:
        """Make a line that keeps the shape one that is gone through again and again."""
        index = self.one_of(self.lines(self._keeps_the_shape))
        if index is None:
            return
        flow = self.body.flows[index]
        assert isinstance(flow, Flow)
        (name,) = defined(flow)
        variable, stages = self.new_name(), flow.stages
        items = f"range({self.random.choice([0, 1, 2, 2, 3])})"
        numbers = list(_numbers(stages))
        if numbers and self.random.random() < 0.6:
            place, value = self.random.choice(numbers)
            stages = _with_variable(stages, place, variable)
            items = f"[{value}, {value}]"
        inner = replace(flow, sources=(Use(name),), stages=stages)
        self.put(index, Flow(flow.sources, (), (name,)), Loop(variable, items, (inner,)))

    def _keeps_the_shape(self, flow: Flow) -> bool:
        name = _only_name(flow)
        if name is None or len(flow.sources) != 1 or not isinstance(flow.sources[0], Use):
            return False
        source = flow.sources[0].name
        heavy = any(isinstance(s, Apply) and s.callee in HEAVY for s in flow.stages)
        known = name in self.tensors and source in self.tensors
        # A class would have a shared layer that is never called, which Keras cannot describe.
        shared = {name for name, _ in self.body.shared}
        if not shared.isdisjoint(_callees(flow.stages)) or {*tensors_used(flow)} != {source}:
            return False
        return known and not heavy and _same(self.tensors[name], self.tensors[source])

    def choose(self) -> None:
        """Put a line into one part of a choice, and something simpler into the other."""
        index = self.one_of(self.lines(lambda flow: bool(_names_at_end(flow) and _first(flow))))
        if index is None:
            return
        flow = self.body.flows[index]
        assert isinstance(flow, Flow)
        text, value = self.condition(self.drawing.frame.values)
        self.put(index, *self._choice(flow, text, value, self._keeps_the_shape(flow)))

    def _choice(self, flow: Flow, text: str, value: bool, keeps: bool) -> tuple[Line, ...]:
        source = _first(flow)
        assert source is not None
        names = _names_at_end(flow)
        simple = tuple(Flow((Use(source),), (), (name,)) for name in names)
        if keeps and self.random.random() < 0.4:
            given = replace(flow, sources=(Use(names[0]),))
            return (*simple, Choice(text, (given,)))
        if keeps and self.random.random() < 0.4:
            value = not value
        return (Choice(text, (flow,), simple) if value else Choice(text, simple, (flow,)),)

    def choose_in_block(self) -> None:
        """The same in a block, by constants alone, as every application has its own parameters."""
        places = [
            (number, index)
            for number, block in enumerate(self.program.blocks)
            for index, line in enumerate(block.body.flows)
            if not block.point_free and isinstance(line, Flow)
            if _names_at_end(line) and _first(line)
        ]
        place = self.one_of(places)
        if place is None:
            return
        number, index = place
        block = self.program.blocks[number]
        flow = block.body.flows[index]
        assert isinstance(flow, Flow)
        own = {name for name, _ in block.parameters}
        known = {n: v for n, v in self.drawing.meaning.constants.items() if n not in own}
        lines = self._choice(flow, *self.condition(known), keeps=False)
        flows = (*block.body.flows[:index], *lines, *block.body.flows[index + 1 :])
        made = replace(block, body=replace(block.body, flows=flows))
        blocks = self.program.blocks
        self.program = replace(self.program, blocks=(*blocks[:number], made, *blocks[number + 1 :]))

    def condition(self, values: dict[str, Any], depth: int = 2) -> tuple[str, bool]:
        """Draw a condition, and whether it holds."""
        kind = self.random.random()
        if depth and kind < 0.35:
            (left, a), (right, b) = (self.condition(values, depth - 1) for _ in range(2))
            word = self.random.choice(["and", "or"])
            return f"({left}) {word} ({right})", (a and b) if word == "and" else (a or b)
        if depth and kind < 0.5:
            inner, value = self.condition(values, depth - 1)
            return f"not ({inner})", not value
        numbers = {n: v for n, v in values.items() if type(v) in (int, float)}
        number = self.random.choice([1, 2, 3, 4])
        if numbers:
            name = self.random.choice(sorted(numbers))
            return f"{name} > {number}", numbers[name] > number
        if kind < 0.75:
            return f"max({number}, 2) == 2", max(number, 2) == 2
        return self.random.choice([("true", True), ("false", False)])

    # ---- Lists of tensors

    def list(self) -> None:
        """Put some tensors into a list, and take them out of it wherever they are used."""
        if any("[" in name for line in self.body.flows for name in defined(line)):
            return
        given = {n for line in self.body.flows if not isinstance(line, Flow) for n in defined(line)}
        names = [
            name
            for index in self.lines(lambda flow: _only_name(flow) is not None)
            if (name := _only_name(self.body.flows[index])) is not None
            if name not in given and name not in self.body.outputs
            if any(name in tensors_used(line) for line in self.body.flows)
        ]
        chosen = self.random.sample(names, min(len(names), self.random.choice([1, 2, 3])))
        if not chosen:
            return
        name, lines, places = self.new_name(), [], dict[str, int]()
        for line in self.body.flows:
            count = len(places)
            items = {
                old: f"{name}[{place if self.random.random() < 0.5 else place - count}]"
                for old, place in places.items()
            }
            line = renamed(line, items)
            if isinstance(line, Flow) and (made := _only_name(line)) in chosen:
                assert made is not None
                places[made] = count
                line = _named(line, f"{name}[]")
            lines.append(line)
        self.change(flows=tuple(lines))


# ---- Parts of lines


def _shape(tensor: Flowing) -> tuple[int | None, ...]:
    return tuple(dim if isinstance(dim, int) else None for dim in tensor.declared.shape[1:])


def _same(left: Flowing, right: Flowing) -> bool:
    return (left.declared.shape, left.real.shape, left.dtype) == (
        right.declared.shape,
        right.real.shape,
        right.dtype,
    )


def _has_tensor(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_has_tensor, value))
    return isinstance(value, Use)


def _keeps(loop: Repeat) -> bool:
    return loop.count > 0 and all(isinstance(s, Apply) and s.callee in KEEPING for s in loop.stages)


def _names_at_end(flow: Line) -> tuple[str, ...]:
    """Return the names that a flow gives at its end, if it gives no others."""
    if not isinstance(flow, Flow) or not flow.stages:
        return ()
    names = flow.stages[-1].names
    return names if tuple(defined(flow)) == names and not any("[" in n for n in names) else ()


def _only_name(flow: Line) -> str | None:
    names = _names_at_end(flow)
    return names[0] if len(names) == 1 else None


def _first(flow: Flow) -> str | None:
    """Return the first tensor that a flow begins with, if it has a name."""
    return next((source.name for source in flow.sources if isinstance(source, Use)), None)


def _named(flow: Flow, name: str) -> Flow:
    last = replace(flow.stages[-1], names=(name,))
    return replace(flow, stages=(*flow.stages[:-1], last))


def _numbers(stages: Stages) -> Iterator[tuple[tuple[int, int], Any]]:
    """Yield where numbers stand in the arguments of layers, and the numbers."""
    for index, stage in enumerate(stages):
        for number, argument in enumerate(stage.arguments if isinstance(stage, Apply) else ()):
            if type(argument.value) in (int, float) and argument.name != "seed":
                yield (index, number), argument.value


def _callees(stages: Stages) -> Iterator[str]:
    for stage in stages:
        if isinstance(stage, Apply):
            yield stage.callee
        elif isinstance(stage, Repeat):
            yield from _callees(stage.stages)
        else:
            for branch in stage.branches:
                yield from _callees(branch)


def _references(value: Any) -> Iterator[str]:
    """Yield the constants and parameters that something uses."""
    if isinstance(value, Ref):
        yield value.name
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _references(item)
    elif isinstance(value, (Flow, Apply, Argument, Fork, Repeat, LayerValue)):
        for name in value.__dataclass_fields__:
            yield from _references(getattr(value, name))


def _with_variable(stages: Stages, place: tuple[int, int], variable: str) -> Stages:
    index, number = place
    stage = stages[index]
    assert isinstance(stage, Apply)
    given = list(stage.arguments)
    given[number] = replace(given[number], value=Ref(variable))
    return (*stages[:index], replace(stage, arguments=tuple(given)), *stages[index + 1 :])


def kinds(program: Program) -> set[str]:
    """Return what of the language a program has, for the tally."""
    made = set()
    bodies = (program.body, *(block.body for block in program.blocks))
    lines = [line for body in bodies for line in _all(body.flows)]
    callees = {made.callee for body in bodies for _, made in body.shared}
    if any(block.is_model for block in program.blocks):
        made.add("nested models")
    if any(block.name in callees for block in program.blocks):
        made.add("shared blocks")
    for kind, name in ((Loop, "loops"), (Choice, "choices")):
        if any(isinstance(line, kind) for line in lines):
            made.add(name)
    if any(name.endswith("[]") for line in lines for name in defined(line)):
        made.add("lists of tensors")
    if program.externs:
        made.add("Python")
    if re.search(r"[=\[, ]_[,\])]", program.text()):
        made.add("`_` in arguments")
    return made


def _all(lines: Sequence[Line]) -> Iterator[Line]:
    for line in lines:
        yield line
        yield from _all(inside(line))
