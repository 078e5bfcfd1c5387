"""Write the reference documentation, docs/reference: `python tools/make_reference.py`.

All of it is read from the layers and the vocabulary; a test makes the pages anew and compares.
"""

from __future__ import annotations

from pathlib import Path

from pages import write_pages

from nndsl.reference import Group, find, groups
from nndsl.render.markdown import contents_markdown, page_markdown, page_name

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
NOTE = "[All names](README.md). Made by `python3 dev.py reference`: do not edit."
ABOUT = """\
What stands behind an arrow or inside an argument, and is Keras's own: how it is written, what it
takes and what it gives. `nndsl layers Conv2D` prints the same.

Every page has the names of one list. Of each there is the signature: what must be given first, then
what may be, with its default; a tensor that is given by name is written `value=...`. Shapes are
without the batch, as in a `.nn` file, and `?` is a size that is not known. What the example gives
is computed.

Made by `python3 dev.py reference`: do not edit."""


def make_pages() -> dict[str, str]:
    """Return the pages by the names of their files."""
    every = groups()
    pages = {page_name(group): _page(group) for group in every}
    return {"README.md": contents_markdown("Reference", ABOUT, every), **pages}


def _page(group: Group) -> str:
    entries = (e for name, _ in group.names for e in find(name) if e.group == group.title)
    return page_markdown(group, entries, NOTE)


def main() -> None:
    pages = make_pages()
    write_pages(FOLDER, pages)
    print(f"wrote {len(pages)} pages to {FOLDER}")


if __name__ == "__main__":
    main()
