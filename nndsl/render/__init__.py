"""Diagnostics -> text."""

from nndsl.render.terminal import render, render_concise

__all__ = ["render", "render_concise"]
