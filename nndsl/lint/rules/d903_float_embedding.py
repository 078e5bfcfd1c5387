from __future__ import annotations

from nndsl import edits
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View


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
        tensor = use.inputs[0]
        if "float" not in tensor.dtype:
            continue
        given = view.input_of(tensor)
        text = given.span.text if given is not None else ""
        at = text.find("[")
        change = None
        if given is not None and at > 0 and text[:at].rstrip().endswith(":"):
            source, start = given.span.source, given.span.start + at
            change = edits.replaced(type(given.span)(start, start, source), "int32")
        report(
            given.span if given is not None else use.span,
            f"an `Embedding` looks up {tensor.dtype}",
            "may have fractions",
            within=use,
            expected="integers, such as `int32`",
            received=tensor.dtype,
            help=f"write `input {given.name}: int32[...]`" if given else "round and cast it first",
            fix=edits.fix("write `int32`", change),
        )
