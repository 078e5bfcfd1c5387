"""Loops and choices: their inside is a body of its own, and what it uses from outside comes in.

A name that is given again inside (`x -> Dense(8) as x`) is carried: from round to round of a loop,
and out of a loop or choice. What is named only inside is not known behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, Union

from nndsl import graph
from nndsl.diagnostic import Label
from nndsl.resolve import order
from nndsl.resolve.body import BodyResolver
from nndsl.resolve.expressions import resolve_expression
from nndsl.resolve.liveness import live_nodes
from nndsl.resolve.naming import LayerNames, keras_name
from nndsl.resolve.scope import BodyNames, Scope
from nndsl.resolve.stages import unmerged_fork
from nndsl.resolve.tensor_lists import layer_word, refuse_lists, tensor_words
from nndsl.source import Span
from nndsl.syntax import tree
from nndsl.syntax.names import definitions, steps

Values = tuple[graph.Value, ...]
#: A value from outside, with the name or the place under which a loop carries it.
Given = tuple[graph.Value, Union[str, int, None]]


class RegionNames(BodyNames):
    """The names of a region: its own, and those of the body around it, which come in when used."""

    def __init__(
        self,
        scope: Scope,
        outer: BodyNames,
        inputs: list[graph.Input],
        carried: Collection[str] = (),
    ) -> None:
        super().__init__(scope)
        self.outer = outer
        #: Names from outside that go from round to round.
        self.carried = carried
        #: Values from outside and what they are inside, in the order of their first use. One that
        #: goes round under a name is another than itself under other names: `x as y` outside.
        self.given: dict[Given, graph.Value] = {}
        self.inputs = inputs
        self.tensors = _Tensors(self)
        self.shared = {**outer.shared}

    def bring_in(self, value: graph.Value, carried_as: str | int | None = None) -> graph.Value:
        """Return what a value from outside is inside."""
        inside = self.given.get((value, carried_as))
        if inside is None:
            inside = graph.Value(value.span, value.name, value.poisoned, value.is_list)
            self.given[value, carried_as] = inside
            name = value.name or "x"
            self.inputs.append(graph.Input(inside, name, "", None, value.span))
        return inside

    def look_up(self, name: str) -> graph.Value:
        """Return what a name from outside means inside."""
        return self.bring_in(self.outer.tensors[name], name if name in self.carried else None)

    def claim(self, name: tree.Identifier) -> bool:
        """Take a name; a tensor's from outside may be given again, any other may not."""
        outside: BodyNames | None = self.outer
        while outside is not None:
            place = outside.places.get(name.text)
            is_tensor = name.text in outside.tensors and not outside.is_list(name.text)
            if place is not None and not is_tensor:
                self.taken(name, place)
                return False
            outside = outside.outer if isinstance(outside, RegionNames) else None
        return super().claim(name)

    def help_of_twice(self, name: str) -> str:
        """Say how a name goes on from here that is carried out of here, and given twice."""
        if name not in self.places or name not in self.outer.tensors:
            return super().help_of_twice(name)
        known = (self.place_of, self.scope.place_of)
        free = (n for n in ("h", "inside", f"{name}_inside") if not any(f(n) for f in known))
        other = next(free, "another")
        if self.places[name].text == name:
            first = f"call the first one otherwise, `as {other}`"
        else:  # a loop or choice gives it
            first = f"let what is above give another name: `{name} as {other}` in front of it, "
            first += f"`{other}` inside"
        return f"a loop or choice gives `{name}` once; {first}, and then `{other} -> ... as {name}`"

    def place_of(self, name: str) -> Span | None:
        return self.places.get(name) or self.outer.place_of(name)

    def is_list(self, name: str) -> bool:
        if dict.__contains__(self.tensors, name):
            return super().is_list(name)
        return self.outer.is_list(name)

    def own(self) -> dict[str, graph.Value]:
        """Return the tensors that are named inside."""
        return {name: dict.__getitem__(self.tensors, name) for name in self.places_of_tensors()}

    def places_of_tensors(self) -> list[str]:
        return [name for name in self.places if dict.__contains__(self.tensors, name)]


