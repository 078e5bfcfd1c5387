"""What a rule is: a function of a view of the model that reports what it finds.

A rule is a file of `nndsl/lint/rules`, called by its code and its name: `l301_one_unit_softmax.py`.
It holds one function, and the function's docstring is the rule's page.

    @rule("error", needs=("softmax",))
    def one_unit_softmax(view: View, report: Report) -> None:
        '''A softmax over one unit is always 1. ...'''
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nndsl.diagnostic import Diagnostic, Fix, Label, Severity
from nndsl.shapes.model import Use
from nndsl.shapes.report import call_labels
from nndsl.source import Span

if TYPE_CHECKING:
    from nndsl.lint.view import View

    Check = Callable[[View, "Report"], None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: how grave its findings are, and what has to be in a model for it to say anything.

    `needs` are names of layers or arguments, words that arguments are given, or "train" for a
    model that is trained; without one of them the rule is not even imported. A rule that is not
    `default` runs only where it is selected.
    """

    check: Check
    severity: Severity
    needs: tuple[str, ...] = ()
    default: bool = True
    fixes: bool = False


def rule(
    severity: Severity,
    *,
    needs: tuple[str, ...] = (),
    default: bool = True,
    fixes: bool = False,
) -> Callable[[Check], Rule]:
    """Declare a function as a rule; `fixes` says that some of its findings can be mended."""

    def declare(check: Check) -> Rule:
        return Rule(check, severity, needs, default, fixes)

    return declare


class Report:
    """Takes the findings of one rule."""

    def __init__(self, code: str, severity: Severity, findings: list[Diagnostic]) -> None:
        self.code = code
        self.severity = severity
        self.findings = findings

    def __call__(
        self,
        where: Span | Use,
        title: str,
        label: str = "",
        *,
        within: Use | None = None,
        labels: tuple[Label, ...] = (),
        expected: str | None = None,
        received: str | None = None,
        help: str | None = None,
        fix: Fix | None = None,
        severity: Severity | None = None,
    ) -> None:
        """Report something about a place, or about a use of a layer.

        `within` is the use that the place belongs to: the calls of blocks that lead there are
        shown.
        """
        use = where if isinstance(where, Use) else within
        span = where.span if isinstance(where, Use) else where
        labels += call_labels(use.calls) if use is not None else ()
        self.findings.append(
            Diagnostic(
                self.code,
                severity or self.severity,
                title,
                span,
                label,
                labels,
                expected,
                received,
                help,
                fix,
            )
        )
