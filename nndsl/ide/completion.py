"""What may be written at the cursor."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from nndsl import resources, vocabulary
from nndsl.ide.analysis import Analysis
from nndsl.ide.context import CallAround, Context
from nndsl.ide.hover import signature
from nndsl.ide.names import Symbol
from nndsl.layers.argument_types import TensorType
from nndsl.layers.rule import LayerRule
from nndsl.reference import find, groups
from nndsl.reference.rules import all_rules
from nndsl.syntax import tree
from nndsl.training import SETTINGS
from nndsl.training.distribution import STRATEGIES
from nndsl.training.features import FEATURES
from nndsl.training.setting import Part, PartPerOutput, Parts, Sharing, Source
from nndsl.training.sources import SOURCES, SourceKind

ItemKind = Literal[
    "layer", "operation", "activation", "block", "model", "argument", "value", "tensor", "constant",
    "keyword", "setting", "object", "file",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """A completion; in a `snippet`, `${1:name}` is to be filled in. `key` leads to its text."""

    label: str
    kind: ItemKind
    detail: str = ""
    snippet: str = ""
    #: Sorts before others where it is smaller.
    rank: int = 5
    key: str = ""


_TOP_WORDS = {
    "model": "model ${1:Name} {\n    input ${2:x}: [${3:size}]\n\n    $0\n\n    output ${4:y}\n}",
    "block": "block ${1:Name}(${2:parameters}) = $0",
    "const": "const ${1:name} = $0",
    "train": "train {\n    optimizer: ${1:adam}\n    loss: ${2:mse}\n    epochs: ${3:10}\n}",
    "import": 'import ${1:Name} from "$0"',
    "extern": 'extern ${1:layer} ${2:Name}(${3:units}) from "${4:module}"$0',
}
_BODY_WORDS = {
    "input": "input ${1:x}: [${2:size}]",
    "output": "output $0",
    "layer": "layer ${1:name} = $0",
    "const": "const ${1:name} = $0",
    "for": "for ${1:x} in ${2:items} {\n    $0\n}",
    "if": "if ${1:condition} {\n    $0\n}",
}
_CHAIN_WORDS = {
    "repeat": "repeat ${1:n} { $0 }",
    "for": "for ${1:x} in ${2:items} { $0 }",
}


def complete(analysis: Analysis, offset: int) -> list[Item]:
    """Return what may stand at an offset, whatever has been typed of it."""
    context = Context(analysis, offset)
    path = _paths(context)
    if path is not None:
        return path
    if context.in_comment_or_string:
        return []
    return list({item.label: item for item in reversed(list(_items(context)))}.values())[::-1]


def _items(context: Context) -> Iterator[Item]:
    kind, around, first = context.last_kind, context.around(), context.first_of_line()
    call = context.call()
    if kind == "DOT":
        yield from _operations(context)
    elif call is not None:
        yield from _in_call(context, call)
    elif kind == "AS" or kind in ("MODEL", "BLOCK", "CONST") and not context.begins_line:
        return
    elif first == "IMPORT":
        yield from _imported(context)
    elif around == "train":
        yield from _in_train(context)
    elif _is_stage(context, kind, first):
        yield from _stages(context)
    elif context.begins_line:
        words = _BODY_WORDS if around else _TOP_WORDS
        yield from (Item(w, "keyword", snippet=s, rank=7) for w, s in words.items())
        if around:
            yield from _values(context, ("tensor", "input"))
    elif first == "INPUT" and kind == "COLON":
        dtypes = ("int32", "float32", "string", "bool", "uint8", "int64")
        yield from (Item(dtype, "value", "dtype") for dtype in dtypes)
    elif first == "OUTPUT" or kind in ("COMMA", "PLUS", "MINUS", "TIMES", "DIVIDE"):
        yield from _values(context, ("tensor", "input", "constant", "parameter", "variable"))
    else:
        yield from _values(context, ("constant", "parameter", "variable", "tensor", "input"))


def _is_stage(context: Context, kind: str, first: str) -> bool:
    if kind in ("ARROW", "VBAR"):
        return True
    if kind == "EQUAL":
        return first in ("LAYER", "BLOCK")
    before = context.last(1)
    if kind == "LPAR":
        return before is not None and before.kind in ("ARROW", "EQUAL", "VBAR")
    return kind == "LBRACE" and not context.begins_line and first not in ("MODEL", "BLOCK")


# ---- Stages --------------------------------------------------------------------------------------


def _stages(context: Context) -> Iterator[Item]:
    names = context.analysis.names
    for symbol in names.file.values():
        if symbol.kind in ("block", "model", "extern", "import"):
            yield _callable(symbol)
    for symbol in _scope(context).values():
        if symbol.kind == "layer":
            yield Item(symbol.name, "layer", symbol.line.span.text, rank=1)
    yield from _known_stages()
    yield Item("ops.", "operation", "functions of keras.ops", rank=6)
    yield from (Item(w, "keyword", snippet=s, rank=7) for w, s in _CHAIN_WORDS.items())


@cache
def _known_stages() -> tuple[Item, ...]:
    items = []
    for group in groups():
        if group.title == "Activations":
            items += [
                Item(name, "activation", text, key=name, rank=4) for name, text in group.names
            ]
    for name, rule in all_rules().items():
        if not name.startswith("ops.") and name == rule.name:
            items.append(_layer_item(rule))
    return tuple(items)


def _layer_item(rule: LayerRule) -> Item:
    needed = [p for p in rule.parameters if p.required and not isinstance(p.type, TensorType)]
    inside = ", ".join(f"${{{number}:{p.name}}}" for number, p in enumerate(needed, 1))
    snippet = f"{rule.name}({inside})" if needed else ""
    return Item(rule.name, "layer", _summary(rule.name), snippet, 3, rule.name)


@cache
def _summary(name: str) -> str:
    return _summaries().get(name, "")


@cache
def _summaries() -> dict[str, str]:
    return {name: text for group in groups() for name, text in group.names}


def _callable(symbol: Symbol) -> Item:
    line = symbol.line
    if symbol.kind == "import":
        return Item(symbol.name, "block", f'from "{line.path}"', rank=1)
    parameters = [p.name.text for p in line.parameters or () if p.default is None]
    inside = ", ".join(f"${{{number}:{name}}}" for number, name in enumerate(parameters, 1))
    snippet = f"{symbol.name}({inside})" if parameters else ""
    kind: ItemKind = "model" if symbol.kind == "model" else "block"
    return Item(symbol.name, kind, signature(line).partition("\n")[0], snippet, 1)


def _operations(context: Context) -> Iterator[Item]:
    for name, rule in all_rules().items():
        if name.startswith("ops.") and name == rule.name:
            yield Item(name.removeprefix("ops."), "operation", _summary(name), key=name)


# ---- Inside of calls -----------------------------------------------------------------------------


def _in_call(context: Context, call: CallAround) -> Iterator[Item]:
    rule = rule_of(context.analysis, call.callee)
    kind = context.last_kind
    if call.writing:
        yield from _words(rule, call.writing, call.callee)
        source = SOURCES.get(call.callee)
        if source is not None and source.features and call.writing not in source.options:
            yield from (Item(k.name, "value", k.doc, k.snippet, 1) for k in FEATURES.values())
        wants = ("constant", "parameter", "variable", "tensor", "input")
        yield from _values(context, wants)
        return
    if kind in ("LPAR", "COMMA"):
        known = arguments_of(context.analysis, call.callee)
        for name, detail, required in known[max(0, call.position - len(call.named)) :]:
            if name not in call.named:
                yield Item(
                    name, "argument", detail, f"{name}=$0", 1 if required else 2, call.callee
                )
        if rule is not None and call.position < len(rule.parameters):
            yield from _words(rule, rule.parameters[call.position].name, call.callee)
    yield from _values(context, ("constant", "parameter", "variable", "tensor", "input"))


def rule_of(analysis: Analysis, callee: str) -> LayerRule | None:
    """Return the layer or operation that a name stands for; of a shared layer, that one."""
    symbol = _find(analysis, callee)
    if symbol is not None and isinstance(symbol.line, tree.SharedLayer):
        callee = symbol.line.apply.callee.text
    elif symbol is not None:
        return None
    return all_rules().get(callee)


def _find(analysis: Analysis, name: str) -> Symbol | None:
    index = analysis.names
    for scope in (*index.bodies.values(), index.file):
        if name in scope and scope[name].kind in ("layer", "block", "model", "extern", "import"):
            return scope[name]
    return None


def arguments_of(analysis: Analysis, callee: str) -> list[tuple[str, str, bool]]:
    """Return the arguments of what is called: name, what it takes, whether it must be given."""
    symbol = _find(analysis, callee)
    line = symbol.line if symbol is not None else None
    if isinstance(line, tree.Import):
        line = imported_definition(analysis, callee)
    if isinstance(line, tree.SharedLayer):
        callee, line = line.apply.callee.text, None
    if isinstance(line, (tree.Block, tree.Model, tree.Extern)):
        known = [
            (p.name.text, f"= {p.default.span.text}" if p.default else "", p.default is None)
            for p in line.parameters or ()
        ]
        for inner in getattr(line, "body", ()):
            if isinstance(inner, tree.Input):
                known += [(name.text, "input", False) for name in inner.names]
        return known
    if callee in STRATEGIES:
        return STRATEGIES[callee].arguments
    if callee in SOURCES:
        return _arguments_of_source(analysis, SOURCES[callee])
    return [
        (
            one.name,
            f"{one.takes}" + (f", default {one.default}" if one.default else ""),
            one.required,
        )
        for entry in find(callee)
        for one in (*entry.arguments, *entry.tensors, *entry.flags, *entry.common)
    ]


def _arguments_of_source(analysis: Analysis, source: SourceKind) -> list[tuple[str, str, bool]]:
    """Return what a data source is told: names of inputs and outputs, and its options."""
    known = [(name, type_.description, False) for name, type_ in source.options.items()]
    if source.fields or source.features:
        takes = "how it is stored" if source.features else "what it is called in the file"
        trained = analysis.checked.shaped.graph.trained
        if trained is not None:
            known += [(one.name, takes, False) for one in trained.body.inputs]
            known += [(one.name, takes, False) for one in trained.body.outputs]
    return known


def imported_definition(analysis: Analysis, name: str) -> tree.Block | tree.Model | None:
    """Return the block or model of another file that is imported under a name."""
    for module in imported_modules(analysis).values():
        for line in module.definitions:
            if isinstance(line, (tree.Block, tree.Model)) and line.name.text == name:
                return line
    return None


def imported_modules(analysis: Analysis) -> dict[str, tree.Module]:
    from nndsl.diagnostic import Reporter
    from nndsl.imports import load_imports

    return load_imports(analysis.module, analysis.files, Reporter()).modules


def _words(rule: LayerRule | None, argument: str, callee: str) -> Iterator[Item]:
    parameter = rule.by_name.get(argument) if rule is not None else None
    if parameter is not None:
        yield from (Item(word, "value", rank=1) for word in parameter.type.words)
        if "`true`" in parameter.type.description:
            yield from (Item(word, "value", rank=1) for word in ("true", "false"))
        if "`none`" in parameter.type.description or parameter.default is None:
            yield Item("none", "value", rank=3)
    if rule is None:
        for entry in find(callee):
            for one in (*entry.arguments, *entry.flags):
                if one.name == argument:
                    yield from (Item(w, "value", rank=1) for w in one.takes.split("`")[1::2])


def _values(context: Context, kinds: Sequence[str]) -> Iterator[Item]:
    scope = {**context.analysis.names.file, **_scope(context)}
    for symbol in scope.values():
        if symbol.kind in kinds and symbol.definitions[0].start < context.offset:
            kind: ItemKind = "tensor" if symbol.kind in ("tensor", "input") else "constant"
            yield Item(symbol.name, kind, symbol.kind, rank=2)


def _scope(context: Context) -> dict[str, Symbol]:
    """Return the names of the block or model that the cursor stands in."""
    starts = [start for start in context.analysis.names.bodies if start <= context.offset]
    if not context.around() and context.first_of_line() != "BLOCK":
        return {}
    return context.analysis.names.bodies[max(starts)] if starts else {}


# ---- Imports and training ------------------------------------------------------------------------


def _paths(context: Context) -> list[Item] | None:
    """Return the files that may be imported, if the cursor stands in the path of an import."""
    text = context.analysis.source.text
    start = text.rfind("\n", 0, context.offset) + 1
    line = text[start : context.offset]
    if not line.lstrip().startswith("import") or line.count('"') != 1:
        return None
    known = [f"std/{name}" for name in resources.standard_files()]
    folder = os.path.dirname(os.path.abspath(context.analysis.source.name))
    with contextlib.suppress(OSError):
        known += sorted(name for name in os.listdir(folder) if name.endswith(".nn"))
    own = os.path.basename(context.analysis.source.name)
    return [Item(name, "file") for name in known if name != own]


def _imported(context: Context) -> Iterator[Item]:
    """Return the names that the file of this import has."""
    line = context.analysis.source.text[context.offset :].partition("\n")[0]
    parts = line.split('"')
    if len(parts) < 2 or context.analysis.files is None:
        return
    path = parts[1]
    try:
        if path.startswith("std/"):
            text = resources.standard_library(path.removeprefix("std/"))
        else:
            text = context.analysis.files.read(path)
    except Exception:
        return
    from nndsl import syntax
    from nndsl.source import Source

    for inner in syntax.parse(Source(path, text))[0].definitions:
        if isinstance(inner, (tree.Block, tree.Model)):
            yield Item(inner.name.text, "block", signature(inner).partition("\n")[0])


def _in_train(context: Context) -> Iterator[Item]:
    name = _setting_name(context)
    if not name:
        for setting in SETTINGS.values():
            yield Item(
                setting.name, "setting", setting.doc, f"{setting.name}: $0", key=setting.name
            )
        return
    form = SETTINGS[name].form if name in SETTINGS else None
    if isinstance(form, Parts) and form.kind == "layers":
        yield from (item for item in _known_stages() if item.kind == "layer")
    elif isinstance(form, Sharing):
        yield from (
            Item(s.name, "value", s.doc, s.snippet, key=s.name) for s in STRATEGIES.values()
        )
        return
    elif isinstance(form, Source):
        for source in SOURCES.values():
            yield Item(source.name, "value", source.doc, source.snippet, key=source.name)
    elif isinstance(form, (Part, PartPerOutput, Parts)):
        yield from _parts(form.kind)
    else:
        words: Iterable[str] = getattr(getattr(form, "type", None), "words", ())
        yield from (Item(word, "value") for word in words)
    if context.last_kind in ("COLON", "COMMA"):
        for symbol in _outputs(context.analysis):
            yield Item(symbol, "tensor", "output", f"{symbol}=$0", 1)
    yield from _values(context, ("constant",))


def _setting_name(context: Context) -> str:
    for index in range(len(context.before) - 1, 0, -1):
        token = context.before[index]
        if token.kind == "COLON":
            return context.before[index - 1].text
        if token.kind == "_NL" and context.before[index - 1].kind != "COMMA":
            return ""
        if token.kind in ("LBRACE", "RBRACE"):
            return ""
    return ""


@cache
def _parts(kind: str) -> tuple[Item, ...]:
    names = dict.fromkeys([*vocabulary.names(kind), *vocabulary.identifiers(kind)])
    return tuple(Item(name, "object", kind, key=name, rank=3) for name in names)


def _outputs(analysis: Analysis) -> list[str]:
    names: list[str] = []
    for model in analysis.checked.shaped.models.values():
        names += model.outputs
    return list(dict.fromkeys(names))


# ---- Signature help ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signature:
    label: str
    #: Where each argument stands in the label, and what it takes.
    arguments: tuple[tuple[int, int, str], ...]
    active: int | None
    key: str


def signature_help(analysis: Analysis, offset: int) -> Signature | None:
    """Return the arguments of the call around the cursor, and which of them is written."""
    call = Context(analysis, offset).call()
    if call is None:
        return None
    known = arguments_of(analysis, call.callee)
    if not known:
        return None
    label = f"{call.callee}("
    places: list[tuple[int, int, str]] = []
    for name, takes, _ in known:
        if places:
            label += ", "
        places.append((len(label), len(label) + len(name), takes))
        label += name
    names = [name for name, _, _ in known]
    if call.writing:
        active = names.index(call.writing) if call.writing in names else None
    else:
        active = call.position if call.position < len(names) else None
    return Signature(label + ")", tuple(places), active, call.callee)
