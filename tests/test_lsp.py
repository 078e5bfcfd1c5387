"""The language server, asked as an editor asks it: every kind of request, in three encodings."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygls")

from lsp_client import Client, Refused  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
TEXT = """\
# 😀 a model
import Twice from "blocks.nn"

model Small(width = 32) {
    input image: [8, 8, 3]
    image -> Flatten -> Twice(units=width) as h
    h -> Dense(10, sofmax) as digit
    output digit
}
"""
GOOD = TEXT.replace("sofmax", "softmax")
BLOCKS = "block Twice(units) = Dense(units, relu) -> Dense(units, relu)\n"
WHOLE = {"start": {"line": 0, "character": 0}, "end": {"line": 1000, "character": 0}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    (folder / "pyproject.toml").write_text("", encoding="utf-8")
    (folder / "blocks.nn").write_text(BLOCKS, encoding="utf-8")
    return folder


@pytest.fixture(scope="module", params=["utf-8", "utf-16", "utf-32"])
def client(request: pytest.FixtureRequest, folder: Path) -> Iterator[Client]:
    client = Client(folder, request.param)
    assert client.initialized["capabilities"]["positionEncoding"] == request.param
    yield client
    assert client.end() == 0
    assert not [line for line in client.errors if "Traceback" in line]


@pytest.fixture(scope="module")
def one(folder: Path) -> Iterator[Client]:
    client = Client(folder)
    yield client
    assert client.end() == 0


def place(text: str, part: str, back: int = 0) -> dict[str, int]:
    """Return the position of a part of an ASCII line."""
    offset = text.index(part) + back
    line = text.count("\n", 0, offset)
    return {"line": line, "character": offset - (text.rfind("\n", 0, offset) + 1)}


def applied(text: str, edits: list[dict[str, Any]]) -> str:
    """Apply edits whose lines are ASCII."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    spans = []
    for edit in edits:
        start, end = edit["range"]["start"], edit["range"]["end"]
        begin = starts[min(start["line"], len(starts) - 1)] + start["character"]
        spans.append((begin, starts[min(end["line"], len(starts) - 1)] + end["character"], edit))
    for begin, stop, edit in sorted(spans, key=lambda span: span[:2], reverse=True):
        text = text[:begin] + edit["newText"] + text[stop:]
    return text


# ---- Diagnostics ---------------------------------------------------------------------------------


def test_diagnostics_are_pushed_and_pulled(one: Client) -> None:
    uri = one.open("pushed.nn", TEXT)
    (found,) = one.published(uri)
    assert found["code"] == "A202" and found["source"] == "nndsl" and found["severity"] == 1
    assert "did you mean `softmax`" in found["message"]
    assert found["range"]["start"] == place(TEXT, "sofmax")
    report = one.about("diagnostic", uri)
    assert report["kind"] == "full" and report["items"] == [found]
    again = one.about("diagnostic", uri, previousResultId=report["resultId"])
    assert again["kind"] == "unchanged"
    one.change(
        uri,
        {
            "range": {"start": place(TEXT, "sofmax", 3), "end": place(TEXT, "sofmax", 3)},
            "text": "t",
        },
    )
    assert one.published(uri) == []
    one.close(uri)


def test_a_file_that_imports_the_changed_one_is_checked_again(one: Client) -> None:
    uri = one.open("importing.nn", GOOD)
    assert one.published(uri) == []
    blocks = one.open("blocks.nn", BLOCKS)
    one.published(blocks)
    one.replace(blocks, BLOCKS.replace("Twice", "Thrice"))
    while not (found := one.published(uri)):
        pass  # what was published when the other file was opened
    assert found[0]["code"].startswith("G")
    one.replace(blocks, BLOCKS)
    while one.published(uri):
        pass
    one.close(uri)
    one.close(blocks)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_columns_are_counted_as_the_client_counts(encoding: str, folder: Path) -> None:
    client = Client(folder, encoding)
    line = 'const a = "😀é" + '
    text = f"{line}b\n"
    uri = client.open("emoji.nn", text)
    found = client.published(uri)
    units = {"utf-8": len(line.encode()), "utf-16": len(line) + 1, "utf-32": len(line)}[encoding]
    starts = [one["range"]["start"] for one in found if "`b`" in one["message"]]
    assert starts == [{"line": 0, "character": units}]
    at_b = {"line": 0, "character": units}
    client.change(uri, {"range": {"start": at_b, "end": at_b}, "text": "a"})
    assert any("`ab`" in one["message"] for one in client.published(uri))
    tokens = client.about("semanticTokens/full", uri)["data"]
    string = next(t for t in zip(*[iter(tokens)] * 5, strict=True) if t[3] == 7)
    assert string[2] == {"utf-8": 8, "utf-16": 5, "utf-32": 4}[encoding]
    assert client.end() == 0


