"""Which generated file the parts of a model go into: all into one, or one for each source."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from nndsl import graph
from nndsl.plan.code import snake_case
from nndsl.plan.forms import blocks_inside
from nndsl.source import Span

#: What a file beside the script must not be called, as it would be imported in the place of these:
#: Keras, its backends, and what they import in turn.
PACKAGES = frozenset("""
    absl astunparse certifi charset_normalizer clang cython flatbuffers gast google grpc h5py idna
    jax jaxlib keras layers libclang markdown markdown_it matplotlib mdurl ml_dtypes mpmath namex
    networkx numpy nvidia openvino ops opt_einsum optree packaging pandas pasta PIL pip
    pkg_resources pybind11_abseil pygments requests rich scipy setuptools six sympy tensorboard
    tensorflow termcolor torch torchvision triton typing_extensions urllib3 werkzeug wheel wrapt
    """.split())
_HIDDEN = PACKAGES | frozenset(sys.stdlib_module_names)

Module = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """What one generated file holds.

    `module` are the parts of its name in Python; `imported` the blocks of other files that it uses.
    """

    module: Module
    source: str
    constants: tuple[graph.Constant, ...]
    blocks: tuple[graph.Block, ...]
    imported: tuple[graph.Block, ...]
    is_main: bool
    externs: tuple[graph.Extern, ...]

    @property
    def path(self) -> str:
        return "/".join(self.module) + ".py"


def shares_of(
    source: graph.Graph, body: graph.Body, blocks: Sequence[graph.Block], *, split: bool
) -> list[Share]:
    """Return what the files hold, those first that others import; that of the model is the last.

    `body` is the model's, `blocks` are those in use, the inner ones first.
    """
    main = source.source.name
    if not split:
        module = (main_name(main),)
        return [Share(module, main, source.constants, tuple(blocks), (), True, source.externs)]

    def origin(span: Span) -> str:
        """Return the name of the source that something stands in; "" for the model's own."""
        return "" if span.source is source.source else span.source.name

    origins = {block: origin(block.span) for block in blocks}
    bodies: dict[str, list[graph.Body]] = {"": [body]}
    for block in blocks:
        bodies.setdefault(origins[block], []).append(block.body)
    applied = {
        name: dict.fromkeys(block for inner in parts for block in blocks_inside(inner))
        for name, parts in bodies.items()
    }
    own = {extern.module.partition(".")[0] for extern in source.externs}
    parts = module_names(main, [name for name in bodies if name], own)
    modules = {"": (main_name(main, own),), **parts}
    uses = {name: {origins[block] for block in applied[name]} for name in bodies}
    return [
        Share(
            modules[name],
            name or main,
            tuple(c for c in source.constants if origin(c.span) == name),
            tuple(block for block in blocks if origins[block] == name),
            tuple(block for block in applied[name] if origins[block] != name),
            is_main=not name,
            externs=source.externs,
        )
        for name in _sorted(uses)
    ]


def _sorted(uses: Mapping[str, set[str]]) -> list[str]:
    """Return files in an order in which each stands behind those that it uses, the model's last."""
    found: dict[str, None] = {}

    def visit(name: str) -> None:
        if name not in found:
            for used in sorted(uses[name] - {name}):
                visit(used)
            found[name] = None

    for name in (*(name for name in uses if name), ""):
        visit(name)
    return list(found)


# ---- Names of files


def main_name(source: str, own: Collection[str] = ()) -> str:
    """Return the name of the model's own file, without its ending.

    `own` are modules of the user's that are imported, which it must not hide.
    """
    stem = source.replace("\\", "/").rpartition("/")[2].removesuffix(".nn")
    if source.startswith("<") or not stem:  # standard input, or a string of the Python API
        return "model"
    return f"{stem}_" if stem in _HIDDEN or stem in own else stem


def module_names(main: str, sources: Iterable[str], own: Collection[str] = ()) -> dict[str, Module]:
    """Return a module for each source, in the folder of the model's own or in one below.

    `deep/parts.nn` is `deep.parts`; what lies above the model's folder is put into it. Names that
    would hide a module of Python, of a package or of the user's `own` get a `_`, those that are
    taken a number.
    """
    modules: dict[str, Module] = {}
    taken: set[Module] = {_folded((main_name(main, own),))}
    hidden = {word.casefold() for word in (*_HIDDEN, *own)}
    folders: set[Module] = set()
    # Those in folders first: a file that is called like a folder is the one to get another name.
    for source in sorted(sources, key=lambda name: (-len(_parts(name)), name)):
        parts = [_identifier(part) for part in _parts(source)]
        if parts[0].casefold() in hidden or (len(parts) > 1 and _folded(parts[:1]) in taken):
            parts[0] += "_"
        module = _free(tuple(parts), taken | folders)
        modules[source] = module
        taken.add(_folded(module))
        folders |= {_folded(folder) for folder in folders_of([module])}
    return modules


def _folded(module: Sequence[str]) -> Module:
    """Return a module as file systems compare it that take `A` for `a`."""
    return tuple(part.casefold() for part in module)


def _parts(source: str) -> list[str]:
    """Return the folders and the name of a source, as far as they are below the model's folder."""
    parts = source.removesuffix(".nn").split("/")
    if source.startswith("/") or ":" in source:
        return parts[-1:]
    return [part for part in parts if part not in ("", ".", "..")]


def _identifier(text: str) -> str:
    """Return a name that Python can import."""
    word = snake_case(re.sub(r"[^A-Za-z0-9]+", "_", text))
    return f"{word}_" if keyword.iskeyword(word) else word


def _free(module: Module, taken: Collection[Module]) -> Module:
    folder, last = module[:-1], module[-1]
    number = 1
    while _folded(module) in taken:
        number += 1
        module = (*folder, f"{last}_{number}")
    return module


def folders_of(modules: Iterable[Module]) -> list[Module]:
    """Return the folders that modules stand in, the outer ones first."""
    return sorted({m[:count] for m in modules for count in range(1, len(m))})
