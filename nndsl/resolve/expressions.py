"""Expressions of the tree -> expressions of the graph; arguments bound to their parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nndsl import graph, layers, vocabulary
from nndsl.diagnostic import Label, did_you_mean, write_instead
from nndsl.extern import ExternRule
from nndsl.layers.argument_types import (
    ArgumentType,
    KerasType,
    LayerType,
    OptionalType,
    Unfit,
)
from nndsl.layers.rule import LayerRule
from nndsl.resolve.argument_reports import (
    layer_outside,
    missing_arguments,
    repeated_argument,
    surplus_argument,
    unknown_argument,
)
from nndsl.resolve.lists import FUNCTIONS, function_call, function_hint, list_item
from nndsl.resolve.naming import keras_name
from nndsl.resolve.scope import Scope
from nndsl.source import Source, Span
from nndsl.syntax import tree

_PYTHON_WORDS: dict[str, bool | None] = {"True": True, "False": False, "None": None}


class Slot(NamedTuple):
    """A parameter as binding sees it."""

    name: str
    required: bool
    type: ArgumentType | None = None
    by_name_only: bool = False


def resolve_expression(
    scope: Scope, expression: tree.Expression, wanted: ArgumentType | None = None
) -> graph.Expression | None:
    """Return the expression with its names resolved, or None if that failed (it was reported).

    `wanted` is the type of the argument that it stands in, if it has one: it tells which kind
    of Keras object a call makes, and which bare words are meant.
    """
    span = expression.span
    if isinstance(expression, tree.Literal):
        return graph.Literal(span, expression.value, expression.text)
    if isinstance(expression, tree.Reference):
        return _resolve_reference(scope, expression, wanted)
    if isinstance(expression, tree.Call):
        if expression.callee.text in FUNCTIONS:
            values = [resolve_number(scope, argument.value) for argument in expression.arguments]
            return function_call(scope, expression, values)
        return _resolve_object(scope, expression, wanted)
    if isinstance(expression, tree.Negation):
        operand = resolve_number(scope, expression.operand)
        return graph.Negation(span, operand) if operand else None
    if isinstance(expression, tree.Logic):
        parts = [resolve_number(scope, operand) for operand in expression.operands]
        whole = tuple(part for part in parts if part is not None)
        return graph.Logic(span, expression.operator, whole) if len(whole) == len(parts) else None
    if isinstance(expression, tree.Arithmetic):
        resolve_operand = resolve_number
        if _compares_words(scope, expression):
            resolve_operand = resolve_expression
        operands = [resolve_operand(scope, operand) for operand in expression.operands]
        if None in operands:
            return None
        return graph.Arithmetic(
            span, expression.operators, tuple(operand for operand in operands if operand)
        )
    if isinstance(expression, tree.Sequence):
        items = [resolve_expression(scope, item, wanted) for item in expression.items]
        if None in items:
            return None
        return graph.Sequence(span, tuple(item for item in items if item), expression.is_tuple)
    if isinstance(expression, tree.Subscript):
        known = not _is_poisoned(scope, expression.value)
        sequence = resolve_expression(scope, expression.value) if known else None
        parts = [resolve_part(scope, part) for part in expression.parts]
        return list_item(scope, expression, sequence, parts)


def _is_poisoned(scope: Scope, expression: tree.Expression) -> bool:
    return isinstance(expression, tree.Reference) and expression.name in scope.poisoned


def resolve_part(
    scope: Scope, part: tree.Expression | tree.Range | tree.Rest
) -> graph.Expression | None:
    """Return what stands between the brackets of a slice."""
    if isinstance(part, tree.Rest):
        return graph.Rest(part.span)
    if not isinstance(part, tree.Range):
        return resolve_number(scope, part)
    ends = (part.start, part.stop, part.step)
    made = [resolve_number(scope, end) if end is not None else None for end in ends]
    if any(given and not end for given, end in zip(ends, made, strict=True)):
        return None
    return graph.Range(part.span, made[0], made[1], made[2])


def resolve_number(scope: Scope, expression: tree.Expression) -> graph.Expression | None:
    """Resolve an operand of arithmetic: a bare word is none, so it is an unknown name."""
    operand = resolve_expression(scope, expression)
    if isinstance(operand, graph.Word):
        unknown_value(scope, operand)
        return None
    return operand


def _compares_words(scope: Scope, expression: tree.Arithmetic) -> bool:
    """True for `padding == same`: a parameter, or a constant string, against a bare word."""
    if any(operator not in ("==", "!=") for operator in expression.operators):
        return False
    for operand in expression.operands:
        if isinstance(operand, tree.Reference):
            constant = scope.constants.get(operand.name)
            value = constant.value if constant else None
            is_text = isinstance(value, graph.Literal) and isinstance(value.value, str)
            if operand.name in scope.parameters or is_text:
                return True
    return False


def unknown_value(scope: Scope, word: graph.Word, expected: str | None = None) -> None:
    """Report a name that is no constant or parameter, where no word of Keras is meant."""
    if _refused_as_layer(scope, word.text, word.span):
        return
    later = scope.later_constants.get(word.text)
    if later is not None:
        scope.reporter.error(
            "G708",
            word.span,
            f"`{word.text}` is used before it is defined",
            "used here",
            labels=(Label(later, "defined here"),),
            help=f"move line {later.line} above this one",
        )
        return
    guess = did_you_mean(scope.reporter.guess(word.text, scope.plain_names()))
    scope.reporter.error(
        "G705",
        word.span,
        f"unknown name `{word.text}`",
        "no such constant or parameter",
        expected=expected,
        help=guess or (_in_quotes(word) if expected is None else None),
    )


def _refused_as_layer(scope: Scope, name: str, span: Span) -> bool:
    """Report a block or shared layer in an argument, such as that of a wrapper."""
    kind = scope.kind_of(name)
    if not kind:
        return False
    help_ = "a wrapper takes one layer of Keras, or of your own: `TimeDistributed(Dense(3))`"
    scope.reporter.error(
        "G707",
        span,
        f"the {kind} `{name}` cannot stand in an argument",
        "cannot be wrapped",
        help=f"{help_}; apply `{name}` behind an arrow",
    )
    return True


def _in_quotes(word: graph.Word) -> str | None:
    """Return a hint at how a word is written where no argument says what it is."""
    if word.span.source.name.startswith("--set "):
        return quoted_for_shell(word.span.source)
    known = any(vocabulary.knows(kind, word.text) for kind in ("activations", "initializers"))
    return f'write "{word.text}" in quotes if the word of Keras is meant' if known else None


def quoted_for_shell(setting: Source) -> str:
    """Return a hint at how a string is given by `--set`, from the text `const name = word`."""
    name, _, word = setting.text.removeprefix("const ").partition(" = ")
    return f"a string keeps its quotes: `--set '{name}=\"{word}\"'`"


def _resolve_reference(
    scope: Scope, reference: tree.Reference, wanted: ArgumentType | None
) -> graph.Expression | None:
    name, span = reference.name, reference.span
    if name in scope.poisoned:
        return None
    use = scope.constant_or_parameter(name, span)
    if use is not None:
        if wanted is not None and name in wanted.words:
            scope.reporter.warning(
                "A212",
                span,
                f"`{name}` is a constant or parameter here, and a word of Keras too",
                "the constant or parameter is taken",
                help=f'write "{name}" in quotes if the word is meant',
            )
        return use
    if name == tree.INCOMING:
        expected = wanted.description if wanted is not None else None
        title = "`_` is a tensor, and cannot stand here"
        scope.reporter.error("G706", span, title, "not a value", expected=expected)
        return None
    if name in _PYTHON_WORDS:
        title, help_ = f"unknown word `{name}`", did_you_mean(name.lower())
        scope.reporter.error("A202", span, title, "Python's spelling", help=help_)
        return None
    inner = wanted.inner if isinstance(wanted, OptionalType) else wanted
    rule = (layers.find(name) or scope.extern(name)) if isinstance(inner, LayerType) else None
    if rule is not None:
        call = tree.Call(span, tree.Identifier(span, name), ())
        return _resolve_layer_object(scope, call, rule)
    return graph.Word(span, name)


def wanted_kind(wanted: ArgumentType | None) -> str | None:
    """Return the kind of Keras object that an argument takes: "initializers", or None."""
    inner = wanted.inner if isinstance(wanted, OptionalType) else wanted
    return inner.kind if isinstance(inner, KerasType) else None


def _resolve_object(
    scope: Scope, call: tree.Call, wanted: ArgumentType | None
) -> graph.Expression | None:
    name = call.callee.text
    kinds = vocabulary.kinds_of(name)
    kind = wanted_kind(wanted)
    if kind in kinds:
        kinds = (str(kind),)
    rule = (None if kind in kinds else scope.extern(name)) or (None if kinds else layers.find(name))
    if rule is not None:
        return _resolve_layer_object(scope, call, rule)
    if not kinds:
        _unknown_object(scope, call, kind)
        return None
    return resolve_object(scope, call, kinds[0])


def _resolve_layer_object(
    scope: Scope, call: tree.Call, rule: LayerRule
) -> graph.LayerObject | None:
    """Return a layer that is an argument; Keras names it as it names any layer."""
    if isinstance(rule, ExternRule) and rule.extern.kind != "layer":
        from nndsl.resolve.externs import report_kind  # only for a message

        report_kind(scope, rule, call.callee.span, "not a layer")
        return None
    bound = bind(scope, rule.name, call.callee.span, call.arguments, slots_of(rule))
    if not bound.whole:
        return None
    if scope.layer_names is None:
        layer_outside(scope, call)
        return None
    name = graph.LayerName(*scope.layer_names.automatic(keras_name(rule.name)))
    return graph.LayerObject(call.span, name, rule, bound.arguments)


def resolve_object(scope: Scope, call: tree.Call, kind: str) -> graph.Object | None:
    """Return the object of `keras.<kind>` that a call makes, its arguments bound."""
    name = call.callee.text
    if _refused_object(scope, call, kind):
        return None
    if vocabulary.signature(kind, name) is None:
        _unknown_object(scope, call, kind)
        return None
    from nndsl.layers.objects import parameters  # which a text without objects does without

    slots = [Slot(p.name, p.required, p.type) for p in parameters(kind, name).values()]
    bound = bind(scope, name, call.callee.span, call.arguments, slots)
    return graph.Object(call.span, kind, name, bound.arguments) if bound.whole else None


def _refused_object(scope: Scope, call: tree.Call, kind: str) -> bool:
    """Report an object that no text can make, and an activation with arguments."""
    name = call.callee.text
    reason = vocabulary.refusal(name)
    if reason is not None:
        scope.reporter.error(
            "G705", call.callee.span, f"`{name}` cannot be made in a text", "of Python", help=reason
        )
    elif kind == "activations" and vocabulary.signature(kind, name) is not None:
        stage = call.span.text if call.arguments else name
        scope.reporter.error(
            "A209",
            call.span,
            "an activation takes no arguments here",
            "Keras has a function here, not an object",
            expected="the name of an activation, such as `relu`",
            received=call.span.text,
            help=f"write `-> {stage}` behind the layer" if call.arguments else write_instead(name),
        )
    else:
        return False
    return True


def _unknown_object(scope: Scope, call: tree.Call, kind: str | None) -> None:
    if _refused_as_layer(scope, call.callee.text, call.callee.span):
        return
    kinds = (kind,) if kind else vocabulary.KINDS
    candidates = [name for kind in kinds for name in vocabulary.names(kind)]
    name = call.callee.text
    from nndsl.vocabulary import pytorch  # only for a message

    meant = vocabulary.refusal(name) or did_you_mean(pytorch.part(name)) or function_hint(name)
    scope.reporter.error(
        "G705",
        call.callee.span,
        f"unknown name `{name}`" if kind is None else f"keras.{kind} has no `{name}`",
        "not known",
        help=meant or did_you_mean(scope.reporter.guess(name, candidates)),
    )


def slots_of(rule: LayerRule) -> list[Slot]:
    """Return a layer's parameters: its own in order, those of all layers by name only."""
    own = {p.name for p in rule.parameters}
    return [
        *(Slot(p.name, p.required, p.type) for p in rule.parameters),
        *(Slot(p.name, False, p.type, True) for p in rule.by_name.values() if p.name not in own),
    ]


