"""What is said to the user, as data: a code, a place, words, and a fix. No rendering here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from nndsl.source import Span
from nndsl.suggest import nearest

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Label:
    """A second place that belongs to a message, with a few words beside it."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change of the text that mends the finding: replacements of spans."""

    description: str
    edits: tuple[tuple[Span, str], ...]
    safe: bool = True


class Advice(str):
    """A help line that can be carried out: `text` belongs in the place of what it is about.

    That is the place of the finding, unless another `span` is given.
    """

    __slots__ = ("span", "text")
    text: str
    span: Span | None

    def __new__(cls, line: str, text: str, span: Span | None = None) -> Advice:
        advice = super().__new__(cls, line)
        advice.text, advice.span = text, span
        return advice

    def fix(self, place: Span) -> Fix:
        """Return the fix that does what the line says."""
        what = f"write `{self.text}`" if self.text else "delete it"
        return Fix(what, ((self.span or place, self.text),))


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `span` is the exact text that it is about; `label` stands under the carets."""

    code: str
    severity: Severity
    title: str
    span: Span
    label: str = ""
    labels: tuple[Label, ...] = ()
    expected: str | None = None
    received: str | None = None
    help: str | None = None
    fix: Fix | None = None


#: The compiler's codes with their names, which say the bad thing. Groups are told by the letter;
#: the codes of rules are in `nndsl.lint`, and all of them together in `nndsl.codes`.
NAMES = {
    # Text
    "T001": "syntax-error",
    "T002": "unclosed-bracket",
    "T003": "unexpected-character",
    "T005": "wrong-place",
    "T006": "bad-literal",
    # Shapes
    "S101": "rank-mismatch",
    "S102": "window-too-large",
    "S103": "merge-shape",
    "S104": "reshape-size",
    "S105": "batch-in-shape",
    "S106": "channel-order",
    "S107": "odd-size-skip",
    "S108": "state-shape",
    "S109": "stateful-without-batch",
    "S110": "unknown-dim-needed",
    "S112": "contract",
    "S113": "shared-layer-shape",
    "S114": "output-count",
    "S115": "tensor-count",
    "S116": "list-of-tensors",
    # Arguments
    "A201": "unknown-argument",
    "A202": "unknown-word",
    "A203": "out-of-range",
    "A205": "illegal-pair",
    "A207": "missing-argument",
    "A208": "reserved-name",
    "A209": "wrong-type",
    "A210": "surplus-argument",
    "A211": "repeated-argument",
    "A212": "hidden-word",
    "A213": "bad-arithmetic",
    "A214": "not-in-this-keras",
    # Sequences
    "R609": "mask-lost",
    # Dtypes
    "D902": "wrong-dtype",
    # Graph
    "G701": "unused",
    "G702": "nothing-to-output",
    "G703": "duplicate-name",
    "G704": "cycle",
    "G705": "unknown-name",
    "G706": "not-a-tensor",
    "G707": "not-a-layer",
    "G708": "used-before-definition",
    "G709": "single-branch-fork",
    "G710": "not-sequential",
    "G711": "unmerged-branches",
    "G712": "not-imported",
    "G713": "not-a-module",
    # Training
    "T801": "unknown-setting",
    "T802": "unknown-output",
    "T803": "missing-setting",
    "T804": "wrong-setting-value",
    "T805": "missing-data-file",
    "T806": "unknown-monitor",
    "T807": "nothing-to-learn-from",
    "T808": "unsuitable-data",
    "T809": "not-with-this-backend",
    "T810": "cannot-be-shared-out",
    "T811": "unsuitable-layout",
    "T812": "overwritten-file",
    # Python and budgets
    "X951": "python-without-consent",
    "X952": "budget-exceeded",
    # Comments to nndsl
    "N001": "unused-ignore",
    "N002": "bad-ignore",
}


class Reporter:
    """Collects findings. What is said is said through `error` and `warning`."""

    def __init__(self) -> None:
        self.findings: list[Diagnostic] = []
        self._looked_at = 0

    def error(
        self,
        code: str,
        span: Span,
        title: str,
        label: str = "",
        *,
        labels: tuple[Label, ...] = (),
        expected: str | None = None,
        received: str | None = None,
        help: str | None = None,
        fix: Fix | None = None,
    ) -> None:
        if fix is None and isinstance(help, Advice):
            fix = help.fix(span)
        self.findings.append(
            Diagnostic(code, "error", title, span, label, labels, expected, received, help, fix)
        )

    def warning(
        self,
        code: str,
        span: Span,
        title: str,
        label: str = "",
        *,
        labels: tuple[Label, ...] = (),
        help: str | None = None,
    ) -> None:
        self.findings.append(Diagnostic(code, "warning", title, span, label, labels, help=help))

    def say_caller(self, since: int, call: Span) -> None:
        """Say of the errors from that one on that they stand in a block that is applied there."""
        for index in range(since, len(self.findings)):
            found = self.findings[index]
            calls = [label for label in found.labels if label.text == _APPLIED]
            is_told = any(label.span == call for label in found.labels)
            if found.severity != "error" or is_told:
                continue
            # Of many, the outermost is told, and those that are nearest.
            gone = calls[MAX_CALLS - 1 :]
            labels = [label for label in found.labels if label not in gone]
            self.findings[index] = replace(found, labels=(*labels, applied_here(call)))

    def guess(self, name: str, candidates: Iterable[str]) -> str | None:
        """Return the nearest of the names; nothing more once many names have been looked at."""
        names = list(candidates)
        self._looked_at += len(names)
        return nearest(name, names) if self._looked_at < 100_000 else None


#: Applications of blocks inside each other that a message names.
MAX_CALLS = 3
_APPLIED = "in the block applied here"


def applied_here(call: Span) -> Label:
    """Return the label of the application of a block that a mistake stands in."""
    return Label(call, _APPLIED)


def did_you_mean(name: str | None, span: Span | None = None) -> Advice | None:
    """Return a help line with a name that may have been meant; `span` is what it stands for."""
    return Advice(f"did you mean `{name}`?", name, span) if name else None


def did_you_mean_text(text: str | None) -> Advice | None:
    """Return a help line with a string that may have been meant."""
    return Advice(f'did you mean "{text}"?', f'"{text}"') if text else None


def name_each(count: int) -> str:
    """Return a hint at how so many tensors get their names."""
    letters = "abcdefgh"
    more = ", ..." if count > len(letters) else ""
    return f"name each of them: `as {', '.join(letters[:count])}{more}`"


def write_instead(text: str, span: Span | None = None) -> Advice:
    """Return a help line with what to write in the place of a text."""
    return Advice(f"write `{text}`", text, span)


#: More than anybody reads at once.
MAX_FINDINGS = 200


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(diagnostic.severity == "error" for diagnostic in diagnostics)


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the findings by place, each once: a block that is used twice errs once."""
    unique: dict[tuple[object, ...], Diagnostic] = {}
    for d in diagnostics:
        unique.setdefault((d.span.source.name, d.span.start, d.span.end, d.code, d.title), d)
    files = {name: index for index, (name, *_) in reversed(list(enumerate(unique)))}
    found = sorted(
        unique.values(),
        key=lambda d: (files[d.span.source.name], d.span.start, d.span.end, d.code),
    )
    return tuple(found[:MAX_FINDINGS])
