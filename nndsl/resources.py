"""The only reader of what ships beside the code: the templates."""

from __future__ import annotations

from importlib.resources import files


def template(name: str) -> str:
    """Return the text of a template, such as "functional.py.j2"."""
    return files("nndsl.templates").joinpath(*name.split("/")).read_text(encoding="utf-8")
