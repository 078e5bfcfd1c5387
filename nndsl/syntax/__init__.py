"""Text -> (Module, diagnostics). Never raises on a user's text."""

from nndsl.syntax.parser import parse

__all__ = ["parse"]
