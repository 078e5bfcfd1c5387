"""`nndsl explain`: what the code of a finding means."""

from __future__ import annotations

import argparse
import sys

from nndsl.cli.output import say_problem, wants_colour
from nndsl.cli.status import CLEAN, USAGE
from nndsl.codes import all_codes, find, near, page


def run(options: argparse.Namespace) -> int:
    """Print the page of a code, or all codes."""
    from nndsl.render.codes import render_list, render_page

    colour = wants_colour(options.color, sys.stdout)
    if options.code is None:
        sys.stdout.write(render_list(map(page, all_codes()), colour=colour))
        return CLEAN
    code = find(options.code)
    if code is None:
        guess = near(options.code)
        hint = f"did you mean {guess}?" if guess else "`nndsl explain` lists them"
        say_problem(f"there is no code {options.code}; {hint}")
        return USAGE
    sys.stdout.write(render_page(page(code), colour=colour))
    return CLEAN
