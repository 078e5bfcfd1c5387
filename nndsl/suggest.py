"""The nearest of several names: for "did you mean"."""

from __future__ import annotations

from collections.abc import Iterable

#: Longer names are no misspellings of anything.
MAX_LENGTH = 64


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that a misspelt name most likely stands for, or None.

    A candidate counts when it differs in at most a third of its letters (and one at least may
    always differ, in names of three letters and more); case and underscores weigh nothing.
    """
    if len(name) > MAX_LENGTH:
        return None
    folded = _fold(name)
    best: tuple[int, int, str] | None = None
    for position, candidate in enumerate(candidates):
        if len(candidate) > MAX_LENGTH:
            continue
        target = _fold(candidate)
        limit = max(1, max(len(folded), len(target)) // 3) if len(folded) > 2 else 0
        if abs(len(folded) - len(target)) > limit:
            continue
        distance = edit_distance(folded, target, limit)
        if distance <= limit and (best is None or (distance, position) < best[:2]):
            best = (distance, position, candidate)
    return best[2] if best else None


def _fold(name: str) -> str:
    return name.replace("_", "").lower()


def edit_distance(a: str, b: str, limit: int) -> int:
    """Count insertions, deletions, substitutions and swaps of neighbours from a to b.

    Counting stops above the limit: any larger number stands for "too far".
    """
    before_last: list[int] = []
    last = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        row = [i]
        for j, right in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before_last, last = last, row
    return last[-1]
