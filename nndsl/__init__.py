"""nndsl: a compact text language for neural networks, compiled to Keras 3 code.

import nndsl

for finding in nndsl.check(text):
    print(finding.span.line, finding.title)
print(nndsl.compile(text, style="functional").code)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nndsl.compiler import CompiledModel
    from nndsl.diagnostic import Diagnostic
    from nndsl.notebook import Model, ModelError

__all__ = ["Model", "ModelError", "check", "compile"]
__version__ = "0.1.0"


def check(
    text: str,
    *,
    name: str = "<text>",
    constants: Mapping[str, str] | None = None,
    keras: str | None = None,
    select: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
) -> tuple[Diagnostic, ...]:
    """Return what is wrong with a model's text, in the order of the text.

    `name` is what messages call the text; `constants` gives constants other values, written as
    in the text; `keras` is the version of Keras that the model is for, such as "3.14", by default
    the newest known. `select` and `ignore` are codes, their beginnings or names, such as
    `ignore=["L310", "R"]`; "ALL" is every rule, those that are off by default too.

    Never raises on any text, and imports neither Keras nor TensorFlow. Raises ValueError for a
    version or a code that is not known.
    """
    from nndsl.compiler import Options, check_model
    from nndsl.lint.selection import Selection
    from nndsl.source import Source

    options = Options(
        constants=constants or {},
        keras=_keras_version(keras),
        rules=Selection(None if select is None else _selectors(select), (), _selectors(ignore)),
    )
    return check_model(Source(name, text), options)


def compile(
    text: str,
    *,
    style: str = "auto",
    model: str | None = None,
    name: str = "<text>",
    constants: Mapping[str, str] | None = None,
    keras_from: str = "keras",
    keras: str | None = None,
    flat: bool = False,
    split: bool = False,
    allow_python: bool = False,
) -> CompiledModel:
    """Compile a model's text to Keras code.

    `style` is "auto", "sequential", "functional" or "subclass"; `model` chooses one of several
    models; `keras_from="tensorflow"` writes `from tensorflow import keras`; `keras` is the version
    of Keras that the code is for, such as "3.14", by default the newest known;
    `flat` expands blocks, loops and choices, so that every layer stands on a line of its own;
    `split` makes a file for each source that blocks are imported from: the result's `modules` are
    the files by their paths, `code` is the one with the model;
    `allow_python` lets the code import what the text declares as `extern`. The result's `code` is
    None if there are errors, which are in its `diagnostics`, or if the style cannot express the
    model. Raises ValueError for a style, import or version that does not exist,
    and for `flat` and `split` together.
    """
    from nndsl.compiler import IMPORTS, STYLES, Options, compile_source
    from nndsl.source import Source

    if style not in STYLES:
        raise ValueError(f"style must be one of {', '.join(STYLES)}; received {style!r}")
    if keras_from not in IMPORTS:
        raise ValueError(f"keras_from must be one of {', '.join(IMPORTS)}; received {keras_from!r}")
    if flat and split:
        raise ValueError("flat leaves no blocks that split could put into files of their own")
    options = Options(
        style,
        model,
        constants or {},
        keras_from,
        keras=_keras_version(keras),
        flat=flat,
        split=split,
        consent=lambda: allow_python,
    )
    return compile_source(Source(name, text), options)


def _selectors(texts: Iterable[str]) -> tuple[str, ...]:
    """Return what is selected or ignored; raise ValueError for codes that do not exist."""
    texts = [texts] if isinstance(texts, str) else list(texts)
    if not texts:
        return ()
    from nndsl.codes import selector

    return tuple(selector(text.strip()) for text in texts)


def _keras_version(keras: str | None) -> str | None:
    """Return the version as it is known, "3.14" for "3.14.1"; raise ValueError for others."""
    from nndsl import vocabulary

    version = vocabulary.keras_version(keras) if keras is not None else None
    if keras is not None and version is None:
        known = ", ".join(vocabulary.keras_versions())
        raise ValueError(f"keras must be one of {known}; received {keras!r}")
    return version


def load_ipython_extension(shell: Any) -> None:
    """Define the magic `%%nndsl`: what `%load_ext nndsl` calls."""
    from nndsl import notebook

    notebook.load_ipython_extension(shell)


def __getattr__(name: str) -> Any:
    """Return what only some need: `Model` and `ModelError`."""
    if name not in ("Model", "ModelError"):
        raise AttributeError(f"module 'nndsl' has no attribute {name!r}")
    from nndsl import notebook

    return getattr(notebook, name)
