"""No text brings the compiler down: mutated models, hostile names and strings, and sheer size.

`NNDSL_MUTATIONS=200000 pytest tests/test_robustness.py` tries more mutations than the usual 2,000.
"""

from __future__ import annotations

import ast
import os
import random
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from case_files import all_cases, clean_cases, findings_text
from data_files import files_of, samples

from nndsl.compiler import Options, check_model, check_source, compile_source
from nndsl.diagnostic import NAMES, Diagnostic, has_errors
from nndsl.lint import RULES, Selection
from nndsl.render import render, render_concise
from nndsl.source import Source
from nndsl.syntax.lexer import lex

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples").rglob("*.nn"))]
MUTATIONS = int(os.environ.get("NNDSL_MUTATIONS", "2000"))

GOOD = "model M {\n    input x: [4]\n    x -> Dense(3) as y\n    output y\n}\n"


def check(text: str, name: str = "text.nn") -> tuple[Diagnostic, ...]:
    """Check a text, and hold what is true of every check."""
    source = Source(name, text)
    found = check_model(source, Options())
    for finding in found:
        span = finding.span
        assert finding.code in NAMES or finding.code in RULES
        assert 0 <= span.start <= span.end <= len(span.source.text)
        for label in finding.labels:
            assert 0 <= label.span.start <= label.span.end <= len(label.span.source.text)
    if len(text) < 10_000:
        shown = render(found) + render_concise(found)
        assert all(char.isprintable() or char == "\n" for char in shown)
    return found


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave black out, which takes most of the time: it changes nothing of what is held here."""
    monkeypatch.setattr("nndsl.pretty.pretty", str)


# ---- Mutations -------------------------------------------------------------------------------

_SPICE = [
    "->", "|", "(", ")", "[", "]", "{", "}", ",", "=", ":", "as", "model", "block", "input",
    "output", "train", "const", "layer", "_", "?", "..", "...", "x", "y", "0", "-1", "1e9", '"',
    "'", "#", "\n", "\\", "/", "//", "%", "*", "+", "-", "==", "Dense", "Concatenate", "relu",
    "repeat 3 {", "for i in [1] {", "if true {", "import A from", "none", "true", "\x00", "\r",
    "\u2028", "\U0001f600", "\ufeff", "e\u0301", "999999999999999999999",
]  # fmt: skip


def _mutate_characters(rng: random.Random, text: str) -> str:
    characters = list(text)
    for _ in range(rng.randint(1, 6)):
        place = rng.randrange(len(characters) + 1)
        choice = rng.random()
        if choice < 0.4:
            del characters[place : place + rng.randint(1, 4)]
        elif choice < 0.8:
            characters.insert(place, rng.choice(string.printable))
        else:
            characters.insert(place, chr(rng.randrange(0xD800)))
    return "".join(characters)


def _mutate_tokens(rng: random.Random, text: str) -> str:
    tokens = lex(Source("text", text))[0]
    words = [token.text for token in tokens]
    for _ in range(rng.randint(1, 4)):
        if not words:
            break
        place = rng.randrange(len(words))
        choice = rng.random()
        if choice < 0.25:
            del words[place]
        elif choice < 0.5:
            words[place] = rng.choice(words)
        elif choice < 0.75:
            words.insert(place, rng.choice(_SPICE))
        else:
            other = rng.randrange(len(words))
            words[place], words[other] = words[other], words[place]
    return " ".join(words)


def _mutate_lines(rng: random.Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    for _ in range(rng.randint(1, 3)):
        if not lines:
            break
        place = rng.randrange(len(lines))
        choice = rng.random()
        if choice < 0.3:
            del lines[place]
        elif choice < 0.6:
            lines.insert(place, rng.choice(lines))
        elif choice < 0.8:
            lines.insert(place, rng.choice(rng.choice(EXAMPLES).splitlines(keepends=True)))
        else:
            lines[place] = lines[place].rstrip("\n")
    return "".join(lines)


def _mutations(count: int) -> Iterator[tuple[int, str]]:
    seeds = EXAMPLES + [case.text for case in all_cases() if len(case.text) < 2000]
    changes = (_mutate_characters, _mutate_tokens, _mutate_lines)
    for number in range(count):
        rng = random.Random(number)
        text = rng.choice(seeds)
        for _ in range(rng.randint(1, 2)):
            text = changes[rng.randrange(3)](rng, text)
        yield number, text


@pytest.mark.parametrize("part", range(10))
def test_mutated_models(part: int) -> None:
    for number, text in _mutations(MUTATIONS):
        if number % 10 != part:
            continue
        try:
            found = check(text)
            if not has_errors(found) and number % 4 == 0:
                _compiles(text)
        except Exception as error:
            raise AssertionError(f"mutation {number}:\n{text}") from error


def _compiles(text: str) -> None:
    """What is clean becomes Python that can be read: in every style that can express it."""
    for style in ("functional", "subclass"):
        compiled = compile_source(Source("text.nn", text), Options(style=style))
        if compiled.code is not None:
            compile(compiled.code, "text.py", "exec")  # more than `ast.parse` finds


def test_clean_cases_are_python() -> None:
    for case in clean_cases():
        _compiles(case.text)


# ---- What must make no difference ------------------------------------------------------------


@pytest.mark.parametrize("text", EXAMPLES)
def test_line_ends_and_spaces_make_no_difference(text: str) -> None:
    options = Options(consent=lambda: True)
    wanted = compile_source(Source("text.nn", text), options).code
    assert wanted is not None
    for other in (
        text.replace("\n", "\r\n"),
        "\ufeff" + text,
        text.replace("\n", "  # a comment\n"),
        text.replace("    ", "\t"),
        text.rstrip("\n"),
        "\n\n" + text + "\n\n",
    ):
        assert compile_source(Source("text.nn", other), options).code == wanted


def test_arithmetic_means_the_same_in_the_code() -> None:
    """The value of an expression is that of the Python which it becomes."""
    rng = random.Random(7)
    for _ in range(200):
        expression = _expression(rng, 4)
        text = f"const a = {expression}\n" + GOOD.replace("Dense(3)", "Dense(3, use_bias=a == 1)")
        compiled = compile_source(Source("text.nn", text), Options())
        if compiled.code is None:
            continue
        assignment = next(n for n in ast.parse(compiled.code).body if isinstance(n, ast.Assign))
        python = compile(ast.Expression(assignment.value), "constant", "eval")
        theirs = eval(python, {"__builtins__": {}})
        constants = check_source(Source("text.nn", text)).shaped.constants
        ours = next(value for constant, value in constants.items() if constant.name == "a")
        assert (theirs, type(theirs)) == (ours, type(ours)), expression


def _expression(rng: random.Random, depth: int) -> str:
    if depth == 0 or rng.random() < 0.2:
        return rng.choice(["1", "2", "3", "0.5", "7", "10", "1e-1", "-2", "- -3"])
    left, right = _expression(rng, depth - 1), _expression(rng, depth - 1)
    operator = rng.choice(["+", "-", "*", "/", "//", "%"])
    inner = f"{left} {operator} {right}"
    return rng.choice([inner, f"({inner})", f"-({inner})"])


# ---- Hostile names and strings ---------------------------------------------------------------

_TEMPLATE = """\
const c = {string}
model M {{
    input x: [4]
    x -> Dense(3, softmax) as y
    output y
}}
train {{
    data: npz({string}, x={string}, y={string})
    loss: sparse_categorical_crossentropy
    save: {path}
}}
"""


def _shape_of(code: str) -> str:
    """Return the tree of some code with every string and comment forgotten."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = "s"
    return ast.dump(tree)


