"""The documentation: each example is compiled, what is made is made anew, links lead somewhere, and
the site is built without a warning.

A block of `nn` is a whole file, or lines of a model: then a comment in front of it, which Markdown
does not show, says what the inputs are: `<!-- with x: [10, 8]; y: [4] -->`. In front of a table it
says so of the second column. `<!-- wrong -->` is in front of what is meant to have findings.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import nndsl
from nndsl.cli.new import project_files
from nndsl.training import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
#: Pages whose examples other tests run, or that are made from what they test.
ELSEWHERE = {"formatting.md", "linting.md", "mistakes.md", "seeing.md"}
MADE = {"codes", "reference", "rules"}
PAGES = [
    path
    for path in sorted(DOCS.rglob("*.md"))
    if path.name not in ELSEWHERE and path.relative_to(DOCS).parts[0] not in MADE
]
_WITH = r"<!-- with (?P<inputs>[^\n]*?) -->\n"
_BLOCK = re.compile(
    rf"(?P<wrong><!-- wrong -->\n)?(?:{_WITH})?```nn\n(?P<text>.*?)^```$", re.M | re.S
)
_TABLE = re.compile(rf"{_WITH}(?P<rows>(?:\|.*\n)+)")
_NAMES = re.compile(r" as (\w+(?:, \w+)*)")


def examples() -> list[Any]:
    found = []
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        for number, match in enumerate(_BLOCK.finditer(text)):
            if not match["wrong"]:
                name = f"{path.relative_to(DOCS)}-{number}"
                found.append(pytest.param(whole(match["inputs"], match["text"]), id=name))
        for match in _TABLE.finditer(text):
            found.append(pytest.param(phrases(match["inputs"], match["rows"]), id=path.name))
    return found


def phrases(inputs: str, rows: str) -> str:
    """Return a file of what stands in the second column of a table; all of it gets a name."""
    lines = []
    for number, row in enumerate(rows.splitlines()[2:]):
        phrase = row.split(" | ")[1].strip().removesuffix("|").strip().strip("`")
        lines.append(phrase if " as " in phrase else f"{phrase} as phrase_{number}_")
    assert lines
    return whole(inputs, "\n".join(lines))


def whole(inputs: str | None, text: str) -> str:
    """Return a whole file: lines of a model get inputs, and all that they name comes out."""
    if inputs is None:
        return text
    given = [f"input {one}" for one in inputs.split("; ")]
    names = [name for found in _NAMES.findall(text) for name in found.split(", ")]
    lines = [*given, *text.splitlines(), f"output {', '.join(names)}"]
    return "model Example {\n" + "".join(f"    {line}\n" for line in lines) + "}\n"


@pytest.mark.parametrize("text", examples())
@pytest.mark.parametrize("style", ["functional", "subclass"])
def test_an_example_compiles(text: str, style: str) -> None:
    compiled = nndsl.compile(text, style=style, allow_python=True)
    assert not [d.title for d in compiled.diagnostics if d.severity != "info"]
    assert compiled.code


def test_examples_are_found() -> None:
    assert len(examples()) >= 50
    names = [one.id for one in examples()]
    for page in ("tutorial/1_sequential.md", "ru/4_training.md", "howto/own_layers.md", "start.md"):
        assert f"{page}-0" in names
    assert names.count("from_keras.md") == 1 and names.count("from_pytorch.md") == 2


# ---- What is made ---------------------------------------------------------------------------


@pytest.fixture
def tutorial(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import make_tutorial

    return make_tutorial


def test_the_tutorial_is_what_comes_out(tutorial: Any) -> None:
    """`python3 dev.py tutorial` writes it anew."""
    every: dict[str, str] = {}
    for path in tutorial.pages():
        old = path.read_text(encoding="utf-8")
        new, pictures = tutorial.make(old)
        assert new == old, path.name
        assert all(every.get(name, picture) == picture for name, picture in pictures.items())
        every |= pictures
    shown = {path.stem: path.read_text(encoding="utf-8") for path in tutorial.PICTURES.iterdir()}
    assert shown == every


def test_both_languages_show_the_same() -> None:
    shown = re.compile(r"^```(?:nn|python)\n.*?^```$|^<!--.*?-->$|\]\(\S+svg\)", re.M | re.S)
    names = {path.name for path in (DOCS / "tutorial").iterdir()}
    assert names == {path.name for path in (DOCS / "ru").iterdir()} and len(names) == 6
    for name in names:
        english = (DOCS / "tutorial" / name).read_text(encoding="utf-8")
        russian = (DOCS / "ru" / name).read_text(encoding="utf-8")
        assert shown.findall(english) == shown.findall(russian), name


def test_the_first_steps_begin_with_what_new_writes() -> None:
    model = project_files("spiral", "mlp")["model.nn"]
    page = (DOCS / "start.md").read_text(encoding="utf-8")
    assert _BLOCK.search(page)["text"] == model[model.index("model Spiral") :]  # type: ignore[index]


@pytest.mark.keras
def test_the_python_of_the_last_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("keras")
    page = (DOCS / "tutorial" / "5_inside.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    texts = [match["text"] for match in _BLOCK.finditer(page)]
    for name, text in zip(("digits", "three_paths", "one_path"), texts, strict=True):
        Path(f"{name}.nn").write_text(text, encoding="utf-8")
        code = nndsl.compile(text, style="functional").code
        Path(f"{name}.py").write_text(code or "", encoding="utf-8")
    names: dict[str, Any] = {}
    for python in re.findall(r"(?<!-->\n)^```python\n(.*?)^```$", page, re.M | re.S):
        exec(python, names)
    assert "(784, 128) (128,)" in capsys.readouterr().out
    assert names["features"].output_shape == (None, 16)
    inner = names["whole"].get_layer("inner").get_weights()
    assert (names["part"].get_layer("inner").get_weights()[0] == inner[0]).all()
    for name in ("digits", "three_paths", "one_path"):
        del sys.modules[name]


# ---- The site -------------------------------------------------------------------------------

_LINK = re.compile(r"\]\((?!\w+:)([^()\s#]*)(?:#([^()\s]+))?\)")
_CODE = re.compile(r"^(`{3,}).*?^\1$|`[^`\n]+`", re.M | re.S)


def headings(path: Path) -> set[str]:
    """Return the anchors of a page, as GitHub makes them."""
    text = re.sub(r"^(`{3,}).*?^\1$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    titles = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@pytest.mark.parametrize(
    "path",
    [*sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("*.md"))],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_links_lead_somewhere(path: Path) -> None:
    anchors = headings(path)
    for place, anchor in _LINK.findall(_CODE.sub("", path.read_text(encoding="utf-8"))):
        target = (path.parent / place).resolve() if place else path
        assert target.exists(), place
        if anchor:
            found = anchors if target == path else headings(target)
            assert anchor in found, f"{place}#{anchor}"


def test_every_page_is_in_the_navigation() -> None:
    listed = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").split("\nnav:\n")[1]
    for path in PAGES + [DOCS / name for name in sorted(ELSEWHERE)]:
        assert f" {path.relative_to(DOCS).as_posix()}\n" in listed


@pytest.mark.slow
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs", reason="mkdocs is not installed: pip install '.[docs]'")
    pytest.importorskip("material")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "codes" / "L301" / "index.html").read_text(encoding="utf-8")
    assert "one-unit-softmax" in page and '<span class="k' in page
    assert "module: _NL?" in (tmp_path / "files/grammars/nn.lark/index.html").read_text("utf-8")
    html = "".join(path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.html"))
    assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=[\"']?https?:", html)


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs/training.md").read_text(encoding="utf-8")
    assert [name for name in SETTINGS if f"`{name}`" not in text] == []
