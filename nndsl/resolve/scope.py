"""What names mean: constants and parameters, and the tensors and layers of one body."""

from __future__ import annotations

from collections.abc import Callable

from nndsl import graph
from nndsl.diagnostic import Label, Reporter
from nndsl.extern import ExternRule
from nndsl.resolve.naming import LayerNames
from nndsl.source import Span
from nndsl.syntax import tree


class Scope:
    """Constants of the file, and the parameters of the block or model being resolved."""

    def __init__(self, reporter: Reporter, outer: Scope | None = None) -> None:
        self.reporter = reporter
        self.constants: dict[str, graph.Constant] = outer.constants if outer else {}
        self.used_constants: set[str] = outer.used_constants if outer else set()
        self.poisoned: set[str] = set(outer.poisoned) if outer else {tree.UNREADABLE}
        #: What the user's Python brings in, as rules for layers, and which of it was used.
        self.externs: dict[str, ExternRule] = outer.externs if outer else {}
        self.used_externs: set[str] = outer.used_externs if outer else set()
        #: Where constants are defined that stand further down.
        self.later_constants: dict[str, Span] = outer.later_constants if outer else {}
        self.parameters: dict[str, graph.Parameter] = {}
        self.used_parameters: set[str] = set()
        #: Constants of this body, and the variables of the loops around it.
        self.locals: dict[str, Span] = {}
        #: Names the layers of the body that is being resolved; None outside of bodies.
        self.layer_names: LayerNames | None = None
        #: Says what a name is that stands for no value: "block", "shared layer"; "" if nothing.
        self.kind_of: Callable[[str], str] = outer.kind_of if outer else _unknown

    def inside(self) -> Scope:
        """Return a scope for a loop or choice: all is known that is known here."""
        scope = Scope(self.reporter, self)
        scope.parameters = self.parameters
        scope.locals = dict(self.locals)
        scope.used_parameters = self.used_parameters
        scope.layer_names = self.layer_names
        return scope

    def constant_or_parameter(self, name: str, span: Span) -> graph.Expression | None:
        """Return the use of a constant or parameter, or None if the name is neither."""
        if name in self.parameters or name in self.locals:
            self.used_parameters.add(name)
            return graph.ParameterUse(span, name)
        if name in self.constants:
            self.used_constants.add(name)
            return graph.ConstantUse(span, self.constants[name])
        return None

    def extern(self, name: str) -> ExternRule | None:
        """Return what was declared of the user's Python under a name, for use."""
        found = self.externs.get(name)
        if found is not None:
            self.used_externs.add(name)
        return found

    def knows(self, name: str) -> bool:
        """True if a name is a constant, a parameter or the variable of a loop, or meant to be."""
        return (
            self.place_of(name) is not None or name in self.poisoned or name in self.later_constants
        )

    def place_of(self, name: str) -> Span | None:
        """Return where a constant, a parameter or the variable of a loop stands."""
        known = self.parameters.get(name) or self.constants.get(name)
        return known.span if known else self.locals.get(name)

    def plain_names(self) -> list[str]:
        return [*self.locals, *self.parameters, *self.constants]


def _unknown(name: str) -> str:
    return ""


class BodyNames:
    """The names of one model or block: tensors and shared layers, each defined once."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.tensors: dict[str, graph.Value] = {}
        self.shared: dict[str, graph.Shared | None] = {}
        self.places: dict[str, Span] = {}
        #: False once something in the body could not be understood: then "unused" is a guess.
        self.whole = True

    def claim(self, name: tree.Identifier) -> bool:
        """Take a name for this body; report it if it is taken. Return True if it was free."""
        first = self.places.get(name.text)
        if first is None:
            first = self.scope.place_of(name.text)
        if first is None:
            self.places[name.text] = name.span
            return True
        self.taken(name, first)
        return False

    def place_of(self, name: str) -> Span | None:
        """Return where a name was given, here or around here."""
        return self.places.get(name)

    def is_list(self, name: str) -> bool:
        """True if a name is that of a list of tensors."""
        value = self.tensors.get(name)
        return value is not None and value.is_list

    def taken(self, name: tree.Identifier, first: Span) -> None:
        self.scope.reporter.error(
            "G703",
            name.span,
            f"the name `{name.text}` is used twice",
            "second use",
            labels=(Label(first, "first use"),),
            help=self.help_of_twice(name.text),
        )

    def help_of_twice(self, name: str) -> str:
        """Return what helps where a name is given a second time."""
        return "every tensor and layer has a name of its own; choose another"

    def define(self, name: tree.Identifier, value: graph.Value) -> None:
        if self.claim(name):
            self.tensors[name.text] = value
        else:  # which of the two is meant by the name from here on, nobody knows
            self.whole = False
            self.tensors[name.text] = graph.Value(name.span, name.text, poisoned=True)

    def give_again(self, name: str, value: graph.Value, span: Span) -> None:
        """Let a name stand for another tensor: what a loop or choice has made of it."""
        self.tensors[name] = value
        self.places.setdefault(name, span)

    def poison(self, name: tree.Identifier) -> None:
        """Define a name as a tensor that nothing is known of, so that its uses are no errors."""
        self.whole = False
        is_list = isinstance(name, tree.ListName)
        if is_list or name.text not in self.places:
            self.places.setdefault(name.text, name.span)
            self.tensors[name.text] = graph.Value(name.span, name.text, True, is_list)