def _quoted(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{text}"'


_HOSTILE = [
    "it's", '"', '"""', "'''", "\\", "\\\\", "\\n", "a\nimport os\n", "a\ttab", "{{ 7 * 7 }}",
    "{% raw %}", "{# no #}", "{x}", "{", "}", "%s", "%(x)s", "${x}", "#", "*/", "-->", "?>",
    '" + __import__("os").system("true") + "', "'); import os; ('", '"""\nimport os\n"""',
    "\\\nimport os", "\u2028import os\u2029", "\u202e", "\u00e4\u4e2d\U0001f600", "\uff45\uff58",
    "\x7f", "\x1b[31m", "\x85", "\x0c", "\\x41", "\\N{DIGIT ONE}", "\\u0041", "a" * 5000,
    "con", "../../../etc/passwd", "C:\\new\\table", "-rf", "~", "http://x/y", "file name.npz",
]  # fmt: skip


@pytest.mark.parametrize("style", ["sequential", "functional", "subclass"])
def test_strings_stay_strings(style: str) -> None:
    benign = _TEMPLATE.format(string='"plain"', path='"plain.keras"')
    wanted = _shape_of(compile_source(Source("m.nn", benign), Options(style=style)).code or "")
    for hostile in _HOSTILE:
        # A folder in the path would rightly be made, by a line of its own.
        path = hostile.replace("/", "|") + ".keras"
        text = _TEMPLATE.format(string=_quoted(hostile), path=_quoted(path))
        code = compile_source(Source("m.nn", text), Options(style=style)).code
        assert code is not None, hostile
        assert code.isascii()
        assert _shape_of(code) == wanted, hostile
        strings = {n.value for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Constant)}
        assert path in strings, "a string changes on its way"


