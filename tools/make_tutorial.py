"""Write what comes out of the texts of the tutorial: `python tools/make_tutorial.py`.

The pages in docs/tutorial and docs/ru are written by hand, but for what the compiler makes of the
block of `nn` above. A comment that Markdown does not show says what stands below it:

    <!-- code: functional build_model -->   the code in this style: all of it, a function or class,
                                            or the statements of `main` that call or assign a
                                            name: `main.fit`
    <!-- summary -->                        what `nndsl summary` prints
    <!-- findings -->                       what `nndsl check` says
    <!-- picture: tickets -->               docs/pictures/tutorial/tickets.svg, which this writes

`<!-- wrong -->` in front of a block of `nn` says that it is meant to have findings.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable
from pathlib import Path

import nndsl
from nndsl.render import render

DOCS = Path(__file__).resolve().parent.parent / "docs"
PICTURES = DOCS / "pictures" / "tutorial"
_TEXT = r"```nn\n(?P<text>.*?)^```$"
_MADE = r"<!-- (?P<kind>code|summary|findings)(?:: (?P<what>.*?))? -->\n```(?P<lang>\w*)\n.*?^```$"
_PICTURE = r"<!-- picture: (?P<name>\w+) -->"
_PART = re.compile(f"{_TEXT}|{_MADE}|{_PICTURE}", re.MULTILINE | re.DOTALL)


def pages() -> list[Path]:
    """Return the pages that are part of the tutorial, in both languages, and where one begins."""
    return [
        *sorted((DOCS / "tutorial").glob("*.md")),
        *sorted((DOCS / "ru").glob("*.md")),
        DOCS / "index.md",
        DOCS / "start.md",
    ]


def make(page: str) -> tuple[str, dict[str, str]]:
    """Return a page with all that is made, and its pictures by their names."""
    text = ""
    pictures: dict[str, str] = {}

    def made(match: re.Match[str]) -> str:
        nonlocal text
        if match["text"] is not None:
            text = match["text"]
        elif match["name"] is not None:
            pictures[match["name"]] = nndsl.Model(text).svg() + "\n"
        else:
            what = f": {match['what']}" if match["what"] else ""
            inside = _made(match["kind"], (match["what"] or "").split(), text)
            return f"<!-- {match['kind']}{what} -->\n```{match['lang']}\n{inside}```"
        return match[0]

    return _PART.sub(made, page), pictures


def _made(kind: str, what: list[str], text: str) -> str:
    if kind == "summary":
        return nndsl.Model(text).summary()
    if kind == "findings":
        return render(nndsl.check(text, name="model.nn"))
    style, *names = what
    code = nndsl.compile(text, style=style, name="model.nn", allow_python=True).code
    assert code is not None, text
    return _chosen(code, names) if names else code


def _chosen(code: str, names: Iterable[str]) -> str:
    """Return definitions of a module by their names; `main.fit` is what calls or assigns `fit`."""
    lines = code.splitlines(keepends=True)
    bodies = {node.name: node for node in ast.parse(code).body if hasattr(node, "name")}

    def source(node: ast.stmt) -> str:
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(one.lineno for one in decorators)])
        return textwrap.dedent("".join(lines[first - 1 : node.end_lineno]))

    parts = []
    for name in names:
        function, _, called = name.partition(".")
        nodes = [bodies[function]]
        if called:
            nodes = [node for node in bodies[function].body if _calls(node, called)]
            assert nodes, name
        parts += [source(node) for node in nodes]
    return ("" if "." in "".join(names) else "\n\n").join(parts)


def _calls(node: ast.stmt, name: str) -> bool:
    if isinstance(node, ast.If):
        return False
    if any(getattr(one, "id", "") == name for one in getattr(node, "targets", ())):
        return True
    functions = (one.func for one in ast.walk(node) if isinstance(one, ast.Call))
    return any(getattr(one, "attr", getattr(one, "id", "")) == name for one in functions)


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    every: dict[str, str] = {}
    for path in pages():
        text, pictures = make(path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8", newline="\n")
        every |= pictures
    for path in PICTURES.glob("*.svg"):
        if path.stem not in every:
            path.unlink()
    for name, picture in every.items():
        (PICTURES / f"{name}.svg").write_text(picture, encoding="utf-8", newline="\n")
    print(f"wrote {len(pages())} pages and {len(every)} pictures")


if __name__ == "__main__":
    main()
