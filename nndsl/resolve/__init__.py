"""Module -> Graph: names, scopes, constants, blocks."""

from nndsl.resolve.module import resolve

__all__ = ["resolve"]