@pytest.mark.parametrize("style", ["sequential", "functional", "subclass"])
def test_names_of_files_stay_names(style: str) -> None:
    wanted = _shape_of(compile_source(Source("m.nn", GOOD), Options(style=style)).code or "")
    for hostile in [*_HOSTILE, "", ".nn", "..", "/", "\n", "a\r\nimport os", "<text>", "class.nn"]:
        code = compile_source(Source(hostile, GOOD), Options(style=style)).code
        assert code is not None
        assert code.isascii()
        assert _shape_of(code) == wanted, hostile


@pytest.mark.parametrize("style", ["sequential", "functional", "subclass"])
def test_comments_never_come_out(style: str) -> None:
    wanted = compile_source(Source("m.nn", GOOD), Options(style=style)).code
    for hostile in _HOSTILE:
        comment = "# " + hostile.replace("\n", " ")
        text = GOOD.replace("\n", f"{comment}\n")
        assert compile_source(Source("m.nn", text), Options(style=style)).code == wanted


_NAMES = """
    self cls super kwargs args inputs outputs name names dtype trainable input_shape build call
    get_config config layers keras np numpy sys csv argparse Path main parser data x h y
    rng flat scores split rows columns features held_out fraction samples load_data
    synthetic_data build_model __init__ __class__ __name__ __doc__ _tracker weights variables
    print len list dict range int str float id type eval exec open import_ None_ True_ lambda def
    class return yield async await global nonlocal del with while try except raise from_ is not
    and or pass break continue match case soft relu dense add branch_1 x_2 h_2 True1 l O I
""".split()
_NAME_TEXTS = {
    "tensor": "model M {{\n input x: [4]\n x -> Dense(4) as {0}\n {0} -> Dense(3) as out\n"
    " output out, {0}\n}}\n",
    "input": "model M {{\n input {0}: [4]\n input b: [4]\n {0} + b -> Dense(3) as out\n"
    " output out\n}}\n",
    "shared layer": "model M {{\n input a: [4]\n layer {0} = Dense(4)\n a -> {0} -> {0} as out\n"
    " output out\n}}\n",
    "constant": "const {0} = 4\nmodel M {{\n input a: [{0}]\n a -> Dense({0}) as out\n"
    " output out\n}}\n",
    "block": "block {0}(n) = Dense(n) -> relu\nmodel M {{\n input a: [4]\n"
    " a -> {0}(3) -> {0}(n=2) as out\n output out\n}}\n",
    "parameter": "block B({0}, m = 3) = Dense({0}) -> Dense(m)\nmodel M {{\n input a: [4]\n"
    " a -> B(3) -> B({0}=2) as out\n output out\n}}\n",
    "block's input": "block B(n) {{\n input {0}\n {0} -> Dense(n) as c\n output c\n}}\n"
    "model M {{\n input a: [4]\n a -> B(3) -> B(n=2) as out\n output out\n}}\n",
    "model": "model {0} {{\n input a: [4]\n a -> Dense(4) as out\n output out\n}}\n"
    "train {{\n loss: mse\n}}\n",
    "model's parameter": "model M({0} = 3) {{\n input a: [4]\n a -> Dense({0}) as out\n"
    " output out\n}}\n",
}


