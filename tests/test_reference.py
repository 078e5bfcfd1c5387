"""What is said about layers and other names: it is there, it is true, and it reads well."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import nndsl
from nndsl import vocabulary
from nndsl.compiler import check_source
from nndsl.layers.refused import refused
from nndsl.reference import Entry, data, find, find_groups, groups, near, why_not, worked
from nndsl.reference.example import model_text, taken_apart
from nndsl.reference.links import SITE
from nndsl.reference.rules import all_rules
from nndsl.render.markdown import entry_markdown
from nndsl.render.reference import render_brief, render_entry, render_groups
from nndsl.source import Source
from nndsl.syntax import parse, tree

ROOT = Path(__file__).resolve().parent.parent
RULES = {rule.name: rule for rule in all_rules().values()}
LAYERS = [name for name in RULES if not name.startswith("ops.")]
OPERATIONS = sorted({*RULES} - {*LAYERS})
#: What Keras 3.15 builds no functional model with: it takes the layer's output for its input.
NOT_BUILT = {"Equalization"}
ENTRIES = {f"{e.kind} {e.name}": e for group in groups() for n, _ in group.names for e in find(n)}
PARTS = {name: entry for name, entry in ENTRIES.items() if entry.kind not in ("layer", "operation")}

#: What a model needs to be trained on anything.
TRAINED = """\
model M {
    input x: [4]
    x -> Dense(3, softmax) as y
    output y
}
"""


def keras_pages() -> set[str]:
    lines = (ROOT / "tests" / "keras_pages.txt").read_text(encoding="utf-8").splitlines()
    rows = (line.split() for line in lines if not line.startswith("#"))
    return {f"{folder}/{page}/".removeprefix("./") for folder, *pages in rows for page in pages}


def findings(text: str) -> list[str]:
    return [f"{d.code} {d.title}" for d in check_source(Source("text", text)).diagnostics]


def applied(lines: tuple[str, ...]) -> tree.Apply:
    """Return the last stage of an example."""
    module, problems = parse(Source("example", model_text(lines)))
    assert not problems
    found = [step.stage for step in _steps(module)]
    assert isinstance(found[-1], tree.Apply)
    return found[-1]


def _steps(module: tree.Module) -> Iterator[tree.Step]:
    model = module.definitions[0]
    assert isinstance(model, tree.Model)
    for line in model.body:
        if isinstance(line, tree.Flow):
            yield from line.steps


# ---- What is said --------------------------------------------------------------------------


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_has_an_example_that_is_true(name: str) -> None:
    entry, *_ = find(name)
    assert len(entry.example) >= 2
    assert all(line.startswith("input ") for line in entry.example[:-1])
    assert re.search(rf"\b{name}\b", entry.example[-1]), "the example shows the layer"
    assert findings(model_text(entry.example)) == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_has_an_example_that_is_true(name: str) -> None:
    (entry,) = find(name)
    written = r"\w\[.*\]" if name == "ops.get_item" else rf"-> {re.escape(name)}\b"
    assert re.search(written, entry.example[-1]), "the example shows it"
    assert findings(model_text(entry.example)) == []


@pytest.mark.parametrize("name", [n for n in LAYERS if "RNN(" not in find(n)[0].example[-1]])
def test_the_signature_can_be_written(name: str) -> None:
    """Add every default to the example, as it is printed: the same comes out."""
    entry, *_ = find(name)
    given = applied(entry.example).arguments or ()
    positional = sum(argument.name is None for argument in given)
    named = {argument.name.text for argument in given if argument.name is not None}
    rest = [*entry.arguments[positional:], *entry.flags, *entry.common]
    added = [one.written for one in rest if one.default is not None and one.name not in named]
    *inputs, last = entry.example
    if not added:
        return
    last = last.removesuffix(")") if given else f"{last}("
    whole = (*inputs, f"{last}{', ' if given else ''}{', '.join(added)})")
    assert findings(model_text(whole)) == []
    assert worked(whole) == worked(entry.example)


@pytest.mark.parametrize("name", LAYERS)
def test_docstrings_say_what_a_reader_needs(name: str) -> None:
    summary, notes, _ = taken_apart(RULES[name].documentation)
    assert summary.endswith(".") and "\n" not in summary
    assert notes, "the shapes and weights"
    for text in (summary, *notes):
        assert text.count("`") % 2 == 0, "backticks come in pairs"


@pytest.mark.parametrize("key", ENTRIES)
def test_an_entry_is_whole(key: str) -> None:
    entry = ENTRIES[key]
    assert entry.summary.endswith(".")
    assert entry.link.startswith(SITE)
    assert entry.link.removeprefix(SITE).partition("#")[0] in keras_pages()
    told = {name for names, _ in entry.grouped() for name in names}
    assert told == {one.name for one in (*entry.arguments, *entry.tensors, *entry.flags)}
    for one in (*entry.arguments, *entry.tensors, *entry.flags):
        assert one.takes
        assert any(piece.partition("=")[0] == one.name for piece in entry.pieces)
    for alias in entry.aliases:
        assert entry in find(alias)


def test_every_layer_and_every_name_for_it_stands_in_a_list() -> None:
    listed = [name for group in groups() for name, _ in group.names if not group.usage]
    assert sorted(listed) == sorted(LAYERS)
    assert all(find(name) for name in all_rules())


def test_a_list_says_how_its_names_are_written() -> None:
    used = {group.title: group.usage for group in groups()}
    assert used["Operations: picking"] == "x -> ops.take", "`ops.get_item` stands behind no arrow"
    assert not [title for title, usage in used.items() if "None" in usage]


def test_every_part_of_keras_stands_in_a_list_or_has_a_reason() -> None:
    for kind in ("activations", "initializers", "regularizers", "constraints", "losses",
                 "metrics", "optimizers", "schedules"):  # fmt: skip
        (group,) = find_groups(kind)
        names = {name for name, _ in group.names}
        assert all(name in names or why_not(name) for name in vocabulary.names(kind))
        if kind != "schedules":
            assert all(find(word) or why_not(word) for word in vocabulary.identifiers(kind))


@pytest.mark.parametrize("key", PARTS)
def test_examples_of_parts_are_true(key: str) -> None:
    entry = PARTS[key]
    if entry.runs:
        assert findings(model_text(entry.example)) == []
    elif entry.example:
        train = "\n".join(entry.example)
        if "loss:" not in train:
            train = train.removesuffix("}") + "    loss: mse\n}"
        problems = check_source(Source("text", f"{TRAINED}{train}\n")).diagnostics
        assert not any(d.severity == "error" for d in problems), [d.title for d in problems]
    else:
        assert entry.name == "STFT", "no weights of the examples are for it"


def test_words_stand_for_what_they_mean() -> None:
    assert [(e.kind, e.name) for e in find("mse")] == [
        ("loss", "MeanSquaredError"),
        ("metric", "MeanSquaredError"),
    ]
    assert [e.name for e in find("he_normal")] == ["HeNormal"]
    assert [e.kind for e in find("Identity")] == ["layer", "initializer"]
    assert {e.name for e in find("accuracy")} == {
        "BinaryAccuracy",
        "CategoricalAccuracy",
        "SparseCategoricalAccuracy",
    }
    assert find("Convolution2D") == find("Conv2D")
    assert find("no_such_name") == ()


def test_names_that_are_meant() -> None:
    assert near("conv")[:3] == ("Conv1D", "Conv2D", "Conv3D")
    assert "Convolution2D" not in near("conv"), "it is another name for one of them"
    assert near("dens")[0] == "Dense"
    assert "Adam" in near("adm")
    assert near("HeNormel") == ("HeNormal",)
    assert near("tf.keras.layers.GlobalMaxPooling1D") == ("GlobalMaxPooling1D",)
    assert near("keras.ops.logaddexp") == ("ops.logaddexp",)
    assert near("keras.optimizers.schedules.PolynomialDecay") == ("PolynomialDecay",)
    assert near("xyzzy") == ()
    assert near("") == ()
    assert near("x" * 10_000) == ()


def test_what_is_refused_has_its_reason() -> None:
    assert all(why_not(name) for name in refused())
    assert why_not("Dense") is None
    assert why_not("MeanMetricWrapper")


# ---- How it reads --------------------------------------------------------------------------


@pytest.mark.parametrize("width", [80, 100])
def test_a_terminal_is_wide_enough(width: int) -> None:
    texts = [render_entry(entry, width=width) for entry in ENTRIES.values()]
    texts += [render_groups(groups(), width=width), render_brief(groups(), width=width)]
    for text in texts:
        assert text.endswith("\n") and not text.endswith("\n\n")
        for line in text.splitlines():
            assert line == line.rstrip()
            long = "http" in line or " -> " in line or "optimizer: " in line or line[:8].isspace()
            assert len(line) <= width or (width < 100 and long), line


def test_colours_are_only_added() -> None:
    for entry in (find("Conv2D")[0], find("Adam")[0]):
        coloured = render_entry(entry, colour=True)
        assert "\x1b[" in coloured
        assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == render_entry(entry)


@pytest.mark.parametrize("key", ENTRIES)
def test_markdown_is_whole(key: str) -> None:
    text = entry_markdown(ENTRIES[key])
    assert text.count("```") % 2 == 0
    for line in text.splitlines():
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) == 3


def test_one_layer_as_it_is_printed() -> None:
    assert render_entry(find("Flatten")[0]) == """\