class Binding(NamedTuple):
    """Arguments that were bound; not `whole` if something did not fit (it was reported)."""

    arguments: tuple[graph.Bound, ...]
    whole: bool


def bind(
    scope: Scope,
    callee: str,
    callee_span: Span,
    arguments: Sequence[tree.Argument],
    slots: Sequence[Slot],
    declared: Span | None = None,
) -> Binding:
    """Bind arguments to parameters; report what does not fit.

    `declared` is where the callee stands, if it is the user's.
    """
    labels = (Label(declared, "declared here"),) if declared is not None else ()
    by_name = {slot.name: slot for slot in slots}
    in_order = [slot for slot in slots if not slot.by_name_only]
    seen: dict[str, Span] = {}
    bound: list[graph.Bound] = []
    whole = True
    after_named = False
    for position, argument in enumerate(arguments):
        after_named = after_named or argument.name is not None
        slot = _slot_of(
            scope, callee, callee_span, argument, position, by_name, in_order, after_named, labels
        )
        if slot is None and position >= len(in_order) and argument.name is None:
            whole = False
            break  # all that follow are too many as well
        if slot is None:
            whole = False
            continue
        if slot.name in seen:
            repeated_argument(scope, callee, argument, slot.name)
            whole = False
            continue
        seen[slot.name] = argument.span
        value = resolve_expression(scope, argument.value, slot.type)
        if isinstance(value, graph.Word) and not _takes_word(slot.type, value.text):
            _not_for_this(scope, callee, slot, value, slots)
            value = None
        if value is None:
            whole = False
            continue
        bound.append(graph.Bound(slot.name, value, argument.span, argument.name is None))
    missing = [slot.name for slot in slots if slot.required and slot.name not in seen]
    if missing and whole:
        missing_arguments(scope, callee, callee_span, missing, arguments, labels)
        whole = False
    return Binding(tuple(bound), whole)