class _Tensors(dict[str, graph.Value]):
    """The tensors of a region by name; one from outside is brought in when it is looked up."""

    def __init__(self, names: RegionNames) -> None:
        super().__init__()
        self.names = names

    def __contains__(self, name: object) -> bool:
        return dict.__contains__(self, name) or name in self.names.outer.tensors

    def __missing__(self, name: str) -> graph.Value:
        return self.names.look_up(name)

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else default  # noqa: SIM401 (this is `get`)


class RegionResolver(BodyResolver):
    """Resolves the inside of a loop or choice."""

    is_region = True

    def __init__(
        self,
        parent: BodyResolver,
        span: Span,
        lines: Sequence[tree.Line],
        scope: Scope,
        layer_names: LayerNames,
        carried: Collection[str] = (),
    ) -> None:
        self.start(scope, parent.blocks, lines, span, in_block=True)
        self.owner = parent.owner
        self.parent = parent
        self.region_names = RegionNames(scope, parent.names, self.inputs, carried)
        self.names = self.region_names
        self.later = _LaterInside(order.Later(lines), parent)
        self.layer_names = scope.layer_names = layer_names
        scope.kind_of = self.kind_of
        self.used_shared = parent.used_shared

    def root(self) -> BodyResolver:
        return self.parent.root()

    def name_of_layer(self, name: str) -> str:
        """Return what a layer is called: in a choice, a name given again is taken already."""
        if self.layer_names is self.parent.layer_names and name in self.parent.names.tensors:
            return self.layer_names.unique(name)
        return name

    def resolve_lines(self) -> None:
        for index, line in enumerate(self.lines):
            self.line = index
            if isinstance(line, (tree.Input, tree.Output)):
                what = "input" if isinstance(line, tree.Input) else "output"
                self.reporter.error(
                    "T005",
                    line.span,
                    f"`{what}` cannot stand inside a loop or choice",
                    "belongs outside",
                    help=f"put it on a line of the {self.owner} itself",
                )
                self.names.whole = False
            else:
                self.resolve_line(line)

    def region(self, outputs: Sequence[graph.Value], first: Sequence[Given]) -> graph.Region:
        """Return the region; `first` are the values from outside that come before others."""
        self.parent.names.whole = self.parent.names.whole and self.names.whole
        given = {carried: self.region_names.bring_in(*carried) for carried in first}
        given |= self.region_names.given
        by_value = {input_.value: input_ for input_ in self.inputs}
        nodes, dead = live_nodes(self, outputs)
        applied = graph.shared_in(nodes)
        body = graph.Body(
            tuple(by_value[inside] for inside in given.values()),
            tuple(shared for shared in self.shared if shared in applied),
            nodes,
            tuple(graph.BodyOutput(value.name or "x", value, value.span) for value in outputs),
            dead,
            dict(self.branch_of),
            tuple(self.broken),
            tuple(self.constants),
        )
        return graph.Region(body, tuple(value for value, _ in given))


class _LaterInside(order.Later):
    """Knows the names that later lines define, inside and then outside."""

    def __init__(self, inside: order.Later, parent: BodyResolver) -> None:
        self.inside = inside
        self.parent = parent

    def report(self, body: BodyResolver, name: str, span: Span) -> bool:
        return self.inside.report(body, name, span) or self.parent.later.report(
            self.parent, name, span
        )


# ---- Loops


