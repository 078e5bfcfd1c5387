"""What an editor asks about a text: right on whole texts, and never a crash on half of one."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from case_files import all_cases

from nndsl.compiler import Options
from nndsl.ide.actions import extract_block, fix_all, quick_fixes
from nndsl.ide.analysis import Analysis
from nndsl.ide.completion import complete, signature_help
from nndsl.ide.continuing import continue_chain
from nndsl.ide.hints import hints
from nndsl.ide.hover import hover
from nndsl.ide.structure import folds, links, meaning_tokens, outline, selections
from nndsl.source import Source
from nndsl.training.distribution import STRATEGIES

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted((ROOT / "examples").rglob("*.nn"))
KEYSTROKES = int(os.environ.get("NNDSL_KEYSTROKES", "12"))

TEXT = """\
import ConvBN from "std/convolution.nn"

const classes = 10

block Twice(units, rate = 0.1) = Dense(units, relu) -> Dropout(rate) -> Dense(units)

model Small(width = 32) {
    input image: [8, 8, 3]
    layer code = Dense(width)
    image -> ConvBN(4) -> Flatten as flat
    flat -> Twice(width) -> repeat 2 { Dense(width, relu) } as deep
    deep -> code -> Dense(classes, softmax) as digit
    output digit
}

train {
    loss: sparse_categorical_crossentropy
    metrics: accuracy
}
"""
LOSS = "loss: sparse_categorical_crossentropy"


def analysed(text: str) -> Analysis:
    return Analysis(Source("text.nn", text), Options(), None)


def cut(text: str) -> tuple[Analysis, int]:
    """Return a text without its `^`, and where that was."""
    place = text.index("^")
    return analysed(text.replace("^", "")), place


def labels(text: str) -> list[str]:
    return [item.label for item in complete(*cut(text))]


# ---- Never a crash -------------------------------------------------------------------------------


def ask_everything(text: str, offset: int) -> None:
    """Ask all that can be asked, and hold what is true of every answer."""
    analysis = analysed(text)
    found = hover(analysis, offset)
    assert found is None or found.start <= offset <= found.end
    for item in complete(analysis, offset):
        assert item.label
    signature_help(analysis, offset)
    continue_chain(analysis, offset)
    for hint in hints(analysis, 0, len(text)):
        assert 0 <= hint.offset <= len(text) and hint.text
    last = 0
    for start, end, _, _ in meaning_tokens(analysis):
        assert last <= start <= end and "\n" not in text[start:end]
        last = end
    parts = selections(analysis, offset)
    for (start, end), (outer, beyond) in zip(parts, parts[1:], strict=False):
        assert outer <= start <= end <= beyond
    for first, after, _ in folds(analysis):
        assert first < after <= text.count("\n")
    for one in outline(analysis):
        assert one.start <= one.name_start <= one.name_end <= one.end
        for child in one.children:
            assert one.start <= child.start <= child.name_start <= child.name_end <= child.end
    links(analysis)
    for action in quick_fixes(analysis, 0, len(text)):
        assert all(0 <= span.start <= span.end <= len(text) for span, _ in action.edits)
    met = analysis.names.at(offset)
    if met is not None:
        assert all(place.text == met[0].name for place in met[0].places)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_nothing_that_is_typed_is_a_crash(path: Path) -> None:
    whole = path.read_text(encoding="utf-8")
    chance = random.Random(path.stem)
    for _ in range(KEYSTROKES):
        place = chance.randrange(len(whole))
        typed = chance.choice(
            ("", "(", ")", "[", "{", "}", "->", "|", " as ", '"', "#", "😀", "\n", "=")
        )
        rest = chance.choice((whole[place:], "", whole[min(len(whole), place + 7) :]))
        ask_everything(whole[:place] + typed + rest, place + len(typed))


def test_no_case_is_a_crash() -> None:
    for number, case in enumerate(all_cases()):
        if number % 9 == 0:
            ask_everything(case.text, random.Random(number).randrange(len(case.text) + 1))


@pytest.mark.parametrize(
    "text", ["", "\n", "model", "model M {", "x ->", "block A =", "train {\n  loss:"]
)
def test_small_texts(text: str) -> None:
    for offset in range(len(text) + 1):
        ask_everything(text, offset)


# ---- Answers -------------------------------------------------------------------------------------


def test_hints_say_shapes_and_parameters() -> None:
    analysis = analysed(TEXT)
    shown = [
        (analysis.source.line_text(analysis.source.line_column(h.offset)[0]).split()[0], h.text)
        for h in hints(analysis, 0, len(TEXT))
    ]
    assert ("image", "[8, 8, 4]") in shown
    assert ("flat", "[32]") in shown
    assert ("deep", "1,056 params") in shown
    assert ("deep", "330 params") in shown
    assert not hints(analysis, 0, len(TEXT), shapes=False, parameters=False)
    only = hints(analysis, 0, len(TEXT), shapes=False)
    assert {hint.kind for hint in only} == {"parameters"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TEXT.replace("Dense(classes", "De^nse(classes"), "`[32] -> [10]`"),
        (TEXT.replace("Dense(classes", "De^nse(classes"), "### Dense"),
        (TEXT.replace("Dense(classes", "De^nse(classes"), "330 parameters"),
        (TEXT.replace("-> Twice", "-> Tw^ice"), "block Twice(units, rate = 0.1)"),
        (TEXT.replace("-> Twice", "-> Tw^ice"), "-> [32]`"),
        (TEXT.replace("    flat -> Tw", "    fl^at -> Tw"), "flat: [256]"),
        (TEXT.replace("output digit", "output dig^it"), "digit: [10]"),
        (TEXT.replace("input image", "input ima^ge"), "image: [8, 8, 3]"),
        (TEXT.replace("Dense(classes", "Dense(clas^ses"), "const classes = 10"),
        (TEXT.replace("-> code", "-> co^de"), "layer code = Dense(width)"),
        (TEXT.replace("loss:", "lo^ss:"), "### loss"),
        (TEXT.replace(": accuracy", ": accu^racy"), "accuracy"),
        ("model M {\n input x: [3]\n x -> ops.me^an(axis=1) as y\n output y\n}", "### ops.mean"),
    ],
)
def test_hover(text: str, expected: str) -> None:
    found = hover(*cut(text))
    assert found is not None and expected in found.text


@pytest.mark.parametrize(
    ("text", "there", "not_there"),
    [
        ("^", {"model", "block", "const", "train"}, {"input"}),
        ("model M {\n    ^\n}", {"input", "output", "layer"}, {"model"}),
        (
            TEXT.replace("-> code", "-> ^code"),
            {"Dense", "relu", "Twice", "ConvBN", "code", "repeat"},
            {"flat"},
        ),
        (TEXT.replace("-> code", "-> ops.^code"), {"mean", "concatenate"}, {"Dense"}),
        (
            TEXT.replace("classes, softmax", "classes, ^"),
            {"use_bias", "kernel_initializer"},
            {"units"},
        ),
        (
            TEXT.replace("classes, softmax", "classes, activation=^"),
            {"relu", "softmax", "classes"},
            {"use_bias"},
        ),
        (TEXT.replace("Twice(width)", "Twice(^)"), {"units", "rate", "width"}, {"use_bias"}),
        (TEXT.replace("output digit", "output ^"), {"digit", "flat", "deep"}, {"Dense"}),
        (TEXT.replace(LOSS, "^"), {"optimizer", "loss", "epochs"}, {"Dense"}),
        (TEXT.replace(LOSS, "loss: ^"), {"mse", "digit"}, {"epochs"}),
        (TEXT.replace(LOSS, "optimizer: ^"), {"Adam", "sgd"}, {"mse"}),
        (
            TEXT.replace('"std/convolution.nn"', '"^"'),
            {"std/convolution.nn", "std/attention.nn"},
            {"Dense"},
        ),
        ("# Den^\n", set(), {"Dense"}),
        ("model M {\n input x: [3]\n x -> Dense(3) as ^\n}", set(), {"Dense"}),
    ],
)
def test_completion(text: str, there: set[str], not_there: set[str]) -> None:
    found = set(labels(text))
    assert there <= found
    assert not not_there & found


def test_ways_to_share_training_out() -> None:
    """Their names, what they are given, and what is said of them come from one table."""
    train = "train {\n    distribute: ^\n}"
    items = {item.label: item for item in complete(*cut(train))}
    assert set(items) == set(STRATEGIES)
    assert items["model_parallel"].snippet == "model_parallel(model=${1}, layout=${2})"
    assert set(labels(train.replace("^", "model_parallel(^)"))) >= {"model", "batch", "layout"}
    assert "devices" in labels(train.replace("^", "mirrored(^)"))
    said = hover(*cut(train.replace("^", "data_par^allel")))
    assert said is not None and "jax" in said.text


def test_completed_layers_ask_for_what_they_need() -> None:
    items = {item.label: item for item in complete(*cut(TEXT.replace("-> code", "-> ^code")))}
    assert items["Conv2D"].snippet == "Conv2D(${1:filters}, ${2:kernel_size})"
    assert items["Flatten"].snippet == ""
    assert items["Twice"].snippet == "Twice(${1:units})"


def test_signature_help_follows_the_commas() -> None:
    for text, active in (
        ("Conv2D(^", 0),
        ("Conv2D(3, ^", 1),
        ("Conv2D(3, (1, ^", 1),
        ("Conv2D(padding=^", 3),
    ):
        found = signature_help(*cut(f"model M {{\n    x -> {text}"))
        assert found is not None and found.label.startswith("Conv2D(filters, kernel_size")
        assert found.active == active, text


def test_outline_and_folds() -> None:
    analysis = analysed(TEXT)
    assert [one.name for one in outline(analysis)] == ["classes", "Twice", "Small", "train"]
    small = outline(analysis)[2]
    assert {child.name for child in small.children} == {"image", "code", "flat", "deep", "digit"}
    assert TEXT[small.start : small.end].endswith("output digit\n}")
    assert (6, 13, "region") in folds(analysis)


def test_names_are_found_where_they_are_used() -> None:
    analysis = analysed(TEXT)
    for name, count in (
        ("width", 4),
        ("classes", 2),
        ("flat", 2),
        ("Twice", 2),
        ("code", 2),
        ("rate", 2),
    ):
        symbol = analysis.names.at(TEXT.index(name))
        assert symbol is not None and len(symbol[0].places) == count, name


def test_extracting_a_block() -> None:
    part = "Flatten -> Dense(width, relu)"
    flow = f"    x -> {part} -> Dense(2) as y\n"
    text = f"model M(width = 3) {{\n    input x: [4]\n{flow}    output y\n}}\n"
    analysis = analysed(text)
    start = text.index(part)
    action = extract_block(analysis, start, start + len(part))
    assert action is not None
    for span, new in sorted(action.edits, key=lambda edit: edit[0].start, reverse=True):
        text = text[: span.start] + new + text[span.end :]
    assert text.startswith(f"block Part1(width) = {part}\n\nmodel M")
    assert "x -> Part1(width) -> Dense(2) as y" in text
    assert not [d for d in analysed(text).diagnostics if d.severity == "error"]
    assert extract_block(analysis, start, start + 3) is None


def test_mending_all() -> None:
    text = TEXT.replace("Dense(classes, softmax)", "Dense(classes, sofmax)")
    edits = fix_all(analysed(text), Options(), None)
    assert edits and edits[0][1] == TEXT


def test_a_line_goes_on_below_its_arrows() -> None:
    text = "model M {\n    image -> Dense(3) ->\n"
    edits = continue_chain(analysed(text), len(text))
    for span, new in sorted(edits, key=lambda edit: edit[0].start, reverse=True):
        text = text[: span.start] + new + text[span.end :]
    assert text == "model M {\n    image -> Dense(3)\n          -> "
    assert continue_chain(analysed("model M {\n    x as y\n"), 21) == ()
