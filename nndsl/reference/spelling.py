"""Values as they are written in a `.nn` file."""

from __future__ import annotations

from collections.abc import Container
from typing import Any


def spelled(value: Any, words: Container[str] = ()) -> str:
    """Return how a value is written; strings among the `words` do without quotes."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value if value in words else '"' + value.replace('"', '\\"') + '"'
    if isinstance(value, (list, tuple)):
        inner = ", ".join(spelled(item, words) for item in value)
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    return repr(value)
