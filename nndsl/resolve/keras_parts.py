"""Optimizers, losses, metrics and callbacks of a training section, by word or as objects."""

from __future__ import annotations

from nndsl import graph, vocabulary
from nndsl.diagnostic import did_you_mean, write_instead
from nndsl.resolve.expressions import resolve_object
from nndsl.resolve.externs import own_part
from nndsl.resolve.scope import Scope
from nndsl.resolve.setting_reports import wrong_value
from nndsl.syntax import tree

_ONE_OF = {
    "optimizers": "optimizer",
    "losses": "loss",
    "metrics": "metric",
    "callbacks": "callback",
}


def text_of(scope: Scope, value: tree.Expression) -> str | None:
    """Return a string, given as it is or by the name of a constant."""
    if isinstance(value, tree.Reference) and value.name in scope.constants:
        scope.used_constants.add(value.name)
        found = scope.constants[value.name].value
        if isinstance(found, graph.Literal) and isinstance(found.value, str):
            return found.value
    if isinstance(value, tree.Literal) and isinstance(value.value, str):
        return value.value
    return None


class PartReader:
    """Reads parts of Keras that a training section names."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.reporter = scope.reporter

    def part(self, value: tree.Expression, kind: str) -> graph.Expression | None:
        """Return an optimizer, loss, metric or callback: by identifier, as an object, or own."""
        own = own_part(self.scope, value, _ONE_OF[kind])
        if own is not None:
            return own.made
        if isinstance(value, tree.Call):
            name = tree.Reference(value.callee.span, value.callee.text)
            if vocabulary.signature(kind, name.name) is None:
                self.unknown(name, kind)
                return None
            return resolve_object(self.scope, value, kind)
        text = text_of(self.scope, value)
        if text is not None:
            value = tree.Reference(value.span, text)
        if isinstance(value, tree.Reference):
            return self.named(value, kind)
        expected = f"the name of something in keras.{kind}"
        wrong_value(self.reporter, value.span, _ONE_OF[kind], expected)
        return None

    def named(self, value: tree.Reference, kind: str) -> graph.Expression | None:
        if vocabulary.signature(kind, value.name) is not None:
            call = tree.Call(value.span, tree.Identifier(value.span, value.name), ())
            return resolve_object(self.scope, call, kind)
        if vocabulary.knows(kind, value.name):
            return graph.Word(value.span, value.name)
        self.unknown(value, kind)
        return None

    def unknown(self, value: tree.Reference, kind: str) -> None:
        from nndsl.vocabulary import pytorch  # only for a message

        last = value.name.rpartition(".")[2]
        known = vocabulary.meaning(kind, value.name)
        logged = value.name.removeprefix("val_") if kind == "metrics" else value.name
        if logged != value.name and vocabulary.knows(kind, logged):
            hint: str | None = write_instead(logged)
        elif last != value.name and vocabulary.knows(kind, last):
            hint = f"write `{last}`"
        elif known is not None and vocabulary.signature(kind, known) is not None:
            self.reporter.error(
                "A202",
                value.span,
                f"`{value.name}` is a word, which takes no arguments",
                "the class does",
                help=f"with arguments it is written `{known}(...)`",
            )
            return
        else:
            hint = vocabulary.refusal(value.name) or did_you_mean(pytorch.part(value.name))
        candidates = _spellings(kind)
        if value.name[:1].isupper():
            candidates.reverse()
        self.reporter.error(
            "A202",
            value.span,
            f"unknown {_ONE_OF[kind]} `{value.name}`",
            f"not in keras.{kind}",
            help=hint or did_you_mean(self.reporter.guess(value.name, candidates)),
        )


def _spellings(kind: str) -> list[str]:
    """Return the names of a kind, those first that people write: `mean_squared_error`."""
    words = list(vocabulary.identifiers(kind))
    run_together = {word.replace("_", "") for word in words if "_" in word}
    words.sort(key=lambda word: (word != word.lower(), word in run_together))
    return [*words, *vocabulary.names(kind)]
