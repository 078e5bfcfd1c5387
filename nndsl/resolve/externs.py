"""`extern` lines -> rules for what the user's Python brings in, and parts made of them."""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from nndsl import graph, layers, vocabulary
from nndsl.diagnostic import Label, did_you_mean
from nndsl.extern import KINDS, STAGES, Extern, ExternRule, ExternTensor
from nndsl.resolve.expressions import bind, slots_of
from nndsl.resolve.scope import Scope
from nndsl.resolve.tensor_lists import refuse_lists
from nndsl.resolve.types import resolve_dims, resolve_dtype
from nndsl.source import Span
from nndsl.syntax import tree

if TYPE_CHECKING:
    from nndsl.resolve.body import BodyResolver

_MODULE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*\Z")
_MOST_CHARACTERS = 200


def resolve_extern(scope: Scope, line: tree.Extern) -> ExternRule | None:
    """Return what a line declares, or None if it cannot be (it was reported).

    `scope` knows the line's parameters.
    """
    before = len(scope.reporter.findings)
    _check_kind(scope, line)
    _check_name(scope, line)
    _check_module(scope, line)
    _check_parameters(scope, line)
    if len(scope.reporter.findings) > before:
        return None
    tensors = _tensors(scope, line)
    outputs = _outputs(scope, line)
    if len(scope.reporter.findings) > before:
        return None
    _check_bound(scope, line, tensors, outputs or ())
    if len(scope.reporter.findings) > before:
        return None
    parameters = tuple(scope.parameters.values())
    takes_list = line.tensors is not None and line.tensors.is_list
    return ExternRule(
        Extern(
            line.kind.text,
            line.name.text,
            line.module,
            parameters,
            line.parameters is not None,
            tensors,
            takes_list,
            outputs,
            line.span,
        )
    )


# ---- Words and names -----------------------------------------------------------------------


def _check_kind(scope: Scope, line: tree.Extern) -> None:
    kind = line.kind.text
    if kind not in KINDS:
        known = ", ".join(f"`{word}`" for word in KINDS)
        scope.reporter.error(
            "A202",
            line.kind.span,
            f"there is no kind of extern part called `{kind}`",
            "not a kind",
            expected=known,
            help=did_you_mean(scope.reporter.guess(kind, KINDS)),
        )
        return
    surplus = line.tensors.span if line.tensors else line.outputs[0].span if line.outputs else None
    if kind not in STAGES and surplus is not None:
        scope.reporter.error(
            "T005",
            surplus,
            f"tensors are declared for layers and functions, and `{line.name.text}` is a {kind}",
            "belongs to a layer",
            help="delete it",
        )


def _check_name(scope: Scope, line: tree.Extern) -> None:
    name = line.name.text
    stage = line.kind.text in STAGES
    if keyword.iskeyword(name) or name.startswith("__"):
        _reserved(scope, line.name, "a word of Python")
    elif stage and layers.find(name) is not None:
        _reserved(scope, line.name, "a layer of Keras")
    elif stage and vocabulary.signature("activations", name) is not None:
        _reserved(scope, line.name, "an activation of Keras")


def _reserved(scope: Scope, name: tree.Identifier, what: str) -> None:
    scope.reporter.error(
        "A208",
        name.span,
        f"`{name.text}` is {what}",
        "this name is taken",
        help="choose another name, in the Python as well",
    )


def _check_module(scope: Scope, line: tree.Extern) -> None:
    """Report what is no module of Python: nothing else may come out of the string."""
    if is_module_path(line.module):
        return
    path = line.module.removesuffix(".py").strip("./\\").replace("/", ".").replace("\\", ".")
    scope.reporter.error(
        "G713",
        line.module_span,
        "this is no module of Python",
        "not a module",
        expected='names with dots between them, such as "mylib.layers"',
        help=(
            f'write "{path}"; the module is looked for from the folder of the script'
            if is_module_path(path)
            else None
        ),
    )


def is_module_path(text: str) -> bool:
    """True for a dotted path that Python imports: ASCII names, none of them a keyword."""
    parts = text.split(".")
    whole = len(text) <= _MOST_CHARACTERS and _MODULE.match(text) is not None
    return whole and not any(keyword.iskeyword(p) or p.startswith("__") for p in parts)


