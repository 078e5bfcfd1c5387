"""The formats of findings: what each of them promises to its reader."""

from __future__ import annotations

import json
import os
import re
from typing import Any
from urllib.parse import unquote

import pytest
from case_files import all_cases

from nndsl.codes import name_of
from nndsl.compiler import Options, check_model
from nndsl.diagnostic import Diagnostic, Fix, Label
from nndsl.render import FORMATS, render, render_format
from nndsl.render.terminal import width_of
from nndsl.source import Source, Span

WRONG = """\
block Head(units) = Dense(units, softmax)
model M {
    input x: [4]
    x -> Dense(8, actvation=relu) -> Head(1) as y
    output y
}
"""
BAD = [case for case in all_cases() if case.expected["findings"].strip() and not case.todo]


def found(text: str = WRONG, name: str = "case.nn") -> tuple[Diagnostic, ...]:
    return check_model(Source(name, text), Options())


def marked(text: str, start: int, end: int) -> list[str]:
    """Return the lines of a finding about a part of a text."""
    span = Span(start, end, Source("case.nn", text))
    return render([Diagnostic("T001", "error", "wrong", span, "here")]).splitlines()


# ---- full ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "before", ["", "\t", "日本", "e\u0301", "\U0001f600", "a\tb", "\u2764\ufe0f"]
)
def test_carets_stand_under_their_place(before: str) -> None:
    text = f"{before}wrong"
    lines = marked(text, len(before), len(text))
    shown = next(line for line in lines if "wrong" in line and "|" in line)
    carets = next(line for line in lines if "^" in line)
    assert width_of(carets[: carets.index("^")]) == width_of(shown[: shown.index("wrong")])
    assert carets.count("^") == len("wrong")


def test_wide_characters_have_wide_carets() -> None:
    (carets,) = (line for line in marked("a 日本 b", 2, 4) if "^" in line)
    assert carets.count("^") == 4


def test_control_characters_are_harmless() -> None:
    text = "\x1b[31mred\x07"
    for line in marked(text, 0, len(text)):
        assert line.isprintable()


def test_colours_change_nothing_but_colours() -> None:
    plain = render(found())
    coloured = render(found(), colour=True)
    assert coloured != plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_a_place_in_a_block_is_shown_with_its_call() -> None:
    text = WRONG.replace("actvation=", "")
    shown = render(found(text))
    assert "1 | block Head(units)" in shown and "in the block applied here" in shown
    assert "4 |     x -> Dense(8, relu) -> Head(1) as y" in shown


def test_a_place_in_another_file_is_named() -> None:
    here, there = Source("a.nn", "x\n"), Source("b.nn", "y\nz\n")
    label = Label(Span(2, 3, there), "defined here")
    text = render([Diagnostic("G703", "error", "twice", Span(0, 1, here), "", (label,))])
    assert "b.nn:2: defined here" in text


# ---- All formats -----------------------------------------------------------------------------


@pytest.mark.parametrize("output_format", FORMATS)
def test_every_case_can_be_told_in_every_format(output_format: str) -> None:
    for case in BAD[::5]:
        text = render_format(case.check(), output_format)
        assert text and text.endswith("\n")
        if output_format in ("json", "sarif"):
            json.loads(text)


def test_nothing_found() -> None:
    assert render_format([], "full") == render_format([], "concise") == ""
    assert render_format([], "github") == ""
    assert json.loads(render_format([], "json")) == []
    assert json.loads(render_format([], "sarif"))["runs"][0]["results"] == []


# ---- json ------------------------------------------------------------------------------------


def test_json_says_all_that_a_finding_holds() -> None:
    for finding in [d for case in BAD[::7] for d in case.check()]:
        (told,) = json.loads(render_format([finding], "json"))
        assert told["code"] == finding.code and told["name"] == name_of(finding.code)
        assert told["severity"] == finding.severity and told["title"] == finding.title
        for name in ("label", "expected", "received", "help"):
            assert told[name] == getattr(finding, name)
        text = finding.span.source.text
        assert text[told["start"]["offset"] : told["end"]["offset"]] == finding.span.text
        assert len(told["related"]) == len(finding.labels)


def test_json_holds_the_fix() -> None:
    source = Source("a.nn", "one two\n")
    fix = Fix("write 2", ((Span(4, 7, source), "2"),), safe=False)
    finding = Diagnostic("T001", "error", "wrong", Span(4, 7, source), fix=fix)
    (told,) = json.loads(render_format([finding], "json"))
    assert told["fix"]["safe"] is False
    (edit,) = told["fix"]["edits"]
    assert edit["replacement"] == "2" and edit["start"] == {"line": 1, "column": 5, "offset": 4}


# ---- github ----------------------------------------------------------------------------------

_COMMAND = re.compile(r"::(error|warning|notice) ([^\r\n]*?)::([^\r\n]*)")


