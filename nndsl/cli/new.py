"""`nndsl new NAME`: begins a small project that checks, compiles and trains as it stands."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from nndsl.cli.files import FileProblem
from nndsl.cli.status import CLEAN

#: What there is to begin with: a line about each, and the table that comes with it.
TEMPLATES = {
    "mlp": ("dense layers, for points of a plane", "points.csv"),
    "cnn": ("a convolutional network, for images", None),
    "text": ("a text classifier that learns its words", "reviews.csv"),
    "tabular": ("a price from columns of numbers and words", "flats.csv"),
    "multi-input": ("a text and a number go in, two answers come out", "tickets.csv"),
}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}\Z")
#: Names that Windows keeps for devices.
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)\Z", re.IGNORECASE)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    listed = "\n".join(f"  {name:12} {about}" for name, (about, _) in TEMPLATES.items())
    command = commands.add_parser(
        "new",
        help="begin a small project that trains as it stands",
        description="Make a folder with a model, its data and a README, which checks, compiles and"
        " trains as it stands. What is there is left alone.",
        epilog=f"templates:\n{listed}\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("name", metavar="NAME", help="the folder to make; its name is the model's")
    command.add_argument(
        "--template",
        choices=tuple(TEMPLATES),
        default="mlp",
        help="what to begin with (default: mlp)",
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Make the project; return the exit status."""
    folder = Path(options.name)
    _check_name(folder.name, options.name)
    files = project_files(folder.name, options.template)
    _write(folder, files)
    sys.stderr.write("".join(f"wrote {folder / name}\n" for name in files))
    sys.stderr.write(f"\nnow:\n  cd {folder}\n  nndsl check\n  nndsl train model.nn\n")
    return CLEAN


def project_files(name: str, template: str) -> dict[str, str]:
    """Return the texts of a project by the names of their files."""
    from string import Template

    from nndsl.resources import template as read

    values = {"project": name, "model": _model_name(name, template)}
    values["use"] = Template(read("projects/use.md")).substitute(values).strip()

    def filled(path: str) -> str:
        return Template(read(f"projects/{path}")).substitute(values)

    data = TEMPLATES[template][1]
    return {
        "model.nn": filled(f"{template}/model.nn"),
        **({data: read(f"projects/{template}/{data}")} if data else {}),
        "README.md": filled(f"{template}/README.md"),
        "pyproject.toml": filled("pyproject.toml"),
        ".gitignore": filled("gitignore"),
    }


def _check_name(name: str, given: str) -> None:
    if not _NAME.match(name):
        raise FileProblem(
            f"{given} is no name of a project: write letters, digits, - and _, with a letter first,"
            " such as my-flowers"
        )
    if _DEVICE.match(name):
        raise FileProblem(f"{given} is a device on Windows: choose another name")


def _model_name(name: str, template: str) -> str:
    """Return the name of the model: `my-flowers` is `MyFlowers`."""
    from nndsl import layers

    words = re.split(r"[-_]+", name)
    model = "".join(word[:1].upper() + word[1:] for word in words)
    taken = layers.find(model) is not None or (template == "cnn" and model == "Stage")
    return f"{model}Model" if taken else model


def _write(folder: Path, files: dict[str, str]) -> None:
    """Make the folder, which must not be there, with all files or none. Raises `FileProblem`."""
    try:
        folder.mkdir()
    except FileExistsError:
        raise FileProblem(f"{folder} is there, and is left as it is. Choose another name") from None
    except FileNotFoundError:
        raise FileProblem(f"there is no folder {folder.parent}") from None
    except OSError as error:
        raise FileProblem(f"the folder {folder} cannot be made: {error.strerror}") from None
    path = folder
    try:
        for name, text in files.items():
            path = folder / name
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
    except OSError as error:
        for name in files:
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()
        raise FileProblem(f"{path} cannot be written: {error.strerror}") from None
