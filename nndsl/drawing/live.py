"""The page of `nndsl watch`: the same as `page`, with what the server says of the text."""

from __future__ import annotations

from nndsl.drawing.colours import FAMILIES, SHARED
from nndsl.drawing.page import body, document, sheet
from nndsl.resources import template


def live_page(title: str, theme: str) -> tuple[str, str]:
    """Return the page, and its policy: it may ask its own server, and nobody else."""
    return document(
        title,
        sheet([name for name in (*FAMILIES, *SHARED) if name != "block"], theme),
        body() + "\n" + template("page/watch.html").strip(),
        template("page/view.js") + template("page/watch.js"),
        "connect-src 'self'; ",
    )