def _check_parameters(scope: Scope, line: tree.Extern) -> None:
    parameters = [parameter.name for parameter in line.parameters or ()]
    tensors = [tensor.name for tensor in line.tensors.tensors] if line.tensors else []
    seen: dict[str, Span] = {}
    for name in (*parameters, *tensors):
        first = seen.setdefault(name.text, name.span)
        if first is not name.span and name not in parameters:
            scope.reporter.error(
                "G703",
                name.span,
                f"the name `{name.text}` is used twice",
                "second use",
                labels=(Label(first, "first use"),),
                help="choose another name",
            )
        if keyword.iskeyword(name.text) or name.text.startswith("__"):
            _reserved(scope, name, "a word of Python")
        elif name.text == "name" and line.kind.text == "layer":
            scope.reporter.error(
                "A208",
                name.span,
                "every layer takes a `name`, which `as` gives it",
                "not declared",
                help="delete it here, and let the class hand `**kwargs` on to Keras's",
            )


# ---- Tensors -------------------------------------------------------------------------------


def _tensors(scope: Scope, line: tree.Extern) -> tuple[ExternTensor, ...]:
    """Return the tensors that are taken: one of any shape where nothing is said."""
    if line.tensors is None:
        return (ExternTensor("inputs", "", None),)
    if not line.tensors.tensors:
        scope.reporter.error(
            "G702",
            line.tensors.span,
            f"`{line.name.text}` takes no tensor",
            "nothing comes in",
            help="write a name for each tensor that it takes: `(x)`",
        )
    return tuple(
        ExternTensor(
            tensor.name.text,
            resolve_dtype(scope.reporter, tensor.type, ""),
            resolve_dims(scope, tensor.type, rest=True),
        )
        for tensor in line.tensors.tensors
    )


def _outputs(scope: Scope, line: tree.Extern) -> tuple[ExternTensor, ...] | None:
    if line.outputs is None:
        return None
    return tuple(
        ExternTensor(
            "",
            resolve_dtype(scope.reporter, type_, "float32"),
            resolve_dims(scope, type_, rest=True),
        )
        for type_ in line.outputs
    )


def _check_bound(
    scope: Scope,
    line: tree.Extern,
    tensors: Sequence[ExternTensor],
    outputs: Sequence[ExternTensor],
) -> None:
    """Report what an output says of axes that no tensor tells of."""
    taken = [dim for tensor in tensors for dim in tensor.dims or ()]
    names = {dim for dim in taken if isinstance(dim, str)}
    any_shape = tensors[0].dims is None
    has_rest = any(isinstance(dim, graph.Rest) for dim in taken) or any_shape
    for type_, output in zip(line.outputs or (), outputs, strict=True):
        for written, dim in zip(type_.dimensions, output.dims or (), strict=False):
            if isinstance(dim, str) and dim not in names:
                _unbound(scope, written.span, f"?{dim}", f"(x: [?{dim}, ?F])")
            elif isinstance(dim, graph.Rest) and not has_rest:
                _unbound(scope, written.span, "..", "(x: [.., ?F])")


def _unbound(scope: Scope, span: Span, text: str, example: str) -> None:
    scope.reporter.error(
        "G705",
        span,
        f"no tensor says what `{text}` stands for",
        "not known",
        help=f"declare the tensor in front of the arrow: `{example} -> ...`",
    )


# ---- Use -----------------------------------------------------------------------------------


def apply_extern(
    body: BodyResolver,
    values: tuple[graph.Value, ...],
    stage: tree.Apply,
    rule: ExternRule,
    names: tuple[tree.Identifier, ...],
) -> tuple[graph.Value, ...] | None:
    """Apply a layer or function of the user's own; None if it cannot be (it was reported)."""
    if rule.extern.kind == "layer":
        from nndsl.resolve.stages import apply_layer  # which asks for what is here

        return apply_layer(body, values, stage, rule, names)
    if rule.extern.kind == "function":
        from nndsl.resolve.operations import apply_rule  # likewise

        return apply_rule(body, values, stage, rule, names)
    report_kind(body.scope, rule, stage.callee.span, "not a layer")
    return None


