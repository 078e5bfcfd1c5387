"""The command line: `nndsl compile`, `check`, `train`, `layers` and the rest."""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nndsl import __version__
from nndsl.cli import (
    check as check_command,
    completion,
    diff,
    fmt,
    graph,
    live,
    lsp,
    new,
    stub,
    summary,
    views,
)
from nndsl.cli.files import FileProblem, files_around, read_source, source_folder
from nndsl.cli.options import add_color, add_model, model_options
from nndsl.cli.output import count_text, say_problem, told_of_bug, wants_colour
from nndsl.cli.status import CLEAN, FINDINGS, INTERNAL, USAGE
from nndsl.diagnostic import Diagnostic, has_errors
from nndsl.render import FORMATS
from nndsl.source import Source

if TYPE_CHECKING:
    from nndsl.compiler import CompiledModel

_DESCRIPTION = "Compile a compact text language for neural networks to Keras 3 code."
_EXAMPLES = """\
examples:
  nndsl new flowers --template cnn              begin a project that trains as it stands
  nndsl check model.nn                          find mistakes, without TensorFlow
  nndsl check . --fix                           in all files of a folder, and mend what can be
  nndsl fmt .                                   put all files of a folder into the one layout
  nndsl explain L301                            say what the code of a finding means
  nndsl compile model.nn                        write model.py beside it
  nndsl compile model.nn -o - --style subclass  print it, as a keras.Model subclass
  nndsl compile model.nn --set width=128        with another value for a constant
  cat model.nn | nndsl check -                  read standard input
  nndsl train model.nn --epochs 3               compile and run, with the script's own arguments
  nndsl summary model.nn --depth 1              print a table of the layers and what they cost
  nndsl graph model.nn -o model.svg             draw it; also .html, .png, .pdf, .mmd, .dot
  nndsl diff old.nn new.nn                      say what changed; -o FILE draws it
  nndsl watch model.nn --open                   show it in a browser, as it is saved
  nndsl stub metric RootMeanSquaredError        write a skeleton of a part of your own
  nndsl layers                                  list the layers and the other names there are
  nndsl layers Conv2D                           say what one takes and gives, with an example
  nndsl completion bash                         print what lets a shell complete all of this

exit status: 0 clean, 1 findings in the model, 2 wrong usage or a file problem, 3 a bug in nndsl
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status. Any exception from here on is our bug."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may know only ASCII
    gc.disable()  # one short piece of work: collecting is half of the time of a large check
    try:
        return _run(list(sys.argv[1:] if arguments is None else arguments))
    except FileProblem as problem:
        return _fail(str(problem))
    except BrokenPipeError:
        # The reader of our output has gone, as in `nndsl ... | head`: nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLEAN
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        return _report_bug(error)


def _report_bug(error: Exception) -> int:
    import traceback

    sys.stderr.write(f"nndsl: {told_of_bug(error)}Set NNDSL_TRACEBACK=1 to see more.\n")
    if os.environ.get("NNDSL_TRACEBACK"):
        traceback.print_exception(error)
    return INTERNAL


def _fail(message: str) -> int:
    say_problem(message)
    return USAGE


# ---- Arguments -----------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nndsl",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"nndsl {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--style",
        choices=("auto", "sequential", "functional", "subclass"),
        default="auto",
        help="how the model is written (default: the simplest that can express it)",
    )
    add_model(common)
    common.add_argument(
        "--import",
        dest="keras_from",
        choices=("keras", "tensorflow"),
        default="keras",
        help="write `import keras` (default) or `from tensorflow import keras`",
    )
    common.add_argument(
        "--keras",
        metavar="VERSION",
        help="the version of Keras that the code is for, such as 3.14 (default: the newest known)",
    )
    common.add_argument(
        "--output-format",
        choices=FORMATS,
        default="full",
        help="how findings are printed (default: full)",
    )
    add_color(common)
    one_file = argparse.ArgumentParser(add_help=False)
    one_file.add_argument("file", help="a .nn file; - is standard input")
    _add_commands(commands, common, one_file)
    return parser


def _add_commands(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    common: argparse.ArgumentParser,
    one_file: argparse.ArgumentParser,
) -> None:
    new.add(commands)
    check = commands.add_parser(
        "check",
        parents=[common],
        help="find mistakes, without writing anything",
        description="Find mistakes in models: names, arguments, shapes, and what Keras takes and"
        " yet does harm. Needs no TensorFlow.",
    )
    check.add_argument(
        "files",
        nargs="*",
        default=["."],
        metavar="FILE",
        help="files, and folders to look through (default: this folder); - is standard input",
    )
    check_command.add_arguments(check)
    check.set_defaults(run=_check)
    compile_ = commands.add_parser(
        "compile",
        parents=[one_file, common],
        help="write Keras code",
        description="Compile a model to Keras code that runs as it stands.",
    )
    compile_.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="where to write, with --split a folder; - prints (default: FILE.py)",
    )
    compile_.add_argument(
        "--force", action="store_true", help="overwrite a file that nndsl did not write"
    )
    compile_.add_argument(
        "--flat",
        action="store_true",
        help="expand blocks, loops and choices: every layer on a line of its own",
    )
    _add_consent(compile_)
    compile_.add_argument(
        "--split",
        action="store_true",
        help="write a Python file for each .nn file that blocks are imported from",
    )
    compile_.set_defaults(run=_compile)
    train = commands.add_parser(
        "train",
        parents=[one_file, common],
        help="compile to a temporary place and run it",
        description="Compile a model with a training section and run the script."
        " Options that are not nndsl's go to the script: --epochs, --batch-size, --data, --limit,"
        " --seed, --output-dir, --resume, --evaluate, --predict, --summary.",
    )
    _add_consent(train)
    train.set_defaults(run=_train, script_arguments=[])
    _add_layers(commands)
    _add_explain(commands)
    fmt.add(commands)
    view = views.parent()
    summary.add(commands, view)
    graph.add(commands, view)
    diff.add(commands, view)
    live.add(commands, view)
    stub.add(commands)
    lsp.add(commands)
    completion.add(commands, _parser)


def _add_consent(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--allow-python",
        action="store_true",
        help="let the code import what the file declares as `extern`: Python of your own (or write"
        " `allow-python = true` under [tool.nndsl] in pyproject.toml)",
    )


def _add_layers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    layers = commands.add_parser(
        "layers",
        help="list the layers, or say what one takes and gives",
        description="List the layers and the other names of Keras that the language has, or say of"
        " one what it does, takes and gives, with an example. Needs no TensorFlow.",
    )
    layers.add_argument(
        "name",
        nargs="?",
        metavar="NAME",
        help="a layer, operation, activation, initializer, regularizer, constraint, loss, metric,"
        " optimizer or schedule, or the title of a list, such as losses",
    )
    layers.add_argument(
        "--output-format",
        choices=("text", "markdown", "json"),
        default="text",
        help="how it is printed (default: text)",
    )
    add_color(layers)
    layers.set_defaults(run=_layers)


def _add_explain(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    explain = commands.add_parser(
        "explain",
        help="say what a code means",
        description="Say what the code of a finding means, why it matters, and how it is mended;"
        " without a code, list them.",
    )
    explain.add_argument("code", nargs="?", metavar="CODE", help="a code such as L301, or its name")
    add_color(explain)
    explain.set_defaults(run=_explain)


def _run(arguments: list[str]) -> int:
    script_arguments: list[str] = []
    if "--" in arguments and "train" in arguments[: arguments.index("--")]:
        cut = arguments.index("--")
        arguments, script_arguments = arguments[:cut], arguments[cut + 1 :]
    try:
        parser = _parser()
        options, unknown = parser.parse_known_args(arguments)
        if unknown and options.command != "train":
            parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    except SystemExit as stop:
        return USAGE if stop.code else CLEAN
    options.script_arguments = [*unknown, *script_arguments]
    run: Callable[[argparse.Namespace], int] = options.run
    return run(options)


# ---- Commands ------------------------------------------------------------------------------


def _check(options: argparse.Namespace) -> int:
    """Do all that `compile` does but writing; the style only matters if one is asked for."""
    return check_command.run(options, lambda: model_options(options))


def _explain(options: argparse.Namespace) -> int:
    from nndsl.cli.explain import run

    return run(options)


def _compile(options: argparse.Namespace) -> int:
    from nndsl.cli.writing import with_header, write_output, write_outputs

    source = read_source(options.file)
    output = _output_path(options)
    folder = output if options.split else output.parent if output else Path.cwd()
    compiled = _compile_source(source, options, folder)
    status = _say(compiled.diagnostics, options)
    if compiled.code is None or status:
        return status
    if output is None:
        sys.stdout.write(with_header(compiled.code))
    elif options.split:
        written = write_outputs(output, compiled.modules, force=options.force)
        sys.stderr.write("".join(f"wrote {path}\n" for path in written))
    else:
        modules = sorted({extern.module for extern in compiled.graph.externs})
        write_output(output, compiled.code, force=options.force, imported=modules)
        own = f", which imports {', '.join(modules)}" if modules else ""
        sys.stderr.write(f"wrote {output} ({compiled.style}){own}\n")
    return status


def _train(options: argparse.Namespace) -> int:
    from nndsl.cli.run import run_script

    source = read_source(options.file)
    compiled = _compile_source(source, options, None)
    status = _say(compiled.diagnostics, options)
    if compiled.code is None or status:
        return status
    trained = compiled.graph.trained
    if trained is None or compiled.shaped is None or compiled.shaped.model is not trained:
        return _fail(
            f"{options.file} has no training section"
            f"{f' for {options.model}' if options.model else ''}; add one, such as\n\n"
            "train {\n    loss: mse\n    epochs: 5\n}"
        )
    name = Path(source.name).stem if options.file != "-" else "model"
    # What the file declares as extern stands beside it, and not where the script runs.
    folder = source_folder(options.file) if compiled.graph.externs else None
    return run_script(compiled.code, name, options.script_arguments, folder)


def _layers(options: argparse.Namespace) -> int:
    from nndsl.cli.layers import run

    return run(options)


def _compile_source(
    source: Source, options: argparse.Namespace, folder: Path | None
) -> CompiledModel:
    from nndsl.compiler import compile_source

    chosen = model_options(options, _relocation(options.file, folder))
    return compile_source(source, chosen, files_around(options.file))


def _output_path(options: argparse.Namespace) -> Path | None:
    """Return where the code goes, with `--split` a folder; None is standard output."""
    if options.split and options.flat:
        raise FileProblem("--flat leaves no blocks that --split could put into files of their own")
    if options.split and "-" in (options.output, options.output or options.file):
        raise FileProblem("--split writes several files: name a folder with -o")
    if options.output == "-" or (options.output is None and options.file == "-"):
        return None
    if options.output:
        return Path(options.output)
    return Path(options.file).parent if options.split else Path(options.file).with_suffix(".py")


def _relocation(file: str, folder: Path | None) -> Callable[[str], str]:
    """Return what turns a path beside the source into one beside the script.

    Without a folder (the script stands in a temporary place) paths become absolute.
    """

    def relocate(path: str) -> str:
        absolute = os.path.normpath(source_folder(file) / path)
        if os.path.isabs(path) or folder is None:
            return absolute
        try:
            return os.path.relpath(absolute, folder.absolute())
        except ValueError:  # another drive, on Windows
            return absolute

    return relocate


# ---- Output --------------------------------------------------------------------------------


def _say(diagnostics: Sequence[Diagnostic], options: argparse.Namespace) -> int:
    """Print the findings to standard error, but those that are only worth knowing."""
    from nndsl.render import render_format

    told = [finding for finding in diagnostics if finding.severity != "info"]
    if told or options.output_format in ("json", "sarif"):
        colour = wants_colour(options.color, sys.stderr)
        sys.stderr.write(render_format(told, options.output_format, colour=colour))
    if told and options.output_format == "full":
        sys.stderr.write("\n" + count_text(told) + "\n")
    return FINDINGS if has_errors(told) else CLEAN
