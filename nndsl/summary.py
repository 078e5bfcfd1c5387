"""An outline -> the table that `model.summary()` prints, with what the model costs.

A row is a layer or operation, or a block or loop with the sums of what is inside. Numbers are those
of Keras: a shared layer has one row, where it is applied first, and counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from nndsl.layers.effort import total, weight_bytes
from nndsl.layers.rule import Tensor, Weight
from nndsl.outline import Group, Member, Origin, Outline, Unit


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; `depth` counts the blocks and loops around it.

    `is_whole` says that what is inside has no rows of its own: the sums of the rows that are whole
    are those of the model.
    """

    depth: int
    name: str
    kind: str
    is_whole: bool
    outputs: tuple[Tensor, ...]
    trainable: int
    non_trainable: int
    weight_bytes: int
    multiply_adds: int | None
    #: Bytes of the outputs for one sample; None where a size is unknown.
    activation_bytes: int | None
    connected_to: tuple[str, ...]
    #: True if parameters of the user's own layers come to those that are counted.
    has_uncounted: bool = False

    @property
    def parameters(self) -> int:
        return self.trainable + self.non_trainable


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of all tensors between the layers, for a batch: an estimate that holds nothing back.

    `predicting` is the most that is there at once if every tensor is held from where it is made to
    where it is last used, `training` what is held for the backward pass: all of them. Both are
    None where a size is unknown.
    """

    batch_size: int
    predicting: int | None
    training: int | None


@dataclass(frozen=True, slots=True)
class Summary:
    model: str
    rows: tuple[Row, ...]
    #: True if every row goes on with what the one above gives, and nothing else.
    is_chain: bool
    trainable: int
    non_trainable: int
    trainable_bytes: int
    non_trainable_bytes: int
    #: Of one sample, over the layers whose cost is known.
    multiply_adds: int
    #: Layers whose cost depends on an unknown size.
    unknown_costs: tuple[str, ...]
    memory: Memory
    #: Layers of the user's own, and others of unknown sizes: their parameters are not counted.
    uncounted: tuple[str, ...] = ()

    @property
    def parameters(self) -> int:
        return self.trainable + self.non_trainable

    @property
    def weight_bytes(self) -> int:
        return self.trainable_bytes + self.non_trainable_bytes


def summarize(view: Outline, *, depth: int | None = None, batch_size: int = 32) -> Summary:
    """Return the summary of a model; what is deeper than `depth` blocks is summed up."""
    rows = tuple(_Table(view, depth).rows(view.root.members, 0))
    weights = [weight for unit in view.units for weight in unit.weights]
    trained = [weight for weight in weights if weight.trainable]
    held = [weight for weight in weights if not weight.trainable]
    return Summary(
        view.root.title,
        rows,
        _is_chain(view),
        _count(trained),
        _count(held),
        weight_bytes(trained),
        weight_bytes(held),
        sum(unit.multiply_adds or 0 for unit in view.units),
        tuple(unit.name for unit in view.units if _cost_is_unknown(unit)),
        _memory(view, batch_size),
        tuple(unit.name for unit in view.units if not all(w.known for w in unit.weights)),
    )


def _count(weights: Iterable[Weight]) -> int:
    return sum(weight.size for weight in weights)


def _cost_is_unknown(unit: Unit) -> bool:
    """True for a layer with a kernel whose cost could not be found: a size is unknown."""
    has_kernel = any(weight.name.endswith("kernel") for weight in unit.weights)
    return has_kernel and unit.multiply_adds is None


def _is_chain(view: Outline) -> bool:
    before: Unit | None = None
    for unit in view.units:
        makers = [view.maker(tensor) for tensor in unit.inputs]
        if makers != ([before] if before else []) or unit.again:
            return False
        before = unit
    return True


def _simplest(member: Member) -> Member:
    """Return the only layer of a group that has no more: two rows would say the same."""
    if isinstance(member, Group):
        units = list(islice(member.units(), 2))
        return units[0] if len(units) == 1 else member
    return member


class _Table:
    """Makes the rows; names what is folded by its group where an arrow comes out of it."""

    def __init__(self, view: Outline, depth: int | None) -> None:
        self.view = view
        self.depth = depth
        #: Where each shared layer is applied.
        self.applied: dict[str, list[Unit]] = {}
        for unit in view.units:
            self.applied.setdefault(unit.name, []).append(unit)
        #: What a unit is called in the table: itself, or the folded group around it.
        self.called: dict[int, str] = {}
        self.fold(view.root.members, 0)

    def fold(self, members: Sequence[Member], depth: int) -> None:
        for member in map(_simplest, members):
            if isinstance(member, Unit):
                self.called[member.index] = member.name
            elif self.is_folded(depth):
                name = member.name or member.title
                self.called.update((unit.index, name) for unit in member.units())
            else:
                self.fold(member.members, depth + 1)

    def is_folded(self, depth: int) -> bool:
        return self.depth is not None and depth >= self.depth

    def rows(self, members: Sequence[Member], depth: int) -> Iterator[Row]:
        for member in map(_simplest, members):
            if isinstance(member, Unit):
                if not member.again:
                    yield self.unit(member, depth)
            elif self.is_folded(depth):
                yield self.group(member, depth, folded=True)
            else:
                yield self.group(member, depth, folded=False)
                yield from self.rows(member.members, depth + 1)

    def unit(self, unit: Unit, depth: int) -> Row:
        units = self.applied[unit.name]
        return self.row(depth, unit.name, unit.kind, True, unit.outputs, units)

    def group(self, group: Group, depth: int, *, folded: bool) -> Row:
        units = list(group.units())
        outputs = tuple(tensor for tensor in group.outputs if tensor is not None)
        inside = {tensor.origin for unit in units for tensor in unit.outputs}
        name = group.name or group.title
        return self.row(depth, name, group.title, folded, outputs, units, inside)

    def row(
        self,
        depth: int,
        name: str,
        kind: str,
        is_whole: bool,
        outputs: tuple[Tensor, ...],
        units: Sequence[Unit],
        inside: frozenset[Origin] | set[Origin] = frozenset(),
    ) -> Row:
        weights = [weight for unit in units for weight in unit.weights]
        trainable = _count(weight for weight in weights if weight.trainable)
        costs = [unit.multiply_adds for unit in units if unit.multiply_adds is not None]
        sources = [t for unit in units for t in _in_order(unit) if t.origin not in inside]
        makers = [self.view.maker(tensor) for tensor in sources]
        called = [self.called[maker.index] for maker in makers if maker]
        return Row(
            depth,
            name,
            kind,
            is_whole,
            outputs,
            trainable,
            _count(weights) - trainable,
            weight_bytes(weights),
            sum(costs) if costs else None,
            total(unit.activation_bytes for unit in units),
            tuple(dict.fromkeys(called)) if inside else tuple(called),
            not all(weight.known for weight in weights),
        )


def _in_order(unit: Unit) -> list[Tensor]:
    """Return what a unit takes as Keras lists it: those given by name in the order of the names."""
    pairs = zip(unit.roles, unit.inputs, strict=True)
    return [tensor for _, tensor in sorted(pairs, key=lambda pair: pair[0])]


def _memory(view: Outline, batch_size: int) -> Memory:
    """Go through the layers in their order, each tensor held until it is used last."""
    last: dict[Origin, int] = {}
    for place, unit in enumerate(view.units):
        last.update((tensor.origin, place) for tensor in (*unit.outputs, *unit.inputs))
    kept = {tensor.origin for tensor in view.root.outputs if tensor}
    sizes = {
        tensor.origin: size
        for unit in view.units
        for tensor, size in zip(unit.outputs, unit.sizes(), strict=True)
    }
    training = total(sizes.values())
    if training is None:
        return Memory(batch_size, None, None)
    ends: dict[int, int] = {}
    for origin, place in last.items():
        if origin not in kept:
            ends[place] = ends.get(place, 0) + (sizes[origin] or 0)
    now = most = 0
    for place, unit in enumerate(view.units):
        now += sum(size or 0 for size in unit.sizes())
        most = max(most, now)
        now -= ends.get(place, 0)
    return Memory(batch_size, most * batch_size, training * batch_size)
