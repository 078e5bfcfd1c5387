"""Inlay hints: the shape behind each stage, and the parameters of each layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nndsl.ide.analysis import Analysis, Place


@dataclass(frozen=True, slots=True)
class Hint:
    offset: int
    text: str
    kind: Literal["shape", "parameters"]
    tooltip: str = ""


def hints(
    analysis: Analysis, start: int, end: int, *, shapes: bool = True, parameters: bool = True
) -> list[Hint]:
    """Return the hints between two offsets, in their order."""
    found: list[Hint] = []
    for place in analysis.places.values():
        if not start <= place.end <= end:
            continue
        count = place.parameters
        if shapes and place.shapes:
            found.append(Hint(place.end, place.shapes, "shape", _times(place)))
        if parameters and count and (place.rule is not None):
            found.append(Hint(place.end, f"{count:,} params", "parameters", _times(place)))
    return sorted(found, key=lambda hint: (hint.offset, hint.kind == "parameters"))


def _times(place: Place) -> str:
    times = len(place.outputs)
    return f"applied {times} times" if times > 1 else ""
