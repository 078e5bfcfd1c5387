"""What a model uses that an older Keras does not have: layers, operations, objects, arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from nndsl import graph, vocabulary
from nndsl.diagnostic import Diagnostic, Reporter
from nndsl.layers.rule import LayerRule
from nndsl.record import Record
from nndsl.resolve.expressions import wanted_kind
from nndsl.source import Span
from nndsl.training import SETTINGS
from nndsl.training.setting import Part, PartPerOutput
from nndsl.vocabulary.versions import KNOWN, SINCE

#: What older Kerases take as well, and then cannot build a model with; found by the parity tests.
WORKS_SINCE = {"layers": {"GroupQueryAttention.return_attention_scores": "3.15"}}

_KINDS_OF_SETTINGS = {
    name: setting.form.kind
    for name, setting in SETTINGS.items()
    if isinstance(setting.form, (Part, PartPerOutput))
}


def check_version(whole: graph.Graph, version: str) -> list[Diagnostic]:
    """Report all in a graph that came to Keras after a version, one of `KNOWN`."""
    if version == KNOWN[-1]:
        return []
    check = _Check(version)
    check.look_at(whole)
    return check.reporter.findings


class _Check:
    def __init__(self, version: str) -> None:
        self.reporter = Reporter()
        self.version = version
        self.later = KNOWN[KNOWN.index(version) + 1 :]

    def look_at(self, whole: graph.Graph) -> None:
        """Look at every part of a graph once: what is shared is met several times."""
        seen: set[int] = set()
        waiting: list[Any] = [whole]
        while waiting:
            part = waiting.pop()
            if isinstance(part, Record):
                if id(part) not in seen:
                    seen.add(id(part))
                    self.visit(part)
                    waiting += [getattr(part, field.name) for field in fields(part)]  # type: ignore[arg-type]
            elif isinstance(part, dict):
                waiting += part.values()
            elif isinstance(part, (tuple, list)):
                waiting += part

    def visit(self, part: Record) -> None:
        if isinstance(part, (graph.LayerNode, graph.SharedLayer, graph.LayerObject)):
            self.rule(part.layer, part.arguments, part.span)
        elif isinstance(part, graph.BrokenLayer):
            self.arguments("layers", part.layer.name, part.arguments)
        elif isinstance(part, graph.OperationNode):
            self.rule(part.operation, part.arguments, part.span)
        elif isinstance(part, graph.Object):
            name = vocabulary.canonical(part.kind, part.name)
            if self.has(part.kind, name, name, part.span):
                self.arguments(part.kind, name, part.arguments)
        elif isinstance(part, graph.Training):
            for setting, kind in _KINDS_OF_SETTINGS.items():
                self.words(kind, part.get(setting))

    def rule(self, rule: LayerRule, arguments: Sequence[graph.Bound], span: Span) -> None:
        """Look at a layer or operation; the name of the latter begins with `ops.`."""
        module, _, name = rule.name.rpartition(".")
        if self.has(module or "layers", name, rule.name, span):
            self.arguments(module or "layers", name, arguments)
            for bound in arguments:
                parameter = rule.by_name.get(bound.parameter)
                kind = wanted_kind(parameter.type) if parameter else None
                if kind is not None:
                    self.words(kind, bound.value)

    def arguments(self, kind: str, name: str, arguments: Sequence[graph.Bound]) -> None:
        for bound in arguments:
            what = f"{bound.parameter}` of `{name}"
            self.has(kind, f"{name}.{bound.parameter}", what, bound.span)

    def words(self, kind: str, value: Any) -> None:
        """Look at strings that stand for a part of Keras, by output or in a list."""
        if isinstance(value, graph.Word):
            name = vocabulary.meaning(kind, value.text)
            made = f"write `{name}()`" if name and name not in SINCE.get(kind, {}) else None
            self.has(kind, f'"{value.text}"', value.text, value.span, made)
        elif isinstance(value, (dict, tuple)):
            for inner in value.values() if isinstance(value, dict) else value:
                self.words(kind, inner)

    def has(self, kind: str, name: str, shown: str, span: Span, help_: str | None = None) -> bool:
        """Say if the version has something; report it if not."""
        works = WORKS_SINCE.get(kind, {}).get(name)
        since = SINCE.get(kind, {}).get(name) or works
        if since not in self.later:
            return True
        self.reporter.error(
            "A214",
            span,
            f"`{shown}` {'does not work' if works else 'is not'} in Keras {self.version}",
            f"since Keras {since}",
            help=help_ or f"do without it, or compile for a newer Keras: `--keras {since}`",
        )
        return False
