"""Shape contracts: what a block takes and promises, `input x: [?H, ?W, filters]`.

A size that is named (`?H`) is the same wherever the name stands in one application of the block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Union

from nndsl import graph
from nndsl.diagnostic import Label, Reporter
from nndsl.layers.rule import Dim, Tensor, dim_text
from nndsl.shapes.evaluate import UNKNOWN, Evaluator, show
from nndsl.shapes.report import call_label
from nndsl.source import Span

Contract = Union[graph.Input, graph.BodyOutput]
#: A size in a contract: a number, a name, None for any, or Ellipsis for any number of axes.
Wanted = Any


class Contracts:
    """The contracts of one application of a block, or of a model's outputs."""

    def __init__(
        self,
        reporter: Reporter,
        evaluator: Evaluator,
        parameters: Mapping[str, Any],
        calls: tuple[Span, ...],
    ) -> None:
        self.reporter = reporter
        self.evaluator = evaluator
        self.parameters = parameters
        self.calls = calls
        #: What named sizes have turned out to be.
        self.named: dict[str, Dim] = {}

    def holds(self, contract: Contract, tensor: Tensor, owner: str) -> bool:
        """Return whether a tensor is as its contract says; report it if it is not."""
        if contract.dtype and contract.dtype != tensor.dtype:
            self._report(contract, owner, contract.dtype, tensor.dtype)
            return False
        if contract.dims is None:
            return True
        wanted = self.sizes(contract)
        if wanted is None:
            return False
        found = _fit(wanted, tensor.shape[1:])
        if found is None or not all(self._is(want, dim) for want, dim in found):
            self._report(contract, owner, self._text(wanted), str(tensor))
            return False
        return True

    def sizes(self, contract: Contract) -> list[Wanted] | None:
        """Return the sizes of a contract with the values of the parameters; None if one fails."""
        sizes: list[Wanted] = []
        for dim in contract.dims or ():
            if dim is None or isinstance(dim, str):
                sizes.append(dim)
            elif isinstance(dim, graph.Rest):
                sizes.append(Ellipsis)
            else:
                size = self.evaluator.evaluate(dim, self.parameters)
                if size is UNKNOWN:
                    sizes.append(None)
                elif type(size) is int and size > 0:
                    sizes.append(size)
                else:
                    report_size(self.reporter, contract.name, dim.span, size)
                    return None
        return sizes

    def _is(self, wanted: Wanted, dim: Dim) -> bool:
        if isinstance(wanted, str):
            before = self.named.setdefault(wanted, dim)
            if isinstance(dim, int) and not isinstance(before, int):
                self.named[wanted] = dim
                return True
            return not (isinstance(before, int) and isinstance(dim, int)) or before == dim
        return wanted is None or not isinstance(dim, int) or wanted == dim

    def _text(self, wanted: Sequence[Wanted]) -> str:
        """Return a contract as it is written, with what is known of its names."""
        parts = []
        for size in wanted:
            known = self.named.get(size) if isinstance(size, str) else None
            text = ".." if size is Ellipsis else dim_text(size)
            parts.append(f"{text}={known}" if isinstance(known, int) else text)
        return f"[{', '.join(parts)}]"

    def _report(self, contract: Contract, owner: str, wanted: str, found: str) -> None:
        gives = isinstance(contract, graph.BodyOutput)
        title = f"{owner} promises `{contract.name}` of {wanted}, and gives {found}"
        if not gives:
            title = f"{owner} takes `{contract.name}` of {wanted}, and gets {found}"
        here, *others = (*reversed(self.calls), contract.span)
        self.reporter.error(
            "S112",
            here,
            title,
            call_label(here).text if self.calls else "promised here",
            labels=tuple(
                Label(span, "the contract") if span is contract.span else call_label(span)
                for span in others
            ),
            expected=wanted,
            received=found,
        )


def report_size(reporter: Reporter, name: str, span: Span, size: Any) -> None:
    """Report what is no size, in the shape of an input or output."""
    is_batch = size is None or size == -1
    reporter.error(
        "S105" if is_batch else "A209",
        span,
        f"wrong size in the shape of `{name}`",
        "not a size",
        expected="a positive integer, or `?`",
        received=show(size),
        help=(
            "leave the batch out of the shape; write `?` for another unknown size"
            if is_batch
            else None
        ),
    )


def _fit(wanted: Sequence[Wanted], shape: Sequence[Dim]) -> list[tuple[Wanted, Dim]] | None:
    """Return each wanted size with the one that is there; None if their number differs."""
    if Ellipsis not in wanted:
        return list(zip(wanted, shape, strict=True)) if len(wanted) == len(shape) else None
    at = list(wanted).index(Ellipsis)
    behind = len(wanted) - at - 1
    if len(shape) < at + behind:
        return None
    first = list(zip(wanted[:at], shape[:at], strict=True))
    last = list(zip(wanted[at + 1 :], shape[len(shape) - behind :], strict=True))
    return first + last
