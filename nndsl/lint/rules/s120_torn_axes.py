from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise, permutations
from operator import mul

from nndsl import edits
from nndsl.diagnostic import Label
from nndsl.layers.windows import channels_first
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View
from nndsl.shapes.model import Use

Sizes = tuple[int, ...]


@rule("warning", needs=("Reshape",), fixes=True)
def torn_axes(view: View, report: Report) -> None:
    """A `Reshape` that is to move axes tears them apart: only `Permute` moves.

    `Reshape` keeps the values in their order, the last axis running fastest, and cuts them anew. It
    lays neighbouring axes together, or splits one. From `[64, 64, 10]`, ten classes for each place,
    `[10, 4096]` takes 409 places and a part of another for its first row. The model is built, and
    learns what can be learnt of the scrambled.

    Told are shapes that no laying together and splitting of axes comes to; axes in another order; a
    `Permute` behind that brings the shape about which `Reshape` alone would give; and channels that
    stand first and are to be last.

    Wrong:
        model Segments {
            input image: [64, 64, 3]
            image -> Conv2D(10, 1) -> Reshape([10, 4096]) -> Permute([2, 1]) -> softmax as pixel
            output pixel
        }

    Right:
        model Segments {
            input image: [64, 64, 3]
            image -> Conv2D(10, 1) -> Reshape([4096, 10]) -> softmax as pixel
            output pixel
        }

    Source: https://keras.io/api/layers/reshaping_layers/permute/ and
    https://github.com/divamgupta/image-segmentation-keras/issues/41
    """
    for use in view.of("Reshape"):
        before, after = _sizes(use.inputs[0].shape), _sizes(_shape(use))
        if before is None or after is None or _plain(before) == _plain(after):
            continue
        moved = _moved_back(view, use, before)
        mixed = _from_channels_first(view, use, before, after)
        if moved is None and not mixed and not _is_torn(before, after):
            continue
        help_, change, safe = _mended(use, before, after, moved, certain=mixed)
        maker = view.before(use)
        report(
            use,
            "`Reshape` does not move axes, it cuts the values anew",
            f"tears {use.inputs[0]} apart",
            labels=(Label(maker.span, f"gives {use.inputs[0]}"),) if maker is not None else (),
            received=f"{use.inputs[0]} to {use.outputs[0]}",
            help=help_,
            fix=edits.fix(help_, change, safe=safe),
        )


def _mended(
    use: Use, before: Sizes, after: Sizes, moved: tuple[Use, Sizes] | None, *, certain: bool
) -> tuple[str, edits.Edits | None, bool]:
    """Return what gives the shape that was meant, as a help line and as edits."""
    if moved is not None:
        permute, shape = moved
        bound = use.argument("target_shape")
        parts = (
            edits.replaced(bound.value.span, f"{list(shape)}") if bound is not None else None,
            edits.remove_stage(permute.span),
        )
        return f"write `Reshape({list(shape)})`, without `Permute`", edits.joined(parts), True
    order = _order(before, after)
    if order is None:
        return (
            "put `Permute` in front, so that only neighbouring axes are laid together",
            None,
            True,
        )
    stage = f"Permute({[axis + 1 for axis in order]})"
    if tuple(before[axis] for axis in order) == after:
        return f"write `{stage}`", edits.replaced(use.span, stage), certain
    return f"put `{stage}` in front", edits.insert_before(use.span, stage), certain


def _is_torn(before: Sizes, after: Sizes) -> bool:
    """True if `after` cannot be come to by laying neighbouring axes together and splitting them.

    It can if the products of the sizes from the left, of both, divide each other in turn. Where
    they do by chance, three axes in another order are told all the same.
    """
    a, b = _plain(before), _plain(after)
    if len(a) > 2 and sorted(a) == sorted(b):
        return True
    cuts = sorted(set(accumulate(a, mul)) | set(accumulate(b, mul)))
    return any(large % small for small, large in pairwise(cuts))


def _is_laid(before: Sizes, after: Sizes) -> bool:
    """True if `after` only lays neighbouring axes of `before` together."""
    return set(accumulate(after, mul)) <= set(accumulate(before, mul))


def _moved_back(view: View, use: Use, before: Sizes) -> tuple[Use, Sizes] | None:
    """Return the `Permute` behind, and its shape, if `Reshape` alone would come to this shape."""
    permute = view.only_after(use)
    if permute is None or permute.rule.name != "Permute":
        return None
    shape, between = _sizes(_shape(permute)), _sizes(_shape(use))
    if shape is None or between is None or not _is_laid(before, shape) or shape == between:
        return None
    return None if _is_laid(before, between) else (permute, shape)


def _from_channels_first(view: View, use: Use, before: Sizes, after: Sizes) -> bool:
    """True if channels that stand first are to come last."""
    maker = view.before(use)
    if maker is None or "data_format" not in maker.rule.by_name or len(before) < 3:
        return False  # a `Flatten` leaves one axis
    if not channels_first(maker.value("data_format")) or len(after) < 2:
        return False
    return after[-1] == before[0] != before[-1] and before[0] > 1


def _order(before: Sizes, after: Sizes) -> tuple[int, ...] | None:
    """Return the order of axes that `after` lays together; the one that moves the fewest."""
    fitting = [
        order
        for order in permutations(range(len(before)))
        if _is_laid(tuple(before[axis] for axis in order), after)
    ]
    return min(fitting, key=_turns, default=None)


def _turns(order: Sequence[int]) -> int:
    return sum(a > b for i, a in enumerate(order) for b in order[i + 1 :])


def _shape(use: Use) -> Iterable[object]:
    return use.outputs[0].shape if use.outputs[0] is not None else ()


def _sizes(shape: Iterable[object]) -> Sizes | None:
    """Return the sizes beside the batch; None if one is not known, or there are many axes."""
    sizes = tuple(shape)[1:]
    known = tuple(size for size in sizes if isinstance(size, int) and size > 0)
    return known if 0 < len(known) == len(sizes) <= 5 else None


def _plain(sizes: Sizes) -> Sizes:
    return tuple(size for size in sizes if size > 1)