# ---- Every kind of request -----------------------------------------------------------------------


def test_hover_and_hints(client: Client) -> None:
    uri = client.open("seen.nn", GOOD)
    shown = client.at("hover", uri, place(GOOD, "Dense(10"))
    assert "`[32] -> [10]`" in shown["contents"]["value"]
    assert shown["range"]["start"] == place(GOOD, "Dense(10")
    assert client.at("hover", uri, {"line": 2, "character": 0}) is None
    hints = client.about("inlayHint", uri, range=WHOLE)
    assert {"[32]", "[10]", "330 params"} <= {hint["label"] for hint in hints}
    client.notify(
        "workspace/didChangeConfiguration",
        {"settings": {"nndsl": {"inlayHints": {"shapes": False, "parameters": True}}}},
    )
    labels = [hint["label"] for hint in client.about("inlayHint", uri, range=WHOLE)]
    assert labels and not [label for label in labels if "[" in label]
    client.notify("workspace/didChangeConfiguration", {"settings": {"nndsl": {}}})
    client.close(uri)


def test_completion_and_signatures(client: Client) -> None:
    text = GOOD.replace("-> Dense(10, softmax)", "-> ")
    uri = client.open("completed.nn", text)
    items = client.at("completion", uri, place(text, "h -> ", 5))["items"]
    dense = next(item for item in items if item["label"] == "Dense")
    assert dense["insertText"] == "Dense(${1:units})" and dense["insertTextFormat"] == 2
    assert {"Twice", "relu", "repeat"} <= {item["label"] for item in items}
    resolved = client.request("completionItem/resolve", dense)
    assert "### Dense" in resolved["documentation"]["value"]
    client.replace(uri, GOOD)
    found = client.at("signatureHelp", uri, place(GOOD, "softmax"))
    assert found["activeParameter"] == 1
    assert found["signatures"][0]["label"].startswith("Dense(units, activation")
    assert client.at("signatureHelp", uri, {"line": 0, "character": 0}) is None
    client.close(uri)


def test_formatting(client: Client) -> None:
    text = GOOD.replace("    h ->", "  h->").replace("output digit", "output   digit")
    uri = client.open("formatted.nn", text)
    options = {"tabSize": 4, "insertSpaces": True}
    assert applied(text, client.about("formatting", uri, options=options)) == GOOD
    line = {"start": {"line": 7, "character": 0}, "end": {"line": 7, "character": 3}}
    part = applied(text, client.about("rangeFormatting", uri, options=options, range=line))
    assert part == text.replace("output   digit", "output digit")
    client.replace(uri, "model {")
    assert client.about("formatting", uri, options=options) is None
    client.replace(uri, "model M {\n    image -> Flatten ->\n\n}")
    typed = {"ch": "\n", "options": options}
    edits = client.at("onTypeFormatting", uri, {"line": 2, "character": 0}, **typed)
    changed = applied("model M {\n    image -> Flatten ->\n\n}", edits)
    assert changed == "model M {\n    image -> Flatten\n          -> \n}"
    client.close(uri)


def test_outline_folds_and_selections(client: Client) -> None:
    uri = client.open("outlined.nn", GOOD)
    (model,) = client.about("documentSymbol", uri)
    assert model["name"] == "Small"
    assert {child["name"] for child in model["children"]} == {"image", "h", "digit"}
    folds = client.about("foldingRange", uri)
    assert {"startLine": 3, "endLine": 8, "kind": "region"} in folds
    (selected,) = client.about("selectionRange", uri, positions=[place(GOOD, "softmax", 2)])
    lengths = []
    while selected:
        lengths.append(selected["range"])
        selected = selected.get("parent")
    assert lengths[0]["start"] == place(GOOD, "softmax") and len(lengths) > 4
    assert "Small" in {s["name"] for s in client.request("workspace/symbol", {"query": "small"})}
    client.close(uri)