def resolve_loop_stage(
    body: BodyResolver,
    values: Values,
    stage: tree.Repeat | tree.ForStage,
    names: tuple[tree.Identifier, ...],
) -> Values:
    """Apply a chain again and again: what comes out of a round goes into the next."""
    variables = stage.names if isinstance(stage, tree.ForStage) else ()
    expression = stage.items if isinstance(stage, tree.ForStage) else stage.count
    items = resolve_expression(body.scope, expression)
    if refuse_lists(body, values, stage.span, "a loop in a chain", "tensors"):
        return (graph.Value(stage.span, poisoned=True),)
    scope = _scope_with(body, variables)
    inside = RegionResolver(body, stage.span, (), scope, _names_inside(body, (), stage.chain))
    first = tuple(zip(values, range(len(values)), strict=True))
    carried = tuple(inside.region_names.bring_in(*given) for given in first)
    result = inside.resolve_steps(carried, stage.chain)
    poisoned = any(value.poisoned for value in (*values, *result))
    fork = inside.forks.get(result)
    if fork is not None and len(result) > len(values) and not poisoned:
        unmerged_fork(body, fork, fork.span, "at the end of the round", "goes into the next round")
        poisoned = True
    elif len(result) != len(values) and not poisoned:
        body.reporter.error(
            "S115",
            stage.chain[-1].span,
            f"{_go(len(values))} into this loop, and {_go(len(result))} out",
            "goes into the next round",
            expected=_tensors(len(values)),
            received=_tensors(len(result)),
            help="merge them inside the loop, such as with `-> Add`" if len(result) > 1 else None,
        )
        poisoned = True
    broken = poisoned
    own = inside.region_names.own()
    lists = [name for name, value in own.items() if value.is_list]
    before = [(body.names.tensors[name], None) for name in lists]
    poisoned = poisoned or items is None or any(own[name].poisoned for name in lists)
    gathered = tuple(graph.Value(stage.span, name, poisoned, True) for name in lists)
    for name, value in zip(lists, gathered, strict=True):
        body.names.give_again(name, value, stage.span)
    if items is None or poisoned:
        inside.region((), ())
        body.names.whole = body.names.whole and items is not None and not broken
        return (graph.Value(stage.span, poisoned=True),)
    carried = (*result, *(own[name] for name in lists))
    region = _named_by_loop(inside.region(carried, (*first, *before)))
    outputs = _named(stage.span, names, len(result))
    word = _before_number(_loop_name(body, names, variables, stage.chain))
    variables_ = tuple(name.text for name in variables)
    every = (*outputs, *gathered)
    body.nodes.append(graph.LoopNode(stage.span, word, variables_, items, region, every))
    return outputs


def resolve_for(body: BodyResolver, line: tree.For) -> None:
    """Resolve `for` as a statement: names from outside that are given again inside are carried."""
    items = resolve_expression(body.scope, line.items)
    scope = _scope_with(body, line.names)
    again = {name.text for inner in line.body for name in definitions(inner)}
    names = _names_inside(body, line.body)
    inside = RegionResolver(body, line.span, line.body, scope, names, again)
    inside.resolve_lines()
    own = inside.region_names.own()
    carried = [name for name in own if name in body.names.tensors]
    for name, value in own.items():
        if name not in carried:
            body.inner_names[name] = value.span
    first = [(body.names.tensors[name], name) for name in carried]
    region = inside.region([own[name] for name in carried], first)
    poisoned = items is None or any(own[name].poisoned for name in carried)
    outputs = tuple(graph.Value(line.span, name, poisoned, own[name].is_list) for name in carried)
    for name, output in zip(carried, outputs, strict=True):
        body.names.give_again(name, output, line.span)
    if items is None:
        body.names.whole = False
    elif not carried and body.names.whole:
        body.reporter.warning(
            "G701",
            line.span,
            "nothing comes of this loop",
            "no name from outside is given again inside",
            help="give a tensor its name again: `x -> Dense(8) as x` makes x the next round's x",
        )
    elif not poisoned:
        base = keras_name(line.names[0].text).strip("_") or "loop"
        word = _before_number(body.layer_names.unique(base))
        variables = tuple(name.text for name in line.names)
        region = _named_by_loop(region)
        body.nodes.append(graph.LoopNode(line.span, word, variables, items, region, outputs))


def _scope_with(body: BodyResolver, variables: Sequence[tree.Identifier]) -> Scope:
    """Return a scope in which the variables of a loop are parameters."""
    scope = body.scope.inside()
    for name in variables:
        place = scope.place_of(name.text) or body.names.place_of(name.text)
        if place is None:
            scope.locals[name.text] = name.span
            continue
        body.reporter.error(
            "G703",
            name.span,
            f"the loop's variable `{name.text}` has the name of {_kind_of(body, name.text)}",
            "second use",
            labels=(Label(place, "first use"),),
            help=f"choose another name, such as `each_{name.text.strip('_')}`",
        )
        body.names.whole = False
        scope.poisoned.add(name.text)
    return scope


def _kind_of(body: BodyResolver, name: str) -> str:
    """Return what a name stands for that is known here."""
    scope = body.scope
    if name in scope.locals:
        around: BodyResolver | None = body
        while around is not None:
            if any(constant.name == name for constant in around.constants):
                return "a constant"
            around = around.parent if isinstance(around, RegionResolver) else None
        return "the variable of a loop around it"
    if name in scope.parameters:
        return f"a parameter of the {body.owner}"
    if name in scope.constants:
        return "a constant"
    return "a tensor" if name in body.names.tensors else "a shared layer"


