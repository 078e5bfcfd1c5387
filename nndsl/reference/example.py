"""The docstring of a layer taken apart, and its example tried out."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEADING = "\n\nExample:\n"
_NAMED = re.compile(r" as (\w+(?:, \w+)*)$")


def taken_apart(docstring: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return the first sentence, the other paragraphs, and the lines of the example."""
    text, _, example = docstring.partition(_HEADING)
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
    lines = tuple(line.strip() for line in example.splitlines() if line.strip())
    return paragraphs[0], tuple(paragraphs[1:]), lines


@dataclass(frozen=True, slots=True)
class Worked:
    """What an example gives: shapes as they are written in a `.nn` file, and the parameters."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    trainable: int
    non_trainable: int

    def __str__(self) -> str:
        shapes = f"{', '.join(self.inputs)} -> {', '.join(self.outputs)}"
        count = self.trainable + self.non_trainable
        if not count:
            return shapes
        frozen = f", {self.non_trainable:,} of them not trained" if self.non_trainable else ""
        return f"{shapes}, {count:,} parameter{'s' if count > 1 else ''}{frozen}"


def model_text(lines: tuple[str, ...]) -> str:
    """Return a whole model that consists of these lines."""
    *inputs, last = lines
    named = _NAMED.search(last)
    outputs = named[1] if named else "result"
    flow = last if named else f"{last} as {outputs}"
    body = [*inputs, flow, f"output {outputs}"]
    return "model Example {\n" + "".join(f"    {line}\n" for line in body) + "}\n"


def worked(lines: tuple[str, ...]) -> Worked:
    """Compile an example as far as its shapes; it has no mistakes."""
    from nndsl.compiler import check_source
    from nndsl.source import Source

    checked = check_source(Source("example", model_text(lines)))
    assert not checked.diagnostics, (lines, checked.diagnostics)
    model = checked.shaped.models["Example"]
    assert model.trainable is not None and model.non_trainable is not None
    return Worked(
        tuple(_shape(tensor) for tensor in model.inputs.values()),
        tuple(_shape(tensor) for tensor in model.outputs.values()),
        model.trainable,
        model.non_trainable,
    )


def _shape(tensor: object) -> str:
    dtype = getattr(tensor, "dtype", "float32")
    return f"{tensor}" if dtype == "float32" else f"{dtype}{tensor}"
