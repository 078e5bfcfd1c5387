"""The only reader of what ships beside the code: templates, blocks, and pages about codes."""

from __future__ import annotations

from importlib.resources import files


def template(name: str) -> str:
    """Return the text of a template, such as "module.py.j2"."""
    return files("nndsl.templates").joinpath(*name.split("/")).read_text(encoding="utf-8")


def standard_library(name: str) -> str:
    """Return the text of a file of blocks, such as "convolution.nn"; raise FileNotFoundError."""
    if name not in standard_files():
        raise FileNotFoundError(name)
    return files("nndsl.std").joinpath(name).read_text(encoding="utf-8")


def standard_path(name: str) -> str:
    """Return where a file of blocks stands, for an editor to open."""
    return str(files("nndsl.std").joinpath(name))


def standard_files() -> list[str]:
    return sorted(file.name for file in files("nndsl.std").iterdir() if file.name.endswith(".nn"))


def code_pages(group: str) -> str:
    """Return the pages about the compiler's codes of a group; "" if there are none."""
    file = files("nndsl.codes").joinpath(f"{group}.md")
    return file.read_text(encoding="utf-8") if file.is_file() else ""
