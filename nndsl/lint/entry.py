"""What is known of a rule before its file is imported."""

from __future__ import annotations

from typing import NamedTuple

from nndsl.diagnostic import Severity


class Entry(NamedTuple):
    """A rule's name, and what its declaration says; see `Rule`."""

    name: str
    severity: Severity
    needs: tuple[str, ...]
    default: bool
    fixes: bool
