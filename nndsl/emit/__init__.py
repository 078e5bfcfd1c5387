"""Plan -> text: fills the templates, decides nothing."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from nndsl import resources
from nndsl.plan.code import Code
from nndsl.plan.model import ModulePlan


def emit(plan: ModulePlan) -> str:
    """Return the generated Python, not yet formatted."""
    return environment().get_template("module.py.j2").render(plan=plan)


@cache
def environment() -> Environment:
    """Return what reads the templates; made once."""
    return Environment(
        loader=FunctionLoader(resources.template),
        undefined=StrictUndefined,
        finalize=_only_code,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 (this is Python, and only `Code` passes)
    )


def _only_code(value: Any) -> Any:
    """Let nothing into the output but `Code`, which is made of literals and checked names."""
    if not isinstance(value, Code):
        raise TypeError(f"{value!r} is no Code and cannot stand in the output")
    return value
