"""A model in a notebook: `nndsl.Model`, and the cell magic `%%nndsl`.

    %load_ext nndsl

    %%nndsl
    model Net {
        input x: [8]
        x -> Dense(3, softmax) as y
        output y
    }

The cell checks the text, shows the picture and the table, and defines `model`, which is an
`nndsl.Model`, and `build_model`. Keras is imported when the model is built, and not before.
"""

from __future__ import annotations

import argparse
import base64
import keyword
import linecache
import shlex
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.abc import ExecutionLoader
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from types import ModuleType
from typing import Any, NoReturn

from nndsl.cli.files import FileProblem, files_around, read_source
from nndsl.cli.options import constants_of
from nndsl.compiler import STYLES, Options, check_one, compile_source
from nndsl.diagnostic import Diagnostic
from nndsl.drawing.build import build
from nndsl.drawing.figure import Choice
from nndsl.drawing.svg import escape, svg
from nndsl.outline import Outline, outline
from nndsl.render import render
from nndsl.shapes import as_functional
from nndsl.source import Source

#: Code that would import the user's Python is not written without their consent; all else is there.
_NO_CONSENT = "X951"
_PRE = "white-space:pre;overflow-x:auto;font-family:monospace;font-size:12px;line-height:1.35"


class ModelError(Exception):
    """What is wrong with a text, as it is told: with the lines and carets.

    In a notebook it is shown as it is, without a traceback.
    """

    def __init__(self, text: str, coloured: str = "", findings: Sequence[Diagnostic] = ()) -> None:
        super().__init__(text)
        self.findings = tuple(findings)
        self._coloured = coloured or text

    def _render_traceback_(self) -> list[str]:
        return self._coloured.splitlines()


class Model:
    """A checked model: its picture, its table, its Keras code, and the Keras model it makes.

    `model` chooses one of several models; `constants` gives constants and parameters other values,
    written as in the text; `style` is "auto", "sequential", "functional" or "subclass"; `file` is
    where the text comes from, and what its imports are relative to. Raises `ModelError`.
    """

    def __init__(
        self,
        text: str,
        *,
        model: str | None = None,
        constants: Mapping[str, str] | None = None,
        style: str = "auto",
        flat: bool = False,
        allow_python: bool = False,
        file: str | None = None,
        name: str = "<text>",
    ) -> None:
        if style not in STYLES:
            raise ValueError(f"style must be one of {', '.join(STYLES)}; received {style!r}")
        self._source = Source(file or name, text)
        files = files_around(file or "-")
        options = Options(style, model, constants or {}, flat=flat, consent=lambda: allow_python)
        checked, chosen = check_one(self._source, options, files)
        compiled = compile_source(self._source, options, files)
        #: What was found, warnings among it.
        self.findings: tuple[Diagnostic, ...] = compiled.diagnostics
        errors = [d for d in self.findings if d.severity == "error" and d.code != _NO_CONSENT]
        if errors or chosen is None:
            raise _error(self.findings)
        self.text = text
        self.name = chosen.name
        self.style = compiled.style
        self._code = compiled.code
        self._view = outline(as_functional(checked.shaped.models[chosen.name]))

    @property
    def code(self) -> str:
        """The Keras code. Raises `ModelError` if it would import Python without consent."""
        if self._code is None:
            raise _error(self.findings)
        return self._code

    @property
    def outline(self) -> Outline:
        """All layers as they are applied, blocks and loops expanded."""
        return self._view

    def svg(
        self,
        *,
        depth: int | None = None,
        expand: Sequence[str] = (),
        flat: bool = False,
        theme: str = "auto",
    ) -> str:
        """Return the picture; see `nndsl graph`."""
        return svg(build(self._view, Choice(depth, tuple(expand), flat)), theme)

    def page(self, *, depth: int | None = None, theme: str = "auto") -> str:
        """Return the picture as an HTML file, to be folded and searched."""
        from nndsl.drawing.page import page

        return page(build(self._view, Choice(depth), whole=True), theme)

    def summary(self, *, depth: int | None = None, batch_size: int = 32) -> str:
        """Return the table of the layers; see `nndsl summary`."""
        from nndsl.render.summary import render_summary
        from nndsl.summary import summarize

        return render_summary(summarize(self._view, depth=depth, batch_size=batch_size))

    # ---- Keras

    def build(self, *arguments: Any, **named: Any) -> Any:
        """Build a new Keras model; the arguments are the parameters of the model."""
        try:
            make = self.module.build_model
        except ModuleNotFoundError as error:
            if error.name not in ("keras", "tensorflow"):
                raise
            raise ModuleNotFoundError(
                f"{error.name} is not installed, which a model is built with: pip install"
                " 'nndsl[tensorflow]'",
                name=error.name,
            ) from None
        return make(*arguments, **named)

    @cached_property
    def keras(self) -> Any:
        """The Keras model, built when this is first asked for."""
        return self.build()

    @cached_property
    def module(self) -> ModuleType:
        """The code as a module: what the text compiles to, run."""
        loader = _Loader(f"<nndsl {self.name}>", self.code)
        spec = ModuleSpec(f"nndsl_{self.name}", loader, origin=loader.file)
        module = module_from_spec(spec)
        loader.exec_module(module)
        return module

    # ---- What a notebook shows

    def __repr__(self) -> str:
        count = sum(1 for unit in self._view.units if not unit.is_input)
        return f"<nndsl.Model {self.name}: {count} layers and operations>"

    def _repr_html_(self) -> str:
        return self._html(Choice(), "auto")

    def _html(self, choice: Choice, theme: str) -> str:
        picture = base64.b64encode(svg(build(self._view, choice), theme).encode()).decode()
        told = [d for d in self.findings if d.severity != "info"]
        parts = ['<div class="nndsl">']
        if told:
            parts.append(f'<div style="{_PRE}">{escape(render(told))}</div>')
        parts += [
            '<div style="max-height:700px;overflow:auto">',
            f'<img alt="The model {escape(self.name)}" style="max-width:none" '
            f'src="data:image/svg+xml;base64,{picture}">',
            "</div>",
            _folded("Summary", self.summary()),
        ]
        if self._code is not None:
            parts.append(_folded(f"Keras code ({self.style})", self._code))
        return "\n".join([*parts, "</div>"])