def _names_inside(
    body: BodyResolver, lines: Sequence[tree.Line], chain: Sequence[tree.Step] = ()
) -> LayerNames:
    given = {name.text for line in lines for name in definitions(line)}
    given |= {name.text for step in steps(chain) for name in step.names}
    return LayerNames(given, (), (), in_block=True)


def _before_number(word: str) -> str:
    """Return a loop's name, which the numbers of the rounds follow: `stage`, but `stage2_`."""
    return f"{word}_" if word[-1:].isdigit() else word


def _loop_name(
    body: BodyResolver,
    names: Sequence[tree.Identifier],
    variables: Sequence[tree.Identifier],
    chain: Sequence[tree.Step],
) -> str:
    """Return what the layers inside are named under: the loop's name, or what it begins with."""
    given = layer_word(names)
    if given is not None:
        return given.strip("_") or "loop"
    stage = chain[0].stage
    word = variables[0].text if variables else "repeat"
    if not variables and isinstance(stage, tree.Apply) and body.blocks.is_block(stage.callee.text):
        word = stage.callee.text
    return body.layer_names.unique(keras_name(word.rpartition(".")[2]).strip("_") or "loop")


def _named_by_loop(region: graph.Region) -> graph.Region:
    """Return a region in which a block that is all of it has no name beside the loop's."""
    nodes = region.body.nodes
    if len(nodes) != 1 or not isinstance(nodes[0], graph.BlockNode) or nodes[0].outputs[0].name:
        return region
    if nodes[0].shared is not None:
        return region
    body = replace(region.body, nodes=(replace(nodes[0], name=""),))
    return graph.Region(body, region.given)


def _named(span: Span, names: Sequence[tree.Identifier], count: int) -> Values:
    if len(names) == count:
        return tuple(graph.Value(span, word) for word in tensor_words(names))
    return tuple(graph.Value(span) for _ in range(count))


def _tensors(count: int) -> str:
    return "one tensor" if count == 1 else f"{count} tensors"


def _go(count: int) -> str:
    return f"{_tensors(count)} go{'es' if count == 1 else ''}"


# ---- Choices


def resolve_if(body: BodyResolver, line: tree.If) -> None:
    """Resolve `if` and `else`: what both name, or one names again, is known behind them."""
    condition = resolve_expression(body.scope, line.condition)
    branches = [_resolve_branch(body, line, lines) for lines in (line.body, line.otherwise)]
    own = [branch.region_names.own() for branch in branches]
    names = [
        name
        for name in dict.fromkeys((*own[0], *own[1]))
        if name in body.names.tensors or (name in own[0] and name in own[1])
    ]
    for made in own:
        body.inner_names.update({n: v.span for n, v in made.items() if n not in names})
    regions = []
    poisoned = condition is None
    for branch, made in zip(branches, own, strict=True):
        values = [made.get(name) or branch.names.tensors[name] for name in names]
        poisoned = poisoned or any(value.poisoned for value in values)
        regions.append(branch.region(values, ()))
    is_list = [any(made[name].is_list for made in own if name in made) for name in names]
    outputs = tuple(
        graph.Value(line.span, name, poisoned, listed)
        for name, listed in zip(names, is_list, strict=True)
    )
    for name, output in zip(names, outputs, strict=True):
        body.names.give_again(name, output, line.span)
    if condition is None:
        body.names.whole = False
    elif not names and body.names.whole:
        body.reporter.warning(
            "G701",
            line.span,
            "nothing comes of this choice",
            "no name is given in both of its parts",
            help="name what comes out in both: `... as y` behind `if` and behind `else`",
        )
    elif not poisoned:
        chosen, otherwise = regions
        body.nodes.append(graph.ChoiceNode(line.span, condition, chosen, otherwise, outputs))


def _resolve_branch(
    body: BodyResolver, line: tree.If, lines: Sequence[tree.Line]
) -> RegionResolver:
    branch = RegionResolver(body, line.span, lines, body.scope.inside(), body.layer_names)
    branch.resolve_lines()
    return branch