@pytest.mark.parametrize("kind", _NAME_TEXTS)
def test_names_that_python_and_keras_use(kind: str) -> None:
    for name in _NAMES:
        text = _NAME_TEXTS[kind].format(name)
        source = Source("m.nn", text)
        found = check(text)
        if has_errors(found):
            # It may be refused, at its place and for what it is.
            assert found[0].span.text == name or name in found[0].title, (name, found)
            continue
        for style in ("functional", "subclass"):
            code = compile_source(source, Options(style=style)).code
            assert code is not None
            compile(code, "m.py", "exec")
            assert not _shadowed(code), f"{kind} {name}, {style}:\n{code}"


def _shadowed(code: str) -> set[str]:
    """Return the modules, builtins and helpers that the code assigns anew."""
    tree = ast.parse(code)
    kept = {"keras", "layers", "np", "argparse", "csv", "sys", "Path", "super", "print", "open"}
    kept |= {"float", "list", "int", "len", "build_model", "load_data", "main", "self"}
    bound = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    bound |= {a.arg for n in ast.walk(tree) if isinstance(n, ast.arguments) for a in n.args}
    shadowed = (bound & kept) - {"self"}
    functions = [n.name for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef))]
    shadowed |= {name for name in functions if functions.count(name) > 1}
    return shadowed | (set(functions) & {"keras", "layers", "np", "Path", "super", "print"})


# ---- Size ------------------------------------------------------------------------------------


def _nested(opening: str, inner: str, closing: str, depth: int) -> str:
    return opening * depth + inner + closing * depth


def _blocks(count: int, last: str) -> str:
    lines = ["block B0 = Dense(4)"]
    lines += [f"block B{i} = B{i - 1} -> B{i - 1}" for i in range(1, count)]
    return "\n".join(lines) + "\n" + GOOD.replace("Dense(3)", last)


def _dead_blocks(count: int) -> str:
    lines = ["block B0 = Dense(4)"]
    lines += [
        f"block B{i} {{\n input x\n x -> B{i - 1} -> B{i - 1} as z\n x -> Dense(1) as y\n"
        " output y\n}"
        for i in range(1, count)
    ]
    return "\n".join(lines) + "\n" + GOOD.replace("Dense(3)", f"B{count - 1}")


