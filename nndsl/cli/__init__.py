"""The command line of nndsl; the only room that knows of arguments and files."""

from nndsl.cli.main import main

__all__ = ["main"]
