"""Options that several commands have, and what they make of those of the compiler."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from nndsl.cli.files import FileProblem, source_folder

if TYPE_CHECKING:
    from nndsl.compiler import Options


def add_model(parser: argparse.ArgumentParser) -> None:
    """Add what says which model, and with which values."""
    parser.add_argument("--model", metavar="NAME", help="which model, if the file has several")
    parser.add_argument(
        "--set",
        metavar="CONST=VALUE",
        action="append",
        default=[],
        help="give a constant, or a parameter of the model, another value; may be repeated",
    )


def add_color(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colours (default: on a terminal, unless NO_COLOR is set)",
    )


def model_options(options: argparse.Namespace, relocate: Callable[[str], str] = str) -> Options:
    from nndsl.compiler import Options

    return Options(
        style=options.style,
        model=options.model,
        constants=constants_of(options.set),
        keras_from=options.keras_from,
        relocate=relocate,
        keras=_keras_version(options.keras),
        flat=getattr(options, "flat", False),
        consent=lambda: _consents(options),
        split=getattr(options, "split", False),
    )


def constants_of(settings: Sequence[str]) -> dict[str, str]:
    """Return the values that `--set` gives. Raises `FileProblem`."""
    constants = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise FileProblem(f"--set takes CONST=VALUE, such as --set width=128; got {setting}")
        constants[name.strip()] = value.strip()
    return constants


def _consents(options: argparse.Namespace) -> bool:
    """Return whether the user's Python may be imported: an option, or a setting of the project."""
    if options.allow_python:
        return True
    from nndsl.cli.configuration import read_configuration

    return read_configuration(source_folder(options.file)).flag("allow-python")


def _keras_version(text: str | None) -> str | None:
    if text is None:
        return None
    from nndsl import vocabulary

    version = vocabulary.keras_version(text)
    if version is None:
        known = ", ".join(vocabulary.keras_versions())
        raise FileProblem(f"--keras takes one of {known}; got {text}")
    return version
