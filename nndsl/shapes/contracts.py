"""Shape contracts: what a block takes and promises, `input x: [?H, ?W, filters]`.

A size that is named (`?H`) is the same wherever the name stands in one application of the block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Union

from nndsl import graph
from nndsl.diagnostic import Label, Reporter
from nndsl.layers.rule import Dim, Tensor, dim_text
from nndsl.layers.sizes import Sizes, Wanted
from nndsl.shapes.evaluate import UNKNOWN, Evaluator, show
from nndsl.shapes.report import call_label, call_labels
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
        #: Where they turned out so, by their names.
        self.learned: dict[str, Contract] = {}

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
        before = self.known.text(wanted)
        if not self.known.fit(wanted, tensor.shape[1:]):
            self._report(contract, owner, before, str(tensor), wanted, tensor.shape[1:])
            return False
        for size in wanted:
            if isinstance(size, str):
                self.learned.setdefault(size, contract)
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

    def _report(
        self,
        contract: Contract,
        owner: str,
        wanted: str,
        found: str,
        sizes: Sequence[Wanted] = (),
        shape: Sequence[Dim] = (),
    ) -> None:
        """Report what is not as its contract says: a promise in the block, else the call."""
        wrong = self._wrong_axes(sizes, shape)
        if isinstance(contract, graph.BodyOutput):
            self._report_promise(contract, owner, wanted, found, sizes, wrong)
            return
        here, *others = reversed(self.calls)
        self.reporter.error(
            "S112",
            here,
            f"{owner} takes `{contract.name}` of {wanted}, and gets {found}",
            call_label(here).text,
            labels=(
                Label(contract.span, f"the contract{self._came_to(contract, sizes)}"),
                *self._sources(contract, sizes),
                *(call_label(call) for call in others),
            ),
            expected=wanted,
            received=found,
            help=_fitting(contract, self.known.fill(sizes), shape, wrong),
        )

    def _report_promise(
        self,
        contract: graph.BodyOutput,
        owner: str,
        wanted: str,
        found: str,
        sizes: Sequence[Wanted],
        wrong: Sequence[int],
    ) -> None:
        made = contract.value.span
        self.reporter.error(
            "S112",
            contract.span,
            f"{owner} does not give the `{contract.name}` that it promises",
            f"promised here{self._came_to(contract, sizes)}",
            labels=(
                *((Label(made, f"gives {found}"),) if made != contract.span else ()),
                *self._sources(contract, sizes),
                *call_labels(self.calls),
            ),
            expected=wanted,
            received=found,
            help=_kept(contract, wrong),
        )

    def _wrong_axes(self, sizes: Sequence[Wanted], shape: Sequence[Dim]) -> list[int]:
        """Return the axes that are not as they should be; none if their number is not."""
        if len(sizes) != len(shape) or Ellipsis in sizes:
            return []
        known = (self.known.named.get(size) if isinstance(size, str) else size for size in sizes)
        return [
            axis
            for axis, (size, found) in enumerate(zip(known, shape, strict=True))
            if isinstance(size, int) and isinstance(found, int) and size != found
        ]

    def _came_to(self, contract: Contract, sizes: Sequence[Wanted]) -> str:
        """Return what the sizes of a contract that are no numbers have come to here."""
        values = []
        for dim, size in zip(contract.dims or (), sizes, strict=False):
            known = self.known.named.get(size) if isinstance(size, str) else size
            if isinstance(known, int) and not isinstance(dim, (graph.Literal, graph.Rest)):
                name = dim_text(dim) if isinstance(dim, str) else dim.span.text if dim else "?"
                values.append(f"`{name}` is {known}")
        return f", where {_listed(values)}" if values else ""

    def _sources(self, contract: Contract, sizes: Sequence[Wanted]) -> tuple[Label, ...]:
        """Return where the named sizes of a contract turned out to be what they are."""
        values: dict[Contract, list[str]] = {}
        for size in sizes:
            first = self.learned.get(size) if isinstance(size, str) else None
            if first is not None and first is not contract:
                known = self.known.named[size]
                values.setdefault(first, []).append(f"`{dim_text(size)}` is {dim_text(known)}")
        return tuple(Label(first.span, f"{_listed(v)} here") for first, v in values.items())


def _listed(values: Sequence[str]) -> str:
    """Return some sizes and what they are, each once."""
    *others, last = dict.fromkeys(values)
    return f"{', '.join(others)} and {last}" if others else last


def _fitting(
    contract: Contract, sizes: Sequence[Dim], shape: Sequence[Dim], wrong: Sequence[int]
) -> str | None:
    """Return what would make a tensor fit of which one size is wrong."""
    if len(wrong) != 1:
        return None
    axis = wrong[0]
    dim = (contract.dims or ())[axis]
    if isinstance(dim, graph.ParameterUse):
        return f"`{dim.name}={shape[axis]}` would take it"
    if axis != len(shape) - 1 or not isinstance(sizes[axis], int):
        return None
    layer = f"Conv{len(shape) - 1}D({sizes[axis]}, 1)" if 3 <= len(shape) <= 4 else ""
    layer = layer or f"Dense({sizes[axis]})"
    return f"`{layer}` in front brings the last axis to {sizes[axis]}"


def _kept(contract: graph.BodyOutput, wrong: Sequence[int]) -> str | None:
    """Return the line of a promise that would be kept."""
    if not wrong:
        return None
    dims = (
        (
            "?"
            if axis in wrong or dim is None
            else f"?{dim}" if isinstance(dim, str) else dim.span.text
        )
        for axis, dim in enumerate(contract.dims or ())
    )
    return (
        f"where a size may be another, promise `?`: `output {contract.name}: [{', '.join(dims)}]`"
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