def spread_tensors(
    body: BodyResolver,
    values: tuple[graph.Value, ...],
    rule: ExternRule,
    span: Span,
    named: tuple[graph.TensorArgument, ...],
) -> tuple[tuple[graph.Value, ...], tuple[graph.TensorArgument, ...]] | None:
    """Return the first input of a layer, and its other tensors by their names.

    None if there are too many or too few (it was reported).
    """
    wanted = [tensor.name for tensor in rule.extern.tensors]
    given = {tensor.name for tensor in named}
    open_names = [name for name in wanted[1:] if name not in given]
    if rule.takes_list:
        return (values, named) if takes(body, rule, values, span) else None
    if refuse_lists(body, values, span, f"`{rule.name}`"):
        return None
    if len(values) != 1 + len(open_names):
        _wrong_count(body, rule, len(values) + len(given), span)
        return None
    rest = zip(open_names, values[1:], strict=True)
    made = [graph.TensorArgument(name, (value,), False) for name, value in rest]
    return values[:1], tuple(sorted((*made, *named), key=lambda t: wanted.index(t.name)))


def takes(body: BodyResolver, rule: ExternRule, values: Sequence[graph.Value], span: Span) -> bool:
    """Return whether these tensors may come over the arrow; report it if not."""
    count, most = len(values), len(rule.extern.tensors)
    fits = count == most if rule.takes_list else count <= most
    if rule.takes_list and any(value.is_list for value in values):
        return True  # how many tensors it holds is known later
    if refuse_lists(body, values, span, f"`{rule.name}`"):
        return False
    if not fits:
        _wrong_count(body, rule, count, span)
    return fits


def _wrong_count(body: BodyResolver, rule: ExternRule, count: int, span: Span) -> None:
    extern = rule.extern
    many = f"{len(extern.tensors)} tensors" if len(extern.tensors) > 1 else "one tensor"
    body.reporter.error(
        "S115",
        span,
        f"`{extern.name}` takes {many}, and gets {count}",
        labels=(Label(extern.span, "declared here"),),
        expected=", ".join(f"`{tensor.name}`" for tensor in extern.tensors),
        received=f"{count} tensor{'s' if count > 1 else ''}",
        help=(
            "if it takes several, declare them: "
            f'`extern {extern.kind} {extern.name} from "{extern.module}" (a, b)`'
            if len(extern.tensors) == 1
            else f"put all of them in front of the arrow: `a, b -> {extern.name}`"
        ),
    )


class OwnPart(NamedTuple):
    """What a part of the user's Python comes to; None if it does not fit (it was reported)."""

    made: graph.ExternPart | None
    kind: str


def own_part(scope: Scope, value: tree.Expression, *wanted: str) -> OwnPart | None:
    """Return the part of the user's Python that a value of a setting names, if it names one.

    `wanted` are the kinds that the setting takes.
    """
    if isinstance(value, tree.Call):
        callee, given = value.callee, value.arguments
    elif isinstance(value, tree.Reference):
        callee, given = tree.Identifier(value.span, value.name), ()
    else:
        return None
    rule = scope.extern(callee.text)
    if rule is None:
        known = scope.place_of(callee.text) is not None
        # A line with a mistake that defines the name was reported.
        return OwnPart(None, "") if callee.text in scope.poisoned and not known else None
    if rule.extern.kind not in wanted:
        report_kind(scope, rule, callee.span, f"not a {wanted[0]}")
        return OwnPart(None, "")
    bound = bind(scope, rule.name, callee.span, given, slots_of(rule))
    made = graph.ExternPart(value.span, rule, bound.arguments) if bound.whole else None
    return OwnPart(made, rule.extern.kind)


def report_kind(scope: Scope, rule: ExternRule, span: Span, label: str) -> None:
    """Report a part that stands where one of another kind is needed."""
    kind = rule.extern.kind
    uses = {
        "layer": f"apply it in a flow: `x -> {rule.name}`",
        "function": f"apply it in a flow: `x -> {rule.name}`",
        "data": f"write `data: {rule.name}` in the training section",
        "batches": f"write `data: {rule.name}` in the training section",
        "metric": f"write `metrics: {rule.name}` in the training section",
        "callback": f"write `callbacks: {rule.name}()` in the training section",
    }
    scope.reporter.error(
        "G707",
        span,
        f"`{rule.name}` is an extern {kind}",
        label,
        labels=(Label(rule.extern.span, "declared here"),),
        help=uses.get(kind, f"write `{kind}: {rule.name}` in the training section"),
    )
