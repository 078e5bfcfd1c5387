"""All codes that findings have, each with its page: `nndsl explain L301`."""

from __future__ import annotations

import re
from functools import cache

from nndsl.codes.page import Example, Page, read_page
from nndsl.diagnostic import NAMES
from nndsl.lint import RULES, load
from nndsl.lint.selection import ALL
from nndsl.suggest import nearest

__all__ = [
    "GROUPS",
    "Example",
    "Page",
    "all_codes",
    "find",
    "name_of",
    "near",
    "page",
    "selector",
]

#: The groups of codes by their letter: what they are about, and the file of their pages.
GROUPS = {
    "T": ("Text and training", "text_and_training"),
    "S": ("Shapes", "shapes"),
    "A": ("Arguments", "arguments"),
    "L": ("Activations and losses", "activations_and_losses"),
    "Y": ("Labels", "labels"),
    "I": ("Initialization", "initialization"),
    "R": ("Regularization, normalization and masks", "regularization"),
    "G": ("Graph and names", "graph_and_names"),
    "D": ("Data", "data"),
    "P": ("Performance", "performance"),
    "X": ("Limits and consent", "limits"),
    "N": ("Notes to nndsl", "notes"),
}
_HEADING = re.compile(r"^## ([A-Z]\d{3}) .*$", re.MULTILINE)


@cache
def all_codes() -> dict[str, str]:
    """Return every code with its name, in the order of the groups."""
    names = {**NAMES, **{code: entry.name for code, entry in RULES.items()}}
    order = list(GROUPS)
    return dict(sorted(names.items(), key=lambda pair: (order.index(pair[0][0]), pair[0])))


def name_of(code: str) -> str:
    """Return the name of a code."""
    return NAMES.get(code) or RULES[code].name


def page(code: str) -> Page:
    """Return the page of a code."""
    name = name_of(code)
    entry = RULES.get(code)
    if entry is None:
        return read_page(_texts(code[0])[code], code, name, None)
    return read_page(
        load(code).check.__doc__ or "",
        code,
        name,
        entry.severity,
        default=entry.default,
        fixes=entry.fixes,
        is_rule=True,
    )


def find(text: str) -> str | None:
    """Return the code that is meant by a code or a name, in any case."""
    wanted = text.strip().replace("_", "-").lower()
    for code, name in all_codes().items():
        if wanted in (code.lower(), name):
            return code
    return None


def selector(text: str) -> str:
    """Return a code, the beginning of codes or `ALL`, for a code or name in any case.

    Raises ValueError for what is none of these.
    """
    if text.upper() == ALL:
        return ALL
    code = find(text)
    if code is not None:
        return code
    if text and any(known.startswith(text.upper()) for known in all_codes()):
        return text.upper()
    guess = near(text)
    hint = f"; did you mean {guess}?" if guess else "; `nndsl explain` lists the codes"
    raise ValueError(f"there is no code `{text}`{hint}")


def near(text: str) -> str | None:
    """Return the code or name that was perhaps meant."""
    return nearest(text, [*all_codes().values(), *all_codes()])


@cache
def _texts(letter: str) -> dict[str, str]:
    """Return the texts of the pages of a group, by code."""
    from nndsl.resources import code_pages

    parts = _HEADING.split(code_pages(GROUPS[letter][1]))
    return dict(zip(parts[1::2], parts[2::2], strict=True))
