"""Write what is made from the rules: `python tools/make_rules.py`.

`nndsl/lint/index.py` says what there is, so that a check imports only the rules that a model gives
reason for; docs/rules has the pages of all codes. A test makes both anew and compares.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

from pages import write_pages

ROOT = Path(__file__).resolve().parent.parent
INDEX = ROOT / "nndsl" / "lint" / "index.py"
PAGES = ROOT / "docs" / "rules"
_FILE = re.compile(r"([a-z]\d{3})_([a-z0-9_]+)\.py")
_HEAD = '''\
"""The rules that there are. Made by `python3 dev.py rules` from nndsl/lint/rules: do not edit."""

from __future__ import annotations

from nndsl.lint.entry import Entry

RULES = {
'''


def make_index() -> str:
    """Return the index of the rules that stand in the folder, without importing them."""
    lines = []
    for path in sorted((ROOT / "nndsl" / "lint" / "rules").glob("[a-z][0-9]*.py")):
        found = _FILE.fullmatch(path.name)
        assert found is not None, f"{path.name} is not called like l301_one_unit_softmax.py"
        severity, said = _declaration(path, found[2])
        name = found[2].replace("_", "-")
        rest = ("needs", ()), ("default", True), ("fixes", False)
        values = ", ".join(repr(said.get(key, default)) for key, default in rest)
        lines.append(f'    "{found[1].upper()}": Entry("{name}", "{severity}", {values}),\n')
    return black_format(_HEAD + "".join(lines) + "}\n")


def _declaration(path: Path, name: str) -> tuple[str, dict[str, Any]]:
    """Return what the decorator of a rule is given."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            call = node.decorator_list[0]
            assert isinstance(call, ast.Call), f"{path.name}: `{name}` is declared by `@rule(...)`"
            given = {str(k.arg): ast.literal_eval(k.value) for k in call.keywords}
            return ast.literal_eval(call.args[0]), given
    raise AssertionError(f"{path.name} holds no rule `{name}`")


def black_format(text: str) -> str:
    import black

    return black.format_str(text, mode=black.Mode(line_length=100))


def make_pages() -> dict[str, str]:
    """Return the pages about the codes by the names of their files."""
    from nndsl.codes import GROUPS, all_codes, page
    from nndsl.render.codes import contents_markdown, group_markdown

    groups = {}
    for letter in GROUPS:
        pages = [page(code) for code in all_codes() if code[0] == letter]
        if pages:
            groups[letter] = pages
    texts = {
        f"{GROUPS[letter][1]}.md": group_markdown(GROUPS[letter][0], pages)
        for letter, pages in groups.items()
    }
    contents = contents_markdown([(*GROUPS[letter], pages) for letter, pages in groups.items()])
    return {"README.md": contents, **texts}


def main() -> None:
    index = make_index()
    INDEX.write_text(index, encoding="utf-8", newline="\n")  # which the pages are made by
    pages = make_pages()
    write_pages(PAGES, pages)
    print(f"wrote {INDEX.name} and {len(pages)} pages to {PAGES}")


if __name__ == "__main__":
    main()
