"""Pages about codes -> text for a terminal, and Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nndsl.codes import Example, Page
from nndsl.render.reference import WIDTH, wrapped
from nndsl.render.terminal import BOLD, FRAME, Painter

_MADE = "Made by `python3 dev.py rules`: do not edit."
_ABOUT = f"""\
# Codes

Every finding has a code, and every code a page: what is wrong, why it matters, a wrong example, the
right one, and where it is from. `nndsl explain L301` prints the same. The findings of rules can be
[ignored](../linting.md#what-is-reported); the others are what the language, or Keras, refuses.

{_MADE}
"""
_GRAVITY = {"error": "error", "warning": "warning", "info": "info"}


def render_page(page: Page, *, colour: bool = False, width: int = WIDTH) -> str:
    """Return a page for a terminal."""
    paint = Painter(colour)
    out = [f"{paint(page.code, BOLD)} {paint(page.name, BOLD)}  {paint(facts(page), FRAME)}\n"]
    out += [wrapped(text, width) for text in (page.summary, *page.paragraphs)]
    for title, examples in (("Wrong", page.wrong), ("Right", page.right)):
        for example in examples:
            lines = (f"    {line}\n" if line else "\n" for line in example.text.splitlines())
            out.append(paint(_heading(title, example), BOLD) + "\n" + "".join(lines))
    if page.source:
        out.append(wrapped(f"Source: {page.source}", width))
    return "\n".join(out)


def render_list(pages: Iterable[Page], *, colour: bool = False) -> str:
    """Return the codes with their names, a line each."""
    paint = Painter(colour)
    return "".join(f"{paint(page.code, BOLD)}  {page.name}\n" for page in pages)


def page_markdown(page: Page) -> str:
    """Return a page, without its heading."""
    parts = [page.summary, *page.paragraphs]
    for title, examples in (("Wrong", page.wrong), ("Right", page.right)):
        for example in examples:
            parts += [_heading(title, example) + ":", f"```nn\n{example.text}```"]
    if page.source:
        parts.append(f"Source: {page.source}")
    return "\n\n".join(parts) + "\n"


def group_markdown(title: str, pages: Sequence[Page]) -> str:
    """Return the pages of a group of codes as one."""
    out = [f"# {title}\n", f"[All codes](README.md). {_MADE}\n"]
    for page in pages:
        out += [f"## {page.code} {page.name}\n", f"*{facts(page)}*\n", page_markdown(page)]
    return "\n".join(out)


def contents_markdown(groups: Iterable[tuple[str, str, Sequence[Page]]]) -> str:
    """Return the page that lists all codes; a group is its title, its file and its pages."""
    out = [_ABOUT]
    for title, file, pages in groups:
        out += [f"## [{title}]({file}.md)\n", "| code | name | | mended |", "|---|---|---|---|"]
        for page in pages:
            anchor = f"{page.code.lower()}-{page.name}"
            mended = "yes" if page.fixes else ""
            kind = (page.severity or "") if page.default else "off"
            out.append(f"| [{page.code}]({file}.md#{anchor}) | {page.name} | {kind} | {mended} |")
        out.append("")
    return "\n".join(out)


def facts(page: Page) -> str:
    """Return in a few words how grave the findings are, and whether they can be mended."""
    if not page.is_rule:
        return "the compiler's"
    facts = [str(page.severity)]
    if not page.default:
        facts.append("off unless selected")
    if page.fixes:
        facts.append("mended by --fix")
    return ", ".join(facts)


def _heading(title: str, example: Example) -> str:
    return f"{title} ({example.note})" if example.note else title
