"""`augment` of a training: the layers have to give back what the model takes."""

from __future__ import annotations

from nndsl import graph
from nndsl.diagnostic import Reporter
from nndsl.layers.checks import fits
from nndsl.layers.errors import UnknownOutput
from nndsl.layers.rule import BadArgument, LayerError, Tensor
from nndsl.layers.value import LayerValue
from nndsl.shapes.evaluate import Evaluator
from nndsl.shapes.model import ShapedModel


def check_augment(
    training: graph.Training, shaped: ShapedModel, quiet: Evaluator, reporter: Reporter
) -> None:
    """Report layers that do not take the samples, and those behind which they have another shape.

    What `quiet` finds wrong with arguments was told before.
    """
    if len(shaped.inputs) != 1:
        return
    (taken,) = shaped.inputs.values()
    tensor = Tensor(taken.shape, taken.dtype)
    layers: tuple[graph.LayerObject, ...] = training.get("augment") or ()
    for made in layers:
        value = quiet.evaluate(made, {})
        if not isinstance(value, LayerValue):
            return
        try:
            tensor = value.rule.apply(
                {value.rule.tensors[0].name: tensor}, dict(value.values)
            ).tensors[0]
        except (BadArgument, UnknownOutput):
            return
        except LayerError as error:
            reporter.error(
                error.code,
                made.span,
                error.title,
                "does not fit",
                expected=error.expected,
                received=error.received,
                help=error.help,
            )
            return
    if layers and not _suits(tensor, taken):
        reporter.error(
            "T808",
            layers[-1].span,
            "`augment` changes the shape of the samples",
            f"gives {tensor}",
            expected=str(taken),
            received=str(tensor),
            help="put the layer into the model, or give back the size: `Resizing(...)`",
        )


def _suits(given: Tensor, taken: Tensor) -> bool:
    return given.rank == taken.rank and all(map(fits, given.shape, taken.shape))
