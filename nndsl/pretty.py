"""Text -> text: generated Python as black lays it out."""

from __future__ import annotations


def pretty(text: str) -> str:
    """Return the text formatted by black, in black's own style (88 columns)."""
    import black  # 0.1 s that only `compile` pays

    return black.format_str(text, mode=black.Mode())
