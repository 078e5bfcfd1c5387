"""What is known of the data: declared in `train`, or read from the data file."""

from __future__ import annotations

from dataclasses import dataclass

from nndsl.diagnostic import Label
from nndsl.record import Record
from nndsl.source import Span

#: The forms that labels and inputs have, by the words of the language.
BINARY, INT, ONE_HOT, MULTI_HOT, REAL = "binary", "int", "one_hot", "multi_hot", "real"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Facts(Record):
    """What the values of one input or of one output's labels are like; None is not known."""

    span: Span
    form: str | None = None
    #: How many classes there are: values are below it, or it is the last axis.
    classes: int | None = None
    low: float | None = None
    high: float | None = None
    #: Without the batch.
    shape: tuple[int | None, ...] | None = None
    dtype: str | None = None
    #: The file that says it; "" where the text does.
    file: str = ""

    def shown(self) -> tuple[Label, ...]:
        """Return a label for a message: where it is known from, and what."""
        return (Label(self.span, f"in {self.file}" if self.file else "declared here"),)
