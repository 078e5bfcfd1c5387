from __future__ import annotations

from nndsl import edits
from nndsl.diagnostic import Label
from nndsl.layers.rule import shape_text
from nndsl.lint.activations import made_in
from nndsl.lint.facts import BINARY, INT, ONE_HOT, Facts
from nndsl.lint.rule import Report, rule
from nndsl.lint.training import BINARY as BINARY_LOSSES, CATEGORICAL, SPARSE
from nndsl.lint.view import Head, View
from nndsl.shapes.model import Use

Shape = tuple[int | None, ...]
_BLAMED = ("keeps an axis that the labels do not have", "takes a part of the edge away")
_RECURRENT = ("LSTM", "GRU", "SimpleRNN")


@rule("error", needs=("train",), fixes=True)
def target_shape(view: View, report: Report) -> None:
    """The labels have another shape than the output.

    A `Flatten` is missing, so that there is an answer for every place; a recurrent layer gives
    every step where one answer is wanted; or the step axis was lost. With a cross-entropy Keras
    stops at the first step. With `mse` it repeats the smaller of the two, trains on that, and
    learns nothing.

    The labels are declared by `labels: int(10)`, `real(shape=[24, 1])` and the like, or read from
    the data file.

    Wrong:
        model Series {
            input steps: [100, 8]
            steps -> LSTM(32, return_sequences=true) -> Dense(5, softmax) as kind
            output kind
        }
        train {
            labels: one_hot(5)
            loss: categorical_crossentropy
        }

    Right:
        model Series {
            input steps: [100, 8]
            steps -> LSTM(32) -> Dense(5, softmax) as kind
            output kind
        }
        train {
            labels: one_hot(5)
            loss: categorical_crossentropy
        }

    Source: https://keras.io/api/losses/; Keras: "Arguments `target` and `output` must have the
    same rank (ndim)"
    """
    assert view.trained is not None
    for name, loss in view.trained.losses.items():
        head, labels = view.heads.get(name), view.trained.labels.get(name)
        if head is None or labels is None or _other_form(loss.name, labels):
            continue
        shape = labels.shape
        if shape is None and labels.form in (INT, BINARY):
            shape = ()
        if shape is None:
            continue
        wanted = head.tensor.shape[1:]
        if loss.name in SPARSE:
            wanted = wanted[:-1]
        if _fits(shape, wanted) or (labels.classes and _differ_in_classes(shape, wanted)):
            continue
        if len(shape) == len(wanted):
            cause, change, what = _resized(view, head, shape)
        else:
            cause, change, what = _cause(view, head, len(wanted) - len(shape))
        report(
            cause if cause is not None else head.place,
            f"the labels have another shape than the output `{name}`",
            ("ends it" if cause is None else _BLAMED[len(shape) == len(wanted)]),
            within=cause or head.use,
            labels=(
                *labels.shown(),
                *(() if cause is None else (Label(head.place, f"gives {head.tensor}"),)),
            ),
            expected=f"labels of {_text(wanted)}",
            received=f"labels of {_text(shape)}",
            help=what,
            fix=edits.fix(what, change),
        )


def _other_form(loss: str, labels: Facts) -> bool:
    """True for labels that the loss does not take in any shape, which is told by itself."""
    if labels.form == INT and loss in BINARY_LOSSES:
        return (labels.classes or 0) > 2
    return (labels.form == INT and loss in CATEGORICAL) or (
        labels.form == ONE_HOT and loss in SPARSE
    )


def _differ_in_classes(shape: Shape, wanted: tuple[object, ...]) -> bool:
    """True if only the number of classes differs, which is told by itself."""
    return len(shape) == len(wanted) and _fits(shape[:-1], wanted[:-1])


