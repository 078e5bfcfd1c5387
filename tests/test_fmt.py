"""`nndsl fmt`: the style page, and that no text means another thing, or loses a comment, by it.

`NNDSL_LAYOUTS=2000 pytest tests/test_fmt.py` tries more programs than the usual 200.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from case_files import all_cases
from structures import draw_program

from nndsl.cli import main
from nndsl.fmt import format_edits, format_source
from nndsl.source import Source
from nndsl.syntax import parse
from nndsl.syntax.lexer import lex

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted([*(ROOT / "examples").rglob("*.nn"), *(ROOT / "nndsl" / "std").glob("*.nn")])
LAYOUTS = int(os.environ.get("NNDSL_LAYOUTS", "300"))
_PAGE = re.compile(r"```nn\n(?P<before>.*?)^```\n\n```nn\n(?P<after>.*?)^```$", re.M | re.S)


def formatted(text: str) -> str:
    """Format a text, and hold what is true of every formatted text."""
    source = Source("text.nn", text)
    module, problems = parse(source)
    assert not problems
    after = format_source(source).text
    assert after is not None
    again, problems = parse(Source("text.nn", after))
    assert not problems
    assert again == module, after
    assert comments(after) == comments(text)
    assert format_source(Source("text.nn", after)).text == after
    assert all(line.rstrip() == line for line in after.replace("\r\n", "\n").split("\n"))
    assert "\n\n\n" not in after
    assert after.endswith("\n") or not after
    return after


def comments(text: str) -> list[str]:
    """Return the comments of a text as they count: without the spaces around them."""
    found = lex(Source("text.nn", text))[1]
    return sorted(re.sub(r"^#\s?", "#", span.text.strip()) for span in found)


# ---- Random programs in random layouts -----------------------------------------------------------


def texts() -> list[str]:
    """Return texts without syntax errors, of all kinds."""
    found = [path.read_text(encoding="utf-8") for path in FILES]
    found += [case.text for case in all_cases()]
    return [text for text in found if not parse(Source("text.nn", text))[1]]


def disarranged(text: str, chance: random.Random) -> str:
    """Return a text of the same meaning with other spaces, ends of lines and comments."""
    source = Source("text.nn", text)
    module = parse(source)[0]
    for _ in range(chance.randint(1, 25)):
        tokens = lex(Source("text.nn", text))[0]
        if not tokens:
            break
        token = chance.choice(tokens)
        place = chance.choice((token.start, token.end))
        inserted = chance.choice(
            (
                "\n",
                "\n\n\n",
                "  ",
                "\n        ",
                " # said\n",
                "#said \n",
                "\n# alone\n",
                "\n  # in\n",
            )
        )
        changed = text[:place] + inserted + text[place:]
        if chance.random() < 0.3:
            spaces = [m.span() for m in re.finditer(r"[ \n]+", text)]
            if spaces:
                start, end = chance.choice(spaces)
                changed = text[:start] + chance.choice(("", " ", "\n")) + text[end:]
        again, problems = parse(Source("text.nn", changed))
        if not problems and again == module and comments(changed) >= comments(text):
            text = changed
    return text


@pytest.mark.parametrize("part", range(10))
def test_no_layout_changes_what_a_program_means(part: int) -> None:
    known = texts()
    for number in range(part, LAYOUTS, 10):
        chance = random.Random(number)
        if number % 3:
            text = chance.choice(known)
        else:
            text = draw_program(number)[0].text()
        formatted(disarranged(text, chance))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_ships_is_formatted(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert formatted(text) == text


def test_every_case_can_be_formatted() -> None:
    for text in texts():
        formatted(text)


# ---- The style -----------------------------------------------------------------------------------


def pairs() -> list[tuple[str, str]]:
    text = (ROOT / "docs" / "formatting.md").read_text(encoding="utf-8")
    return [(match["before"], match["after"]) for match in _PAGE.finditer(text)]


@pytest.mark.parametrize(("before", "after"), pairs())
def test_the_page_says_what_comes_out(before: str, after: str) -> None:
    assert formatted(before) == after
    assert formatted(after) == after


def test_the_page_has_examples() -> None:
    text = (ROOT / "docs" / "formatting.md").read_text(encoding="utf-8")
    assert 2 * len(pairs()) == text.count("```nn") >= 16


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("\n\n\n", ""),
        ("# only\n#\n\n\n#said", "# only\n#\n\n# said\n"),
        ("\ufeffconst a = 1", "const a = 1\n"),
        ("const a=1\r\nconst b=2\r\n", "const a = 1\r\nconst b = 2\r\n"),
        ("const a = - - 3 + -b*(2 - -1)", "const a = --3 + -b * (2 - -1)\n"),
        ("const a = 1E-3", "const a = 1e-3\n"),
        ("const a = x [ 1 : , : : 2 , ... ]", "const a = x[1:, ::2, ...]\n"),
        ("const a = ( 1 , )", "const a = (1,)\n"),
        ("const a = []", "const a = []\n"),
        ("model A {}", "model A {}\n"),
        ("model A {\n# why\n}", "model A {\n    # why\n}\n"),
        ("model A # why\n{\n}", "model A {  # why\n}\n"),
        ("block A(n) = for i in range(n) {\n relu }", None),
        ("x -> ops . mean ( axis = 1 ) as y , z [ ]", "x -> ops.mean(axis=1) as y, z[]\n"),
        ("output a:[?T,..] , b", "output a: [?T, ..], b\n"),
        ("import A,B from \"x.nn\"", 'import A, B from "x.nn"\n'),
        (
            "block A {\nif a == 1 {\nx as y\n}\n# other\nelse if b {\nx as y }\nelse {\nz as y }}",
            "block A {\n    if a == 1 {\n        x as y\n    }\n    # other\n    else if b {\n"
            "        x as y\n    } else {\n        z as y\n    }\n}\n",
        ),
        (
            "const long = [" + ", ".join(map(str, range(60))) + "]",
            None,
        ),
    ],
)  # fmt: skip
def test_small_things(before: str, after: str | None) -> None:
    received = formatted(before)
    if after is not None:
        assert received == after


def test_lines_are_short_where_they_can_be() -> None:
    for path in FILES:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if len(line) > 100 and "#" not in line] == []


def test_a_line_with_a_comment_to_nndsl_stays_whole() -> None:
    long = "x -> " + " -> ".join(["Dense(64, relu)"] * 9) + " as y"
    assert len(formatted(f"{long}\n").splitlines()) > 1
    assert formatted(f"{long} # nndsl: ignore[R604]\n") == f"{long}  # nndsl: ignore[R604]\n"


def test_a_text_with_syntax_errors_is_left_alone() -> None:
    result = format_source(Source("text.nn", "model A {\n  x -> Dense(\n}\n"))
    assert result.text is None
    assert [problem.code for problem in result.problems] == ["T002"]
    assert format_edits(Source("text.nn", "model A {")) is None


# ---- Parts of a text -----------------------------------------------------------------------------


def applied(text: str, start: int, end: int) -> str:
    edits = format_edits(Source("text.nn", text), start, end)
    assert edits is not None
    for span, new in reversed(edits):
        text = text[: span.start] + new + text[span.end :]
    return text


def test_edits_of_a_whole_text_are_the_whole_layout() -> None:
    for number, text in enumerate(texts()):
        text = disarranged(text, random.Random(number))
        assert applied(text, 0, len(text)) == formatted(text)


def test_only_statements_that_are_touched_are_formatted() -> None:
    text = "model A {\n  input  x :[3]\n  x->Dense( 3 )as y\n\n\n  output   y\n}\n"
    place = text.index("Dense")
    changed = applied(text, place, place)
    assert changed == "model A {\n  input  x :[3]\n    x -> Dense(3) as y\n\n\n  output   y\n}\n"


def test_edits_of_a_part_keep_what_a_text_means() -> None:
    for number, text in enumerate(texts()):
        chance = random.Random(number)
        text = disarranged(text, chance)
        first, second = sorted(chance.choices(range(len(text) + 1), k=2))
        part = applied(text, first, second)
        module, problems = parse(Source("text.nn", part))
        assert not problems
        assert module == parse(Source("text.nn", text))[0]
        assert comments(part) == comments(text)


# ---- The command ---------------------------------------------------------------------------------

UGLY = "model  A{ input x:[3]\n x->Dense(3)as y\n output y }\n"


def test_files_are_formatted_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.nn", "b.nn", "c.nn"):
        (tmp_path / name).write_text(UGLY, encoding="utf-8")
    (tmp_path / "c.nn").write_text("model {", encoding="utf-8")
    assert main(["fmt", "--check", "a.nn"]) == 1
    assert main(["fmt", "--diff", "a.nn"]) == 1
    assert "+model A {" in capsys.readouterr().out
    assert (tmp_path / "a.nn").read_text(encoding="utf-8") == UGLY
    assert main(["fmt", "a.nn", "b.nn"]) == 0
    assert (tmp_path / "a.nn").read_text(encoding="utf-8") == format_source(Source("", UGLY)).text
    capsys.readouterr()
    assert main(["fmt", "."]) == 1
    told = capsys.readouterr().err
    assert "c.nn:1" in told and "2 files left as they are; 1 file with syntax errors" in told
    assert (tmp_path / "c.nn").read_text(encoding="utf-8") == "model {"
    assert main(["fmt", "--check", "a.nn", "b.nn"]) == 0
    assert main(["fmt", "nothing.nn"]) == 2


def test_standard_input_is_printed() -> None:
    ugly = UGLY.replace("model", "# größer 😀\nmodel")
    done = subprocess.run(
        [sys.executable, "-m", "nndsl", "fmt", "-"],
        input=ugly.encode(),
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        check=True,
    )
    assert done.stdout.decode() == format_source(Source("", ugly)).text
    assert not done.stderr
