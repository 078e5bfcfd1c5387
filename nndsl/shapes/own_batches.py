"""What cannot be done with batches that a function of the user's makes, one after another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nndsl import graph
from nndsl.diagnostic import Reporter
from nndsl.shapes.model import ShapedModel

#: Setting -> why it does not go with such batches, and what to do.
_REFUSED = {
    "augment": ("samples are changed where the batches are made", "change them in your function"),
    "class_weight": (
        "the batches of your function bring weights of their own",
        "have the function give `(x, y, sample_weight)`",
    ),
    "sample_weight": (
        "the batches of your function bring weights of their own",
        "have the function give `(x, y, sample_weight)`",
    ),
    "shuffle": ("your function says in which order the batches come", "leave it out"),
    "batch_size": ("your function says how large the batches are", "leave it out"),
    "validation_batch_size": ("your function says how large the batches are", "leave it out"),
}


def check_own_batches(
    training: graph.Training,
    values: Mapping[str, Any],
    shaped: ShapedModel,
    adapted: Iterable[tuple[graph.LayerNode, graph.Input | None]],
    reporter: Reporter,
) -> None:
    """Report settings and layers that would need all samples, or another order of them."""
    for setting, (title, help_) in _REFUSED.items():
        if setting in training.settings:
            span = training.settings[setting].span
            reporter.error("T808", span, title, "does not go together", help=help_)
    if values.get("predict", {}).get(""):
        reporter.error(
            "T808",
            training.settings["predict"].span,
            "no rows are taken out of batches of your own",
            "does not go together",
            help="leave it out: with `save`, the script has `--predict FILE`",
        )
    for place in ("validation", "validation_data", "test_data"):
        other = training.get(place)
        if other is not None and getattr(other, "kind", "") != "batches":
            reporter.error(
                "T808",
                training.settings[place].span,
                "beside batches of your own stand others of your own",
                "does not go together",
                help=f"declare a second function by `extern batches`: `{place}: others`",
            )
    for node, _ in adapted:
        reporter.error(
            "T807",
            node.span,
            f"`{node.layer.name}` learns from all samples, and they come in batches of your own",
            "nothing to learn from",
            help="give it what it would learn, such as `vocabulary=...` or `mean=...`",
        )
