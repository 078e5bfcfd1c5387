"""What a reduction makes: one method per rule of the grammar, named as the rule is.

Children are tree nodes and the tokens that a rule keeps; None stands where an optional part is
absent. `start` and `end` are the offsets of all that was reduced, punctuation included.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nndsl.diagnostic import Diagnostic
from nndsl.source import Source, Span
from nndsl.syntax import tree
from nndsl.syntax.lexer import Token

#: Slices of slices that are read.
MAX_DEPTH = 64
#: Integers beyond this are no longer exact as floats, and of no use as a size.
MAX_INTEGER = 2**53


class Builder:
    """Builds the syntax tree from the parser's reductions, and reports bad literals."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Diagnostic] = []
        #: True once slices of slices were too many.
        self.too_deep = False

    def span(self, start: int, end: int) -> Span:
        return Span(start, end, self.source)

    def identifier(self, token: Token) -> tree.Identifier:
        return tree.Identifier(self.span(token.start, token.end), token.text)

    def identifiers(self, tokens: list[Token]) -> tuple[tree.Identifier, ...]:
        return tuple(self.identifier(token) for token in tokens)

    # ---- Definitions

    def line(self, children: list[Any], start: int, end: int) -> Any:
        return children[0]

    header = line

    def constant(self, children: list[Any], start: int, end: int) -> tree.Constant:
        name, value = children
        return tree.Constant(self.span(start, end), self.identifier(name), value)

    def import_line(self, children: list[Any], start: int, end: int) -> tree.Import:
        *names, path = children
        where = self.span(path.start, path.end)
        text = self.string([path], path.start, path.end).value
        return tree.Import(self.span(start, end), self.identifiers(names), str(text), where)

    def extern(self, children: list[Any], start: int, end: int) -> tree.Extern:
        kind, name, parameters, path, tensors, outputs = children
        where = self.span(path.start, path.end)
        module = str(self.string([path], path.start, path.end).value)
        return tree.Extern(
            self.span(start, end),
            self.identifier(kind),
            self.identifier(name),
            parameters,
            module,
            where,
            tensors,
            outputs,
        )

    def tensors(self, children: list[Any], start: int, end: int) -> tree.ExternTensors:
        given = tuple(child for child in children if child is not None)
        return tree.ExternTensors(self.span(start, end), given, is_list=False)

    def tensor_list(self, children: list[Any], start: int, end: int) -> tree.ExternTensors:
        return replace(self.tensors(children, start, end), is_list=True)

    def tensor(self, children: list[Any], start: int, end: int) -> tree.ExternTensor:
        name, type_ = children
        return tree.ExternTensor(self.span(start, end), self.identifier(name), type_)

    def gives(self, children: list[Any], start: int, end: int) -> tuple[tree.TensorType, ...]:
        return tuple(children)

    def block(self, children: list[Any], start: int, end: int) -> tree.Block:
        name, parameters = children
        return tree.Block(self.span(start, end), self.identifier(name), parameters or ())

    def chain_block(self, children: list[Any], start: int, end: int) -> tree.Block:
        name, parameters, chain = children
        return tree.Block(self.span(start, end), self.identifier(name), parameters or (), chain)

    def model(self, children: list[Any], start: int, end: int) -> tree.Model:
        style, name, parameters = children
        return tree.Model(self.span(start, end), self.identifier(name), style, parameters or ())

    def style(self, children: list[Any], start: int, end: int) -> str:
        return str(children[0].text)

    def parameters(self, children: list[Any], start: int, end: int) -> tuple[tree.Parameter, ...]:
        return tuple(child for child in children if child is not None)

    def parameter(self, children: list[Any], start: int, end: int) -> tree.Parameter:
        name, default = children
        return tree.Parameter(self.span(start, end), self.identifier(name), default)

    def train(self, children: list[Any], start: int, end: int) -> tree.Train:
        model = self.identifier(children[0]) if children[0] else None
        return tree.Train(self.span(start, end), model)

    def for_header(self, children: list[Any], start: int, end: int) -> tree.For:
        *names, items = children
        return tree.For(self.span(start, end), self.identifiers(names), items)

    def if_header(self, children: list[Any], start: int, end: int) -> tree.If:
        return tree.If(self.span(start, end), children[0])

    def else_header(self, children: list[Any], start: int, end: int) -> tree.Else:
        return tree.Else(self.span(start, end), children[0])

    # ---- Lines of a model or a block

    def input(self, children: list[Any], start: int, end: int) -> tree.Input:
        *names, type_ = children
        return tree.Input(self.span(start, end), self.identifiers(names), type_)

    def type(self, children: list[Any], start: int, end: int) -> tree.TensorType:
        dtype, *dimensions = children
        return tree.TensorType(
            self.span(start, end),
            self.identifier(dtype) if dtype else None,
            tuple(dimension for dimension in dimensions if dimension is not None),
        )

    def dimension(self, children: list[Any], start: int, end: int) -> tree.Dimension:
        span = self.span(start, end)
        child = children[0] if children else None
        if isinstance(child, Token):
            return tree.Dimension(span, None, self.identifier(child))
        if child is None and span.text == "..":
            return tree.Dimension(span, None, is_rest=True)
        return tree.Dimension(span, child)

    def shared_layer(self, children: list[Any], start: int, end: int) -> tree.SharedLayer:
        _, name, apply = children
        return tree.SharedLayer(self.span(start, end), self.identifier(name), apply)

    def output(self, children: list[Any], start: int, end: int) -> tree.Output:
        return tree.Output(self.span(start, end), tuple(children))

    def output_value(self, children: list[Any], start: int, end: int) -> tuple[Any, Any]:
        value, type_ = children
        return value, type_

    def flow(self, children: list[Any], start: int, end: int) -> tree.Flow:
        sources, *rest = children
        if rest and not isinstance(rest[0], tree.Step):
            return tree.Flow(self.span(start, end), sources, (), rest[0])
        return tree.Flow(self.span(start, end), sources, tuple(rest))

    def chain(self, children: list[Any], start: int, end: int) -> tuple[tree.Step, ...]:
        return tuple(children)

    def step(self, children: list[Any], start: int, end: int) -> tree.Step:
        stage, names = children
        return tree.Step(self.span(start, end), stage, names or ())

    def names(self, children: list[Any], start: int, end: int) -> tuple[tree.Identifier, ...]:
        return tuple(children)

    def name(self, children: list[Any], start: int, end: int) -> tree.Identifier:
        (token,) = children
        if end > token.end:
            return tree.ListName(self.span(start, end), token.text)
        return self.identifier(token)

    def apply(self, children: list[Any], start: int, end: int) -> tree.Apply:
        callee, arguments = children
        return tree.Apply(self.span(start, end), callee, arguments)

    def identity(self, children: list[Any], start: int, end: int) -> tree.Identity:
        return tree.Identity(self.span(start, end))

    def fork(self, children: list[Any], start: int, end: int) -> tree.Fork:
        return tree.Fork(self.span(start, end), tuple(children))

    def repeat(self, children: list[Any], start: int, end: int) -> tree.Repeat:
        count, chain = children
        return tree.Repeat(self.span(start, end), count, chain)

    def for_stage(self, children: list[Any], start: int, end: int) -> tree.ForStage:
        header, chain = children
        return tree.ForStage(self.span(start, end), header.names, header.items, chain)

    def setting(self, children: list[Any], start: int, end: int) -> tree.Setting:
        name, *values = children
        return tree.Setting(self.span(start, end), self.identifier(name), tuple(values))

    # ---- Arguments and expressions

    def arguments(self, children: list[Any], start: int, end: int) -> tuple[tree.Argument, ...]:
        return tuple(child for child in children if child is not None)

    def argument(self, children: list[Any], start: int, end: int) -> tree.Argument:
        name, value = children
        return tree.Argument(self.span(start, end), name, value)

    def argument_name(self, children: list[Any], start: int, end: int) -> tree.Identifier:
        return self.identifier(children[0])

    def expressions(self, children: list[Any], start: int, end: int) -> tuple[Any, ...]:
        return tuple(children)

    def sum(self, children: list[Any], start: int, end: int) -> Any:
        if len(children) == 1:
            return children[0]
        operators = tuple(token.text for token in children[1::2])
        return tree.Arithmetic(self.span(start, end), operators, tuple(children[::2]))

    product = comparison = sum

    def logic(self, children: list[Any], start: int, end: int) -> Any:
        """Return `a and b` or `a or b`."""
        if len(children) == 1:
            return children[0]
        return tree.Logic(self.span(start, end), children[1].text, tuple(children[::2]))

    def inverse(self, children: list[Any], start: int, end: int) -> Any:
        *signs, operand = children
        if len(signs) % 2 == 0:
            return operand
        return tree.Logic(self.span(start, end), "not", (operand,))

    def negation(self, children: list[Any], start: int, end: int) -> Any:
        *signs, operand = children
        if len(signs) % 2 == 0:
            return operand
        return tree.Negation(self.span(start, end), operand)

    def subscript(self, children: list[Any], start: int, end: int) -> tree.Subscript:
        value, *parts = children
        made = tree.Subscript(self.span(start, end), value, tuple(parts))
        inside: Any = value
        for _ in range(MAX_DEPTH):
            if not isinstance(inside, tree.Subscript):
                return made
            inside = inside.value
        if isinstance(inside, tree.Subscript):
            if not self.too_deep:
                self.problems.append(_too_deep(made.span))
            self.too_deep = True
            return tree.Subscript(made.span, tree.Reference(made.span, tree.UNREADABLE), made.parts)
        return made

    def index(self, children: list[Any], start: int, end: int) -> Any:
        """Return a part of a slice: `3`, `a:b:c` with each of the three optional, or `...`."""
        span = self.span(start, end)
        if len(children) > 1:
            begin, _, stop, _, step = children
            return tree.Range(span, begin, stop, step)
        part = children[0]
        return part if isinstance(part, tree.Node) else tree.Rest(span)

    def number(self, children: list[Any], start: int, end: int) -> tree.Expression:
        text = children[0].text
        span = self.span(start, end)
        value = _number(text)
        if value is None:
            self.problems.append(_bad_number(span, text))
            return tree.Reference(span, tree.UNREADABLE)
        return tree.Literal(span, value, text.replace("E", "e"))

    def string(self, children: list[Any], start: int, end: int) -> tree.Literal:
        span = self.span(start, end)
        inside = children[0].text[1:-1]
        if "\\" not in inside:
            return tree.Literal(span, inside)
        parts = []
        position = 0
        while position < len(inside):
            width = 2 if inside[position] == "\\" else 1
            part = inside[position : position + width]
            if width == 2 and part not in _ESCAPES:
                self.problems.append(_bad_escape(span, part))
            parts.append(_ESCAPES.get(part, part))
            position += width
        return tree.Literal(span, "".join(parts))

    def true(self, children: list[Any], start: int, end: int) -> tree.Literal:
        return tree.Literal(self.span(start, end), True)

    def false(self, children: list[Any], start: int, end: int) -> tree.Literal:
        return tree.Literal(self.span(start, end), False)

    def none(self, children: list[Any], start: int, end: int) -> tree.Literal:
        return tree.Literal(self.span(start, end), None)

    def reference(self, children: list[Any], start: int, end: int) -> tree.Reference:
        return tree.Reference(self.span(start, end), children[0].text)

    def incoming(self, children: list[Any], start: int, end: int) -> tree.Reference:
        """Return `_`, which is called like no other tensor."""
        return tree.Reference(self.span(start, end), tree.INCOMING)

    def call(self, children: list[Any], start: int, end: int) -> tree.Call:
        callee, arguments = children
        return tree.Call(self.span(start, end), callee, arguments)

    def list_value(self, children: list[Any], start: int, end: int) -> tree.Sequence:
        items = tuple(child for child in children if child is not None)
        return tree.Sequence(self.span(start, end), items, is_tuple=False)

    def tuple_value(self, children: list[Any], start: int, end: int) -> tree.Sequence:
        items = tuple(child for child in children if child is not None)
        return tree.Sequence(self.span(start, end), items, is_tuple=True)

    def group(self, children: list[Any], start: int, end: int) -> Any:
        return children[0]

    def dotted(self, children: list[Any], start: int, end: int) -> tree.Identifier:
        text = ".".join(token.text for token in children)
        return tree.Identifier(self.span(start, end), text)


_ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n", "\\t": "\t"}


def _number(text: str) -> int | float | None:
    """Return the value of a number's text, or None if it is none that Python and Keras take."""
    if len(text) > 40 or "__" in text or text.endswith("_") or "_." in text or "._" in text:
        return None
    try:
        value = float(text) if any(mark in text for mark in ".eE") else int(text)
    except ValueError:
        return None
    if isinstance(value, int):
        leading_zero = text.startswith("0") and value != 0
        return None if leading_zero or value > MAX_INTEGER else value
    return value if value <= 1e308 else None


def _bad_number(span: Span, text: str) -> Diagnostic:
    return Diagnostic(
        "T006",
        "error",
        "this number is not usable",
        span,
        "out of range or misspelt",
        expected="an integer up to 2**53 without leading zeros, or a finite decimal such as `1e-3`",
        received=text if len(text) <= 24 else f"{text[:20]}... ({len(text)} characters)",
    )


def _too_deep(span: Span) -> Diagnostic:
    return Diagnostic(
        "X952",
        "error",
        "too many slices of slices",
        Span(span.start, span.start + 1, span.source),
        expected=f"at most {MAX_DEPTH} behind each other",
    )


def _bad_escape(span: Span, escape: str) -> Diagnostic:
    return Diagnostic(
        "T006",
        "error",
        f"unknown escape {ascii(escape)} in a string",
        span,
        expected='`\\\\`, `\\"`, `\\n` or `\\t`',
        help="write a backslash as `\\\\`, and paths with `/`",
    )
