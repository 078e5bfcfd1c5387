"""Shape contracts: what a block takes and promises, `input x: [?H, ?W, filters]`.

A size that is named (`?H`) is the same wherever the name stands in one application of the block.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Union

from nndsl import graph
from nndsl.diagnostic import Label, Reporter
from nndsl.layers.rule import Tensor
from nndsl.layers.sizes import Sizes, Wanted
from nndsl.shapes.evaluate import UNKNOWN, Evaluator, show
from nndsl.shapes.report import call_label
from nndsl.source import Span

Contract = Union[graph.Input, graph.BodyOutput]


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
        self.known = Sizes()

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
        if not self.known.fit(wanted, tensor.shape[1:]):
            self._report(contract, owner, self.known.text(wanted), str(tensor))
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
