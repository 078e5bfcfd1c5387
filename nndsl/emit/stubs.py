"""Skeletons of a user's own parts, which run as they stand: by the templates in `stubs`."""

from __future__ import annotations

from nndsl.emit import environment
from nndsl.plan.code import literal, name, snake_case

#: What can be written, and what an `extern` line says of the skeleton.
KINDS = {
    "layer": ("(units)", " -> [.., units]"),
    "loss": ("(scale = 1.0)", ""),
    "metric": ("", ""),
    "callback": ("", ""),
}


def stub(kind: str, word: str, module: str) -> str:
    """Return the module of a skeleton, not yet formatted. The name must be one of Python."""
    template = environment().get_template(f"stubs/{kind}.py.j2")
    return template.render(
        name=name(word), package=literal(module), snake=literal(snake_case(word))
    )


def extern_line(kind: str, word: str, module: str) -> str:
    """Return the line that declares a skeleton in a `.nn` file."""
    parameters, output = KINDS[kind]
    return f'extern {kind} {word}{parameters} from "{module}"{output}'