def _fits(shape: Shape, wanted: tuple[object, ...]) -> bool:
    """Return whether labels of a shape suit an output; a last axis of size 1 may lack."""
    options = [tuple(wanted)]
    if wanted and wanted[-1] == 1:
        options.append(tuple(wanted[:-1]))
    options.append((*wanted, 1))
    return any(
        len(shape) == len(one)
        and all(
            a == b or not (isinstance(a, int) and isinstance(b, int))
            for a, b in zip(shape, one, strict=True)
        )
        for one in options
    )


def _cause(view: View, head: Head, surplus: int) -> tuple[Use | None, edits.Edits | None, str]:
    """Return the layer that keeps an axis too many, with what is to be done."""
    use = head.use
    while use is not None and surplus > 0:
        made_rank = use.outputs[0].rank if use.outputs[0] is not None else 0
        if use.rule.name in _RECURRENT and use.value("return_sequences"):
            bound = use.argument("return_sequences")
            drop = edits.drop_argument(use.span, bound) if bound is not None else None
            return use, drop, "leave `return_sequences=true` out, if one answer is wanted"
        if use.rule.name == "Dense" and use.inputs[0].rank == made_rank:
            before = view.before(use)
            while before is not None and before.rule.name in ("Dropout", "BatchNormalization"):
                before = view.before(before)
            if before is not None and ("Conv" in before.rule.name or "Pool" in before.rule.name):
                return use, edits.insert_before(use.span, "Flatten"), "put `Flatten` in front"
        use = view.before(use)
    return None, *_reshaped(view, head, surplus)


def _resized(view: View, head: Head, shape: Shape) -> tuple[Use | None, edits.Edits | None, str]:
    """Return the layer that makes an output too small, or how it is cut or padded."""
    sizes, last = head.tensor.shape[1:], view.maker(head.tensor)
    wanted = (*shape, *sizes[len(shape) :])  # with the axis of classes that numbers lack
    more = [
        want - is_ if isinstance(want, int) and isinstance(is_, int) else 0
        for want, is_ in zip(wanted, sizes, strict=True)
    ]
    use = last if any(size > 0 for size in more) else None
    while use is not None:
        windows = "Conv" in use.rule.name and "Transpose" not in use.rule.name
        if windows and use.value("padding") == "valid" and use.inputs[0].shape[1] != 1:
            if (
                use.outputs[0] is not None
                and use.outputs[0].shape[1:-1] != use.inputs[0].shape[1:-1]
            ):
                made = made_in(use)
                what = "write `padding=same` here, which keeps the size"
                return use, edits.set_argument(made, "padding", "same"), what
        use = view.before(use)
    kind = "ZeroPadding" if min(more) >= 0 else "Cropping" if max(more) <= 0 else ""
    if last is not None and kind and 2 <= len(more) <= 4 and not more[-1] and any(more):
        pairs = [f"({abs(size) // 2}, {abs(size) - abs(size) // 2})" for size in more[:-1]]
        sides = f"({', '.join(pairs)})" if len(pairs) > 1 else pairs[0]
        stage = f"{kind}{len(pairs)}D({sides})"
        return None, edits.insert_after(last.span, stage), f"put `{stage}` behind it"
    return None, None, f"end the model in the shape of the labels, or give labels of {_text(sizes)}"


def _reshaped(view: View, head: Head, surplus: int) -> tuple[edits.Edits | None, str]:
    """Return how an output loses axes of size 1, or else what the text leaves open."""
    sizes, last = head.tensor.shape[1:], view.maker(head.tensor)
    kept = sizes[surplus:]
    known = all(isinstance(size, int) for size in kept)
    if surplus > 0 and last is not None and known and sizes[:surplus] == (1,) * surplus:
        stage = f"Reshape({list(kept)})"
        return edits.insert_after(last.span, stage), f"put `{stage}` behind it"
    return None, f"end the model in the shape of the labels, or give labels of {_text(sizes)}"


def _text(shape: tuple[object, ...]) -> str:
    return shape_text((None, *shape))  # type: ignore[arg-type]
