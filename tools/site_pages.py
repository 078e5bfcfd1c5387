"""What the site has beside docs/, for mkdocs.yml: a hook, so that nothing is written twice.

- Links of the documentation that lead out of docs/, to examples, the grammar or ARCHITECTURE.md,
  get a page with that file.
- Every code has a page of its own, as `nndsl explain` prints it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

from nndsl.codes import all_codes, page
from nndsl.render.codes import facts, page_markdown

ROOT = Path(__file__).resolve().parent.parent
_LINK = re.compile(r"(?<=\]\()(?!\w+:|#|/)([^()\s#]+)(#[^()\s]*)?(?=\))")
_FENCE = re.compile(r"^(`{3,}).*?^\1$", re.MULTILINE | re.DOTALL)
#: How files that are no Markdown are coloured, by how their names end.
_LANGUAGES = {
    ".el": "elisp", ".lark": "text", ".lua": "lua", ".nn": "nn", ".py": "python", ".toml": "toml",
    ".vim": "vim", ".yaml": "yaml",
}  # fmt: skip
#: What parts a grammar: a comment such as `// ---- Definitions -----`.
_SECTION = re.compile(r"^// -{4} (.*?) -+\n", re.MULTILINE)
#: The pages that show files from outside of docs/: where they stand in the site.
_OUTSIDE = "files"
#: What the navigation names of these, whether anything links to it or not.
_ALWAYS = ("ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "grammars/nn.lark")
_CODE_ROW = re.compile(r"\[([A-Z]\d{3})\]\(\w+\.md#[\w-]+\)")


def on_files(files: Files, config: Any) -> Files:
    """Add a page for every code, and for every file outside of docs/ that something links to."""
    for code, name in all_codes().items():
        text = f"# {code} {name}\n\n*{facts(page(code))}*\n\n{page_markdown(page(code))}"
        text += "\n[All codes](../rules/README.md)\n"
        files.append(File.generated(config, f"codes/{code}.md", content=text))
    waiting = set(_ALWAYS)
    for file in files:
        if _is_page(file):
            waiting |= _targets(f"docs/{file.src_uri}", file.content_string)
    shown: set[str] = set()
    while waiting - shown:
        target = min(waiting - shown)
        shown.add(target)
        if not target.startswith("docs/") and (ROOT / target).exists():
            content, place = _page_of(target), _site_path(target)
            files.append(File.generated(config, place, content=content))
            waiting |= _targets(_origin(place), content)
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Let links go where their targets stand in the site."""
    here = page.file.src_uri
    if here == "rules/README.md":
        markdown = _CODE_ROW.sub(r"[\1](../codes/\1.md)", markdown)
    if here.startswith("codes/"):
        return markdown

    def moved(match: re.Match[str]) -> str:
        target = _resolve(_origin(here), match[1])
        if not (ROOT / target).exists():
            return match[0]
        wanted = target.removeprefix("docs/")
        if not target.startswith("docs/"):
            wanted = _site_path(target)
        elif (ROOT / target).is_dir():
            wanted = posixpath.join(wanted, "README.md")
        return posixpath.relpath(wanted, posixpath.dirname(here)) + (match[2] or "")

    return _outside_of_fences(markdown, lambda text: _LINK.sub(moved, text))


def _is_page(file: File) -> bool:
    return file.is_documentation_page() and not file.src_uri.startswith("codes/")


def _targets(origin: str, text: str) -> set[str]:
    """Return the paths in the repository that a page links to."""
    links: set[str] = set()
    _outside_of_fences(text, lambda part: links.update(m[1] for m in _LINK.finditer(part)) or part)
    return {_resolve(origin, link) for link in links}


def _outside_of_fences(text: str, change: Callable[[str], str]) -> str:
    parts, end = [], 0
    for fence in _FENCE.finditer(text):
        parts += [change(text[end : fence.start()]), fence[0]]
        end = fence.end()
    return "".join([*parts, change(text[end:])])


def _resolve(origin: str, link: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(origin), link))


def _site_path(target: str) -> str:
    """Return where the page of a file outside of docs/ stands."""
    if (ROOT / target).is_dir():
        return f"{_OUTSIDE}/{target}/README.md"
    return f"{_OUTSIDE}/{target}" if target.endswith(".md") else f"{_OUTSIDE}/{target}.md"


def _origin(site_path: str) -> str:
    """Return the path in the repository of what a page shows."""
    if site_path.startswith(f"{_OUTSIDE}/"):
        return site_path.removeprefix(f"{_OUTSIDE}/")
    return f"docs/{site_path}"


def _page_of(target: str) -> str:
    path = ROOT / target
    if path.is_dir():
        names = sorted(entry.name for entry in path.iterdir() if _is_shown(entry))
        listed = "".join(f"- [{name}]({name})\n" for name in names)
        return f"# {target}\n\n{listed}"
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return text
    language = _LANGUAGES.get(path.suffix, "text")
    title, *sections = _SECTION.split(text) if path.suffix == ".lark" else (text,)
    parts = [f"# {path.name}", f"```{language}\n{title.rstrip()}\n```"]
    for name, inside in zip(sections[::2], sections[1::2], strict=True):
        parts += [f"## {name}", f"```{language}\n{inside.strip()}\n```"]
    return "\n\n".join(parts) + "\n"


def _is_shown(entry: Path) -> bool:
    hidden = entry.name.startswith((".", "__")) or entry.name == "data"
    return not hidden and (entry.is_dir() or entry.suffix in {*_LANGUAGES, ".md"})
