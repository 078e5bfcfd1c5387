"""`nndsl layers`: what there is in the language, and what is said about one name of it."""

from __future__ import annotations

import argparse
import shutil
import sys

from nndsl.cli.output import wants_colour
from nndsl.reference import Entry, Group, data, find, find_groups, groups, near, why_not
from nndsl.reference.entry import listed

CLEAN, USAGE = 0, 2
#: So many names are offered in a sentence for one that there is not, and at most.
_FEW, _MOST = 3, 40
_MIN_WIDTH, _MAX_WIDTH = 40, 100
_HINT = (
    "`nndsl layers Conv2D` says what a layer takes and gives; `nndsl layers losses` shows a list.\n"
)


def run(options: argparse.Namespace) -> int:
    """Print what was asked for; a name that there is not is wrong usage."""
    if options.name is None:
        sys.stdout.write(_overview(options))
        return CLEAN
    entries = find(options.name) or _but_for_case(options.name)
    lists = find_groups(options.name)
    if entries:
        sys.stdout.write(_entries(entries, options))
    elif lists:
        sys.stdout.write(_lists(lists, options))
    else:
        sys.stderr.write(_unknown(options.name))
        return USAGE
    return CLEAN


def _but_for_case(name: str) -> tuple[Entry, ...]:
    """Return what is said about a name that was written in lower case: `dense`, `conv2d`."""
    meant = (one for one in near(name) if one.lower() == name.lower())
    return tuple(entry for one in meant for entry in find(one))


def _overview(options: argparse.Namespace) -> str:
    """Return the layers with a line about each, and the other names in rows."""
    from nndsl.render.markdown import list_markdown
    from nndsl.render.reference import render_brief, render_groups

    every = groups()
    if options.output_format == "json":
        return _json([data(one) for one in every])
    if options.output_format == "markdown":
        return "\n".join(list_markdown(one) for one in every)
    layers = [group for group in every if not group.usage]
    parts = [group for group in every if group.usage]
    colour, width = _colour_and_width(options)
    details = render_groups(layers, colour=colour, width=width)
    return "\n".join([_HINT, details, render_brief(parts, colour=colour, width=width)])


def _lists(lists: tuple[Group, ...], options: argparse.Namespace) -> str:
    from nndsl.render.markdown import list_markdown
    from nndsl.render.reference import render_groups

    if options.output_format == "json":
        return _json([data(one) for one in lists])
    if options.output_format == "markdown":
        return "\n".join(list_markdown(one) for one in lists)
    colour, width = _colour_and_width(options)
    return render_groups(lists, colour=colour, width=width)


def _entries(entries: tuple[Entry, ...], options: argparse.Namespace) -> str:
    from nndsl.render.markdown import entry_markdown
    from nndsl.render.reference import render_entry

    if options.output_format == "json":
        return _json([data(entry) for entry in entries])
    if options.output_format == "markdown":
        return "\n".join(entry_markdown(entry) for entry in entries)
    colour, width = _colour_and_width(options)
    return "\n".join(render_entry(entry, colour=colour, width=width) for entry in entries)


def _unknown(name: str) -> str:
    """Return why there is no such name, or which were perhaps meant."""
    from nndsl.render.reference import wrapped
    from nndsl.render.terminal import visible

    shown = visible(name)
    reason = why_not(name)
    if reason is not None:
        return f"nndsl: `{shown}` is not part of the language: {reason}\n"
    guesses = near(name)
    if not guesses:
        return f"nndsl: there is no `{shown}`; `nndsl layers` lists what there is\n"
    if len(guesses) <= _FEW:
        return f"nndsl: there is no `{shown}`; did you mean {listed(guesses)}?\n"
    more = f" and {len(guesses) - _MOST} more" if len(guesses) > _MOST else ""
    names = wrapped(", ".join(guesses[:_MOST]) + more, _MAX_WIDTH)
    return f"nndsl: there is no `{shown}`; did you mean one of these?\n{names}"


def _json(value: object) -> str:
    import json

    return json.dumps(value, indent=2) + "\n"


def _colour_and_width(options: argparse.Namespace) -> tuple[bool, int]:
    terminal = sys.stdout.isatty()
    colour = wants_colour(options.color, sys.stdout)
    columns = shutil.get_terminal_size((_MAX_WIDTH, 0)).columns if terminal else _MAX_WIDTH
    return colour, max(_MIN_WIDTH, min(columns, _MAX_WIDTH))
