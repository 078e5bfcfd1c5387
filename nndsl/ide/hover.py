"""What is said of the word under the cursor, as Markdown."""

from __future__ import annotations

from dataclasses import dataclass

from nndsl.ide.analysis import Analysis, Place, tensor_text, tensors_text
from nndsl.ide.names import Symbol
from nndsl.layers.rule import LayerRule
from nndsl.reference import find
from nndsl.render.markdown import entry_markdown
from nndsl.source import Span
from nndsl.syntax import tree
from nndsl.training import SETTINGS
from nndsl.training.distribution import STRATEGIES
from nndsl.training.features import FEATURES
from nndsl.training.sources import SOURCES


@dataclass(frozen=True, slots=True)
class Hover:
    start: int
    end: int
    text: str


def hover(analysis: Analysis, offset: int) -> Hover | None:
    """Return what is known of the word at an offset."""
    met = analysis.names.at(offset)
    if met is not None:
        symbol, span = met
        return Hover(span.start, span.end, symbol_text(analysis, symbol, span))
    name = dotted_at(analysis, offset)
    if name is None:
        return None
    place = analysis.place_at(offset)
    text = place_text(place, analysis) if place and place.start == name.start else ""
    documentation = name_text(name.text.replace(" ", ""))
    if not documentation and not text:
        return None
    return Hover(name.start, name.end, "\n\n".join(filter(None, (text, documentation))))


def dotted_at(analysis: Analysis, offset: int) -> Span | None:
    """Return the name at an offset, with what stands before a dot: `ops.mean`."""
    tokens = analysis.tokens
    for index, token in enumerate(tokens):
        if token.start <= offset <= token.end and token.text.isidentifier():
            first = last = index
            while first > 1 and tokens[first - 1].kind == "DOT":
                first -= 2
            while last + 2 < len(tokens) and tokens[last + 1].kind == "DOT":
                last += 2
            return Span(tokens[first].start, tokens[last].end, analysis.source)
    return None


def name_text(name: str) -> str:
    """Return what `nndsl layers NAME` says; for a setting of `train`, what it is for."""
    entries = find(name)
    if entries:
        return "\n---\n\n".join(entry_markdown(entry) for entry in entries)
    declared = SETTINGS.get(name) or STRATEGIES.get(name) or SOURCES.get(name)
    if declared is None and name in ("image", "raw", "tensor"):  # and not the names of dtypes
        return f"### {name}\n\n{FEATURES[name].doc}"
    return f"### {name}\n\n{declared.doc}" if declared is not None else ""


def place_text(place: Place, analysis: Analysis) -> str:
    """Return what a stage is here: what comes in, what goes out, its arguments and weights."""
    lines = []
    for inputs, outputs in _flows(place):
        lines.append(f"`{inputs or '?'} -> {outputs or '?'}`")
    count = place.parameters
    if count:
        lines.append(f"{count:,} parameters")
    if place.uses:
        use = place.uses[0]
        given = ", ".join(f"`{name}={_shown(value)}`" for name, value in use.values.items())
        if given:
            lines.append(f"with {given}")
        if use.name:
            others = len(place.uses) - 1
            more = f" and {others} more" if others else ""
            lines.append(f"in Keras: `{use.name}`{more}")
        if use.multiply_adds:
            lines.append(f"{use.multiply_adds:,} multiply-adds a sample")
    return "  \n".join(lines)


def _flows(place: Place) -> list[tuple[str, str]]:
    """Return what goes in and comes out, each pair once; of many, the first and the last."""
    pairs = [
        (tensors_text(inputs), tensors_text(outputs))
        for inputs, outputs in zip(place.inputs, place.outputs, strict=True)
    ]
    once = list(dict.fromkeys(pairs))
    return once if len(once) <= 4 else [*once[:3], once[-1]]


def _shown(value: object) -> str:
    words = {True: "true", False: "false", None: "none"}
    if value is None or isinstance(value, bool):
        return words[value]
    if isinstance(value, LayerRule):
        return value.name
    return str(value).replace("`", "'")


def symbol_text(analysis: Analysis, symbol: Symbol, span: Span) -> str:
    """Return what is known of a name that the text defines."""
    line = symbol.line
    if symbol.kind in ("block", "model", "extern"):
        return f"```nn\n{signature(line)}\n```\n\n{_applied(analysis, span)}"
    if symbol.kind == "import":
        return f'```nn\nimport {symbol.name} from "{line.path}"\n```\n\n{_applied(analysis, span)}'
    if symbol.kind == "layer":
        return f"```nn\n{line.span.text}\n```\n\n" + _applied(analysis, span)
    if symbol.kind in ("constant", "parameter", "variable"):
        head = line.span.text if symbol.kind != "variable" else f"for {symbol.name}"
        return f"```nn\n{head}\n```\n\n{symbol.kind}"
    shape = tensor_shape(analysis, symbol, span)
    return f"```nn\n{symbol.name}: {shape or '?'}\n```\n\n{symbol.kind}"


def signature(line: tree.Block | tree.Model | tree.Extern) -> str:
    """Return the header of a block or model, with what it declares of its inputs and outputs."""
    lines = [line.span.text.partition("=\n")[0] if isinstance(line, tree.Extern) else _head(line)]
    for inner in getattr(line, "body", ()):
        if isinstance(inner, (tree.Input, tree.Output)):
            lines.append("    " + inner.span.text)
    return "\n".join(lines)


def _head(line: tree.Block | tree.Model) -> str:
    parameters = ", ".join(parameter.span.text for parameter in line.parameters)
    word = "block" if isinstance(line, tree.Block) else "model"
    return f"{word} {line.name.text}" + (f"({parameters})" if parameters else "")


def _applied(analysis: Analysis, span: Span) -> str:
    place = analysis.place_at(span.start)
    return place_text(place, analysis) if place and place.start == span.start else ""


def tensor_shape(analysis: Analysis, symbol: Symbol, span: Span) -> str:
    """Return the shape of a tensor by its name; of several definitions, that of the last above."""
    above = [place for place in symbol.definitions if place.start <= span.start]
    place = above[-1] if above else symbol.definitions[0]
    owner = symbol.owner
    if isinstance(owner, tree.Model):
        model = analysis.checked.shaped.models.get(owner.name.text)
        if symbol.kind == "input" and model and symbol.name in model.inputs:
            return tensor_text(model.inputs[symbol.name])
    before = [p for p in analysis.places.values() if p.end <= place.start]
    nearest = max(before, key=lambda p: (p.end, p.start), default=None)
    if nearest is not None and " as " in analysis.source.text[nearest.end : place.start + 1] + " ":
        between = analysis.source.text[nearest.end : place.start].split()
        if between and between[0] == "as":
            position = "".join(between[1:]).count(",")
            shapes = [t[position] for t in nearest.outputs if len(t) > position]
            texts = list(dict.fromkeys(tensor_text(t) for t in shapes if t is not None))
            return " … ".join(texts[:1] + texts[1:][-1:])
    for model in analysis.checked.shaped.models.values():
        for value, tensor in model.tensors.items():
            if value.name == symbol.name and value.span.source is analysis.source:
                return str(tensor) if tensor is not None else ""
    return ""