def test_workflow_commands_have_one_line_each() -> None:
    for case in BAD[::3]:
        findings = case.check()
        lines = render_format(findings, "github").splitlines()
        assert len(lines) == len(findings)
        for line, finding in zip(lines, findings, strict=True):
            match = _COMMAND.fullmatch(line)
            assert match is not None
            given = dict(pair.split("=", 1) for pair in match[2].split(","))
            assert unquote(given["file"]) == finding.span.source.name
            assert int(given["line"]) == finding.span.line
            assert unquote(given["title"]).startswith(finding.code)
            assert unquote(match[3]).startswith(finding.title)


def test_workflow_commands_are_escaped() -> None:
    source = Source("a,b:c%.nn", "x\ny\n")
    finding = Diagnostic("T001", "error", "100 %\r\n::error::two", Span(0, 3, source))
    line = render_format([finding], "github")
    assert line == (
        "::error file=a%2Cb%3Ac%25.nn,line=1,endLine=2,title=T001 syntax-error"
        "::100 %25%0D%0A::error::two\n"
    )


# ---- sarif -----------------------------------------------------------------------------------
#
# What the standard requires of the parts of a log that we write, from its sections 3.13 to 3.57:
# https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html


def is_region(region: dict[str, Any]) -> None:
    assert set(region) <= {"startLine", "startColumn", "endLine", "endColumn"}
    assert all(type(value) is int and value >= 1 for value in region.values())
    start = region["startLine"], region["startColumn"]
    assert start <= (region["endLine"], region["endColumn"])


def is_artifact(artifact: dict[str, Any]) -> None:
    assert set(artifact) == {"uri"}
    assert re.fullmatch(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*", artifact["uri"])


def is_physical(location: dict[str, Any]) -> None:
    assert set(location) == {"artifactLocation", "region"}
    is_artifact(location["artifactLocation"])
    is_region(location["region"])


def is_message(message: dict[str, Any]) -> None:
    assert set(message) == {"text"} and isinstance(message["text"], str) and message["text"]


def is_fix(fix: dict[str, Any]) -> None:
    assert set(fix) == {"description", "artifactChanges"}
    is_message(fix["description"])
    assert fix["artifactChanges"]
    for change in fix["artifactChanges"]:
        assert set(change) == {"artifactLocation", "replacements"}
        is_artifact(change["artifactLocation"])
        assert change["replacements"]
        for replacement in change["replacements"]:
            assert set(replacement) == {"deletedRegion", "insertedContent"}
            is_region(replacement["deletedRegion"])
            assert isinstance(replacement["insertedContent"]["text"], str)


def is_rule(rule: dict[str, Any]) -> None:
    assert re.fullmatch(r"[A-Z]\d{3}", rule["id"])
    assert set(rule) <= {"id", "name", "shortDescription", "help", "defaultConfiguration"}
    is_message(rule["shortDescription"])
    assert rule["help"]["text"] and rule["help"]["markdown"]
    if "defaultConfiguration" in rule:
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")


def is_log(log: dict[str, Any]) -> None:
    assert set(log) == {"$schema", "version", "runs"} and log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert set(run) == {"tool", "columnKind", "results"}
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    driver = run["tool"]["driver"]
    assert driver["name"] == "nndsl" and driver["version"]
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(ids) == len(set(ids))
    for rule in driver["rules"]:
        is_rule(rule)
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        is_message(result["message"])
        for location in result["locations"]:
            is_physical(location["physicalLocation"])
        for related in result.get("relatedLocations", ()):
            assert related["id"] >= 0
            is_physical(related["physicalLocation"])
            is_message(related["message"])
        for fix in result.get("fixes", ()):
            is_fix(fix)


def test_sarif_is_as_the_standard_has_it() -> None:
    every = [finding for case in BAD for finding in case.check()]
    log = json.loads(render_format(every, "sarif"))
    is_log(log)
    assert len(log["runs"][0]["results"]) == len(every)


def test_sarif_is_as_the_official_schema_has_it() -> None:
    """Where the schema is, and a validator is installed: neither comes with this project."""
    path = os.environ.get("NNDSL_SARIF_SCHEMA")
    if path is None:
        pytest.skip("NNDSL_SARIF_SCHEMA names no file")
    jsonschema = pytest.importorskip("jsonschema")
    with open(path, encoding="utf-8") as file:
        schema = json.load(file)
    every = [finding for case in BAD for finding in case.check()]
    for findings in ([], every):
        jsonschema.validate(json.loads(render_format(findings, "sarif")), schema)


@pytest.mark.parametrize("name", ["a b.nn", "ü/%.nn", "<stdin>", "/somewhere/ö.nn"])
def test_names_of_files_are_uris_in_sarif(name: str) -> None:
    log = json.loads(render_format(found(name=name), "sarif"))
    is_log(log)
    uri = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"][
        "uri"
    ]
    assert unquote(uri).removeprefix("file://") == name
