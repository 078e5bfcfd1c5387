from __future__ import annotations

from nndsl import edits
from nndsl.diagnostic import Label
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View
from nndsl.source import Span


@rule("warning", needs=("Embedding",), fixes=True)
def float_embedding(view: View, report: Report) -> None:
    """Numbers with fractions go into an `Embedding`, which looks rows up by their numbers.

    Keras cuts off what is behind the point, without a word: 0.7 is row 0. A model whose input was
    scaled, or is of `float32` by mistake, learns from the first rows alone.

    Wrong:
        model Reviews {
            input tokens: [100]
            tokens -> Embedding(10000, 16) -> GlobalAveragePooling1D -> Dense(1, sigmoid) as good
            output good
        }

    Right:
        model Reviews {
            input tokens: int32[100]
            tokens -> Embedding(10000, 16) -> GlobalAveragePooling1D -> Dense(1, sigmoid) as good
            output good
        }

    Source: https://keras.io/api/layers/core_layers/embedding/: "This layer can only be used on
    positive integer inputs"
    """
    for use in view.of("Embedding"):
        given = view.input_of(use.inputs[0])
        if given is None or "float" not in use.inputs[0].dtype:
            continue  # a layer above may well have made whole numbers
        if use.inputs[0].rank > 2 and "S101" in view.told:
            continue  # rows for each word: that is told already
        text = given.span.text
        at = text.find("[")
        change = None
        if at > 0 and text[:at].rstrip().endswith(":"):
            place = Span(given.span.start + at, given.span.start + at, given.span.source)
            change = edits.replaced(place, "int32")
        report(
            given.span,
            f"`{given.name}` is looked up, and is of {given.dtype}",
            "may have fractions",
            within=use,
            labels=(Label(use.span, "looks up rows by their numbers"),),
            expected="integers, such as `int32`",
            received=given.dtype,
            help=f"write `input {given.name}: int32[...]`",
            fix=edits.fix("write `int32`", change),
        )