def _not_for_this(
    scope: Scope, callee: str, slot: Slot, word: graph.Word, slots: Sequence[Slot]
) -> None:
    """Report a word where none is taken: it may be meant for another argument."""
    expected = slot.type.description if slot.type else None
    other = next((s.name for s in slots if s.type and word.text in s.type.words), None)
    if other is None:
        unknown_value(scope, word, expected)
        return
    scope.reporter.error(
        "A209",
        word.span,
        f"wrong value for `{slot.name}` of `{callee}`",
        "not accepted",
        expected=expected,
        received=word.text,
        help=write_instead(f"{other}={word.text}"),
    )


def _takes_word(type_: ArgumentType | None, word: str) -> bool:
    """True if a bare word can be meant for an argument, be it misspelt."""
    if type_ is None or type_.words:
        return True
    try:
        type_.convert(word)
    except Unfit:
        return False
    return True


def _slot_of(
    scope: Scope,
    callee: str,
    callee_span: Span,
    argument: tree.Argument,
    position: int,
    by_name: dict[str, Slot],
    in_order: Sequence[Slot],
    after_named: bool,
    labels: tuple[Label, ...],
) -> Slot | None:
    if argument.name is None:
        if after_named:
            scope.reporter.error(
                "A210",
                argument.span,
                "an argument without a name stands behind one with a name",
                "which argument is this?",
                help="give it its name, or put it first",
            )
            return None
        if position < len(in_order):
            return in_order[position]
        names = [slot.name for slot in in_order]
        surplus_argument(scope, callee, argument, position, names, labels)
        return None
    slot = by_name.get(argument.name.text)
    if slot is None:
        within = (callee_span, argument.span)
        names = list(by_name)
        unknown_argument(scope, callee, argument.name, names, labels, within=within)
    return slot
