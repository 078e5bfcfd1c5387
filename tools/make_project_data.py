"""Write the data of the projects that `nndsl new` begins: `python tools/make_project_data.py`.

All of it is made up, from seeds, so that it may be given to anybody; a test makes it anew and
compares.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "projects"
_ROWS = 300


def make_files() -> dict[str, str]:
    """Return the tables by their paths in the folder of the projects."""
    return {
        "mlp/points.csv": _table(("x", "y", "arm"), _points(Random(1))),
        "tabular/flats.csv": _table(("area", "rooms", "age", "district", "price"), _flats()),
        "text/reviews.csv": _table(("text", "opinion"), _reviews(Random(3))),
        "multi-input/tickets.csv": _table(
            ("text", "days", "urgent", "department"), _tickets(Random(4))
        ),
    }


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return file.getvalue()


def _points(random: Random) -> Iterable[Sequence[object]]:
    """Points along the three arms of a spiral, which no straight line parts."""
    for number in range(_ROWS):
        arm, along = number % 3, random.random()
        angle = 2 * math.pi * arm / 3 + 4 * along + random.gauss(0, 0.15)
        radius = 0.1 + 0.9 * along
        yield f"{radius * math.cos(angle):.3f}", f"{radius * math.sin(angle):.3f}", arm


_DISTRICTS = {"centre": 1.6, "harbour": 1.2, "hill": 1.0, "north": 0.8}


def _flats() -> Iterable[Sequence[object]]:
    """Flats with a price in hundreds of thousands: area, age and district make it."""
    random = Random(2)
    for _ in range(_ROWS):
        rooms = random.randint(1, 5)
        area = round(random.uniform(18, 30) * rooms + 10)
        age = random.randint(0, 90)
        district = random.choice(sorted(_DISTRICTS))
        worth = area / 40 * _DISTRICTS[district] * (1 - age / 300) + random.gauss(0, 0.1)
        yield area, rooms, age, district, f"{max(worth, 0.2):.2f}"


_THINGS = ("soup", "service", "coffee", "bread", "music", "view", "cake", "fish", "waiter", "room")
_GOOD = ("wonderful", "fresh", "friendly", "excellent", "warm", "lovely", "perfect", "charming")
_BAD = ("cold", "awful", "stale", "rude", "noisy", "dirty", "slow", "bland")
_SAID = ("the {} was {}", "we found the {} {}", "{} really {}", "such a {}, so {}", "the {} is {}")


def _reviews(random: Random) -> Iterable[Sequence[object]]:
    """Reviews of two remarks; the second one speaks against the first in every sixth."""
    for number in range(_ROWS):
        good = number % 2 == 0
        first = _remark(random, _GOOD if good else _BAD)
        mixed = random.random() < 1 / 6
        second = _remark(random, _GOOD if good != mixed else _BAD)
        text = f"{second}, but {first}" if mixed else f"{first} and {second}"
        yield text, "good" if good else "bad"


def _remark(random: Random, words: Sequence[str]) -> str:
    return random.choice(_SAID).format(random.choice(_THINGS), random.choice(words))


_TROUBLES = {
    "billing": ("the invoice shows a wrong sum", "I was charged twice", "my refund is missing"),
    "delivery": ("the parcel is late", "the box came open", "nobody brought the order"),
    "support": ("I cannot log in", "the app crashes at the start", "the update does not install"),
}


def _tickets(random: Random) -> Iterable[Sequence[object]]:
    """Tickets: what is urgent hangs on the days that it waits, the department on the text."""
    for _ in range(_ROWS):
        department = random.randrange(len(_TROUBLES))
        text = random.choice(list(_TROUBLES.values())[department])
        hurry = random.random() < 0.3
        days = random.randint(0, 14)
        urgent = int(days + (8 if hurry else 0) > 10)
        yield f"{text}, please hurry" if hurry else text, days, urgent, department


def main() -> None:
    files = make_files()
    for path, text in files.items():
        (FOLDER / path).write_text(text, encoding="utf-8", newline="\n")
    print(f"wrote {len(files)} files to {FOLDER}")


if __name__ == "__main__":
    main()