def _folded(title: str, text: str) -> str:
    return (
        f"<details><summary>{escape(title)}</summary>"
        f'<div style="{_PRE}">{escape(text)}</div></details>'
    )


def _error(findings: Sequence[Diagnostic]) -> ModelError:
    errors = [finding for finding in findings if finding.severity == "error"]
    return ModelError(render(errors), render(errors, colour=True), errors)


class _Loader(ExecutionLoader):
    """Runs code that is in no file, and shows its lines in tracebacks."""

    def __init__(self, file: str, code: str) -> None:
        self.file = file
        self.code = code
        linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)

    def get_source(self, fullname: str) -> str:
        return self.code

    def get_filename(self, fullname: str) -> str:
        return self.file


# ---- The magic -----------------------------------------------------------------------------


def load_ipython_extension(shell: Any) -> None:
    """Define `%nndsl` and `%%nndsl`; `%load_ext nndsl` calls this."""

    def nndsl(line: str, cell: str | None = None) -> Shown:
        return _magic(shell, line, cell)

    nndsl.__doc__ = _parser(is_cell=True).format_help()
    shell.register_magic_function(nndsl, magic_kind="line_cell", magic_name="nndsl")


class Shown:
    """What a cell shows: a model with the blocks open, and in the colours, that were asked for."""

    def __init__(self, model: Model, choice: Choice, theme: str) -> None:
        self.model = model
        self.choice = choice
        self.theme = theme

    def __repr__(self) -> str:
        return repr(self.model)

    def _repr_html_(self) -> str:
        return self.model._html(self.choice, self.theme)


def _magic(shell: Any, line: str, cell: str | None) -> Shown:
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise ModelError(f"nndsl: {error}") from None
    options = _parser(is_cell=cell is not None).parse_args(words)
    try:
        file = None if cell is not None else options.file
        text = cell if cell is not None else read_source(options.file).text
        model = Model(
            text,
            model=options.model,
            constants=constants_of(options.set),
            style=options.style,
            flat=options.flat,
            allow_python=options.allow_python,
            file=file,
            name="<cell>",
        )
    except FileProblem as problem:
        raise ModelError(f"nndsl: {problem}") from None
    name = options.name
    shell.push({name: model, f"build_{name}": model.build})
    choice = Choice(options.depth, tuple(options.expand), options.flat)
    return Shown(model, choice, options.theme)


class _Parser(argparse.ArgumentParser):
    """Raises what a notebook shows, where a command would end."""

    def error(self, message: str) -> NoReturn:
        raise ModelError(f"nndsl: {message}\n\n{self.format_usage()}")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        raise ModelError(message or "")


def _parser(*, is_cell: bool) -> argparse.ArgumentParser:
    from nndsl.cli.graph import add_choice
    from nndsl.cli.options import add_model

    parser = _Parser(
        prog="%%nndsl" if is_cell else "%nndsl",
        description="Check a model, show its picture and table, and define it in the notebook.",
        add_help=False,
    )
    if not is_cell:
        parser.add_argument("file", help="a .nn file")
    parser.add_argument(
        "name",
        nargs="?",
        default="model",
        type=_name,
        help="the variable for the model; build_NAME builds it (default: model)",
    )
    add_model(parser)
    parser.add_argument("--style", choices=STYLES, default="auto", help="how the code is written")
    parser.add_argument(
        "--allow-python", action="store_true", help="let the code import what is declared extern"
    )
    add_choice(parser)
    return parser


def _name(text: str) -> str:
    if not text.isidentifier() or keyword.iskeyword(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a variable")
    return text
