"""What a terminal makes of text: colours, control characters, and how wide characters are."""

from __future__ import annotations

import unicodedata

FRAME = "34;1"
BOLD = "1"
TAB_WIDTH = 4


class Painter:
    """Puts text into a colour, if there are colours."""

    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def __call__(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text


def visible(text: str) -> str:
    """Return text with control characters, escape sequences among them, made harmless."""
    return "".join(
        char if char.isprintable() or char == " " else f"\\x{ord(char):02x}" for char in text
    )


def expanded(text: str) -> str:
    """Return a line of a source as it is shown."""
    return visible(text.replace("\t", " " * TAB_WIDTH))


def width_of(text: str) -> int:
    """Return the columns that text takes on a terminal: tabs expanded, wide characters two."""
    width = 0
    for char in text:
        if char == "\t":
            width += TAB_WIDTH
        elif unicodedata.category(char) in ("Mn", "Me"):
            width += 0
        elif not char.isprintable():
            width += len(visible(char))
        else:
            width += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return width
