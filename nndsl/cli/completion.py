"""`nndsl completion bash`: what a shell needs to complete the commands, made from the parser."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator

from nndsl.cli.status import CLEAN

SHELLS = ("bash", "zsh", "fish")
_HOW = """\
in this shell, and in every new one:
  bash   eval "$(nndsl completion bash)"            in ~/.bashrc
  zsh    nndsl completion zsh > _nndsl              in a folder of $fpath; then compinit
  fish   nndsl completion fish | source             in ~/.config/fish/config.fish
"""
#: Options and arguments that take any file or folder.
_PATHS = {"output"}
#: Arguments of commands that take `.nn` files.
_TEXTS = {"file", "files", "newer"}
#: What the script of `nndsl train` takes, and the parser hands on; True for a path.
_SCRIPT = {
    "--epochs": False, "--batch-size": False, "--data": True, "--limit": False, "--seed": False,
    "--output-dir": True, "--evaluate": True, "--predict": True,
}  # fmt: skip
_SCRIPT_FLAGS = ("--resume", "--summary")


def add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    make_parser: Callable[[], argparse.ArgumentParser],
) -> None:
    """Add the command to the command line; the parser is made anew, to be told more."""
    command = commands.add_parser(
        "completion",
        help="print what makes a shell complete the commands",
        description="Print a script that lets a shell complete commands, options, .nn files, names"
        " of layers and codes.",
        epilog=_HOW,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("shell", choices=SHELLS, help="which shell")
    command.set_defaults(run=lambda options: run(options, make_parser()))


def run(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Print the script; return the exit status."""
    import shtab  # which only this command needs

    for name, about, command in _commands(parser):
        command.description = about
        if name == "train":
            _add_script_options(command)
        for action in command._actions:
            _tell(name, action, texts=shtab.glob("*.nn"), paths=shtab.FILE)
    sys.stdout.write(shtab.complete(parser, options.shell) + "\n")
    return CLEAN


def _commands(
    parser: argparse.ArgumentParser,
) -> Iterator[tuple[str, str | None, argparse.ArgumentParser]]:
    """Yield the names of the commands, the line about each, and its parser."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            about = {listed.dest: listed.help for listed in action._choices_actions}
            for name, command in action.choices.items():
                yield name, about[name], command


def _add_script_options(train: argparse.ArgumentParser) -> None:
    script = train.add_argument_group("of the script")
    for option, is_path in _SCRIPT.items():
        script.add_argument(option, dest="output" if is_path else None, help="of the script")
    for flag in _SCRIPT_FLAGS:
        script.add_argument(flag, action="store_true", help="of the script")


def _tell(command: str, action: argparse.Action, *, texts: object, paths: object) -> None:
    """Say what an argument takes, where the parser does not know it."""
    if action.dest in _PATHS:
        vars(action)["complete"] = paths  # this is how shtab is told
    elif action.dest in _TEXTS and not action.option_strings:
        vars(action)["complete"] = texts
    elif (command, action.dest) in _NAMES:
        action.choices = _NAMES[command, action.dest]()
    elif action.dest == "keras":
        from nndsl.vocabulary import keras_versions

        action.choices = list(keras_versions())


def _names_of_layers() -> list[str]:
    from nndsl.reference import groups

    return sorted({name for group in groups() for name, _ in group.names})


def _codes() -> list[str]:
    from nndsl.codes import all_codes

    return list(all_codes())


_NAMES = {("layers", "name"): _names_of_layers, ("explain", "code"): _codes}