def test_colours(client: Client) -> None:
    uri = client.open("coloured.nn", GOOD)
    full = client.about("semanticTokens/full", uri)
    assert full["data"] and len(full["data"]) % 5 == 0
    part = client.about(
        "semanticTokens/range",
        uri,
        range={"start": {"line": 3, "character": 0}, "end": {"line": 4, "character": 0}},
    )
    assert 0 < len(part["data"]) < len(full["data"])
    client.replace(uri, GOOD.replace("    h ->", "    h -> Dense(3) ->"))
    delta = client.about("semanticTokens/full/delta", uri, previousResultId=full["resultId"])
    data = list(full["data"])
    for edit in delta["edits"]:
        start = edit["start"]
        data[start : start + edit["deleteCount"]] = edit.get("data", [])
    assert data == client.about("semanticTokens/full", uri)["data"]
    unknown = client.about("semanticTokens/full/delta", uri, previousResultId="nothing")
    assert unknown["data"] == data
    client.close(uri)


def test_links_and_lenses(client: Client) -> None:
    uri = client.open("linked.nn", GOOD)
    targets = {link["target"] for link in client.about("documentLink", uri)}
    assert client.uri("blocks.nn") in targets
    assert any(target.startswith("https://keras.io/") for target in targets)
    titles = [lens["command"]["title"] for lens in client.about("codeLens", uri)]
    assert titles[0].startswith("7,562 parameters")
    assert titles[1:] == ["show graph", "compile"]
    client.close(uri)


def test_from_a_name_to_its_places(client: Client) -> None:
    uri = client.open("placed.nn", GOOD)
    (found,) = client.at("definition", uri, place(GOOD, "h -> Dense"))
    assert found["range"]["start"] == place(GOOD, "h\n    h")
    (found,) = client.at("definition", uri, place(GOOD, "Twice(units"))
    assert found["uri"] == client.uri("blocks.nn") and found["range"]["start"]["character"] == 6
    (found,) = client.at("definition", uri, place(GOOD, "units="))
    assert found["uri"] == client.uri("blocks.nn")
    (found,) = client.at("definition", uri, place(GOOD, "blocks.nn"))
    assert found["uri"] == client.uri("blocks.nn")
    context = {"includeDeclaration": True}
    places = client.at("references", uri, place(GOOD, "h -> Dense"), context=context)
    assert len(places) == 2
    assert (
        len(
            client.at(
                "references", uri, place(GOOD, "h -> Dense"), context={"includeDeclaration": False}
            )
        )
        == 1
    )
    across = client.at("references", uri, place(GOOD, "Twice(units"), context=context)
    assert {one["uri"] for one in across} == {uri, client.uri("blocks.nn")} and len(across) == 3
    kinds = [one["kind"] for one in client.at("documentHighlight", uri, place(GOOD, "h -> Dense"))]
    assert kinds == [3, 2]
    assert client.at("definition", uri, place(GOOD, "Dense(10")) is None
    client.close(uri)


def test_renaming_across_files(client: Client) -> None:
    uri = client.open("renamed.nn", GOOD)
    prepared = client.at("prepareRename", uri, place(GOOD, "Twice(units", 2))
    assert prepared["start"] == place(GOOD, "Twice(units")
    changes = client.at("rename", uri, place(GOOD, "Twice(units"), newName="Pair")["changes"]
    assert applied(GOOD, changes[uri]) == GOOD.replace("Twice", "Pair")
    assert applied(BLOCKS, changes[client.uri("blocks.nn")]) == BLOCKS.replace("Twice", "Pair")
    changes = client.at("rename", uri, place(GOOD, "units="), newName="size")["changes"]
    assert applied(GOOD, changes[uri]) == GOOD.replace("units", "size")
    assert applied(BLOCKS, changes[client.uri("blocks.nn")]) == BLOCKS.replace("units", "size")
    for name in ("model", "two words", "1st", "digit", "größe"):
        with pytest.raises(Refused):
            client.at("rename", uri, place(GOOD, "h -> Dense"), newName=name)
    assert client.at("prepareRename", uri, place(GOOD, "Dense(10")) is None
    assert client.at("rename", uri, place(GOOD, "Dense(10"), newName="x") is None
    client.close(uri)


def test_actions(client: Client) -> None:
    uri = client.open("mended.nn", TEXT)
    empty: dict[str, Any] = {"diagnostics": []}
    spot = {"start": place(TEXT, "sofmax"), "end": place(TEXT, "sofmax")}
    actions = client.about("codeAction", uri, range=spot, context=empty)
    fix = next(action for action in actions if action["kind"] == "quickfix")
    assert applied(TEXT, fix["edit"]["changes"][uri]) == GOOD
    only = {"diagnostics": [], "only": ["source.fixAll"]}
    (every,) = client.about("codeAction", uri, range=WHOLE, context=only)
    assert every["kind"] == "source.fixAll"
    assert every["edit"]["changes"][uri][0]["newText"] == GOOD
    chosen = {"start": place(TEXT, "Flatten"), "end": place(TEXT, " as h")}
    actions = client.about("codeAction", uri, range=chosen, context=empty)
    assert any(action["kind"] == "refactor.extract" for action in actions)
    client.close(uri)


