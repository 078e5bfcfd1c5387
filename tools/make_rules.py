"""Write what is made from the rules: `python tools/make_rules.py`.

`nndsl/lint/index.py` says what there is, so that a check imports only the rules that a model gives
reason for; docs/rules has the pages of all codes. A test makes both anew and compares.
"""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path

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


try:
    from nndsl.lint.rule import Rule
except (ImportError, SyntaxError):  # the index itself is damaged, such as by a merge
    INDEX.write_text(_HEAD + "}\n", encoding="utf-8", newline="\n")
    for _name in [name for name in sys.modules if name.startswith("nndsl.lint")]:
        del sys.modules[_name]
    from nndsl.lint.rule import Rule


def make_index() -> str:
    """Return the index of the rules that stand in the folder."""
    lines = []
    for path in sorted((ROOT / "nndsl" / "lint" / "rules").glob("[a-z][0-9]*.py")):
        found = _FILE.fullmatch(path.name)
        assert found is not None, f"{path.name} is not called like l301_one_unit_softmax.py"
        rule = getattr(import_module(f"nndsl.lint.rules.{path.stem}"), found[2], None)
        assert isinstance(rule, Rule), f"{path.name} holds no rule `{found[2]}`"
        name = found[2].replace("_", "-")
        values = f'"{name}", "{rule.severity}", {rule.needs}, {rule.default}, {rule.fixes}'
        lines.append(f'    "{found[1].upper()}": Entry({values}),\n')
    return black_format(_HEAD + "".join(lines) + "}\n")


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
    INDEX.write_text(index, encoding="utf-8", newline="\n")
    for name in [name for name in sys.modules if name.startswith("nndsl.")]:
        del sys.modules[name]  # the pages are made by the new index
    pages = make_pages()
    write_pages(PAGES, pages)
    print(f"wrote {INDEX.name} and {len(pages)} pages to {PAGES}")


if __name__ == "__main__":
    main()
