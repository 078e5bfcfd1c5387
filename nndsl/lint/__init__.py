"""Rules about models that Keras takes, and that yet do not do what they should."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from nndsl.diagnostic import Diagnostic
from nndsl.layers.rule import LayerValue
from nndsl.lint.index import RULES
from nndsl.lint.rule import Report, Rule
from nndsl.lint.selection import Selection
from nndsl.lint.view import View
from nndsl.shapes.model import ShapedGraph, ShapedModel

if TYPE_CHECKING:
    from nndsl.imports import Files
    from nndsl.lint.training import Trained

__all__ = ["RULES", "Rule", "Selection", "lint", "load"]


def lint(
    shaped: ShapedGraph,
    found: list[Diagnostic],
    selection: Selection,
    settings: Mapping[str, Any] | None = None,
    files: Files | None = None,
) -> list[Diagnostic]:
    """Return what the rules say about the models of a file.

    `found` is what was found before: where there are errors, a part of a model may be missing.
    `settings` are the values of the training settings; `files` are those around the text.
    """
    errors = [finding for finding in found if finding.severity == "error"]
    wanted = [entry for entry in RULES.items() if selection.takes(entry[0], entry[1].default)]
    findings: list[Diagnostic] = []
    for model in shaped.models.values():
        is_trained = shaped.graph.trained is model.model
        words = _words(model, is_trained)
        waiting = [(code, e) for code, e in wanted if not e.needs or not words.isdisjoint(e.needs)]
        if not waiting:
            continue
        trained = _trained(shaped, model, settings or {}, files) if is_trained else None
        view = View(model, trained, told={finding.code for finding in errors})
        for code, entry in waiting:
            load(code).check(view, Report(code, entry.severity, findings))
    return findings


def load(code: str) -> Rule:
    """Return a rule by its code."""
    entry = RULES[code]
    module = import_module(f"nndsl.lint.rules.{code.lower()}_{entry.name.replace('-', '_')}")
    made: Rule = getattr(module, entry.name.replace("-", "_"))
    return made


def _trained(
    shaped: ShapedGraph, model: ShapedModel, settings: Mapping[str, Any], files: Files | None
) -> Trained:
    from nndsl.lint.training import Trained  # which a file without training does without

    return Trained(shaped, model, settings, files)


def _words(model: ShapedModel, is_trained: bool) -> set[str]:
    """Return what a model is made of: names of layers, of arguments, and words they are given."""
    words = {"train"} if is_trained else set()
    for use in model.uses:
        words.add(use.rule.name)
        words.update(use.values)
        for value in use.values.values():
            while isinstance(value, LayerValue):
                words.add(value.rule.name)
                inside = dict(value.values)
                words.update(inside, (v for v in inside.values() if isinstance(v, str)))
                value = inside.get("layer")
            if isinstance(value, str):
                words.add(value)
    return words