def test_a_block_is_written_out(client: Client) -> None:
    lines = ["block Wide(n) = Dense(n, relu)", "model M {", "    input x: [4]  # 😀"]
    lines += ["    x -> Wide(3 + 1) -> Dense(2, softmax) as y", "    output y", "}", ""]
    text = "\n".join(lines)
    uri = client.open("wide.nn", text)
    spot = {"start": place(text, "ide(3"), "end": place(text, "ide(3")}
    only = {"diagnostics": [], "only": ["refactor.inline"]}
    (action,) = client.about("codeAction", uri, range=spot, context=only)
    written = applied(text, action["edit"]["changes"][uri])
    assert written == text.replace("Wide(3 + 1)", "Dense(3 + 1, relu)")
    client.close(uri)


# ---- Commands and ways to connect ----------------------------------------------------------------


def test_commands(one: Client, folder: Path) -> None:
    (folder / "compiled.nn").write_text(GOOD, encoding="utf-8")
    uri = one.open("compiled.nn", GOOD)
    run = {"command": "nndsl.summary", "arguments": [uri, "Small"]}
    done = one.request("workspace/executeCommand", run)
    assert done["status"] == 0 and "7,562" in done["output"]
    run = {"command": "nndsl.graph", "arguments": [uri, "Small"]}
    done = one.request("workspace/executeCommand", run)
    assert done["status"] == 0 and "<svg" in done["output"]
    run = {"command": "nndsl.locate", "arguments": [uri, "digit"]}
    found = one.request("workspace/executeCommand", run)
    assert found["uri"] == uri and found["range"]["start"] == place(GOOD, "Dense(10")
    run = {"command": "nndsl.compile", "arguments": [uri]}
    done = one.request("workspace/executeCommand", run)
    assert done["status"] == 0 and (folder / "compiled.py").is_file()
    one.close(uri)


def test_a_request_is_overtaken_by_newer_text(one: Client) -> None:
    text = (ROOT / "examples" / "zoo" / "resnet50.nn").read_text(encoding="utf-8")
    uri = one.open("overtaken.nn", text)
    one.published(uri)
    asked = []
    for number in range(12):
        asked.append(
            one.ask("textDocument/inlayHint", {"textDocument": {"uri": uri}, "range": WHOLE})
        )
        one.replace(uri, text + "\n" * number)
    ended = 0
    for number in asked:
        try:
            one.answer(number)
        except Refused as refused:
            assert refused.code == -32801
            ended += 1
    assert one.about("inlayHint", uri, range=WHOLE)
    assert ended
    one.close(uri)


KEYSTROKES = int(os.environ.get("NNDSL_KEYSTROKES", "60"))
TYPED_IN = sorted((ROOT / "examples").rglob("*.nn")) if KEYSTROKES >= 100 else []


@pytest.mark.parametrize(
    "path", TYPED_IN or [ROOT / "examples" / "inception.nn"], ids=lambda path: path.stem
)
def test_what_is_typed_never_stops_the_server(one: Client, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    uri = one.open("typed.nn", text)
    before = one.published(uri)
    chance = random.Random(7)
    for _ in range(KEYSTROKES):
        line = chance.randrange(text.count("\n") + 1)
        where = {"line": line, "character": chance.randrange(60)}
        typed = chance.choice(("x", "(", ")", "{", "}", "->", "\n", "😀", '"', "|", " as ", ""))
        end = {"line": line + chance.randrange(2), "character": chance.randrange(60)}
        if typed or end["line"] <= line:
            end = where
        one.change(uri, {"range": {"start": where, "end": end}, "text": typed})
        one.at("completion", uri, where)
        one.at("hover", uri, where)
        one.about("documentSymbol", uri)
    one.replace(uri, text)
    assert one.published(uri) == before
    assert not [line for line in one.errors if "Traceback" in line]
    one.close(uri)


def test_the_server_listens_on_the_own_machine_only(folder: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "nndsl", "lsp", "--tcp", str(port)], stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                connection = socket.create_connection(("127.0.0.1", port), timeout=1)
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        params = {"processId": None, "rootUri": None, "capabilities": {}}
        message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}
        data = json.dumps(message).encode()
        connection.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        connection.settimeout(30)
        assert connection.recv(100).startswith(b"Content-Length")
        connection.close()
    finally:
        process.kill()
        process.wait()
