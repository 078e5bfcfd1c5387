"""Reads and rewrites the text cases of `tests/cases`: Markdown that people can read as well.

A case is a `## heading`, a block of `nn`, and blocks with what is expected of it:

- `findings`: one line a finding, `line:column severity[CODE] title; help`; empty means clean;
- `full`: the findings as a terminal shows them;
- `file`: a file beside it that it imports; the first line is a comment with its path;
- `sequential`, `functional`, `subclass`: the code that comes out in that style, without its header.

A block of `options` before them holds what the command line would say: `style`, `model`, `keras`,
`set` and `flat`, one `name: value` to a line. The rules are asked in `tests/cases/rules` only;
`select` is which of them beside those that are on; with `files`, the data files of `data_files.py`
are there. A block of `todo` says that what is expected is
right but does not come out yet: such a case must fail, and is never rewritten.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from data_files import files_of, samples

from nndsl.compiler import CompiledModel, Options, check_model, compile_source
from nndsl.diagnostic import Diagnostic
from nndsl.imports import Files
from nndsl.lint import Selection
from nndsl.render import render
from nndsl.source import Source

FOLDER = Path(__file__).resolve().parent / "cases"
STYLES = ("sequential", "functional", "subclass")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Case:
    """One case: `expected` maps the kind of a block to its text."""

    path: Path
    title: str
    text: str
    expected: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)
    todo: str = ""

    @property
    def id(self) -> str:
        return f"{self.path.parent.name}/{self.path.stem}: {self.title}"

    @property
    def source(self) -> Source:
        return Source("case.nn", self.text)

    @property
    def rules(self) -> Selection | None:
        """The rules that are asked: other cases than those of rules are about other things."""
        if self.path.parent.name != "rules":
            return None
        return Selection(extend=tuple(self.options.get("select", "").split()))

    def make_options(self, style: str | None = None) -> Options:
        return Options(
            style=style or self.options.get("style", "auto"),
            model=self.options.get("model"),
            constants=dict([self.options["set"].split("=", 1)]) if "set" in self.options else {},
            keras=self.options.get("keras"),
            flat=self.options.get("flat") == "yes",
            rules=self.rules,
            consent=lambda: True,
        )

    def check(self) -> tuple[Diagnostic, ...]:
        return check_model(self.source, self.make_options(), self._around())

    def compile(self, style: str | None = None) -> CompiledModel:
        return compile_source(self.source, self.make_options(style), self._around())

    def _around(self) -> Files | None:
        """The files beside the text, if it speaks of some."""
        if not self.beside:
            return files_of(samples()) if "files" in self.options else None
        files = {**self.beside, "case.nn": self.text}

        def read(path: str) -> str:
            if path not in files:
                raise FileNotFoundError(path)
            return files[path]

        return Files(files.__contains__, read)

    def received(self) -> dict[str, str]:
        """Return what really comes out, for every kind of block that the case has."""
        found = self.check()
        blocks = {"findings": findings_text(found)}
        if "full" in self.expected:
            blocks["full"] = render(found)
        for style in STYLES:
            if style in self.expected:
                blocks[style] = self.compile(style).code or "no code\n"
        return blocks


def findings_text(found: tuple[Diagnostic, ...]) -> str:
    """Return the findings as they stand in a `findings` block."""
    lines = []
    for finding in found:
        line, column = finding.span.source.line_column(finding.span.start)
        end = f"; {finding.help}" if finding.help else ""
        head = f"{line}:{column} {finding.severity}[{finding.code}]"
        lines.append(f"{head} {finding.title}{end}\n")
    return "".join(lines)


def read_cases(path: Path) -> list[Case]:
    """Return the cases of one file."""
    cases = []
    _, *sections = re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for section in sections:
        found = _BLOCK.findall(section)
        blocks = {kind: body for kind, body in found if kind != "file"}
        bodies = [body for kind, body in found if kind == "file"]
        files = {body.partition("\n")[0].removeprefix("# "): body for body in bodies}
        lines = blocks.pop("options", "").splitlines()
        options = dict(line.split(": ", 1) for line in lines)
        title = section.partition("\n")[0].strip()
        todo = blocks.pop("todo", "").strip()
        cases.append(Case(path, title, blocks.pop("nn"), blocks, options, files, todo))
    return cases


@cache
def all_cases() -> tuple[Case, ...]:
    return tuple(case for path in sorted(FOLDER.glob("*/*.md")) for case in read_cases(path))


def clean_cases() -> list[Case]:
    """Return the cases in which no error is expected."""
    return [
        case
        for case in all_cases()
        if not case.todo and " error[" not in case.expected.get("findings", "")
    ]


def update(path: Path) -> None:
    """Rewrite what the cases of a file expect to what comes out now."""
    text = path.read_text(encoding="utf-8")
    preface, *sections = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    for case, section in zip(read_cases(path), sections, strict=True):
        if case.todo:
            preface += section
            continue
        received = case.received()
        if "findings" not in case.expected:
            section = section.rstrip("\n") + "\n\n```findings\n```\n\n"

        def replace(match: re.Match[str], received: dict[str, str] = received) -> str:
            kind = match.group(1)
            return f"```{kind}\n{received.get(kind, match.group(2))}```"

        preface += _BLOCK.sub(replace, section)
    path.write_text(preface.rstrip("\n") + "\n", encoding="utf-8")
