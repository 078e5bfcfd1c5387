"""Make the parser's tables from the grammar: `python tools/make_parser.py`.

Lark turns `grammars/nn.lark` into LALR(1) tables here, once, so that a check neither imports lark
nor builds tables: that would take longer than all the rest of a check. What is written is plain
data; `nndsl/syntax/parser.py` runs it. A test makes the tables anew and compares.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from lark import Lark
from lark.grammar import Rule
from lark.parsers.lalr_analysis import Shift

ROOT = Path(__file__).resolve().parent.parent
GRAMMAR = ROOT / "grammars" / "nn.lark"
TABLES = ROOT / "nndsl" / "syntax" / "tables.py"
STARTS = ["line", "header", "train", "setting"]
IGNORED = {"WS_INLINE", "COMMENT"}

HEADER = '''\
"""The parser's tables. Made by tools/make_parser.py from grammars/nn.lark: do not edit."""

# fmt: off
# ruff: noqa: E501
'''


def describe_rule(rule: Rule) -> tuple[str, int, str | None, tuple[int | None, ...]]:
    """Return what a reduction does: origin, length, callback, and which children it keeps.

    A child index i is kept as it is, ~i is a list that is spliced in, None is the place of an
    optional part that is absent. No callback: the children make up a list (`__x_star_0`).
    A callback that begins with "?" is left out when there is just one child.
    """
    origin = str(rule.origin.name)
    slots: list[int | None] = []
    holes = _holes(rule)
    for index, symbol in enumerate(rule.expansion):
        slots += [None] * holes[index]
        if symbol.is_term:
            if rule.options.keep_all_tokens or not symbol.filter_out:
                slots.append(index)
        else:
            slots.append(~index if symbol.name.startswith("_") else index)
    slots += [None] * holes[-1]
    callback: str | None = str(rule.alias or origin)
    if origin.startswith("__"):
        callback = None
    elif rule.options.expand1 and not rule.alias:
        callback = "?" + origin
    return origin, len(rule.expansion), callback, tuple(slots)


def _holes(rule: Rule) -> list[int]:
    empty = rule.options.empty_indices
    if not empty:
        return [0] * (len(rule.expansion) + 1)
    return [len(ones) for ones in "".join(str(int(hole)) for hole in empty).split("0")]


def make_tables(grammar: str) -> str:
    """Return the text of tables.py for a grammar."""
    lark = Lark(grammar, parser="lalr", start=STARTS, maybe_placeholders=True)
    table = lark.parser.parser._parse_table  # type: ignore[attr-defined]
    numbers = _number_states(table)
    rules = {rule: number for number, rule in enumerate(lark.rules)}
    nonterminals = {rule.origin.name for rule in lark.rules}
    actions: list[dict[str, int]] = []
    gotos: list[dict[str, int]] = []
    for state in numbers:
        action_row: dict[str, int] = {}
        goto_row: dict[str, int] = {}
        for symbol, (action, argument) in sorted(table.states[state].items()):
            if symbol in nonterminals:
                goto_row[str(symbol)] = numbers[argument]
            else:
                # Reductions are negative, shifts are not: one number says both.
                number = numbers[argument] if action is Shift else ~rules[argument]
                action_row[str(symbol)] = number
        actions.append(action_row)
        gotos.append(goto_row)
    parts: dict[str, Any] = {
        "TERMINALS": _terminals(lark),
        "KEYWORDS": _literals(lark, words=True),
        "PUNCTUATION": _literals(lark, words=False),
        "RULES": [describe_rule(rule) for rule in lark.rules],
        "ACTIONS": actions,
        "GOTOS": gotos,
        "STARTS": {start: numbers[table.start_states[start]] for start in STARTS},
        "ENDS": {start: numbers[table.end_states[start]] for start in STARTS},
    }
    return HEADER + "".join(f"{name} = {_pretty(value)}\n" for name, value in parts.items())


def _number_states(table: Any) -> dict[int, int]:
    """Number the states in the order in which a walk over sorted symbols meets them.

    Lark's own numbers differ from run to run; the tables must not.
    """
    waiting = [table.start_states[start] for start in STARTS]
    numbers: dict[int, int] = {}
    while waiting:
        state = waiting.pop(0)
        if state not in numbers:
            numbers[state] = len(numbers)
            row = table.states[state]
            waiting += [row[symbol][1] for symbol in sorted(row) if row[symbol][0] is Shift]
    return numbers


def _terminals(lark: Lark) -> list[tuple[str, str]]:
    """Terminals given by a pattern, in the order in which a lexer must try them."""
    patterns = [t for t in lark.terminals if t.pattern.type == "re"]
    patterns.sort(key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name))
    order = {"COMMENT": 0, "STRING": 1, "NUMBER": 2, "NAME": 3}
    patterns.sort(key=lambda t: order.get(t.name, 4))
    return [(t.name, t.pattern.to_regexp()) for t in patterns if t.name != "COMPARISON"]


def _literals(lark: Lark, *, words: bool) -> dict[str, str]:
    literals = {t.pattern.value: t.name for t in lark.terminals if t.pattern.type == "str"}
    literals |= dict.fromkeys(("==", "!=", "<=", ">=", "<", ">"), "COMPARISON")
    return {
        text: name
        for text, name in sorted(literals.items(), key=lambda item: (-len(item[0]), item[0]))
        if text.replace("_", "a").isalpha() is words
    }


def _pretty(value: Any) -> str:
    if isinstance(value, list):
        return "[\n" + "".join(f"    {item!r},\n" for item in value) + "]"
    if isinstance(value, dict):
        return "{\n" + "".join(f"    {k!r}: {v!r},\n" for k, v in value.items()) + "}"
    return repr(value)


if __name__ == "__main__":
    text = make_tables(GRAMMAR.read_text(encoding="utf-8"))
    TABLES.write_text(text, encoding="utf-8")
    sys.stdout.write(f"wrote {TABLES.relative_to(ROOT)}\n")