SIZES = {
    "blocks that double": (_blocks(40, "B39"), "X952"),
    "300 nested blocks": (
        "block B0 = Dense(4)\n"
        + "".join(f"block B{i} = B{i - 1}\n" for i in range(1, 300))
        + GOOD.replace("Dense(3)", "B299"),
        "X952",
    ),
    "60 nested blocks": (
        "block B0 = Dense(4)\n"
        + "".join(f"block B{i} = B{i - 1}\n" for i in range(1, 60))
        + GOOD.replace("Dense(3)", "B59"),
        None,
    ),
    "blocks of nothing that double": (
        _blocks(40, "B39").replace("B0 = Dense(4)", "B0 = _"),
        "X952",
    ),
    "blocks that double without being used": (_dead_blocks(40), "X952"),
    "large blocks that are not applied": (
        _blocks(15, "B14") + "".join(f"block C{i} = B14\n" for i in range(1_000)),
        "X952",
    ),
    "large models": (
        _blocks(15, "B14")
        + "".join(GOOD.replace("M", f"M{i}").replace("Dense(3)", "B14") for i in range(100)),
        "X952",
    ),
    "300 nested blocks, the last first": (
        "".join(f"block B{i} = B{i - 1}\n" for i in range(300, 0, -1))
        + "block B0 = Dense(4)\n"
        + GOOD.replace("Dense(3)", "B300"),
        "X952",
    ),
    "64 parentheses": (
        f"const a = {_nested('(', '1', ')', 64)}\n" + GOOD.replace("3", "a"),
        None,
    ),
    "65 parentheses": (
        f"const a = {_nested('(', '1', ')', 65)}\n" + GOOD.replace("3", "a"),
        "X952",
    ),
    "60 nested forks": (GOOD.replace("Dense(3)", _nested("(_ | ", "_", ")", 60) + " -> Add"), None),
    "60 nested calls": (GOOD.replace("3", _nested("L2(", "1", ")", 60)), "A209"),
    "60 nested lists": (GOOD.replace("3", _nested("[", "1", "]", 60)), "A209"),
    "20,001 layers": (GOOD.replace("Dense(3)", "Dense(4)" + " -> Dense(4)" * 20_000), "X952"),
    "a line of 900,000 characters": (GOOD + "#" * 900_000, None),
    "a name of 100,000 characters": (GOOD.replace("y", "y" * 100_000), None),
    "a string of 900,000 characters": (f'const a = "{"s" * 900_000}"\n' + GOOD, None),
    "a number of 900,000 digits": (GOOD.replace("3", "9" * 900_000), "T006"),
    "digits that are not ASCII": (GOOD.replace("3", "\uff13"), "T003"),
    "2**53": (f"const a = {2**53}\n" + GOOD, None),
    "2**53 + 1": (f"const a = {2**53 + 1}\n" + GOOD, "T006"),
    "1e400": ("const a = 1e400\n" + GOOD, "T006"),
    "1e308 * 10": ("const a = 1e308 * 10\n" + GOOD, "A213"),
    "a product that grows": ("const a = " + "99999999 * " * 5000 + "1\n" + GOOD, "A213"),
    "a long sum": ("const a = " + "1 + " * 20_000 + "1\n" + GOOD, None),
    "a long chain of comparisons": ("const a = " + "1 < " * 20_000 + "1\n" + GOOD, "A213"),
    "a long list": ("const a = [" + "1, " * 100_000 + "1]\n" + GOOD, None),
    "10,000 minus signs": ("const a = " + "-" * 10_000 + "3\n" + GOOD.replace("3", "a"), None),
    "10,000 minus signs, spaced": ("const a = " + "- " * 10_000 + "3\n" + GOOD, None),
    "10,000 constants": (
        "const a0 = 1\n" + "".join(f"const a{i} = a{i - 1}\n" for i in range(1, 10_000)) + GOOD,
        None,
    ),
    "10,000 outputs": (GOOD.replace("output y", "output " + "y, " * 10_000 + "y"), "G703"),
    "10,000 sources": (GOOD.replace("x -> Dense(3)", "x, " * 10_000 + "x -> Add"), None),
    "10,000 branches": (
        GOOD.replace("x -> Dense(3)", "x -> (" + "_ | " * 10_000 + "_) -> Add"),
        None,
    ),
    "10,000 arguments": (GOOD.replace("3", "3, " * 10_000 + "3"), "A210"),
    "10,000 dimensions": (GOOD.replace("[4]", "[" + "1, " * 10_000 + "4]"), None),
    "10,000 models": (
        "".join(GOOD.replace("M", f"M{i}") for i in range(5_000)),
        None,
    ),
    "10,000 unknown names": (
        "model M {\n input x: [4]\n"
        + "".join(f" zz{i} -> Dense(3)\n" for i in range(5_000))
        + "}\n",
        "G705",
    ),
    "10,000 typing errors": (
        "model M {\n input x: [4]\n" + " x -> Dens(3) as a\n" * 5_000 + "}\n",
        "G705",
    ),
    "10,000 lines that cannot be read": (") ( -> as\n" * 10_000, "T002"),
    "50,000 open braces": ("model M {\n" * 50_000, "T002"),
    "50,000 quotes": ("'" * 50_001 + "\n" + '"' * 50_001, "T003"),
    "alternating brackets": ("([" * 30_000 + ")]" * 30_000, "X952"),
}


@pytest.mark.parametrize("label", SIZES)
def test_size(label: str) -> None:
    """A large text ends quickly, with a message that has a place."""
    text, code = SIZES[label]
    found = check_model(Source("text.nn", text), Options())
    if code is None:
        assert not has_errors(found), findings_text(found)[:500]
    else:
        assert code in {finding.code for finding in found}, findings_text(found)[:500]
        assert all(finding.span.end <= len(text) for finding in found)


# ---- Rules -----------------------------------------------------------------------------------


def test_rules_survive_any_text() -> None:
    """All rules, also those that are off, on cases in which some tokens were exchanged."""
    draw = random.Random(0)
    files = files_of(samples())
    options = Options(rules=Selection(select=("ALL",)))
    texts = [case.text for case in all_cases()]
    words = ["", "0", "-1", "none", "?", "[1]", "softmax", "relu", "Dense", "LSTM(4)", "x", ")"]
    for _ in range(2500):
        text = draw.choice(texts)
        tokens = lex(Source("text.nn", text))[0]
        for token in draw.sample(tokens, min(len(tokens), draw.randint(0, 3))):
            if text[token.start : token.end] == token.text:
                text = text[: token.start] + draw.choice(words) + text[token.end :]
        check_model(Source("text.nn", text), options, files)