Flatten  (layer: Reshaping)
  Lay all axes beside the batch out in one.

  image -> Flatten(data_format=none)

  Input `[...]`, output `[the product of the sizes]`; no weights.

  A `Dense` behind it needs every size to be known.

Example
  input image: [7, 7, 64]
  image -> Flatten
  # [7, 7, 64] -> [3136]

Arguments
  data_format  `channels_last` or `channels_first`, or `none`
  As every layer: `trainable=true`, `dtype=none`.

  https://keras.io/api/layers/reshaping_layers/flatten/
"""


def test_data_is_what_a_program_needs() -> None:
    told = data(find("Conv2D")[0])
    assert told["signature"].startswith("image -> Conv2D(filters, kernel_size, strides=(1, 1), ")
    assert told["gives"]["outputs"] == ("[28, 28, 32]",)
    assert data(find("Adam")[0])["gives"] is None


# ---- Around it -----------------------------------------------------------------------------


def test_the_documentation_is_made_of_it() -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        from make_reference import FOLDER, make_pages
    finally:
        sys.path.pop(0)
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert make_pages() == written, "run `python3 dev.py reference`"


def test_links_between_the_pages_lead_somewhere() -> None:
    folder = ROOT / "docs" / "reference"
    contents = (folder / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((\w+\.md)#(\w+)\)", contents)
    assert len(links) > 200
    pages = {name: (folder / name).read_text(encoding="utf-8") for name, _ in links}
    for name, anchor in links:
        headings = re.findall(r"^## (.+)$", pages[name], re.MULTILINE)
        assert anchor in {heading.lower().replace(".", "") for heading in headings}


def test_a_check_reads_none_of_it() -> None:
    code = (
        "import sys, nndsl\n"
        f"assert nndsl.check({TRAINED!r}) == ()\n"
        "loaded = {n for n in sys.modules if n.startswith('nndsl.reference')}\n"
        "assert not loaded, loaded\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_nothing_of_it_needs_keras() -> None:
    code = (
        "import sys\n"
        "from nndsl.cli import main\n"
        "assert main(['layers', 'Conv2D']) == 0\n"
        "heavy = {'keras', 'numpy', 'tensorflow', 'black', 'jinja2', 'lark'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.keras
@pytest.mark.parametrize("name", [*LAYERS, *OPERATIONS])
def test_keras_gives_what_the_example_says(name: str) -> None:
    pytest.importorskip("keras")
    import oracle

    compiled = nndsl.compile(model_text(find(name)[0].example), style="functional")
    if name in NOT_BUILT:
        with pytest.raises(ValueError, match="cycle"):
            oracle.build(compiled)
        return
    model = oracle.build(compiled)
    oracle.compare_with_prediction(model, compiled)
    shapes = [oracle.keras_shape(tensor.shape) for tensor in compiled.outputs.values()]
    assert [tuple(tensor.shape) for tensor in model.outputs] == shapes


def test_an_entry_is_plain_data() -> None:
    entry = find("Dense")[0]
    assert isinstance(entry, Entry)
    assert entry == find("Dense")[0]
    assert hash(entry) == hash(find("Dense")[0])
